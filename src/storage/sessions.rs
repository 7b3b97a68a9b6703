//! Browser sessions: the store behind tower-sessions, and the list of one's own. The id in the cookie is 128
//! random bits; only its hash is here, so that a copy of the database signs nobody in.

use super::{Conn, Db, on};
use crate::{
    clock::Clock,
    crypto::{self, Rng},
    domain::{
        form::KEPT_FOR,
        ids::{SessionHandle, UserId},
        time::{DAY, HOUR, MINUTE, Timestamp},
    },
};
use std::{collections::HashMap, fmt, sync::Arc};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// Key in a session's data: who is signed in.
pub const USER_KEY: &str = "user";
/// Key in a session's data: which browser it is, as it says.
pub const CLIENT_KEY: &str = "client";

/// A signed-in session ends after so long without a request.
pub const IDLE: i64 = 12 * HOUR;
/// A signed-in session ends so long after it began, whatever happens.
pub const ABSOLUTE: i64 = 7 * DAY;
/// The same for a session in which nobody is signed in yet.
pub const PRE_IDLE: i64 = HOUR;
/// The same for a session in which nobody is signed in yet.
pub const PRE_ABSOLUTE: i64 = DAY;
/// Use is noted at most this often.
const SEEN_EVERY: i64 = MINUTE;
/// The most that a session of somebody's holds, in bytes.
const DATA_MAX: usize = 2 * 1024 * 1024;
/// The same for a session in which nobody is signed in yet.
const PRE_DATA_MAX: usize = 4 * 1024;
/// How long the owner of an expired session is remembered.
const KNOWN_AFTER: i64 = DAY;

/// The store.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
    clock: Arc<dyn Clock>,
    rng: Rng,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

/// What a session id is stored as.
pub fn id_hash(id: Id) -> Vec<u8> {
    crypto::sha256(&id.0.to_le_bytes())
}

fn backend(error: sqlx::Error) -> Error {
    tracing::error!(%error, "session store");
    Error::Backend("database".into())
}

impl Sessions {
    /// A store over this database.
    pub fn new(db: Db, clock: Arc<dyn Clock>, rng: Rng) -> Self {
        Self { db, clock, rng }
    }

    fn user(record: &Record) -> Option<UserId> {
        record.data.get(USER_KEY).and_then(|value| serde_json::from_value(value.clone()).ok())
    }

    /// What is stored of a session, unless it is more than a session may hold.
    fn encoded(record: &Record) -> Result<String> {
        let data = serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        let most = if Self::user(record).is_some() { DATA_MAX } else { PRE_DATA_MAX };
        if data.len() > most { Err(Error::Encode("more than a session may hold".into())) } else { Ok(data) }
    }

    async fn note_use(&self, hash: &[u8], user: Option<UserId>, now: Timestamp) -> sqlx::Result<()> {
        const SQL: &str = "UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE id_hash = $1";
        let idle = if user.is_some() { IDLE } else { PRE_IDLE };
        let mut held = self.db.trace().await?;
        let conn = &mut held.conn();
        on!(conn, c => sqlx::query(SQL).bind(hash).bind(now).bind(now.plus(idle)).execute(c).await.map(drop))
    }
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        const SQL: &str = "INSERT INTO sessions
                (id_hash, handle, user_id, data, client, created_at, seen_at, expires_at, ends_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8) ON CONFLICT DO NOTHING";
        let now = self.clock.now();
        let user = Self::user(record);
        let (idle, absolute) = if user.is_some() { (IDLE, ABSOLUTE) } else { (PRE_IDLE, PRE_ABSOLUTE) };
        let client = record.data.get(CLIENT_KEY).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let data = Self::encoded(record)?;
        loop {
            let handle = SessionHandle(self.rng.uuid(&*self.clock));
            let mut held = self.db.trace().await.map_err(backend)?;
            let conn = &mut held.conn();
            let rows = on!(conn, c => sqlx::query(SQL)
                .bind(id_hash(record.id)).bind(handle).bind(user).bind(&data).bind(&client)
                .bind(now).bind(now.plus(idle)).bind(now.plus(absolute))
                .execute(c).await.map(|r| r.rows_affected()))
            .map_err(backend)?;
            if rows == 1 {
                return Ok(());
            }
            // The id is taken: never share it, take another.
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        // `user_id` is part of the condition: who signed in gets a new id, so a saved one never changes hands.
        const SQL: &str = "UPDATE sessions SET data = $2 WHERE id_hash = $1";
        let data = Self::encoded(record)?;
        let mut held = self.db.trace().await.map_err(backend)?;
        let conn = &mut held.conn();
        on!(conn, c => sqlx::query(SQL).bind(id_hash(record.id)).bind(&data).execute(c).await.map(drop))
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        const SQL: &str = "SELECT user_id, data, seen_at FROM sessions
            WHERE id_hash = $1 AND expires_at > $2 AND ends_at > $2";
        let now = self.clock.now();
        let hash = id_hash(*id);
        let row: Option<(Option<UserId>, String, Timestamp)> = {
            let mut held = self.db.read().await.map_err(backend)?;
            let conn = &mut held.conn();
            on!(conn, c => sqlx::query_as(SQL).bind(&hash).bind(now).fetch_optional(c).await).map_err(backend)?
        };
        let Some((user, data, seen)) = row else { return Ok(None) };
        if now.0 - seen.0 >= SEEN_EVERY {
            self.note_use(&hash, user, now).await.map_err(backend)?;
        }
        let data: HashMap<_, _> = serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?;
        let lasting = time::Duration::milliseconds(IDLE);
        let expiry_date = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(now.0) * 1_000_000)
            .map_err(|e| Error::Decode(e.to_string()))?
            .saturating_add(lasting);
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        const SQL: &str = "DELETE FROM sessions WHERE id_hash = $1";
        let mut held = self.db.trace().await.map_err(backend)?;
        let conn = &mut held.conn();
        on!(conn, c => sqlx::query(SQL).bind(id_hash(*id)).execute(c).await.map(drop)).map_err(backend)
    }
}

/// A session as its owner sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    /// What it is called.
    pub handle: SessionHandle,
    /// Hash of its id, to tell the current one.
    pub id_hash: Vec<u8>,
    /// The browser, as it says.
    pub client: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
}

/// A person's sessions, the latest used first.
///
/// # Errors
/// What the engine says.
pub async fn of_user(conn: &mut Conn<'_>, user: UserId, now: Timestamp) -> sqlx::Result<Vec<Listed>> {
    const SQL: &str = "SELECT handle, id_hash, client, created_at, seen_at FROM sessions
        WHERE user_id = $1 AND expires_at > $2 AND ends_at > $2 ORDER BY seen_at DESC LIMIT 50";
    on!(conn, c => sqlx::query_as(SQL).bind(user).bind(now).fetch_all(c).await)
}

/// Ends one of a person's sessions. `false` if it is not theirs or has ended.
///
/// # Errors
/// What the engine says.
pub async fn end(conn: &mut Conn<'_>, user: UserId, handle: SessionHandle) -> sqlx::Result<bool> {
    const SQL: &str = "DELETE FROM sessions WHERE user_id = $1 AND handle = $2";
    let rows = on!(conn, c => sqlx::query(SQL).bind(user).bind(handle).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Ends all of a person's sessions but the one with this hash.
///
/// # Errors
/// What the engine says.
pub async fn end_others(conn: &mut Conn<'_>, user: UserId, keep: &[u8]) -> sqlx::Result<u64> {
    const SQL: &str = "DELETE FROM sessions WHERE user_id = $1 AND id_hash <> $2";
    on!(conn, c => sqlx::query(SQL).bind(user).bind(keep).execute(c).await.map(|r| r.rows_affected()))
}

/// Forgets sessions that have ended by themselves. Whose they were is known a day longer, and no more than that.
///
/// # Errors
/// What the engine says.
pub async fn purge(conn: &mut Conn<'_>, now: Timestamp) -> sqlx::Result<()> {
    const STRANGERS: &str = "DELETE FROM sessions WHERE user_id IS NULL AND (expires_at < $1 OR ends_at < $1)";
    const LONG_ENDED: &str = "DELETE FROM sessions WHERE expires_at < $1 OR ends_at < $1";
    const ENDED: &str = "UPDATE sessions SET data = '{}' WHERE (expires_at < $1 OR ends_at < $1) AND data <> '{}'";
    const FORMS: &str = "DELETE FROM kept_forms WHERE kept_at < $1";
    on!(&mut *conn, c => sqlx::query(STRANGERS).bind(now).execute(c).await.map(drop))?;
    on!(&mut *conn, c => sqlx::query(LONG_ENDED).bind(now.plus(-KNOWN_AFTER)).execute(c).await.map(drop))?;
    on!(&mut *conn, c => sqlx::query(ENDED).bind(now).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query(FORMS).bind(now.plus(-KEPT_FOR)).execute(c).await.map(drop))
}

/// Who owned a session, also for a day after it expired.
///
/// # Errors
/// What the engine says.
pub async fn former_owner(conn: &mut Conn<'_>, id: Id) -> sqlx::Result<Option<UserId>> {
    const SQL: &str = "SELECT user_id FROM sessions WHERE id_hash = $1 AND user_id IS NOT NULL";
    on!(conn, c => sqlx::query_scalar(SQL).bind(id_hash(id)).fetch_optional(c).await)
}

/// Keeps a form for somebody, in place of an earlier one.
///
/// # Errors
/// What the engine says.
pub async fn keep_form(conn: &mut Conn<'_>, user: UserId, form: &str, at: Timestamp) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO kept_forms (user_id, form, kept_at) VALUES ($1, $2, $3)
        ON CONFLICT (user_id) DO UPDATE SET form = EXCLUDED.form, kept_at = EXCLUDED.kept_at";
    on!(conn, c => sqlx::query(SQL).bind(user).bind(form).bind(at).execute(c).await.map(drop))
}

/// Takes the form that was kept for somebody, if it was since then.
///
/// # Errors
/// What the engine says.
pub async fn take_form(conn: &mut Conn<'_>, user: UserId, since: Timestamp) -> sqlx::Result<Option<String>> {
    const SQL: &str = "DELETE FROM kept_forms WHERE user_id = $1 RETURNING form, kept_at";
    let kept: Option<(String, Timestamp)> = on!(conn, c => sqlx::query_as(SQL).bind(user).fetch_optional(c).await)?;
    Ok(kept.filter(|(_, at)| *at > since).map(|(form, _)| form))
}

/// Ends all sessions of somebody's.
///
/// # Errors
/// What the engine says.
pub async fn end_all(conn: &mut Conn<'_>, user: UserId) -> sqlx::Result<()> {
    const SQL: &str = "DELETE FROM sessions WHERE user_id = $1";
    on!(conn, c => sqlx::query(SQL).bind(user).execute(c).await.map(drop))
}
