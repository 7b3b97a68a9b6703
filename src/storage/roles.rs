//! Directory roles: who holds which, from whom, until when.

use super::{Conn, on};
use crate::domain::{ids::UserId, time::Timestamp, user::Role};

/// A role that somebody holds.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Holding {
    /// Who.
    pub user_id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Which.
    pub role: Role,
    /// For this domain only.
    pub scope: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
    /// Who gave it.
    pub by_name: Option<String>,
}

/// All roles in force, by role and name.
///
/// # Errors
/// What the engine says.
pub async fn all(conn: &mut Conn<'_>, now: Timestamp) -> sqlx::Result<Vec<Holding>> {
    const SQL: &str = "SELECT r.user_id, u.name, u.email, r.role, r.scope, r.since, r.until, b.name AS by_name
        FROM user_roles r JOIN users u ON u.id = r.user_id LEFT JOIN users b ON b.id = r.granted_by
        WHERE r.until IS NULL OR r.until > $1 ORDER BY r.role, LOWER(u.name), u.id LIMIT 500";
    on!(conn, c => sqlx::query_as(SQL).bind(now).fetch_all(c).await)
}

/// The roles in force of one person.
///
/// # Errors
/// What the engine says.
pub async fn of(conn: &mut Conn<'_>, user: UserId, now: Timestamp) -> sqlx::Result<Vec<Holding>> {
    const SQL: &str = "SELECT r.user_id, u.name, u.email, r.role, r.scope, r.since, r.until, b.name AS by_name
        FROM user_roles r JOIN users u ON u.id = r.user_id LEFT JOIN users b ON b.id = r.granted_by
        WHERE r.user_id = $1 AND (r.until IS NULL OR r.until > $2) ORDER BY r.role";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(now).fetch_all(c).await)
}

/// Gives a role, in place of the same role with another end.
///
/// # Errors
/// What the engine says.
pub async fn give(
    conn: &mut Conn<'_>,
    user: UserId,
    role: Role,
    (since, until): (Timestamp, Option<Timestamp>),
    scope: &str,
    by: Option<UserId>,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO user_roles (user_id, role, since, until, scope, granted_by)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (user_id, role) DO UPDATE SET since = excluded.since, until = excluded.until,
            scope = excluded.scope, granted_by = excluded.granted_by";
    on!(conn, c => sqlx::query(SQL).bind(user).bind(role).bind(since).bind(until).bind(scope).bind(by)
        .execute(c).await.map(drop))
}

/// Takes a role. `false` if it is not held.
///
/// # Errors
/// What the engine says.
pub async fn take(conn: &mut Conn<'_>, user: UserId, role: Role) -> sqlx::Result<bool> {
    const SQL: &str = "DELETE FROM user_roles WHERE user_id = $1 AND role = $2";
    let rows = on!(conn, c => sqlx::query(SQL).bind(user).bind(role).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// The only domain for which somebody's role holds, if it does not hold everywhere.
///
/// # Errors
/// What the engine says.
pub async fn scope_of(conn: &mut Conn<'_>, user: UserId, role: Role) -> sqlx::Result<Option<String>> {
    const SQL: &str = "SELECT scope FROM user_roles WHERE user_id = $1 AND role = $2 AND scope <> ''";
    on!(conn, c => sqlx::query_scalar(SQL).bind(user).bind(role).fetch_optional(c).await)
}
