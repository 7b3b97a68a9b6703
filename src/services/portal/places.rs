//! All groups and apps, as administrators manage them: the lists, making apps, and doing the same to several. What their
//! owners do with them themselves is in `services::tending`, which administrators use too.

use super::{Outcomes, allow};
use crate::{
    domain::{
        actor::{Actor, Origin},
        app::{AppKind, LaunchUrl},
        audit::Activity,
        error::{AppError, Field, Rule},
        ids::{AppId, GroupId, UndoId},
        invitation::Target,
        language::Language,
        name::clean_name,
        roles::Power,
        tending::{DESCRIPTION_MAX, GuestRules},
        view::{PlaceFilter, PlaceLine, PlaceList},
    },
    services::{
        Services,
        audit::{self, Event},
        calendar::Calendar,
        invitation::resource,
        organisation, people,
        steering::two_words,
        tending,
        undo::{self, Step},
    },
    storage::{
        self, Conn,
        apps::NewApp,
        portal::{PlaceRow, PlacesAsked},
        search::Search,
        tending::{AppRow, GroupRow},
    },
};
use uuid::Uuid;

/// Groups or apps on one page.
const PAGE: usize = 50;
/// Groups or apps read at a time for an export.
const EXPORT_PAGE: i64 = 1_000;

fn asked<'q>(filter: &PlaceFilter, words: [&'q str; 2], after: Option<Uuid>, limit: i64) -> PlacesAsked<'q> {
    PlacesAsked {
        apps: filter.apps,
        deleted: filter.only == "deleted",
        newest: filter.order == "created",
        words,
        after,
        whole: false,
        limit,
    }
}

/// A page of all groups or apps.
///
/// # Errors
/// `NotFound` for those who may not see them.
pub async fn list(
    services: &Services,
    actor: &Actor,
    language: Language,
    filter: PlaceFilter,
    after: Option<Uuid>,
) -> Result<PlaceList, AppError> {
    allow(actor, Power::SeePeople)?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let kind = if filter.apps { "app" } else { "group" };
    let search = Search::of(conn, &[kind], two_words(&filter.query)).await?;
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = storage::portal::places(conn, asked(&filter, search.words(), after, limit)).await?;
    let more = (rows.len() > PAGE).then(|| rows[PAGE - 1].id);
    rows.truncate(PAGE);
    let too_many = search.goes_further(conn, &[kind]).await?;
    let (of_people, of_all) = if filter.apps { ("app.people", "apps") } else { ("group.people", "groups") };
    let keys: Vec<String> = rows.iter().map(|row| storage::counts::key_of(row.id)).collect();
    let people = storage::counts::some(conn, of_people, &keys).await?;
    let count = |id: Uuid| {
        let key = storage::counts::key_of(id);
        people.iter().find(|(one, _)| *one == key).map_or(0, |(_, n)| *n)
    };
    let lines = rows.into_iter().map(|row| line(&filter, count(row.id), row, &calendar)).collect();
    Ok(PlaceList {
        total: storage::counts::one(conn, of_all, "live").await?,
        deleted: storage::counts::one(conn, of_all, "deleted").await?,
        may_manage: actor.may(Power::ManagePlaces),
        filter,
        lines,
        more,
        too_many,
    })
}

fn line(filter: &PlaceFilter, people: i64, row: PlaceRow, calendar: &Calendar) -> PlaceLine {
    PlaceLine {
        target: if filter.apps { Target::App(AppId(row.id)) } else { Target::Group(GroupId(row.id)) },
        name: row.name,
        note: row.note,
        owner: row.owner,
        people,
        guests_allowed: row.guests_allowed,
        since: calendar.date(row.created_at),
        deleted: row.deleted_at.map(|at| calendar.date(at)),
    }
}

/// The next groups or apps of an export, behind those already read.
///
/// # Errors
/// `NotFound` for those who may not see them.
pub async fn export_page(
    services: &Services,
    actor: &Actor,
    filter: &PlaceFilter,
    after: Option<Uuid>,
) -> Result<Vec<PlaceRow>, AppError> {
    allow(actor, Power::SeePeople)?;
    let [first, second] = &two_words(&filter.query);
    let wanted = PlacesAsked { whole: true, ..asked(filter, [first, second], after, EXPORT_PAGE) };
    Ok(storage::portal::places(&mut services.db.read().await?.conn(), wanted).await?)
}

/// An app as it was typed.
#[derive(Debug, Clone, Copy)]
pub struct AppForm<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is launched.
    pub launch_url: &'a str,
    /// One line about it.
    pub note: &'a str,
    /// Its category, or empty.
    pub category: &'a str,
    /// Its owner's address; empty is whoever makes it.
    pub owner: &'a str,
    /// The guest switch.
    pub guests: bool,
}

/// Makes an app that is launched by its address.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid`, with the field.
pub async fn create_app(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    form: AppForm<'_>,
) -> Result<AppId, AppError> {
    allow(actor, Power::ManagePlaces)?;
    let (name, note) = (clean_name(form.name), clean_name(form.note));
    if name.is_empty() {
        return Err(AppError::invalid(Field::Name, Rule::Required));
    }
    if note.chars().count() > DESCRIPTION_MAX {
        return Err(AppError::invalid(Field::Message, Rule::TooLong));
    }
    let url = LaunchUrl::parse(form.launch_url.trim())?;
    let id = AppId(services.rng.uuid(&*services.clock));
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let owner = match form.owner.trim() {
        "" => storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?,
        address => people::colleague(conn, address).await?,
    };
    let new = NewApp {
        id,
        name: &name,
        note: &note,
        instructions: "",
        category: &clean_name(form.category),
        kind: AppKind::Link,
        launch_url: url.as_str(),
        icon: None,
        guests_allowed: form.guests,
    };
    storage::apps::insert(conn, &new, services.now()).await?;
    storage::apps::add_owner(conn, id, owner.id, services.now()).await?;
    let named = |event: Event| event.to("ServicePrincipal", id.to_string(), &name);
    audit::record(services, conn, origin, named(Event::new(Activity::ADD_APP))).await?;
    let event = named(Event::new(Activity::ADD_OWNER_TO_APP).to_user(&owner));
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(id)
}

/// Gives an app another name and address.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid`, with the field, or `Invalid(Setting, Changed)` if somebody has changed the
/// app since `version`; `Settled` if nothing changes.
pub async fn readdress_app(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: AppId,
    (name, url): (&str, &str),
    version: i64,
) -> Result<(), AppError> {
    allow(actor, Power::ManagePlaces)?;
    let name = clean_name(name);
    if name.is_empty() {
        return Err(AppError::invalid(Field::Name, Rule::Required));
    }
    let url = LaunchUrl::parse(url.trim())?;
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = storage::tending::app(conn, id).await?.ok_or(AppError::NotFound)?;
    if row.version != version {
        return Err(AppError::invalid(Field::Setting, Rule::Changed));
    }
    let before = storage::portal::launch_url(conn, id).await?.ok_or(AppError::NotFound)?;
    if row.name == name && before == url.as_str() {
        return Err(AppError::Settled);
    }
    storage::portal::set_launch(conn, id, &name, url.as_str()).await?;
    let event = Event::new(Activity::UPDATE_APP)
        .to("ServicePrincipal", id.to_string(), &name)
        .change("DisplayName", &row.name, &name)
        .change("AppAddress", &before, url.as_str());
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// What can be done to groups and apps that are ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceAct {
    /// Nobody has anything through it any more. Can be undone for a while, and restored after.
    Delete,
    /// It is back, with what it had.
    Restore,
    /// The guest switch.
    Guests(bool),
}

/// Does the same to several groups or apps, each for itself.
///
/// # Errors
/// `NotFound` for those who may not.
pub async fn act(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    act: PlaceAct,
    targets: &[Target],
) -> Result<Outcomes, AppError> {
    allow(actor, Power::ManagePlaces)?;
    let mut outcomes = Outcomes::default();
    for target in targets.iter().take(PAGE) {
        let mut tx = services.db.write().await?;
        let conn = &mut tx.conn();
        let place = storage::invitations::place(conn, *target, actor.id).await?;
        let name = place.map(|place| place.name).unwrap_or_default();
        let done = match act {
            PlaceAct::Delete | PlaceAct::Restore => {
                set_deleted(services, conn, actor, origin, (*target, &name), act == PlaceAct::Delete).await
            }
            PlaceAct::Guests(allowed) => set_guests(services, conn, origin, *target, allowed).await.map(|()| None),
        };
        match done {
            Ok(undo) => {
                tx.commit().await?;
                outcomes.done += 1;
                outcomes.name = name;
                outcomes.undo.extend(undo);
            }
            Err(error) => outcomes.failed.push((name, error)),
        }
    }
    Ok(outcomes)
}

async fn set_deleted(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    (target, name): (Target, &str),
    deleted: bool,
) -> Result<Option<UndoId>, AppError> {
    let at = deleted.then(|| services.now());
    let (activity, step) = match target {
        Target::Group(id) => {
            let row = storage::tending::group(conn, id).await?.ok_or(AppError::NotFound)?;
            if row.deleted_at.is_some() == deleted {
                return Err(AppError::Settled);
            }
            let version = row.version + 1;
            storage::tending::update_group(conn, id, &GroupRow { deleted_at: at, ..row }).await?;
            let activity = if deleted { Activity::DELETE_GROUP } else { Activity::RESTORE_GROUP };
            (activity, Step::GroupDeleted { group: id, version })
        }
        Target::App(id) => {
            if !storage::portal::set_app_deleted(conn, id, at).await? {
                return Err(AppError::Settled);
            }
            let (_, version) = storage::portal::app_head(conn, id).await?.ok_or(AppError::NotFound)?;
            let activity = if deleted { Activity::DELETE_APP } else { Activity::RESTORE_APP };
            (activity, Step::AppDeleted { app: id, version })
        }
    };
    let event = Event::new(activity).to(resource(target), target.id().to_string(), name);
    audit::record(services, conn, origin, event).await?;
    if deleted { Ok(Some(undo::keep(services, conn, actor, &step).await?)) } else { Ok(None) }
}

async fn set_guests(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    target: Target,
    allowed: bool,
) -> Result<(), AppError> {
    let (activity, name, before) = match target {
        Target::Group(id) => {
            let row = storage::tending::group(conn, id).await?.filter(|row| row.deleted_at.is_none());
            let row = row.ok_or(AppError::Settled)?;
            let after = GroupRow { rules: GuestRules { allowed, ..row.rules }, ..row.clone() };
            storage::tending::update_group(conn, id, &after).await?;
            (Activity::UPDATE_GROUP, row.name, row.rules)
        }
        Target::App(id) => {
            let row = storage::tending::app(conn, id).await?.ok_or(AppError::Settled)?;
            let after = AppRow { rules: GuestRules { allowed, ..row.rules }, ..row.clone() };
            storage::tending::update_app(conn, id, &after).await?;
            (Activity::UPDATE_APP, row.name, row.rules)
        }
    };
    if before.allowed == allowed {
        return Err(AppError::Settled);
    }
    let [old, new] = [before, GuestRules { allowed, ..before }].map(|rules| tending::text_of(&rules));
    let event = Event::new(activity).to(resource(target), target.id().to_string(), &name).change("Guests", &old, &new);
    audit::record(services, conn, origin, event).await
}
