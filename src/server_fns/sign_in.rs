//! Signing in and out. Where a browser is in the flow waits in its session.

use crate::domain::{
    error::AppError,
    view::{OneTimeLink, SignIn},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, scope::LANGUAGE_KEY, see_other},
    crate::{
        domain::{
            error::{Field, Rule},
            ids::CodeId,
            language::Language,
            paths,
            view::{NoCode, SignInStep},
        },
        services::{
            self,
            sign_in::{Asked, LinkUsed, Proved},
        },
    },
    serde::{Deserialize, Serialize},
};

/// Key in a session's data.
#[cfg(feature = "ssr")]
const STATE_KEY: &str = "sign_in";

/// Where this browser is in the flow.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct State {
    typed: String,
    code: Option<CodeId>,
    /// Where the last request sent no code: whether it sent a link.
    #[serde(default)]
    link_instead: Option<bool>,
    error: Option<AppError>,
    next: Option<String>,
}

/// The sign-in page.
#[server(endpoint = "sign-in/page")]
pub async fn sign_in_page() -> Result<SignIn, AppError> {
    let scope = Scope::current()?;
    let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    let wished = Scope::query("next").and_then(|next| paths::local(&next).map(str::to_owned));
    let step = match (state.code, state.link_instead) {
        (code, Some(link)) => SignInStep::Spent(state.typed, NoCode { link, earlier: code.is_some() }),
        (Some(_), None) => SignInStep::Code(state.typed),
        (None, None) => SignInStep::Address(state.typed),
    };
    let personas = services::demo::personas(&scope.services, scope.frame.language);
    Ok(SignIn { step, error: state.error, next: wished.or(state.next), personas })
}

/// Sends a code to the address typed. The page that follows is the same for every address.
#[server(endpoint = "sign-in/send-code")]
pub async fn send_code(#[server(default)] email: String, #[server(default)] next: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    scope.may_begin()?;
    let before: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    let typed = crate::domain::email::cut(&email);
    let next = paths::local(&next).map(str::to_owned).or(before.next);
    let sent = if typed.is_empty() {
        Err(AppError::invalid(Field::Email, Rule::Required))
    } else {
        let asked_for = services::sign_in::CodeFor::SignIn;
        services::sign_in::request_code(&scope.services, &typed, scope.frame.language, before.code, asked_for).await
    };
    // A code that was sent before is good for the address that it was asked for.
    let earlier = before.code.filter(|_| before.typed == typed);
    let state = match sent {
        Ok(Asked::Code(code)) => State { typed, code: Some(code), link_instead: None, error: None, next },
        Ok(Asked::Link) => State { typed, code: earlier, link_instead: Some(true), error: None, next },
        Ok(Asked::Nothing) => State { typed, code: earlier, link_instead: Some(false), error: None, next },
        Err(error) => State { typed, code: None, link_instead: None, error: Some(error), next },
    };
    scope.remember(STATE_KEY, state).await?;
    see_other(paths::SIGN_IN);
    Ok(())
}

/// Tries the code.
#[server(endpoint = "sign-in/code")]
pub async fn enter_code(#[server(default)] code: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    let proved = match state.code {
        Some(id) => services::sign_in::redeem_code(&scope.services, &scope.origin, id, &code, &state.typed).await,
        None => Err(AppError::WrongCode),
    };
    match proved {
        Ok(Proved::SignedIn(user)) => {
            scope.sign_in(user.id).await?;
            see_other(state.next.as_deref().unwrap_or(paths::HOME));
        }
        Ok(Proved::Invited(user, method)) => {
            scope.prove(user.id, &method).await?;
            see_other(paths::REDEEM);
        }
        Err(error) => {
            scope.remember(STATE_KEY, State { error: Some(error), ..state }).await?;
            see_other(paths::SIGN_IN);
        }
    }
    Ok(())
}

/// Goes back to asking for the address; what was typed stays.
#[server(endpoint = "sign-in/restart")]
pub async fn restart() -> Result<(), AppError> {
    let scope = Scope::current()?;
    let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    scope.remember(STATE_KEY, State { code: None, link_instead: None, error: None, ..state }).await?;
    see_other(paths::SIGN_IN);
    Ok(())
}

/// The page of a one-time link. Changes nothing.
#[server(endpoint = "sign-in/link-page")]
pub async fn link_page(token: String) -> Result<OneTimeLink, AppError> {
    let scope = Scope::current()?;
    let kind = services::sign_in::link_kind(&scope.services, &token).await?;
    Ok(OneTimeLink { token, kind })
}

/// Uses a one-time link.
#[server(endpoint = "sign-in/link")]
pub async fn use_link(#[server(default)] token: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    scope.may_begin()?;
    match services::sign_in::use_link(&scope.services, &scope.origin, scope.frame.language, &token).await {
        Ok(LinkUsed::Proved(Proved::SignedIn(user))) => {
            scope.sign_in(user.id).await?;
            see_other(paths::HOME);
        }
        Ok(LinkUsed::Proved(Proved::Invited(user, method))) => {
            scope.prove(user.id, &method).await?;
            see_other(paths::REDEEM);
        }
        Ok(LinkUsed::Asked { code, address }) => {
            scope.fresh().await?;
            scope.remember(STATE_KEY, State { typed: address, code: Some(code), ..State::default() }).await?;
            see_other(paths::SIGN_IN);
        }
        Err(error) => {
            let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
            scope.remember(STATE_KEY, State { error: Some(error), ..state }).await?;
            see_other(paths::SIGN_IN);
        }
    }
    Ok(())
}

/// Ends the session.
#[server(endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    let scope = Scope::current()?;
    if scope.actor.is_some() {
        services::sign_in::signed_out(&scope.services, &scope.origin).await?;
    }
    scope.session.flush().await.map_err(|_| AppError::Unavailable)?;
    see_other(paths::SIGN_IN);
    Ok(())
}

/// Chooses the language of the pages before signing in.
#[server(endpoint = "language")]
pub async fn choose_language(#[server(default)] language: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    if let Some(language) = Language::from_tag(&language) {
        scope.remember(LANGUAGE_KEY, language).await?;
    }
    see_other(paths::SIGN_IN);
    Ok(())
}
