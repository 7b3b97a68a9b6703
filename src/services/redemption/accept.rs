//! Accepting: one transaction that checks every right again, grants what passes and lets wait what an owner confirms.

use super::{
    FactsOf, guest, holds, is_about_domain, is_on_offer, judge, key_of, redeemable, statements, still_at, told, wrong,
};
use crate::{
    domain::{
        actor::Origin,
        app::LaunchUrl,
        audit::Activity,
        email::EmailKey,
        error::{AppError, Field, Rule, WrongTicket},
        ids::UserId,
        invitation::{InvitationState, Target, TargetState},
        language::Language,
        mail::MailKind,
        name::clean_name,
        notice::Notice,
        organisation::Organisation,
        policy::{Decision, Reason, Request},
        user::{Redemption, User},
    },
    services::{
        Services,
        audit::{self, Event},
        calendar::{Calendar, rfc3339},
        invitation::{self, resource},
        mail::{self, Message},
        notices::{self, About},
        organisation, people, tally,
    },
    storage::{
        self, Conn,
        invitations::{Invitation, StoredTarget},
        users::AcceptedProfile,
    },
};
use serde_json::json;

/// What a guest sends on accepting.
#[derive(Debug, Clone, Copy)]
pub struct Acceptance<'a> {
    /// Name.
    pub name: &'a str,
    /// Company; may be empty.
    pub company: &'a str,
    /// Language of pages and mails; empty for the browser's.
    pub language: &'a str,
    /// What was offered, as it was shown.
    pub offered: &'a [String],
    /// What is wanted of it.
    pub targets: &'a [String],
    /// The statements agreed to, as `kind:version`.
    pub agreed: &'a [String],
    /// The address that was proved.
    pub address: &'a str,
    /// How the address was proved.
    pub method: &'a str,
}

/// What accepting came to.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Where the invitation leads on to.
    pub onward: Option<String>,
    /// Whether one may be sent there without asking.
    pub follow: bool,
    /// What waits for an owner: its name, and whom it waits for.
    pub waiting: Vec<String>,
}

/// Accepts all that is pending for a guest who has proved the address: of many who try, one succeeds.
///
/// # Errors
/// `Ticket` or `Denied`, with the reason; `Invalid`, for what was typed.
pub async fn accept(
    services: &Services,
    origin: &Origin,
    id: UserId,
    acceptance: Acceptance<'_>,
) -> Result<Accepted, AppError> {
    let name = clean_name(acceptance.name);
    if name.is_empty() {
        return Err(AppError::invalid(Field::Name, Rule::Required));
    }
    let company = clean_name(acceptance.company);
    let language = match acceptance.language {
        "" => None,
        tag => Some(Language::from_tag(tag).ok_or(AppError::invalid(Field::Language, Rule::Unknown))?),
    };
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let organisation = organisation::load(conn).await?;
    let calendar = Calendar::new(&organisation, language.unwrap_or(organisation.language));
    let before = guest(services, conn, &calendar, id).await?;
    still_at(&before, acceptance.address)?;
    let invitations = redeemable(services, conn, &calendar, id).await?;
    let user = User { name: name.clone(), language, redemption: Redemption::Accepted, ..before.clone() };
    let origin = &origin.by(user.id, &user.name, &user.email);
    agree(services, conn, origin, &user, acceptance.agreed).await?;

    let key = key_of(conn, id).await?;
    let mut waiting = Vec::new();
    let mut inviters = Vec::new();
    let mut good = false;
    let mut why_not = None;
    for invitation in &invitations {
        let (inviter, _) = invitation::inviter(services, conn, invitation.inviter_id).await?;
        let of = FactsOf { organisation: &organisation, guest: &before, key: &key, target: None };
        let verdict = judge(services, conn, of, invitation.inviter_id, Request::Redeem).await?;
        if let Some(reason) = verdict.reasons.iter().find(|reason| is_about_domain(**reason)) {
            return Err(AppError::Denied { reason: *reason });
        }
        let targets = storage::invitations::targets_of(conn, invitation.id).await?;
        good |= holds(&before, &targets, &verdict);
        why_not = why_not.or(verdict.reasons.first().copied());
        for stored in targets.iter().filter(|stored| stored.state == TargetState::Pending) {
            if !is_on_offer(stored, now) {
                invitation::refuse(services, conn, origin, &before, stored, (Reason::EndPassed, None)).await?;
                continue;
            }
            let id = stored.id.to_string();
            if !acceptance.offered.contains(&id) {
                return Err(AppError::invalid(Field::Target, Rule::Changed));
            }
            let wanted = acceptance.targets.contains(&id);
            waiting.extend(
                settle(services, conn, origin, &organisation, invitation, stored, wanted, &before, &key).await?,
            );
        }
        if !storage::invitations::move_to(conn, invitation, InvitationState::Accepted, now).await? {
            return Err(wrong(WrongTicket::Used));
        }
        tally::accepted(services, conn, invitation, key.domain(), &targets).await?;
        inviters.push((invitation, inviter));
    }
    if let Some(reason) = why_not.filter(|_| !good) {
        return Err(AppError::Denied { reason });
    }
    let profile = AcceptedProfile { name: &name, company: &company, language };
    if !storage::users::accept(conn, id, profile, now).await? {
        return Err(wrong(WrongTicket::Used));
    }
    people::index(conn, &user, &company).await?;
    storage::users::signed_in(conn, id, now).await?;
    let event = Event::new(Activity::UPDATE_USER)
        .to_user(&user)
        .change("UserState", "PendingAcceptance", "Accepted")
        .change("AcceptedOn", "", &rfc3339(now))
        .change("DisplayName", &before.name, &name)
        .change("CompanyName", "", &company);
    audit::record(services, conn, origin, event).await?;
    for (invitation, inviter) in &inviters {
        let event = Event::new(Activity::REDEEM_INVITE)
            .to_user(&user)
            .to_user(inviter)
            .to("Invitation", invitation.id.to_string(), "")
            .detail("InvitationId", &invitation.id.to_string())
            .detail("method", acceptance.method);
        audit::record(services, conn, origin, event).await?;
        let about = About { person: Some(user.id), invitation: Some(invitation.id), ..About::default() };
        for person in told(conn, invitation).await? {
            notices::tell(services, conn, person, Notice::Accepted, &about).await?;
        }
    }
    let event = Event::new(Activity::SIGN_IN).to_user(&user).detail("method", acceptance.method);
    audit::record(services, conn, origin, event).await?;
    tally::signed_in(services, conn, &user).await?;
    let onward = invitations.iter().rev().find_map(|invitation| invitation.redirect_url.clone());
    let follow = match &onward {
        Some(url) => may_follow(services, conn, &organisation, url).await?,
        None => false,
    };
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(Accepted { onward, follow, waiting })
}

/// Records what was agreed to; all statements in force must be.
async fn agree(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    user: &User,
    agreed: &[String],
) -> Result<(), AppError> {
    for statement in statements(conn).await? {
        let mark = format!("{}:{}", statement.kind, statement.version);
        if !agreed.contains(&mark) {
            let other = agreed.iter().any(|mark| mark.starts_with(&format!("{}:", statement.kind)));
            let rule = if other { Rule::Changed } else { Rule::Required };
            return Err(AppError::invalid(Field::Consent, rule));
        }
        storage::invitations::consent(conn, user.id, &statement.kind, statement.version, services.now()).await?;
        let event = Event::new(Activity::ACCEPT_TERMS)
            .to_user(user)
            .detail("statement", &statement.kind)
            .detail("version", &statement.version.to_string())
            .detail("url", statement.url.as_str());
        audit::record(services, conn, origin, event).await?;
    }
    Ok(())
}

/// Decides one target of an accepted invitation. Returns what to tell the guest if it has to wait.
#[expect(clippy::too_many_arguments, reason = "one transaction's parts, each of another origin")]
async fn settle(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    organisation: &Organisation,
    invitation: &Invitation,
    stored: &StoredTarget,
    wanted: bool,
    guest: &User,
    key: &EmailKey,
) -> Result<Option<String>, AppError> {
    let now = services.now();
    let Some(target) = stored.target() else { return Ok(None) };
    let refusal = if wanted {
        let of = FactsOf { organisation, guest, key, target: Some(target) };
        let verdict = judge(services, conn, of, invitation.inviter_id, Request::Redeem).await?;
        match verdict.outcome {
            Decision::Allow => {
                storage::invitations::decide_target(conn, stored.id, TargetState::Granted, None, None, now).await?;
                storage::grants::begin(conn, guest.id, target, now).await?;
                return Ok(None);
            }
            Decision::NeedsApproval => {
                let reason = verdict.reasons.first().copied();
                storage::invitations::decide_target(conn, stored.id, TargetState::Waiting, reason, None, now).await?;
                let names = ask_owners(services, conn, organisation, (guest, key), stored, target).await?;
                let event = Event::new(Activity::CONFIRM_ACCESS)
                    .failed("waitsForOwner")
                    .to_user(guest)
                    .to(resource(target), target.id().to_string(), &stored.name)
                    .detail("InvitationId", &invitation.id.to_string());
                audit::record(services, conn, origin, event).await?;
                return Ok(Some(format!("{} ({})", stored.name, names.join(", "))));
            }
            Decision::Deny => verdict.reasons[0],
        }
    } else {
        Reason::NotWanted
    };
    invitation::refuse(services, conn, origin, guest, stored, (refusal, None)).await?;
    Ok(None)
}

/// Asks those owners of a target to confirm who may, else the administrators. Returns whom.
async fn ask_owners(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    (guest, key): (&User, &EmailKey),
    stored: &StoredTarget,
    target: Target,
) -> Result<Vec<String>, AppError> {
    let mut asked = Vec::new();
    for owner in storage::invitations::owners_of(conn, target).await? {
        let facts = FactsOf { organisation, guest, key, target: Some(target) };
        if judge(services, conn, facts, owner, Request::Confirm).await?.outcome == Decision::Allow {
            asked.push(owner);
        }
    }
    if asked.is_empty() {
        asked = storage::invitations::administrators(conn, services.now()).await?;
    }
    let mut names = Vec::new();
    for owner in asked {
        let Some(user) = storage::users::by_id(conn, owner).await? else { continue };
        let Some(key) = storage::invitations::key_of(conn, owner).await? else { continue };
        let message = Message {
            kind: MailKind::ConfirmAccess,
            key: &key,
            language: None,
            data: json!({"guest": guest.id, "target": stored.id, "asked_at": services.now()}),
            secret: None,
            expires_at: None,
        };
        mail::enqueue(services, conn, message).await?;
        names.push(user.name);
    }
    Ok(names)
}

/// Whether an address is followed without asking: ours, an app's, or one of the organisation's list.
async fn may_follow(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    url: &str,
) -> Result<bool, AppError> {
    let Ok(parsed) = url::Url::parse(url) else { return Ok(false) };
    if LaunchUrl::parse(url).is_err() {
        return Ok(false);
    }
    let host = parsed.host_str().unwrap_or_default();
    if services.settings.is_own(&parsed)
        || organisation.redirect_hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    {
        return Ok(true);
    }
    let launched = storage::invitations::launch_urls(conn).await?;
    Ok(launched.iter().filter_map(|url| url::Url::parse(url).ok()).any(|url| url.origin() == parsed.origin()))
}
