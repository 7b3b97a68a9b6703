//! Logs the end of the trail's chain, so that a copy of the log can prove later that nothing was cut off.

use crate::services::{Services, audit};

/// Logs it once.
pub async fn run(services: Services) {
    if let Ok(head) = audit::head(&services).await {
        tracing::info!(head, "the audit trail ends at {head}");
    }
}
