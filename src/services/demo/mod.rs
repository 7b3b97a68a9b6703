//! The demonstration: WoodGrove, its people, groups and apps, and guests in every state with a year behind them. Made
//! once, relative to that day; its mail goes to a mailbox that anybody on this machine can read.

mod guests;
mod seed;
mod standing;
mod woodgrove;

pub use seed::{Progress, Wanted, seed};

use super::{
    Services,
    calendar::{self, Calendar},
    organisation,
    start::StartError,
};
use crate::{
    domain::{error::AppError, ids::MailId, language::Language, paths, view::Persona},
    storage,
};
use guests::GUESTS;
use serde_json::json;
use woodgrove::{APPS, PEOPLE, Part};

/// What the organisation is called.
const NAME: &str = "WoodGrove";
/// Key in the database's own facts: that it is a demonstration.
const MARK: &str = "demo";

/// Whether this database is a demonstration.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn is_one(services: &Services) -> Result<bool, AppError> {
    Ok(storage::admin::meta(&mut services.db.read().await?.conn(), MARK).await?.is_some())
}

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
        (false, false) => settle(&services).await?,
    }
    Ok(services)
}

/// WoodGrove, in one transaction: it is there whole or not at all.
async fn settle(services: &Services) -> Result<(), AppError> {
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    for (key, value) in [
        ("name", json!(NAME)),
        ("timeZone", json!("Europe/London")),
        ("ownDomains", json!(["woodgrove.example"])),
        ("contact", json!("help@woodgrove.example")),
    ] {
        storage::settings::set(conn, key, &value.to_string(), now, None).await?;
    }
    standing::store(services, conn).await?;
    storage::admin::note_meta(conn, MARK, "woodgrove").await?;
    tx.commit().await?;
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
    let members = PEOPLE.iter().map(|one| (one.email, one.name, one.part));
    let guests = GUESTS.iter().map(|one| (one.email, one.name, one.part));
    let persona = |(email, name, part): (&str, &str, Option<Part>)| {
        let part = match language {
            Language::En => part?.en,
            Language::Fr => part?.fr,
        };
        Some(Persona { email: email.to_owned(), name: name.to_owned(), part: part.to_owned() })
    };
    members.chain(guests).filter_map(persona).collect()
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
