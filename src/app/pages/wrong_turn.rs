//! Wrong turns: what happened, what to do. The door is shut, but there is light beneath it.

use crate::{
    app::{frame, layout::Threshold, words},
    domain::{
        error::{AppError, Field, WrongTicket},
        paths,
        policy::Reason,
    },
    i18n::fill,
    server_fns::redeem::{AskForLink, TakeBack},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// Sets the status of the page that is being answered.
pub(super) fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = axum::http::StatusCode::from_u16(status)
    {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// There is no such page, or not for this person.
#[component]
pub fn NotFound() -> impl IntoView {
    view! { <WrongTurn error=AppError::NotFound/> }
}

/// The page that an error is.
#[component]
pub fn WrongTurn(
    /// What went wrong.
    error: AppError,
    /// The ticket that led here, for what can be done with it all the same.
    #[prop(optional, into)]
    ticket: Option<String>,
    /// Whom to ask, once the address is proved.
    #[prop(optional)]
    ask: Vec<String>,
) -> impl IntoView {
    set_status(error.status());
    let words = words();
    let (title, text) = match &error {
        AppError::NotFound => (words.not_found_title, words.not_found_text),
        AppError::Invalid { field: Field::LaunchUrl, .. } => (words.bad_launch_title, words.bad_launch_text),
        AppError::Ticket { reason, .. } => words.ticket(*reason),
        AppError::AccessEnded { .. } => (words.access_ended_title, words.access_ended_text),
        // Whoever reads this is the person it is about.
        AppError::Denied { reason: Reason::Disabled } => (words.denied_title, words.reason_disabled_self),
        AppError::Denied { reason } => (words.denied_title, words.reason(*reason)),
        AppError::TooOften => (words.too_many_title, words.error_too_often),
        AppError::TooMany => (words.too_many_title, words.error_too_many),
        AppError::Conflict { .. } | AppError::Settled | AppError::TooLate => {
            (words.conflict_title, words.error(&error))
        }
        AppError::Unavailable => (words.unavailable_title, words.error_unavailable),
        AppError::Internal => (words.gone_wrong_title, words.gone_wrong_text),
        other => (words.gone_wrong_title, words.error(other)),
    };
    let text = match &error {
        AppError::Ticket { since, .. } => fill(text, &[("date", since.as_deref().unwrap_or("…"))]),
        AppError::AccessEnded { app, until, .. } => fill(text, &[("app", app), ("date", until)]),
        _ => text.to_owned(),
    };
    let ask = match &error {
        AppError::AccessEnded { ask, .. } => ask.clone(),
        _ => ask,
    };
    let signed_in = frame().who.is_some();
    let (way, way_text) = if signed_in { (paths::HOME, words.to_my_apps) } else { (paths::SIGN_IN, words.to_sign_in) };
    let rescue = ticket.and_then(|ticket| match &error {
        AppError::Ticket { reason: WrongTicket::Expired, .. } => Some((AskForLink::PATH, words.ask_for_link, ticket)),
        AppError::Ticket { reason: WrongTicket::Declined, .. } => Some((TakeBack::PATH, words.take_back, ticket)),
        _ => None,
    });
    let main = if rescue.is_some() { "btn btn--tall btn--wide" } else { "btn btn--go btn--tall btn--wide" };
    let help = anchor(&error).map(|anchor| format!("{}#{anchor}", paths::HELP));
    view! {
        <Threshold title shut=true>
            <h1>{title}</h1>
            <p class="lede">{text}</p>
            {(!ask.is_empty()).then(|| view! { <p>{fill(words.ask_them, &[("names", &ask.join(", "))])}</p> })}
            {rescue.map(|(action, label, ticket)| view! {
                <form class="ways" method="post" action=action>
                    <input type="hidden" name="ticket" value=ticket/>
                    <button class="btn btn--go btn--tall btn--wide" type="submit">{label}</button>
                </form>
            })}
            <p class="ways"><a class=main href=way>{way_text}</a></p>
            {help.map(|path| view! { <p class="after"><a href=path>{words.more_help}</a></p> })}
        </Threshold>
    }
}

/// Where the help page speaks of an error.
fn anchor(error: &AppError) -> Option<&'static str> {
    match error {
        AppError::Ticket { reason, .. } => Some(reason.as_str()),
        AppError::Denied { reason } => Some(reason.as_str()),
        _ => None,
    }
}
