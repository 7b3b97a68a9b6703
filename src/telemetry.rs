//! Logging: where it goes and what decides its detail. What is logged, and what never, is in docs/LOGGING.md.

use std::io;
use tracing_subscriber::{EnvFilter, fmt};

/// Starts logging to standard error. A second call does nothing.
///
/// # Errors
/// If the filter cannot be read.
pub fn start(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|e| format!("log: {e}"))?;
    // A second subscriber in one process (tests) is refused by the library, and that is right.
    let _ = fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false).try_init();
    Ok(())
}
