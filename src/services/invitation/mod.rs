//! Inviting: what will happen, and making it so. One transaction an address, so each invitation is there whole,
//! with its guest, its grants, its trail and its mail, or not at all. What is wanted is read in `draft`, what it will
//! come to is found out in `plan`.

mod draft;
mod plan;

pub use draft::{Draft, PortalWish, Wish, read};
pub use plan::{Answer, TargetAnswer};
pub(super) use plan::{choices_of, inviter, known, place, sent_today};

use plan::{Plan, Planned, Step, not_an_address, plan, refused, scopes, spots};

use super::{
    Services,
    audit::{self, Event},
    calendar::{self},
    mail::{self, Message},
    notices::{self, About},
    organisation, people, tally,
};
use crate::{
    crypto,
    domain::{
        actor::{Actor, Origin},
        audit::Activity,
        email::{EmailAddress, EmailKey},
        error::{AppError, Field, Rule},
        ids::{AssignmentId, InvitationId, InvitationTargetId, MailId, UserId},
        invitation::{InvitationState, Listed, Outcome, Target, TargetState, link_lifetime},
        mail::{MailKind, MailState},
        name::clean_name,
        notice::Notice,
        organisation::Organisation,
        paths,
        policy::Reason,
        report::Tally,
        roles::Power,
        time::{DAY, Timestamp},
        user::{Redemption, User, UserType},
    },
    identity::email_key,
    storage::{
        self, Conn,
        grants::NewGrant,
        invitations::{Invitation, StoredTarget},
    },
};
use serde_json::json;
use std::collections::HashSet;

/// What tickets' hashes are bound to.
pub(super) const TICKET: &str = "ticket";

/// A preview looks at so many addresses times targets: it follows the typing.
const PREVIEW_STEPS: usize = 1_000;

/// What will happen if this is sent, for each address of the list, or the first so many of them. Reads only.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn preview(services: &Services, actor: &Actor, draft: &Draft) -> Result<Vec<Answer>, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let (_, inviter) = inviter(services, conn, actor.id).await?;
    let spots = spots(conn, draft, (actor.id, &inviter)).await?;
    let mut answers = Vec::new();
    let mut seen = HashSet::new();
    let ascii_only = ascii_only(services, draft);
    let most = PREVIEW_STEPS / draft.targets.len().max(1);
    for listed in draft.addresses.iter().take(most) {
        let answer = match plan(services, conn, &organisation, (actor.id, &inviter), draft, &spots, listed).await? {
            None => refused(&listed.raw, not_an_address(listed)),
            Some(_) if ascii_only && !has_ascii_local(listed) => refused(&listed.raw, Reason::NotDeliverable),
            Some(plan) if !seen.insert(plan.key.clone()) => refused(&listed.raw, Reason::Repeated),
            Some(plan) => plan.answer(&listed.raw),
        };
        answers.push(answer);
    }
    discreet(actor, draft, &mut answers);
    Ok(answers)
}

/// Invites: one transaction an address.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says, if not even the first could be stored. A later fault is
/// an answer: what was invited before it stays invited.
pub async fn invite(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    draft: &Draft,
) -> Result<Vec<Answer>, AppError> {
    // Asked before anything is held: what it can do is known from here on.
    if draft.mails && !draft.addresses.iter().all(has_ascii_local) {
        services.mail_server.ask(services.now()).await;
    }
    let mut answers = Vec::new();
    let mut seen = HashSet::new();
    let mut failed = None;
    for listed in &draft.addresses {
        let one = match &failed {
            None => invite_one(services, actor, origin, draft, listed, &mut seen).await,
            Some(_) => Ok(refused(&listed.raw, Reason::NotSaved)),
        };
        answers.push(one.unwrap_or_else(|error| {
            failed = Some(error);
            refused(&listed.raw, Reason::NotSaved)
        }));
    }
    // What was invited before the fault stays, and is answered.
    if let Some(error) = failed.filter(|_| answers.iter().all(|answer| answer.reason == Some(Reason::NotSaved))) {
        return Err(error);
    }
    services.mail_waits.notify_one();
    discreet(actor, draft, &mut answers);
    Ok(answers)
}

async fn invite_one(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    draft: &Draft,
    listed: &Listed,
    seen: &mut HashSet<EmailKey>,
) -> Result<Answer, AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let organisation = organisation::load(conn).await?;
    let (user, inviter) = inviter(services, conn, actor.id).await?;
    let spots = spots(conn, draft, (actor.id, &inviter)).await?;
    let Some(plan) = plan(services, conn, &organisation, (actor.id, &inviter), draft, &spots, listed).await? else {
        return Ok(refused(&listed.raw, not_an_address(listed)));
    };
    if ascii_only(services, draft) && !has_ascii_local(listed) {
        return Ok(refused(&listed.raw, Reason::NotDeliverable));
    }
    if !seen.insert(plan.key.clone()) {
        return Ok(refused(&listed.raw, Reason::Repeated));
    }
    let answer = carry_out(services, conn, &organisation, origin, &user, draft, plan, &listed.raw).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Whether mail goes out by a server that is known to take only ASCII before the `@`.
fn ascii_only(services: &Services, draft: &Draft) -> bool {
    draft.mails && services.mail_server.refuses_utf8(services.now())
}

/// A guest who invites learns of nobody whether they are known (DESIGN rule 15).
fn discreet(actor: &Actor, draft: &Draft, answers: &mut [Answer]) {
    let (mails, until) = (draft.mails, draft.access_until);
    if actor.user_type == UserType::Member {
        return;
    }
    let hide = |outcome: &mut Outcome, reason: &mut Option<Reason>| {
        if *outcome != Outcome::Refused {
            (*outcome, *reason) = (Outcome::Invited, None);
        } else if *reason == Some(Reason::Disabled) {
            *reason = None;
        }
    };
    for answer in answers {
        hide(&mut answer.outcome, &mut answer.reason);
        (answer.user, answer.blocked, answer.by) = (None, false, None);
        answer.mails = mails && answer.outcome != Outcome::Refused;
        for target in &mut answer.targets {
            hide(&mut target.outcome, &mut target.reason);
            (target.by, target.end_stays, target.until) = (None, false, until);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "one transaction's parts, each of another origin")]
async fn carry_out(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    origin: &Origin,
    inviter: &User,
    draft: &Draft,
    mut plan: Plan,
    raw: &str,
) -> Result<Answer, AppError> {
    let mut answer = plan.answer(raw);
    extend(services, conn, origin, &plan).await?;
    if !plan.invites() && !plan.adds() {
        return Ok(answer);
    }
    let guest = match plan.user.take() {
        Some(user) if user.deleted_at.is_some() => revive(services, conn, origin, user).await?,
        Some(user) => user,
        None => create_invited(services, conn, origin, &plan, draft).await?,
    };
    answer.user = Some(guest.id);
    plan.user = Some(guest.clone());
    if plan.has_redeemed() {
        add(services, conn, origin, inviter, draft, &plan, &guest).await?;
        return Ok(answer);
    }
    let (invitation, ticket) =
        open_invitation(services, conn, organisation, origin, inviter, draft, &plan, &guest).await?;
    for Planned { target, name, step, until } in &plan.steps {
        if let Step::Invite(superseded) = step {
            if let Some(open) = superseded {
                let reason = Some(Reason::Superseded);
                storage::invitations::decide_target(conn, open.id, TargetState::Refused, reason, None, services.now())
                    .await?;
            }
            let id = InvitationTargetId(services.rng.uuid(&*services.clock));
            storage::invitations::insert_target(conn, id, &invitation, *target, *until).await?;
            let given = Given { user: &guest, target: *target, name, until: *until };
            give(services, conn, origin, inviter.id, given, Some(invitation.id)).await?;
        }
    }
    for follower in &draft.followers {
        storage::invitations::follow(conn, invitation.id, *follower).await?;
    }
    answer.invitation = Some(invitation.id);
    if !draft.mails {
        answer.ticket = ticket;
    }
    Ok(answer)
}

/// Gives what waits a later end.
async fn extend(services: &Services, conn: &mut Conn<'_>, origin: &Origin, plan: &Plan) -> Result<(), AppError> {
    let Some(user) = plan.user.as_ref().filter(|_| plan.extends()) else { return Ok(()) };
    for Planned { target, name, step, until } in &plan.steps {
        if let Step::Wait { longer: true, .. } = step {
            storage::grants::set_end(conn, user.id, *target, *until, 0).await?;
            let until = until.map(calendar::rfc3339).unwrap_or_default();
            let event = Event::new(Activity::CHANGE_ACCESS_END)
                .to_user(user)
                .to(resource(*target), target.id().to_string(), name)
                .change("AccessUntil", "", &until);
            audit::record(services, conn, origin, event).await?;
        }
    }
    Ok(())
}

async fn create_invited(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    plan: &Plan,
    draft: &Draft,
) -> Result<User, AppError> {
    let name = if plan.name.is_empty() { clean_name(plan.address.local()) } else { plan.name.clone() };
    let user = User {
        id: UserId(services.rng.uuid(&*services.clock)),
        user_type: draft.user_type,
        email: plan.address.as_str().to_owned(),
        name,
        language: None,
        redemption: Redemption::PendingAcceptance,
        enabled: true,
        deleted_at: None,
    };
    storage::users::insert(conn, &user, &plan.key, services.now()).await?;
    let [company, job_title, department] = &draft.profile;
    storage::users::set_work(conn, user.id, [company, job_title, department]).await?;
    people::index(conn, &user, company).await?;
    let event = Event::new(Activity::ADD_USER)
        .to_user(&user)
        .change("UserType", "", if draft.user_type == UserType::Member { "Member" } else { "Guest" })
        .change("CreationType", "", "Invitation")
        .change("AccountEnabled", "", "true")
        .change("UserState", "", "PendingAcceptance");
    audit::record(services, conn, origin, event).await?;
    Ok(user)
}

async fn revive(services: &Services, conn: &mut Conn<'_>, origin: &Origin, user: User) -> Result<User, AppError> {
    let now = services.now();
    for invitation in storage::invitations::pending_of(conn, user.id).await? {
        tally::settled(services, conn, Tally::Withdrawn, &invitation).await?;
        storage::invitations::move_to(conn, &invitation, InvitationState::Revoked, now).await?;
    }
    storage::invitations::close_all(conn, user.id, Reason::Superseded, now).await?;
    storage::grants::take_back_all(conn, user.id).await?;
    storage::users::revive(conn, user.id).await?;
    let user = User { deleted_at: None, redemption: Redemption::PendingAcceptance, ..user };
    let event = Event::new(Activity::RESTORE_USER)
        .to_user(&user)
        .change("UserState", "Deleted", "PendingAcceptance")
        .detail("formerAccess", "removed");
    audit::record(services, conn, origin, event).await?;
    Ok(user)
}

/// Refuses a target that is open, and takes the grant back that came from it.
pub(super) async fn refuse(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    guest: &User,
    stored: &StoredTarget,
    (reason, by): (Reason, Option<UserId>),
) -> Result<(), AppError> {
    let Some(target) = stored.target() else { return Ok(()) };
    let now = services.now();
    if !storage::invitations::decide_target(conn, stored.id, TargetState::Refused, Some(reason), by, now).await? {
        return Ok(());
    }
    storage::grants::take_back(conn, guest.id, target, stored.invitation_id).await?;
    let event = Event::new(removed(target))
        .to_user(guest)
        .to(resource(target), target.id().to_string(), &stored.name)
        .detail("InvitationId", &stored.invitation_id.to_string())
        .detail("reason", reason.as_str());
    audit::record(services, conn, origin, event).await
}

/// What giving access is called in the trail.
pub(super) fn added(target: Target) -> Activity {
    match target {
        Target::Group(_) => Activity::ADD_MEMBER_TO_GROUP,
        Target::App(_) => Activity::ADD_APP_TO_USER,
    }
}

/// What taking access away is called in the trail.
pub(super) fn removed(target: Target) -> Activity {
    match target {
        Target::Group(_) => Activity::REMOVE_MEMBER_FROM_GROUP,
        Target::App(_) => Activity::REMOVE_APP_FROM_USER,
    }
}

/// A grant to be made.
pub(super) struct Given<'a> {
    /// To whom.
    pub user: &'a User,
    /// Of what.
    pub target: Target,
    /// Its name.
    pub name: &'a str,
    /// Until when.
    pub until: Option<Timestamp>,
}

/// Stores a grant with its event.
pub(super) async fn give(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    by: UserId,
    given: Given<'_>,
    invitation: Option<InvitationId>,
) -> Result<(), AppError> {
    let grant = NewGrant {
        id: AssignmentId(services.rng.uuid(&*services.clock)),
        user: given.user.id,
        target: given.target,
        until: given.until,
        by: Some(by),
        invitation,
        since: services.now(),
    };
    storage::grants::insert(conn, &grant).await?;
    let mut event = Event::new(added(given.target)).to_user(given.user).to(
        resource(given.target),
        given.target.id().to_string(),
        given.name,
    );
    if let Some(invitation) = invitation {
        event = event.detail("InvitationId", &invitation.to_string());
    }
    audit::record(services, conn, origin, event).await
}

/// The inviter's pending invitation with a fresh ticket, or a new one.
#[expect(clippy::too_many_arguments, reason = "one transaction's parts, each of another origin")]
async fn open_invitation(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    origin: &Origin,
    inviter: &User,
    draft: &Draft,
    plan: &Plan,
    guest: &User,
) -> Result<(Invitation, Option<String>), AppError> {
    let now = services.now();
    let days = draft.link_days.unwrap_or(organisation.link_days);
    let is_new = plan.own.is_none();
    let mut invitation = Invitation {
        id: InvitationId(services.rng.uuid(&*services.clock)),
        guest_id: guest.id,
        inviter_id: inviter.id,
        state: InvitationState::Pending,
        message: draft.message.clone(),
        language: draft.language,
        redirect_url: draft.redirect_url.clone(),
        link_until: draft.send_at.unwrap_or(now).plus(link_lifetime(days)),
        mail_id: None,
        word: String::new(),
        created_at: now,
        changed_at: now,
        version: 1,
    };
    // Who asks again adds to what was said before, and takes nothing of it back.
    if let Some(own) = plan.own.clone() {
        if invitation.message.is_empty() {
            invitation.message = own.message;
        }
        invitation.id = own.id;
        invitation.language = invitation.language.or(own.language);
        invitation.redirect_url = invitation.redirect_url.or(own.redirect_url);
        invitation.link_until = invitation.link_until.max(own.link_until);
    }
    let targets = plan.invited_to();
    if is_new {
        storage::invitations::insert(conn, &invitation).await?;
        let of = tally::Of { inviter: inviter.id, domain: plan.key.domain(), targets: &targets };
        tally::invitation(services, conn, Tally::Invited, of).await?;
    } else {
        storage::invitations::renew(conn, &invitation).await?;
        tally::targets(services, conn, Tally::Invited, &targets).await?;
    }
    let mut event = Event::new(Activity::INVITE_EXTERNAL_USER)
        .to_user(guest)
        .detail("oid", &guest.id.to_string())
        .detail("InvitationId", &invitation.id.to_string())
        .detail("invitedUserEmailAddress", &guest.email)
        .detail("joined", if is_new { "false" } else { "true" });
    for Planned { target, name, step, .. } in &plan.steps {
        if matches!(step, Step::Invite(_)) {
            event = event.to(resource(*target), target.id().to_string(), name);
        }
    }
    audit::record(services, conn, origin, event).await?;
    // A guest who invites answers only for whom they bring; for members nobody does.
    let may_answer = guest.user_type == UserType::Guest
        && (inviter.user_type == UserType::Member || storage::sponsors::of(conn, guest.id).await?.is_empty());
    let answering: &[User] = if draft.sponsors.is_empty() { std::slice::from_ref(inviter) } else { &draft.sponsors };
    for sponsor in answering.iter().filter(|_| is_new && may_answer) {
        if storage::sponsors::add(conn, guest.id, sponsor.id).await? {
            let event = Event::new(Activity::ADD_SPONSOR).to_user(guest).to_user(sponsor);
            audit::record(services, conn, origin, event).await?;
            if sponsor.id != inviter.id {
                let about = About { person: Some(guest.id), by: Some(inviter.id), ..About::default() };
                notices::tell(services, conn, sponsor.id, Notice::Sponsor, &about).await?;
            }
        }
    }
    // Only mail rotates a ticket: one that was handed over stays good.
    if draft.mails && !plan.blocked {
        mail_ticket(services, conn, &invitation, &plan.key, inviter.id, draft.send_at).await?;
        return Ok((invitation, None));
    }
    if draft.mails {
        let event =
            Event::new(Activity::EMAIL_NOT_SENT).to_user(guest).detail("InvitationId", &invitation.id.to_string());
        audit::record(services, conn, origin, event).await?;
    }
    let ticket = if is_new { Some(new_ticket(services, conn, &invitation).await?) } else { None };
    Ok((invitation, ticket))
}

/// A fresh ticket; those before it are dead.
async fn new_ticket(services: &Services, conn: &mut Conn<'_>, invitation: &Invitation) -> Result<String, AppError> {
    let ticket = services.rng.token();
    let hash = services.keys.hash_secret(TICKET, &ticket);
    storage::invitations::rotate_ticket(conn, invitation.id, &hash, services.now()).await?;
    Ok(ticket)
}

/// Promises the mail of an invitation with a fresh ticket, counted for whoever causes it. It leaves at once, or then.
pub(super) async fn mail_ticket(
    services: &Services,
    conn: &mut Conn<'_>,
    invitation: &Invitation,
    key: &EmailKey,
    by: UserId,
    send_at: Option<Timestamp>,
) -> Result<(), AppError> {
    let mail = promise_ticket(services, conn, invitation, key, by, false).await?;
    if let Some(at) = send_at {
        storage::outbox::delay(conn, mail, at).await?;
    }
    let (sent, _) = storage::invitations::reminders(conn, invitation.id).await?.unwrap_or_default();
    // The first reminder comes after a third of the link's life, the second after half of what is left then.
    let leaves = send_at.unwrap_or(services.now());
    let next = leaves.plus((invitation.link_until.0 - leaves.0) / 3);
    Ok(storage::invitations::schedule_reminder(conn, invitation.id, sent, Some(next)).await?)
}

/// Promises the mail of an invitation as a reminder. It too has a fresh ticket: only mail knows one.
pub(super) async fn mail_reminder(
    services: &Services,
    conn: &mut Conn<'_>,
    invitation: &Invitation,
    key: &EmailKey,
) -> Result<(), AppError> {
    promise_ticket(services, conn, invitation, key, invitation.inviter_id, true).await.map(drop)
}

/// Mails an invitation that waits again, if its mail was held back while it did not.
pub(super) async fn mail_if_held_back(
    services: &Services,
    conn: &mut Conn<'_>,
    actor: &Actor,
    invitation: &Invitation,
) -> Result<(), AppError> {
    let row = storage::invitations::sent_one(conn, invitation.id).await?;
    let held_back = row.is_some_and(|row| row.mail_state == Some(MailState::Cancelled));
    let key = storage::invitations::key_of(conn, invitation.guest_id).await?;
    if let Some(key) = key.filter(|_| held_back)
        && !storage::invitations::is_blocked(conn, &key).await?
    {
        mail_ticket(services, conn, invitation, &key, actor.id, None).await?;
    }
    Ok(())
}

async fn promise_ticket(
    services: &Services,
    conn: &mut Conn<'_>,
    invitation: &Invitation,
    key: &EmailKey,
    by: UserId,
    reminder: bool,
) -> Result<MailId, AppError> {
    let ticket = new_ticket(services, conn, invitation).await?;
    let message = Message {
        kind: MailKind::Invitation,
        key,
        language: invitation.language,
        data: json!({"invitation": invitation.id, "asked_at": services.now(), "reminder": reminder}),
        secret: Some(&ticket),
        expires_at: Some(invitation.link_until),
    };
    let mail = mail::enqueue(services, conn, message).await?;
    storage::invitations::set_mail(conn, invitation.id, mail).await?;
    count(services, conn, by, key).await?;
    Ok(mail)
}

/// What a target is called in the trail.
pub(super) fn resource(target: Target) -> &'static str {
    match target {
        Target::Group(_) => "Group",
        Target::App(_) => "ServicePrincipal",
    }
}

async fn count(services: &Services, conn: &mut Conn<'_>, inviter: UserId, key: &EmailKey) -> Result<(), AppError> {
    let names = scopes(inviter, key);
    let day = services.now().0.div_euclid(DAY);
    Ok(storage::invitations::count_mail(conn, day, [&names[0], &names[1], &names[2]]).await?)
}

/// Access at once, and a notice of it.
async fn add(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    inviter: &User,
    draft: &Draft,
    plan: &Plan,
    user: &User,
) -> Result<(), AppError> {
    let mut added = Vec::new();
    let mut ends = Vec::new();
    for Planned { target, name, step, until } in &plan.steps {
        let Step::Add(open) = step else { continue };
        ends.push(*until);
        let given = Given { user, target: *target, name, until: *until };
        give(services, conn, origin, inviter.id, given, None).await?;
        if let Some(open) = open {
            let by = Some(inviter.id);
            storage::invitations::decide_target(conn, open.id, TargetState::Granted, None, by, services.now()).await?;
        }
        added.push(target.to_string());
    }
    if draft.mails && !plan.blocked {
        let message = Message {
            kind: MailKind::AccessAdded,
            key: &plan.key,
            language: draft.language,
            data: json!({
                "inviter": inviter.id,
                "targets": added,
                "message": draft.message,
                "until": ends.into_iter().max().flatten(),
                "asked_at": services.now(),
            }),
            secret: None,
            expires_at: None,
        };
        let mail = mail::enqueue(services, conn, message).await?;
        if let Some(at) = draft.send_at {
            storage::outbox::delay(conn, mail, at).await?;
        }
        count(services, conn, inviter.id, &plan.key).await?;
    }
    Ok(())
}

/// Where a guest can be sent by hand to whom no mail goes: a link without a secret.
pub fn link_by_hand(services: &Services, answer: &Answer) -> Option<String> {
    let id = answer.invitation.filter(|_| answer.ticket.is_none())?;
    Some(services.settings.url(&paths::join(id)))
}

/// A ticket, sealed to be shown once on the page that follows.
pub fn seal_ticket(services: &Services, ticket: &str) -> String {
    let id = MailId(services.rng.uuid(&*services.clock));
    let sealed = services.keys.seal(&services.rng, id, ticket);
    crypto::encode(&[id.0.as_bytes().as_slice(), &sealed].concat())
}

/// The ticket that [`seal_ticket`] sealed.
pub fn open_ticket(services: &Services, text: &str) -> Option<String> {
    let bytes = crypto::decode(text)?;
    let (id, sealed) = bytes.split_at_checked(16)?;
    services.keys.open(MailId(uuid::Uuid::from_slice(id).ok()?), sealed)
}

/// The address of a ticket's page.
pub fn ticket_url(services: &Services, ticket: &str) -> String {
    services.settings.url(&paths::redeem_ticket(ticket))
}

/// Finds who invites where the command line does not say: the only administrator.
///
/// # Errors
/// `NotFound` unless there is exactly one; `Invalid(Email, …)` if the address given is nobody's.
pub async fn inviter_for(services: &Services, email: Option<&str>) -> Result<Actor, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let id = match email {
        Some(email) => {
            let address = EmailAddress::parse(email)?;
            let user = storage::users::by_email(conn, &email_key(&address)).await?;
            user.ok_or(AppError::invalid(Field::Email, Rule::Unknown))?.id
        }
        None => match storage::invitations::administrators(conn, services.now()).await?.as_slice() {
            [only] => *only,
            _ => return Err(AppError::NotFound),
        },
    };
    let (user, roles) = storage::users::with_roles(conn, id, services.now()).await?.ok_or(AppError::NotFound)?;
    Ok(Actor { id: user.id, user_type: user.user_type, name: user.name, email: user.email, roles })
}

/// A group or app by id or name.
///
/// # Errors
/// `Invalid(Target, Unknown)`: there is none; `Invalid(Target, Taken)`: several have the name.
pub async fn find_target(services: &Services, groups: bool, text: &str) -> Result<Target, AppError> {
    let make = |id: uuid::Uuid| {
        if groups { Target::Group(crate::domain::ids::GroupId(id)) } else { Target::App(crate::domain::ids::AppId(id)) }
    };
    if let Ok(id) = text.parse() {
        return Ok(make(id));
    }
    let mut held = services.db.read().await?;
    match storage::portal::named(&mut held.conn(), groups, text).await?.as_slice() {
        [id] => Ok(make(*id)),
        [] => Err(AppError::invalid(Field::Target, Rule::Unknown)),
        _ => Err(AppError::invalid(Field::Target, Rule::Taken)),
    }
}

/// Whether somebody may see a group or app with all its people: who looks after it, and who sees everything.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub(super) async fn sees(conn: &mut Conn<'_>, actor: &Actor, target: Target) -> Result<bool, AppError> {
    let place = storage::invitations::place(conn, target, actor.id).await?;
    Ok(place.is_some_and(|place| !place.deleted && (place.owned || actor.may(Power::SeePeople))))
}

/// Whether somebody may look after a group or app: its owners and administrators.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub(super) async fn looks_after(conn: &mut Conn<'_>, actor: &Actor, target: Target) -> Result<bool, AppError> {
    let place = storage::invitations::place(conn, target, actor.id).await?;
    let admin = actor.is_admin();
    Ok(place.is_some_and(|place| !place.deleted && (place.owned || admin)))
}

/// Whether the part before the @ is ASCII, which every mail server takes.
fn has_ascii_local(listed: &Listed) -> bool {
    listed.address.rsplit_once('@').is_none_or(|(local, _)| local.is_ascii())
}
