//! Ends access on time, and tells people before.

use crate::services::{Services, upkeep};

/// Does it once.
pub async fn run(services: Services) {
    // Said where it happened; the next minute tries again.
    let _ = upkeep::end_access(&services).await;
}
