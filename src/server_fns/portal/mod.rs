//! What the portal's pages ask for, and what is done on them. What came of an act is said on the page that follows.

pub mod invite;
pub mod people;
pub mod places;
pub mod roles;

use crate::domain::{
    error::AppError,
    view::{AllSent, AnswerLine, DeskStart, TrailList},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, invite::just_sent, see_other, steering::DONE},
    crate::{
        domain::{
            paths,
            view::{Done, SentFilter, TrailFilter},
        },
        i18n::{
            fill,
            portal::{PortalTexts, portal as portal_texts},
        },
        services::{
            portal::{self, Outcomes},
            steering,
        },
    },
};

#[cfg(feature = "ssr")]
impl Scope {
    /// The portal's words of the page's language.
    pub(super) fn portal_texts(&self) -> &'static PortalTexts {
        portal_texts(self.frame.language)
    }

    /// What was typed into a form, if its page is shown again because of it.
    pub(super) async fn typed(&self, form: &str) -> Result<Option<crate::domain::form::FormState>, AppError> {
        match Self::query("after").as_deref() {
            Some(after) if after == form => self.form(form).await,
            _ => Ok(None),
        }
    }

    /// Shows a form again with what was typed, where that is what is wrong; says anything else on the page.
    pub(super) async fn again(
        &self,
        page: &str,
        (form, values): (&str, &[(&str, &str)]),
        outcome: Result<Done, AppError>,
    ) -> Result<(), AppError> {
        match outcome {
            Err(error @ AppError::Invalid { .. }) => {
                self.keep_form(form, Some(error), values).await?;
                see_other(&paths::after(page, form));
                Ok(())
            }
            outcome => self.say_outcome(page, outcome).await,
        }
    }
}

#[cfg(feature = "ssr")]
fn text(name: &str) -> String {
    Scope::query(name).unwrap_or_default()
}

/// What the trail is asked for by its address.
#[cfg(feature = "ssr")]
pub(crate) fn trail_filter(query: impl Fn(&str) -> String) -> TrailFilter {
    TrailFilter {
        // What the field shows stands for the id behind it, until somebody types another.
        about: Some(query("which"))
            .filter(|id| !id.is_empty() && query("about") == query("called"))
            .unwrap_or(query("about")),
        activity: query("activity"),
        correlation: query("correlation"),
        from: query("from"),
        to: query("to"),
    }
}

/// What the list of all invitations is asked for by its address.
#[cfg(feature = "ssr")]
pub(crate) fn sent_filter(query: impl Fn(&str) -> String) -> SentFilter {
    SentFilter {
        query: query("q"),
        state: query("state"),
        inviter: query("inviter").parse().ok(),
        order: query("order"),
    }
}

/// The portal's first page.
#[server(endpoint = "admin/start")]
pub async fn load_start() -> Result<DeskStart, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    portal::start(&scope.services, &actor).await
}

/// A page of all invitations, with what the last sending came to.
#[server(endpoint = "admin/invitations")]
pub async fn load_all_sent() -> Result<(AllSent, Option<Vec<AnswerLine>>), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let filter = sent_filter(text);
    let after = text("from").parse().ok();
    let all = steering::all(&scope.services, &actor, scope.frame.language, filter, after).await?;
    Ok((all, just_sent(&scope).await?))
}

/// A page of the trail.
#[server(endpoint = "admin/trail")]
pub async fn load_trail() -> Result<TrailList, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let before = text("before").parse().ok();
    portal::trail::list(&scope.services, &actor, scope.frame.language, trail_filter(text), before).await
}

/// What a page needs that only holds a form: what was typed into it.
#[server(endpoint = "admin/form")]
pub async fn load_form(form: String) -> Result<Option<crate::domain::form::FormState>, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    portal::may_fill(&actor, &form)?;
    match Scope::query("after").as_deref() {
        // What was refused of a list stands in it again, to be mended.
        Some(DONE) if form == people::MEMBERS_FORM => scope.form(&form).await,
        _ => scope.typed(&form).await,
    }
}

#[cfg(feature = "ssr")]
fn told(scope: &Scope, one: &str, many: &str, outcomes: Outcomes) -> Done {
    let Outcomes { done, name, failed, undo } = outcomes;
    let text = match done {
        0 => String::new(),
        1 => fill(one, &[("name", &name)]),
        n => fill(many, &[("n", &n.to_string())]),
    };
    let colon = scope.texts().colon;
    let failed =
        failed.into_iter().map(|(name, error)| format!("{name}{colon}{}", scope.texts().sentence(&error))).collect();
    Done { text, failed, undo }
}
