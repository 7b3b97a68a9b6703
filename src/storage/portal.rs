//! The portal's lists and numbers: each page by key, each number up to a bound.

use super::{Conn, on};
use crate::domain::time::Timestamp;

/// How many targets wait for somebody's word, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn waiting(conn: &mut Conn<'_>, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str =
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM invitation_targets WHERE state = 'waiting' LIMIT $1) AS some";
    on!(conn, c => sqlx::query_scalar(SQL).bind(bound).fetch_one(c).await)
}

/// How many pending invitations have a mail that could not be delivered, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn mails_failed(conn: &mut Conn<'_>, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM outbox o JOIN invitations i ON i.mail_id = o.id
        WHERE o.state IN ('failed', 'bounced') AND i.state = 'pending' LIMIT $1) AS some";
    on!(conn, c => sqlx::query_scalar(SQL).bind(bound).fetch_one(c).await)
}

/// How many guests nobody answers for, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn unsponsored(conn: &mut Conn<'_>, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM users
        WHERE user_type = 'guest' AND deleted_at IS NULL AND sponsor_count = 0 LIMIT $1) AS some";
    on!(conn, c => sqlx::query_scalar(SQL).bind(bound).fetch_one(c).await)
}

/// How many grants end between two moments, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn ending(conn: &mut Conn<'_>, (from, to): (Timestamp, Timestamp), bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (
            SELECT 1 AS one FROM group_members WHERE until IS NOT NULL AND end_told < 3 AND until > $1 AND until <= $2
            UNION ALL
            SELECT 1 FROM app_assignments WHERE until IS NOT NULL AND end_told < 3 AND until > $1 AND until <= $2
            LIMIT $3) AS some";
    on!(conn, c => sqlx::query_scalar(SQL).bind(from).bind(to).bind(bound).fetch_one(c).await)
}

/// How many pending invitations have a link that runs out between two moments, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn running_out(conn: &mut Conn<'_>, (from, to): (Timestamp, Timestamp), bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM invitations
        WHERE state = 'pending' AND link_until > $1 AND link_until <= $2 LIMIT $3) AS some";
    on!(conn, c => sqlx::query_scalar(SQL).bind(from).bind(to).bind(bound).fetch_one(c).await)
}

/// How many active guests have signed in, but not since a moment, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn inactive(conn: &mut Conn<'_>, since: Timestamp, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM users
        WHERE user_type = 'guest' AND standing = 'active' AND COALESCE(last_sign_in_at, 0) > 0
            AND COALESCE(last_sign_in_at, 0) <= $1 LIMIT $2) AS some";
    on!(conn, c => sqlx::query_scalar(SQL).bind(since).bind(bound).fetch_one(c).await)
}
