//! What time does by itself: access ends and people are told before, pending invitations are remembered, links run out.
//! Each step is a transaction of its own that marks what it did, so it may run in several processes and run twice.

use super::{
    Services,
    audit::{self, Event},
    calendar::Calendar,
    invitation::resource,
    notices::{self, About},
    organisation, people, steering,
};
use crate::{
    domain::{
        actor::Origin,
        audit::Activity,
        error::AppError,
        ids::InvitationId,
        language::Language,
        notice::{Notice, is_quiet},
        steering::Relation,
        time::{DAY, Timestamp},
        user::UserType,
    },
    storage::{self, grants::Ending},
};

/// People are told so long before access ends, in milliseconds; who has it hardly longer is told only the day before.
pub(super) const FIRST_NOTICE: i64 = 14 * DAY;
const LAST_NOTICE: i64 = DAY;

/// Tells of access that ends soon, and records what has ended. (It ends by computation, to the moment; this says so.)
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn end_access(services: &Services) -> Result<(), AppError> {
    loop {
        let now = services.now();
        let horizons = [now.plus(FIRST_NOTICE), now.plus(LAST_NOTICE), now];
        let due = storage::grants::ending(&mut services.db.read().await?.conn(), horizons).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut settled = false;
        for ending in due {
            settled |= end_one(services, now, &ending).await?;
        }
        // Another process is at it, or changed what was read: the next round sees what is left.
        if !settled {
            return Ok(());
        }
    }
}

/// `false` if there was nothing to do any more.
async fn end_one(services: &Services, now: Timestamp, ending: &Ending) -> Result<bool, AppError> {
    let Some(target) = ending.target() else { return Ok(false) };
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let step = match ending.until {
        until if until <= now => 3,
        until if until <= now.plus(LAST_NOTICE) => 2,
        _ => 1,
    };
    if !storage::grants::mark_end_told(conn, ending.user_id, target, ending.until, step).await? {
        return Ok(false);
    }
    let Some(user) = storage::users::by_id(conn, ending.user_id).await? else { return Ok(false) };
    let is_short = ending.until.0 - ending.since.0 <= FIRST_NOTICE + DAY;
    if step == 3 && ending.counts {
        let origin = services.own_origin("Access ends");
        let event = Event::new(Activity::END_ACCESS)
            .to_user(&user)
            .to(resource(target), target.id().to_string(), &ending.name)
            .detail("AccessUntil", &super::calendar::rfc3339(ending.until));
        audit::record(services, conn, &origin, event).await?;
    } else if step < 3 && user.is_active() && ending.counts && !(step == 1 && is_short) {
        let sponsor = storage::sponsors::of(conn, user.id).await?.into_iter().next().map(|(id, _)| id);
        let about = About {
            person: Some(user.id),
            by: sponsor.or(ending.granted_by),
            target: Some(target),
            until: Some(ending.until),
            ..About::default()
        };
        notices::tell(services, conn, user.id, Notice::YoursEndsSoon, &about).await?;
        if user.user_type == UserType::Guest {
            notices::tell_sponsors(services, conn, user.id, Notice::EndsSoon, &about).await?;
        }
    }
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(true)
}

/// Tells inviters of links that have run out without an answer.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn tell_run_out(services: &Services) -> Result<(), AppError> {
    let ids = storage::invitations::run_out(&mut services.db.read().await?.conn(), services.now()).await?;
    for id in ids {
        let mut tx = services.db.write().await?;
        let conn = &mut tx.conn();
        let Some(invitation) = storage::invitations::by_id(conn, id).await? else { continue };
        if storage::invitations::mark_run_out(conn, id, services.now()).await? {
            let about = About { person: Some(invitation.guest_id), invitation: Some(id), ..About::default() };
            notices::tell(services, conn, invitation.inviter_id, Notice::RunOut, &about).await?;
            tx.commit().await?;
            services.mail_waits.notify_one();
        }
    }
    Ok(())
}

/// Reminds guests of invitations that wait, outside the organisation's quiet hours.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn remind(services: &Services) -> Result<(), AppError> {
    let now = services.now();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let organisation = organisation::load(conn).await?;
    let hour = Calendar::new(&organisation, Language::En).hour(now);
    if organisation.paused {
        return Ok(());
    }
    if is_quiet(hour, organisation.quiet_from, organisation.quiet_until) {
        return Ok(());
    }
    let ids = storage::invitations::to_remind(conn, now).await?;
    drop(held);
    for id in ids {
        remind_one(services, id).await?;
    }
    Ok(())
}

async fn remind_one(services: &Services, id: InvitationId) -> Result<(), AppError> {
    let now = services.now();
    let mut tx = services.db.write().await?;
    let conn = &mut tx.conn();
    let organisation = organisation::load(conn).await?;
    let found = steering::load(services, conn, id, vec![Relation::Inviter]).await?;
    let reminders = storage::invitations::reminders(conn, id).await?;
    // Another instance may have been here, and the setting may have changed.
    let Some((sent, Some(due))) = reminders.filter(|(_, due)| due.is_some_and(|due| due <= now)) else {
        return Ok(());
    };
    let inviter = people::actor(services, conn, found.invitation.inviter_id).await?.map(|(actor, _)| actor);
    let may = match (&inviter, sent < i64::from(organisation.reminders)) {
        (Some(actor), true) => match steering::may_be_mailed(services, conn, &organisation, actor, &found).await {
            // Past a cap it stays due.
            Err(AppError::Denied { .. }) => return Ok(()),
            may => may?,
        },
        _ => None,
    };
    let Some(key) = may else {
        storage::invitations::schedule_reminder(conn, id, sent, None).await?;
        return Ok(tx.commit().await?);
    };
    super::invitation::mail_reminder(services, conn, &found.invitation, &key).await?;
    let left = found.invitation.link_until.0 - now.0;
    let next = (sent + 1 < i64::from(organisation.reminders)).then(|| now.plus(left / 2));
    storage::invitations::schedule_reminder(conn, id, sent + 1, next).await?;
    let origin: Origin = services.own_origin("Reminders");
    let event = Event::new(Activity::REMIND_INVITE)
        .to_user(&found.guest)
        .detail("InvitationId", &id.to_string())
        .detail("due", &super::calendar::rfc3339(due));
    audit::record(services, conn, &origin, event).await?;
    tx.commit().await?;
    services.mail_waits.notify_one();
    Ok(())
}
