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

/// Who changed a setting last.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Change {
    /// The setting.
    pub key: String,
    /// When.
    pub changed_at: Timestamp,
    /// Who, if a person.
    pub by_name: Option<String>,
}

/// Who changed each setting last.
///
/// # Errors
/// What the engine says.
pub async fn changes(conn: &mut Conn<'_>) -> sqlx::Result<Vec<Change>> {
    const SQL: &str = "SELECT s.key, s.changed_at, u.name AS by_name
        FROM settings s LEFT JOIN users u ON u.id = s.changed_by ORDER BY s.key";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}

/// Keeps a picture of the organisation's.
///
/// # Errors
/// What the engine says.
pub async fn set_picture(conn: &mut Conn<'_>, name: &str, kind: &str, bytes: &[u8], at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO pictures (name, kind, bytes, changed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, bytes = excluded.bytes, changed_at = excluded.changed_at";
    on!(conn, c => sqlx::query(SQL).bind(name).bind(kind).bind(bytes).bind(at).execute(c).await.map(drop))
}

/// Takes a picture away.
///
/// # Errors
/// What the engine says.
pub async fn remove_picture(conn: &mut Conn<'_>, name: &str) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM pictures WHERE name = $1";
    on!(conn, c => sqlx::query(SQL).bind(name).execute(c).await.map(drop))
}

/// A picture: media type and bytes.
///
/// # Errors
/// What the engine says.
pub async fn picture(conn: &mut Conn<'_>, name: &str) -> sqlx::Result<Option<(String, Vec<u8>)>> {
    const SQL: &str = "SELECT kind, bytes FROM pictures WHERE name = $1";
    on!(conn, c => sqlx::query_as(SQL).bind(name).fetch_optional(c).await)
}

/// A version of a statement, and how many have agreed to it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Statement {
    /// `privacy` or `terms`.
    pub kind: String,
    /// Its number.
    pub version: i64,
    /// Its address.
    pub url: String,
    /// Since when.
    pub since: Timestamp,
    /// How many, up to a bound.
    pub accepted: i64,
}

/// That somebody agreed to a version of a statement.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Consent {
    /// Who.
    pub user_id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// `privacy` or `terms`.
    pub kind: String,
    /// The version.
    pub version: i64,
    /// Where it was to be read.
    pub url: String,
    /// When.
    pub at: Timestamp,
}

/// What somebody agreed to, the newest first.
///
/// # Errors
/// What the engine says.
pub async fn consents_of(conn: &mut Conn<'_>, user: UserId) -> sqlx::Result<Vec<Consent>> {
    const SQL: &str = "SELECT c.user_id, u.name, u.email, c.kind, c.version, s.url, c.at FROM consents c
        JOIN users u ON u.id = c.user_id JOIN statements s ON s.kind = c.kind AND s.version = c.version
        WHERE c.user_id = $1 ORDER BY c.at DESC, c.kind LIMIT 20";
    on!(conn, c => sqlx::query_as(SQL).bind(user).fetch_all(c).await)
}

/// The next of all consents behind one, by person, kind and version.
///
/// # Errors
/// What the engine says.
pub async fn consents(
    conn: &mut Conn<'_>,
    (user, kind, version): (UserId, &str, i64),
    limit: i64,
) -> sqlx::Result<Vec<Consent>> {
    const SQL: &str = "SELECT c.user_id, u.name, u.email, c.kind, c.version, s.url, c.at FROM consents c
        JOIN users u ON u.id = c.user_id JOIN statements s ON s.kind = c.kind AND s.version = c.version
        WHERE (c.user_id, c.kind, c.version) > ($1, $2, $3) ORDER BY c.user_id, c.kind, c.version LIMIT $4";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(kind).bind(version).bind(limit).fetch_all(c).await)
}

/// The newest versions of the statements.
///
/// # Errors
/// What the engine says.
pub async fn statements(conn: &mut Conn<'_>) -> sqlx::Result<Vec<Statement>> {
    const SQL: &str = "SELECT s.kind, s.version, s.url, s.since,
            (SELECT COUNT(*) FROM (SELECT 1 AS one FROM consents c
                WHERE c.kind = s.kind AND c.version = s.version LIMIT 10001) AS found) AS accepted
        FROM statements s ORDER BY s.kind, s.version DESC LIMIT 20";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}
