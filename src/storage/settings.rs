//! The organisation's settings: rows of key and JSON value.

use super::{Conn, on};
use crate::domain::{ids::UserId, time::Timestamp};

/// All settings that differ from their default.
///
/// # Errors
/// What the engine says.
pub async fn all(conn: &mut Conn<'_>) -> sqlx::Result<Vec<(String, String)>> {
    const SQL: &str = "SELECT key, value FROM settings";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}

/// Sets one.
///
/// # Errors
/// What the engine says.
pub async fn set(conn: &mut Conn<'_>, key: &str, value: &str, at: Timestamp, by: Option<UserId>) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO settings (key, value, changed_at, changed_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at,
            changed_by = excluded.changed_by";
    on!(conn, c => sqlx::query(SQL).bind(key).bind(value).bind(at).bind(by).execute(c).await.map(drop))
}
