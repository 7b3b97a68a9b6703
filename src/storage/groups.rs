//! Groups, their owners and their members.

use super::{Conn, on};
use crate::domain::{
    ids::{GroupId, UserId},
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
    /// The guest switch.
    pub guests_allowed: bool,
}

/// Stores a group.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, group: &NewGroup<'_>, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO directory_groups (id, name, description, guests_allowed, created_at)
        VALUES ($1, $2, $3, $4, $5)";
    on!(conn, c => sqlx::query(SQL).bind(group.id).bind(group.name).bind(group.description)
        .bind(group.guests_allowed).bind(at).execute(c).await.map(drop))
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
