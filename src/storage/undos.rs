//! What was done and can be undone for a while.

use super::{Conn, on};
use crate::domain::{
    ids::{UndoId, UserId},
    time::Timestamp,
};

/// Something that can be undone.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Undo {
    /// Who did it.
    pub user_id: UserId,
    /// What it was and what is needed to put it back, as JSON.
    pub step: String,
    /// When it was done.
    pub created_at: Timestamp,
    /// When it was undone.
    pub used_at: Option<Timestamp>,
}

/// Keeps what is needed to put something back.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, id: UndoId, user: UserId, step: &str, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO undos (id, user_id, step, created_at) VALUES ($1, $2, $3, $4)";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(user).bind(step).bind(at).execute(c).await.map(drop))
}

/// One of them.
///
/// # Errors
/// What the engine says.
pub async fn by_id(conn: &mut Conn<'_>, id: UndoId) -> sqlx::Result<Option<Undo>> {
    const SQL: &str = "SELECT user_id, step, created_at, used_at FROM undos WHERE id = $1";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// What somebody did since then and has not undone, the newest first.
///
/// # Errors
/// What the engine says.
pub async fn of(conn: &mut Conn<'_>, user: UserId, since: Timestamp) -> sqlx::Result<Vec<(UndoId, String)>> {
    const SQL: &str = "SELECT id, step FROM undos WHERE user_id = $1 AND created_at > $2 AND used_at IS NULL
        ORDER BY created_at DESC, id LIMIT 20";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(since).fetch_all(c).await)
}

/// Marks it as used: of two who try, one succeeds.
///
/// # Errors
/// What the engine says.
pub async fn take(conn: &mut Conn<'_>, id: UndoId, at: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE undos SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(at).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Forgets those from before.
///
/// # Errors
/// What the engine says.
pub async fn purge(conn: &mut Conn<'_>, before: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM undos WHERE created_at < $1";
    on!(conn, c => sqlx::query(SQL).bind(before).execute(c).await.map(drop))
}
