//! The one HTTP client: HTTP/1.1, no cookies, no headers but those that it is given, every stage with its deadline.
//!
//! Redirects are followed only when it is asked for, at most so many times as asked for; each is checked like a first
//! address, credentials stay with scheme, host and port that they were given for, and none leads from https to http.
//!
//! A proxy gets the host's name and resolves it by itself: then the rules are asked by name.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::header::{self, HeaderValue};
use axum::http::{Method, Request, Uri};
use bytes::Bytes;
use http_body_util::{Empty, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

pub use super::ask::{Answer, Ask, Bounds, Unfetched};
use super::body::{self, Unread};
use super::{Barred, Egress, Purpose, Unreached, read_host};
use crate::settings::Proxy;

/// The most connections that are kept open for the next request.
const MOST_IDLE: usize = 4;
/// How long one is kept.
const IDLE: Duration = Duration::from_secs(30);
/// The most headers of an answer.
const MOST_HEADERS: usize = 200;

/// A client with one way to be encrypted, whose connections nobody else uses.
pub struct Client {
    egress: Egress,
    tls: TlsConnector,
    bounds: Bounds,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    place: Place,
    since: Instant,
    line: Line,
}

/// Scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    is_https: bool,
    host: Host,
    port: u16,
}

/// A connection for one request after the other.
struct Line {
    sender: SendRequest<Full<Bytes>>,
    wire: JoinHandle<()>,
    /// Whether requests name the whole address.
    by_proxy: bool,
    authorization: Option<HeaderValue>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.wire.abort();
    }
}

trait Both: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Both for T {}

impl Place {
    fn of(url: &Url) -> Result<Self, Barred> {
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(Barred::Form),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Barred::Form);
        }
        let host = url.host_str().and_then(read_host).ok_or(Barred::Form)?;
        Ok(Self { is_https, host, port: url.port_or_known_default().ok_or(Barred::Form)? })
    }

    fn host_text(&self) -> String {
        self.host.to_string()
    }

    /// Host and port, the port only where it is not the scheme's own.
    fn authority(&self) -> String {
        let usual = if self.is_https { 443 } else { 80 };
        if self.port == usual { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl Egress {
    /// The proxy on the way to a place.
    fn proxy(&self, place: &Place) -> Option<&Proxy> {
        let borrowed = match &place.host {
            Host::Domain(name) => Host::Domain(name.as_str()),
            Host::Ipv4(address) => Host::Ipv4(*address),
            Host::Ipv6(address) => Host::Ipv6(*address),
        };
        self.proxies.on_the_way(place.is_https, &borrowed, place.port)
    }

    /// A connection to the proxy, which is not asked for what is shut.
    async fn to_proxy(&self, proxy: &Proxy, place: &Place) -> Result<TcpStream, Unreached> {
        // An address of Clew's own database is closed under whatever name the settings have for it.
        let closed = self.closed_addresses(place.port).await;
        self.rules.check_behind_proxy(&place.host, place.port, &closed).map_err(Unreached::Barred)?;
        let way = self.naming(&proxy.host, proxy.port);
        way.tcp(&proxy.host, proxy.port, Purpose::Web).await
    }

    /// Tries whether a web address is reached: a connection is opened to it, or to the proxy on its way, whose host and
    /// port are given back; nothing is said on it.
    ///
    /// # Errors
    /// [`Unreached`]: refused before anything was sent, or nobody there.
    pub async fn try_web(&self, url: &Url) -> Result<Option<(String, u16)>, Unreached> {
        let place = Place::of(url).map_err(Unreached::Barred)?;
        match self.proxy(&place) {
            None => self.tcp(&place.host_text(), place.port, Purpose::Web).await.map(|_| None),
            Some(proxy) => {
                let through = Some((proxy.host.clone(), proxy.port));
                self.to_proxy(proxy, &place).await.map(|_| through)
            }
        }
    }
}

impl Client {
    /// A client that goes out by `egress` and believes whom `tls` believes.
    pub fn new(egress: Egress, tls: ClientConfig, bounds: Bounds) -> Self {
        let tls = TlsConnector::from(Arc::new(tls));
        Self { egress, tls, bounds, idle: Mutex::default() }
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`Unfetched`] says which bound or rule was met.
    pub async fn send(&self, ask: Ask) -> Result<Answer, Unfetched> {
        timeout(self.bounds.total, self.follow(ask)).await.map_err(|_| Unfetched::Slow)?
    }

    async fn follow(&self, mut ask: Ask) -> Result<Answer, Unfetched> {
        let mut left = ask.redirects;
        loop {
            let answer = self.once(&ask).await?;
            let leads_on = answer.status.is_redirection() && answer.headers.contains_key(header::LOCATION);
            if ask.redirects == 0 || !leads_on {
                return Ok(answer);
            }
            left = left.checked_sub(1).ok_or(Unfetched::Redirected)?;
            let location = answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
            let next = location.and_then(|text| ask.url.join(text).ok()).ok_or(Unfetched::Redirected)?;
            let before = Place::of(&ask.url).map_err(Unfetched::Barred)?;
            let after = Place::of(&next).map_err(Unfetched::Barred)?;
            // What is carried is sent once, and what was encrypted stays so.
            if ask.method != Method::GET || (before.is_https && !after.is_https) {
                return Err(Unfetched::Redirected);
            }
            if before != after {
                ask.credential = None;
            }
            ask.url = next;
        }
    }

    /// One request; a connection that was kept may have been closed meanwhile, and then a GET is sent again.
    async fn once(&self, ask: &Ask) -> Result<Answer, Unfetched> {
        let place = Place::of(&ask.url).map_err(Unfetched::Barred)?;
        if ask.method == Method::GET
            && let Some(line) = self.take_idle(&place)
        {
            match self.ask(line, &place, ask).await {
                Err(Unfetched::Broken(_)) => {}
                answered => return answered,
            }
        }
        let line = timeout(self.bounds.connect, self.connect(&place)).await.map_err(|_| Unfetched::Slow)??;
        self.ask(line, &place, ask).await
    }

    fn take_idle(&self, place: &Place) -> Option<Line> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|kept| kept.since.elapsed() < IDLE && !kept.line.sender.is_closed());
        let at = idle.iter().position(|kept| kept.place == *place)?;
        Some(idle.swap_remove(at).line)
    }

    fn keep(&self, place: &Place, line: Line) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= MOST_IDLE {
            idle.remove(0);
        }
        idle.push(Idle { place: place.clone(), since: Instant::now(), line });
    }

    async fn connect(&self, place: &Place) -> Result<Line, Unfetched> {
        let proxy = self.egress.proxy(place).cloned();
        let stream = match &proxy {
            None => self.egress.tcp(&place.host_text(), place.port, Purpose::Web).await?,
            Some(proxy) => self.through(proxy, place).await?,
        };
        let authorization = proxy.as_ref().and_then(|proxy| proxy.authorization.as_ref());
        let authorization = authorization.and_then(|secret| HeaderValue::from_str(secret.expose()).ok());
        if !place.is_https {
            return self.line(stream, proxy.is_some(), authorization).await;
        }
        let name = match &place.host {
            Host::Domain(name) => ServerName::try_from(name.clone()),
            Host::Ipv4(address) => Ok(ServerName::from(std::net::IpAddr::V4(*address))),
            Host::Ipv6(address) => Ok(ServerName::from(std::net::IpAddr::V6(*address))),
        };
        let untrusted = |cause: String| Unfetched::Untrusted(cause);
        let name = name.map_err(|error| untrusted(error.to_string()))?;
        let encrypted = self.tls.connect(name, stream).await.map_err(|error| untrusted(error.to_string()))?;
        self.line(encrypted, false, None).await
    }

    /// A connection to the proxy; for https one that it joins to the place itself.
    async fn through(&self, proxy: &Proxy, place: &Place) -> Result<TcpStream, Unfetched> {
        let stream = self.egress.to_proxy(proxy, place).await?;
        if !place.is_https {
            return Ok(stream);
        }
        let broken = |error: &dyn std::fmt::Display| Unfetched::Away(format!("the proxy: {error}"));
        let (mut sender, wire) = http1::Builder::new()
            .max_buf_size(self.bounds.head)
            .handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
            .await
            .map_err(|error| broken(&error))?;
        let wire = tokio::spawn(async move { wire.without_shutdown().await });
        let authority = format!("{}:{}", place.host, place.port);
        let mut request = Request::connect(&authority).header(header::HOST, &authority);
        if let Some(authorization) = &proxy.authorization {
            request = request.header(header::PROXY_AUTHORIZATION, authorization.expose());
        }
        let request = request.body(Empty::new()).map_err(|error| broken(&error))?;
        let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
        if !answer.status().is_success() {
            return Err(broken(&answer.status()));
        }
        drop((answer, sender));
        match wire.await {
            Ok(Ok(parts)) if parts.read_buf.is_empty() => Ok(parts.io.into_inner()),
            Ok(Ok(_)) => Err(broken(&"it said something that was not asked")),
            Ok(Err(error)) => Err(broken(&error)),
            Err(error) => Err(broken(&error)),
        }
    }

    async fn line(
        &self,
        stream: impl Both + 'static,
        by_proxy: bool,
        authorization: Option<HeaderValue>,
    ) -> Result<Line, Unfetched> {
        let shaken = http1::Builder::new()
            .max_buf_size(self.bounds.head)
            .max_headers(MOST_HEADERS)
            .handshake(TokioIo::new(stream))
            .await;
        let (sender, wire) = shaken.map_err(|error| Unfetched::Broken(error.to_string()))?;
        let wire = tokio::spawn(async move { drop(wire.await) });
        Ok(Line { sender, wire, by_proxy, authorization })
    }

    async fn ask(&self, mut line: Line, place: &Place, ask: &Ask) -> Result<Answer, Unfetched> {
        let request = written(&line, place, ask)?;
        let until = Instant::now() + self.bounds.first_byte;
        let came = timeout_at(until, line.sender.send_request(request)).await.map_err(|_| Unfetched::Slow)?;
        let (parts, incoming): (_, Incoming) = came.map_err(|error| unread(&error))?.into_parts();
        // The reader's own bound counts only what it could not read at once.
        let head: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if head > self.bounds.head {
            return Err(Unfetched::TooLarge("its headers"));
        }
        let body = body::read(incoming, &parts.headers, self.bounds).await.map_err(|unread| match unread {
            Unread::TooLarge(what) => Unfetched::TooLarge(what),
            Unread::Broken(cause) => Unfetched::Broken(cause),
        })?;
        if ask.method == Method::GET && line.sender.ready().await.is_ok() {
            self.keep(place, line);
        }
        Ok(Answer { status: parts.status, headers: parts.headers, body, url: ask.url.clone() })
    }
}

fn unread(error: &hyper::Error) -> Unfetched {
    if error.is_parse_too_large() { Unfetched::TooLarge("its headers") } else { Unfetched::Broken(error.to_string()) }
}

/// The request as it is sent: what was given, the host, and nothing else.
fn written(line: &Line, place: &Place, ask: &Ask) -> Result<Request<Full<Bytes>>, Unfetched> {
    let unsendable = |error: &dyn std::fmt::Display| Unfetched::Broken(format!("it could not be asked: {error}"));
    let mut url = ask.url.clone();
    url.set_fragment(None);
    let path = &url[url::Position::BeforePath..];
    let target = if line.by_proxy { format!("http://{}{path}", place.authority()) } else { path.to_owned() };
    let target: Uri = target.parse().map_err(|error| unsendable(&error))?;
    let mut request = Request::builder().method(ask.method.clone()).uri(target);
    if let Some(headers) = request.headers_mut() {
        headers.extend(ask.headers.clone());
        let host = HeaderValue::from_str(&place.authority()).map_err(|error| unsendable(&error))?;
        headers.insert(header::HOST, host);
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        if let Some((name, value)) = &ask.credential {
            headers.insert(name, value.clone());
        }
        if let Some(authorization) = line.authorization.as_ref().filter(|_| line.by_proxy) {
            headers.insert(header::PROXY_AUTHORIZATION, authorization.clone());
        }
    }
    request.body(Full::new(ask.body.clone())).map_err(|error| unsendable(&error))
}
