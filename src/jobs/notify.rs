//! Tells inviters of links that ran out, and sends the day's notices.

use crate::services::{Services, notices, upkeep};

/// Does it once.
pub async fn run(services: Services) {
    // Said where it happened; the next minute tries again.
    let _ = upkeep::tell_run_out(&services).await;
    let _ = notices::send_digests(&services).await;
}
