//! The accept loop: connections with deadlines, and an end that lets running answers finish.
//!
//! A connection has to show within seconds which protocol it speaks, then its headers, then its body at a pace
//! ([`crate::body`]). hyper knows no deadline for the first of these, so the first bytes are read here. Nor does it know one
//! for whoever does not read: that is [`super::reading`] for all that is sent, and [`super::idle`] for each answer.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown, Watcher};
use rustix::net::sockopt::set_tcp_user_timeout;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use wire::{Code, Fault};

use super::idle::Used;
use super::limits::{Addresses, Limits};
use super::opened::Opened;
use crate::Server;
use crate::certificate::Certificates;

/// The longest wait for answers that were told to end.
const ENDING: Duration = Duration::from_secs(3);
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

/// Answers until `stop` becomes true, then lets running answers finish; those that do not are told to end, and have their
/// ends in the audit log when this returns. Encrypted where the server has a certificate.
pub async fn serve(listening: Listening, server: &Arc<Server>, limits: Limits, stop: watch::Receiver<bool>) {
    let router = super::router(server.clone(), &limits);
    open(listening, server, router, server.certificates.clone(), limits, stop).await;
    server.ending.written().await;
}

/// Tells numbers until `stop` becomes true, to whoever reaches this listener.
pub async fn serve_metrics(listening: Listening, server: &Arc<Server>, limits: Limits, stop: watch::Receiver<bool>) {
    open(listening, server, super::health::metrics_router(server.clone()), None, limits, stop).await;
}

async fn open(
    listening: Listening,
    server: &Arc<Server>,
    router: Router,
    certificates: Option<Arc<Certificates>>,
    limits: Limits,
    stop: watch::Receiver<bool>,
) {
    let (cut, is_cut) = watch::channel(false);
    let door = Door {
        router,
        certificates,
        cut: is_cut,
        server: server.clone(),
        limits,
        room: Arc::new(Semaphore::new(limits.in_all)),
        addresses: Addresses::default(),
        graceful: GracefulShutdown::new(),
    };
    let loops = listening.listeners.into_iter().map(|listener| door.accept(listener, stop.clone()));
    futures::future::join_all(loops).await;
    let drained = door.graceful.shutdown();
    tokio::pin!(drained);
    tokio::select! {
        () = &mut drained => return,
        () = tokio::time::sleep(limits.drain) => tracing::warn!("some answers did not finish in time and are ended"),
        () = server.ending.begun() => {}
    }
    server.ending.begin();
    if tokio::time::timeout(ENDING, drained).await.is_err() {
        tracing::warn!("some answers did not end and are cut off");
    }
    cut.send_replace(true);
}

/// What every connection comes through.
struct Door {
    router: Router,
    certificates: Option<Arc<Certificates>>,
    /// Becomes true when whatever still runs is to be dropped.
    cut: watch::Receiver<bool>,
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
                turn_away(stream, self.certificates.is_some());
                continue;
            };
            let (router, limits, watcher) = (self.router.clone(), self.limits, self.graceful.watcher());
            let one = One { router, peer: Peer(peer), limits, _watcher: watcher, stop: stop.clone() };
            let (certificates, mut cut) = (self.certificates.clone(), self.cut.clone());
            tokio::spawn(async move {
                tokio::select! {
                    () = one.begin(stream, certificates) => {}
                    _ = cut.wait_for(|cut| *cut) => {}
                }
                drop((place, counted));
            });
        }
    }
}

/// Says that there are too many connections, without waiting for anything.
fn turn_away(stream: TcpStream, is_encrypted: bool) {
    if is_encrypted {
        // What is no handshake would be taken for a broken one.
        return drop(stream);
    }
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

/// What one connection is answered with.
struct One {
    router: Router,
    peer: Peer,
    limits: Limits,
    /// The end of the listener waits until this is gone.
    _watcher: Watcher,
    /// Becomes true when whoever has asked nothing yet is not waited for any more.
    stop: watch::Receiver<bool>,
}

impl One {
    /// Shakes hands where there is a certificate, then answers requests.
    async fn begin(mut self, stream: TcpStream, certificates: Option<Arc<Certificates>>) {
        // What was sent and is not taken the system holds on to, even behind the end of the connection; for so long and no longer.
        let patience = u32::try_from(self.limits.reading.as_millis()).unwrap_or(u32::MAX);
        // Small frames must leave at once. Whoever has left already has no options.
        if stream.set_nodelay(true).is_err() || set_tcp_user_timeout(&stream, patience).is_err() {
            return;
        }
        let Some(certificates) = certificates else { return self.answer(stream).await };
        match self.in_time(shake_hands(stream, &certificates)).await {
            Some(Ok(stream)) => self.answer(stream).await,
            Some(Err(error)) => tracing::debug!(%error, "a connection could not be encrypted"),
            None => tracing::debug!("a handshake took too long"),
        }
    }

    /// What comes before the first request, unless it takes too long or the server is being stopped.
    async fn in_time<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = work => Some(done),
            () = tokio::time::sleep(self.limits.opening) => None,
            _ = self.stop.wait_for(|stop| *stop) => None,
        }
    }

    async fn answer<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(mut self, mut stream: S) {
        // A silent connection costs a place and nothing else.
        let Some(Ok(first)) = self.in_time(opening(&mut stream)).await else { return };
        let Self { router, peer, limits, mut stop, _watcher } = self;
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.headers)
            .max_buf_size(MOST_HEADER_BYTES * 2);
        // A peer that stops in the middle of a frame cannot answer the ping, and is cut off.
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(100)
            .max_header_list_size(16 * 1024)
            .keep_alive_interval(Duration::from_secs(30));
        let preface = first.starts_with(PREFACE).then_some(PREFACE.len());
        let stream = TokioIo::new(Opened::new(first, stream, preface, limits.reading));
        let used = Used::default();
        let service = service_fn({
            let used = used.clone();
            move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(peer);
                request.extensions_mut().insert(used.begin());
                router.clone().oneshot(request)
            }
        });
        let served = builder.serve_connection(stream, service);
        tokio::pin!(served);
        let ended = tokio::select! {
            ended = served.as_mut() => Some(ended),
            () = used.rested(limits.idle) => finished(served, &used, limits.reading).await,
            () = used.unread(limits.reading) => finished(served, &used, limits.reading).await,
            () = told(&mut stop) => finished(served, &used, limits.reading).await,
        };
        match ended {
            Some(Err(error)) => tracing::debug!(%error, "a connection ended with an error"),
            None => tracing::debug!("a connection was closed because nobody read its answers"),
            Some(Ok(())) => {}
        }
    }
}

/// Waits until something is to stop; also when nobody is left who could say so.
async fn told(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

/// Takes no more requests, and answers those that are there, as long as somebody reads: what was handed over and is not taken
/// is given up, and nothing is said of how it ended.
async fn finished<C: GracefulConnection>(
    mut connection: Pin<&mut C>,
    used: &Used,
    reading: Duration,
) -> Option<Result<(), C::Error>> {
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        ended = connection => Some(ended),
        () = used.rested(reading) => None,
        () = used.all_unread(reading) => None,
    }
}

/// The first byte of a handshake (RFC 8446, 5.1).
const HANDSHAKE: u8 = 22;

async fn shake_hands(
    mut stream: TcpStream,
    certificates: &Certificates,
) -> io::Result<tokio_rustls::server::TlsStream<TcpStream>> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 1 && first != [HANDSHAKE] {
        // What lies unread when a connection is closed takes the answer away with it.
        let mut question = vec![0; 4096];
        let read = stream.read(&mut question).await?;
        tracing::debug!(read, "clear text came to an encrypted listener");
        stream.write_all(SPEAK_TLS.as_bytes()).await?;
        stream.shutdown().await?;
        return Err(io::Error::new(io::ErrorKind::InvalidData, "somebody spoke clear text"));
    }
    TlsAcceptor::from(certificates.config()).accept(stream).await
}

/// What whoever speaks clear text to an encrypted listener is told.
pub(crate) const SPEAK_TLS: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\
    content-length: 58\r\n\r\nThis address is encrypted: write https:// in front of it.\n";

/// What an HTTP/2 connection opens with (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Reads until it is clear whether this is HTTP/1 or HTTP/2.
async fn opening(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
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
