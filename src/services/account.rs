//! One's own account: name, language, and where one is signed in.

use super::{
    Services, access,
    audit::{self, Event},
    calendar::Calendar,
    notices::{self, About},
    organisation, people,
    sign_in::{self, Asked, CodeFor},
    undo,
};
use crate::{
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        error::{AppError, Field, Rule},
        form::FormState,
        ids::{CodeId, SessionHandle},
        language::Language,
        name::clean_name,
        notice::{Notice, Telling},
        user::UserType,
        view::{Account, Session},
    },
    i18n, storage,
};

/// The page of one's own account. `current` is the hash of the asking session's id.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn account(
    services: &Services,
    actor: &Actor,
    language: Language,
    current: &[u8],
    form: Option<FormState>,
) -> Result<Account, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let user = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let sessions = storage::sessions::of_user(conn, actor.id, services.now())
        .await?
        .into_iter()
        .map(|session| Session {
            handle: session.handle,
            client: client_name(&session.client, language),
            since: calendar.moment(session.created_at),
            seen: calendar.moment(session.seen_at),
            current: session.id_hash == current,
        })
        .collect();
    let blocked = match storage::invitations::key_of(conn, user.id).await? {
        Some(key) => storage::invitations::is_blocked(conn, &key).await?,
        None => false,
    };
    Ok(Account {
        lately: undo::lately(services, conn, actor, language).await?,
        access: access::own(services, conn, actor, language, &user).await?,
        sponsors: storage::sponsors::of(conn, user.id).await?.into_iter().map(|(_, name)| name).collect(),
        telling: storage::notices::telling(conn, user.id).await?.unwrap_or(Telling::Each),
        guest: user.user_type == UserType::Guest,
        blocked,
        name: user.name,
        email: user.email,
        language: user.language,
        form,
        sessions,
    })
}

/// What people call the browser that a `User-Agent` names: enough to tell one's own devices apart.
pub(super) fn client_name(user_agent: &str, language: Language) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => i18n::texts(language).unknown_browser.to_owned(),
    }
}

/// Changes one's name and language.
///
/// # Errors
/// `Invalid(Name, Required)` if nothing is left of the name; `Invalid(Language, Unknown)`.
pub async fn update_profile(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    name: &str,
    language: &str,
) -> Result<(), AppError> {
    let name = clean_name(name);
    if name.is_empty() {
        return Err(AppError::invalid(Field::Name, Rule::Required));
    }
    let language = match language {
        "" => None,
        tag => Some(Language::from_tag(tag).ok_or(AppError::invalid(Field::Language, Rule::Unknown))?),
    };
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let before = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
    if before.name == name && before.language == language {
        return Ok(());
    }
    storage::users::update_profile(conn, actor.id, &name, language).await?;
    let mut after = before.clone();
    after.name.clone_from(&name);
    after.language = language;
    let company = storage::users::company(conn, actor.id).await?.unwrap_or_default();
    people::index(conn, &after, &company).await?;
    let tag = |language: Option<Language>| language.map_or("", Language::as_str);
    let mut event = Event::new(Activity::UPDATE_USER).to_user(&after);
    if before.name != after.name {
        event = event.change("DisplayName", &before.name, &after.name);
    }
    if before.language != after.language {
        event = event.change("PreferredLanguage", tag(before.language), tag(after.language));
    }
    audit::record(services, conn, origin, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks for the code that leaving needs: sent to one's own address.
///
/// # Errors
/// `NotFound` for those who are no guests; `TooManyTries` past what an address gets a day.
pub async fn ask_to_leave(
    services: &Services,
    actor: &Actor,
    language: Language,
    earlier: Option<CodeId>,
) -> Result<CodeId, AppError> {
    if actor.user_type != UserType::Guest {
        return Err(AppError::NotFound);
    }
    match sign_in::request_code(services, &actor.email, language, earlier, CodeFor::Leave).await? {
        Asked::Code(code) => Ok(code),
        Asked::Link | Asked::Nothing => Err(AppError::TooManyTries),
    }
}

/// Leaves the organisation: out at once, everywhere. Whoever answers for the guest is told, and for 30 days it can be
/// restored.
///
/// # Errors
/// `NotFound` for those who are no guests; `WrongCode`, `TooManyTries`.
pub async fn leave(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    code: CodeId,
    typed: &str,
) -> Result<(), AppError> {
    if actor.user_type != UserType::Guest {
        return Err(AppError::NotFound);
    }
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let tried = sign_in::try_code(services, conn, origin, code, typed, CodeFor::Leave).await?;
    let own = storage::invitations::key_of(conn, actor.id).await?;
    let right = tried.and_then(|key| if Some(key) == own { Ok(()) } else { Err(AppError::WrongCode) });
    if right.is_ok() {
        let user = storage::users::by_id(conn, actor.id).await?.ok_or(AppError::NotFound)?;
        let about = About { person: Some(user.id), ..About::default() };
        notices::tell_sponsors(services, conn, user.id, Notice::Left, &about).await?;
        audit::record(services, conn, origin, Event::new(Activity::DELETE_EXTERNAL_USER).to_user(&user)).await?;
        people::remove(services, conn, origin, &user).await?;
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    right
}

/// Ends one of one's own sessions.
///
/// # Errors
/// `NotFound` if it is not one's own, or has ended.
pub async fn end_session(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    handle: SessionHandle,
) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    if !storage::sessions::end(conn, actor.id, handle).await? {
        return Err(AppError::NotFound);
    }
    record_end(services, conn, actor, origin, "one").await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all of one's sessions but the one that asks, whose id has this hash.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn end_other_sessions(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    current: &[u8],
) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    if storage::sessions::end_others(conn, actor.id, current).await? > 0 {
        record_end(services, conn, actor, origin, "others").await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn record_end(
    services: &Services,
    conn: &mut storage::Conn<'_>,
    actor: &Actor,
    origin: &Origin,
    which: &str,
) -> Result<(), AppError> {
    let event =
        Event::new(Activity::REVOKE_SESSIONS).to("User", actor.id.to_string(), &actor.name).detail("sessions", which);
    audit::record(services, conn, origin, event).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_by_their_names() {
        let name = |agent| client_name(agent, Language::En);
        assert_eq!(
            name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"),
            "Chrome · Linux"
        );
        assert_eq!(
            name("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/605"),
            "Safari · iPhone"
        );
        assert_eq!(name("curl/8"), "Unknown browser");
    }
}
