//! Probes: is the process alive, and can it serve?

use super::{AppState, limits::is_forwarded};
use axum::{
    extract::{Request, State},
    http::StatusCode,
};
use std::time::Duration;

/// The process answers.
pub async fn live() -> &'static str {
    "live"
}

/// How we learn where the request comes from, for whoever sets up a proxy: `direct`, `forwarded`, or `ignored` where
/// somebody says it whom we do not trust.
pub async fn client(State(state): State<AppState>, request: Request) -> &'static str {
    match is_forwarded(&request, &state.services.settings.trusted_proxies) {
        None => "direct",
        Some(true) => "forwarded",
        Some(false) => "ignored",
    }
}

/// How long the database may take to answer a probe.
const PATIENCE: Duration = Duration::from_secs(2);

/// The database answers too.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(PATIENCE, crate::services::audit::head(&state.services)).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready"),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}
