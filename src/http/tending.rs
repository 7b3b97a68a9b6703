//! What owners send and fetch as files: icons, and who has access.

use super::{AppState, FrameOf, files::attachment, pages, uploads};
use crate::{
    domain::{
        error::{AppError, Field},
        ids::AppId,
        invitation::Target,
        paths,
        view::Done,
    },
    i18n::texts,
    server_fns::{
        Scope,
        steering::{DONE, DONE_KEY},
    },
    services::{export::Format, picture, tending},
};
use axum::{
    Extension,
    extract::{Multipart, Path, Request, State},
    response::{IntoResponse, Redirect, Response},
};

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
    let exported = match (target, &scope.actor) {
        (Some(target), Some(actor)) => tending::export(&state.services, actor, frame.language, target).await,
        _ => Err(AppError::NotFound),
    };
    match exported {
        Ok((name, bytes)) => attachment(&name, Format::Csv, bytes),
        Err(error) => pages::wrong_turn(state.assets, frame, request, error).await,
    }
}
