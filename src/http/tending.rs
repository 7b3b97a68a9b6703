//! What owners send and fetch as files: icons, and who has access.

use super::{
    AppState, FrameOf,
    files::{Page, Table, cell, send},
    pages, uploads,
};
use crate::{
    domain::{
        actor::Actor,
        error::{AppError, Field},
        ids::AppId,
        invitation::Target,
        language::Language,
        paths,
        view::Done,
    },
    i18n::texts,
    server_fns::{
        Scope,
        steering::{DONE, DONE_KEY},
    },
    services::{Services, export::Format, people::acting, picture, tending},
};
use axum::{
    Extension,
    extract::{Multipart, Path, Request, State},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::Value;

/// Takes an app's icon, and goes back to its settings.
pub async fn set_icon(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    form: Multipart,
) -> Response {
    let (Ok(id), Some(actor)) = (id.parse::<AppId>(), &scope.actor) else { return pages::bare(&AppError::NotFound) };
    let outcome = match uploads::read(form, "picture", picture::MAX, Field::Picture).await {
        Ok(bytes) => tending::set_icon(&state.services, actor, &scope.origin, id, &bytes).await,
        Err(error) => Err(error),
    };
    let texts = texts(frame.language);
    let done = match outcome {
        Ok(()) => Done::said(texts.icon_changed),
        Err(error @ AppError::Invalid { .. }) => Done::refused(texts.sentence(&error)),
        Err(error) => return pages::bare(&error),
    };
    if scope.remember(DONE_KEY, done).await.is_err() {
        return pages::bare(&AppError::Unavailable);
    }
    Redirect::to(&paths::after(&paths::settings(Target::App(id)), DONE)).into_response()
}

/// Who has access to an app.
pub async fn people_of_app(
    state: State<AppState>,
    Path(id): Path<String>,
    scope: Extension<Scope>,
    frame: FrameOf,
    request: Request,
) -> Response {
    people(state, id.parse().map(Target::App).ok(), scope, frame, request).await
}

/// Who is in a group.
pub async fn people_of_group(
    state: State<AppState>,
    Path(id): Path<String>,
    scope: Extension<Scope>,
    frame: FrameOf,
    request: Request,
) -> Response {
    people(state, id.parse().map(Target::Group).ok(), scope, frame, request).await
}

async fn people(
    State(state): State<AppState>,
    target: Option<Target>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    request: Request,
) -> Response {
    let sent = match (target, &scope.actor) {
        (Some(target), Some(actor)) => send_people(&state.services, actor, frame.language, target).await,
        _ => Err(AppError::NotFound),
    };
    match sent {
        Ok(response) => response,
        Err(error) => pages::wrong_turn(state.assets, frame, request, error).await,
    }
}

async fn send_people(
    services: &Services,
    actor: &Actor,
    language: Language,
    target: Target,
) -> Result<Response, AppError> {
    let name = tending::export_name(services, actor, target).await?;
    let table = Table { name: "people", headings: &tending::EXPORT_HEADINGS, cell };
    let (services, id) = (services.clone(), actor.id);
    let read = move |after| {
        let services = services.clone();
        async move {
            // A long file goes on only as long as whoever asked for it may have it.
            let actor = acting(&services, id).await?;
            let (rows, next) = tending::export_page(&services, &actor, language, target, after).await?;
            let document = |row: [String; 6]| {
                let cells = tending::EXPORT_HEADINGS.iter().zip(row);
                Value::Object(cells.map(|(heading, text)| ((*heading).to_owned(), Value::String(text))).collect())
            };
            Ok(Page { documents: rows.into_iter().map(document).collect(), next })
        }
    };
    send(&name, table, Format::Csv, read).await
}
