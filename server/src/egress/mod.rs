//! The one way out: every connection that Clew opens is asked for here, and nothing else may open one.
//!
//! | file | what is in it |
//! |---|---|
//! | [`address`] | addresses that nothing may connect to, in every form |
//! | [`rules`] | what is open and what is closed, for a name, an address and a port |
//! | [`resolve`] | from a name to addresses, once per connection |
//! | [`http`] | the one HTTP client: its redirects, and the proxies on its way |
//! | [`ask`] | what it is asked and answers, and the bounds between |
//! | [`body`] | a body within its bounds, packed or not |
//! | [`json`] | how deep a text of JSON is nested |
//!
//! A name is resolved once, every address that it has is checked, and the connection goes to one that was checked; when
//! it is there, its other end is looked at again. So a name server that changes its mind changes nothing.
//!
//! What IT names in a setting (the issuer, a proxy) is reached where it lies; what people enter in the application is
//! not, unless the rules say so. What is refused is refused before anything is sent, so that a refusal tells nothing of
//! what is there.
//!
//! Absent on purpose: Unix sockets, and a way for a connector to open anything by itself (`clippy.toml`).

mod address;
mod ask;
mod body;
pub mod http;
mod json;
mod resolve;
mod rules;
#[cfg(test)]
pub(crate) mod tests;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use url::Host;

use crate::settings::{Named, Proxies, Settings, StorePlace};

pub use json::deepest;
pub use resolve::{Resolve, System, has_an_address, is_this_machine};
use rules::Rules;
pub use rules::{Barred, Purpose};

/// How long one address may take to answer.
pub const CONNECT: Duration = Duration::from_secs(5);
/// How long a name may take to be resolved.
const RESOLVE: Duration = Duration::from_secs(5);
/// The most addresses of one name that are tried.
const MOST_ADDRESSES: usize = 4;
/// After so long without a byte the system asks whether the other side is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// The way out, with its rules. Cheap to clone.
#[derive(Clone)]
pub struct Egress {
    rules: Arc<Rules>,
    resolver: Arc<dyn Resolve>,
    proxies: Arc<Proxies>,
}

/// Why there is no connection. Says nothing of what lies at a place that is refused.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    /// The rules refuse it.
    #[error("{0}")]
    Barred(Barred),
    /// Nobody answers, or the name is unknown: which of them is for the log alone.
    #[error("nobody could be reached: {0}")]
    Away(String),
}

impl Egress {
    /// The way out of a server with these settings.
    pub fn of_settings(settings: &Settings) -> Self {
        let own = settings.listen.iter().chain(&settings.metrics_listen).copied().collect();
        let rules = Rules { own, closed: own_databases(settings), outbound: settings.outbound.clone() };
        Self {
            rules: Arc::new(rules),
            resolver: Arc::new(System),
            proxies: Arc::new(settings.outbound.proxies.clone()),
        }
    }

    /// The same, with another way from names to addresses.
    #[must_use]
    pub fn resolving_by(self, resolver: Arc<dyn Resolve>) -> Self {
        Self { resolver, ..self }
    }

    /// The same, and one place that IT named in a setting of its own is reached wherever it lies.
    #[must_use]
    pub fn naming(&self, host: &str, port: u16) -> Self {
        let mut rules = Rules::clone(&self.rules);
        rules.outbound.allow.extend(Named::exactly(host, port));
        Self { rules: Arc::new(rules), ..self.clone() }
    }

    /// Certificates in PEM that are trusted beside the system's wherever none are named for a place; may be empty.
    pub fn authorities(&self) -> &str {
        &self.rules.outbound.authorities
    }

    /// A connection to one place.
    ///
    /// # Errors
    /// [`Unreached`]: refused before anything was sent, or nobody there.
    pub async fn tcp(&self, host: &str, port: u16, purpose: Purpose) -> Result<TcpStream, Unreached> {
        let barred = |barred| Unreached::Barred(barred);
        let host = read_host(host).ok_or_else(|| Unreached::Away("that is no name of a host".to_owned()))?;
        let name = name_of(&host);
        let found = self.addresses(&host, port).await?;
        let closed = self.closed_addresses(port).await;
        let mut permitted = Vec::new();
        let mut refused = None;
        for address in found.into_iter().map(|address| address.to_canonical()) {
            match self.rules.check(&name, address, port, purpose, &closed) {
                Ok(()) => permitted.push(SocketAddr::new(address, port)),
                Err(reason) => refused = refused.or(Some(reason)),
            }
        }
        if permitted.is_empty() {
            return Err(refused.map_or_else(|| Unreached::Away("the name has no address".to_owned()), barred));
        }
        let mut away = Unreached::Away("nobody answers".to_owned());
        for address in permitted.into_iter().take(MOST_ADDRESSES) {
            match self.connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => away = error,
            }
        }
        Err(away)
    }

    /// A socket whose datagrams go to one place, which IT named. Nobody says whether they come there.
    ///
    /// # Errors
    /// [`Unreached`]: refused, or the name has no address.
    #[expect(clippy::disallowed_methods, reason = "the one place that opens a socket for datagrams")]
    pub async fn udp(&self, host: &str, port: u16) -> Result<UdpSocket, Unreached> {
        let read = read_host(host).ok_or_else(|| Unreached::Away("that is no name of a host".to_owned()))?;
        let name = name_of(&read);
        let away = |error: io::Error| Unreached::Away(error.to_string());
        let mut refused = Unreached::Away("the name has no address".to_owned());
        for address in self.leads_to(host, port).await {
            if let Err(reason) = self.rules.check(&name, address, port, Purpose::Database, &[]) {
                refused = Unreached::Barred(reason);
                continue;
            }
            let own: IpAddr =
                if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
            let socket = UdpSocket::bind((own, 0)).await.map_err(away)?;
            socket.connect((address, port)).await.map_err(away)?;
            return Ok(socket);
        }
        Err(refused)
    }

    /// Where a host leads now; nowhere, where that cannot be found out. For those who compare places and connect to none.
    pub async fn leads_to(&self, host: &str, port: u16) -> Vec<IpAddr> {
        let Some(host) = read_host(host) else { return Vec::new() };
        let found = self.addresses(&host, port).await.unwrap_or_default();
        found.into_iter().map(|address| address.to_canonical()).collect()
    }

    async fn addresses(&self, host: &Host, port: u16) -> Result<Vec<IpAddr>, Unreached> {
        match host {
            Host::Ipv4(address) => Ok(vec![IpAddr::V4(*address)]),
            Host::Ipv6(address) => Ok(vec![IpAddr::V6(*address)]),
            Host::Domain(name) => match timeout(RESOLVE, self.resolver.resolve(name, port)).await {
                Ok(Ok(found)) => Ok(found),
                Ok(Err(error)) => Err(Unreached::Away(error.to_string())),
                Err(_) => Err(Unreached::Away("the name server did not answer in time".to_owned())),
            },
        }
    }

    /// Where the closed places at this port lie now. One that cannot be resolved cannot be reached either.
    async fn closed_addresses(&self, port: u16) -> Vec<IpAddr> {
        let mut found = Vec::new();
        for (host, _) in self.rules.closed.iter().filter(|(_, closed)| *closed == port) {
            found.extend(self.leads_to(host, port).await);
        }
        found
    }

    /// Connects to an address that was checked, and looks at who is there.
    #[expect(clippy::disallowed_methods, reason = "the one place that opens a connection")]
    async fn connect(&self, address: SocketAddr) -> Result<TcpStream, Unreached> {
        let away = |error: io::Error| Unreached::Away(error.to_string());
        let Ok(opened) = timeout(CONNECT, TcpStream::connect(address)).await else {
            return Err(Unreached::Away("nobody answered in time".to_owned()));
        };
        let stream = opened.map_err(away)?;
        let (peer, here) = (stream.peer_addr().map_err(away)?, stream.local_addr().map_err(away)?);
        let is_another = peer.ip().to_canonical() != address.ip() || peer.port() != address.port();
        if is_another || self.rules.is_own_listener(peer, here.ip()) {
            return Err(Unreached::Barred(Barred::Never));
        }
        stream.set_nodelay(true).map_err(away)?;
        let kept = rustix::net::sockopt::set_socket_keepalive(&stream, true)
            .and_then(|()| rustix::net::sockopt::set_tcp_keepidle(&stream, KEEP_ALIVE));
        kept.map_err(|error| away(error.into()))?;
        Ok(stream)
    }
}

/// Where Clew's own databases are: that of the store, and that of a copy of the audit log. A socket has no address.
fn own_databases(settings: &Settings) -> Vec<(String, u16)> {
    let of_store = match &settings.store {
        StorePlace::PostgreSql(place) => place.hosts.as_slice(),
        StorePlace::Sqlite(_) => &[],
    };
    let of_copy = settings.sinks.sql.iter().map(|sink| (sink.host.clone(), sink.port));
    let all = of_store.iter().cloned().chain(of_copy).filter(|(host, _)| !host.starts_with('/'));
    all.map(|(host, port)| (host.to_ascii_lowercase(), port)).collect()
}

/// A host in any of its spellings: `0x7f000001`, `2130706433` and `127.1` are an address, and a name is its ASCII form.
fn read_host(text: &str) -> Option<Host> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(match address {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        });
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    Host::parse(name).ok()
}

/// The name that rules are asked with; an address has none.
fn name_of(host: &Host) -> String {
    match host {
        Host::Domain(name) => name.to_ascii_lowercase(),
        Host::Ipv4(_) | Host::Ipv6(_) => String::new(),
    }
}

/// A connection to a listener of Clew's own, for those who look whether it answers.
///
/// # Errors
/// What the system said.
#[expect(clippy::disallowed_methods, reason = "the address is this server's own, out of its settings")]
pub(crate) async fn to_own_listener(address: SocketAddr) -> io::Result<TcpStream> {
    TcpStream::connect(address).await
}
