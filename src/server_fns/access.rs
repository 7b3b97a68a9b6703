//! Steering access: who has it, its end, taking it away; and who answers for whom.

use crate::domain::{
    error::AppError,
    view::{GuestPage, MyGuests, Prolonging},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, see_other},
    crate::{
        domain::{ids::UserId, invitation::Target, paths, view::Done},
        i18n::fill,
        services::{self, access},
    },
};

/// Name of the form on which a guest is passed on.
pub const PASS_ON_FORM: &str = "pass-on";

/// The guests that one answers for.
#[server(endpoint = "guests")]
pub async fn load_guests() -> Result<MyGuests, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let query = Scope::query("q").unwrap_or_default();
    let after = Scope::query("from").and_then(|id| id.parse().ok());
    access::my_guests(&scope.services, &actor, scope.frame.language, &query, after).await
}

/// A guest's page.
#[server(endpoint = "guest")]
pub async fn load_guest(id: String) -> Result<GuestPage, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let form = match Scope::query("after").as_deref() {
        Some(PASS_ON_FORM) => scope.form(PASS_ON_FORM).await?,
        _ => None,
    };
    access::guest_page(&scope.services, &actor, scope.frame.language, id, form).await
}

/// The page on which access is given longer.
#[server(endpoint = "prolong-page")]
pub async fn load_prolong(user: String, target: String) -> Result<Prolonging, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let whose = whose(&user, &target)?;
    access::prolonging(&scope.services, &actor, scope.frame.language, whose).await
}

#[cfg(feature = "ssr")]
fn whose(user: &str, target: &str) -> Result<(UserId, Target), AppError> {
    match (user.parse(), target.parse()) {
        (Ok(user), Ok(target)) => Ok((user, target)),
        _ => Err(AppError::NotFound),
    }
}

/// The names of a person and of a group or app, to say what was done.
#[cfg(feature = "ssr")]
async fn names(scope: &Scope, whose: (UserId, Target)) -> Result<(String, String), AppError> {
    services::groups::names(&scope.services, whose).await
}

/// Prolongs, removes or leaves: `act` says which.
#[server(endpoint = "access/steer")]
pub async fn steer_access(
    #[server(default)] user: String,
    #[server(default)] target: String,
    #[server(default)] act: String,
    seen: Option<String>,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let whose = whose(&user, &target)?;
    let (services, origin, texts) = (&scope.services, &scope.origin, scope.texts());
    let (name, what) = names(&scope, whose).await?;
    let gaps = [("name", name.as_str()), ("target", what.as_str())];
    let outcome = match act.as_str() {
        "prolong" => access::prolong(services, &actor, origin, scope.frame.language, whose, seen.as_deref())
            .await
            .map(|date| Done::said(fill(texts.prolonged_until, &[("name", &name), ("date", &date)]))),
        "remove" => access::remove(services, &actor, origin, whose)
            .await
            .map(|undo| Done::undoable(fill(texts.removed_from, &gaps), undo)),
        "leave" if whose.0 == actor.id => access::leave(services, &actor, origin, whose.1)
            .await
            .map(|undo| Done::undoable(fill(texts.left_target, &gaps), undo)),
        _ => Err(AppError::NotFound),
    };
    scope.say_outcome(&back, outcome).await
}

/// Changes the end of access to the end of a day; an empty day is no end.
#[server(endpoint = "access/end")]
pub async fn change_end(
    #[server(default)] user: String,
    #[server(default)] target: String,
    #[server(default)] until: String,
    seen: Option<String>,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let whose = whose(&user, &target)?;
    let changed = access::change_end(&scope.services, &actor, &scope.origin, whose, &until, seen.as_deref()).await;
    let text = scope.texts().end_changed.to_owned();
    scope.say_outcome(&back, changed.map(|()| Done::said(text))).await
}

/// Answers for a guest from now on.
#[server(endpoint = "access/take-over")]
pub async fn take_over(#[server(default)] guest: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: UserId = guest.parse().map_err(|_| AppError::NotFound)?;
    let taken = access::take_over(&scope.services, &actor, &scope.origin, id).await;
    let outcome = taken.map(|name| Done::said(fill(scope.texts().taken_over, &[("name", &name)])));
    scope.say_outcome(&paths::guest(id), outcome).await
}

/// Passes a guest on to a colleague.
#[server(endpoint = "access/pass-on")]
pub async fn pass_on(#[server(default)] guest: String, #[server(default)] colleague: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: UserId = guest.parse().map_err(|_| AppError::NotFound)?;
    match access::pass_on(&scope.services, &actor, &scope.origin, id, &colleague).await {
        Ok((colleague, name)) => {
            let text = fill(scope.texts().passed_on, &[("colleague", &colleague), ("name", &name)]);
            scope.say(paths::GUESTS, Done::said(text)).await
        }
        Err(error @ AppError::Invalid { .. }) => {
            scope.keep_form(PASS_ON_FORM, Some(error), &[("colleague", &colleague)]).await?;
            see_other(&paths::after(&paths::guest(id), PASS_ON_FORM));
            Ok(())
        }
        Err(error) => Err(error),
    }
}
