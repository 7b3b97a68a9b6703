//! The trail's rows. What goes into the chain is decided in `services::audit`.

use super::{Conn, on};
use crate::domain::{
    audit::{Activity, Entry, Outcome, Record},
    ids::CorrelationId,
    time::Timestamp,
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// The end of the chain: sequence number and MAC of the last row; `(0, "")` before the first.
///
/// # Errors
/// What the engine says.
pub async fn head(conn: &mut Conn<'_>) -> sqlx::Result<(i64, String)> {
    const SQL: &str = "SELECT seq, mac FROM audit_head WHERE one = 1";
    on!(conn, c => sqlx::query_as(SQL).fetch_one(c).await)
}

/// When an event came about.
///
/// # Errors
/// What the engine says.
pub async fn at(conn: &mut Conn<'_>, seq: i64) -> sqlx::Result<Option<Timestamp>> {
    const SQL: &str = "SELECT at FROM audit_events WHERE seq = $1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(seq).fetch_optional(c).await)
}

/// The first row that stands before the beginning of the chain or behind its end, which none may.
///
/// # Errors
/// What the engine says.
pub async fn outside(conn: &mut Conn<'_>) -> sqlx::Result<Option<i64>> {
    const SQL: &str = "SELECT MIN(seq) FROM (
            SELECT seq FROM audit_events WHERE seq < 1
            UNION ALL SELECT seq FROM audit_events WHERE seq > (SELECT seq FROM audit_head WHERE one = 1)
        ) AS stray";
    on!(conn, c => sqlx::query_scalar(SQL).fetch_one(c).await)
}

/// Appends a row and moves the head to it.
///
/// # Errors
/// A unique violation if the head was not the end; else what the engine says.
pub async fn append(conn: &mut Conn<'_>, entry: &Entry, mac: &str, salt: &str, text: &str) -> sqlx::Result<()> {
    const EVENT: &str = "INSERT INTO audit_events
            (seq, id, at, activity, service, category, operation, result, result_reason,
             initiator_kind, initiator_id, correlation_id, targets, text_digest, mac)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    const TEXT: &str = "INSERT INTO audit_texts (seq, salt, text) VALUES ($1, $2, $3)";
    const HEAD: &str = "UPDATE audit_head SET seq = $1, mac = $2 WHERE one = 1";
    let targets = serde_json::to_string(&entry.targets).map_err(|e| sqlx::Error::Encode(e.into()))?;
    on!(conn, c => sqlx::query(EVENT)
        .bind(entry.seq).bind(entry.id).bind(entry.at).bind(&entry.activity).bind(&entry.service)
        .bind(&entry.category).bind(&entry.operation).bind(entry.result).bind(&entry.result_reason)
        .bind(&entry.initiator_kind).bind(&entry.initiator_id).bind(entry.correlation_id)
        .bind(targets).bind(&entry.text_digest).bind(mac)
        .execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(TEXT).bind(entry.seq).bind(salt).bind(text).execute(c).await.map(drop))?;
    link(conn, entry).await?;
    on!(conn, c => sqlx::query(HEAD).bind(entry.seq).bind(mac).execute(c).await.map(drop))
}

/// The ids of whom and what an event is about.
pub(super) fn about(entry: &Entry) -> Vec<&String> {
    let initiator = (entry.initiator_kind == "user").then_some(&entry.initiator_id);
    let mut ids: Vec<&String> = entry.targets.iter().map(|target| &target.id).chain(initiator).collect();
    ids.retain(|id| !id.is_empty());
    ids.sort();
    ids.dedup();
    ids
}

/// Notes whom and what an event is about, so that it is found by them.
async fn link(conn: &mut Conn<'_>, entry: &Entry) -> sqlx::Result<()> {
    let ids = about(entry);
    if ids.is_empty() {
        return Ok(());
    }
    on!(conn, c => {
        let mut sql = sqlx::QueryBuilder::new("INSERT INTO audit_links (id, seq, activity) ");
        sql.push_values(ids, |mut row, id| {
            row.push_bind(id).push_bind(entry.seq).push_bind(&entry.activity);
        });
        sql.build().execute(c).await.map(drop)
    })
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: Uuid,
    at: Timestamp,
    activity: String,
    service: String,
    category: String,
    operation: String,
    result: Outcome,
    result_reason: String,
    initiator_kind: String,
    initiator_id: String,
    correlation_id: CorrelationId,
    targets: String,
    text_digest: String,
    mac: String,
    salt: Option<String>,
    text: Option<String>,
    previous: Option<String>,
}

impl TryFrom<Row> for Record {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let targets = serde_json::from_str(&row.targets).map_err(|e| sqlx::Error::Decode(e.into()))?;
        let entry = Entry {
            seq: row.seq,
            id: row.id,
            at: row.at,
            activity: row.activity,
            service: row.service,
            category: row.category,
            operation: row.operation,
            result: row.result,
            result_reason: row.result_reason,
            initiator_kind: row.initiator_kind,
            initiator_id: row.initiator_id,
            correlation_id: row.correlation_id,
            targets,
            text_digest: row.text_digest,
        };
        Ok(Self { entry, previous: row.previous.unwrap_or_default(), mac: row.mac, text: row.salt.zip(row.text) })
    }
}

/// A record with its text and the MAC before it.
macro_rules! records {
    ($rest:literal) => {
        concat!(
            "SELECT e.seq, e.id, e.at, e.activity, e.service, e.category, e.operation, e.result,
                e.result_reason, e.initiator_kind, e.initiator_id, e.correlation_id, e.targets, e.text_digest, e.mac,
                t.salt, t.text, p.mac AS previous
            FROM audit_events e
            LEFT JOIN audit_texts t ON t.seq = e.seq
            LEFT JOIN audit_events p ON p.seq = e.seq - 1
            ",
            $rest
        )
    };
}

/// Up to `limit` rows behind `after`, in order.
///
/// # Errors
/// What the engine says; `Decode` if a row is no row of ours.
pub async fn page(conn: &mut Conn<'_>, after: i64, limit: i64) -> sqlx::Result<Vec<Record>> {
    const SQL: &str = records!("WHERE e.seq > $1 ORDER BY e.seq LIMIT $2");
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(SQL).bind(after).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Record::try_from).collect()
}

/// Which events are asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Whose initiator or target has this id.
    pub about: Option<String>,
    /// Of this activity.
    pub activity: Option<String>,
    /// Of this request or command.
    pub correlation: Option<CorrelationId>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub to: Option<Timestamp>,
}

impl Asked {
    /// The numbers of the events, from the index that fits: by whom and what, by activity, by correlation, or all.
    fn numbers(&self) -> &'static str {
        match (&self.about, &self.activity, &self.correlation) {
            (None, None, Some(_)) => "SELECT seq FROM audit_events WHERE correlation_id = $5",
            (Some(_), None, Some(_)) => {
                "SELECT seq FROM audit_events WHERE correlation_id = $5
                    AND seq IN (SELECT l.seq FROM audit_links l WHERE l.id = $3)"
            }
            (None, Some(_), Some(_)) => "SELECT seq FROM audit_events WHERE correlation_id = $5 AND activity = $4",
            (Some(_), Some(_), Some(_)) => {
                "SELECT seq FROM audit_events WHERE correlation_id = $5 AND activity = $4
                    AND seq IN (SELECT l.seq FROM audit_links l WHERE l.id = $3)"
            }
            (Some(_), Some(_), None) => "SELECT seq FROM audit_links WHERE id = $3 AND activity = $4",
            (Some(_), None, None) => "SELECT seq FROM audit_links WHERE id = $3",
            (None, Some(_), None) => "SELECT seq FROM audit_events WHERE activity = $4",
            (None, None, None) => "SELECT seq FROM audit_events WHERE seq > 0",
        }
    }
}

/// The first and the last number between two moments. The clock rises with the numbers, but for what was moved by hand.
async fn between(conn: &mut Conn<'_>, asked: &Asked) -> sqlx::Result<(i64, i64)> {
    const FIRST: &str =
        "SELECT MIN(seq) FROM (SELECT seq FROM audit_events WHERE at >= $1 ORDER BY at, seq LIMIT 1) AS one";
    const LAST: &str =
        "SELECT MAX(seq) FROM (SELECT seq FROM audit_events WHERE at <= $1 ORDER BY at DESC, seq DESC LIMIT 1) AS one";
    let first: Option<i64> = match asked.from {
        Some(from) => on!(&mut *conn, c => sqlx::query_scalar(FIRST).bind(from).fetch_one(c).await)?,
        None => Some(0),
    };
    let last: Option<i64> = match asked.to {
        Some(to) => on!(conn, c => sqlx::query_scalar(LAST).bind(to).fetch_one(c).await)?,
        None => Some(i64::MAX),
    };
    Ok((first.unwrap_or(i64::MAX), last.unwrap_or(0)))
}

async fn found(
    conn: &mut Conn<'_>,
    asked: &Asked,
    (first, last): (i64, i64),
    newest: bool,
    limit: i64,
) -> sqlx::Result<Vec<Record>> {
    let way = if newest { "DESC" } else { "ASC" };
    let records: &str = records!("");
    let sql = format!(
        "{records} WHERE e.seq IN ({} AND seq >= $1 AND seq <= $2 ORDER BY seq {way} LIMIT $6) ORDER BY e.seq {way}",
        asked.numbers()
    );
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(AssertSqlSafe(sql)).bind(first).bind(last).bind(&asked.about)
        .bind(&asked.activity).bind(asked.correlation).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Record::try_from).collect()
}

/// The newest events that fit, before a number.
///
/// # Errors
/// What the engine says.
pub async fn newest(conn: &mut Conn<'_>, asked: &Asked, before: i64, limit: i64) -> sqlx::Result<Vec<Record>> {
    let (first, last) = between(conn, asked).await?;
    found(conn, asked, (first, last.min(before.saturating_sub(1))), true, limit).await
}

/// The oldest events that fit, behind a number.
///
/// # Errors
/// What the engine says.
pub async fn oldest(conn: &mut Conn<'_>, asked: &Asked, after: i64, limit: i64) -> sqlx::Result<Vec<Record>> {
    let (first, last) = between(conn, asked).await?;
    found(conn, asked, (first.max(after + 1), last), false, limit).await
}

/// The activities that there are in the trail: each found by one step along the index.
///
/// # Errors
/// What the engine says.
pub async fn activities(conn: &mut Conn<'_>) -> sqlx::Result<Vec<String>> {
    const SQL: &str = "SELECT MIN(activity) FROM audit_events WHERE activity > $1";
    let mut found: Vec<String> = Vec::new();
    loop {
        let last = found.last().cloned().unwrap_or_default();
        let next: Option<String> = on!(&mut *conn, c => sqlx::query_scalar(SQL).bind(&last).fetch_one(c).await)?;
        match next {
            Some(next) if found.len() < 200 => found.push(next),
            _ => return Ok(found),
        }
    }
}

/// Whether an event of this activity names both of two things.
///
/// # Errors
/// What the engine says.
pub async fn names_both(conn: &mut Conn<'_>, activity: Activity, one: Uuid, other: Uuid) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM audit_links a
        JOIN audit_links b ON b.id = $2 AND b.activity = $3 AND b.seq = a.seq
        WHERE a.id = $1 AND a.activity = $3 LIMIT 1) AS found";
    let found: i64 = on!(conn, c => sqlx::query_scalar(SQL).bind(one.to_string()).bind(other.to_string())
        .bind(activity.name).fetch_one(c).await)?;
    Ok(found > 0)
}
