//! What Vestibule does by itself. Each job may run in several processes at once and may run twice.

mod deliver_mail;
mod end_access;
mod notify;
mod publish_head;
mod purge;
mod remind;

pub use deliver_mail::attempt;

use crate::{
    domain::mail::Lane,
    mail::transport::{Smtp, Transport},
    services::Services,
};
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet};

/// How often what time does by itself is looked at.
const MINUTE: Duration = Duration::from_secs(60);

/// How often the mail server is asked what it can do: when its last answer has just expired.
const ASK: Duration = Duration::from_secs(601);

/// Runs all jobs until `stop` says so, and returns when the last has finished what it had begun.
pub async fn run(services: Services, stop: watch::Receiver<bool>) {
    let mut jobs = JoinSet::new();
    for lane in Lane::ALL {
        if let Some(transport) = transport(&services) {
            jobs.spawn(deliver_mail::run(services.clone(), transport, lane, stop.clone()));
        }
    }
    if services.settings.smtp_url.is_none() && !services.demo {
        tracing::warn!("no mail server is set (VESTIBULE_SMTP_URL): mail waits in the outbox");
    }
    jobs.spawn(every(ASK, services.clone(), stop.clone(), ask_mail_server));
    jobs.spawn(every(MINUTE, services.clone(), stop.clone(), end_access::run));
    jobs.spawn(every(MINUTE, services.clone(), stop.clone(), remind::run));
    jobs.spawn(every(MINUTE, services.clone(), stop.clone(), notify::run));
    jobs.spawn(every(Duration::from_secs(3600), services.clone(), stop.clone(), purge::run));
    jobs.spawn(every(Duration::from_secs(3600), services, stop, publish_head::run));
    while jobs.join_next().await.is_some() {}
}

fn transport(services: &Services) -> Option<Transport> {
    match &services.settings.smtp_url {
        Some(url) => match Smtp::new(url) {
            Ok(smtp) => Some(Transport::Smtp(smtp)),
            Err(error) => {
                tracing::error!(error, "the mail server cannot be used");
                None
            }
        },
        None if services.demo => Some(Transport::Mailbox),
        None => None,
    }
}

/// Finds out what the mail server can do, so that whoever invites can be told before.
async fn ask_mail_server(services: Services) {
    services.mail_server.ask(services.now()).await;
}

/// Runs a job at once and then again after each `pause`.
async fn every<F: Future<Output = ()> + Send>(
    pause: Duration,
    services: Services,
    mut stop: watch::Receiver<bool>,
    job: fn(Services) -> F,
) {
    loop {
        job(services.clone()).await;
        if wait(&mut stop, pause).await {
            return;
        }
    }
}

/// Waits; `true` if it is time to stop.
async fn wait(stop: &mut watch::Receiver<bool>, pause: Duration) -> bool {
    tokio::time::timeout(pause, stop.wait_for(|stop| *stop)).await.is_ok()
}
