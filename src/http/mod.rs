//! HTTP: the router, its layers, and what is no page. Decides nothing about who may do what.

mod assets;
mod brand;
mod demo;
mod files;
mod guard;
mod health;
mod invitations;
mod launch;
mod limits;
mod members;
mod pages;
mod router;
mod scope;
mod security;
mod tending;
mod uploads;

pub use assets::browser_code_sizes;
pub use router::router;

use crate::{app::shell::Assets, domain::view::Frame, services::Services};
use axum::Extension;
use std::{io, net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// What handlers share.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub services: Services,
    /// Where the files of this build are.
    pub assets: Assets,
}

/// The frame that a request's scope layer has found.
type FrameOf = Extension<Frame>;

/// How long open requests may take to finish once the end is near.
const GRACE: Duration = Duration::from_secs(3);

/// Serves until `stop` says so, then lets open requests finish for a moment; idle connections are closed at once.
///
/// # Errors
/// If the listener fails.
pub async fn serve(listener: TcpListener, services: Services, mut stop: watch::Receiver<bool>) -> io::Result<()> {
    let app = router(services).into_make_service_with_connect_info::<SocketAddr>();
    let mut stopping = stop.clone();
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    tokio::select! {
        done = serving.into_future() => done,
        () = async {
            let _ = stop.wait_for(|stop| *stop).await;
            tokio::time::sleep(GRACE).await;
        } => Ok(()),
    }
}
