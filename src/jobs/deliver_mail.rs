//! Delivers the outbox. Messages are claimed under a lease, so several processes share the work and what a
//! crashed one had begun is taken up again.

use crate::{
    mail::transport::Transport,
    services::{
        Services,
        mail::{self, Attempt},
    },
};
use futures::{StreamExt, stream};
use std::time::Duration;
use tokio::sync::watch;

/// How often the outbox is looked at when nothing wakes this process: mail that another process promised
/// leaves within two seconds.
const LOOK: Duration = Duration::from_secs(1);
/// Messages claimed and on their way at once: none that is claimed waits while its lease runs.
const CLAIM: i64 = 4;

/// Delivers until `stop` says so.
pub async fn run(services: Services, transport: Transport, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // An error is said where it happened; the database may come back.
        let claimed = mail::claim_due(&services, CLAIM).await.unwrap_or_default();
        if claimed.is_empty() {
            tokio::select! {
                () = services.mail_waits.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
            continue;
        }
        stream::iter(claimed)
            .for_each_concurrent(None, |message| {
                let (services, transport) = (&services, &transport);
                async move {
                    let (id, kind) = (message.id, message.kind.as_str());
                    match mail::attempt(services, transport, &message).await {
                        Ok(Attempt::Sent(_)) => tracing::info!(mail = %id, kind, "mail {id} was taken"),
                        Ok(Attempt::Later(why)) => tracing::warn!(mail = %id, kind, why, "mail {id} waits"),
                        Ok(Attempt::Failed(why)) => tracing::warn!(mail = %id, kind, why, "mail {id} failed"),
                        Ok(Attempt::Cancelled(why)) => tracing::debug!(mail = %id, kind, why, "mail {id} was not sent"),
                        Err(_) => {}
                    }
                }
            })
            .await;
    }
}
