//! The command line. Answers go to standard output, logs and warnings to standard error; `--json` prints one
//! document. Exit codes: 0 done, 1 refused, 2 wrong usage, 3 settings, 4 database.

mod audit;
mod backup;
mod demo;
mod doctor;
mod invite;
mod people;
mod reference;
mod serve;
mod settings;
mod table;

use crate::{
    clock,
    config::{ConfigError, DatabaseUrl, Loaded, Settings},
    domain::error::AppError,
    services::{
        Services,
        start::{self, StartError},
    },
    telemetry,
};
use clap::{Parser, Subcommand};
use serde_json::{Value, json};
use std::{path::PathBuf, process::ExitCode};

/// A self-hosted access panel for guests.
#[derive(Parser)]
#[command(name = "vestibule", version)]
struct Cli {
    /// Settings file [default: vestibule.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages and deliver mail
    Serve {
        /// Serve the demonstration organisation
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database up to this version
    Migrate,
    /// Manage administrators
    #[command(subcommand)]
    Admin(people::Admin),
    /// Manage and list people
    #[command(subcommand)]
    User(people::UserCommand),
    /// Invite people to groups and apps
    Invite(invite::Invite),
    /// Show and change the organisation's settings
    #[command(subcommand)]
    Organisation(settings::OrganisationCommand),
    /// Look at the settings of this process
    #[command(subcommand)]
    Config(settings::ConfigCommand),
    /// Find what is wrong with this installation
    Doctor,
    /// Write a copy of the database, also while it is served
    Backup {
        /// Where to; nothing is overwritten
        file: PathBuf,
    },
    /// Put a copy in the place of the database, which nobody may have open
    Restore {
        /// What `backup` wrote
        file: PathBuf,
    },
    /// Print what a shell completes these commands with
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
    /// Export and verify the trail
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Fill a demonstration
    #[command(subcommand)]
    Demo(demo::DemoCommand),
}

/// Why a command did not do what it should.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Exit code 1: refused.
    #[error("{0}")]
    Refused(String),
    /// Exit code 2: wrong usage.
    #[error("{0}")]
    Usage(String),
    /// Exit code 3: settings.
    #[error("{0}")]
    Settings(String),
    /// Exit code 4: database.
    #[error("{0}")]
    Database(String),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::Usage(_) => 2,
            Self::Settings(_) => 3,
            Self::Database(_) => 4,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Settings(error.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        if error.is_settings() { Self::Settings(error.to_string()) } else { Self::Database(error.to_string()) }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Unavailable | AppError::Internal => {
                Self::Database("the database did not take it; see the log above".into())
            }
            other => Self::Refused(other.to_string()),
        }
    }
}

/// An answer: the document, and the same in words.
struct Answer {
    document: Value,
    words: String,
    code: u8,
}

impl Answer {
    fn done(document: Value, words: impl Into<String>) -> Self {
        Self { document, words: words.into(), code: 0 }
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(std::thread::available_parallelism().map_or(4, |cores| cores.get().max(4)))
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(execute(cli));
            // What still hangs (a mail server that does not answer) does not hold the process.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Failure::Refused(error.to_string())),
    };
    match outcome {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(answer)) => {
            if json {
                print_line(&answer.document.to_string());
            } else if !answer.words.is_empty() {
                print_line(&answer.words);
            }
            ExitCode::from(answer.code)
        }
        Err(failure) => {
            if json {
                print_line(&json!({"error": failure.to_string()}).to_string());
            }
            eprintln!("vestibule: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

/// Prints a line; a reader that has gone away is no fault of ours.
fn print_line(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

async fn execute(cli: Cli) -> Result<Option<Answer>, Failure> {
    // What needs no settings must not fail by them.
    match cli.command {
        Command::Completions { shell } => return reference::completions(shell).map(|()| None),
        Command::Man => return reference::man().map(|()| None),
        _ => {}
    }
    let loaded = Loaded::from_process(cli.config.as_deref())?;
    telemetry::start(&loaded.settings.log).map_err(Failure::Settings)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let settings = loaded.settings;
    let clock = clock::of_process();
    match cli.command {
        Command::Serve { demo } => serve::serve(settings, demo).await.map(|()| None),
        Command::Migrate => {
            let services = start::open(&settings, clock).await?;
            services.db.close().await;
            let words = format!("{} is up to date", database_name(&settings));
            Ok(Some(Answer::done(json!({"ok": true}), words)))
        }
        Command::Admin(command) => {
            let services = start::open(&settings, clock).await?;
            finish(services, async |services| people::admin(services, command).await).await
        }
        Command::User(command) => {
            let services = match command {
                people::UserCommand::Add { .. } => start::open(&settings, clock).await?,
                _ => start::open_existing(&settings, clock).await?,
            };
            finish(services, async |services| people::user(services, command).await).await
        }
        Command::Invite(command) => {
            let services = start::open_existing(&settings, clock).await?;
            finish(services, async |services| invite::invite(services, command).await).await
        }
        Command::Organisation(command) => {
            let services = start::open(&settings, clock).await?;
            finish(services, async |services| settings::organisation(services, command).await).await
        }
        Command::Config(command) => Ok(Some(settings::config(&settings, &command))),
        Command::Doctor => Ok(Some(doctor::doctor(&settings).await)),
        Command::Backup { file } => backup::backup(&settings, &file).await.map(Some),
        Command::Restore { file } => backup::restore(&settings, &file).await.map(Some),
        Command::Completions { .. } | Command::Man => Ok(None),
        Command::Audit(command) => audit::audit(&settings, command).await,
        Command::Demo(command) => {
            let services = start::open_existing(&settings, clock::of_process()).await?;
            demo::demo(&services, command).await.map(Some)
        }
    }
}

/// Carries a command out and closes the database, so that its log is folded in and one file is left.
async fn finish(
    services: Services,
    command: impl AsyncFnOnce(&Services) -> Result<Answer, Failure>,
) -> Result<Option<Answer>, Failure> {
    let answer = command(&services).await;
    services.db.close().await;
    answer.map(Some)
}

/// The database without its password, wherever in the address that stands.
fn database_name(settings: &Settings) -> String {
    match &settings.database_url {
        DatabaseUrl::Sqlite(path) => format!("sqlite://{}", path.display()),
        DatabaseUrl::Postgres(url) => server_name(url),
    }
}

/// A server's address without user, password and parameters.
fn server_name(url: &str) -> String {
    let Ok(url) = url::Url::parse(url) else { return "***".into() };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

fn without_password(url: &url::Url) -> String {
    let mut url = url.clone();
    if url.password().is_some() {
        let _ = url.set_password(Some("***"));
    }
    url.to_string()
}
