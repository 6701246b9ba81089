//! The accept loop: connections with deadlines, and an end that lets running answers finish.
//!
//! A connection has to show within seconds which protocol it speaks, then its headers, then its body at a pace
//! ([`crate::body`]). hyper knows no deadline for the first of these, so the first bytes are read here.

use std::io::{self, Cursor, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, join};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use wire::{Code, Fault};

use super::limits::{Addresses, Limits};
use crate::Server;

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
pub async fn serve(listening: Listening, server: &Arc<Server>, limits: Limits, stop: watch::Receiver<bool>) {
    open(listening, server, super::router(server.clone(), &limits), limits, stop).await;
}

/// Tells numbers until `stop` becomes true, to whoever reaches this listener.
pub async fn serve_metrics(listening: Listening, server: &Arc<Server>, limits: Limits, stop: watch::Receiver<bool>) {
    open(listening, server, super::health::metrics_router(server.clone()), limits, stop).await;
}

async fn open(listening: Listening, server: &Arc<Server>, router: Router, limits: Limits, stop: watch::Receiver<bool>) {
    let door = Door {
        router,
        server: server.clone(),
        limits,
        room: Arc::new(Semaphore::new(limits.in_all)),
        addresses: Addresses::default(),
        graceful: GracefulShutdown::new(),
    };
    let loops = listening.listeners.into_iter().map(|listener| door.accept(listener, stop.clone()));
    futures::future::join_all(loops).await;
    if tokio::time::timeout(DRAIN, door.graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers did not finish in time and were cut off");
    }
}

/// What every connection comes through.
struct Door {
    router: Router,
    server: Arc<Server>,
    limits: Limits,
    room: Arc<Semaphore>,
    addresses: Addresses,
    graceful: GracefulShutdown,
}

impl Door {
    async fn accept(&self, listener: TcpListener, mut stop: watch::Receiver<bool>) {
        loop {
            let Ok(place) = self.room.clone().acquire_owned().await else { return };
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
            let address = peer.ip().to_canonical();
            // A trusted proxy brings everybody's connections.
            let most = if self.server.is_proxy(address) { self.limits.in_all } else { self.limits.of_address };
            let Some(counted) = self.addresses.count(address, most) else {
                turn_away(stream);
                continue;
            };
            let connection = connection(stream, peer, self.router.clone(), self.limits, self.graceful.watcher());
            tokio::spawn(async move {
                connection.await;
                drop((place, counted));
            });
        }
    }
}

/// Says that there are too many connections, without waiting for anything.
fn turn_away(stream: TcpStream) {
    let fault = Fault::new(
        Code::Busy,
        "Too many connections are open from your address.",
        "Close some windows and try again; a proxy in front of Clew has to be named in CLEW_BEHIND_PROXY.",
    );
    let body = serde_json::to_string(&fault).unwrap_or_default();
    let head =
        "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nconnection: close\r\nretry-after: 2";
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let written = stream.into_std().and_then(|mut stream| stream.write_all(answer.as_bytes()));
    tracing::debug!(?written, "too many connections from one address");
}

async fn connection(
    mut stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    watcher: hyper_util::server::graceful::Watcher,
) {
    // Small frames must leave at once; a connection without this option still works.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    // A silent connection costs a place and nothing else.
    let Ok(Ok(first)) = tokio::time::timeout(limits.opening, opening(&mut stream)).await else { return };
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.headers).max_buf_size(MOST_HEADER_BYTES * 2);
    // A peer that stops in the middle of a frame cannot answer the ping, and is cut off.
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(16 * 1024)
        .keep_alive_interval(Duration::from_secs(30));
    let router = router.layer(axum::Extension(Peer(peer)));
    let (read, write) = stream.into_split();
    let stream = TokioIo::new(join(Cursor::new(first).chain(read), write));
    let served = builder.serve_connection(stream, TowerToHyperService::new(router)).into_owned();
    if let Err(error) = watcher.watch(served).await {
        tracing::debug!(%error, "a connection ended with an error");
    }
}

/// What an HTTP/2 connection opens with (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Reads until it is clear whether this is HTTP/1 or HTTP/2.
async fn opening(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut first = Vec::with_capacity(PREFACE.len());
    while first.len() < PREFACE.len() && PREFACE.starts_with(&first) {
        if stream.read_buf(&mut first).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(first)
}

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);
