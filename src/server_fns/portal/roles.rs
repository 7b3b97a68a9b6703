//! Who holds which role: the page, giving and taking.

use crate::domain::{error::AppError, view::RolesPage};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::super::Scope,
    crate::{
        domain::{ids::UserId, paths, user::Role, view::Done},
        i18n::fill,
        services::portal::{self, roles::Giving},
    },
};

/// Name of the form that gives roles.
pub const ROLE_FORM: &str = "role";

/// Who holds which role.
#[server(endpoint = "admin/roles/page")]
pub async fn load_roles() -> Result<RolesPage, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let form = scope.typed(ROLE_FORM).await?;
    let page = portal::roles::page(&scope.services, &actor, scope.frame.language).await?;
    Ok(RolesPage { form, ..page })
}

/// Gives somebody a role.
#[server(endpoint = "admin/roles/give")]
pub async fn give_role(
    #[server(default)] email: String,
    #[server(default)] role: String,
    #[server(default)] until: String,
    #[server(default)] scope: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (request, actor) = Scope::signed_in()?;
    let wanted: Role = role.parse().map_err(|_| AppError::NotFound)?;
    let giving = Giving { role: wanted, until: &until, scope: &scope };
    let given = portal::roles::give(&request.services, &actor, &request.origin, &email, giving).await;
    let texts = request.portal_texts();
    let outcome =
        given.map(|user| Done::said(fill(texts.role_given, &[("name", &user.name), ("role", texts.role(wanted))])));
    let values = [("email", email.as_str()), ("role", &role), ("until", &until), ("scope", &scope)];
    if back.is_empty() {
        request.again(paths::ADMIN_ROLES, (ROLE_FORM, &values), outcome).await
    } else {
        request.say_outcome(&back, outcome).await
    }
}

/// Takes a role from somebody.
#[server(endpoint = "admin/roles/take")]
pub async fn take_role(
    #[server(default)] id: String,
    #[server(default)] role: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: UserId = id.parse().map_err(|_| AppError::NotFound)?;
    let role: Role = role.parse().map_err(|_| AppError::NotFound)?;
    let taken = portal::roles::take(&scope.services, &actor, &scope.origin, id, role).await;
    let texts = scope.portal_texts();
    let outcome =
        taken.map(|user| Done::said(fill(texts.role_taken, &[("name", &user.name), ("role", texts.role(role))])));
    scope.say_outcome(if back.is_empty() { paths::ADMIN_ROLES } else { &back }, outcome).await
}
