//! Logging: where it goes and what decides its detail. What is logged, and what never, is in docs/LOGGING.md.

use std::io::{self, IsTerminal};
use tracing_subscriber::{EnvFilter, fmt};

/// What comes before the filter that is set, and yields to it.
const QUIET: &str = "sqlx::postgres::notice=warn,tower_sessions_core=error,tower_http::csrf=off";

/// Starts logging to standard error. A second call does nothing.
///
/// # Errors
/// If the filter cannot be read.
pub fn start(filter: &str) -> Result<(), String> {
    // PostgreSQL remarks on every start that there is a table already, and the sessions on every cookie of one that
    // has ended; whoever wants that names it.
    let filter = EnvFilter::try_new(format!("{QUIET},{filter}")).map_err(|e| format!("log: {e}"))?;
    // A second subscriber in one process (tests) is refused by the library, and that is right.
    let colours = io::stderr().is_terminal();
    let log = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).with_target(false);
    let _ = log.try_init();
    Ok(())
}
