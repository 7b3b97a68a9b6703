//! What owners decide about groups and apps, who the owners are, and who asks to come in.

use super::{Conn, on, search};
use crate::domain::{
    ids::{AppId, AppRoleId, GroupId, JoinRequestId, UserId},
    invitation::Target,
    tending::{GuestRules, JoinPolicy},
    time::Timestamp,
};

/// A group as its owners change it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GroupRow {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How one gets in.
    pub join_policy: JoinPolicy,
    /// How guests have it.
    #[sqlx(flatten)]
    pub rules: GuestRules,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
}

/// A group as its owners change it, deleted ones too.
///
/// # Errors
/// What the engine says.
pub async fn group(conn: &mut Conn<'_>, id: GroupId) -> sqlx::Result<Option<GroupRow>> {
    const SQL: &str = "SELECT name, description, join_policy, guests_allowed, most_guests, default_days, longest_days,
            may_override, deleted_at, version
        FROM directory_groups WHERE id = $1";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// Changes a group, if it is still as it was read. `false` if somebody was faster.
///
/// # Errors
/// What the engine says.
pub async fn update_group(conn: &mut Conn<'_>, id: GroupId, new: &GroupRow) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE directory_groups SET name = $2, description = $3, join_policy = $4, guests_allowed = $5,
            most_guests = $6, default_days = $7, longest_days = $8, may_override = $9, deleted_at = $10,
            version = version + 1
        WHERE id = $1 AND version = $11";
    let rows = on!(&mut *conn, c => sqlx::query(SQL).bind(id).bind(&new.name).bind(&new.description).bind(new.join_policy)
        .bind(new.rules.allowed).bind(new.rules.most).bind(new.rules.default_days).bind(new.rules.longest_days)
        .bind(new.rules.may_override).bind(new.deleted_at).bind(new.version).execute(c).await.map(|r| r.rows_affected()))?;
    search::index(conn, "group", id.0, &[&new.name, &new.description]).await?;
    Ok(rows == 1)
}

/// An app as its owners change it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AppRow {
    /// Its name; not theirs to change.
    pub name: String,
    /// One line about it.
    pub note: String,
    /// How to use it.
    pub instructions: String,
    /// Its category, or empty.
    pub category: String,
    /// How guests have it.
    #[sqlx(flatten)]
    pub rules: GuestRules,
    /// Grows with each change.
    pub version: i64,
}

/// An app as its owners change it.
///
/// # Errors
/// What the engine says.
pub async fn app(conn: &mut Conn<'_>, id: AppId) -> sqlx::Result<Option<AppRow>> {
    const SQL: &str = "SELECT name, note, instructions, category, guests_allowed, most_guests, default_days,
            longest_days, may_override, version
        FROM apps WHERE id = $1 AND deleted_at IS NULL";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// Changes an app, if it is still as it was read. `false` if somebody was faster.
///
/// # Errors
/// What the engine says.
pub async fn update_app(conn: &mut Conn<'_>, id: AppId, new: &AppRow) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE apps SET note = $2, instructions = $3, category = $4, guests_allowed = $5,
            most_guests = $6, default_days = $7, longest_days = $8, may_override = $9, version = version + 1
        WHERE id = $1 AND version = $10";
    let rows = on!(&mut *conn, c => sqlx::query(SQL).bind(id).bind(&new.note).bind(&new.instructions).bind(&new.category)
        .bind(new.rules.allowed).bind(new.rules.most).bind(new.rules.default_days).bind(new.rules.longest_days)
        .bind(new.rules.may_override).bind(new.version).execute(c).await.map(|r| r.rows_affected()))?;
    search::index(conn, "app", id.0, &[&new.name, &new.note]).await?;
    Ok(rows == 1)
}

/// Replaces an app's picture.
///
/// # Errors
/// What the engine says.
pub async fn set_icon(conn: &mut Conn<'_>, id: AppId, media_type: &str, bytes: &[u8]) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE apps SET icon_type = $2, icon = $3, version = version + 1 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(media_type).bind(bytes).execute(c).await.map(drop))
}

/// Whether a group or app has as many guests as that, or more. No more are counted.
///
/// # Errors
/// What the engine says.
pub async fn has_guests(conn: &mut Conn<'_>, target: Target, most: i64) -> sqlx::Result<bool> {
    const GROUP: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM group_members m JOIN users u ON u.id = m.user_id
        WHERE m.group_id = $1 AND u.user_type = 'guest' AND u.deleted_at IS NULL LIMIT $2) AS guests";
    const APP: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM app_assignments m JOIN users u ON u.id = m.user_id
        WHERE m.app_id = $1 AND u.user_type = 'guest' AND u.deleted_at IS NULL LIMIT $2) AS guests";
    let sql = if target.group().is_some() { GROUP } else { APP };
    let found: i64 = on!(conn, c => sqlx::query_scalar(sql).bind(target.id()).bind(most).fetch_one(c).await)?;
    Ok(found >= most)
}

/// Owners of a group or app: id, name, address.
///
/// # Errors
/// What the engine says.
pub async fn owners(conn: &mut Conn<'_>, target: Target) -> sqlx::Result<Vec<(UserId, String, String)>> {
    const GROUP: &str = "SELECT u.id, u.name, u.email FROM group_owners o JOIN users u ON u.id = o.user_id
        WHERE o.group_id = $1 AND u.deleted_at IS NULL ORDER BY o.since, u.id LIMIT 50";
    const APP: &str = "SELECT u.id, u.name, u.email FROM app_owners o JOIN users u ON u.id = o.user_id
        WHERE o.app_id = $1 AND u.deleted_at IS NULL ORDER BY o.since, u.id LIMIT 50";
    let sql = if target.group().is_some() { GROUP } else { APP };
    on!(conn, c => sqlx::query_as(sql).bind(target.id()).fetch_all(c).await)
}

/// Makes somebody an owner no longer. `false` if they were none.
///
/// # Errors
/// What the engine says.
pub async fn remove_owner(conn: &mut Conn<'_>, target: Target, user: UserId) -> sqlx::Result<bool> {
    const GROUP: &str = "DELETE FROM group_owners WHERE group_id = $1 AND user_id = $2";
    const APP: &str = "DELETE FROM app_owners WHERE app_id = $1 AND user_id = $2";
    let sql = if target.group().is_some() { GROUP } else { APP };
    let rows =
        on!(conn, c => sqlx::query(sql).bind(target.id()).bind(user).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// A group that has access to an app.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GroupAccess {
    /// The group.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Whether its guests get in although the app's guest switch is off.
    pub for_guests: bool,
    /// Its role in the app.
    pub app_role_id: Option<AppRoleId>,
}

/// The groups that have access to an app, by name.
///
/// # Errors
/// What the engine says.
pub async fn groups_of(conn: &mut Conn<'_>, app: AppId) -> sqlx::Result<Vec<GroupAccess>> {
    const SQL: &str = "SELECT g.id, g.name, a.for_guests, a.app_role_id FROM app_assignments a
        JOIN directory_groups g ON g.id = a.group_id AND g.deleted_at IS NULL
        WHERE a.app_id = $1 ORDER BY g.name, g.id LIMIT 200";
    on!(conn, c => sqlx::query_as(SQL).bind(app).fetch_all(c).await)
}

/// Lets a group's guests in although the app's guest switch is off, or no longer. `false` if it is so already, or the
/// group has no access.
///
/// # Errors
/// What the engine says.
pub async fn set_for_guests(conn: &mut Conn<'_>, app: AppId, group: GroupId, on: bool) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE app_assignments SET for_guests = $3
        WHERE app_id = $1 AND group_id = $2 AND for_guests <> $3";
    let rows = on!(conn, c => sqlx::query(SQL).bind(app).bind(group).bind(on).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes an app from a group. `false` if the group did not have it.
///
/// # Errors
/// What the engine says.
pub async fn remove_group(conn: &mut Conn<'_>, app: AppId, group: GroupId) -> sqlx::Result<bool> {
    const SQL: &str = "DELETE FROM app_assignments WHERE app_id = $1 AND group_id = $2";
    let rows = on!(conn, c => sqlx::query(SQL).bind(app).bind(group).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Launches of an app since then: how many, and by how many people.
///
/// # Errors
/// What the engine says.
pub async fn launches(conn: &mut Conn<'_>, app: AppId, since: Timestamp) -> sqlx::Result<(i64, i64)> {
    const SQL: &str = "SELECT COUNT(*), COUNT(DISTINCT user_id) FROM launches WHERE app_id = $1 AND at >= $2";
    on!(conn, c => sqlx::query_as(SQL).bind(app).bind(since).fetch_one(c).await)
}

/// Groups that somebody may join, and whether they have asked to, by name, behind the one given: those that are not
/// closed and that they neither own nor are in.
///
/// # Errors
/// What the engine says.
pub async fn joinable(
    conn: &mut Conn<'_>,
    user: UserId,
    guest: bool,
    after: Option<GroupId>,
    limit: i64,
) -> sqlx::Result<Vec<(GroupId, String, String, bool)>> {
    const SQL: &str = "SELECT g.id, g.name, g.description, EXISTS (SELECT 1 FROM join_requests r
                WHERE r.group_id = g.id AND r.user_id = $1 AND r.state = 'open')
        FROM directory_groups g
        WHERE g.deleted_at IS NULL AND g.join_policy <> 'closed' AND (g.guests_allowed OR NOT $4)
            AND ($2 IS NULL OR (g.name, g.id) > (SELECT name, id FROM directory_groups WHERE id = $2))
            AND NOT EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.id AND m.user_id = $1)
            AND NOT EXISTS (SELECT 1 FROM group_owners o WHERE o.group_id = g.id AND o.user_id = $1)
        ORDER BY g.name, g.id LIMIT $3";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(after).bind(limit).bind(guest).fetch_all(c).await)
}

/// Somebody's wish to be in a group.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Request {
    /// Its id.
    pub id: JoinRequestId,
    /// Which group.
    pub group_id: GroupId,
    /// Who.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// What they say.
    pub word: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// Stores a wish. `false` if there is an open one.
///
/// # Errors
/// What the engine says.
pub async fn ask(
    conn: &mut Conn<'_>,
    id: JoinRequestId,
    group: GroupId,
    user: UserId,
    word: &str,
    at: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "INSERT INTO join_requests (id, group_id, user_id, word, state, created_at)
        VALUES ($1, $2, $3, $4, 'open', $5) ON CONFLICT DO NOTHING";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(group).bind(user).bind(word).bind(at).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

macro_rules! requests {
    ($where:literal) => {
        concat!(
            "SELECT r.id, r.group_id, r.user_id, u.name, u.email, r.word, r.created_at
            FROM join_requests r JOIN users u ON u.id = r.user_id AND u.enabled AND u.deleted_at IS NULL
            WHERE ",
            $where,
            " ORDER BY r.created_at, r.id LIMIT 100"
        )
    };
}

/// The open wishes to be in a group, the oldest first.
///
/// # Errors
/// What the engine says.
pub async fn requests_of(conn: &mut Conn<'_>, group: GroupId) -> sqlx::Result<Vec<Request>> {
    on!(conn, c => sqlx::query_as(requests!("r.state = 'open' AND r.group_id = $1")).bind(group).fetch_all(c).await)
}

/// How many ask to be in each of the groups that somebody owns.
///
/// # Errors
/// What the engine says.
pub async fn requests_to(conn: &mut Conn<'_>, owner: UserId) -> sqlx::Result<Vec<(GroupId, i64)>> {
    const SQL: &str = "SELECT r.group_id, COUNT(*) FROM group_owners o
            JOIN join_requests r ON r.group_id = o.group_id AND r.state = 'open'
        WHERE o.user_id = $1 GROUP BY r.group_id LIMIT 200";
    on!(conn, c => sqlx::query_as(SQL).bind(owner).fetch_all(c).await)
}

/// Somebody's own open wish.
///
/// # Errors
/// What the engine says.
pub async fn request_by(conn: &mut Conn<'_>, group: GroupId, user: UserId) -> sqlx::Result<Option<Request>> {
    const SQL: &str = requests!("r.state = 'open' AND r.group_id = $1 AND r.user_id = $2");
    on!(conn, c => sqlx::query_as(SQL).bind(group).bind(user).fetch_optional(c).await)
}

/// One wish, answered or not.
///
/// # Errors
/// What the engine says.
pub async fn request(conn: &mut Conn<'_>, id: JoinRequestId) -> sqlx::Result<Option<Request>> {
    on!(conn, c => sqlx::query_as(requests!("r.id = $1")).bind(id).fetch_optional(c).await)
}

/// Takes one's own open wish back. `false` if there is none.
///
/// # Errors
/// What the engine says.
pub async fn take_back(conn: &mut Conn<'_>, group: GroupId, user: UserId) -> sqlx::Result<bool> {
    const SQL: &str = "DELETE FROM join_requests WHERE group_id = $1 AND user_id = $2 AND state = 'open'";
    let rows = on!(conn, c => sqlx::query(SQL).bind(group).bind(user).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Answers a wish. `false` if it was answered before.
///
/// # Errors
/// What the engine says.
pub async fn answer(
    conn: &mut Conn<'_>,
    id: JoinRequestId,
    granted: bool,
    by: UserId,
    at: Timestamp,
) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE join_requests SET state = $2, decided_by = $3, decided_at = $4
        WHERE id = $1 AND state = 'open'";
    let state = if granted { "granted" } else { "refused" };
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(state).bind(by).bind(at).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}
