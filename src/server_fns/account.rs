//! One's own account.

use crate::domain::{error::AppError, view::Account};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, see_other},
    crate::{
        domain::{
            error::{Field, Rule},
            ids::CodeId,
            paths,
            user::UserType,
        },
        services,
    },
};

/// Name of the profile form, where its outcome is kept.
pub const PROFILE_FORM: &str = "profile";
/// Name of the form on which a guest leaves.
pub const LEAVE_FORM: &str = "leave";
/// Key in a session's data: the code that leaving needs.
#[cfg(feature = "ssr")]
const LEAVE_KEY: &str = "leave";
/// Name of the forms about mails.
pub const MAILS_FORM: &str = "mails";
/// Name of the sessions forms.
pub const SESSIONS_FORM: &str = "sessions";

/// The page of one's own account. The outcome of a form is shown on the page that it leads to, and not later.
#[server(endpoint = "account")]
pub async fn account_page() -> Result<Account, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let form = match Scope::query("after").as_deref() {
        Some(name) => scope.form(name).await?,
        None => None,
    };
    services::account::account(&scope.services, &actor, scope.frame.language, &scope.session_hash(), form).await
}

#[cfg(feature = "ssr")]
async fn answer(scope: &Scope, form: &str, error: Option<AppError>, values: &[(&str, &str)]) -> Result<(), AppError> {
    scope.keep_form(form, error, values).await?;
    // What was saved further down is said there.
    let part = if form == MAILS_FORM { "#mails" } else { "" };
    see_other(&format!("{}?after={form}{part}", paths::ACCOUNT));
    Ok(())
}

/// Changes name and language.
#[server(endpoint = "account/profile")]
pub async fn update_profile(
    #[server(default)] name: String,
    #[server(default)] language: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let done = services::account::update_profile(&scope.services, &actor, &scope.origin, &name, &language).await;
    answer(&scope, PROFILE_FORM, done.err(), &[("name", &name), ("language", &language)]).await
}

/// Chooses how one is told of what becomes of one's invitations.
#[server(endpoint = "account/telling")]
pub async fn set_telling(#[server(default)] telling: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let done = match telling.parse() {
        Ok(telling) => services::notices::set_telling(&scope.services, &actor, &scope.origin, telling).await,
        Err(_) => Err(AppError::invalid(Field::Setting, Rule::Unknown)),
    };
    answer(&scope, MAILS_FORM, done.err(), &[]).await
}

/// Ends one of one's sessions.
#[server(endpoint = "account/end-session")]
pub async fn end_session(#[server(default)] handle: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let handle = handle.parse().map_err(|_| AppError::NotFound)?;
    let done = services::account::end_session(&scope.services, &actor, &scope.origin, handle).await;
    answer(&scope, SESSIONS_FORM, done.err(), &[]).await
}

/// Ends all of one's sessions but this one.
#[server(endpoint = "account/end-others")]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let hash = scope.session_hash();
    let done = services::account::end_other_sessions(&scope.services, &actor, &scope.origin, &hash).await;
    answer(&scope, SESSIONS_FORM, done.err(), &[]).await
}

/// The page on which a guest leaves the organisation: whether a code is on its way, and what was wrong.
#[server(endpoint = "account/leave-page")]
pub async fn leave_page() -> Result<(bool, Option<AppError>), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    if actor.user_type != UserType::Guest {
        return Err(AppError::NotFound);
    }
    let code: Option<CodeId> = scope.remembered(LEAVE_KEY).await?;
    let form = match Scope::query("after").as_deref() {
        Some(LEAVE_FORM) => scope.form(LEAVE_FORM).await?,
        _ => None,
    };
    Ok((code.is_some(), form.and_then(|form| form.error)))
}

/// Sends the code that leaving needs.
#[server(endpoint = "account/leave-code")]
pub async fn send_leave_code() -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let earlier: Option<CodeId> = scope.remembered(LEAVE_KEY).await?;
    match services::account::ask_to_leave(&scope.services, &actor, scope.frame.language, earlier).await {
        Ok(code) => {
            scope.remember(LEAVE_KEY, code).await?;
            see_other(paths::LEAVE);
        }
        Err(error @ AppError::TooManyTries) => {
            scope.keep_form(LEAVE_FORM, Some(error), &[]).await?;
            see_other(&paths::after(paths::LEAVE, LEAVE_FORM));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Leaves the organisation.
#[server(endpoint = "account/leave")]
pub async fn leave_organisation(#[server(default)] code: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let asked: Option<CodeId> = scope.remembered(LEAVE_KEY).await?;
    let left = match asked {
        _ if actor.user_type != UserType::Guest => return Err(AppError::NotFound),
        Some(id) => services::account::leave(&scope.services, &actor, &scope.origin, id, &code).await,
        None => Err(AppError::WrongCode),
    };
    match left {
        Ok(()) => {
            scope.session.flush().await.map_err(|_| AppError::Unavailable)?;
            see_other(&paths::goodbye("left"));
        }
        Err(error @ (AppError::WrongCode | AppError::TooManyTries)) => {
            scope.keep_form(LEAVE_FORM, Some(error), &[]).await?;
            see_other(&paths::after(paths::LEAVE, LEAVE_FORM));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
