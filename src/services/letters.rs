//! The mails around invitations: to whom, in whose name, in which language, saying what. Found out when they are
//! sent, so that what changed meanwhile is in them, and what is over is not sent at all.

use super::{
    Services,
    calendar::Calendar,
    invitation::TICKET,
    mail::{Waiting, address},
};
use crate::{
    domain::{
        email::{EmailAddress, EmailKey},
        error::AppError,
        ids::{InvitationId, InvitationTargetId, UserId},
        invitation::{InvitationState, Target, TargetState, has_expired},
        name::{header_name, initials},
        paths,
        time::Timestamp,
        user::{Role, User, UserType},
    },
    i18n,
    identity::{email_key, wire},
    mail::Draft,
    storage::{self, Conn},
};
use minijinja::context;

async fn person(conn: &mut Conn<'_>, id: Option<UserId>) -> Result<Option<User>, AppError> {
    match id {
        Some(id) => Ok(storage::users::by_id(conn, id).await?),
        None => Ok(None),
    }
}

/// The recipient, if they can act.
async fn recipient(conn: &mut Conn<'_>, mail: &Waiting<'_>) -> Result<Option<User>, AppError> {
    let key = EmailKey(mail.mail.email_key.clone());
    Ok(storage::users::by_email(conn, &key).await?.filter(User::is_active))
}

/// Signs a mail with the inviter's name, and sends replies to them. A name that could be read as somebody else's
/// address stays out of the head.
fn in_the_name_of(draft: &mut Draft, inviter: &User, organisation: &str) {
    let texts = i18n::texts(draft.language);
    draft.from_name = texts.sender(&inviter.name, organisation);
    // Whoever was erased has no address.
    draft.reply_to = Some((inviter.name.clone(), wire(&inviter.email))).filter(|_| !inviter.email.is_empty());
}

/// The invitation itself: to a guest who has yet to accept, with the ticket that is in force.
pub(super) async fn invitation(
    services: &Services,
    conn: &mut Conn<'_>,
    mail: &Waiting<'_>,
) -> Result<Option<Draft>, AppError> {
    let (Some(id), Some(ticket)) = (mail.get::<InvitationId>("invitation"), mail.secret(services)) else {
        return Ok(None);
    };
    let hash = services.keys.hash_secret(TICKET, &ticket);
    let Some((invitation, None)) = storage::invitations::by_ticket(conn, &hash).await? else { return Ok(None) };
    let is_open = invitation.id == id
        && invitation.state == InvitationState::Pending
        && !has_expired(invitation.state, invitation.link_until, services.now());
    let guest = person(conn, Some(invitation.guest_id)).await?.filter(User::may_redeem);
    let inviter = person(conn, Some(invitation.inviter_id)).await?;
    let blocked = storage::invitations::is_blocked(conn, &EmailKey(mail.mail.email_key.clone())).await?;
    let (Some(guest), Some(inviter), true, false) = (guest, inviter, is_open, blocked) else { return Ok(None) };
    let language = invitation.language.or(guest.language).unwrap_or(mail.organisation.language);
    let texts = i18n::texts(language);
    let calendar = Calendar::new(mail.organisation, language);
    let stored = storage::invitations::targets_of(conn, id).await?;
    let open: Vec<_> = stored.iter().filter(|one| one.state == TargetState::Pending).collect();
    let names: Vec<&str> = open.iter().map(|one| one.name.as_str()).collect();
    let until = open.iter().filter_map(|one| one.access_until).max().map(|until| calendar.date(until));
    let reminds: bool = mail.get("reminder").unwrap_or_default();
    let url = |path: String| address(services, &path);
    // A coordinator's colleagues are told that they were added: they sign in, and need no secret of ours for it.
    let added = match EmailAddress::parse(&guest.email) {
        Ok(email) if inviter.user_type == UserType::Guest => {
            let scope = storage::roles::scope_of(conn, inviter.id, Role::GuestInviter).await?;
            scope.is_some_and(|domain| domain.eq_ignore_ascii_case(email_key(&email).domain()))
        }
        _ => false,
    };
    let added_you = header_name(&inviter.name).filter(|_| added).map(|inviter| {
        i18n::fill(texts.added_you, &[("inviter", &inviter), ("organisation", &mail.organisation.name)])
    });
    let values = context! {
        added,
        title => added_you.clone().unwrap_or_else(|| texts.invited_you(&inviter.name, &names, &mail.organisation.name)),
        inviter => inviter.name,
        inviter_email => inviter.email,
        inviter_initials => initials(&inviter.name),
        message => invitation.message,
        targets => names,
        until,
        link => url(if added { paths::join(id) } else { paths::redeem_ticket(&ticket) }),
        link_until => calendar.date(invitation.link_until),
        reminder => if reminds { texts.reminder_note } else { "" },
        stop_reminders => texts.stop_reminders,
        quiet_url => url(paths::quiet_ticket(&ticket)),
        decline_url => url(paths::decline_ticket(&ticket)),
        block_url => url(paths::block_ticket(&ticket)),
    };
    let mut draft = mail.draft(services, &guest.email, language, values);
    if let Some(draft) = &mut draft {
        in_the_name_of(draft, &inviter, &mail.organisation.name);
        draft.subject =
            added_you.unwrap_or_else(|| texts.invitation_subject(&inviter.name, &names, &mail.organisation.name));
        if reminds {
            draft.subject = i18n::fill(texts.reminder_subject, &[("subject", &draft.subject)]);
        }
        draft.unsubscribe = Some(services.settings.url(&paths::unsubscribe_ticket(&ticket)));
    }
    Ok(draft)
}

/// Somebody has access at once: nothing to redeem.
pub(super) async fn access_added(
    services: &Services,
    conn: &mut Conn<'_>,
    mail: &Waiting<'_>,
) -> Result<Option<Draft>, AppError> {
    let inviter = person(conn, mail.get("inviter")).await?;
    let (Some(user), Some(inviter)) = (recipient(conn, mail).await?, inviter) else { return Ok(None) };
    let language = mail.mail.language.or(user.language).unwrap_or(mail.organisation.language);
    let texts = i18n::texts(language);
    let calendar = Calendar::new(mail.organisation, language);
    let mut given = Vec::new();
    for target in mail.get::<Vec<Target>>("targets").unwrap_or_default() {
        let place = storage::invitations::place(conn, target, user.id).await?.filter(|place| !place.deleted);
        // What was taken back before the mail left is not told.
        if let (Some(place), Some(grant)) = (place, storage::grants::of(conn, user.id, target).await?) {
            given.push((place.name, grant.until));
        }
    }
    if given.is_empty() {
        return Ok(None);
    }
    let until: Option<Timestamp> = given.iter().map(|(_, until)| *until).max().flatten();
    let names: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
    let values = context! {
        title => texts.gave_you(&inviter.name, &names),
        inviter => inviter.name,
        inviter_email => inviter.email,
        inviter_initials => initials(&inviter.name),
        message => mail.get::<String>("message").unwrap_or_default(),
        targets => names,
        until => until.map(|until| calendar.date(until)),
    };
    let mut draft = mail.draft(services, &user.email, language, values);
    if let Some(draft) = &mut draft {
        in_the_name_of(draft, &inviter, &mail.organisation.name);
    }
    Ok(draft)
}

/// The inviter, or who else is told: the guest has accepted.
pub(super) async fn accepted(
    services: &Services,
    conn: &mut Conn<'_>,
    mail: &Waiting<'_>,
) -> Result<Option<Draft>, AppError> {
    let guest = person(conn, mail.get("guest")).await?;
    let (Some(user), Some(guest), Some(id)) =
        (recipient(conn, mail).await?, guest, mail.get::<InvitationId>("invitation"))
    else {
        return Ok(None);
    };
    let language = user.language.unwrap_or(mail.organisation.language);
    let stored = storage::invitations::targets_of(conn, id).await?;
    let named =
        |state| -> Vec<&str> { stored.iter().filter(|one| one.state == state).map(|one| one.name.as_str()).collect() };
    let values = context! {
        guest => guest.name,
        guest_email => guest.email,
        targets => named(TargetState::Granted),
        waiting => named(TargetState::Waiting),
        refused => named(TargetState::Refused),
    };
    let mut draft = mail.draft(services, &user.email, language, values);
    if let Some(draft) = &mut draft
        && let Some(guest) = header_name(&guest.name)
    {
        let gaps = [("guest", guest.as_str()), ("organisation", mail.organisation.name.as_str())];
        draft.subject = i18n::fill(i18n::texts(language).subject_accepted_by, &gaps);
    }
    Ok(draft)
}

/// An owner, or an administrator: what a guest had been invited to waits for their word.
pub(super) async fn confirm_access(
    services: &Services,
    conn: &mut Conn<'_>,
    mail: &Waiting<'_>,
) -> Result<Option<Draft>, AppError> {
    let guest = person(conn, mail.get("guest")).await?;
    let stored = match mail.get::<InvitationTargetId>("target") {
        Some(id) => storage::invitations::target_by_id(conn, id).await?,
        None => None,
    };
    let (Some(user), Some(guest), Some(stored)) = (recipient(conn, mail).await?, guest, stored) else {
        return Ok(None);
    };
    if stored.state != TargetState::Waiting {
        return Ok(None);
    }
    let language = user.language.unwrap_or(mail.organisation.language);
    let values = context! {
        guest => guest.name,
        guest_email => guest.email,
        target => stored.name,
        confirm_url => address(services, &paths::confirm(stored.id)),
    };
    Ok(mail.draft(services, &user.email, language, values))
}
