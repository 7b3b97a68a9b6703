//! *My Apps* and the pages of apps.

use crate::domain::{
    error::AppError,
    view::{AppPage, MyApps},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, invite::seen, redeem::ARRIVAL_KEY, see_other},
    crate::{domain::paths, services},
};

/// What the person may open.
#[server(endpoint = "my-apps")]
pub async fn load_my_apps() -> Result<MyApps, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let query = Scope::query("q").unwrap_or_default();
    let mut page =
        services::my_apps::my_apps(&scope.services, &actor, &scope.organisation, scope.frame.language, &query).await?;
    if Scope::query("after").as_deref() == Some("welcome") {
        page.arrival = scope.remembered(ARRIVAL_KEY).await?;
    }
    Ok(page)
}

/// An app's page.
#[server(endpoint = "app-page")]
pub async fn load_app(id: String) -> Result<AppPage, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let seen = seen(&scope).await?;
    services::my_apps::app_page(&scope.services, &actor, scope.frame.language, id, seen).await
}

/// Marks an app as a favourite (`on` is `true`), or no longer; then shows *My Apps*, or the app's page where
/// `back` says `app`.
#[server(endpoint = "favourite")]
pub async fn set_favourite(
    #[server(default)] app: String,
    #[server(default)] on: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = app.parse().map_err(|_| AppError::NotFound)?;
    services::my_apps::set_favourite(&scope.services, &actor, id, on == "true").await?;
    see_other(&if back == "app" { paths::app(id) } else { paths::HOME.to_owned() });
    Ok(())
}
