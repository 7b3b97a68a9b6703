//! Inviting, and the groups.

use crate::domain::{
    error::AppError,
    view::{GroupPage, Groups, Invite},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, see_other},
    crate::{
        domain::{
            error::{Field, Rule},
            ids::InvitationId,
            invitation::{Outcome, Target},
            paths,
            view::AnswerLine,
        },
        services::{self, invitation::Wish},
    },
};

/// Name of the form, where its outcome is kept.
pub const INVITE_FORM: &str = "invite";

/// Key in a session's data: what the last sending came to.
#[cfg(feature = "ssr")]
pub(super) const SENT_KEY: &str = "sent";

/// What the last sending came to, on the page that follows it.
#[cfg(feature = "ssr")]
pub(super) async fn just_sent(scope: &Scope) -> Result<Option<Vec<AnswerLine>>, AppError> {
    match Scope::query("after").as_deref() {
        Some("sent") => scope.remembered(SENT_KEY).await,
        _ => Ok(None),
    }
}

/// Which people of a group or app its page shows.
#[cfg(feature = "ssr")]
pub(super) async fn seen(scope: &Scope) -> Result<services::groups::Seen, AppError> {
    let id = |name| Scope::query(name).and_then(|id| id.parse().ok());
    Ok(services::groups::Seen {
        query: Scope::query("q").unwrap_or_default(),
        guests_after: id("guests"),
        members_after: id("members"),
        sent: just_sent(scope).await?,
    })
}

/// The groups that one owns or is in.
#[server(endpoint = "groups")]
pub async fn load_groups() -> Result<Groups, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let after = Scope::query("from").and_then(|id| id.parse().ok());
    services::groups::groups(&scope.services, &actor, after).await
}

/// A group's page.
#[server(endpoint = "group")]
pub async fn load_group(id: String) -> Result<GroupPage, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let seen = seen(&scope).await?;
    services::groups::group(&scope.services, &actor, scope.frame.language, id, seen).await
}

/// The page for inviting, with what was typed and what will happen if that was asked for.
#[server(endpoint = "invite/page")]
pub async fn load_invite() -> Result<Invite, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let to: Option<Target> = Scope::query("to").and_then(|to| to.parse().ok());
    let form = match Scope::query("after").as_deref() {
        Some(INVITE_FORM) => scope.form(INVITE_FORM).await?,
        _ => None,
    };
    let foresees = form.as_ref().is_some_and(|form| form.error.as_ref().is_none_or(|error| *error == nobody()));
    let again: Option<InvitationId> = Scope::query("again").and_then(|id| id.parse().ok());
    let (again, before) = match again {
        Some(id) => {
            let (address, values) = services::steering::as_form(&scope.services, &actor, id).await?;
            (Some((id, address)), Some(values))
        }
        None => (None, None),
    };
    let language = scope.frame.language;
    let mut page = services::groups::invite_page(&scope.services, &actor, language, to, form.or(before)).await?;
    page.again = again;
    if let Some(form) = page.form.clone().filter(|_| foresees) {
        let value = |name: &str| form.value(name).unwrap_or_default().to_owned();
        let wish =
            Wish { targets: value("targets").split_whitespace().map(str::to_owned).collect(), ..Wish::typed(value) };
        page.preview = services::groups::preview(&scope.services, &actor, language, &wish).await.ok();
    }
    Ok(page)
}

/// Invites, or (`step` is `preview`) shows first what will happen. `to` is the target whose page it began on, `again`
/// the invitation that this one takes the place of.
#[server(endpoint = "invite/send")]
pub async fn send_invitation(
    #[server(default)] email: String,
    #[server(default)] targets: Vec<String>,
    #[server(default)] message: String,
    #[server(default)] language: String,
    #[server(default)] link_days: String,
    #[server(default)] until: String,
    #[server(default)] length: String,
    #[server(default)] tell: String,
    #[server(default)] to: String,
    #[server(default)] again: String,
    #[server(default)] step: String,
) -> Result<(), AppError> {
    let scope = Scope::current()?;
    let to: Option<Target> = to.parse().ok();
    let again: Option<InvitationId> = again.parse().ok();
    let wish = Wish {
        addresses: email,
        targets,
        message,
        language,
        link_days,
        access_until: until,
        access_days: length,
        followers: tell,
        ..Wish::default()
    };
    let start = match (again, to) {
        (Some(id), _) => paths::invite_again(id),
        (None, Some(to)) => paths::invite_to(to),
        (None, None) => paths::INVITE.to_owned(),
    };
    let start = paths::after(&start, INVITE_FORM);
    // Whose session ended meanwhile signs in again, and finds what was typed.
    let Some(actor) = scope.actor.clone() else {
        let targets = wish.targets.join(" ");
        scope.keep_for_former(INVITE_FORM, &typed(&wish, &targets)).await?;
        see_other(&paths::sign_in_then(&start));
        return Ok(());
    };
    let outcome = match services::invitation::read(&scope.services, &actor, &wish).await {
        Ok(draft) if step != "preview" => {
            services::invitation::invite(&scope.services, &actor, &scope.origin, &draft).await.map(Some)
        }
        Ok(_) => Ok(None),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(Some(answers)) if answers.iter().any(|answer| answer.outcome != Outcome::Refused) => {
            // Unless it was sent to the same address again, the one before is over.
            if let Some(id) = again.filter(|id| answers.iter().all(|answer| answer.invitation != Some(*id))) {
                // Answered or withdrawn meanwhile, it is over as well.
                let _ = services::steering::withdraw(&scope.services, &actor, &scope.origin, id).await;
            }
            let lines = services::groups::sent(&scope.services, scope.frame.language, &answers).await?;
            scope.remember(SENT_KEY, lines).await?;
            let next = to.map_or(paths::INVITATIONS.to_owned(), paths::target);
            see_other(&format!("{next}?after=sent"));
        }
        // Where nothing came of it, the form comes back with what was typed, and the reasons beside it.
        outcome => {
            let error = match outcome {
                Ok(answers) => answers.map(|_| nobody()),
                Err(error) => Some(error),
            };
            keep_typed(&scope, &wish, error).await?;
            see_other(&start);
        }
    }
    Ok(())
}

/// None of the addresses could be invited: why stands beside each.
#[cfg(feature = "ssr")]
fn nobody() -> AppError {
    AppError::invalid(Field::Email, Rule::Unknown)
}

/// Keeps what was typed for the form to come back with.
#[cfg(feature = "ssr")]
async fn keep_typed(scope: &Scope, wish: &Wish, error: Option<AppError>) -> Result<(), AppError> {
    let targets = wish.targets.join(" ");
    scope.keep_form(INVITE_FORM, error, &typed(wish, &targets)).await
}

/// The form's values by the names of its fields.
#[cfg(feature = "ssr")]
fn typed<'w>(wish: &'w Wish, targets: &'w str) -> [(&'static str, &'w str); 8] {
    [
        ("email", wish.addresses.as_str()),
        ("targets", targets),
        ("message", &wish.message),
        ("language", &wish.language),
        ("link_days", &wish.link_days),
        ("until", &wish.access_until),
        ("length", &wish.access_days),
        ("tell", &wish.followers),
    ]
}
