//! The organisation's settings: reading them, and changing one at a time.

use super::{
    Services,
    audit::{self, Event},
    calendar::{self, Calendar},
    notices::{self, About},
    picture,
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        colour,
        error::{AppError, Field, Rule},
        ids::UserId,
        language::Language,
        notice::Notice,
        organisation::Organisation,
        roles::Power,
        view::{Counted, OrganisationPage, SettingChange, StatementLine},
    },
    storage::{self, Conn},
};
use serde_json::{Map, Value};

/// The settings as they are at this moment. Read for each use: a change holds at once on every instance.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn load(conn: &mut Conn<'_>) -> Result<Organisation, AppError> {
    let rows = storage::settings::all(conn).await?;
    let values: Map<String, Value> =
        rows.into_iter().filter_map(|(key, text)| Some((key, serde_json::from_str(&text).ok()?))).collect();
    serde_json::from_value(Value::Object(values)).map_err(|error| {
        tracing::error!(%error, "a setting in the database cannot be read");
        AppError::Internal
    })
}

/// The names of all settings.
pub fn keys() -> Vec<String> {
    match serde_json::to_value(Organisation::default()) {
        Ok(Value::Object(fields)) => fields.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// Changes one setting. `text` is JSON, or plain text where the setting is text; a list may be given as words
/// separated by commas.
///
/// # Errors
/// `Invalid(Setting, …)`: `Unknown` key, or a value of the wrong form.
pub async fn set(services: &Services, origin: &Origin, key: &str, text: &str) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    change(services, &mut tx.conn(), origin, None, key, text).await?;
    tx.commit().await?;
    Ok(())
}

/// What was wrong with which of several settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The setting.
    pub key: String,
    /// What is wrong.
    pub error: AppError,
}

/// Changes several settings at once, all or none, if none of them has changed since `seen`.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid(Setting, Changed)` if somebody was faster; else as [`set`], with the key.
pub async fn save(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    values: &[(&str, &str)],
    seen: i64,
) -> Result<(), Refused> {
    let refused = |key: &str, error| Refused { key: key.to_owned(), error };
    if !actor.may(Power::ManageOrganisation) {
        return Err(refused("", AppError::NotFound));
    }
    let mut tx = services.db.write().await.map_err(|error| refused("", error.into()))?;
    let conn = &mut tx.conn();
    let changes = storage::settings::changes(conn).await.map_err(|error| refused("", error.into()))?;
    let newest = changes.iter().filter(|one| values.iter().any(|(key, _)| *key == one.key)).map(|one| one.changed_at.0);
    if newest.max().unwrap_or_default() > seen {
        return Err(refused("", AppError::invalid(Field::Setting, Rule::Changed)));
    }
    for (key, text) in values {
        change(services, conn, origin, Some(actor.id), key, text).await.map_err(|error| refused(key, error))?;
    }
    tx.commit().await.map_err(|error| refused("", error.into()))
}

/// Changes a setting within a transaction; one that stays as it is leaves no trace.
async fn change(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    by: Option<UserId>,
    key: &str,
    text: &str,
) -> Result<(), AppError> {
    if !keys().iter().any(|known| known == key) || PICTURES.contains(&key) {
        return Err(AppError::invalid(Field::Setting, Rule::Unknown));
    }
    let Ok(Value::Object(mut fields)) = serde_json::to_value(load(conn).await?) else {
        return Err(AppError::Internal);
    };
    let old = fields.get(key).cloned().unwrap_or_default();
    let mut new = match (&old, serde_json::from_str::<Value>(text)) {
        (Value::Array(_), Ok(value @ Value::Array(_))) => value,
        (Value::Array(_), _) => {
            text.split([',', '\n', '\r', ' ']).map(str::trim).filter(|word| !word.is_empty()).collect()
        }
        (Value::String(_), Ok(value @ Value::String(_))) => value,
        (Value::String(_), _) => Value::String(text.to_owned()),
        (_, Ok(value)) => value,
        (_, Err(_)) => return Err(AppError::invalid(Field::Setting, Rule::Malformed)),
    };
    match key {
        "ownDomains" => new = domains(&new, false)?,
        "allowedDomains" | "deniedDomains" => new = domains(&new, true)?,
        _ => {}
    }
    if new == old {
        return Ok(());
    }
    fields.insert(key.to_owned(), new.clone());
    let malformed = |_| AppError::invalid(Field::Setting, Rule::Malformed);
    let changed: Organisation = serde_json::from_value(Value::Object(fields)).map_err(malformed)?;
    check(&changed)?;
    storage::settings::set(conn, key, &new.to_string(), services.now(), by).await?;
    let event = Event::new(Activity::UPDATE_COMPANY).to("Company", "organisation", &changed.name).change(
        key,
        &old.to_string(),
        &new.to_string(),
    );
    audit::record(services, conn, origin, event).await?;
    // What guests agree to is a version, not an address that may show something else tomorrow.
    for (setting, kind, url) in
        [("privacyUrl", "privacy", &changed.privacy_url), ("termsUrl", "terms", &changed.terms_url)]
    {
        if key == setting {
            storage::invitations::publish_statement(conn, kind, url, services.now()).await?;
        }
    }
    Ok(())
}

/// What the logo for light pages and for mails is stored as.
pub(super) const LOGO: &str = "logo";
/// The settings that hold which picture is shown; set by sending one.
const PICTURES: [&str; 2] = [LOGO, "logoDark"];

/// Takes a logo, for light or for dark pages; no bytes take it away.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid(Picture, …)` as for icons.
pub async fn set_logo(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    dark: bool,
    bytes: Option<&[u8]>,
) -> Result<(), AppError> {
    if !actor.may(Power::ManageOrganisation) {
        return Err(AppError::NotFound);
    }
    let read = bytes.map(picture::read).transpose()?;
    let key = PICTURES[usize::from(dark)];
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let version = match &read {
        Some((kind, bytes)) => {
            storage::settings::set_picture(conn, key, kind, bytes, now).await?;
            now.0
        }
        None => {
            storage::settings::remove_picture(conn, key).await?;
            0
        }
    };
    storage::settings::set(conn, key, &version.to_string(), now, Some(actor.id)).await?;
    let name = load(conn).await?.name;
    let event = Event::new(Activity::UPDATE_COMPANY).to("Company", "organisation", &name).change(
        key,
        "",
        read.as_ref().map_or("", |(kind, _)| kind),
    );
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// A logo: media type and bytes.
///
/// # Errors
/// `NotFound` if there is none.
pub async fn logo(services: &Services, dark: bool) -> Result<(String, Vec<u8>), AppError> {
    let key = PICTURES[usize::from(dark)];
    storage::settings::picture(&mut services.db.read().await?.conn(), key).await?.ok_or(AppError::NotFound)
}

/// The page of all settings.
///
/// # Errors
/// `NotFound` for those who may not see them.
pub async fn page(services: &Services, actor: &Actor, language: Language) -> Result<OrganisationPage, AppError> {
    if !actor.may(Power::SeeOrganisation) {
        return Err(AppError::NotFound);
    }
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = load(conn).await?;
    let calendar = Calendar::new(&organisation, language);
    let Ok(Value::Object(fields)) = serde_json::to_value(&organisation) else { return Err(AppError::Internal) };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    };
    let changes = storage::settings::changes(conn).await?;
    let statements = storage::settings::statements(conn).await?;
    Ok(OrganisationPage {
        values: fields.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
        version: changes.iter().map(|one| one.changed_at.0).max().unwrap_or_default(),
        changes: changes
            .into_iter()
            .map(|one| SettingChange { key: one.key, by: one.by_name, at: calendar.date(one.changed_at) })
            .collect(),
        statements: statements
            .into_iter()
            .map(|one| StatementLine {
                kind: one.kind,
                version: one.version,
                url: one.url,
                since: calendar.date(one.since),
                accepted: Counted::up_to(STATEMENT_BOUND, one.accepted),
            })
            .collect(),
        may_change: actor.may(Power::ManageOrganisation),
        contrast: colour::contrast_with_white(&organisation.colour),
        paused: organisation.paused,
        form: None,
    })
}

/// Acceptances of a statement are counted up to here.
const STATEMENT_BOUND: i64 = 10_000;

/// Sends a test mail to whoever asks for it.
///
/// # Errors
/// `NotFound` for those who may not.
pub async fn send_test_mail(services: &Services, actor: &Actor) -> Result<(), AppError> {
    if !actor.may(Power::ManageOrganisation) {
        return Err(AppError::NotFound);
    }
    let mut tx = services.db.write().await?;
    notices::tell(services, &mut tx.conn(), actor.id, Notice::Test, &About::default()).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(())
}

fn check(organisation: &Organisation) -> Result<(), AppError> {
    let malformed = Err(AppError::invalid(Field::Setting, Rule::Malformed));
    if organisation.name.trim().is_empty() || crate::domain::name::clean_name(&organisation.name) != organisation.name {
        return malformed;
    }
    if !calendar::is_time_zone(&organisation.time_zone) {
        return malformed;
    }
    let addresses = [&organisation.privacy_url, &organisation.terms_url];
    if addresses.into_iter().any(|url| !url.is_empty() && crate::domain::app::LaunchUrl::parse(url).is_err()) {
        return malformed;
    }
    if !(1..=crate::domain::invitation::LINK_DAYS_MAX).contains(&organisation.link_days) {
        return malformed;
    }
    if !organisation.colour.is_empty() && !colour::is_readable(&organisation.colour) {
        return Err(AppError::invalid(Field::Setting, Rule::TooPale));
    }
    if !(1..=1_000).contains(&organisation.guests_per_member) {
        return malformed;
    }
    if organisation.reminders > 2 || organisation.quiet_from > 23 || organisation.quiet_until > 23 {
        return malformed;
    }
    Ok(())
}

/// Domains as A-labels; in the lists about guests also `*.` before one.
fn domains(value: &Value, patterns: bool) -> Result<Value, AppError> {
    let malformed = || AppError::invalid(Field::Setting, Rule::Malformed);
    value
        .as_array()
        .ok_or_else(malformed)?
        .iter()
        .map(|domain| {
            let text = domain.as_str().ok_or_else(malformed)?;
            let (front, text) = match text.strip_prefix("*.") {
                Some(rest) if patterns => ("*.", rest),
                _ => ("", text),
            };
            crate::domain::email::EmailAddress::parse(&format!("x@{text}")).map_err(|_| malformed())?;
            let label = idna::domain_to_ascii(text).map_err(|_| malformed())?;
            Ok(Value::String(format!("{front}{label}")))
        })
        .collect()
}
