//! The roles that apps know, and who has which.

use crate::domain::error::AppError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, tending::SETTINGS_FORM},
    crate::{
        domain::{
            app::Assignee,
            ids::{AppId, AppRoleId, GroupId},
            invitation::Target,
            paths,
            view::Done,
        },
        i18n::fill,
        services::app_roles,
    },
};

/// Lets an app know a role (`role_name`, `role_value`), or no longer (`remove` holds the id).
#[server(endpoint = "apps/roles")]
pub async fn change_app_roles(
    #[server(default)] app: String,
    #[server(default)] role_name: String,
    #[server(default)] role_value: String,
    #[server(default)] remove: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let app: AppId = app.parse().map_err(|_| AppError::NotFound)?;
    let (services, origin, texts) = (&scope.services, &scope.origin, scope.texts());
    let (outcome, text) = match remove.parse() {
        Ok(id) => (app_roles::remove(services, &actor, origin, app, id).await, texts.app_role_removed),
        Err(_) => {
            (app_roles::add(services, &actor, origin, app, (&role_name, &role_value)).await, texts.app_role_added)
        }
    };
    let outcome = outcome.map(|name| Done::said(fill(text, &[("name", &name)])));
    let values = [("role_name", role_name.as_str()), ("role_value", &role_value)];
    scope.again(&paths::settings(Target::App(app)), (SETTINGS_FORM, &values), outcome).await
}

/// Gives somebody who has an app (`user` or `group`) a role in it; an empty one is its default access.
#[server(endpoint = "apps/roles/give")]
pub async fn give_app_role(
    #[server(default)] app: String,
    #[server(default)] user: String,
    #[server(default)] group: String,
    #[server(default)] role: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let app: AppId = app.parse().map_err(|_| AppError::NotFound)?;
    let to = match group.parse::<GroupId>() {
        Ok(group) => Assignee::Group(group),
        Err(_) => Assignee::User(user.parse().map_err(|_| AppError::NotFound)?),
    };
    let role: Option<AppRoleId> = match role.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| AppError::NotFound)?),
    };
    let given = app_roles::give(&scope.services, &actor, &scope.origin, app, to, role).await;
    let outcome = given.map(|name| Done::said(fill(scope.texts().app_role_given, &[("name", &name)])));
    scope.say_outcome(&back, outcome).await
}
