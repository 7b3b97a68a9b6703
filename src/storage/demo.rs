//! The demonstration's mailbox.

use super::{Conn, on};
use crate::domain::{
    ids::{AppId, MailId},
    time::Timestamp,
};

/// A message in the mailbox.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// To whom.
    pub to_address: String,
    /// Its subject.
    pub subject: String,
    /// What it is for.
    pub kind: String,
    /// When it arrived.
    pub at: Timestamp,
}

/// A message's parts.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Parts {
    /// As it would have gone over the wire.
    pub source: String,
    /// Its text.
    pub text_part: String,
    /// Its HTML.
    pub html_part: String,
}

/// Puts a message in. A second delivery of the same message changes nothing.
///
/// # Errors
/// What the engine says.
pub async fn deliver(conn: &mut Conn<'_>, mail: &Mail, parts: &Parts) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO demo_mailbox (id, to_address, subject, kind, at, source, text_part, html_part)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    on!(conn, c => sqlx::query(SQL).bind(mail.id).bind(&mail.to_address).bind(&mail.subject).bind(&mail.kind)
        .bind(mail.at).bind(&parts.source).bind(&parts.text_part).bind(&parts.html_part)
        .execute(c).await.map(drop))
}

/// The newest messages first.
///
/// # Errors
/// What the engine says.
pub async fn newest(conn: &mut Conn<'_>) -> sqlx::Result<Vec<Mail>> {
    const SQL: &str = "SELECT id, to_address, subject, kind, at FROM demo_mailbox ORDER BY at DESC, id DESC LIMIT 200";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}

/// One message with its parts.
///
/// # Errors
/// What the engine says.
pub async fn one(conn: &mut Conn<'_>, id: MailId) -> sqlx::Result<Option<(Mail, Parts)>> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        mail: Mail,
        #[sqlx(flatten)]
        parts: Parts,
    }
    const SQL: &str = "SELECT id, to_address, subject, kind, at, source, text_part, html_part
        FROM demo_mailbox WHERE id = $1";
    let row: Option<Row> = on!(conn, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?;
    Ok(row.map(|row| (row.mail, row.parts)))
}

/// The demonstration's own apps with their launch addresses; those that were added by the thousand are elsewhere.
///
/// # Errors
/// What the engine says.
pub async fn launch_urls(conn: &mut Conn<'_>) -> sqlx::Result<Vec<(AppId, String)>> {
    const SQL: &str = "SELECT id, launch_url FROM apps WHERE launch_url LIKE '%/demo/apps/%' ORDER BY id LIMIT 1000";
    on!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)
}

/// Changes an app's launch address.
///
/// # Errors
/// What the engine says.
pub async fn set_launch_url(conn: &mut Conn<'_>, app: AppId, url: &str) -> sqlx::Result<()> {
    const SQL: &str = "UPDATE apps SET launch_url = $2 WHERE id = $1";
    on!(conn, c => sqlx::query(SQL).bind(app).bind(url).execute(c).await.map(drop))
}
