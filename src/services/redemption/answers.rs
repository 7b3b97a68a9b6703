//! What else a ticket lets its holder answer: no, no more, not yet, and a new link, please.

use super::{key_of, of_ticket, told, usable, wrong};
use crate::{
    domain::{
        actor::{Initiator, Origin},
        audit::Activity,
        error::{AppError, Field, Rule, WrongTicket},
        ids::{InvitationId, UserId},
        invitation::{InvitationState, ROUNDS_A_DAY, TargetState, clean_word},
        language::Language,
        notice::Notice,
        policy::Reason,
        report::Tally,
        user::User,
    },
    identity::key_of_input,
    services::{
        Services,
        audit::{self, Event},
        calendar::Calendar,
        grants::{self, Wanted},
        invitation::{self, Given, TICKET},
        notices::{self, About},
        organisation, tally,
    },
    storage,
};

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
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    // The word is read only of somebody whose ticket is good.
    let invitation = of_ticket(services, conn, language, ticket).await?;
    let word = clean_word(word)?;
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

/// Takes a refusal back: the invitation waits again, for what it was for, as far as that may still be had. Returns which.
///
/// # Errors
/// `Ticket`, with the reason, unless it was declined by this ticket or one as new; `TooOften`, the fourth time in a day.
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
    let scope = format!("take-back:{}", invitation.id);
    if !storage::invitations::count_up_to(conn, now.day(), &scope, ROUNDS_A_DAY).await? {
        return Err(AppError::TooOften);
    }
    storage::invitations::set_word(conn, invitation.id, "").await?;
    let targets = storage::invitations::targets_of(conn, invitation.id).await?;
    let mut back = 0;
    for stored in &targets {
        let Some(target) = stored.target() else { continue };
        let (state, reason) = (TargetState::Pending, Reason::NotWanted);
        if storage::grants::of(conn, guest.id, target).await?.is_some() {
            continue;
        }
        let by = invitation.inviter_id;
        let until = match grants::allow(services, conn, by, &guest, target, Wanted::Again(stored.access_until)).await {
            Ok(until) => until,
            // What may not be had any more stays refused.
            Err(AppError::Denied { .. }) => continue,
            Err(error) => return Err(error),
        };
        if storage::invitations::reopen_target(conn, stored.id, state, reason).await? {
            let given = Given { user: &guest, target, name: &stored.name, until };
            invitation::give(services, conn, origin, by, given, Some(invitation.id)).await?;
            back += 1;
        }
    }
    // What it was for is another's by now: an invitation to nothing would be one to the organisation.
    if back == 0 && !targets.is_empty() {
        return Err(AppError::Settled);
    }
    let key = key_of(conn, guest.id).await?;
    tally::brought_back(conn, Tally::Declined, &invitation, key.domain(), invitation.changed_at).await?;
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
    if !storage::invitations::stop_reminders(conn, invitation.id).await? {
        return Ok(());
    }
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

/// Stops further invitations to the address that a ticket was sent to. What was sent stays as it is. From a page, the
/// address has to be typed.
///
/// # Errors
/// `Ticket` with `Unknown`; `Invalid(Email, …)` if another address was typed, or none.
pub async fn block(services: &Services, origin: &Origin, ticket: &str, typed: Option<&str>) -> Result<(), AppError> {
    let hash = services.keys.hash_secret(TICKET, ticket);
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let (invitation, _) = storage::invitations::by_ticket(conn, &hash).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let guest = storage::users::by_id(conn, invitation.guest_id).await?.ok_or(wrong(WrongTicket::Unknown))?;
    let key = key_of(conn, guest.id).await?;
    if let Some(typed) = typed.filter(|typed| key_of_input(typed) != key) {
        let rule = if typed.trim().is_empty() { Rule::Required } else { Rule::Other };
        return Err(AppError::invalid(Field::Email, rule));
    }
    if storage::invitations::block(conn, &key, services.now()).await? {
        let origin = Origin { initiator: Initiator::Nobody, ..origin.clone() };
        let event =
            Event::new(Activity::EMAIL_UNSUBSCRIBED).to_user(&guest).detail("InvitationId", &invitation.id.to_string());
        audit::record(services, conn, &origin, event).await?;
    }
    tx.commit().await?;
    Ok(())
}
