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
use axum::{Extension, body::Body, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tower::ServiceExt;

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
/// The longest time that a client may take for the head of a request, or may say nothing on an open connection.
const HEAD_MAX: Duration = Duration::from_secs(75);
/// The most connections that are open at once; who comes then waits. Below what systems let a process open by default.
const CONNECTIONS: usize = 900;
/// How long to wait after a connection could not be accepted: the machine has run out of something.
const BREATH: Duration = Duration::from_millis(50);

/// Serves until `stop` says so, then lets open requests finish for a moment; idle connections are closed at once.
pub async fn serve(listener: TcpListener, services: Services, mut stop: watch::Receiver<bool>) {
    let app = router(services);
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_MAX);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let open = GracefulShutdown::new();
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|(stream, peer)| (stream, peer, place))
        };
        let accepted = tokio::select! {
            accepted = accepted => accepted,
            () = stopped(&mut stop) => break,
        };
        let (stream, peer, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let app = app.clone();
        let service = tower::service_fn(move |request: axum::http::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            app.clone().oneshot(request)
        });
        let connection = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = open.watch(connection);
        tokio::spawn(async move {
            // The client closed the connection, or broke it: nothing to do here.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, open.shutdown()).await;
}

/// Waits until it is time to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
