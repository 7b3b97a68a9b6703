//! What owners do with their groups and apps themselves: making, changing, co-owners, who may come in by themselves,
//! deleting; icons and which groups have an app. The people in them are steered in `access`.

use super::{
    Services, access, app_roles,
    audit::{self, Event},
    calendar::Calendar,
    grants::{self, Wanted},
    invitation::{self, Given, looks_after, resource},
    notices::{self, About},
    organisation, people, picture,
    undo::{self, Step},
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        app::Assignee,
        audit::Activity,
        error::{AppError, Field, Rule},
        form::FormState,
        ids::{AppId, AssignmentId, GroupId, JoinRequestId, UndoId, UserId},
        invitation::{ROUNDS_A_DAY, Target, clean_message, clean_word},
        language::Language,
        name::clean_name,
        notice::Notice,
        roles::Power,
        tending::{DESCRIPTION_MAX, GuestRules, INSTRUCTIONS_MAX, JoinPolicy},
        time::DAY,
        user::{User, UserType},
        view::{AccessLine, AppSettings, GroupAccessLine, GroupSettings, Joining, OwnerLine, RequestLine},
    },
    storage::{
        self, Conn,
        groups::NewGroup,
        tending::{AppRow, GroupRow},
    },
};

/// Launches are counted over so many days.
const STATISTICS_DAYS: i64 = 30;
/// People are read so many at a time for an export.
const EXPORT_PAGE: usize = 2_000;
/// A group as it was typed.
#[derive(Debug, Clone, Copy)]
pub struct GroupForm<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// How one gets in.
    pub join_policy: JoinPolicy,
    /// How guests have it.
    pub rules: GuestRules,
    /// The version that the form was filled from.
    pub version: i64,
}

impl GroupForm<'_> {
    fn read(&self) -> Result<(String, String, GuestRules), AppError> {
        let name = clean_name(self.name);
        if name.is_empty() {
            return Err(AppError::invalid(Field::Name, Rule::Required));
        }
        let description = clean_message(self.description);
        if description.chars().count() > DESCRIPTION_MAX {
            return Err(AppError::invalid(Field::Message, Rule::TooLong));
        }
        Ok((name, description, self.rules.checked()?))
    }
}

/// Whether somebody may make groups.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn may_create(services: &Services, actor: &Actor) -> Result<bool, AppError> {
    let organisation = organisation::load(&mut services.db.read().await?.conn()).await?;
    let is_admin = actor.is_admin();
    Ok(actor.user_type == UserType::Member && (organisation.members_create_groups || is_admin))
}

/// Makes a group, whose owner and first member is whoever makes it.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid`, with the field.
pub async fn create_group(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    form: GroupForm<'_>,
) -> Result<GroupId, AppError> {
    if !may_create(services, actor).await? {
        return Err(AppError::NotFound);
    }
    let (name, description, rules) = form.read()?;
    let now = services.now();
    let id = GroupId(services.rng.uuid(&*services.clock));
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    let new = NewGroup { id, name: &name, description: &description, join_policy: form.join_policy, rules };
    storage::groups::insert(conn, &new, now).await?;
    audit::record(services, conn, origin, Event::new(Activity::ADD_GROUP).to("Group", id.to_string(), &name)).await?;
    storage::groups::add_owner(conn, id, actor.id, now).await?;
    let event = Event::new(Activity::ADD_OWNER_TO_GROUP).to_user(&user).to("Group", id.to_string(), &name);
    audit::record(services, conn, origin, event).await?;
    storage::groups::add_member(conn, id, actor.id, Some(actor.id), now).await?;
    let event = Event::new(Activity::ADD_MEMBER_TO_GROUP).to_user(&user).to("Group", id.to_string(), &name);
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(id)
}

async fn group_row(conn: &mut Conn<'_>, id: GroupId) -> Result<GroupRow, AppError> {
    let row = storage::tending::group(conn, id).await?;
    row.filter(|row| row.deleted_at.is_none()).ok_or(AppError::NotFound)
}

/// The group, for those who look after it.
async fn tended_group(conn: &mut Conn<'_>, actor: &Actor, id: GroupId) -> Result<GroupRow, AppError> {
    if !looks_after(conn, actor, Target::Group(id)).await? {
        return Err(AppError::NotFound);
    }
    group_row(conn, id).await
}

/// The app, for those who look after it.
pub(super) async fn tended_app(conn: &mut Conn<'_>, actor: &Actor, id: AppId) -> Result<AppRow, AppError> {
    if !looks_after(conn, actor, Target::App(id)).await? {
        return Err(AppError::NotFound);
    }
    storage::tending::app(conn, id).await?.ok_or(AppError::NotFound)
}

async fn owner_lines(conn: &mut Conn<'_>, target: Target) -> Result<Vec<OwnerLine>, AppError> {
    let owners = storage::tending::owners(conn, target).await?;
    Ok(owners.into_iter().map(|(id, name, email)| OwnerLine { id, name, email }).collect())
}

/// The page on which owners change a group.
///
/// # Errors
/// `NotFound` for everybody else.
pub async fn group_settings(
    services: &Services,
    actor: &Actor,
    id: GroupId,
    form: Option<FormState>,
) -> Result<GroupSettings, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let row = tended_group(conn, actor, id).await?;
    Ok(GroupSettings {
        id: Some(id),
        rules: row.rules,
        owners: owner_lines(conn, Target::Group(id)).await?,
        name: row.name,
        description: row.description,
        join_policy: row.join_policy,
        version: row.version,
        form,
    })
}

/// Changes a group.
///
/// # Errors
/// `NotFound` for those who do not look after it; `Invalid`, with the field; `Invalid(Setting, Changed)` if somebody
/// else has changed it since the form was filled.
pub async fn update_group(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: GroupId,
    form: GroupForm<'_>,
) -> Result<(), AppError> {
    let (name, description, rules) = form.read()?;
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let before = tended_group(conn, actor, id).await?;
    if before.version != form.version {
        return Err(AppError::invalid(Field::Setting, Rule::Changed));
    }
    let after = GroupRow { name, description, join_policy: form.join_policy, rules, ..before.clone() };
    storage::tending::update_group(conn, id, &after).await?;
    let event = Event::new(Activity::UPDATE_GROUP).to("Group", id.to_string(), &after.name);
    let changes = [
        ("DisplayName", before.name.clone(), after.name.clone()),
        ("Description", before.description.clone(), after.description.clone()),
        ("JoinPolicy", before.join_policy.as_str().to_owned(), after.join_policy.as_str().to_owned()),
        ("Guests", text_of(&before.rules), text_of(&after.rules)),
    ];
    let event = changes
        .iter()
        .filter(|(_, old, new)| old != new)
        .fold(event, |event, (name, old, new)| event.change(name, old, new));
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a group: nobody has anything through it any more. Can be undone for a while.
///
/// # Errors
/// `NotFound` for those who do not look after it; `Settled` if it is deleted already.
pub async fn delete_group(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: GroupId,
) -> Result<(UndoId, String), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let gone = storage::invitations::place(conn, Target::Group(id), actor.id).await?;
    if gone.is_some_and(|place| place.deleted && place.owned) {
        return Err(AppError::Settled);
    }
    let row = tended_group(conn, actor, id).await?;
    let name = row.name.clone();
    let version = row.version + 1;
    storage::tending::update_group(conn, id, &GroupRow { deleted_at: Some(services.now()), ..row }).await?;
    let event = Event::new(Activity::DELETE_GROUP).to("Group", id.to_string(), &name);
    audit::record(services, conn, origin, event).await?;
    let undo = undo::keep(services, conn, actor, &Step::GroupDeleted { group: id, version }).await?;
    tx.commit().await?;
    Ok((undo, name))
}

/// The page on which owners change an app.
///
/// # Errors
/// `NotFound` for everybody else.
pub async fn app_settings(
    services: &Services,
    actor: &Actor,
    id: AppId,
    form: Option<FormState>,
) -> Result<AppSettings, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let row = tended_app(conn, actor, id).await?;
    let groups = storage::tending::groups_of(conn, id).await?;
    let since = services.now().plus(-STATISTICS_DAYS * DAY);
    let (launches, people) = storage::tending::launches(conn, id, since).await?;
    let launch_url = match actor.may(Power::ManagePlaces) {
        true => storage::portal::launch_url(conn, id).await?,
        false => None,
    };
    Ok(AppSettings {
        id,
        launch_url,
        rules: row.rules,
        owners: owner_lines(conn, Target::App(id)).await?,
        groups: groups
            .into_iter()
            .map(|group| GroupAccessLine {
                id: group.id,
                name: group.name,
                for_guests: group.for_guests,
                role: group.app_role_id,
            })
            .collect(),
        roles: app_roles::lines_with_holders(conn, id).await?,
        launches,
        people,
        name: row.name,
        note: row.note,
        instructions: row.instructions,
        category: row.category,
        version: row.version,
        form,
    })
}

/// An app as it was typed.
#[derive(Debug, Clone, Copy)]
pub struct AppForm<'a> {
    /// One line about it.
    pub note: &'a str,
    /// How to use it.
    pub instructions: &'a str,
    /// Its category, or empty.
    pub category: &'a str,
    /// How guests have it.
    pub rules: GuestRules,
    /// The version that the form was filled from.
    pub version: i64,
}

/// Changes an app. Its name and address are an administrator's.
///
/// # Errors
/// As [`update_group`].
pub async fn update_app(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: AppId,
    form: AppForm<'_>,
) -> Result<(), AppError> {
    let (note, instructions) = (clean_message(form.note), clean_message(form.instructions));
    if note.chars().count() > DESCRIPTION_MAX || instructions.chars().count() > INSTRUCTIONS_MAX {
        return Err(AppError::invalid(Field::Message, Rule::TooLong));
    }
    let rules = form.rules.checked()?;
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let before = tended_app(conn, actor, id).await?;
    if before.version != form.version {
        return Err(AppError::invalid(Field::Setting, Rule::Changed));
    }
    let after = AppRow { note, instructions, category: clean_name(form.category), rules, ..before.clone() };
    storage::tending::update_app(conn, id, &after).await?;
    let event = Event::new(Activity::UPDATE_APP).to("ServicePrincipal", id.to_string(), &after.name);
    let changes = [
        ("Description", before.note.clone(), after.note.clone()),
        ("Notes", before.instructions.clone(), after.instructions.clone()),
        ("Category", before.category.clone(), after.category.clone()),
        ("Guests", text_of(&before.rules), text_of(&after.rules)),
    ];
    let event = changes
        .iter()
        .filter(|(_, old, new)| old != new)
        .fold(event, |event, (name, old, new)| event.change(name, old, new));
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Replaces an app's icon by a PNG, or by an SVG freed of all that acts or calls out.
///
/// # Errors
/// `NotFound` for those who do not look after it; `Invalid(Picture, …)`: `TooLong` beyond [`picture::MAX`] or 1,024 pixels a
/// side, `Malformed` if it is no such picture.
pub async fn set_icon(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: AppId,
    bytes: &[u8],
) -> Result<(), AppError> {
    tended_app(&mut services.db.read().await?.conn(), actor, id).await?;
    let (media_type, clean) = picture::read(bytes)?;
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = tended_app(conn, actor, id).await?;
    storage::tending::set_icon(conn, id, media_type, &clean).await?;
    let event = Event::new(Activity::UPDATE_APP)
        .to("ServicePrincipal", id.to_string(), &row.name)
        .change("Logo", "", media_type);
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// What the trail says of how guests have something.
pub(super) fn text_of(rules: &GuestRules) -> String {
    serde_json::to_string(rules).unwrap_or_default()
}

pub(super) fn owner_events(target: Target) -> (Activity, Activity) {
    match target {
        Target::Group(_) => (Activity::ADD_OWNER_TO_GROUP, Activity::REMOVE_OWNER_FROM_GROUP),
        Target::App(_) => (Activity::ADD_OWNER_TO_APP, Activity::REMOVE_OWNER_FROM_APP),
    }
}

/// Makes a colleague a co-owner. Returns the name.
///
/// # Errors
/// `NotFound` for those who do not look after it; `Invalid(Owner, …)` if the address is no colleague's.
pub async fn add_owner(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    target: Target,
    address: &str,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    // Who is a colleague is nothing that guests may find out.
    if actor.user_type != UserType::Member || !looks_after(conn, actor, target).await? {
        return Err(AppError::NotFound);
    }
    let user = people::colleague(conn, address).await?;
    let place = storage::invitations::place(conn, target, user.id).await?.ok_or(AppError::NotFound)?;
    if !place.owned {
        match target {
            Target::Group(id) => storage::groups::add_owner(conn, id, user.id, services.now()).await?,
            Target::App(id) => storage::apps::add_owner(conn, id, user.id, services.now()).await?,
        }
        let event = Event::new(owner_events(target).0).to_user(&user).to(
            resource(target),
            target.id().to_string(),
            &place.name,
        );
        audit::record(services, conn, origin, event).await?;
    }
    tx.commit().await?;
    Ok(user.name)
}

/// Makes somebody an owner no longer, oneself too; but for the last.
///
/// # Errors
/// `NotFound` for those who do not look after it; `Settled` if they are no owner; `Invalid(Owner, Required)` for the
/// last one.
pub async fn remove_owner(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    target: Target,
    owner: UserId,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    if !looks_after(conn, actor, target).await? {
        return Err(AppError::NotFound);
    }
    let owners = storage::tending::owners(conn, target).await?;
    if owners.iter().all(|(id, ..)| *id != owner) {
        return Err(AppError::Settled);
    }
    if owners.len() < 2 {
        return Err(AppError::invalid(Field::Owner, Rule::Required));
    }
    let user = storage::users::by_id(conn, owner).await?.ok_or(AppError::NotFound)?;
    if !storage::tending::remove_owner(conn, target, owner).await? {
        return Err(AppError::NotFound);
    }
    let event = Event::new(owner_events(target).1).to_user(&user).to(resource(target), target.id().to_string(), "");
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(user.name)
}

/// An event about an app that a group was given, or that was taken from it.
fn app_group_event(activity: Activity, (app, app_row): (AppId, &AppRow), (group, name): (GroupId, &str)) -> Event {
    Event::new(activity).to("Group", group.to_string(), name).to("ServicePrincipal", app.to_string(), &app_row.name)
}

/// Gives an app to a group, found by its exact name.
///
/// # Errors
/// `NotFound` for those who do not look after the app; `Invalid(Target, …)` if no group, or several, have that name;
/// `Settled` if the group has it already.
pub async fn give_to_group(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    app: AppId,
    name: &str,
) -> Result<String, AppError> {
    tended_app(&mut services.db.read().await?.conn(), actor, app).await?;
    let Target::Group(group) = invitation::find_target(services, true, name.trim()).await? else {
        return Err(AppError::NotFound);
    };
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = tended_app(conn, actor, app).await?;
    let found = group_row(conn, group).await?;
    let id = AssignmentId(services.rng.uuid(&*services.clock));
    if !storage::apps::assign(conn, id, app, Assignee::Group(group), Some(actor.id), services.now()).await? {
        return Err(AppError::Settled);
    }
    let event = app_group_event(Activity::ADD_APP_TO_GROUP, (app, &row), (group, &found.name));
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(found.name)
}

/// Takes an app from a group.
///
/// # Errors
/// `NotFound` for those who do not look after the app; `Settled` if the group has it no more.
pub async fn take_from_group(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    app: AppId,
    group: GroupId,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = tended_app(conn, actor, app).await?;
    let found = storage::tending::group(conn, group).await?.ok_or(AppError::NotFound)?;
    if !storage::tending::remove_group(conn, app, group).await? {
        return Err(AppError::Settled);
    }
    let event = app_group_event(Activity::REMOVE_APP_FROM_GROUP, (app, &row), (group, &found.name));
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(found.name)
}

/// Lets the guests of a group in although the app's guest switch is off, or no longer: a group is no tunnel.
///
/// # Errors
/// `NotFound` for those who do not look after the app; `Settled` if it is so already, or the group does not have it.
pub async fn set_for_guests(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    app: AppId,
    group: GroupId,
    on: bool,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = tended_app(conn, actor, app).await?;
    let found = storage::tending::group(conn, group).await?.ok_or(AppError::NotFound)?;
    if !storage::tending::set_for_guests(conn, app, group, on).await? {
        return Err(AppError::Settled);
    }
    let event = Event::new(Activity::UPDATE_APP)
        .to("ServicePrincipal", app.to_string(), &row.name)
        .to("Group", group.to_string(), &found.name)
        .change("GuestsOfGroup", if on { "false" } else { "true" }, if on { "true" } else { "false" });
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(found.name)
}

/// How somebody stands to a group who neither owns nor is in it.
///
/// # Errors
/// `NotFound` if it is closed to them.
pub(super) async fn joining(
    conn: &mut Conn<'_>,
    actor: &Actor,
    language: Language,
    id: GroupId,
) -> Result<Joining, AppError> {
    let row = group_row(conn, id).await?;
    let organisation = organisation::load(conn).await?;
    let shut_to_guests = actor.user_type == UserType::Guest && !row.rules.allowed;
    if !organisation.shows_directory_to(actor.user_type) || shut_to_guests || row.join_policy == JoinPolicy::Closed {
        return Err(AppError::NotFound);
    }
    let asked = storage::tending::request_by(conn, id, actor.id).await?;
    let calendar = Calendar::new(&organisation, language);
    Ok(Joining { policy: row.join_policy, asked: asked.map(|one| calendar.date(one.created_at)) })
}

/// Who asks to be in a group.
pub(super) async fn requests(
    conn: &mut Conn<'_>,
    language: Language,
    id: GroupId,
) -> Result<Vec<RequestLine>, AppError> {
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let found = storage::tending::requests_of(conn, id).await?;
    Ok(found
        .into_iter()
        .map(|one| RequestLine {
            id: one.id,
            name: one.name,
            email: one.email,
            word: one.word,
            at: calendar.date(one.created_at),
        })
        .collect())
}

/// What pressing the button came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// In.
    In,
    /// An owner was asked.
    Asked,
}

/// Lets somebody into a group, in place of a membership that has ended; who is in stays in.
async fn come_in(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    (group, name): (GroupId, &str),
    user: &User,
    by: UserId,
) -> Result<(), AppError> {
    if storage::groups::is_in(conn, user.id, services.now(), group).await? {
        return Ok(());
    }
    let target = Target::Group(group);
    let until = grants::allow(services, conn, by, user, target, Wanted::New(None)).await?;
    let given = Given { user, target, name, until };
    invitation::give(services, conn, origin, by, given, None).await
}

/// Joins a group that is open, or asks its owners.
///
/// # Errors
/// `NotFound` if it is closed to the person; `Invalid(Message, TooLong)`.
pub async fn join(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: GroupId,
    word: &str,
) -> Result<(Joined, String), AppError> {
    let word = clean_word(word)?;
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let row = group_row(conn, id).await?;
    joining(conn, actor, Language::En, id).await?;
    let user = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    // A guest comes in by themselves once. Whose access has ended, was given up or taken away asks an owner.
    let was_in = user.user_type == UserType::Guest
        && storage::audit::names_both(conn, Activity::ADD_MEMBER_TO_GROUP, user.id.0, id.0).await?
        && !storage::groups::is_in(conn, user.id, now, id).await?;
    let joined = if row.join_policy == JoinPolicy::Open && !was_in {
        come_in(services, conn, origin, (id, &row.name), &user, actor.id).await?;
        Joined::In
    } else {
        let scope = format!("join:{id}:{}", actor.id);
        if storage::tending::request_by(conn, id, actor.id).await?.is_none()
            && !storage::invitations::count_up_to(conn, now.day(), &scope, ROUNDS_A_DAY).await?
        {
            return Err(AppError::TooOften);
        }
        let request = JoinRequestId(services.rng.uuid(&*services.clock));
        if storage::tending::ask(conn, request, id, actor.id, &word, now).await? {
            let event = Event::new(Activity::ASK_TO_JOIN).to_user(&user).to("Group", id.to_string(), &row.name);
            audit::record(services, conn, origin, event).await?;
            let target = Target::Group(id);
            let about = About { person: Some(actor.id), target: Some(target), words: word, ..About::default() };
            notices::tell_owners(services, conn, target, Notice::WantsToJoin, &about).await?;
        }
        Joined::Asked
    };
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok((joined, row.name))
}

/// Takes one's own wish to be in a group back. Returns the group's name.
///
/// # Errors
/// `NotFound` if the group is closed to the person; `Settled` if it was answered, or taken back before.
pub async fn take_back_request(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: GroupId,
) -> Result<String, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    joining(conn, actor, Language::En, id).await?;
    let row = group_row(conn, id).await?;
    if !storage::tending::take_back(conn, id, actor.id).await? {
        return Err(AppError::Settled);
    }
    let user = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    let event = Event::new(Activity::CANCEL_JOIN).to_user(&user).to("Group", id.to_string(), &row.name);
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(row.name)
}

/// An owner's answer to somebody who wants to be in a group. Returns the group and the person's name.
///
/// # Errors
/// `NotFound` for those who do not look after it; `Settled` if it was answered before.
pub async fn answer_request(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: JoinRequestId,
    yes: bool,
) -> Result<(GroupId, String), AppError> {
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let request = storage::tending::request(conn, id).await?.ok_or(AppError::NotFound)?;
    let group = request.group_id;
    let row = tended_group(conn, actor, group).await?;
    if !storage::tending::answer(conn, id, yes, actor.id, now).await? {
        return Err(AppError::Settled);
    }
    let user = storage::users::by_id(conn, request.user_id).await?.ok_or(AppError::NotFound)?;
    let (activity, notice) = match yes {
        true => (Activity::APPROVE_JOIN, Notice::MayJoin),
        false => (Activity::REJECT_JOIN, Notice::MayNotJoin),
    };
    let event = Event::new(activity).to_user(&user).to("Group", group.to_string(), &row.name);
    audit::record(services, conn, origin, event).await?;
    if yes {
        come_in(services, conn, origin, (group, &row.name), &user, actor.id).await?;
    }
    let about = About { by: Some(actor.id), target: Some(Target::Group(group)), ..About::default() };
    notices::tell(services, conn, user.id, notice, &about).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok((group, user.name))
}

/// The columns of [`export_page`].
pub const EXPORT_HEADINGS: [&str; 6] = ["name", "email", "userType", "state", "accessUntil", "sponsor"];

/// Where an export goes on: behind whom among guests or members.
pub type ExportKey = (UserType, Option<UserId>);

/// What the file of a group's or app's people is called.
///
/// # Errors
/// `NotFound` for those who may not see its people.
pub async fn export_name(services: &Services, actor: &Actor, target: Target) -> Result<String, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    if !invitation::sees(conn, actor, target).await? {
        return Err(AppError::NotFound);
    }
    let place = storage::invitations::place(conn, target, actor.id).await?.ok_or(AppError::NotFound)?;
    Ok(place.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect())
}

/// A page of who has access to a group or app, guests first, and where the next begins. Who has an app through a group
/// stands in the group's own file.
///
/// # Errors
/// `NotFound` for those who may not see its people.
pub async fn export_page(
    services: &Services,
    actor: &Actor,
    language: Language,
    target: Target,
    key: Option<ExportKey>,
) -> Result<(Vec<[String; 6]>, Option<ExportKey>), AppError> {
    let (user_type, after) = key.unwrap_or((UserType::Guest, None));
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    if !invitation::sees(conn, actor, target).await? {
        return Err(AppError::NotFound);
    }
    let view = access::Viewer::new(services, conn, actor, language).await?;
    let page = view.people(conn, target, user_type, "", after, EXPORT_PAGE).await?;
    let kind = user_type.as_str().to_owned();
    let row = |line: AccessLine| {
        let state = line.standing.as_str().to_owned();
        [line.name, line.email, kind.clone(), state, line.until_day, line.sponsor.unwrap_or_default()]
    };
    let mut rows: Vec<[String; 6]> = page.lines.into_iter().map(row).collect();
    let next = match (page.more, user_type) {
        (Some(after), _) => Some((user_type, Some(after))),
        (None, UserType::Guest) => Some((UserType::Member, None)),
        (None, UserType::Member) => None,
    };
    if let (Target::App(id), None) = (target, next) {
        let group = |name| [name, String::new(), "group".into(), "active".into(), String::new(), String::new()];
        rows.extend(storage::tending::groups_of(conn, id).await?.into_iter().map(|one| group(one.name)));
    }
    Ok((rows, next))
}
