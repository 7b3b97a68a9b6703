//! How the organisation looks: its colours and logos, for everybody, and taking a logo.

use super::{AppState, FrameOf, pages, uploads};
use crate::{
    domain::{
        colour,
        error::{AppError, Field},
        paths,
        view::Done,
    },
    i18n::texts,
    server_fns::{
        Scope,
        steering::{DONE, DONE_KEY},
    },
    services::{organisation, picture},
};
use axum::{
    Extension,
    extract::{Multipart, Path, Query, State},
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName},
    response::{IntoResponse, Redirect, Response},
};
use std::collections::HashMap;

/// What is named after its contents may be kept for good.
const KEEP: &str = "public, max-age=31536000, immutable";

/// A logo, or the colours as styles.
pub async fn file(State(state): State<AppState>, Path(file): Path<String>) -> Response {
    if let Some(digits) = file.strip_suffix(".css") {
        return match colours(digits) {
            Some(css) => ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, KEEP)], css).into_response(),
            None => pages::bare(&AppError::NotFound),
        };
    }
    let dark = match file.as_str() {
        "logo" => false,
        "logo-dark" => true,
        _ => return pages::bare(&AppError::NotFound),
    };
    match organisation::logo(&state.services, dark).await {
        Ok((kind, bytes)) => {
            let headers = [
                (CONTENT_TYPE, kind.as_str()),
                (CACHE_CONTROL, KEEP),
                // An SVG that is opened by itself is a document: it may do nothing.
                (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
                // Anybody may show it: so does a letter in the demonstration's mailbox, which has no origin.
                (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
            ];
            (headers, bytes).into_response()
        }
        Err(error) => pages::bare(&error),
    }
}

/// The colour that all others are made from; dark pages take a lighter one.
fn colours(digits: &str) -> Option<String> {
    let text = format!("#{digits}");
    colour::contrast_with_white(&text)?;
    let dark = "--accent: oklch(from var(--org) .8 min(c, .1) h); --accent-fill: oklch(from var(--org) .8 min(c, .1) h); \
                --accent-wash: oklch(from var(--org) .28 min(c, .04) h);";
    Some(format!(
        ":root{{--org:{text}}}\n@supports (color: oklch(from red l c h)){{\
         @media (prefers-color-scheme: dark){{:root:not([data-theme=\"light\"]){{{dark}}}}}}}\n"
    ))
}

/// Takes a logo (field `picture`), or takes it away where none is sent, and goes back to the settings.
pub async fn set_logo(
    State(state): State<AppState>,
    Extension(scope): Extension<Scope>,
    Extension(frame): FrameOf,
    Query(query): Query<HashMap<String, String>>,
    form: Multipart,
) -> Response {
    let Some(actor) = &scope.actor else { return pages::bare(&AppError::NotFound) };
    let dark = query.contains_key("dark");
    let outcome = match uploads::read(form, "picture", picture::MAX, Field::Picture).await {
        Ok(bytes) => {
            let bytes = Some(bytes.as_slice()).filter(|bytes| !bytes.is_empty());
            organisation::set_logo(&state.services, actor, &scope.origin, dark, bytes).await
        }
        Err(error) => Err(error),
    };
    let texts = texts(frame.language);
    let done = match outcome {
        Ok(()) => Done::said(texts.saved),
        Err(error @ AppError::Invalid { .. }) => Done::refused(texts.sentence(&error)),
        Err(error) => return pages::bare(&error),
    };
    if scope.remember(DONE_KEY, done).await.is_err() {
        return pages::bare(&AppError::Unavailable);
    }
    Redirect::to(&paths::after(paths::ADMIN_ORGANISATION, DONE)).into_response()
}
