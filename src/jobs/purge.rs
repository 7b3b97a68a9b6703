//! Forgets what is over: sessions that ended, codes and links past counting, mails that carried them.

use crate::services::{Services, start::purge};

/// Forgets once.
pub async fn run(services: Services) {
    // Said where it happened; the next hour tries again.
    let _ = purge(&services).await;
}
