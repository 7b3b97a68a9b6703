//! One-time codes and one-time links: keyed hashes and their fate.

use super::{Conn, on};
use crate::domain::{email::EmailKey, ids::CodeId, link::LinkKind, time::Timestamp};

/// A code that was asked for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Code {
    /// Its id, which the asking browser's session holds.
    pub id: CodeId,
    /// What it is good for.
    pub purpose: String,
    /// Whose address it was asked for.
    pub email_key: String,
    /// Keyed hash of the digits.
    pub code_hash: Vec<u8>,
    /// Tries that were wrong.
    pub wrong_tries: i64,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was used or replaced.
    pub ended_at: Option<Timestamp>,
    /// Whether a mailed link let its browser ask for it: then others' tries do not count.
    pub by_link: bool,
}

/// Stores a code.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, code: &Code, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO codes (id, purpose, email_key, code_hash, created_at, expires_at, by_link)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(conn, c => sqlx::query(SQL).bind(code.id).bind(&code.purpose).bind(&code.email_key).bind(&code.code_hash)
        .bind(at).bind(code.expires_at).bind(code.by_link).execute(c).await.map(drop))
}

/// A code by id.
///
/// # Errors
/// What the engine says.
pub async fn by_id(conn: &mut Conn<'_>, id: CodeId) -> sqlx::Result<Option<Code>> {
    const SQL: &str = "SELECT id, purpose, email_key, code_hash, wrong_tries, expires_at, ended_at, by_link
        FROM codes WHERE id = $1";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// How many codes were asked for this address since then, and how many tries were wrong: without those that a mailed
/// link led to.
///
/// # Errors
/// What the engine says.
pub async fn recent(conn: &mut Conn<'_>, key: &EmailKey, since: Timestamp) -> sqlx::Result<(i64, i64)> {
    const SQL: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(wrong_tries), 0) AS BIGINT)
        FROM codes WHERE email_key = $1 AND created_at > $2 AND NOT by_link";
    on!(conn, c => sqlx::query_as(SQL).bind(&key.0).bind(since).fetch_one(c).await)
}

/// Counts a wrong try.
///
/// # Errors
/// What the engine says.
pub async fn count_wrong(conn: &mut Conn<'_>, id: CodeId) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE codes SET wrong_tries = wrong_tries + 1 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(id).execute(c).await.map(drop))
}

/// Ends a code: used, or replaced by another. `false` if it had ended before.
///
/// # Errors
/// What the engine says.
pub async fn end(conn: &mut Conn<'_>, id: CodeId, at: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "UPDATE codes SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    let rows = on!(conn, c => sqlx::query(SQL).bind(id).bind(at).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Stores a one-time link.
///
/// # Errors
/// What the engine says.
pub async fn insert_link(
    conn: &mut Conn<'_>,
    kind: LinkKind,
    token_hash: &[u8],
    key: &EmailKey,
    at: Timestamp,
    expires_at: Timestamp,
) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO sign_in_links (token_hash, email_key, created_at, expires_at, kind)
        VALUES ($1, $2, $3, $4, $5)";
    on!(conn, c => sqlx::query(SQL).bind(token_hash).bind(&key.0).bind(at).bind(expires_at).bind(kind)
        .execute(c).await.map(drop))
}

/// What a link is good for, if it is good at `now`.
///
/// # Errors
/// What the engine says.
pub async fn link_kind(conn: &mut Conn<'_>, token_hash: &[u8], now: Timestamp) -> sqlx::Result<Option<LinkKind>> {
    const SQL: &str = "SELECT kind FROM sign_in_links
        WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    on!(conn, c => sqlx::query_scalar(SQL).bind(token_hash).bind(now).fetch_optional(c).await)
}

/// Uses a link, as often as its kind lets one ([`LinkKind::uses`]); of many who try at once, no more get the address it
/// is for, and what it is good for.
///
/// # Errors
/// What the engine says.
pub async fn use_link(
    conn: &mut Conn<'_>,
    token_hash: &[u8],
    now: Timestamp,
) -> sqlx::Result<Option<(EmailKey, LinkKind)>> {
    const SQL: &str = "UPDATE sign_in_links SET uses = uses + 1,
            used_at = CASE WHEN kind = 'mailed' AND uses + 1 < $3 THEN NULL ELSE $2 END
        WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING email_key, kind";
    let used: Option<(String, LinkKind)> = on!(conn, c => sqlx::query_as(SQL).bind(token_hash).bind(now)
        .bind(LinkKind::Mailed.uses()).fetch_optional(c).await)?;
    Ok(used.map(|(key, kind)| (EmailKey(key), kind)))
}

/// Forgets codes and links made before then.
///
/// # Errors
/// What the engine says.
pub async fn purge(conn: &mut Conn<'_>, before: Timestamp) -> sqlx::Result<()> {
    const CODES: &str = "DELETE FROM codes WHERE created_at < $1";
    const LINKS: &str = "DELETE FROM sign_in_links WHERE created_at < $1 AND expires_at < $1";
    on!(conn, c => sqlx::query(CODES).bind(before).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(LINKS).bind(before).execute(c).await.map(drop))
}
