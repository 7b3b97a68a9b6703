//! Copies of a SQLite database, and the way back from one. PostgreSQL has tools of its own for both.

use super::{
    audit::{self, Verdict},
    calendar,
    start::{self, StartError},
};
use crate::{
    clock::Clock,
    config::Settings,
    domain::error::AppError,
    storage::{
        Db,
        admin::{self, beside},
    },
};
use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, chown},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Why there is no copy, or no way back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is such a file already.
    #[error("{0} is there already; nothing is overwritten")]
    Exists(String),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Somebody has the database open.
    #[error("{0} is in use; stop whatever serves it first")]
    InUse(String),
    /// A file that cannot be brought back.
    #[error("{path} is not restored: {reason}. The database is as it was")]
    Refused {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// What was copied cannot be read back.
    #[error("the copy is of no use and is removed: {0}")]
    Useless(String),
    /// The database or the key file cannot be used.
    #[error(transparent)]
    Start(#[from] StartError),
}

impl From<AppError> for BackupError {
    fn from(error: AppError) -> Self {
        Self::Start(error.into())
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.display().to_string();
    |source| BackupError::File { path, source }
}

/// A file that is removed unless it is kept.
struct Unfinished<'p>(Option<&'p Path>);

impl Unfinished<'_> {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

/// A copy that was made.
#[derive(Debug)]
pub struct Copied {
    /// Its size.
    pub bytes: u64,
    /// What verifying the trail in it found.
    pub verdict: Verdict,
}

/// Writes a consistent copy of the database, whoever serves it meanwhile, and reads it back: that SQLite finds it whole,
/// and that its trail holds. The database is not migrated. Only a copy that is whole gets the name.
///
/// # Errors
/// [`BackupError`]; then there is no file of that name, unless there was one before.
pub async fn backup(settings: &Settings, clock: Arc<dyn Clock>, file: &Path) -> Result<Copied, BackupError> {
    let source = start::open_as_it_is(settings, clock.clone()).await?.services;
    let made = copy(&source.db, settings, clock, file).await;
    source.db.close().await;
    made
}

async fn copy(db: &Db, settings: &Settings, clock: Arc<dyn Clock>, file: &Path) -> Result<Copied, BackupError> {
    // Made by us or not at all: what somebody else laid there might be for them to read.
    let private = |path: &Path| OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    // An empty file of that name keeps it for us.
    let name = match private(file) {
        Ok(_) => Unfinished(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(BackupError::Exists(file.display().to_string()));
        }
        Err(error) => return Err(at(file)(error)),
    };
    let part = beside(file, &format!(".part-{}", std::process::id()));
    let written = private(&part).map_err(at(&part))?;
    let unfinished = Unfinished(Some(&part));
    let useless = |error: sqlx::Error| BackupError::Useless(error.to_string());
    admin::copy_into(db, &part).await.map_err(useless)?;
    written.sync_all().map_err(at(&part))?;
    let verdict = read_back(&part, settings, clock).await.map_err(|error| match error {
        BackupError::Refused { reason, .. } => BackupError::Useless(reason),
        other => BackupError::Useless(other.to_string()),
    })?;
    let bytes = written.metadata().map_err(at(&part))?.len();
    fs::rename(&part, file).map_err(at(file))?;
    unfinished.keep();
    name.keep();
    sync_folder(file)?;
    Ok(Copied { bytes, verdict })
}

/// Reads a copy through: that it is whole, one of ours, for this version and this key file. What verifying the trail in
/// it finds is for the caller to say.
async fn read_back(file: &Path, settings: &Settings, clock: Arc<dyn Clock>) -> Result<Verdict, BackupError> {
    let refused = |reason: String| BackupError::Refused { path: file.display().to_string(), reason };
    let db = admin::look_at_copy(file).await.map_err(|error| refused(error.to_string()))?;
    let read = async {
        if let Some(damage) = admin::damage(&db).await.map_err(|error| refused(error.to_string()))? {
            return Err(refused(format!("SQLite finds it damaged: {damage}")));
        }
        let found = start::examine(db.clone(), settings, clock).await.map_err(|error| match error {
            StartError::Foreign { .. } => refused("it is no database of Vestibule's".to_owned()),
            StartError::Newer { version } => {
                refused(format!("it belongs to a newer Vestibule (migration {version}); use that version"))
            }
            StartError::OtherKey { path } => {
                refused(format!("it was made with another key file than {path}; put that one back first"))
            }
            StartError::Database(reason) => refused(reason),
            other => BackupError::Start(other),
        })?;
        Ok(audit::verify(&found.services, None).await?)
    };
    let verdict = read.await;
    db.close().await;
    verdict
}

/// What was brought back.
#[derive(Debug)]
pub struct Restored {
    /// Where the database lies that was there before.
    pub before: Option<PathBuf>,
    /// What verifying the trail in the restored database found.
    pub verdict: Verdict,
}

/// Puts a copy in the place of the database, in one step, and keeps what was there beside it. The copy is copied once
/// more and read through before anything is touched.
///
/// # Errors
/// [`BackupError`]; then the database is as it was.
pub async fn restore(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    database: &Path,
    file: &Path,
) -> Result<Restored, BackupError> {
    let Some(_alone) = admin::alone(database).await.map_err(at(database))? else {
        return Err(BackupError::InUse(database.display().to_string()));
    };
    let mut source = File::open(file).map_err(at(file))?;
    if !source.metadata().map_err(at(file))?.is_file() {
        return Err(at(file)(io::ErrorKind::IsADirectory.into()));
    }
    let log = beside(file, "-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let reason = format!("{} belongs to it, so it is a database that was in use and no copy", log.display());
        return Err(BackupError::Refused { path: file.display().to_string(), reason });
    }
    let part = beside(database, &format!(".restore-part-{}", std::process::id()));
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    let mut written = written.map_err(at(&part))?;
    let unfinished = Unfinished(Some(&part));
    io::copy(&mut source, &mut written).map_err(at(&part))?;
    written.sync_all().map_err(at(&part))?;
    let verdict = read_back(&part, settings, clock.clone()).await.map_err(|error| match error {
        BackupError::Refused { reason, .. } => BackupError::Refused { path: file.display().to_string(), reason },
        other => other,
    })?;
    // What was signed out since would be signed in again.
    admin::end_sessions_in_copy(&part).await.map_err(|error| BackupError::Useless(error.to_string()))?;
    File::open(&part).and_then(|part| part.sync_all()).map_err(at(&part))?;
    give_owner(&part, database)?;
    let moment: String = calendar::rfc3339(clock.now()).chars().filter(char::is_ascii_alphanumeric).collect();
    let before = set_aside(database, &beside(database, &format!(".before-restore-{moment}")))?;
    fs::rename(&part, database).map_err(at(database))?;
    unfinished.keep();
    sync_folder(database)?;
    Ok(Restored { before, verdict })
}

/// Keeps the database that is there under another name, with what belongs to it. It stays in its place too, until it is
/// replaced in one step.
fn set_aside(database: &Path, aside: &Path) -> Result<Option<PathBuf>, BackupError> {
    if !database.exists() {
        return Ok(None);
    }
    // A log is left only by a database too damaged to take it in, an index of one by whoever was killed. Neither may be
    // taken for the restored one's.
    let (log, index) = (beside(database, "-wal"), beside(database, "-shm"));
    if log.exists() {
        fs::rename(&log, beside(aside, "-wal")).map_err(at(&log))?;
    }
    if index.exists() {
        fs::remove_file(&index).map_err(at(&index))?;
    }
    // Where one file cannot have two names, there is a moment without a database.
    fs::hard_link(database, aside).or_else(|_| fs::rename(database, aside)).map_err(at(aside))?;
    Ok(Some(aside.to_owned()))
}

/// Whoever restores (often root), the database stays whose it was: the old file's, else the folder's.
fn give_owner(part: &Path, database: &Path) -> Result<(), BackupError> {
    let like = if database.exists() { database } else { folder_of(database) };
    let (ours, theirs) = (fs::metadata(part).map_err(at(part))?, fs::metadata(like).map_err(at(like))?);
    if ours.uid() != theirs.uid() {
        chown(part, Some(theirs.uid()), Some(theirs.gid())).map_err(at(part))?;
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a new name survive a power cut.
fn sync_folder(path: &Path) -> Result<(), BackupError> {
    let folder = folder_of(path);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}
