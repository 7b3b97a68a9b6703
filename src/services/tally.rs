//! Counting what reports are made of, within the transaction in which it comes about. An invitation that was withdrawn
//! and brought back counts as if it had never been withdrawn.

use super::{Services, calendar};
use crate::{
    domain::{
        error::AppError,
        ids::UserId,
        invitation::{Target, TargetState},
        report::{BUCKET, Dimension, RESULT, SUCCESS, TYPE, Tally, bucket},
        time::{MINUTE, Timestamp},
        user::User,
    },
    storage::{
        self, Conn,
        counts::key_of,
        invitations::{Invitation, StoredTarget},
    },
};

/// What an invitation is counted by.
pub(super) struct Of<'a> {
    /// Who invited.
    pub inviter: UserId,
    /// The domain of the guest's address.
    pub domain: &'a str,
    /// What it is for.
    pub targets: &'a [Target],
}

/// A dimension, and the key under it.
type Key = (&'static str, String);

fn keyed(target: Target) -> Key {
    let dimension = match target {
        Target::Group(_) => Dimension::Group,
        Target::App(_) => Dimension::App,
    };
    (dimension.as_str(), key_of(target.id()))
}

fn keys(of: &Of<'_>) -> Vec<Key> {
    let whose =
        [(Dimension::Domain.as_str(), of.domain.to_owned()), (Dimension::Inviter.as_str(), key_of(of.inviter.0))];
    whose.into_iter().chain(of.targets.iter().copied().map(keyed)).collect()
}

fn borrowed(keys: &[Key]) -> Vec<(&str, &str)> {
    keys.iter().map(|(dimension, key)| (*dimension, key.as_str())).collect()
}

/// Counts what became of an invitation: in all, by domain and inviter, and by what it is for.
pub(super) async fn invitation(
    services: &Services,
    conn: &mut Conn<'_>,
    what: Tally,
    of: Of<'_>,
) -> Result<(), AppError> {
    Ok(storage::counts::tally(conn, what, services.now(), &borrowed(&keys(&of))).await?)
}

/// Counts only by what an invitation is for: what joins it, leaves it or is not wanted of it.
pub(super) async fn targets(
    services: &Services,
    conn: &mut Conn<'_>,
    what: Tally,
    targets: &[Target],
) -> Result<(), AppError> {
    let places: Vec<Key> = targets.iter().copied().map(keyed).collect();
    Ok(storage::counts::tally_under(conn, what, services.now(), &borrowed(&places)).await?)
}

/// Those targets that wait for the guest.
pub(super) fn open<'t>(targets: impl IntoIterator<Item = &'t StoredTarget>) -> Vec<Target> {
    targets.into_iter().filter(|one| one.state == TargetState::Pending).filter_map(StoredTarget::target).collect()
}

/// What an invitation is counted by as it stands.
async fn keys_now(conn: &mut Conn<'_>, of: &Invitation) -> Result<Vec<Key>, AppError> {
    let key = storage::invitations::key_of(conn, of.guest_id).await?;
    let domain = key.as_ref().map_or("", |key| key.domain());
    let targets = open(&storage::invitations::targets_of(conn, of.id).await?);
    Ok(keys(&Of { inviter: of.inviter_id, domain, targets: &targets }))
}

/// Counts what became of an invitation, before its targets are closed.
pub(super) async fn settled(
    services: &Services,
    conn: &mut Conn<'_>,
    what: Tally,
    of: &Invitation,
) -> Result<(), AppError> {
    let keys = keys_now(conn, of).await?;
    Ok(storage::counts::tally(conn, what, services.now(), &borrowed(&keys)).await?)
}

/// Takes the end of an invitation (`what`, counted `at`) off the counts, after its targets were opened again.
pub(super) async fn brought_back(
    conn: &mut Conn<'_>,
    what: Tally,
    of: &Invitation,
    domain: &str,
    at: Timestamp,
) -> Result<(), AppError> {
    let targets = open(&storage::invitations::targets_of(conn, of.id).await?);
    let keys = keys(&Of { inviter: of.inviter_id, domain, targets: &targets });
    Ok(storage::counts::untally(conn, what, at, &borrowed(&keys)).await?)
}

/// Counts that an invitation was accepted, and how long that took. `before` is what it was for; what of it has not
/// been taken counts as declined.
pub(super) async fn accepted(
    services: &Services,
    conn: &mut Conn<'_>,
    of: &Invitation,
    domain: &str,
    before: &[StoredTarget],
) -> Result<(), AppError> {
    let now = services.now();
    let offered = open(before);
    let after = storage::invitations::targets_of(conn, of.id).await?;
    let refused = |target: &Target| {
        !after.iter().any(|one| {
            one.target() == Some(*target) && matches!(one.state, TargetState::Granted | TargetState::Waiting)
        })
    };
    let (declined, taken): (Vec<Target>, Vec<Target>) = offered.into_iter().partition(refused);
    invitation(services, conn, Tally::Accepted, Of { inviter: of.inviter_id, domain, targets: &taken }).await?;
    targets(services, conn, Tally::Declined, &declined).await?;
    let took = bucket((now.0 - of.created_at.0) / MINUTE);
    Ok(storage::counts::tally(conn, Tally::Took, now, &[(BUCKET, &took)]).await?)
}

/// Counts a sign-in, and the person among those who were active in this month.
pub(super) async fn signed_in(services: &Services, conn: &mut Conn<'_>, user: &User) -> Result<(), AppError> {
    let now = services.now();
    storage::counts::tally(conn, Tally::SignIn, now, &[(RESULT, SUCCESS)]).await?;
    let month = calendar::month_of(now);
    if storage::counts::active_in(conn, user.id, month).await? {
        let by = [(TYPE, user.user_type.as_str())];
        storage::counts::tally(conn, Tally::Active, calendar::month_begins(month), &by).await?;
    }
    Ok(())
}

/// Counts a sign-in that failed, by the reason that the trail gives.
pub(super) async fn sign_in_failed(services: &Services, conn: &mut Conn<'_>, reason: &str) -> Result<(), AppError> {
    Ok(storage::counts::tally(conn, Tally::SignIn, services.now(), &[(RESULT, reason)]).await?)
}
