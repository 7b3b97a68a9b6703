//! From settings to services: opens the database, checks that it and the key file belong together.

use super::{MailWaits, Services, limits::Limits, mail_server::MailServer};
use crate::{
    clock::Clock,
    config::{DatabaseUrl, Settings},
    crypto::{Keys, Rng},
    domain::{error::AppError, mail::MailKind, time::DAY},
    identity::one_time_code,
    storage::{self, Db, admin::Schema},
};
use std::{io, sync::Arc};

/// Key in the database's own facts: which key file it was made with.
const KEY_CHECK: &str = "key_check";

/// Why the services cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The key file cannot be read or made.
    #[error("the key file {path}: {source}")]
    KeyFile {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The database was made with another key file.
    #[error(
        "the key file {path} is not the one that this database was made with; secrets sealed with the other could not be opened"
    )]
    OtherKey {
        /// Which.
        path: String,
    },
    /// There is no such database yet.
    #[error("there is no database at {path}; `vestibule migrate` or `vestibule serve` makes it")]
    NoDatabase {
        /// Where.
        path: String,
    },
    /// The database's tables are newer than this binary.
    #[error(
        "this database belongs to a newer Vestibule (migration {version}); use that version or a backup made before it"
    )]
    Newer {
        /// The first migration that this binary does not know.
        version: i64,
    },
    /// What is there is no database of ours.
    #[error("{path} is no database of Vestibule's")]
    Foreign {
        /// Where.
        path: String,
    },
    /// The database cannot be opened or migrated.
    #[error("the database: {0}")]
    Database(String),
    /// It is not what was asked for.
    #[error("{0}")]
    Refused(&'static str),
}

impl StartError {
    /// Whether the settings are to blame (exit code 3), rather than the database (4).
    pub fn is_settings(&self) -> bool {
        matches!(self, Self::KeyFile { .. } | Self::OtherKey { .. } | Self::Refused(_))
    }
}

impl From<sqlx::Error> for StartError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl From<sqlx::migrate::MigrateError> for StartError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::VersionMissing(version) => Self::Newer { version },
            other => Self::Database(other.to_string()),
        }
    }
}

impl From<AppError> for StartError {
    fn from(error: AppError) -> Self {
        Self::Database(error.to_string())
    }
}

/// Opens the database, brings its tables up to date and checks the key file against it.
///
/// # Errors
/// [`StartError`], which says what to do.
pub async fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Services, StartError> {
    let rng = Rng::from_system().map_err(|_| StartError::Refused("this machine has no randomness to give"))?;
    let path = settings.secret_key_file.display().to_string();
    let db = Db::open(&settings.database_url).await?;
    let known = key_check(&db).await?;
    // A key is made for a new database only, and a database is brought up to date only with its own.
    let keys = match &known {
        Some(_) => Keys::read(&settings.secret_key_file),
        None => Keys::from_file(&settings.secret_key_file, &rng),
    };
    let keys = keys.map_err(|source| StartError::KeyFile { path: path.clone(), source })?;
    if known.as_ref().is_some_and(|check| check != keys.check_value()) {
        return Err(StartError::OtherKey { path });
    }
    storage::admin::migrate(&db).await?;
    index_places(&db).await?;
    if known.is_none() {
        let mut tx = db.write().await?;
        storage::admin::note_meta(&mut tx.conn(), KEY_CHECK, keys.check_value()).await?;
        // Two that start at once on a new database may have two key files.
        let noted = storage::admin::meta(&mut tx.conn(), KEY_CHECK).await?;
        tx.commit().await?;
        if noted.as_deref() != Some(keys.check_value()) {
            return Err(StartError::OtherKey { path });
        }
    }
    Ok(Services {
        db,
        clock,
        rng,
        keys,
        settings: Arc::new(settings.clone()),
        demo: false,
        mail_waits: MailWaits::default(),
        limits: Limits::default(),
        mail_server: MailServer::new(settings.smtp_url.clone()),
    })
}

/// Which key file a database was made with; nothing where it has yet to be made.
async fn key_check(db: &Db) -> Result<Option<String>, StartError> {
    Ok(match storage::admin::schema(db).await? {
        Some(_) => storage::admin::meta(&mut db.read().await?.conn(), KEY_CHECK).await?,
        None => None,
    })
}

/// Finds the words of groups and apps that are from before these were kept.
async fn index_places(db: &Db) -> Result<(), StartError> {
    const DONE: &str = "places_indexed";
    if storage::admin::meta(&mut db.read().await?.conn(), DONE).await?.is_some() {
        return Ok(());
    }
    let mut tx = db.write().await?;
    storage::search::index_missing(&mut tx.conn()).await?;
    storage::admin::note_meta(&mut tx.conn(), DONE, "1").await?;
    Ok(tx.commit().await?)
}

/// As [`open`], for commands that do not make a database where there is none.
///
/// # Errors
/// `NoDatabase`; else as [`open`].
pub async fn open_existing(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Services, StartError> {
    refuse_missing(settings)?;
    open(settings, clock).await
}

/// A database as it is found: services upon it, and how its tables stand to this binary.
pub struct Found {
    /// What can be done with it. Where migrations wait, only the trail can be relied on.
    pub services: Services,
    /// How its tables stand to this binary.
    pub schema: Schema,
}

/// Opens a database to look at it: nothing is made, migrated or changed.
///
/// # Errors
/// As [`open_existing`]; `Foreign` if it is none of ours.
pub async fn look(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Found, StartError> {
    refuse_missing(settings)?;
    examine(storage::admin::look(&settings.database_url).await?, settings, clock).await
}

/// Opens a database as it is, without migrating it.
///
/// # Errors
/// As [`look`].
pub async fn open_as_it_is(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Found, StartError> {
    refuse_missing(settings)?;
    examine(Db::open(&settings.database_url).await?, settings, clock).await
}

/// Finds out whether an open database is ours, is not too new, and belongs to the key file, which is not made here.
///
/// # Errors
/// [`StartError`].
pub async fn examine(db: Db, settings: &Settings, clock: Arc<dyn Clock>) -> Result<Found, StartError> {
    let rng = Rng::from_system().map_err(|_| StartError::Refused("this machine has no randomness to give"))?;
    let schema = match storage::admin::schema(&db).await? {
        None => return Err(StartError::Foreign { path: database_path(settings) }),
        Some(Schema { foreign: Some(version), .. }) => return Err(StartError::Newer { version }),
        Some(schema) => schema,
    };
    let path = settings.secret_key_file.display().to_string();
    let keys =
        Keys::read(&settings.secret_key_file).map_err(|source| StartError::KeyFile { path: path.clone(), source })?;
    if key_check(&db).await?.is_some_and(|check| check != keys.check_value()) {
        return Err(StartError::OtherKey { path });
    }
    let services = Services {
        db,
        clock,
        rng,
        keys,
        settings: Arc::new(settings.clone()),
        demo: false,
        mail_waits: MailWaits::default(),
        limits: Limits::default(),
        mail_server: MailServer::new(settings.smtp_url.clone()),
    };
    Ok(Found { services, schema })
}

fn database_path(settings: &Settings) -> String {
    match &settings.database_url {
        DatabaseUrl::Sqlite(path) => path.display().to_string(),
        DatabaseUrl::Postgres(_) => "what the address names".to_owned(),
    }
}

fn refuse_missing(settings: &Settings) -> Result<(), StartError> {
    match &settings.database_url {
        DatabaseUrl::Sqlite(path) if !path.exists() => Err(StartError::NoDatabase { path: path.display().to_string() }),
        _ => Ok(()),
    }
}

/// Forgets what is over: ended sessions, codes and links that no limit counts any more, and the mails that
/// carried them.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn purge(services: &Services) -> Result<(), AppError> {
    let now = services.now();
    let counted = now.plus(-2 * one_time_code::WINDOW);
    let mut held = services.db.trace().await?;
    let conn = &mut held.conn();
    storage::sessions::purge(conn, now).await?;
    storage::codes::purge(conn, counted).await?;
    storage::invitations::purge_counts(conn, now.plus(-2 * DAY).0.div_euclid(DAY)).await?;
    storage::undos::purge(conn, now.plus(-2 * super::undo::GRACE)).await?;
    for kind in [MailKind::SignInCode, MailKind::SignInLink] {
        storage::outbox::purge(conn, kind, counted).await?;
    }
    Ok(())
}
