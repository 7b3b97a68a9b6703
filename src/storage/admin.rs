//! The database as such: its schema's version and the facts it keeps about itself.

use super::{Conn, Db, on};
use sqlx::migrate::{MigrateError, Migrator};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Brings the tables up to this binary's version.
///
/// # Errors
/// `VersionMissing` or `VersionMismatch` if a newer binary has been here before; else what the engine says.
pub async fn migrate(db: &Db) -> Result<(), MigrateError> {
    match db {
        Db::Sqlite { write, .. } => SQLITE.run(write).await,
        Db::Postgres(pool) => POSTGRES.run(pool).await,
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
