//! The demonstration's own addresses: mailbox, personas, and where its apps would be.

use super::{AppState, FrameOf, pages};
use crate::{
    app::pages::demo::{DemoApp, MailLine, MailPage, Mailbox},
    domain::{error::AppError, ids::MailId, paths},
    server_fns::Scope,
    services::{demo, sign_in},
};
use axum::{
    Extension, Form, Json,
    extract::{Path, Request, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

/// All mail.
pub async fn mailbox(State(state): State<AppState>, Extension(frame): FrameOf, request: Request) -> Response {
    match demo::mailbox(&state.services, frame.language).await {
        Ok(mails) => {
            let mails: Vec<MailLine> = mails.into_iter().map(line).collect();
            pages::render(state.assets, frame, request, || view! { <Mailbox mails/> }.into_any()).await
        }
        Err(error) => pages::wrong_turn(state.assets, frame, request, error).await,
    }
}

fn line(mail: demo::Mail) -> MailLine {
    MailLine { id: mail.id, to: mail.to, subject: mail.subject, at: mail.at_words }
}

/// All mail, for programs.
pub async fn mailbox_json(State(state): State<AppState>, Extension(frame): FrameOf) -> Response {
    match demo::mailbox(&state.services, frame.language).await {
        Ok(mails) => {
            let mails: Vec<Value> = mails
                .into_iter()
                .map(|mail| json!({"id": mail.id, "to": mail.to, "subject": mail.subject, "kind": mail.kind, "at": mail.at}))
                .collect();
            Json(mails).into_response()
        }
        Err(error) => pages::bare(&error),
    }
}

/// One message: as it looks, or (`.eml`) as it went over the wire.
pub async fn mail(
    State(state): State<AppState>,
    Path(name): Path<String>,
    Extension(frame): FrameOf,
    request: Request,
) -> Response {
    let (id, source) = match name.strip_suffix(".eml") {
        Some(id) => (id, true),
        None => (name.as_str(), false),
    };
    let found = match id.parse::<MailId>() {
        Ok(id) => demo::mail(&state.services, id, frame.language).await,
        Err(_) => Err(AppError::NotFound),
    };
    match found {
        Ok(found) if source => {
            ([(header::CONTENT_TYPE, "message/rfc822"), (header::CONTENT_DISPOSITION, "inline")], found.source)
                .into_response()
        }
        Ok(found) => {
            let text = found.text;
            let mail = line(found.mail);
            pages::render(state.assets, frame, request, || view! { <MailPage mail text/> }.into_any()).await
        }
        Err(error) => pages::wrong_turn(state.assets, frame, request, error).await,
    }
}

/// A message's HTML part, shut in: it may show itself and nothing else.
pub async fn mail_body(State(state): State<AppState>, Path(id): Path<String>, Extension(frame): FrameOf) -> Response {
    let found = match id.parse::<MailId>() {
        Ok(id) => demo::mail(&state.services, id, frame.language).await,
        Err(_) => Err(AppError::NotFound),
    };
    match found {
        Ok(found) => {
            const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; \
                frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";
            // The logo that comes along with the message is ours, which is here too.
            let html = found.html.replacen("<head>", "<head><base target=\"_blank\">", 1);
            let html = html.replacen("src=\"cid:logo\"", &format!("src=\"{}\"", paths::brand("logo", 0)), 1);
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
            ];
            (headers, html).into_response()
        }
        Err(error) => pages::bare(&error),
    }
}

/// Where an app would be.
pub async fn app(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Extension(frame): FrameOf,
    request: Request,
) -> Response {
    match demo::app_name(&slug) {
        Some(name) => {
            pages::render(state.assets, frame, request, move || view! { <DemoApp name=name.to_owned()/> }.into_any())
                .await
        }
        None => pages::wrong_turn(state.assets, frame, request, AppError::NotFound).await,
    }
}

/// Who to be.
#[derive(Deserialize)]
pub struct Persona {
    #[serde(default)]
    email: String,
}

/// Signs in as a person of the demonstration.
pub async fn persona(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    Form(form): Form<Persona>,
) -> Response {
    let signed_in = async {
        let user = sign_in::as_persona(&state.services, &scope.origin, &form.email).await?;
        scope.sign_in(user.id).await
    };
    match signed_in.await {
        Ok(()) => Redirect::to(paths::HOME).into_response(),
        Err(error) => pages::wrong_turn(state.assets, frame, Request::default(), error).await,
    }
}
