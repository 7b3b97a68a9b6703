//! The organisation's settings: reading them, and changing one at a time.

use super::{
    Services,
    audit::{self, Event},
    calendar,
};
use crate::{
    domain::{
        actor::Origin,
        audit::Activity,
        error::{AppError, Field, Rule},
        organisation::Organisation,
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
    if !keys().iter().any(|known| known == key) {
        return Err(AppError::invalid(Field::Setting, Rule::Unknown));
    }
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let Ok(Value::Object(mut fields)) = serde_json::to_value(load(conn).await?) else {
        return Err(AppError::Internal);
    };
    let old = fields.get(key).cloned().unwrap_or_default();
    let mut new = match (&old, serde_json::from_str::<Value>(text)) {
        (Value::Array(_), Ok(value @ Value::Array(_))) => value,
        (Value::Array(_), _) => text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect(),
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
    fields.insert(key.to_owned(), new.clone());
    let malformed = |_| AppError::invalid(Field::Setting, Rule::Malformed);
    let changed: Organisation = serde_json::from_value(Value::Object(fields)).map_err(malformed)?;
    check(&changed)?;
    storage::settings::set(conn, key, &new.to_string(), services.now(), None).await?;
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
    tx.commit().await?;
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
