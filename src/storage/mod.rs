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

/// Limits of a state change, for its transaction alone, so that a pooler which hands a connection from one transaction
/// to the next passes nothing on.
const POSTGRES_LIMITS: &str = "SELECT set_config('lock_timeout', $1, TRUE), set_config('statement_timeout', $2, TRUE),
    set_config('idle_in_transaction_session_timeout', $3, TRUE)";
/// The longest that a state change waits for those before it.
const LOCK_WAIT: &str = "10s";
/// The longest that one of its statements takes.
const STATEMENT_MAX: &str = "30s";
/// The longest that it may do nothing: PostgreSQL ends one whose process was stopped, before those that wait give up.
const IDLE_MAX: &str = "5s";

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
    /// PostgreSQL: writers wait for each other in a pool of their own, so that pages can be read meanwhile.
    Postgres {
        /// Connections that read, and write what stands outside state changes.
        read: PgPool,
        /// Connections of state changes.
        write: PgPool,
    },
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

/// Marks a place in a state change to go back to: for work that must equal other work, and leave nothing.
///
/// # Errors
/// What the engine says.
pub async fn mark(conn: &mut Conn<'_>) -> sqlx::Result<()> {
    on!(conn, c => sqlx::query("SAVEPOINT mark").execute(c).await.map(drop))
}

/// Takes back what was done since [`mark`].
///
/// # Errors
/// What the engine says.
pub async fn back_to_mark(conn: &mut Conn<'_>) -> sqlx::Result<()> {
    on!(conn, c => sqlx::query("ROLLBACK TO SAVEPOINT mark").execute(c).await.map(drop))
}

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
                let pool = |most| {
                    PgPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(15)).after_connect(
                        |connection, _| Box::pin(async move { connection.execute(POSTGRES_PLANS).await.map(drop) }),
                    )
                };
                let read = pool(8).connect_with(options.clone()).await?;
                // Connects when something is first written: a command that only reads needs no second connection.
                Ok(Self::Postgres { read, write: pool(4).connect_lazy_with(options) })
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
            Self::Postgres { read, .. } => Held::Postgres(read.acquire().await?),
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
            Self::Postgres { write, .. } => {
                let mut tx = write.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
                sqlx::query(POSTGRES_LIMITS)
                    .bind(LOCK_WAIT)
                    .bind(STATEMENT_MAX)
                    .bind(IDLE_MAX)
                    .execute(&mut *tx)
                    .await?;
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
            Self::Postgres { read, .. } => Held::Postgres(read.acquire().await?),
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
            Self::Postgres { read, write } => {
                read.close().await;
                write.close().await;
            }
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
    crate::domain::link::LinkKind,
    crate::domain::mail::MailKind,
    crate::domain::mail::MailState,
    crate::domain::invitation::InvitationState,
    crate::domain::invitation::TargetState,
    crate::domain::policy::Reason,
    crate::domain::notice::Notice,
    crate::domain::notice::Telling,
    crate::domain::tending::JoinPolicy,
);
