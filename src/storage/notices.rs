//! What people are told of later, and how they want to be told.

use super::{Conn, on};
use crate::domain::{
    ids::{NoticeId, UserId},
    notice::{Notice, Telling},
    time::Timestamp,
};

/// How somebody wants to be told.
///
/// # Errors
/// What the engine says.
pub async fn telling(conn: &mut Conn<'_>, user: UserId) -> sqlx::Result<Option<Telling>> {
    const SQL: &str = "SELECT notices FROM users WHERE id = $1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(user).fetch_optional(c).await)
}

/// Changes how somebody wants to be told.
///
/// # Errors
/// What the engine says.
pub async fn set_telling(conn: &mut Conn<'_>, user: UserId, telling: Telling) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE users SET notices = $2 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(user).bind(telling).execute(c).await.map(drop))
}

/// Keeps a notice for the day's mail.
///
/// # Errors
/// What the engine says.
pub async fn keep(
    conn: &mut Conn<'_>,
    id: NoticeId,
    user: UserId,
    kind: Notice,
    data: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO notices (id, user_id, kind, data, created_at) VALUES ($1, $2, $3, $4, $5)";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(user).bind(kind).bind(data).bind(at).execute(c).await.map(drop))
}

/// Whose notices from before wait.
///
/// # Errors
/// What the engine says.
pub async fn waiting(conn: &mut Conn<'_>, before: Timestamp) -> sqlx::Result<Vec<UserId>> {
    const SQL: &str = "SELECT DISTINCT user_id FROM notices WHERE created_at < $1 LIMIT 100";
    on!(conn, c => sqlx::query_scalar(SQL).bind(before).fetch_all(c).await)
}

/// Takes somebody's notices from before, the oldest first: kind and data.
///
/// # Errors
/// What the engine says.
pub async fn take(conn: &mut Conn<'_>, user: UserId, before: Timestamp) -> sqlx::Result<Vec<(Notice, String)>> {
    const READ: &str = "SELECT kind, data FROM notices WHERE user_id = $1 AND created_at < $2 ORDER BY created_at, id
        LIMIT 200";
    const CLEAR: &str = "DELETE FROM notices WHERE id IN (SELECT id FROM notices
        WHERE user_id = $1 AND created_at < $2 ORDER BY created_at, id LIMIT 200)";
    let rows = on!(conn, c => sqlx::query_as(READ).bind(user).bind(before).fetch_all(c).await)?;
    on!(conn, c => sqlx::query(CLEAR).bind(user).bind(before).execute(c).await.map(drop))?;
    Ok(rows)
}
