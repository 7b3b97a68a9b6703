//! The demonstration: WoodGrove, its people, groups and apps. Seeded once, relative to that day; its mail goes to
//! a mailbox that anybody on this machine can read.

mod woodgrove;

use super::{
    Services,
    audit::{self, Event},
    calendar::{self, Calendar},
    organisation, people,
    start::StartError,
};
use crate::{
    domain::{
        actor::Origin,
        app::AppKind,
        audit::Activity,
        email::EmailAddress,
        error::AppError,
        ids::{AppId, AssignmentId, GroupId, MailId},
        language::Language,
        paths,
        tending::{GuestRules, JoinPolicy},
        user::{Role, User},
        view::Persona,
    },
    identity::email_key,
    storage::{
        self, Conn,
        apps::{Assignee, NewApp},
        groups::NewGroup,
    },
};
use serde_json::json;
use std::collections::HashMap;
use woodgrove::{APPS, GROUPS, PEOPLE};

/// Key in the database's own facts: that it is a demonstration.
const MARK: &str = "demo";

/// Makes these services the demonstration's: seeds an empty database, takes one that was seeded before, and
/// refuses any other.
///
/// # Errors
/// `Refused` on a database that is in earnest.
pub async fn enter(services: Services) -> Result<Services, StartError> {
    let mut held = services.db.read().await?;
    let marked = storage::admin::meta(&mut held.conn(), MARK).await?.is_some();
    let in_use = storage::admin::has_users(&mut held.conn()).await?;
    drop(held);
    let services = Services { demo: true, ..services };
    match (marked, in_use) {
        (true, _) => follow_address(&services).await?,
        (false, true) => {
            return Err(StartError::Refused(
                "this database is in earnest; --demo needs one of its own, or an empty one",
            ));
        }
        (false, false) => seed(&services).await?,
    }
    Ok(services)
}

/// WoodGrove, in one transaction: it is there whole or not at all.
async fn seed(services: &Services) -> Result<(), AppError> {
    let now = services.now();
    let origin = services.own_origin("Demonstration");
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    for (key, value) in [
        ("name", json!("WoodGrove")),
        ("timeZone", json!("Europe/London")),
        ("ownDomains", json!(["woodgrove.example"])),
        ("contact", json!("help@woodgrove.example")),
    ] {
        storage::settings::set(conn, key, &value.to_string(), now, None).await?;
    }
    let mut users: HashMap<&str, User> = HashMap::new();
    for person in PEOPLE {
        let address = EmailAddress::parse(person.email)?;
        let key = email_key(&address);
        let user = people::create_member(services, conn, &origin, &address, &key, person.name).await?;
        if person.admin && storage::users::grant_role(conn, user.id, Role::Administrator, now).await? {
            let event =
                Event::new(Activity::ADD_MEMBER_TO_ROLE).to_user(&user).to("Role", "administrator", "administrator");
            audit::record(services, conn, &origin, event).await?;
        }
        users.insert(person.email, user);
    }
    let groups = seed_groups(services, conn, &origin, &users).await?;
    seed_apps(services, conn, &origin, &users, &groups).await?;
    storage::admin::note_meta(conn, MARK, "woodgrove").await?;
    tx.commit().await?;
    Ok(())
}

fn person<'u>(users: &'u HashMap<&str, User>, email: &str) -> Result<&'u User, AppError> {
    users.get(email).ok_or(AppError::NotFound)
}

async fn seed_groups(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    users: &HashMap<&str, User>,
) -> Result<HashMap<&'static str, GroupId>, AppError> {
    let now = services.now();
    let mut groups = HashMap::new();
    for group in GROUPS {
        let id = GroupId(services.rng.uuid(&*services.clock));
        let rules = GuestRules { allowed: group.guests, ..GuestRules::default() };
        let new =
            NewGroup { id, name: group.name, description: group.description, join_policy: JoinPolicy::Closed, rules };
        storage::groups::insert(conn, &new, now).await?;
        let target = |event: Event| event.to("Group", id.to_string(), group.name);
        audit::record(services, conn, origin, target(Event::new(Activity::ADD_GROUP))).await?;
        let owner = person(users, group.owner)?;
        storage::groups::add_owner(conn, id, owner.id, now).await?;
        audit::record(services, conn, origin, target(Event::new(Activity::ADD_OWNER_TO_GROUP).to_user(owner))).await?;
        for email in group.members.iter().chain([&group.owner]) {
            let member = person(users, email)?;
            storage::groups::add_member(conn, id, member.id, Some(owner.id), now).await?;
            let event = target(Event::new(Activity::ADD_MEMBER_TO_GROUP).to_user(member));
            audit::record(services, conn, origin, event).await?;
        }
        groups.insert(group.name, id);
    }
    Ok(groups)
}

async fn seed_apps(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    users: &HashMap<&str, User>,
    groups: &HashMap<&'static str, GroupId>,
) -> Result<(), AppError> {
    let now = services.now();
    for app in APPS {
        let id = AppId(services.rng.uuid(&*services.clock));
        let icon = app.icon();
        let launch_url = services.settings.url(&paths::demo_app(app.slug));
        let new = NewApp {
            id,
            name: app.name,
            note: app.note,
            instructions: app.instructions,
            category: app.category,
            kind: AppKind::Link,
            launch_url: &launch_url,
            icon: Some(("image/svg+xml", icon.as_bytes())),
            guests_allowed: app.guests,
        };
        storage::apps::insert(conn, &new, now).await?;
        let target = |event: Event| event.to("ServicePrincipal", id.to_string(), app.name);
        audit::record(services, conn, origin, target(Event::new(Activity::ADD_APP))).await?;
        let owner = person(users, app.owner)?;
        storage::apps::add_owner(conn, id, owner.id, now).await?;
        audit::record(services, conn, origin, target(Event::new(Activity::ADD_OWNER_TO_APP).to_user(owner))).await?;
        for name in app.groups {
            let group = *groups.get(name).ok_or(AppError::NotFound)?;
            let assignment = AssignmentId(services.rng.uuid(&*services.clock));
            storage::apps::assign(conn, assignment, id, Assignee::Group(group), Some(owner.id), now).await?;
            let event = target(Event::new(Activity::ADD_APP_TO_GROUP).to("Group", group.to_string(), name));
            audit::record(services, conn, origin, event).await?;
        }
        for email in app.people {
            let user = person(users, email)?;
            let assignment = AssignmentId(services.rng.uuid(&*services.clock));
            storage::apps::assign(conn, assignment, id, Assignee::User(user.id), Some(owner.id), now).await?;
            let event = target(Event::new(Activity::ADD_APP_TO_USER).to_user(user));
            audit::record(services, conn, origin, event).await?;
        }
    }
    Ok(())
}

/// The demonstration's apps are pages of ours: where we listen may have changed since they were made.
async fn follow_address(services: &Services) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    for (app, url) in storage::demo::launch_urls(conn).await? {
        let slug = url.rsplit_once("/demo/apps/").map(|(_, slug)| slug);
        if let Some(known) = slug.and_then(|slug| APPS.iter().find(|app| app.slug == slug)) {
            let now_at = services.settings.url(&paths::demo_app(known.slug));
            if now_at != url {
                storage::demo::set_launch_url(conn, app, &now_at).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

/// The name of an app of the demonstration.
pub fn app_name(slug: &str) -> Option<&'static str> {
    APPS.iter().find(|app| app.slug == slug).map(|app| app.name)
}

/// The people whom one can be, outside the demonstration none.
pub fn personas(services: &Services, language: Language) -> Vec<Persona> {
    if !services.demo {
        return Vec::new();
    }
    PEOPLE
        .iter()
        .filter_map(|person| {
            let part = match language {
                Language::En => person.part_en,
                Language::Fr => person.part_fr,
            }?;
            Some(Persona { email: person.email.to_owned(), name: person.name.to_owned(), part: part.to_owned() })
        })
        .collect()
}

/// A message in the mailbox.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// What it is for.
    pub kind: String,
    /// When, RFC 3339.
    pub at: String,
    /// When, written out.
    pub at_words: String,
}

/// A message with its parts.
pub struct Opened {
    /// The message.
    pub mail: Mail,
    /// As it would have gone over the wire.
    pub source: String,
    /// Its text part.
    pub text: String,
    /// Its HTML part.
    pub html: String,
}

fn mail_of(stored: storage::demo::Mail, calendar: &Calendar) -> Mail {
    Mail {
        id: stored.id,
        to: stored.to_address,
        subject: stored.subject,
        kind: stored.kind,
        at: calendar::rfc3339(stored.at),
        at_words: calendar.moment(stored.at),
    }
}

/// All mail, the newest first.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn mailbox(services: &Services, language: Language) -> Result<Vec<Mail>, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    Ok(storage::demo::newest(conn).await?.into_iter().map(|mail| mail_of(mail, &calendar)).collect())
}

/// One message.
///
/// # Errors
/// `NotFound`.
pub async fn mail(services: &Services, id: MailId, language: Language) -> Result<Opened, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let (stored, parts) = storage::demo::one(conn, id).await?.ok_or(AppError::NotFound)?;
    Ok(Opened { mail: mail_of(stored, &calendar), source: parts.source, text: parts.text_part, html: parts.html_part })
}
