//! What the pages of the reports ask for.

use crate::domain::{
    error::AppError,
    view::reports::{ReportPage, ReportTile},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {super::Scope, crate::domain::report::Asked, crate::services::portal::reports};

/// The overview.
#[server(endpoint = "admin/reports")]
pub async fn load_reports() -> Result<Vec<ReportTile>, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    reports::overview(&scope.services, &actor, scope.frame.language).await
}

/// One report, as the page's query asks.
#[server(endpoint = "admin/report")]
pub async fn load_report(name: String) -> Result<ReportPage, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let name = name.parse().map_err(|_| AppError::NotFound)?;
    let [days, per, by, key] = ["days", "per", "by", "key"].map(Scope::query);
    let asked = Asked::read(days.as_deref(), per.as_deref(), by.as_deref(), key.as_deref());
    reports::report(&scope.services, &actor, scope.frame.language, name, asked).await
}
