//! Delivers the outbox. Messages are claimed under a lease, so several processes share the work and what a
//! crashed one had begun is taken up again. A message that stalls holds its own place and no other.

use crate::{
    domain::{error::AppError, mail::Lane},
    mail::transport::{PLACES_A_LANE, Refusal, Transport},
    services::{
        Services,
        mail::{self, Attempt, Prepared},
    },
    storage::outbox::Claimed,
};
use std::{collections::HashMap, time::Duration};
use tokio::{
    sync::watch,
    task::{Id, JoinSet},
};

/// How often the outbox is looked at when nothing wakes this process: mail that another process promised
/// leaves within two seconds.
const LOOK: Duration = Duration::from_secs(1);
/// How many of a lane's places one domain may take, so that what is slow there leaves room for the rest. (Codes are not bounded so:
/// members share a domain, and each waits in front of a page.)
const PLACES_A_DOMAIN: usize = 2;
/// The longest that an attempt may take: well within the lease, or another process would begin one.
const ATTEMPT_MAX: Duration = Duration::from_secs(90);

/// Delivers the messages of a lane until `stop` says so.
pub async fn run(services: Services, transport: Transport, lane: Lane, mut stop: watch::Receiver<bool>) {
    // Tasks, not futures of this one: an attempt that holds SQLite's writer goes on while the next message is claimed.
    let mut under_way = JoinSet::new();
    let mut domains: HashMap<Id, String> = HashMap::new();
    while !*stop.borrow() {
        if under_way.len() < PLACES_A_LANE {
            let full = match lane {
                Lane::Urgent => None,
                Lane::Other => full(domains.values()),
            };
            // An error is said where it happened; the database may come back.
            if let Some(message) = mail::claim(&services, lane, full).await.unwrap_or_default() {
                let domain = message.domain.clone();
                let task = under_way.spawn(deliver(services.clone(), transport.clone(), message));
                domains.insert(task.id(), domain);
                continue;
            }
        }
        tokio::select! {
            Some(ended) = under_way.join_next_with_id() => {
                domains.remove(&ended.map_or_else(|error| error.id(), |(id, ())| id));
            }
            () = services.mail_waits.notified(lane), if under_way.len() < PLACES_A_LANE => {}
            () = tokio::time::sleep(LOOK), if under_way.len() < PLACES_A_LANE => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// The domain that takes as many places as one may have: with [`PLACES_A_LANE`] of them there is one at most.
fn full<'d>(domains: impl Iterator<Item = &'d String> + Clone) -> Option<&'d str> {
    let taken = |domain: &str| domains.clone().filter(|one| *one == domain).count();
    domains.clone().map(String::as_str).find(|domain| taken(domain) >= PLACES_A_DOMAIN)
}

/// Makes an attempt and says what became of it.
async fn deliver(services: Services, transport: Transport, message: Claimed) {
    let (id, kind) = (message.id, message.kind.as_str());
    match attempt(&services, &transport, &message).await {
        Ok(Attempt::Sent(_)) => tracing::info!(mail = %id, kind, "mail {id} was taken"),
        Ok(Attempt::Later(why)) => tracing::warn!(mail = %id, kind, why = masked(&why), "mail {id} waits"),
        Ok(Attempt::Failed(why)) => tracing::warn!(mail = %id, kind, why = masked(&why), "mail {id} failed"),
        Ok(Attempt::Cancelled(why)) => tracing::debug!(mail = %id, kind, why, "mail {id} was not sent"),
        Err(_) => {}
    }
}

/// A mail server's words without the addresses in them: who gets mail is nobody's business who reads the log.
fn masked(words: &str) -> String {
    let mask = |word: &str| if word.contains('@') { "(address)".to_owned() } else { word.to_owned() };
    words.split(' ').map(mask).collect::<Vec<_>>().join(" ")
}

/// Makes one attempt at a claimed message, and records what became of it. While the mail server is spoken to, no
/// database connection is held.
///
/// # Errors
/// `Unavailable` or `Internal`: it stays claimed, and is tried again when the lease ends.
pub async fn attempt(services: &Services, transport: &Transport, message: &Claimed) -> Result<Attempt, AppError> {
    let (attempt, ready) = match mail::prepare(services, message).await? {
        Prepared::Waits(why) => return Ok(Attempt::Later(why.into())),
        Prepared::Settled(attempt) => (attempt, None),
        Prepared::Ready(ready) => {
            let attempt = match transport {
                Transport::Smtp(smtp) => match tokio::time::timeout(ATTEMPT_MAX, smtp.send(&ready.letter)).await {
                    Ok(Ok(answer)) => Attempt::Sent(answer),
                    Ok(Err(Refusal::ForGood(reason))) => Attempt::Failed(reason),
                    Ok(Err(Refusal::ForNow(reason))) => Attempt::Later(reason),
                    Err(_) => Attempt::Later("the mail server took too long".into()),
                },
                Transport::Mailbox => mail::lay_into_mailbox(services, message, &ready.letter).await?,
            };
            (attempt, Some(ready))
        }
    };
    mail::record(services, message, &attempt, ready.as_deref()).await?;
    Ok(attempt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_names_no_recipient() {
        let said = "550 5.1.1 <sam@x.example>: Recipient address rejected: User unknown (sam@x.example)";
        assert_eq!(masked(said), "550 5.1.1 (address) Recipient address rejected: User unknown (address)");
    }

    #[test]
    fn a_domain_takes_no_more_than_its_places() {
        let domains = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        assert_eq!(full(domains(&["a", "b"]).iter()), None);
        assert_eq!(full(domains(&["a", "b", "b"]).iter()), Some("b"));
    }
}
