//! What administrators and their delegates see and do for the whole organisation. Who may is the table of
//! `domain::roles`.

pub mod members;
pub mod people;
pub mod person;
pub mod places;
pub mod reports;
pub mod roles;
pub mod trail;

use super::Services;
use crate::{
    domain::{
        actor::Actor,
        error::AppError,
        ids::UndoId,
        report::{RESULT, SUCCESS, Tally},
        roles::Power,
        time::{DAY, MINUTE},
        view::{Counted, DeskCounts, DeskStart, Matter, Unusual},
    },
    services::organisation,
    storage::{self, Conn, counts::IN_ALL},
};

/// Numbers on pages are exact up to here.
const BOUND: i64 = 50;
/// For so many days somebody who has not signed in is not yet inactive.
pub(super) const INACTIVE_DAYS: i64 = 90;
/// So many days make what is usual.
const USUAL_DAYS: i64 = 28;
/// Below this, a number is never unusual.
const NOTEWORTHY: i64 = 20;

/// Lets only those on whose roles have the power; to others the page does not exist.
pub(super) fn allow(actor: &Actor, power: Power) -> Result<(), AppError> {
    if actor.may(power) { Ok(()) } else { Err(AppError::NotFound) }
}

/// Lets only those see a form's page who may send it.
///
/// # Errors
/// `NotFound` for everybody else.
pub fn may_fill(actor: &Actor, form: &str) -> Result<(), AppError> {
    match form {
        "members" => allow(actor, Power::ManagePeople),
        "app" => allow(actor, Power::ManagePlaces),
        "invite-all" => allow(actor, Power::Invite),
        _ => Err(AppError::NotFound),
    }
}

/// What doing the same to several came to: how often it went well, and with whom or what not.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// How often it went well.
    pub done: usize,
    /// The last of these, by name.
    pub name: String,
    /// Where it did not, and why.
    pub failed: Vec<(String, AppError)>,
    /// How to take it back.
    pub undo: Vec<UndoId>,
}

/// What the navigation counts.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn counts(conn: &mut Conn<'_>) -> Result<DeskCounts, AppError> {
    let mut counts = DeskCounts::default();
    for (what, key, n) in storage::counts::of_directory(conn).await? {
        match (what.as_str(), key.as_str()) {
            ("users", key) if key.ends_with(".deleted") => {}
            ("users", key) if key.starts_with("guest.") => counts.guests += n,
            ("users", key) => {
                counts.members += n;
                counts.members_invited += if key.ends_with(".invited") { n } else { 0 };
            }
            ("groups", "live") => counts.groups = n,
            ("apps", "live") => counts.apps = n,
            ("invitations", "pending") => counts.pending = n,
            _ => {}
        }
    }
    Ok(counts)
}

/// The portal's first page: what needs somebody today.
///
/// # Errors
/// `NotFound` for those without a power in the portal.
pub async fn start(services: &Services, actor: &Actor) -> Result<DeskStart, AppError> {
    allow(actor, Power::SeePeople)?;
    let now = services.now();
    let mut held = services.db.read().await?;
    let conn = &mut held.conn();
    let bound = BOUND + 1;
    let found = [
        (Matter::Waiting, storage::portal::waiting(conn, bound).await?),
        (Matter::MailFailed, storage::portal::mails_failed(conn, bound).await?),
        (Matter::Unsent, storage::portal::mails_waiting(conn, now.plus(-10 * MINUTE), bound).await?),
        (Matter::Unsponsored, storage::portal::unsponsored(conn, bound).await?),
        (Matter::Ending, storage::portal::ending(conn, (now, now.plus(14 * DAY)), bound).await?),
        (Matter::RunningOut, storage::portal::running_out(conn, (now, now.plus(7 * DAY)), bound).await?),
        (Matter::Inactive, storage::portal::inactive(conn, now.plus(-INACTIVE_DAYS * DAY), bound).await?),
    ];
    let matters =
        found.into_iter().filter(|(_, n)| *n > 0).map(|(matter, n)| (matter, Counted::up_to(BOUND, n))).collect();
    let mut unusual = Vec::new();
    let today = now.day();
    let days = (today - USUAL_DAYS, today);
    let invited = storage::counts::by_day(conn, Tally::Invited, IN_ALL, days).await?;
    if let Some((today, usual)) = stands_out(&invited, today) {
        unusual.push(Unusual::Invitations { today, usual });
    }
    let all = storage::counts::by_day(conn, Tally::SignIn, IN_ALL, days).await?;
    let good = storage::counts::by_day(conn, Tally::SignIn, (RESULT, SUCCESS), days).await?;
    let succeeded = |day: i64| good.iter().find(|(one, _)| *one == day).map_or(0, |(_, n)| *n);
    let failed: Vec<(i64, i64)> = all.iter().map(|(day, n)| (*day, n - succeeded(*day))).collect();
    if let Some((today, usual)) = stands_out(&failed, today) {
        unusual.push(Unusual::FailedSignIns { today, usual });
    }
    let paused = organisation::load(conn).await?.invites_nobody();
    let fresh = storage::counts::of(conn, "invitations").await?.is_empty();
    Ok(DeskStart { matters, unusual, paused, fresh })
}

/// Today's number and the daily mean before it, if today is more than three times that.
fn stands_out(days: &[(i64, i64)], today: i64) -> Option<(i64, i64)> {
    let now = days.iter().find(|(day, _)| *day == today).map_or(0, |(_, n)| *n);
    let usual = days.iter().filter(|(day, _)| *day != today).map(|(_, n)| n).sum::<i64>() / USUAL_DAYS;
    (now >= NOTEWORTHY && now > 3 * usual).then_some((now, usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_out_is_large_and_far_from_usual() {
        let usual: Vec<(i64, i64)> = (0..28).map(|day| (day, 10)).collect();
        let with = |n: i64| stands_out(&[usual.clone(), vec![(28, n)]].concat(), 28);
        assert_eq!(with(31), Some((31, 10)));
        assert_eq!(with(30), None);
        assert_eq!(stands_out(&[(28, 19)], 28), None);
        assert_eq!(stands_out(&[(28, 20)], 28), Some((20, 0)));
    }
}
