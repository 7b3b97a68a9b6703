//! What the portal's pages ask for.

use crate::domain::{error::AppError, view::DeskStart};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {super::Scope, crate::services::portal};

/// The portal's first page.
#[server(endpoint = "admin/start")]
pub async fn load_start() -> Result<DeskStart, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    portal::start(&scope.services, &actor).await
}
