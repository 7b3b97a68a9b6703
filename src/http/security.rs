//! Which host we are, and what every answer forbids.

use super::pages;
use crate::{app::shell::content_security_policy, config::Settings, domain::error::AppError};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use std::sync::Arc;

/// Answers only under our own name: links in mails are made from it, and a forged Host must not change them.
/// On loopback, the machine's other names for itself are sent on.
pub async fn check_host(State(settings): State<Arc<Settings>>, request: Request, next: Next) -> Response {
    let uri_host = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
    let host = uri_host.or(named).unwrap_or_default().to_lowercase();
    let ours = authority(&settings);
    if host == ours {
        return next.run(request).await;
    }
    if settings.is_loopback() && !settings.is_https() && is_loopback_name(&host, &settings) {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return Redirect::temporary(&settings.url(path)).into_response();
    }
    (StatusCode::MISDIRECTED_REQUEST, "This is not the address of this service.\n").into_response()
}

/// Refuses addresses that hold a NUL: no page of ours has one, and PostgreSQL takes no text with it.
pub async fn refuse_nul(request: Request, next: Next) -> Response {
    match request.uri().query() {
        Some(query) if query.contains("%00") => pages::bare(&AppError::Malformed),
        _ => next.run(request).await,
    }
}

/// Host and port as browsers send them: without the scheme's own port.
fn authority(settings: &Settings) -> String {
    let url = &settings.public_url;
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn is_loopback_name(host: &str, settings: &Settings) -> bool {
    let port = settings.public_url.port_or_known_default().unwrap_or_default();
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|name| host == format!("{name}:{port}") || (port == 80 && host == *name))
}

/// Sets what every answer forbids, where a handler has not set its own.
pub async fn headers(State(settings): State<Arc<Settings>>, request: Request, next: Next) -> Response {
    // A link's secret must not go anywhere as a Referer, not even to ourselves; other pages may name themselves
    // to us, which some forms of other software need.
    let path = request.uri().path();
    let secret = path.starts_with("/sign-in/") || path.starts_with("/redeem/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    let fixed = HeaderValue::from_static;
    if let Ok(policy) = HeaderValue::from_str(&content_security_policy(None, false)) {
        set(header::CONTENT_SECURITY_POLICY, policy);
    }
    set(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    set(header::X_FRAME_OPTIONS, fixed("DENY"));
    set(header::REFERRER_POLICY, fixed(if secret { "strict-origin" } else { "same-origin" }));
    set(HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin"));
    set(HeaderName::from_static("cross-origin-resource-policy"), fixed("same-origin"));
    set(
        HeaderName::from_static("permissions-policy"),
        fixed("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    set(header::CACHE_CONTROL, fixed("no-store"));
    if settings.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, fixed("max-age=31536000"));
    }
    response
}
