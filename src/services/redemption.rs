//! Redemption: from the ticket to the guest's access. The ticket only finds the invitation; what is bound, shown
//! and given comes after the proof of the address (DESIGN rule 6), with rights checked again for each target.

use super::{
    Services,
    audit::{self, Event},
    calendar::Calendar,
    invitation::{self, Given, TICKET, place, resource},
    mail::{self, Message},
    notices::{self, About},
    organisation, people, tally,
};
use crate::{
    domain::{
        actor::{Actor, Initiator, Origin},
        app::LaunchUrl,
        audit::Activity,
        email::EmailKey,
        error::{AppError, Field, Rule, WrongTicket},
        ids::{InvitationId, InvitationTargetId, UserId, stable_colour},
        invitation::{InvitationState, Target, TargetState, WORD_MAX, clean_message, has_expired},
        language::Language,
        mail::MailKind,
        name::{clean_name, initials},
        notice::Notice,
        organisation::Organisation,
        policy::{self, Decision, Facts, Reason, Request, Sent, Verdict},
        report::Tally,
        time::Timestamp,
        user::{Redemption, User, UserType},
        view::{Confirmation, Doorstep, Icon, Offer, Refusal, Statement, Welcome},
    },
    storage::{
        self, Conn,
        invitations::{Invitation, StoredTarget},
        users::AcceptedProfile,
    },
};
use serde_json::json;

fn wrong(reason: WrongTicket) -> AppError {
    AppError::Ticket { reason, since: None }
}

/// The invitation, if it can be redeemed: else why not, which are facts about the ticket and nobody else.
fn usable(
    invitation: Invitation,
    (replaced_at, (asked_at, asked_again)): (Option<Timestamp>, (Option<Timestamp>, i64)),
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Invitation, AppError> {
    let since = |reason, at| Err(AppError::Ticket { reason, since: Some(calendar.date(at)) });
    match invitation.state {
        InvitationState::Accepted => since(WrongTicket::Used, invitation.changed_at),
        InvitationState::Declined => since(WrongTicket::Declined, invitation.changed_at),
        InvitationState::Revoked | InvitationState::Rejected => since(WrongTicket::Withdrawn, invitation.changed_at),
        InvitationState::AwaitingApproval => Err(wrong(WrongTicket::Unknown)),
        InvitationState::Pending => match replaced_at {
            Some(at) => since(WrongTicket::Replaced, at),
            None if has_expired(invitation.state, invitation.link_until, now) => match asked_at {
                Some(at) => since(WrongTicket::Asked, at),
                None if asked_again >= 3 => since(WrongTicket::Over, invitation.link_until),
                None => since(WrongTicket::Expired, invitation.link_until),
            },
            None => Ok(invitation),
        },
    }
}

async fn of_ticket(
    services: &Services,
    conn: &mut Conn<'_>,
    language: Language,
    ticket: &str,
) -> Result<Invitation, AppError> {
    let hash = services.keys.hash_secret(TICKET, ticket);
    let (invitation, replaced_at) =
        storage::invitations::by_ticket(conn, &hash).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let asked = storage::invitations::asked(conn, &hash).await?;
    usable(invitation, (replaced_at, asked), &calendar, services.now())
}

/// The invitation that a ticket finds. Changes nothing.
///
/// # Errors
/// `Ticket`, with the reason.
pub async fn find(services: &Services, language: Language, ticket: &str) -> Result<InvitationId, AppError> {
    let mut held = services.db.read().await?;
    Ok(of_ticket(services, &mut held.conn(), language, ticket).await?.id)
}

/// What may be shown before the proof: organisation, inviter, a masked address and until when.
///
/// # Errors
/// `Ticket`, with the reason.
pub async fn doorstep(services: &Services, language: Language, id: InvitationId) -> Result<Doorstep, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let calendar = Calendar::new(&organisation, language);
    let invitation = storage::invitations::by_id(conn, id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let invitation = usable(invitation, (None, (None, 0)), &calendar, services.now())?;
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let inviter = storage::users::by_id(conn, invitation.inviter_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    Ok(Doorstep {
        organisation: organisation.name,
        inviter: inviter.name,
        masked: masked(&guest.email),
        until: calendar.date(invitation.link_until),
    })
}

/// The page of a ticket.
///
/// # Errors
/// `Ticket`, with the reason.
pub async fn ticket_page(services: &Services, language: Language, ticket: &str) -> Result<Doorstep, AppError> {
    let id = find(services, language, ticket).await?;
    doorstep(services, language, id).await
}

/// The first letter and the domain: enough to know one's own address, too little to learn another's.
fn masked(email: &str) -> String {
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

/// The language that the inviter chose for an invitation.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn language_of(services: &Services, id: InvitationId) -> Result<Option<Language>, AppError> {
    let mut held = services.db.read().await?;
    Ok(storage::invitations::by_id(&mut held.conn(), id).await?.and_then(|invitation| invitation.language))
}

/// The address that an invitation's code goes to.
///
/// # Errors
/// `Ticket`, with the reason.
pub async fn address_of(services: &Services, language: Language, id: InvitationId) -> Result<String, AppError> {
    doorstep(services, language, id).await?;
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let invitation = storage::invitations::by_id(conn, id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    Ok(guest.email)
}

/// The guest's open invitations that can be redeemed now; if there is none, what became of the newest.
async fn redeemable(
    services: &Services,
    conn: &mut Conn<'_>,
    calendar: &Calendar,
    guest: UserId,
) -> Result<Vec<Invitation>, AppError> {
    let now = services.now();
    let all = storage::invitations::pending_of(conn, guest).await?;
    let good: Vec<Invitation> = all.into_iter().filter(|one| !has_expired(one.state, one.link_until, now)).collect();
    if good.is_empty() {
        return Err(what_became(services, conn, calendar, guest).await?);
    }
    Ok(good)
}

async fn what_became(
    services: &Services,
    conn: &mut Conn<'_>,
    calendar: &Calendar,
    guest: UserId,
) -> Result<AppError, AppError> {
    Ok(match storage::invitations::newest_of(conn, guest).await? {
        Some(newest) => {
            usable(newest, (None, (None, 0)), calendar, services.now()).err().unwrap_or(wrong(WrongTicket::Unknown))
        }
        None => wrong(WrongTicket::Unknown),
    })
}

/// The address of somebody who has just proved it.
///
/// # Errors
/// `NotFound` if there is nobody.
pub async fn proved_address(services: &Services, id: UserId) -> Result<String, AppError> {
    let user = storage::users::by_id(&mut services.db.read().await?.conn(), id).await?;
    user.map(|user| user.email).ok_or(AppError::NotFound)
}

/// Lets on only who has proved the address that the guest has now: a wrong one may have been corrected meanwhile.
fn still_at(user: &User, proved: &str) -> Result<(), AppError> {
    if user.email == proved { Ok(()) } else { Err(wrong(WrongTicket::Unknown)) }
}

/// Who was invited, has proved the address and may accept.
async fn guest(services: &Services, conn: &mut Conn<'_>, calendar: &Calendar, id: UserId) -> Result<User, AppError> {
    let user = storage::users::by_id(conn, id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    if user.redemption == Redemption::Accepted {
        return Err(what_became(services, conn, calendar, id).await?);
    }
    if !user.enabled || user.deleted_at.is_some() {
        return Err(AppError::Denied { reason: Reason::Disabled });
    }
    Ok(user)
}

async fn key_of(conn: &mut Conn<'_>, user: UserId) -> Result<EmailKey, AppError> {
    storage::invitations::key_of(conn, user).await?.ok_or(AppError::Internal)
}

async fn statements(conn: &mut Conn<'_>) -> Result<Vec<Statement>, AppError> {
    let mut found = Vec::new();
    for kind in ["privacy", "terms"] {
        if let Some((version, url)) = storage::invitations::statement(conn, kind).await?
            && let Ok(url) = LaunchUrl::parse(&url)
        {
            found.push(Statement { kind: kind.to_owned(), version, url });
        }
    }
    Ok(found)
}

/// What a guest who has proved the address is shown before accepting.
///
/// # Errors
/// `Ticket` or `Denied`, with the reason.
pub async fn welcome(services: &Services, language: Language, id: UserId, address: &str) -> Result<Welcome, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let calendar = Calendar::new(&organisation, language);
    let user = guest(services, conn, &calendar, id).await?;
    still_at(&user, address)?;
    let invitations = redeemable(services, conn, &calendar, id).await?;
    let key = key_of(conn, id).await?;
    let (mut good, mut why_not) = (false, None);
    for invitation in &invitations {
        let of = FactsOf { organisation: &organisation, guest: &user, key: &key, target: None };
        let verdict = judge(services, conn, of, invitation.inviter_id, Request::Redeem).await?;
        if let Some(reason) = verdict.reasons.iter().find(|reason| is_about_domain(**reason)) {
            return Err(AppError::Denied { reason: *reason });
        }
        let targets = storage::invitations::targets_of(conn, invitation.id).await?;
        good |= holds(&user, &targets, &verdict);
        why_not = why_not.or(verdict.reasons.first().copied());
    }
    if let Some(reason) = why_not.filter(|_| !good) {
        return Err(AppError::Denied { reason });
    }
    let mut offers = Vec::new();
    let mut leads_elsewhere = false;
    for invitation in &invitations {
        let inviter = storage::users::by_id(conn, invitation.inviter_id).await?.map(|user| user.name);
        leads_elsewhere |= invitation.redirect_url.is_some();
        for stored in storage::invitations::targets_of(conn, invitation.id).await? {
            if is_on_offer(&stored, services.now()) {
                let icon = icon_of(&stored);
                offers.push(Offer {
                    id: stored.id,
                    name: stored.name,
                    note: stored.note,
                    is_group: stored.group_id.is_some(),
                    icon,
                    inviter: inviter.clone().unwrap_or_default(),
                    until: stored.access_until.map(|until| calendar.date(until)),
                });
            }
        }
    }
    let company = storage::users::company(conn, id).await?.unwrap_or_default();
    Ok(Welcome {
        name: user.name,
        company,
        email: user.email,
        language: user.language.or(invitations.last().and_then(|one| one.language)).unwrap_or(language),
        offers,
        statements: statements(conn).await?,
        leads_elsewhere,
        blocked: storage::invitations::is_blocked(conn, &key).await?,
        form: None,
    })
}

/// What somebody is told who has proved an address and cannot come in with it: why, and whom to ask.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn refusal(services: &Services, id: UserId, error: AppError) -> Result<Refusal, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let ask = storage::sponsors::of(conn, id).await?.into_iter().map(|(_, name)| name).collect();
    let blocked = match storage::invitations::key_of(conn, id).await? {
        Some(key) => storage::invitations::is_blocked(conn, &key).await?,
        None => false,
    };
    Ok(Refusal { error, ask, contact: organisation.contact, blocked })
}

/// Whether the guest can have it by accepting: it waits, and has not ended before it began.
fn is_on_offer(stored: &StoredTarget, now: Timestamp) -> bool {
    stored.state == TargetState::Pending && stored.access_until.is_none_or(|until| until > now)
}

fn icon_of(stored: &StoredTarget) -> Icon {
    let id = stored.group_id.map(|id| id.0).or(stored.app_id.map(|id| id.0)).unwrap_or_default();
    Icon::Initials(initials(&stored.name), stable_colour(id))
}

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
        .change("AcceptedOn", "", &super::calendar::rfc3339(now))
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

/// Whether an invitation lets somebody in. To the directory alone, and as a member, it does as long as its inviter may
/// send it; what it is for is judged by itself.
fn holds(user: &User, targets: &[StoredTarget], verdict: &Verdict) -> bool {
    verdict.outcome == Decision::Allow || (user.user_type == UserType::Guest && !targets.is_empty())
}

fn is_about_domain(reason: Reason) -> bool {
    matches!(reason, Reason::DomainDenied | Reason::DomainNotAllowed | Reason::OwnDomain)
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

/// What a right is about: a guest and what for.
#[derive(Clone, Copy)]
struct FactsOf<'a> {
    organisation: &'a Organisation,
    guest: &'a User,
    key: &'a EmailKey,
    target: Option<Target>,
}

/// Checks somebody's right at the moment of redemption or of an owner's word.
async fn judge(
    services: &Services,
    conn: &mut Conn<'_>,
    of: FactsOf<'_>,
    inviter: UserId,
    request: Request,
) -> Result<Verdict, AppError> {
    let (_, person) = invitation::inviter(services, conn, inviter).await?;
    let place = match of.target {
        Some(target) => Some(place(conn, target, inviter).await?.0),
        None => None,
    };
    let facts = Facts {
        organisation: of.organisation,
        inviter: &person,
        place,
        domain: of.key.domain(),
        known: Some(invitation::known(of.guest)),
        sent: Sent::default(),
    };
    Ok(policy::decide(&facts, request))
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

/// Who is told what becomes of an invitation.
async fn told(conn: &mut Conn<'_>, invitation: &Invitation) -> Result<Vec<UserId>, AppError> {
    let mut told = storage::invitations::followers(conn, invitation.id).await?;
    if !told.contains(&invitation.inviter_id) {
        told.insert(0, invitation.inviter_id);
    }
    Ok(told)
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

/// Declines the invitation that a ticket finds; what else is pending stays. The guest may add a word to the inviter.
/// Returns which it was.
///
/// # Errors
/// `Ticket`, with the reason; `Invalid(Message, TooLong)`.
pub async fn decline(
    services: &Services,
    origin: &Origin,
    language: Language,
    ticket: &str,
    word: &str,
) -> Result<InvitationId, AppError> {
    let word = clean_message(word);
    if word.chars().count() > WORD_MAX {
        return Err(AppError::invalid(Field::Message, Rule::TooLong));
    }
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let invitation = of_ticket(services, conn, language, ticket).await?;
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let inviter = storage::users::by_id(conn, invitation.inviter_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    if !storage::invitations::move_to(conn, &invitation, InvitationState::Declined, now).await? {
        return Err(wrong(WrongTicket::Used));
    }
    storage::invitations::set_word(conn, invitation.id, &word).await?;
    tally::settled(services, conn, Tally::Declined, &invitation).await?;
    let origin = &Origin { initiator: Initiator::Nobody, ..origin.clone() };
    for stored in storage::invitations::targets_of(conn, invitation.id).await? {
        invitation::refuse(services, conn, origin, &guest, &stored, (Reason::NotWanted, None)).await?;
    }
    let event = Event::new(Activity::DECLINE_INVITE).to_user(&guest).to_user(&inviter).to(
        "Invitation",
        invitation.id.to_string(),
        "",
    );
    audit::record(services, conn, origin, event).await?;
    let about = About { person: Some(guest.id), invitation: Some(invitation.id), words: word, ..About::default() };
    for person in told(conn, &invitation).await? {
        notices::tell(services, conn, person, Notice::Declined, &about).await?;
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(invitation.id)
}

/// What finds an invitation that was declined.
#[derive(Debug, Clone, Copy)]
pub enum Declined<'t> {
    /// The ticket that it was declined with.
    Ticket(&'t str),
    /// It was declined in this very browser.
    Here(InvitationId),
}

/// Takes a refusal back: the invitation waits again, for what it was for. Returns which.
///
/// # Errors
/// `Ticket`, with the reason, unless it was declined by this ticket or one as new.
pub async fn take_back(
    services: &Services,
    origin: &Origin,
    language: Language,
    declined: Declined<'_>,
) -> Result<InvitationId, AppError> {
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let found = match declined {
        Declined::Ticket(ticket) => {
            let hash = services.keys.hash_secret(TICKET, ticket);
            storage::invitations::by_ticket(conn, &hash).await?
        }
        Declined::Here(id) => storage::invitations::by_id(conn, id).await?.map(|invitation| (invitation, None)),
    };
    let (invitation, replaced_at) = found.ok_or(wrong(WrongTicket::Unknown))?;
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let since = |reason, at| AppError::Ticket { reason, since: Some(calendar.date(at)) };
    if let Some(at) = replaced_at {
        return Err(since(WrongTicket::Replaced, at));
    }
    if invitation.state != InvitationState::Declined {
        return usable(invitation, (None, (None, 0)), &calendar, now).map(|invitation| invitation.id);
    }
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    if !guest.may_redeem() || !storage::invitations::move_to(conn, &invitation, InvitationState::Pending, now).await? {
        return Err(wrong(WrongTicket::Used));
    }
    storage::invitations::set_word(conn, invitation.id, "").await?;
    let targets = storage::invitations::targets_of(conn, invitation.id).await?;
    let mut back = 0;
    for stored in &targets {
        let Some(target) = stored.target() else { continue };
        let (state, reason) = (TargetState::Pending, Reason::NotWanted);
        if storage::grants::of(conn, guest.id, target).await?.is_none()
            && storage::invitations::reopen_target(conn, stored.id, state, reason).await?
        {
            let given = Given { user: &guest, target, name: &stored.name, until: stored.access_until };
            let by = invitation.inviter_id;
            invitation::give(services, conn, origin, by, given, Some(invitation.id)).await?;
            back += 1;
        }
    }
    // What it was for is another's by now: an invitation to nothing would be one to the organisation.
    if back == 0 && !targets.is_empty() {
        return Err(AppError::Settled);
    }
    let event = Event::new(Activity::UNDO)
        .to_user(&guest)
        .detail("undone", Activity::DECLINE_INVITE.name)
        .detail("InvitationId", &invitation.id.to_string());
    audit::record(services, conn, &Origin { initiator: Initiator::Nobody, ..origin.clone() }, event).await?;
    tx.commit().await?;
    Ok(invitation.id)
}

/// Asks whoever invited for a new link, with an expired one: once a ticket, three times an invitation. Asking again
/// changes nothing and says the same.
///
/// # Errors
/// `Ticket`, with the reason, unless the link has run out.
pub async fn ask_for_link(
    services: &Services,
    origin: &Origin,
    language: Language,
    ticket: &str,
) -> Result<(), AppError> {
    let hash = services.keys.hash_secret(TICKET, ticket);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    match of_ticket(services, conn, language, ticket).await {
        Err(AppError::Ticket { reason: WrongTicket::Expired, .. }) => {}
        other => return other.map(drop),
    }
    let (invitation, _) = storage::invitations::by_ticket(conn, &hash).await?.ok_or(wrong(WrongTicket::Unknown))?;
    if storage::invitations::ask_for_link(conn, invitation.id, &hash, services.now()).await? {
        let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
        let about = About { person: Some(guest.id), invitation: Some(invitation.id), ..About::default() };
        let inviter = storage::users::by_id(conn, invitation.inviter_id).await?;
        match inviter.filter(User::is_active) {
            Some(inviter) => notices::tell(services, conn, inviter.id, Notice::AskedForLink, &about).await?,
            None => notices::tell_sponsors(services, conn, guest.id, Notice::AskedForLink, &about).await?,
        }
        let event =
            Event::new(Activity::ASK_FOR_LINK).to_user(&guest).detail("InvitationId", &invitation.id.to_string());
        audit::record(services, conn, &Origin { initiator: Initiator::Nobody, ..origin.clone() }, event).await?;
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(())
}

/// Stops reminders of the invitation that a ticket was sent for.
///
/// # Errors
/// `Ticket` with `Unknown`.
pub async fn stop_reminders(services: &Services, origin: &Origin, ticket: &str) -> Result<(), AppError> {
    let hash = services.keys.hash_secret(TICKET, ticket);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let (invitation, _) = storage::invitations::by_ticket(conn, &hash).await?.ok_or(wrong(WrongTicket::Unknown))?;
    storage::invitations::schedule_reminder(conn, invitation.id, 2, None).await?;
    let event = Event::new(Activity::CHANGE_INVITE).to("Invitation", invitation.id.to_string(), "").change(
        "Reminders",
        "",
        "stopped",
    );
    audit::record(services, conn, &Origin { initiator: Initiator::Nobody, ..origin.clone() }, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets somebody who has proved an address have invitations to it again.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn unblock(services: &Services, origin: &Origin, id: UserId) -> Result<(), AppError> {
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let user = storage::users::by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    let key = key_of(conn, id).await?;
    if storage::invitations::unblock(conn, &key).await? {
        let origin = origin.by(user.id, &user.name, &user.email);
        audit::record(services, conn, &origin, Event::new(Activity::EMAIL_RESUBSCRIBED).to_user(&user)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whether a ticket was ever given out: whoever has one, however old, may stop further invitations with it.
///
/// # Errors
/// `Ticket` with `Unknown`.
pub async fn is_known(services: &Services, ticket: &str) -> Result<(), AppError> {
    let hash = services.keys.hash_secret(TICKET, ticket);
    let mut held = services.db.read().await?;
    storage::invitations::by_ticket(&mut held.conn(), &hash).await?.ok_or(wrong(WrongTicket::Unknown))?;
    Ok(())
}

/// Stops further invitations to the address that a ticket was sent to. What was sent stays as it is.
///
/// # Errors
/// `Ticket` with `Unknown`.
pub async fn block(services: &Services, origin: &Origin, ticket: &str) -> Result<(), AppError> {
    let hash = services.keys.hash_secret(TICKET, ticket);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let (invitation, _) = storage::invitations::by_ticket(conn, &hash).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let key = key_of(conn, guest.id).await?;
    if storage::invitations::block(conn, &key, services.now()).await? {
        let origin = Origin { initiator: Initiator::Nobody, ..origin.clone() };
        let event =
            Event::new(Activity::EMAIL_UNSUBSCRIBED).to_user(&guest).detail("InvitationId", &invitation.id.to_string());
        audit::record(services, conn, &origin, event).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What waits for an owner's word.
///
/// # Errors
/// `NotFound` unless the person looks after the target and it waits.
pub async fn confirmation(
    services: &Services,
    actor: &Actor,
    language: Language,
    id: InvitationTargetId,
) -> Result<Confirmation, AppError> {
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let (stored, target, invitation) = waiting(conn, actor, id).await?;
    let calendar = Calendar::new(&organisation::load(conn).await?, language);
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(AppError::NotFound)?;
    let inviter = storage::users::by_id(conn, invitation.inviter_id).await?.ok_or(AppError::NotFound)?;
    Ok(Confirmation {
        id,
        guest: guest.name,
        email: guest.email,
        target,
        name: stored.name,
        inviter: inviter.name,
        reason: stored.reason.unwrap_or(Reason::NotYours),
        until: stored.access_until.map(|until| calendar.date(until)),
        form: None,
    })
}

async fn waiting(
    conn: &mut Conn<'_>,
    actor: &Actor,
    id: InvitationTargetId,
) -> Result<(StoredTarget, Target, Invitation), AppError> {
    let stored = storage::invitations::target_by_id(conn, id).await?.ok_or(AppError::NotFound)?;
    let target = stored.target().ok_or(AppError::NotFound)?;
    if stored.state != TargetState::Waiting || !invitation::looks_after(conn, actor, target).await? {
        return Err(AppError::NotFound);
    }
    let invitation = storage::invitations::by_id(conn, stored.invitation_id).await?.ok_or(AppError::NotFound)?;
    Ok((stored, target, invitation))
}

/// An owner's word on what waits: given at once and the guest told, or refused.
///
/// # Errors
/// `NotFound` as [`confirmation`]; `Denied` if the person may not give it either.
pub async fn confirm(
    services: &Services,
    actor: &Actor,
    origin: &Origin,
    id: InvitationTargetId,
    yes: bool,
) -> Result<Target, AppError> {
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let (stored, target, invitation) = waiting(conn, actor, id).await?;
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(AppError::NotFound)?;
    if guest.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let event = Event::new(Activity::CONFIRM_ACCESS)
        .to_user(&guest)
        .to(resource(target), target.id().to_string(), &stored.name)
        .detail("InvitationId", &invitation.id.to_string());
    if yes {
        let organisation = organisation::load(conn).await?;
        let key = key_of(conn, guest.id).await?;
        let of = FactsOf { organisation: &organisation, guest: &guest, key: &key, target: Some(target) };
        let verdict = judge(services, conn, of, actor.id, Request::Confirm).await?;
        if verdict.outcome != Decision::Allow {
            return Err(AppError::Denied { reason: verdict.reasons[0] });
        }
        storage::invitations::decide_target(conn, id, TargetState::Granted, None, Some(actor.id), now).await?;
        storage::grants::begin(conn, guest.id, target, now).await?;
        let message = Message {
            kind: MailKind::AccessAdded,
            key: &key,
            language: None,
            data: json!({
                "inviter": actor.id,
                "targets": [target.to_string()],
                "message": "",
                "until": stored.access_until,
                "asked_at": now,
            }),
            secret: None,
            expires_at: None,
        };
        mail::enqueue(services, conn, message).await?;
        audit::record(services, conn, origin, event).await?;
    } else {
        let decision = (Reason::OwnerRefused, Some(actor.id));
        invitation::refuse(services, conn, origin, &guest, &stored, decision).await?;
        audit::record(services, conn, origin, event.failed("ownerRefused")).await?;
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_shows_its_owner_enough() {
        assert_eq!(masked("gsamoogle@gmail.com"), "g•••@gmail.com");
        assert_eq!(masked("é@x.example"), "é•••@x.example");
    }
}
