//! What the settings say of connections to the outside: what is open, what alone is open, and which proxies lead there.
//!
//! ```text
//! name               db.example.org        that name alone
//! below a name       *.example.org         every name that ends so
//! address, network   10.1.2.3  10.0.0.0/8  fd00::/8
//! with a port        db.example.org:5432   10.0.0.0/8:5432   [::1]:8080   127.0.0.1:*
//! ```

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use url::{Host, Url};

use super::Secret;
use super::kinds::{Cidr, list};

/// The most entries of one list.
const MOST_ENTRIES: usize = 1_000;

/// The rules for connections to the outside, as they were set.
#[derive(Debug, Clone, Default)]
pub struct Outbound {
    /// What is open although it is refused by default; each with its port.
    pub allow: Vec<Named>,
    /// When it has entries, nothing else is reached.
    pub only: Vec<Named>,
    /// The way to web addresses.
    pub proxies: Proxies,
    /// Certificates in PEM that are trusted beside the system's wherever none are named for a place; may be empty.
    pub authorities: Arc<str>,
}

/// One entry of a list of places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    place: Place,
    /// `None`: none was written.
    port: Option<Ports>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// In lower case, without a dot at its end.
    Name(String),
    /// What a name ends in, with the dot before it.
    Below(String),
    Network(Cidr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ports {
    One(u16),
    Every,
}

impl Named {
    /// One host and one port, as a setting elsewhere names them.
    pub fn exactly(host: &str, port: u16) -> Option<Self> {
        Some(Self { place: place(host)?, port: Some(Ports::One(port)) })
    }

    fn parse(text: &str) -> Option<Self> {
        // `fd00::/8` and `::1` are full of colons and have no port.
        if let Some(network) = Cidr::parse(text) {
            return Some(Self { place: Place::Network(network), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, "*")) => (host, Some(Ports::Every)),
            Some((host, port)) => (host, Some(Ports::One(port.parse().ok().filter(|port| *port > 0)?))),
            None => (text, None),
        };
        Some(Self { place: place(host)?, port })
    }

    /// Whether a port was written.
    pub fn has_port(&self) -> bool {
        self.port.is_some()
    }

    /// Whether this port was written, or all of them.
    pub fn names_port(&self, port: u16) -> bool {
        matches!(self.port, Some(Ports::Every)) || self.port == Some(Ports::One(port))
    }

    /// Whether it means `host` (in lower case) at `port`, by name; an address that is known counts too.
    pub fn means(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        let is_port = match self.port {
            Some(Ports::One(own)) => own == port,
            Some(Ports::Every) | None => true,
        };
        is_port
            && match &self.place {
                Place::Name(name) => name == host,
                Place::Below(end) => host.ends_with(end.as_str()),
                Place::Network(network) => address.is_some_and(|address| network.contains(address)),
            }
    }
}

fn place(text: &str) -> Option<Place> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if let Some(network) = Cidr::parse(bare) {
        return Some(Place::Network(network));
    }
    let (is_below, name) = match text.strip_prefix("*.") {
        Some(name) => (true, name),
        None => (false, text),
    };
    match Host::parse(name.strip_suffix('.').unwrap_or(name)).ok()? {
        Host::Domain(name) if is_below => Some(Place::Below(format!(".{name}"))),
        Host::Domain(name) => Some(Place::Name(name)),
        // An address in a form that a person would not write.
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// Entries with or without ports, at most [`MOST_ENTRIES`].
pub(super) fn places(text: &str) -> Option<Vec<Named>> {
    let found: Vec<Named> = list(text).map(Named::parse).collect::<Option<_>>()?;
    (found.len() <= MOST_ENTRIES).then_some(found)
}

/// The same, each with its port.
pub(super) fn places_with_ports(text: &str) -> Option<Vec<Named>> {
    places(text).filter(|found| found.iter().all(Named::has_port))
}

/// The proxies on the way to web addresses.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// For addresses that begin with `http:`.
    pub http: Option<Proxy>,
    /// For those that begin with `https:`.
    pub https: Option<Proxy>,
    /// What is reached without either.
    pub without: Without,
}

/// One proxy, spoken to in clear.
#[derive(Debug, Clone)]
pub struct Proxy {
    pub host: String,
    pub port: u16,
    /// What `Proxy-Authorization` says.
    pub authorization: Option<Secret>,
}

/// What is reached without a proxy.
#[derive(Debug, Clone, Default)]
pub struct Without {
    everything: bool,
    named: Vec<Named>,
}

impl Proxies {
    /// The proxy on the way to an address; none for this machine, where no other one leads.
    pub fn on_the_way(&self, is_https: bool, host: &Host<&str>, port: u16) -> Option<&Proxy> {
        let (name, address) = match host {
            Host::Domain(name) => (*name, None),
            Host::Ipv4(address) => ("", Some(IpAddr::V4(*address))),
            Host::Ipv6(address) => ("", Some(IpAddr::V6(*address))),
        };
        let is_here = name == "localhost" || name.ends_with(".localhost");
        let is_here = is_here || address.is_some_and(|address| address.to_canonical().is_loopback());
        let means = |named: &Named| named.means(name, address, port);
        if is_here || self.without.everything || self.without.named.iter().any(means) {
            return None;
        }
        if is_https { self.https.as_ref() } else { self.http.as_ref() }
    }
}

/// `http://proxy:3128`, perhaps with a name and a password before the host.
pub(super) fn proxy(text: &str) -> Option<Proxy> {
    // Many write no scheme.
    let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&text).ok().filter(|url| url.scheme() == "http")?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let host = url.host_str().filter(|host| bare && !host.is_empty())?.trim_matches(['[', ']']).to_owned();
    let decoded = |text: &str| {
        // The form's decoding differs for `+` alone, which stands for itself here.
        let kept = text.replace('+', "%2B");
        url::form_urlencoded::parse(format!("x={kept}").as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    let authorization = match (url.username(), url.password()) {
        ("", None) => None,
        (name, password) => {
            let pair = format!("{}:{}", decoded(name)?, decoded(password.unwrap_or_default())?);
            let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
            Some(Secret::new(format!("Basic {encoded}")))
        }
    };
    Some(Proxy { host, port: url.port_or_known_default()?, authorization })
}

/// What other programs understand too: names (with everything below them), addresses and networks, or `*`.
pub(super) fn without(text: &str) -> Option<Without> {
    let mut without = Without::default();
    for part in list(text) {
        if part == "*" {
            without.everything = true;
            continue;
        }
        let name = part.strip_prefix("*.").or_else(|| part.strip_prefix('.')).unwrap_or(part);
        let named = Named::parse(name)?;
        if let Place::Name(name) = &named.place {
            without.named.push(Named { place: Place::Below(format!(".{name}")), port: named.port });
        }
        without.named.push(named);
    }
    (without.named.len() <= 2 * MOST_ENTRIES).then_some(without)
}
