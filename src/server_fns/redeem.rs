//! Redeeming an invitation, refusing it, and an owner's word on what waits. Where a browser is in redeeming waits
//! in its session; the ticket does not, and is in no address after the first.

use crate::domain::{
    error::AppError,
    form::FormState,
    view::{Confirmation, Doorstep, Redeem},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, account::MAILS_FORM, scope::LANGUAGE_KEY, see_other},
    crate::{
        domain::{
            error::{Field, Rule},
            ids::{CodeId, InvitationId, UserId},
            language::Language,
            paths,
            view::{Arrival, NoCode, Proving},
        },
        services::{
            self,
            redemption::{Acceptance, Declined},
            sign_in::{Asked, Proved},
        },
    },
    serde::{Deserialize, Serialize},
};

/// Name of the form on which a guest accepts.
pub const ACCEPT_FORM: &str = "accept";
/// Name of the form on which a guest declines.
pub const DECLINE_FORM: &str = "decline";
/// Name of the form on which further invitations are blocked.
pub const BLOCK_FORM: &str = "block";
/// Name of the form on which an owner decides.
pub const CONFIRM_FORM: &str = "confirm";

/// Key in a session's data.
#[cfg(feature = "ssr")]
const STATE_KEY: &str = "redeem";
/// Key in a session's data: what a guest who has just accepted is told.
#[cfg(feature = "ssr")]
pub(super) const ARRIVAL_KEY: &str = "arrival";

/// Key in a session's data: the invitation that was just declined.
#[cfg(feature = "ssr")]
const DECLINED_KEY: &str = "declined";

/// Where this browser is in redeeming.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct State {
    invitation: Option<InvitationId>,
    code: Option<CodeId>,
    /// Where the last request sent no code: whether it sent a link.
    #[serde(default)]
    link_instead: Option<bool>,
    proved: Option<UserId>,
    /// The address that was proved: it may be corrected before it is accepted.
    #[serde(default)]
    address: String,
    method: String,
    error: Option<AppError>,
}

#[cfg(feature = "ssr")]
impl Scope {
    /// Keeps that somebody has proved the address of an invited guest: a new session id, nobody signed in yet.
    pub(super) async fn prove(&self, user: UserId, method: &str) -> Result<(), AppError> {
        self.fresh().await?;
        let address = services::redemption::proved_address(&self.services, user).await?;
        let state = State { proved: Some(user), address, method: method.to_owned(), ..State::default() };
        self.remember(STATE_KEY, state).await
    }
}

/// The page of a ticket. Changes nothing.
#[server(endpoint = "redeem/ticket-page")]
pub async fn load_ticket(ticket: String) -> Result<(Doorstep, String), AppError> {
    let scope = Scope::current()?;
    let page = services::redemption::ticket_page(&scope.services, scope.frame.language, &ticket).await?;
    Ok((page, ticket))
}

/// The page of an invitation without its ticket. Changes nothing.
#[server(endpoint = "redeem/join-page")]
pub async fn load_join(id: String) -> Result<(Doorstep, String), AppError> {
    let scope = Scope::current()?;
    let unknown = AppError::Ticket { reason: crate::domain::error::WrongTicket::Unknown, since: None };
    let page = match id.parse() {
        Ok(id) => services::redemption::doorstep(&scope.services, scope.frame.language, id).await?,
        Err(_) => return Err(unknown),
    };
    Ok((page, id))
}

/// Begins to redeem, by ticket or by an invitation's id, in a fresh pre-session.
#[server(endpoint = "redeem/begin")]
pub async fn begin(#[server(default)] ticket: String, #[server(default)] join: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    scope.may_begin()?;
    let language = scope.frame.language;
    let found = match join.parse() {
        Ok(id) => services::redemption::doorstep(&scope.services, language, id).await.map(|_| id),
        Err(_) => services::redemption::find(&scope.services, language, &ticket).await,
    };
    let Ok(invitation) = found else {
        let way = match join.parse() {
            Ok(id) => paths::join(id),
            Err(_) => paths::redeem_ticket(&ticket),
        };
        see_other(&way);
        return Ok(());
    };
    if scope.actor.is_some() {
        services::sign_in::signed_out(&scope.services, &scope.origin).await?;
    }
    scope.fresh().await?;
    // The mail's language goes on, where its reader has not chosen one here.
    if scope.remembered::<Language>(LANGUAGE_KEY).await?.is_none()
        && let Some(language) = services::redemption::language_of(&scope.services, invitation).await?
    {
        scope.remember(LANGUAGE_KEY, language).await?;
    }
    scope.remember(STATE_KEY, State { invitation: Some(invitation), ..State::default() }).await?;
    see_other(paths::REDEEM);
    Ok(())
}

/// The page of redeeming: proof first, then what is given.
#[server(endpoint = "redeem/page")]
pub async fn load_redeem() -> Result<Redeem, AppError> {
    let scope = Scope::current()?;
    if scope.actor.is_some() {
        see_other(paths::HOME);
        return Ok(Redeem::Elsewhere);
    }
    let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    let language = scope.frame.language;
    if let Some(user) = state.proved {
        return match services::redemption::welcome(&scope.services, language, user, &state.address).await {
            Ok(mut welcome) => {
                welcome.form = scope.form(ACCEPT_FORM).await?;
                Ok(Redeem::Accept(welcome))
            }
            Err(error @ (AppError::Ticket { .. } | AppError::Denied { .. })) => {
                Ok(Redeem::Refused(services::redemption::refusal(&scope.services, user, error).await?))
            }
            Err(error) => Err(error),
        };
    }
    let Some(invitation) = state.invitation else {
        see_other(paths::SIGN_IN);
        return Ok(Redeem::Elsewhere);
    };
    let doorstep = services::redemption::doorstep(&scope.services, language, invitation).await?;
    let proving = match (state.code, state.link_instead) {
        (code, Some(link)) => Proving::Spent(NoCode { link, earlier: code.is_some() }),
        (Some(_), None) => Proving::Code,
        (None, None) => Proving::Begins,
    };
    Ok(Redeem::Prove(doorstep, proving, state.error))
}

/// Sends a code to the invited address.
#[server(endpoint = "redeem/send-code")]
pub async fn send_redeem_code() -> Result<(), AppError> {
    let scope = Scope::current()?;
    let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    let language = scope.frame.language;
    if let Some(invitation) = state.invitation {
        let address = services::redemption::address_of(&scope.services, language, invitation).await;
        let sent = match address {
            Ok(address) => {
                let asked_for = services::sign_in::CodeFor::Redeem;
                services::sign_in::request_code(&scope.services, &address, language, state.code, asked_for).await
            }
            Err(error) => Err(error),
        };
        let (code, link_instead, error) = match sent {
            Ok(Asked::Code(code)) => (Some(code), None, None),
            Ok(Asked::Link) => (state.code, Some(true), None),
            Ok(Asked::Nothing) => (state.code, Some(false), None),
            Err(error) => (None, None, Some(error)),
        };
        scope.remember(STATE_KEY, State { code, link_instead, error, ..state }).await?;
    }
    see_other(paths::REDEEM);
    Ok(())
}

/// Tries the code.
#[server(endpoint = "redeem/code")]
pub async fn enter_redeem_code(#[server(default)] code: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    let proved = match state.code {
        Some(id) => services::sign_in::redeem_code(&scope.services, &scope.origin, id, &code, "").await,
        None => Err(AppError::WrongCode),
    };
    match proved {
        Ok(Proved::Invited(user, method)) => scope.prove(user.id, &method).await?,
        Ok(Proved::SignedIn(user)) => scope.sign_in(user.id).await?,
        Err(error) => scope.remember(STATE_KEY, State { error: Some(error), ..state }).await?,
    }
    see_other(paths::REDEEM);
    Ok(())
}

/// Accepts.
#[server(endpoint = "redeem/accept")]
pub async fn accept(
    #[server(default)] name: String,
    #[server(default)] company: String,
    #[server(default)] language: String,
    #[server(default)] offered: Vec<String>,
    #[server(default)] targets: Vec<String>,
    #[server(default)] agreed: Vec<String>,
) -> Result<(), AppError> {
    let scope = Scope::current()?;
    let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    let Some(user) = state.proved else {
        see_other(paths::REDEEM);
        return Ok(());
    };
    let acceptance = Acceptance {
        name: &name,
        company: &company,
        language: &language,
        offered: &offered,
        targets: &targets,
        agreed: &agreed,
        address: &state.address,
        method: &state.method,
    };
    match services::redemption::accept(&scope.services, &scope.origin, user, acceptance).await {
        Ok(accepted) => {
            scope.sign_in(user).await?;
            let onward = accepted.onward.as_deref().and_then(|url| crate::domain::app::LaunchUrl::parse(url).ok());
            match onward {
                Some(url) if accepted.follow => see_other(url.as_str()),
                onward => {
                    scope.remember(ARRIVAL_KEY, Arrival { waiting: accepted.waiting, onward }).await?;
                    see_other(&format!("{}?after=welcome", paths::HOME));
                }
            }
        }
        Err(error) => {
            let (targets, agreed) = (targets.join(" "), agreed.join(" "));
            let values = [
                ("name", name.as_str()),
                ("company", &company),
                ("language", &language),
                ("targets", &targets),
                ("agreed", &agreed),
            ];
            scope.keep_form(ACCEPT_FORM, Some(error), &values).await?;
            see_other(paths::REDEEM);
        }
    }
    Ok(())
}

/// The page on which further invitations are blocked.
#[server(endpoint = "redeem/block-page")]
pub async fn load_block(ticket: String) -> Result<(String, Option<FormState>), AppError> {
    let scope = Scope::current()?;
    services::redemption::is_known(&scope.services, &ticket).await?;
    let form = match Scope::query("after").as_deref() {
        Some(BLOCK_FORM) => scope.form(BLOCK_FORM).await?,
        _ => None,
    };
    Ok((ticket, form))
}

/// Declines the invitation.
#[server(endpoint = "redeem/decline")]
pub async fn decline(#[server(default)] ticket: String, #[server(default)] word: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    scope.may_begin()?;
    let language = scope.frame.language;
    match services::redemption::decline(&scope.services, &scope.origin, language, &ticket, &word).await {
        Ok(id) => {
            scope.remember(DECLINED_KEY, id).await?;
            see_other(&paths::goodbye("declined"));
        }
        Err(error @ AppError::Invalid { .. }) => {
            scope.keep_form(DECLINE_FORM, Some(error), &[("word", &word)]).await?;
            see_other(&paths::after(&paths::decline_ticket(&ticket), DECLINE_FORM));
        }
        Err(_) => see_other(&paths::redeem_ticket(&ticket)),
    }
    Ok(())
}

/// Takes a refusal back: by its ticket, or where it was just declined in this browser.
#[server(endpoint = "redeem/take-back")]
pub async fn take_back(#[server(default)] ticket: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    let here: Option<InvitationId> = scope.remembered(DECLINED_KEY).await?;
    let (declined, way) = match here.filter(|_| ticket.is_empty()) {
        Some(id) => (Declined::Here(id), paths::join(id)),
        None => (Declined::Ticket(&ticket), paths::redeem_ticket(&ticket)),
    };
    // What became of it, the page says.
    match services::redemption::take_back(&scope.services, &scope.origin, scope.frame.language, declined).await {
        Err(AppError::TooOften) => Err(AppError::TooOften),
        _ => {
            see_other(&way);
            Ok(())
        }
    }
}

/// Asks for a new link, with one that has run out.
#[server(endpoint = "redeem/ask")]
pub async fn ask_for_link(#[server(default)] ticket: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    let _ = services::redemption::ask_for_link(&scope.services, &scope.origin, scope.frame.language, &ticket).await;
    see_other(&paths::redeem_ticket(&ticket));
    Ok(())
}

/// Stops reminders.
#[server(endpoint = "redeem/quiet")]
pub async fn stop_reminders(#[server(default)] ticket: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    services::redemption::stop_reminders(&scope.services, &scope.origin, &ticket).await?;
    see_other(&paths::goodbye("quiet"));
    Ok(())
}

/// Takes invitations again, for whoever has proved the address in this browser.
#[server(endpoint = "redeem/unblock")]
pub async fn unblock() -> Result<(), AppError> {
    let scope = Scope::current()?;
    let state: State = scope.remembered(STATE_KEY).await?.unwrap_or_default();
    if let Some(actor) = &scope.actor {
        services::redemption::unblock(&scope.services, &scope.origin, actor.id).await?;
        scope.keep_form(MAILS_FORM, None, &[]).await?;
        see_other(&paths::after(paths::ACCOUNT, MAILS_FORM));
    } else {
        if let Some(user) = state.proved {
            services::redemption::unblock(&scope.services, &scope.origin, user).await?;
        }
        see_other(paths::REDEEM);
    }
    Ok(())
}

/// The page on which one declines, with what was typed.
#[server(endpoint = "redeem/decline-page")]
pub async fn load_decline(ticket: String) -> Result<(Doorstep, String, Option<FormState>), AppError> {
    let scope = Scope::current()?;
    let page = services::redemption::ticket_page(&scope.services, scope.frame.language, &ticket).await?;
    let form = match Scope::query("after").as_deref() {
        Some(DECLINE_FORM) => scope.form(DECLINE_FORM).await?,
        _ => None,
    };
    Ok((page, ticket, form))
}

/// Blocks further invitations, for whoever types the address that they go to: what presses every button of a page types
/// nothing.
#[server(endpoint = "redeem/block")]
pub async fn block(#[server(default)] ticket: String, #[server(default)] email: String) -> Result<(), AppError> {
    let scope = Scope::current()?;
    match services::redemption::block(&scope.services, &scope.origin, &ticket, Some(&email)).await {
        Ok(()) => see_other(&paths::goodbye("blocked")),
        Err(error @ AppError::Invalid { .. }) => {
            scope.keep_form(BLOCK_FORM, Some(error), &[("email", &email)]).await?;
            see_other(&paths::after(&paths::block_ticket(&ticket), BLOCK_FORM));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// What waits for an owner's word.
#[server(endpoint = "confirm/page")]
pub async fn load_confirmation(id: String) -> Result<Confirmation, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let mut page = services::redemption::confirmation(&scope.services, &actor, scope.frame.language, id).await?;
    page.form = match Scope::query("after").as_deref() {
        Some(CONFIRM_FORM) => scope.form(CONFIRM_FORM).await?,
        _ => None,
    };
    Ok(page)
}

/// An owner's word: `answer` is `yes` or `no`.
#[server(endpoint = "confirm/answer")]
pub async fn confirm(#[server(default)] id: String, #[server(default)] answer: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let yes = match answer.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(AppError::invalid(Field::Target, Rule::Unknown)),
    };
    match services::redemption::confirm(&scope.services, &actor, &scope.origin, id, yes).await {
        Ok(target) => see_other(&paths::target(target)),
        Err(error @ AppError::Denied { .. }) => {
            scope.keep_form(CONFIRM_FORM, Some(error), &[]).await?;
            see_other(&format!("{}?after={CONFIRM_FORM}", paths::confirm(id)));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
