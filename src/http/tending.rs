//! What owners send and fetch as files: icons, and who has access.

use super::{AppState, FrameOf, files::attachment, pages};
use crate::{
    domain::{
        error::{AppError, Field, Rule},
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
    let outcome = match read_picture(form).await {
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

/// The picture in a form; what is larger than we take is not read to its end.
pub(super) async fn read_picture(mut form: Multipart) -> Result<Vec<u8>, AppError> {
    let malformed = |_| AppError::invalid(Field::Picture, Rule::Malformed);
    let mut bytes = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(malformed)? {
        if field.name() != Some("picture") {
            continue;
        }
        while let Some(chunk) = field.chunk().await.map_err(malformed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > picture::MAX {
                return Err(AppError::invalid(Field::Picture, Rule::TooLong));
            }
        }
    }
    Ok(bytes)
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
