//! Groups, their owners and their members.

use super::{Conn, on, search};
use crate::domain::{
    ids::{GroupId, UserId},
    tending::{GuestRules, JoinPolicy},
    time::Timestamp,
};

/// A group to be stored.
pub struct NewGroup<'a> {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// How one gets in.
    pub join_policy: JoinPolicy,
    /// How guests have it.
    pub rules: GuestRules,
}

/// Stores a group.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, group: &NewGroup<'_>, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str =
        "INSERT INTO directory_groups (id, name, description, join_policy, guests_allowed, most_guests, default_days,
            longest_days, may_override, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(&mut *conn, c => sqlx::query(SQL).bind(group.id).bind(group.name).bind(group.description)
        .bind(group.join_policy).bind(group.rules.allowed).bind(group.rules.most).bind(group.rules.default_days)
        .bind(group.rules.longest_days).bind(group.rules.may_override).bind(at).execute(c).await.map(drop))?;
    search::index(conn, "group", group.id.0, &[group.name, group.description]).await
}

/// Makes somebody an owner.
///
/// # Errors
/// What the engine says.
pub async fn add_owner(conn: &mut Conn<'_>, group: GroupId, user: UserId, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO group_owners (group_id, user_id, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    on!(conn, c => sqlx::query(SQL).bind(group).bind(user).bind(at).execute(c).await.map(drop))
}

/// Makes somebody a member, without end.
///
/// # Errors
/// What the engine says.
pub async fn add_member(
    conn: &mut Conn<'_>,
    group: GroupId,
    user: UserId,
    by: Option<UserId>,
    at: Timestamp,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO group_members (group_id, user_id, since, granted_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    on!(conn, c => sqlx::query(SQL).bind(group).bind(user).bind(at).bind(by).execute(c).await.map(drop))
}

/// A group as its page needs it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Group {
    /// The group.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The guest switch.
    pub guests_allowed: bool,
}

/// A group that is not deleted.
///
/// # Errors
/// What the engine says.
pub async fn by_id(conn: &mut Conn<'_>, id: GroupId) -> sqlx::Result<Option<Group>> {
    const SQL: &str = "SELECT id, name, description, guests_allowed FROM directory_groups
        WHERE id = $1 AND deleted_at IS NULL";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// Groups that somebody owns, by name.
///
/// # Errors
/// What the engine says.
pub async fn owned_by(conn: &mut Conn<'_>, user: UserId) -> sqlx::Result<Vec<Group>> {
    const SQL: &str = "SELECT g.id, g.name, g.description, g.guests_allowed
        FROM group_owners o JOIN directory_groups g ON g.id = o.group_id
        WHERE o.user_id = $1 AND g.deleted_at IS NULL ORDER BY g.name, g.id LIMIT 200";
    on!(conn, c => sqlx::query_as(SQL).bind(user).fetch_all(c).await)
}

/// Groups that somebody is in at `now`, by name.
///
/// # Errors
/// What the engine says.
pub async fn joined_by(conn: &mut Conn<'_>, user: UserId, now: Timestamp) -> sqlx::Result<Vec<Group>> {
    const SQL: &str = "SELECT g.id, g.name, g.description, g.guests_allowed
        FROM group_members m JOIN directory_groups g ON g.id = m.group_id
        WHERE m.user_id = $1 AND g.deleted_at IS NULL AND m.since <= $2 AND (m.until IS NULL OR m.until > $2)
            AND (m.invitation_id IS NULL OR EXISTS (SELECT 1 FROM invitation_targets i
                WHERE i.invitation_id = m.invitation_id AND i.group_id = m.group_id AND i.state = 'granted'))
        ORDER BY g.name, g.id LIMIT 200";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(now).fetch_all(c).await)
}

/// Whether somebody is in a group at `now`.
///
/// # Errors
/// What the engine says.
pub async fn is_in(conn: &mut Conn<'_>, user: UserId, now: Timestamp, group: GroupId) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM group_members m
        WHERE m.user_id = $1 AND m.group_id = $3 AND m.since <= $2 AND (m.until IS NULL OR m.until > $2)
            AND (m.invitation_id IS NULL OR EXISTS (SELECT 1 FROM invitation_targets i
                WHERE i.invitation_id = m.invitation_id AND i.group_id = m.group_id AND i.state = 'granted'))";
    let count: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(user).bind(now).bind(group).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Names of a group's owners who are active.
///
/// # Errors
/// What the engine says.
pub async fn owner_names(conn: &mut Conn<'_>, group: GroupId) -> sqlx::Result<Vec<String>> {
    const SQL: &str = "SELECT u.name FROM group_owners o JOIN users u ON u.id = o.user_id
        WHERE o.group_id = $1 AND u.enabled AND u.deleted_at IS NULL ORDER BY o.since, u.name LIMIT 20";
    on!(conn, c => sqlx::query_scalar(SQL).bind(group).fetch_all(c).await)
}
