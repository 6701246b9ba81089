//! The accept loop: connections with deadlines, and an end that lets running answers finish.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// The most connections at once.
const MOST_CONNECTIONS: usize = 10_000;
/// The longest wait for the first byte of a connection.
const FIRST_BYTE: Duration = Duration::from_secs(10);
/// The longest wait for the headers of a request.
const HEADERS: Duration = Duration::from_secs(15);
/// The longest wait for running answers at the end.
const DRAIN: Duration = Duration::from_secs(25);
/// The greatest set of headers, in bytes.
const MOST_HEADER_BYTES: usize = 32 * 1024;

/// Bound listeners, before anything is answered.
pub struct Listening {
    listeners: Vec<TcpListener>,
}

impl Listening {
    /// Binds every address. A second address that the machine does not have (IPv6 switched off) is left out.
    ///
    /// # Errors
    /// The first address cannot be bound, or none can.
    pub async fn bind(addresses: &[SocketAddr]) -> io::Result<Self> {
        let mut listeners = Vec::new();
        for address in addresses {
            match TcpListener::bind(address).await {
                Ok(listener) => listeners.push(listener),
                Err(error) if !listeners.is_empty() && error.kind() == io::ErrorKind::AddrNotAvailable => {
                    tracing::info!(%address, "the machine does not have this address");
                }
                Err(error) => return Err(io::Error::new(error.kind(), format!("{address}: {error}"))),
            }
        }
        Ok(Self { listeners })
    }

    /// The addresses that were bound.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }
}

/// Answers until `stop` becomes true, then lets running answers finish.
pub async fn serve(listening: Listening, router: Router, stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let loops =
        listening.listeners.into_iter().map(|listener| accept(listener, &router, &room, &graceful, stop.clone()));
    futures::future::join_all(loops).await;
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers did not finish in time and were cut off");
    }
}

async fn accept(
    listener: TcpListener,
    router: &Router,
    room: &Arc<Semaphore>,
    graceful: &GracefulShutdown,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most often: others must end first.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let connection = connection(stream, peer, router.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection.await;
            drop(place);
        });
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    // Small frames must leave at once; a connection without this option still works.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    // A silent connection costs a place and nothing else; hyper's own timer starts with the first byte only.
    let mut first = [0; 1];
    match tokio::time::timeout(FIRST_BYTE, stream.peek(&mut first)).await {
        Ok(Ok(1..)) => {}
        _ => return,
    }
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(MOST_HEADER_BYTES * 2);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(Duration::from_secs(30));
    let router = router.layer(axum::Extension(Peer(peer)));
    let served = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)).into_owned();
    if let Err(error) = watcher.watch(served).await {
        tracing::debug!(%error, "a connection ended with an error");
    }
}

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);
