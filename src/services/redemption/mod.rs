//! Redemption: from the ticket to the guest's access. The ticket only finds the invitation; what is bound, shown
//! and given comes after the proof of the address (DESIGN rule 6), with rights checked again for each target.

mod accept;
mod answers;
mod confirm;

pub use accept::{Acceptance, Accepted, accept};
pub use answers::{Declined, ask_for_link, block, decline, is_known, stop_reminders, take_back, unblock};
pub use confirm::{confirm, confirmation};

use super::{
    Services,
    calendar::Calendar,
    invitation::{self, TICKET, place},
    organisation,
};
use crate::{
    domain::{
        app::LaunchUrl,
        email::EmailKey,
        error::{AppError, WrongTicket},
        ids::{InvitationId, UserId, stable_colour},
        invitation::{InvitationState, Target, TargetState, has_expired},
        language::Language,
        name::initials,
        organisation::Organisation,
        policy::{self, Decision, Facts, Reason, Request, Sent, Verdict},
        time::Timestamp,
        user::{Redemption, User, UserType},
        view::{Doorstep, Icon, Offer, Refusal, Statement, Welcome},
    },
    storage::{
        self, Conn,
        invitations::{Invitation, StoredTarget},
    },
};

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

/// Whether an invitation lets somebody in. To the directory alone, and as a member, it does as long as its inviter may
/// send it; what it is for is judged by itself.
fn holds(user: &User, targets: &[StoredTarget], verdict: &Verdict) -> bool {
    verdict.outcome == Decision::Allow || (user.user_type == UserType::Guest && !targets.is_empty())
}

fn is_about_domain(reason: Reason) -> bool {
    matches!(reason, Reason::DomainDenied | Reason::DomainNotAllowed | Reason::OwnDomain)
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

/// Who is told what becomes of an invitation.
async fn told(conn: &mut Conn<'_>, invitation: &Invitation) -> Result<Vec<UserId>, AppError> {
    let mut told = storage::invitations::followers(conn, invitation.id).await?;
    if !told.contains(&invitation.inviter_id) {
        told.insert(0, invitation.inviter_id);
    }
    Ok(told)
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
