//! Use cases: load facts, decide, change the state in one transaction with its audit events and its mail.
//! Pages, commands and APIs call these and nothing below; here alone is storage called.

pub mod access;
pub mod account;
pub mod app_roles;
pub mod audit;
pub mod backup;
pub mod calendar;
pub mod csv;
pub mod demo;
pub mod export;
mod grants;
pub mod groups;
pub mod invitation;
pub mod kept_forms;
mod letters;
pub mod limits;
pub mod mail;
pub mod mail_server;
pub mod my_apps;
pub mod notices;
pub mod organisation;
pub mod people;
pub mod picture;
pub mod portal;
pub mod redemption;
pub mod roster;
pub mod sign_in;
pub mod start;
pub mod steering;
mod tally;
pub mod tending;
pub mod undo;
pub mod upkeep;

use crate::{
    clock::Clock,
    config::Settings,
    crypto::{Keys, Rng},
    domain::{
        actor::{Initiator, Origin},
        error::AppError,
        ids::CorrelationId,
        mail::Lane,
        time::Timestamp,
    },
    storage::Db,
};
use std::sync::Arc;
use tokio::sync::Notify;

/// What every use case needs. Time and randomness are parts of it, so tests choose them.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids, secrets and codes.
    pub rng: Rng,
    /// Keys from the key file.
    pub keys: Keys,
    /// The process's settings.
    pub settings: Arc<Settings>,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// Wakes the delivery of mail in this process; others look every second.
    pub mail_waits: MailWaits,
    /// What one client network may do in a minute.
    pub limits: limits::Limits,
    /// What the mail server can do.
    pub mail_server: mail_server::MailServer,
}

/// Wakes the delivery of mail, each lane by itself.
#[derive(Clone, Default)]
pub struct MailWaits(Arc<[Notify; 2]>);

impl MailWaits {
    /// Mail was queued.
    pub fn notify_one(&self) {
        self.0.iter().for_each(Notify::notify_one);
    }

    /// Waits until mail was queued.
    pub async fn notified(&self, lane: Lane) {
        self.0[lane as usize].notified().await;
    }
}

impl Services {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An origin for what Vestibule does by itself or by its command line.
    pub fn own_origin(&self, service: &'static str) -> Origin {
        let correlation = CorrelationId(self.rng.uuid(&*self.clock));
        Origin { initiator: Initiator::Service(service), ip: None, correlation }
    }
}

/// Storage errors become codes here: the cause goes to the log once, and never further.
impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // SQLITE_BUSY, LOCKED, READONLY, FULL and IOERR (primary codes); PostgreSQL's read-only transaction,
            // shutdown, disk full, and waits that took too long.
            sqlx::Error::Database(cause) => cause.code().is_some_and(|code| {
                code.parse::<i64>().is_ok_and(|n| matches!(n & 0xff, 5 | 6 | 8 | 10 | 13))
                    && cause.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
                    || matches!(&*code, "25006" | "25P03" | "53100" | "53300" | "55P03" | "57014" | "57P01" | "57P03")
            }),
            _ => false,
        };
        // PostgreSQL takes no text with a NUL in it, which only a client can have sent.
        if let sqlx::Error::Database(cause) = &error
            && cause.code().is_some_and(|code| code == "22021")
        {
            return Self::Malformed;
        }
        tracing::error!(%error, "storage failed");
        if unavailable { Self::Unavailable } else { Self::Internal }
    }
}
