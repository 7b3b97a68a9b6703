//! The outbox: mail that commits promised, claimed under a lease by whichever process delivers it.

use super::{Conn, on};
use crate::domain::{
    email::EmailKey,
    ids::MailId,
    language::Language,
    mail::{Lane, MailKind, MailState},
    time::Timestamp,
};

/// A message to be queued.
pub struct NewMail<'a> {
    /// Its id.
    pub id: MailId,
    /// What it is for.
    pub kind: MailKind,
    /// Whose address it was asked for; the job decides whether anybody is there.
    pub email_key: &'a EmailKey,
    /// The language asked for, if the recipient has not chosen one.
    pub language: Option<Language>,
    /// What the template needs, as JSON; no secrets.
    pub data: &'a str,
    /// The code or ticket, sealed for this row.
    pub sealed: Option<&'a [u8]>,
    /// `Message-ID`, the same on every attempt.
    pub message_id: &'a str,
    /// After which it is of no use.
    pub expires_at: Option<Timestamp>,
}

/// A message under way.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Claimed {
    /// Its id.
    pub id: MailId,
    /// What it is for.
    pub kind: MailKind,
    /// Whose address it was asked for.
    pub email_key: String,
    /// The domain of that address.
    pub domain: String,
    /// The language asked for.
    pub language: Option<Language>,
    /// What the template needs, as JSON.
    pub data: String,
    /// The sealed secret.
    pub sealed: Option<Vec<u8>>,
    /// Attempts, this one included.
    pub attempts: i64,
    /// `Message-ID`.
    pub message_id: String,
    /// After which it is of no use.
    pub expires_at: Option<Timestamp>,
}

/// Queues a message, due at once.
///
/// # Errors
/// What the engine says.
pub async fn insert(conn: &mut Conn<'_>, mail: &NewMail<'_>, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO outbox
            (id, kind, email_key, language, data, sealed, state, due_at, message_id, created_at, expires_at, domain)
        VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $7, $9, $10)";
    on!(conn, c => sqlx::query(SQL)
        .bind(mail.id).bind(mail.kind).bind(&mail.email_key.0).bind(mail.language).bind(mail.data).bind(mail.sealed)
        .bind(at).bind(mail.message_id).bind(mail.expires_at).bind(mail.email_key.domain())
        .execute(c).await.map(drop))
}

/// Lets a message that has not been tried leave then.
///
/// # Errors
/// What the engine says.
pub async fn delay(conn: &mut Conn<'_>, id: MailId, until: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE outbox SET due_at = $2 WHERE id = $1 AND state = 'queued'";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(until).execute(c).await.map(drop))
}

/// Claims the message of a lane that has been due for longest and nobody holds, until `lease_until`. Who crashes loses
/// the lease, not the mail. What goes to the domain that is `full` waits.
///
/// # Errors
/// What the engine says.
pub async fn claim(
    conn: &mut Conn<'_>,
    lane: Lane,
    now: Timestamp,
    lease_until: Timestamp,
    full: Option<&str>,
) -> sqlx::Result<Option<Claimed>> {
    // The kinds stand here as in the indexes of migration 8.
    macro_rules! claim_sql {
        ($kinds:literal, $lock:literal) => {
            concat!(
                "UPDATE outbox SET lease_until = $2, attempts = attempts + 1 WHERE id IN (
                    SELECT id FROM outbox
                    WHERE state IN ('queued', 'retrying') AND kind ",
                $kinds,
                " AND due_at <= $1 AND lease_until <= $1 AND domain <> $3
                    ORDER BY due_at LIMIT 1 ",
                $lock,
                ") RETURNING id, kind, email_key, domain, language, data, sealed, attempts, message_id, expires_at"
            )
        };
    }
    macro_rules! of_lane {
        ($lock:literal) => {
            match lane {
                Lane::Urgent => claim_sql!("IN ('sign_in_code', 'sign_in_link')", $lock),
                Lane::Other => claim_sql!("NOT IN ('sign_in_code', 'sign_in_link')", $lock),
            }
        };
    }
    // SQLite has one writer; PostgreSQL must skip what another instance is just claiming.
    let sql = match conn {
        Conn::Sqlite(_) => of_lane!(""),
        Conn::Postgres(_) => of_lane!("FOR UPDATE SKIP LOCKED"),
    };
    // No domain is a space.
    let full = full.unwrap_or(" ");
    on!(conn, c => sqlx::query_as(sql).bind(now).bind(lease_until).bind(full).fetch_optional(c).await)
}

/// Ends a message: sent, failed or cancelled. The sealed secret goes with it.
///
/// # Errors
/// What the engine says.
pub async fn end(conn: &mut Conn<'_>, id: MailId, state: MailState, answer: &str, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE outbox SET state = $2, server_answer = $3, ended_at = $4, sealed = NULL, lease_until = 0
        WHERE id = $1 AND state IN ('queued', 'retrying')";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(state).bind(answer).bind(at).execute(c).await.map(drop))
}

/// Keeps a message as it left, for those who may see it later. Its secret must not be in it. One that was cancelled
/// meanwhile keeps nothing.
///
/// # Errors
/// What the engine says.
pub async fn keep_letter(conn: &mut Conn<'_>, id: MailId, subject: &str, text: &str) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE outbox SET subject = $2, text_part = $3
        WHERE id = $1 AND state IN ('queued', 'retrying')";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(subject).bind(text).execute(c).await.map(drop))
}

/// A message as it left.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeptLetter {
    /// Its subject; empty before it has left.
    pub subject: String,
    /// Its text part, the secret blanked.
    pub text_part: String,
    /// When it left, or was given up.
    pub ended_at: Option<Timestamp>,
}

/// A message as it left.
///
/// # Errors
/// What the engine says.
pub async fn letter(conn: &mut Conn<'_>, id: MailId) -> sqlx::Result<Option<KeptLetter>> {
    const SQL: &str = "SELECT subject, text_part, ended_at FROM outbox WHERE id = $1";
    on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)
}

/// Puts a message back for another attempt.
///
/// # Errors
/// What the engine says.
pub async fn retry(conn: &mut Conn<'_>, id: MailId, answer: &str, due_at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE outbox SET state = 'retrying', server_answer = $2, due_at = $3, lease_until = 0
        WHERE id = $1 AND state IN ('queued', 'retrying')";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(answer).bind(due_at).execute(c).await.map(drop))
}

/// Whether a message of this kind was promised to this address since then.
///
/// # Errors
/// What the engine says.
pub async fn has_since(conn: &mut Conn<'_>, kind: MailKind, key: &EmailKey, since: Timestamp) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM outbox WHERE email_key = $1 AND created_at > $2 AND kind = $3";
    let count: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(&key.0).bind(since).bind(kind).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Messages by state.
///
/// # Errors
/// What the engine says.
pub async fn counts(conn: &mut Conn<'_>) -> sqlx::Result<Vec<(MailState, i64)>> {
    const SQL: &str = "SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}

/// How many messages could not be delivered, up to a bound.
///
/// # Errors
/// What the engine says.
pub async fn undelivered(conn: &mut Conn<'_>, bound: i64) -> sqlx::Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM outbox
        WHERE state IN ('failed', 'bounced') ORDER BY created_at, id LIMIT $1) AS found";
    on!(conn, c => sqlx::query_scalar(SQL).bind(bound).fetch_one(c).await)
}

/// Forgets messages of this kind that ended before then, or were of no use any more before they could be sent.
///
/// # Errors
/// What the engine says.
pub async fn purge(conn: &mut Conn<'_>, kind: MailKind, before: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM outbox WHERE kind = $2
        AND ((ended_at IS NOT NULL AND ended_at < $1) OR (ended_at IS NULL AND expires_at < $1))";
    on!(conn, c => sqlx::query(SQL).bind(before).bind(kind).execute(c).await.map(drop))
}

/// Messages that did not arrive, made since then: how many, and what the mail server said to the last.
///
/// # Errors
/// What the engine says.
pub async fn failed(conn: &mut Conn<'_>, since: Timestamp) -> sqlx::Result<(i64, String)> {
    const COUNT: &str = "SELECT COUNT(*) FROM outbox WHERE state IN ('failed', 'bounced') AND created_at > $1";
    const LAST: &str = "SELECT server_answer FROM outbox WHERE state IN ('failed', 'bounced') AND created_at > $1
        ORDER BY created_at DESC, id DESC LIMIT 1";
    let count = on!(conn, c => sqlx::query_scalar(COUNT).bind(since).fetch_one(c).await)?;
    let said: Option<String> = on!(conn, c => sqlx::query_scalar(LAST).bind(since).fetch_optional(c).await)?;
    Ok((count, said.unwrap_or_default()))
}

/// Messages that still wait and were due before then: how many, and what the mail server said to the oldest.
///
/// # Errors
/// What the engine says.
pub async fn overdue(conn: &mut Conn<'_>, before: Timestamp) -> sqlx::Result<(i64, String)> {
    const COUNT: &str = "SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'retrying') AND due_at < $1";
    const OLDEST: &str = "SELECT server_answer FROM outbox WHERE state IN ('queued', 'retrying') AND due_at < $1
        ORDER BY due_at, id LIMIT 1";
    let count = on!(conn, c => sqlx::query_scalar(COUNT).bind(before).fetch_one(c).await)?;
    let said: Option<String> = on!(conn, c => sqlx::query_scalar(OLDEST).bind(before).fetch_optional(c).await)?;
    Ok((count, said.unwrap_or_default()))
}

/// Puts a claimed message back until later, without counting the attempt: nothing was tried.
///
/// # Errors
/// What the engine says.
pub async fn put_back(conn: &mut Conn<'_>, id: MailId, due: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE outbox SET due_at = $2, lease_until = 0, attempts = attempts - 1
        WHERE id = $1 AND state IN ('queued', 'retrying')";
    on!(conn, c => sqlx::query(SQL).bind(id).bind(due).execute(c).await.map(drop))
}
