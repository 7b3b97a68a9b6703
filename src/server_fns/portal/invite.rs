//! Inviting from the portal: to the directory, to any group and to any app.

use crate::domain::{error::AppError, view::AdminInvite};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use {
    super::super::{
        Scope,
        invite::{SENT_KEY, just_sent},
        see_other,
    },
    crate::{
        domain::{
            actor::Actor,
            error::{Field, Rule},
            form::FormState,
            invitation::{Outcome, TARGETS_MAX},
            paths,
            time::{MINUTE, Timestamp},
            user::UserType,
        },
        services::{
            Services, groups as groups_service,
            invitation::{self, Answer, PortalWish, Wish},
            portal,
        },
    },
    serde::{Deserialize, Serialize},
};

/// Name of the form on which administrators invite.
pub const INVITE_ALL_FORM: &str = "invite-all";
/// Key in a session's data: links to hand over, sealed.
#[cfg(feature = "ssr")]
const LINKS_KEY: &str = "links";
/// How long the links of a sending are shown: as often as its page is asked for.
#[cfg(feature = "ssr")]
const LINKS_SHOWN: i64 = 10 * MINUTE;

/// Links to hand over, in a session: each address with its ticket, sealed.
#[cfg(feature = "ssr")]
#[derive(Serialize, Deserialize)]
struct Links {
    links: Vec<(String, String)>,
    until: Timestamp,
}

/// What a page's address ends in that shows what the last sending came to.
#[cfg(feature = "ssr")]
const SENT: &str = "sent";

/// What is wrong in the form, in which line of which field; both are empty where the error says it itself.
#[cfg(feature = "ssr")]
pub(crate) struct Wrong {
    field: &'static str,
    /// The line.
    pub line: String,
    /// What is wrong.
    pub error: AppError,
}

#[cfg(feature = "ssr")]
impl From<AppError> for Wrong {
    fn from(error: AppError) -> Self {
        Self { field: "", line: String::new(), error }
    }
}

/// What the form asks for.
#[cfg(feature = "ssr")]
pub(crate) async fn wish_of(services: &Services, value: impl Fn(&str) -> String) -> Result<Wish, Wrong> {
    let mut targets = Vec::new();
    for field in ["groups", "apps"] {
        for line in value(field).lines().map(str::trim).filter(|line| !line.is_empty()) {
            if targets.len() == TARGETS_MAX {
                return Err(AppError::invalid(Field::Target, Rule::TooMany).into());
            }
            let found = invitation::find_target(services, field == "groups", line).await;
            targets.push(found.map_err(|error| Wrong { field, line: line.to_owned(), error })?.to_string());
        }
    }
    let later = value("send") == "later";
    if later && value("send_on").trim().is_empty() {
        return Err(AppError::invalid(Field::SendOn, Rule::Required).into());
    }
    Ok(Wish {
        targets,
        redirect_url: value("redirect_url"),
        no_mail: value("send") == "not",
        portal: PortalWish {
            send_on: if later { value("send_on") } else { String::new() },
            sponsors: value("sponsors"),
            company: value("company"),
            job_title: value("job_title"),
            department: value("department"),
            as_member: value("user_type") == UserType::Member.as_str(),
        },
        ..Wish::typed(value)
    })
}

/// The page on which administrators invite: what was typed, what will happen, what the last sending came to, links to
/// hand over.
#[server(endpoint = "admin/invite/page")]
pub async fn load_admin_invite() -> Result<AdminInvite, AppError> {
    let (scope, actor) = Scope::signed_in()?;
    portal::may_fill(&actor, INVITE_ALL_FORM)?;
    let mut links = Vec::new();
    if Scope::query("after").as_deref() == Some(SENT) {
        let kept = scope.remembered::<Links>(LINKS_KEY).await.ok().flatten();
        let shown = kept.filter(|kept| kept.until > scope.services.now());
        for (email, sealed) in shown.map(|kept| kept.links).unwrap_or_default() {
            let ticket = invitation::open_ticket(&scope.services, &sealed);
            links.extend(ticket.map(|ticket| (email, invitation::ticket_url(&scope.services, &ticket))));
        }
    }
    // After a sending of which nothing came, too.
    let typed = match Scope::query("after").as_deref() {
        Some(SENT) => scope.form(INVITE_ALL_FORM).await?.filter(|form| !form.values.is_empty()),
        _ => scope.typed(INVITE_ALL_FORM).await?,
    };
    let preview = match typed.as_ref().filter(|form| form.error.is_none()) {
        Some(form) => {
            let value = |name: &str| form.value(name).unwrap_or_default().to_owned();
            match wish_of(&scope.services, value).await {
                Ok(wish) => groups_service::preview(&scope.services, &actor, scope.frame.language, &wish).await.ok(),
                Err(_) => None,
            }
        }
        None => None,
    };
    // Whoever is invited to more comes with the address.
    let begun = Scope::query("email").map(|email| FormState {
        form: INVITE_ALL_FORM.to_owned(),
        error: None,
        values: [("email".to_owned(), email)].into(),
    });
    Ok(AdminInvite {
        form: typed.or(begun),
        preview,
        sent: just_sent(&scope).await?,
        links,
        link_days: scope.organisation.link_days,
    })
}

/// Invites to the directory, or to groups and apps by name; or (`step` is `preview`) shows first what will happen.
#[server(endpoint = "admin/invite/send")]
pub async fn invite_all(
    #[server(default)] email: String,
    #[server(default)] groups: String,
    #[server(default)] apps: String,
    #[server(default)] message: String,
    #[server(default)] language: String,
    #[server(default)] link_days: String,
    #[server(default)] until: String,
    #[server(default)] length: String,
    #[server(default)] tell: String,
    #[server(default)] redirect_url: String,
    #[server(default)] sponsors: String,
    #[server(default)] company: String,
    #[server(default)] job_title: String,
    #[server(default)] department: String,
    #[server(default)] send: String,
    #[server(default)] send_on: String,
    #[server(default)] user_type: String,
    #[server(default)] step: String,
) -> Result<(), AppError> {
    let scope = Scope::current()?;
    let values: Vec<(&str, &str)> = vec![
        ("email", &email),
        ("groups", &groups),
        ("apps", &apps),
        ("message", &message),
        ("language", &language),
        ("link_days", &link_days),
        ("until", &until),
        ("length", &length),
        ("tell", &tell),
        ("redirect_url", &redirect_url),
        ("sponsors", &sponsors),
        ("company", &company),
        ("job_title", &job_title),
        ("department", &department),
        ("send", &send),
        ("send_on", &send_on),
        ("user_type", &user_type),
    ];
    // Whose session ended meanwhile signs in again, and finds what was typed.
    let Some(actor) = scope.actor.clone() else {
        scope.keep_for_former(INVITE_ALL_FORM, &values).await?;
        see_other(&paths::sign_in_then(&paths::after(paths::ADMIN_INVITE, INVITE_ALL_FORM)));
        return Ok(());
    };
    portal::may_fill(&actor, INVITE_ALL_FORM)?;
    let value = |name: &str| values.iter().find(|(one, _)| *one == name).map_or("", |(_, text)| text).to_owned();
    let sent = match wish_of(&scope.services, value).await {
        Ok(wish) if step == "preview" => {
            invitation::read(&scope.services, &actor, &wish).await.map(|_| None).map_err(Wrong::from)
        }
        Ok(wish) => invite(&scope, &actor, &wish).await.map(Some).map_err(Wrong::from),
        Err(wrong) => Err(wrong),
    };
    let answers = match sent {
        Ok(Some(answers)) => answers,
        Ok(None) => {
            scope.keep_form(INVITE_ALL_FORM, None, &values).await?;
            see_other(&paths::after(paths::ADMIN_INVITE, INVITE_ALL_FORM));
            return Ok(());
        }
        Err(Wrong { field, line, error }) => {
            let mut kept = values.clone();
            kept.extend([("wrong_field", field), ("wrong_line", line.as_str())]);
            return scope.again(paths::ADMIN_INVITE, (INVITE_ALL_FORM, &kept), Err(error)).await;
        }
    };
    let lines = groups_service::sent(&scope.services, scope.frame.language, &answers).await?;
    scope.remember(SENT_KEY, lines).await?;
    let links: Vec<(String, String)> = answers
        .iter()
        .filter_map(|one| Some((one.address.clone(), invitation::seal_ticket(&scope.services, one.ticket.as_ref()?))))
        .collect();
    let by_hand = !links.is_empty();
    scope.remember(LINKS_KEY, Links { links, until: scope.services.now().plus(LINKS_SHOWN) }).await?;
    let none = answers.iter().all(|one| one.outcome == Outcome::Refused);
    scope.keep_form(INVITE_ALL_FORM, None, if none { &values } else { &[] }).await?;
    let page = if none || by_hand { paths::ADMIN_INVITE } else { paths::ADMIN_INVITATIONS };
    see_other(&paths::after(page, SENT));
    Ok(())
}

#[cfg(feature = "ssr")]
async fn invite(scope: &Scope, actor: &Actor, wish: &Wish) -> Result<Vec<Answer>, AppError> {
    let draft = invitation::read(&scope.services, actor, wish).await?;
    invitation::invite(&scope.services, actor, &scope.origin, &draft).await
}
