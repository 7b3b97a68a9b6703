//! The organisation's settings: reading them, and changing some of them at once.

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
        policy,
        roles::Power,
        view::{Counted, OrganisationPage, SettingChange, StatementLine},
    },
    storage::{self, Conn},
};
use serde_json::{Map, Value, json};

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
    let edit = Edit { key, was: None, text };
    change(services, &mut tx.conn(), origin, None, &[edit]).await.map_err(|refused| refused.error)?;
    tx.commit().await?;
    Ok(())
}

/// A setting as somebody wants it.
#[derive(Debug, Clone, Copy)]
pub struct Edit<'a> {
    /// The setting.
    pub key: &'a str,
    /// What it was when the change began; nothing if it may have been anything.
    pub was: Option<&'a str>,
    /// What it shall be.
    pub text: &'a str,
}

/// What was wrong with which of several settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The setting; empty where it is about none of them.
    pub key: String,
    /// What is wrong.
    pub error: AppError,
}

impl Refused {
    fn of(key: &str, error: AppError) -> Self {
        Self { key: key.to_owned(), error }
    }
}

impl<E: Into<AppError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::of("", error.into())
    }
}

/// Changes several settings at once, all or none.
///
/// # Errors
/// `NotFound` for those who may not; `Invalid(Setting, Changed)` for one that is not what it was when the change began;
/// else as [`set`]. Each with the key.
pub async fn save(services: &Services, actor: &Actor, origin: &Origin, edits: &[Edit<'_>]) -> Result<(), Refused> {
    if !actor.may(Power::ManageOrganisation) {
        return Err(AppError::NotFound.into());
    }
    let mut tx = services.db.write().await?;
    change(services, &mut tx.conn(), origin, Some(actor.id), edits).await?;
    Ok(tx.commit().await?)
}

/// A setting's value as somebody writes it, of the form that it has.
fn value_of(key: &str, old: &Value, text: &str) -> Result<Value, AppError> {
    let value = match (old, serde_json::from_str::<Value>(text)) {
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
        "ownDomains" => domains(&value, false),
        "allowedDomains" | "deniedDomains" => domains(&value, true),
        _ => Ok(value),
    }
}

/// Changes settings within a transaction, as they stand together in the end; one that stays as it is leaves no trace.
async fn change(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    by: Option<UserId>,
    edits: &[Edit<'_>],
) -> Result<(), Refused> {
    let before = load(conn).await?;
    let (Ok(Value::Object(stored)), known) = (serde_json::to_value(&before), keys()) else {
        return Err(AppError::Internal.into());
    };
    let mut fields = stored.clone();
    for Edit { key, was, text } in edits {
        let refuse = |rule| Refused::of(key, AppError::invalid(Field::Setting, rule));
        if !known.iter().any(|known| known == key) || PICTURES.contains(key) {
            return Err(refuse(Rule::Unknown));
        }
        let old = &stored[*key];
        let new = value_of(key, old, text).map_err(|error| Refused::of(key, error))?;
        if new != *old && was.is_some_and(|was| value_of(key, old, was).as_ref() != Ok(old)) {
            return Err(refuse(Rule::Changed));
        }
        fields.insert((*key).to_owned(), new);
        // Each by itself, so that it is known which is wrong.
        let alone: Organisation =
            serde_json::from_value(Value::Object(fields.clone())).map_err(|_| refuse(Rule::Malformed))?;
        check(&alone).map_err(|error| Refused::of(key, error))?;
    }
    let after: Organisation = serde_json::from_value(Value::Object(fields.clone())).map_err(|_| AppError::Internal)?;
    let changed: Vec<&str> = edits.iter().map(|edit| edit.key).filter(|key| fields[*key] != stored[*key]).collect();
    if let Some(key) = changed.iter().find(|key| locks_out(&after, key)) {
        return Err(Refused::of(key, AppError::invalid(Field::Setting, Rule::LocksOut)));
    }
    for key in changed {
        let (old, new) = (&stored[key], &fields[key]);
        storage::settings::set(conn, key, &new.to_string(), services.now(), by).await?;
        audit::record(services, conn, origin, change_event(key, (old, new), (&before, &after))).await?;
        // What guests agree to is a version, not an address that may show something else tomorrow.
        for (setting, kind, url) in
            [("privacyUrl", "privacy", &after.privacy_url), ("termsUrl", "terms", &after.terms_url)]
        {
            if key == setting {
                storage::invitations::publish_statement(conn, kind, url, services.now()).await?;
            }
            if key == setting && !url.is_empty() {
                let event = Event::new(Activity::PUBLISH_TERMS).to("Company", "organisation", &after.name);
                audit::record(services, conn, origin, event.detail("statement", kind).detail("url", url)).await?;
            }
        }
    }
    Ok(())
}

/// Whether nobody could be invited any more because of a setting.
fn locks_out(organisation: &Organisation, key: &str) -> bool {
    let denied = |pattern: &String| {
        organisation.denied_domains.iter().any(|denied| denied == pattern || policy::covers(denied, pattern))
    };
    match key {
        "mailsPerInviter" => organisation.mails_per_inviter == 0,
        "mailsPerAddress" => organisation.mails_per_address == 0,
        "mailsPerDay" => organisation.mails_per_day == 0,
        "allowedDomains" | "deniedDomains" => {
            !organisation.allowed_domains.is_empty() && organisation.allowed_domains.iter().all(denied)
        }
        _ => false,
    }
}

/// The event of a changed setting: by the name that rules on Entra's trail listen to.
fn change_event(key: &str, (old, new): (&Value, &Value), (before, after): (&Organisation, &Organisation)) -> Event {
    let lists = |of: &Organisation| {
        json!({"InvitationsAllowedAndBlockedDomainsPolicy": {
            "AllowedDomains": of.allowed_domains, "BlockedDomains": of.denied_domains,
        }})
        .to_string()
    };
    match key {
        "allowedDomains" | "deniedDomains" => Event::new(Activity::UPDATE_POLICY)
            .to("Policy", "B2BManagementPolicy", "B2BManagementPolicy")
            .change("PolicyDetails", &lists(before), &lists(after)),
        "allowInvitesFrom" | "ownersMayInvite" | "guestVisibility" | "paused" => {
            Event::new(Activity::UPDATE_AUTHORIZATION)
                .to("Policy", "authorizationPolicy", "authorizationPolicy")
                .change(key, &old.to_string(), &new.to_string())
        }
        _ => Event::new(Activity::UPDATE_COMPANY).to("Company", "organisation", &after.name).change(
            key,
            &old.to_string(),
            &new.to_string(),
        ),
    }
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

/// The next acceptances of statements for an export, behind one.
///
/// # Errors
/// `NotFound` for those who may not see the settings.
pub async fn consents_page(
    services: &Services,
    actor: &Actor,
    after: Option<(UserId, String, i64)>,
) -> Result<Vec<storage::settings::Consent>, AppError> {
    if !actor.may(Power::SeeOrganisation) {
        return Err(AppError::NotFound);
    }
    let (user, kind, version) = after.unwrap_or((UserId(uuid::Uuid::nil()), String::new(), 0));
    let mut held = services.db.read().await?;
    Ok(storage::settings::consents(&mut held.conn(), (user, &kind, version), 1_000).await?)
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
