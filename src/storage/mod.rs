//! SQL, one text for SQLite and PostgreSQL. One file per group of tables; no rules live here.
//!
//! Every function takes one [`Conn`], inside a transaction or not; `on!` runs the same tokens once per engine.
//! What keeps one text honest: times are `BIGINT`, placeholders `$n`, no `now()`, no arrays, no JSON operators;
//! and every function is tested on both engines.

pub mod admin;
pub mod app_roles;
pub mod apps;
pub mod audit;
pub mod codes;
pub mod counts;
pub mod demo;
pub mod grants;
pub mod groups;
pub mod invitations;
pub mod notices;
pub mod outbox;
pub mod portal;
pub mod reports;
pub mod roles;
pub mod search;
pub mod seed;
pub mod sessions;
pub mod settings;
pub mod sponsors;
pub mod tending;
pub mod undos;
pub mod users;

use crate::config::DatabaseUrl;
use sqlx::{
    Database, Decode, Encode, Executor, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool,
    Transaction, Type,
    encode::IsNull,
    error::BoxDynError,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    fs::{File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    str::FromStr,
    sync::Arc,
    time::Duration,
};

/// The key of PostgreSQL's advisory lock that makes state changes serial ("vest").
const WRITE_LOCK: i64 = 0x7665_7374;

/// Each statement is planned once, whatever its values, and by indexes as `tests/it/plans.rs` sees it: planned for its
/// values PostgreSQL takes a word's range for large, and reads all people beside other processes to find one.
const POSTGRES_PLANS: &str =
    "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0; SET jit = off";

/// A database, open.
#[derive(Clone)]
pub enum Db {
    /// SQLite: many readers, and one writer so that writes queue in order instead of polling for the lock.
    Sqlite {
        /// Connections that read.
        read: SqlitePool,
        /// The connection that writes.
        write: SqlitePool,
        /// Says as long as it lives that the database is in use.
        in_use: Option<Arc<File>>,
    },
    /// PostgreSQL.
    Postgres(PgPool),
}

/// One connection, whatever holds it.
pub enum Conn<'c> {
    /// SQLite's.
    Sqlite(&'c mut SqliteConnection),
    /// PostgreSQL's.
    Postgres(&'c mut PgConnection),
}

/// A connection from the pool, outside a transaction.
pub enum Held {
    /// SQLite's.
    Sqlite(PoolConnection<Sqlite>),
    /// PostgreSQL's.
    Postgres(PoolConnection<Postgres>),
}

/// A state change under way: serial with every other. Dropped without [`Tx::commit`], it never was.
pub enum Tx {
    /// SQLite's.
    Sqlite(Transaction<'static, Sqlite>),
    /// PostgreSQL's.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs the same tokens once per engine; `$c` is the connection.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::storage::Conn::Sqlite(held) => {
                let $c = &mut **held;
                $body
            }
            $crate::storage::Conn::Postgres(held) => {
                let $c = &mut **held;
                $body
            }
        }
    };
}
pub(crate) use on;

impl Db {
    /// Opens the database without touching its tables. A missing SQLite file is made.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub async fn open(url: &DatabaseUrl) -> sqlx::Result<Self> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                let in_use = admin::use_together(path).await?.map(Arc::new);
                make_private(path);
                // FULL: what was committed survives a power cut, because a mail about it may already have left.
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(10))
                    // 8 MB: of 100,000 guests the upper parts of the indexes stay, and a page reads the leaves only.
                    .pragma("cache_size", "-8000")
                    .statement_cache_capacity(256);
                let write = SqlitePoolOptions::new()
                    .max_connections(1)
                    .acquire_timeout(Duration::from_secs(15))
                    .connect_with(options.clone())
                    .await?;
                let read = SqlitePoolOptions::new()
                    .max_connections(4)
                    .connect_with(options.create_if_missing(false).read_only(true))
                    .await?;
                Ok(Self::Sqlite { read, write, in_use })
            }
            DatabaseUrl::Postgres(url) => {
                let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(256);
                let pool = PgPoolOptions::new()
                    .max_connections(10)
                    .acquire_timeout(Duration::from_secs(15))
                    .after_connect(|connection, _| {
                        Box::pin(async move { connection.execute(POSTGRES_PLANS).await.map(drop) })
                    })
                    .connect_with(options)
                    .await?;
                Ok(Self::Postgres(pool))
            }
        }
    }

    /// A connection to read with.
    ///
    /// # Errors
    /// If none comes free in time.
    pub async fn read(&self) -> sqlx::Result<Held> {
        Ok(match self {
            Self::Sqlite { read, .. } => Held::Sqlite(read.acquire().await?),
            Self::Postgres(pool) => Held::Postgres(pool.acquire().await?),
        })
    }

    /// Begins a state change. Serial on both engines, so facts read in it still hold when it commits:
    /// `BEGIN IMMEDIATE` on SQLite, one advisory lock on PostgreSQL.
    ///
    /// # Errors
    /// If the database does not take writes, or stays busy.
    pub async fn write(&self) -> sqlx::Result<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(WRITE_LOCK).execute(&mut *tx).await?;
                Tx::Postgres(tx)
            }
        })
    }

    /// A connection for what is written outside state changes: sessions, traces, claims of the outbox.
    /// Each statement stands alone.
    ///
    /// # Errors
    /// If none comes free in time.
    pub async fn trace(&self) -> sqlx::Result<Held> {
        Ok(match self {
            Self::Sqlite { write, .. } => Held::Sqlite(write.acquire().await?),
            Self::Postgres(pool) => Held::Postgres(pool.acquire().await?),
        })
    }

    /// Closes all connections, which on SQLite also folds the log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, in_use } => {
                read.close().await;
                write.close().await;
                if let Some(lock) = in_use {
                    let _ = lock.unlock();
                }
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Makes the file of a new database, for nobody else to read. What cannot be made, opening it says better.
fn make_private(path: &Path) {
    let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

impl Held {
    /// The connection.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(held) => Conn::Sqlite(held),
            Self::Postgres(held) => Conn::Postgres(held),
        }
    }
}

impl Tx {
    /// The connection.
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx),
            Self::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    /// Makes it so.
    ///
    /// # Errors
    /// If the database refuses; then nothing of it is stored.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

/// Lets enums that are one word each be bound and read as text on both engines.
macro_rules! text_columns {
    ($($name:ty),* $(,)?) => {$(
        impl<DB: Database> Type<DB> for $name where String: Type<DB> {
            fn type_info() -> DB::TypeInfo {
                <String as Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <String as Type<DB>>::compatible(ty)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $name where &'r str: Decode<'r, DB> {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(<&str as Decode<'r, DB>>::decode(value)?.parse::<Self>()?)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $name where String: Encode<'q, DB> {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.as_str().to_owned().encode(buffer)
            }
        }
    )*};
}

text_columns!(
    crate::domain::user::UserType,
    crate::domain::user::Redemption,
    crate::domain::user::Role,
    crate::domain::user::UserStanding,
    crate::domain::app::AppKind,
    crate::domain::audit::Outcome,
    crate::domain::language::Language,
    crate::domain::mail::MailKind,
    crate::domain::mail::MailState,
    crate::domain::invitation::InvitationState,
    crate::domain::invitation::TargetState,
    crate::domain::policy::Reason,
    crate::domain::notice::Notice,
    crate::domain::notice::Telling,
    crate::domain::tending::JoinPolicy,
);
