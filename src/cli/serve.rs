//! `vestibule serve`.

use super::{Failure, database_name, print_line};
use crate::{
    clock,
    config::Settings,
    domain::paths,
    http, jobs,
    services::{demo, start},
};
use std::time::Duration;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// How long jobs may take to finish what they had begun.
const GRACE: Duration = Duration::from_millis(500);

/// Serves until SIGTERM or SIGINT.
pub(super) async fn serve(settings: Settings, with_demo: bool) -> Result<(), Failure> {
    if with_demo && !settings.is_loopback() {
        return Err(Failure::Settings(format!(
            "--demo lets anybody in, so it listens on this machine only; {} is beyond it",
            settings.listen
        )));
    }
    if with_demo && !settings.is_named_locally() {
        return Err(Failure::Settings(format!(
            "--demo lets anybody in, so nobody else may reach it; {} is for others too",
            settings.public_url
        )));
    }
    let (stop, stopping) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| Failure::Refused(e.to_string()))?;
    let mut services = start::open(&settings, clock::of_process()).await?;
    if with_demo {
        services = demo::enter(services).await?;
    }
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|e| Failure::Settings(format!("cannot listen on {}: {e}", settings.listen)))?;
    let jobs = tokio::spawn(jobs::run(services.clone(), stopping.clone()));
    let serving = tokio::spawn(http::serve(listener, services.clone(), stopping));
    greet(&settings, with_demo);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping");
    let _ = stop.send(true);
    let served = serving.await;
    let _ = tokio::time::timeout(GRACE, jobs).await;
    let _ = tokio::time::timeout(GRACE, services.db.close()).await;
    served.map_err(|error| Failure::Refused(error.to_string()))
}

fn greet(settings: &Settings, demo: bool) {
    let home = settings.url("");
    tracing::info!(database = database_name(settings), "serving at {home}");
    print_line(&format!("Vestibule is at {home}"));
    if demo {
        print_line("Sign in as john.doe@woodgrove.example (owner) or admin@woodgrove.example (administrator).");
        match settings.smtp_url {
            Some(_) => print_line("Mail goes to the mail server that is set."),
            None => print_line(&format!("Mail can be read at {}", settings.url(paths::DEMO_MAILBOX))),
        }
    }
}
