//! Probes: is the process alive, and can it serve?

use super::AppState;
use axum::{extract::State, http::StatusCode};

/// The process answers.
pub async fn live() -> &'static str {
    "live"
}

/// The database answers too.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match crate::services::audit::head(&state.services).await {
        Ok(_) => (StatusCode::OK, "ready"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}
