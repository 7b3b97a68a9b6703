//! Renders pages. The whole page is written before it is sent, so its status and title can still depend on its
//! data; no data is written into it, since islands carry theirs as props. So a page without islands has no script.

use super::{AppState, FrameOf};
use crate::{
    app::{
        App,
        pages::wrong_turn::WrongTurn,
        shell::{Assets, document},
    },
    domain::{error::AppError, language::Language, paths, view::Frame},
    i18n,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Extension, Request, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use futures::{StreamExt, stream};
use leptos::prelude::*;
use std::any::Any;

/// A page of the panel or of the threshold.
pub async fn page(State(state): State<AppState>, Extension(frame): FrameOf, request: Request) -> Response {
    render(state.assets, frame, request, || view! { <App/> }.into_any()).await
}

/// Nothing is here, or not for this person.
pub async fn not_found(State(state): State<AppState>, Extension(frame): FrameOf, request: Request) -> Response {
    wrong_turn(state.assets, frame, request, AppError::NotFound).await
}

/// The page that an error is.
pub async fn wrong_turn(assets: Assets, frame: Frame, request: Request, error: AppError) -> Response {
    render(assets, frame, request, move || view! { <WrongTurn error/> }.into_any()).await
}

/// Renders a body within the document.
pub async fn render(
    assets: Assets,
    frame: Frame,
    request: Request,
    body: impl FnOnce() -> AnyView + Send + 'static,
) -> Response {
    leptos_axum::handle_response_inner(
        move || provide_context(assets.clone()),
        move || document(frame, body),
        request,
        |page, _data, _| {
            Box::pin(async move {
                let html = page.to_html_stream_in_order().collect::<String>().await;
                Box::pin(stream::once(async move { without_markers(html) })) as _
            })
        },
    )
    .await
}

/// Leptos separates text nodes by `<!>` for hydration. Where nothing is hydrated they are only weight. (In text
/// the same characters are escaped.)
fn without_markers(html: String) -> String {
    if html.contains("<leptos-island") { html } else { html.replace("<!>", "") }
}

/// A form or an island's call.
pub async fn server_fn(request: Request) -> Response {
    leptos_axum::handle_server_fns_with_context(|| {}, request).await.into_response()
}

/// Server functions answer 500 to every error; gives each its own status, and those who came by a form a page.
/// A form that is sent on gets no body: what it returned is nobody's to read.
pub async fn server_fn_status(response: Response) -> Response {
    let is_error = response.headers().contains_key("serverfnerror");
    if response.status() == StatusCode::SEE_OTHER {
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    if !is_error {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 * 1024).await.unwrap_or_default();
    let error = serde_json::from_slice::<AppError>(&bytes).unwrap_or(AppError::Internal);
    // A form cannot show JSON. leptos_axum sends it back by Referer, which we do not rely on.
    if parts.headers.remove(header::LOCATION).is_some() {
        return match error {
            AppError::SignInRequired => Redirect::to(paths::SIGN_IN).into_response(),
            other => bare(&other),
        };
    }
    parts.status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Response::from_parts(parts, Body::from(bytes))
}

/// The session layer answers a bare 500 where sessions cannot be read or written; gives it a page, and the status
/// that says it will pass.
pub async fn sessions_not_saved(response: Response) -> Response {
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE);
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR && is_bare {
        return bare(&AppError::Unavailable);
    }
    response
}

/// A plain page where no scope could be found: too many requests, no database, a fault of ours.
pub fn bare(error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let lines: String = Language::ALL
        .iter()
        .map(|language| format!("<p lang=\"{}\">{}</p>\n", language.as_str(), i18n::texts(*language).error(error)))
        .collect();
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{status}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head><body><main>\n{lines}</main></body></html>\n"
    );
    (status, Html(page)).into_response()
}

/// A fault of ours: logged by the panic hook, shown without detail.
pub fn panicked(_cause: Box<dyn Any + Send + 'static>) -> Response {
    bare(&AppError::Internal)
}
