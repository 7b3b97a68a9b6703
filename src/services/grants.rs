//! The one way to a grant. However somebody comes to have something, or to have it longer (joined, let in, added, taken
//! back, undone, extended), it is asked here whether policy and the owners' rules of this moment let a guest have it.
//! Whether whoever does it may do it at all is asked before. What members have is not bounded.

use super::{Services, calendar::Calendar, invitation, organisation};
use crate::{
    domain::{
        error::AppError,
        ids::UserId,
        invitation::Target,
        language::Language,
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
    let (Wanted::New(until) | Wanted::Again(until) | Wanted::Until(until)) = wanted;
    if user.user_type != UserType::Guest {
        return Ok(until);
    }
    let held = storage::grants::of(conn, user.id, target).await?;
    let is_longer = match wanted {
        Wanted::New(_) | Wanted::Again(_) => true,
        Wanted::Until(until) => {
            held.is_some_and(|held| held.until.is_some_and(|before| until.is_none_or(|after| after > before)))
        }
    };
    if is_longer {
        may_go_on(services, conn, by, user, &place).await?;
    }
    // Who has it already takes no further place.
    if let Some(most) = place.rules.most.filter(|_| held.is_none())
        && storage::tending::has_guests(conn, target, most).await?
    {
        return Err(denied(Reason::Full));
    }
    let ended = until.is_some_and(|until| until <= now);
    match wanted {
        Wanted::New(_) => {
            let end = place.rules.end(until, now).map_err(|_| denied(Reason::TooLong))?;
            let calendar = Calendar::new(&organisation::load(conn).await?, Language::En);
            Ok(end.and_then(|end| calendar.end_of_day(end)))
        }
        // What has ended stays ended, however long it was.
        Wanted::Again(_) if ended => Ok(until),
        Wanted::Again(_) | Wanted::Until(_) if place.rules.is_too_long(until, now) => Err(denied(Reason::TooLong)),
        Wanted::Again(_) | Wanted::Until(_) => Ok(until),
    }
}

/// Whether policy lets a guest's access go on: the guest switch, the domain lists, the switch for all invitations.
async fn may_go_on(
    services: &Services,
    conn: &mut Conn<'_>,
    by: UserId,
    guest: &User,
    place: &PlaceRow,
) -> Result<(), AppError> {
    let organisation = organisation::load(conn).await?;
    let (_, inviter) = invitation::inviter(services, conn, by).await?;
    let key = storage::invitations::key_of(conn, guest.id).await?.ok_or(AppError::Internal)?;
    let PlaceRow { deleted, owned, rules, .. } = place;
    let facts = policy::Facts {
        organisation: &organisation,
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
