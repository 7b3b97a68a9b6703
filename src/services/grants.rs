//! Whether policy and the owners' rules let a guest have something now. Every way to a grant asks it, but for inviting,
//! which asks the same for many at once (`invitation::plan`): joining, being let in, taking back a refusal, undoing,
//! extending, being restored. The caller checks the right to do it. What members have is not bounded.

use super::{
    Services,
    audit::{self, Event},
    calendar::{Calendar, rfc3339},
    invitation, organisation,
};
use crate::{
    domain::{
        actor::Origin,
        audit::Activity,
        error::AppError,
        ids::UserId,
        invitation::Target,
        language::Language,
        organisation::Organisation,
        policy::{self, Reason},
        time::Timestamp,
        user::{User, UserType},
    },
    storage::{self, Conn, invitations::PlaceRow},
};

/// What is wanted for somebody.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// To have it anew, until then; where nothing is said, as long as the owners give it.
    New(Option<Timestamp>),
    /// To have it again as it was, until then.
    Again(Option<Timestamp>),
    /// To go on having it after a time in which it did not count, until then.
    Still(Option<Timestamp>),
    /// To have it with another end than now.
    Until(Option<Timestamp>),
}

/// The end with which a person may have a target. `by` is who gives it.
///
/// # Errors
/// `Denied`, with policy's reason or `Full`, `TooLong`, `TargetGone`.
pub(super) async fn allow(
    services: &Services,
    conn: &mut Conn<'_>,
    by: UserId,
    user: &User,
    target: Target,
    wanted: Wanted,
) -> Result<Option<Timestamp>, AppError> {
    let denied = |reason| AppError::Denied { reason };
    let now = services.now();
    let place = storage::invitations::place(conn, target, by).await?.filter(|place| !place.deleted);
    let place = place.ok_or(denied(Reason::TargetGone))?;
    let (Wanted::New(until) | Wanted::Again(until) | Wanted::Still(until) | Wanted::Until(until)) = wanted;
    if user.user_type != UserType::Guest {
        return Ok(until);
    }
    let organisation = organisation::load(conn).await?;
    let held = storage::grants::of(conn, user.id, target).await?;
    let needs_policy = match wanted {
        Wanted::New(_) | Wanted::Again(_) | Wanted::Still(_) => true,
        Wanted::Until(until) => held.is_some_and(|held| is_longer(held.until, until)),
    };
    if needs_policy {
        may_go_on(services, conn, &organisation, by, user, &place).await?;
    }
    // Who has it already takes no further place; who comes back to it counts among those who have it.
    let others = match wanted {
        Wanted::Still(_) => place.rules.most.map(|most| most + 1),
        _ => place.rules.most.filter(|_| held.is_none()),
    };
    if let Some(most) = others
        && storage::tending::has_guests(conn, target, most).await?
    {
        return Err(denied(Reason::Full));
    }
    let ended = until.is_some_and(|until| until <= now);
    match wanted {
        Wanted::New(_) => {
            let end = place.rules.end(until, now).map_err(|_| denied(Reason::TooLong))?;
            let calendar = Calendar::new(&organisation, Language::En);
            Ok(end.and_then(|end| calendar.end_of_day(end)))
        }
        // What has ended stays ended, however long it was.
        Wanted::Again(_) | Wanted::Still(_) if ended => Ok(until),
        _ if place.rules.is_too_long(until, now) => Err(denied(Reason::TooLong)),
        _ => Ok(until),
    }
}

/// Whether one end of access is later than another; none is never.
pub(super) fn is_longer(before: Option<Timestamp>, after: Option<Timestamp>) -> bool {
    before.is_some_and(|before| after.is_none_or(|after| after > before))
}

/// Ends what a guest who comes back may not have any more: the rules may have changed while the account was deleted.
pub(super) async fn end_what_may_not_be(
    services: &Services,
    conn: &mut Conn<'_>,
    origin: &Origin,
    user: &User,
) -> Result<(), AppError> {
    let now = services.now();
    for held in storage::grants::held_by(conn, user.id, user.id).await? {
        let Some(target) = held.target().filter(|_| held.until.is_none_or(|until| until > now)) else { continue };
        match allow(services, conn, user.id, user, target, Wanted::Still(held.until)).await {
            Ok(_) => {}
            Err(AppError::Denied { reason }) => {
                storage::grants::set_end(conn, user.id, target, Some(now), 3).await?;
                let event = Event::new(Activity::CHANGE_ACCESS_END)
                    .to_user(user)
                    .to(invitation::resource(target), target.id().to_string(), &held.name)
                    .change("AccessUntil", &held.until.map(rfc3339).unwrap_or_default(), &rfc3339(now))
                    .detail("reason", reason.as_str());
                audit::record(services, conn, origin, event).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether policy lets a guest's access go on: the guest switch, the domain lists, the switch for all invitations.
async fn may_go_on(
    services: &Services,
    conn: &mut Conn<'_>,
    organisation: &Organisation,
    by: UserId,
    guest: &User,
    place: &PlaceRow,
) -> Result<(), AppError> {
    let (_, inviter) = invitation::inviter(services, conn, by).await?;
    let key = storage::invitations::key_of(conn, guest.id).await?.ok_or(AppError::Internal)?;
    let PlaceRow { deleted, owned, rules, .. } = place;
    let facts = policy::Facts {
        organisation,
        inviter: &inviter,
        place: Some(policy::Place { gone: *deleted, guests_allowed: rules.allowed, owned: *owned }),
        domain: key.domain(),
        known: Some(invitation::known(guest)),
        sent: policy::Sent::default(),
    };
    let reasons = policy::decide(&facts, policy::Request::Invite { mails: false }).reasons;
    // What somebody has goes on while inviting rests.
    let counts = |reason: &Reason| !reason.is_about_rights() && *reason != Reason::Paused;
    match reasons.into_iter().find(counts) {
        Some(reason) => Err(AppError::Denied { reason }),
        None => Ok(()),
    }
}
