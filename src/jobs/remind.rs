//! Reminds guests of invitations that wait.

use crate::services::{Services, upkeep};

/// Does it once.
pub async fn run(services: Services) {
    // Said where it happened; the next minute tries again.
    let _ = upkeep::remind(&services).await;
}
