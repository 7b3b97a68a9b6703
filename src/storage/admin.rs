//! The database as such: its schema's version, the facts it keeps about itself, who has it open, copies of it.

use super::{Conn, Db, on};
use crate::config::DatabaseUrl;
use sqlx::{
    Connection, Row, SqliteConnection,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteLockingMode, SqlitePoolOptions},
};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How the checksums begin that migration 4 had for a while, on SQLite and on PostgreSQL: it ended then with the two
/// indexes that migration 6 makes again.
const FOURTH_FOR_A_WHILE: [&[u8]; 2] = [&[0xa0, 0xb1, 0xac, 0x92, 0x95, 0x24], &[0x46, 0x59, 0xbc, 0xb7, 0x7c, 0x93]];

fn was_fourth(version: i64, checksum: &[u8]) -> bool {
    version == 4 && FOURTH_FOR_A_WHILE.iter().any(|beginning| checksum.starts_with(beginning))
}

/// Brings the tables up to this binary's version.
///
/// # Errors
/// `VersionMissing` or `VersionMismatch` if a newer binary has been here before; else what the engine says.
pub async fn migrate(db: &Db) -> Result<(), MigrateError> {
    accept_fourth(db).await?;
    match db {
        Db::Sqlite { write, .. } => migrator(db).run(write).await,
        Db::Postgres { read: pool, .. } => migrator(db).run(pool).await,
    }
}

/// Has a database that knows migration 4 as it was for a while know it as it is.
async fn accept_fourth(db: &Db) -> sqlx::Result<()> {
    const ACCEPT: &str = "UPDATE _sqlx_migrations SET checksum = $1 WHERE version = 4";
    let applied = applied(db).await?.unwrap_or_default();
    if !applied.get(&4).is_some_and(|checksum| was_fourth(4, checksum)) {
        return Ok(());
    }
    let checksum = migrator(db).iter().find(|migration| migration.version == 4).map(|fourth| fourth.checksum.to_vec());
    let mut tx = db.write().await?;
    on!(&mut tx.conn(), c => sqlx::query(ACCEPT).bind(checksum).execute(c).await.map(drop))?;
    tx.commit().await
}

fn migrator(db: &Db) -> &'static Migrator {
    match db {
        Db::Sqlite { .. } => &SQLITE,
        Db::Postgres { .. } => &POSTGRES,
    }
}

/// A fact about the database.
///
/// # Errors
/// What the engine says.
pub async fn meta(conn: &mut Conn<'_>, key: &str) -> sqlx::Result<Option<String>> {
    const SQL: &str = "SELECT value FROM meta WHERE key = $1";
    on!(conn, c => sqlx::query_scalar(SQL).bind(key).fetch_optional(c).await)
}

/// Notes a fact that is not noted yet; an existing one stays.
///
/// # Errors
/// What the engine says.
pub async fn note_meta(conn: &mut Conn<'_>, key: &str, value: &str) -> sqlx::Result<()> {
    const SQL: &str = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    on!(conn, c => sqlx::query(SQL).bind(key).bind(value).execute(c).await.map(drop))
}

/// Whether there is anybody in it.
///
/// # Errors
/// What the engine says.
pub async fn has_users(conn: &mut Conn<'_>) -> sqlx::Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 AS found FROM users LIMIT 1) AS any_user";
    let found: i64 = on!(conn, c => sqlx::query_scalar(SQL).fetch_one(c).await)?;
    Ok(found > 0)
}

/// A path with something behind its name: what belongs to a database lies beside it.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The file beside a SQLite database by which those who have it open know of each other. It is never removed: who would
/// lock the next one of that name would lock another file.
fn lock_file(database: &Path) -> io::Result<Option<File>> {
    let path = beside(database, ".lock");
    let opened = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
            // Made by root for a service that runs as somebody else.
            if let Some(Ok(folder)) = path.parent().map(fs::metadata) {
                let _ = chown(&path, Some(folder.uid()), Some(folder.gid()));
            }
            made
        }
        opened => opened,
    };
    match opened {
        Ok(file) => Ok(Some(file)),
        // There is no such folder: opening the database says so better.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
    }
}

/// Marks a SQLite database as in use, together with whoever else does. The mark is a lock of the operating system's: it
/// goes with the process, however that ends. `None` where there are no such locks.
///
/// # Errors
/// If the file of the lock cannot be made, or the database is being replaced and stays so.
pub(super) async fn use_together(database: &Path) -> io::Result<Option<File>> {
    let Some(file) = lock_file(database)? else { return Ok(None) };
    for _ in 0..100 {
        match file.try_lock_shared() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::ResourceBusy, "the database is just being restored; try again"))
}

/// A SQLite database that nobody else has open, and nobody opens as long as this lives.
pub struct Alone {
    _lock: Option<File>,
}

/// Makes sure that nobody else has a SQLite database open: neither one of ours, by the lock beside it, nor another
/// program, by SQLite's own. `None` if somebody has. Folds the log of one that crashed into the file; a file that is no
/// database (any more) is nobody's.
///
/// # Errors
/// If the lock cannot be made.
pub async fn alone(database: &Path) -> io::Result<Option<Alone>> {
    let lock = lock_file(database)?;
    match lock.as_ref().map(File::try_lock) {
        None | Some(Ok(())) => {}
        Some(Err(TryLockError::WouldBlock)) => return Ok(None),
        Some(Err(TryLockError::Error(error))) if error.kind() == io::ErrorKind::Unsupported => {}
        Some(Err(TryLockError::Error(error))) => return Err(error),
    }
    if database.exists() && is_held(database).await {
        return Ok(None);
    }
    Ok(Some(Alone { _lock: lock }))
}

async fn is_held(database: &Path) -> bool {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .locking_mode(SqliteLockingMode::Exclusive)
        .busy_timeout(Duration::ZERO);
    let asked = async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let begun = sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await;
        connection.close().await?;
        begun
    };
    // SQLITE_BUSY and SQLITE_LOCKED.
    asked.await.is_err_and(|error| {
        let code = error.as_database_error().and_then(|cause| cause.code()?.parse::<i64>().ok());
        code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
    })
}

/// Opens a database to look at it: nothing is made, migrated or changed, not even beside it.
///
/// # Errors
/// If it is not there or cannot be opened.
pub async fn look(url: &DatabaseUrl) -> sqlx::Result<Db> {
    match url {
        // Without a log nobody has it open, and it can be read without the files that a reader would leave behind.
        DatabaseUrl::Sqlite(path) => open_file(path, !beside(path, "-wal").exists()).await,
        DatabaseUrl::Postgres(url) => {
            let options = PgConnectOptions::from_str(url)?.options([("default_transaction_read_only", "on")]);
            let pool = PgPoolOptions::new()
                .max_connections(2)
                .acquire_timeout(Duration::from_secs(3))
                .connect_with(options)
                .await?;
            Ok(Db::Postgres { read: pool.clone(), write: pool })
        }
    }
}

/// Opens a copy of a SQLite database, which nobody else has, to look at it.
///
/// # Errors
/// If it is not there or cannot be opened.
pub async fn look_at_copy(path: &Path) -> sqlx::Result<Db> {
    open_file(path, true).await
}

/// Ends all sessions in a copy of a SQLite database, which nobody else has.
///
/// # Errors
/// What the engine says.
pub async fn end_sessions_in_copy(path: &Path) -> sqlx::Result<()> {
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await?;
    sqlx::query("DELETE FROM sessions").execute(&mut connection).await?;
    connection.close().await
}

async fn open_file(path: &Path, immutable: bool) -> sqlx::Result<Db> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(immutable)
        .busy_timeout(Duration::from_secs(10));
    let read = SqlitePoolOptions::new().max_connections(2).connect_with(options).await?;
    Ok(Db::Sqlite { write: read.clone(), read, in_use: None })
}

/// How a database's tables stand to this binary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Migrations that wait, by name.
    pub pending: Vec<String>,
    /// The first migration that this binary does not know, or knows otherwise.
    pub foreign: Option<i64>,
}

/// The migrations that a database has had, with their checksums. `None` if it is no database of ours, or none yet.
async fn applied(db: &Db) -> sqlx::Result<Option<BTreeMap<i64, Vec<u8>>>> {
    const TABLES: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ($1, $2)";
    const PG_TABLES: &str = "SELECT COUNT(*) FROM information_schema.tables
        WHERE table_schema = CURRENT_SCHEMA() AND table_name IN ($1, $2)";
    const APPLIED: &str = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";
    let tables = match db {
        Db::Sqlite { .. } => TABLES,
        Db::Postgres { .. } => PG_TABLES,
    };
    let mut held = db.read().await?;
    let conn = &mut held.conn();
    let found: i64 =
        on!(conn, c => sqlx::query_scalar(tables).bind("_sqlx_migrations").bind("audit_head").fetch_one(c).await)?;
    if found < 2 {
        return Ok(None);
    }
    let rows: Vec<(i64, Vec<u8>)> = on!(conn, c => sqlx::query_as(APPLIED).fetch_all(c).await)?;
    Ok(Some(rows.into_iter().collect()))
}

/// How a database's tables stand to this binary. `None` if it is no database of ours, or none yet.
///
/// # Errors
/// What the engine says.
pub async fn schema(db: &Db) -> sqlx::Result<Option<Schema>> {
    let Some(mut applied) = applied(db).await? else { return Ok(None) };
    let mut schema = Schema::default();
    for migration in migrator(db).iter() {
        match applied.remove(&migration.version) {
            None => schema.pending.push(format!("{:04} {}", migration.version, migration.description)),
            Some(checksum) if *checksum != *migration.checksum && !was_fourth(migration.version, &checksum) => {
                schema.foreign = schema.foreign.or(Some(migration.version));
            }
            Some(_) => {}
        }
    }
    schema.foreign = schema.foreign.or_else(|| applied.into_keys().next());
    Ok(Some(schema))
}

/// Whether the database takes changes from us, as far as can be told without making one.
///
/// # Errors
/// What the engine says.
pub async fn takes_changes(db: &Db) -> sqlx::Result<bool> {
    match db {
        // A file: what its folder and mode allow is for those who know the path.
        Db::Sqlite { .. } => Ok(true),
        Db::Postgres { read: pool, .. } => {
            let sql = "SELECT NOT pg_is_in_recovery() AND has_table_privilege('audit_events', 'INSERT')";
            sqlx::query_scalar(sql).fetch_one(pool).await
        }
    }
}

/// Writes a consistent copy of a SQLite database into an empty file while others go on writing.
///
/// # Errors
/// What the engine says; a disk that is full among it.
pub async fn copy_into(db: &Db, file: &Path) -> sqlx::Result<()> {
    let Db::Sqlite { read, .. } = db else { return Err(sqlx::Error::Configuration("not an SQLite database".into())) };
    let name = file.to_str().ok_or_else(|| sqlx::Error::Configuration("the file's name is no text".into()))?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(read).await.map(drop)
}

/// What SQLite finds broken in a database, if anything.
///
/// # Errors
/// What the engine says; also if it is no database at all.
pub async fn damage(db: &Db) -> sqlx::Result<Option<String>> {
    let Db::Sqlite { read, .. } = db else { return Ok(None) };
    let row = sqlx::query("PRAGMA integrity_check(1)").fetch_one(read).await?;
    let said: String = row.try_get(0)?;
    Ok((said != "ok").then_some(said))
}
