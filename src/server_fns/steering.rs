//! Steering invitations: the list, one's own page, sending again, withdrawing, undoing. What came of an act is said
//! on the page that follows it.

use crate::domain::{
    error::AppError,
    view::{AnswerLine, SentList, Story},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::{Scope, invite::just_sent, see_other},
    crate::{
        domain::{
            ids::InvitationId,
            paths,
            steering::Act,
            view::{Done, Filter},
        },
        i18n::{self, Texts, fill},
        services::{self, steering::Tally},
    },
};

/// Key in a session's data: what the last act came to.
#[cfg(feature = "ssr")]
pub const DONE_KEY: &str = "done";
/// What a page's address ends in that says it.
#[cfg(feature = "ssr")]
pub const DONE: &str = "done";

#[cfg(feature = "ssr")]
impl Scope {
    /// The words of the page's language.
    pub(crate) fn texts(&self) -> &'static Texts {
        i18n::texts(self.frame.language)
    }

    /// Goes back to a page of ours and says there what an act came to.
    pub(super) async fn say(&self, back: &str, done: Done) -> Result<(), AppError> {
        self.remember(DONE_KEY, done).await?;
        see_other(&paths::after(paths::local(back).unwrap_or(paths::HOME), DONE));
        Ok(())
    }

    /// As [`Scope::say`], for an act that may have failed: then the page says why. What is nobody's business stays so.
    pub(super) async fn say_outcome(&self, back: &str, outcome: Result<Done, AppError>) -> Result<(), AppError> {
        let done = match outcome {
            Ok(done) => done,
            Err(error @ (AppError::NotFound | AppError::Internal | AppError::Unavailable)) => return Err(error),
            Err(error) => Done::refused(self.texts().sentence(&error)),
        };
        self.say(back, done).await
    }
}

/// The invitations that one has sent or answers for.
#[server(endpoint = "invitations")]
pub async fn load_sent() -> Result<(SentList, Option<Vec<AnswerLine>>), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let text = |name| Scope::query(name).unwrap_or_default();
    let filter = Filter {
        query: text("q"),
        state: text("state"),
        mail: text("mail"),
        target: Scope::query("for").filter(|target| !target.is_empty()),
    };
    let from = Scope::query("from").and_then(|id| id.parse().ok());
    let list = services::steering::list(&scope.services, &actor, scope.frame.language, filter, from).await?;
    Ok((list, just_sent(&scope).await?))
}

/// One invitation's page.
#[server(endpoint = "invitation")]
pub async fn load_story(id: String) -> Result<Story, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    services::steering::story(&scope.services, &actor, scope.frame.language, id).await
}

/// Sends again or withdraws: one (`resend`, `withdraw` hold its id), or all that are ticked (`act` says what).
#[server(endpoint = "invitations/steer")]
pub async fn steer(
    #[server(default)] ids: Vec<String>,
    #[server(default)] resend: String,
    #[server(default)] withdraw: String,
    #[server(default)] act: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let (act, ids) = match (resend.is_empty(), withdraw.is_empty()) {
        (false, _) => (Act::Resend, vec![resend]),
        (_, false) => (Act::Withdraw, vec![withdraw]),
        _ if act == "withdraw" => (Act::Withdraw, ids),
        _ if act == "resend" => (Act::Resend, ids),
        _ => return Err(AppError::NotFound),
    };
    let ids: Vec<InvitationId> = ids.iter().filter_map(|id| id.parse().ok()).take(200).collect();
    let texts = scope.texts();
    let outcome = services::steering::steer_all(&scope.services, &actor, &scope.origin, act, &ids).await;
    let outcome = outcome.map(|tally| done_all(texts, act, ids.len(), tally));
    scope.say_outcome(&back, outcome).await
}

#[cfg(feature = "ssr")]
fn done_all(texts: &Texts, act: Act, asked: usize, tally: Tally) -> Done {
    let Tally { done, name, failed, undo } = tally;
    let (one, many) = match act {
        Act::Withdraw => (texts.withdrawn_one, texts.withdrawn_many),
        _ => (texts.resent_one, texts.resent_many),
    };
    let text = match done {
        0 if asked == 0 => texts.nothing_ticked.to_owned(),
        0 => String::new(),
        1 => fill(one, &[("name", &name)]),
        n => fill(many, &[("n", &n.to_string())]),
    };
    let failed = failed.into_iter().map(|(name, error)| format!("{name}{}{}", texts.colon, texts.sentence(&error)));
    Done { text, failed: failed.collect(), undo }
}

/// Gives the link another last day.
#[server(endpoint = "invitations/renew")]
pub async fn renew(#[server(default)] id: String, #[server(default)] days: String) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: InvitationId = id.parse().map_err(|_| AppError::NotFound)?;
    let renewed = services::steering::renew_link(&scope.services, &actor, &scope.origin, id, &days).await;
    let outcome = match renewed {
        Ok(()) => {
            let page = services::steering::story(&scope.services, &actor, scope.frame.language, id).await?;
            let text = fill(scope.texts().renewed, &[("date", &page.link_until)]);
            Ok(Done::said(text))
        }
        Err(error) => Err(error),
    };
    scope.say_outcome(&paths::invitation(id), outcome).await
}

/// Changes what an invitation is for.
#[server(endpoint = "invitations/change")]
pub async fn change_targets(
    #[server(default)] id: String,
    #[server(default)] targets: Vec<String>,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let id: InvitationId = id.parse().map_err(|_| AppError::NotFound)?;
    let changed = services::steering::change_targets(&scope.services, &actor, &scope.origin, id, &targets).await;
    let text = scope.texts().targets_changed.to_owned();
    scope.say_outcome(&paths::invitation(id), changed.map(|()| Done::said(text))).await
}

/// Puts back what the person just did.
#[server(endpoint = "undo")]
pub async fn undo(
    #[server(default)] id: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let (scope, actor) = Scope::signed_in()?;
    let mut outcome = Err(AppError::NotFound);
    for id in ids.iter().chain([&id]).filter(|id| !id.is_empty()).take(200) {
        let id = id.parse().map_err(|_| AppError::NotFound)?;
        let undone = services::undo::undo(&scope.services, &actor, &scope.origin, id).await;
        // Of several, what cannot be undone any more does not hide what was.
        if outcome.is_err() {
            outcome = undone;
        }
    }
    let text = scope.texts().undone;
    scope.say_outcome(&back, outcome.map(|()| Done::said(text))).await
}
