//! One's own account.

use crate::domain::{error::AppError, view::Account};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, see_other},
    crate::{
        domain::{
            error::{Field, Rule},
            paths,
        },
        services,
    },
};

/// Name of the profile form, where its outcome is kept.
pub const PROFILE_FORM: &str = "profile";
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
    see_other(&format!("{}?after={form}", paths::ACCOUNT));
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
        Ok(telling) => services::notices::set_telling(&scope.services, &actor, telling).await,
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
