//! What is no page about invitations: the preview that the dialog asks for as one types, and the one-click
//! unsubscribing of mail programs.

use super::{AppState, FrameOf, pages};
use crate::{
    app::pages::invite::{Foresight, NotForeseen},
    domain::{
        error::{AppError, Field, Rule},
        paths,
        roles::Power,
        view::{Frame, Preview},
    },
    server_fns::{Scope, portal::invite::wish_of},
    services::{groups, invitation::Wish, redemption},
};
use axum::{
    Extension,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use std::collections::HashMap;

/// What will happen, or what keeps it from being foreseen, as a piece of a page.
pub async fn preview(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    body: Bytes,
) -> Response {
    let Some(actor) = &scope.actor else { return StatusCode::UNAUTHORIZED.into_response() };
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let value = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    let targets = fields.iter().filter(|(field, _)| field == "targets[]").map(|(_, target)| target.clone()).collect();
    let wish = Wish { targets, ..Wish::typed(|name| value(name).unwrap_or_default()) };
    let found = groups::preview(&state.services, actor, frame.language, &wish).await;
    foreseen(frame, found, String::new())
}

/// The same for the portal's form.
pub async fn portal_preview(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    body: Bytes,
) -> Response {
    let Some(actor) = &scope.actor else { return StatusCode::UNAUTHORIZED.into_response() };
    if !actor.may(Power::Invite) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let fields: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let value = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let found = match wish_of(&state.services, value).await {
        Ok(wish) => groups::preview(&state.services, actor, frame.language, &wish).await,
        Err(wrong) => return foreseen(frame, Err(wrong.error), wrong.line),
    };
    foreseen(frame, found, String::new())
}

fn foreseen(frame: Frame, found: Result<Preview, AppError>, line: String) -> Response {
    let html = Owner::new().with(|| {
        provide_context(frame);
        match found {
            Ok(preview) => view! { <Foresight preview=Some(preview)/> }.into_any(),
            Err(AppError::Invalid { field: Field::Email, rule: Rule::Required }) => {
                view! { <Foresight preview=None/> }.into_any()
            }
            Err(error) => view! { <NotForeseen error line/> }.into_any(),
        }
        .to_html()
    });
    Html(html.replace("<!>", "")).into_response()
}

/// A person who opens the address that is meant for mail programs is asked like anybody else.
pub async fn unsubscribe_page(Path(ticket): Path<String>) -> Redirect {
    Redirect::to(&paths::block_ticket(&ticket))
}

/// One-click unsubscribing (RFC 8058): no cookie, no page, only stops further invitations.
pub async fn unsubscribe(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Path(ticket): Path<String>,
) -> Response {
    match redemption::block(&state.services, &scope.origin, &ticket, None).await {
        Ok(()) => (StatusCode::OK, "No further invitations will be sent.\n").into_response(),
        Err(error) => pages::bare(&error),
    }
}
