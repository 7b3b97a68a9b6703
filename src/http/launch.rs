//! Opening apps, and their pictures.

use super::{AppState, FrameOf, pages};
use crate::{domain::error::AppError, server_fns::Scope, services::my_apps};
use axum::{
    Extension,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::{IntoResponse, Redirect, Response},
};

/// Sends somebody on to an app, if they may open it at this moment.
pub async fn open(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    request: Request,
) -> Response {
    let trace = request.method() == Method::GET && !is_prefetch(request.headers());
    let launched = match (id.parse(), &scope.actor) {
        (Ok(id), Some(actor)) => my_apps::launch(&state.services, actor, frame.language, id, trace).await,
        _ => Err(AppError::NotFound),
    };
    match launched {
        Ok(url) => Redirect::to(url.as_str()).into_response(),
        Err(error) => pages::wrong_turn(state.assets, frame, request, error).await,
    }
}

/// A browser that only prepares (`Sec-Purpose`, Fetch standard) has opened nothing.
fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz"]
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok())
        .any(|value| value.starts_with("prefetch"))
}

/// An app's picture. Its address carries a version, so it may be kept; as a document it can do nothing.
pub async fn icon(State(state): State<AppState>, Path(id): Path<String>) -> Response {
    let found = match id.parse() {
        Ok(id) => my_apps::icon(&state.services, id).await,
        Err(_) => Err(AppError::NotFound),
    };
    match found {
        Ok((media_type, bytes)) => {
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            let mut set = |name: HeaderName, value: &str| {
                if let Ok(value) = HeaderValue::from_str(value) {
                    headers.insert(name, value);
                }
            };
            set(header::CONTENT_TYPE, &media_type);
            set(header::CACHE_CONTROL, "private, max-age=31536000, immutable");
            set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
            response
        }
        Err(error) => pages::bare(&error),
    }
}
