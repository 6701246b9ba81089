//! What is open and what is closed, for a name, an address and a port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::Host;

use super::address::{Nature, nature};
use crate::settings::{Named, Outbound, names};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A database, at any port.
    Database,
    /// A web address, at the ports where such are.
    Web,
}

/// Why a place is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// Never reachable: the link, metadata, multicast, Clew itself.
    #[error("the rules for outbound connections refuse this address, and no setting opens it")]
    Never,
    /// This machine, or Clew's own database; only an exact place of a setting opens it.
    #[error("the rules for outbound connections refuse this machine and Clew's own database")]
    Here,
    /// A web address at a port where there is rarely one.
    #[error("the rules for outbound connections refuse this port")]
    Port,
    /// There is a list, and it is not in it.
    #[error("the place is not in the list of what may be reached")]
    NotListed,
    /// Not a web address, or one that carries a name or a password.
    #[error("only http and https addresses without a name and a password in them are reached")]
    Form,
}

impl Barred {
    /// What to do about it.
    pub fn remedy(self) -> String {
        let ask = |name: &str| {
            format!("Choose another address, or ask whoever runs Clew to name its host and port in {name}.")
        };
        match self {
            Self::Never => "Choose another address: Clew never connects to this one.".to_owned(),
            Self::Here | Self::Port => ask(names::EGRESS_ALLOW),
            Self::NotListed => ask(names::EGRESS_ONLY),
            Self::Form => "Write it as https://host/path; enter credentials in their own fields.".to_owned(),
        }
    }
}

/// The rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    /// Where Clew itself listens.
    pub(super) own: Vec<SocketAddr>,
    /// Places that are closed like this machine: Clew's own database. Names in lower case.
    pub(super) closed: Vec<(String, u16)>,
    /// What was set.
    pub(super) outbound: Outbound,
}

impl Rules {
    /// Whether a connection to `address`, reached by `name` (empty where an address was given), is open; `closed` are
    /// the addresses of the closed places at this port.
    pub(super) fn check(
        &self,
        name: &str,
        address: IpAddr,
        port: u16,
        purpose: Purpose,
        closed: &[IpAddr],
    ) -> Result<(), Barred> {
        let means = |named: &&Named| named.means(name, Some(address), port);
        let is_allowed = self.outbound.allow.iter().any(|named| means(&named));
        let listed = self.outbound.only.iter().find(means);
        // Whether it is this machine under an address of the network is seen when the connection is there.
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        if nature(address) == Nature::Never || self.is_own_listener(SocketAddr::new(address, port), nowhere) {
            return Err(Barred::Never);
        }
        if is_allowed {
            return Ok(());
        }
        if nature(address) == Nature::Loopback || closed.contains(&address) || self.is_closed(name, port) {
            return Err(Barred::Here);
        }
        self.listed(listed, port, purpose)
    }

    /// The same for what a proxy resolves: by name alone, or by the address that was written; `closed` as in [`check`].
    ///
    /// [`check`]: Self::check
    pub(super) fn check_behind_proxy(&self, host: &Host, port: u16, closed: &[IpAddr]) -> Result<(), Barred> {
        let name = super::name_of(host);
        let address = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(*address)),
            Host::Ipv6(address) => Some(IpAddr::V6(*address).to_canonical()),
            Host::Domain(_) => None,
        };
        if let Some(address) = address {
            return self.check("", address, port, Purpose::Web, closed);
        }
        // Names that mean this machine or a cloud's metadata wherever they are asked for.
        let is_metadata = name == "metadata.google.internal" || name == "metadata" || name == "instance-data";
        if is_metadata {
            return Err(Barred::Never);
        }
        let means = |named: &&Named| named.means(&name, None, port);
        if self.outbound.allow.iter().any(|named| means(&named)) {
            return Ok(());
        }
        if name == "localhost" || name.ends_with(".localhost") || self.is_closed(&name, port) {
            return Err(Barred::Here);
        }
        self.listed(self.outbound.only.iter().find(means), port, Purpose::Web)
    }

    fn is_closed(&self, name: &str, port: u16) -> bool {
        self.closed.iter().any(|(closed, at)| closed == name && *at == port)
    }

    fn listed(&self, listed: Option<&Named>, port: u16, purpose: Purpose) -> Result<(), Barred> {
        let has_list = !self.outbound.only.is_empty();
        let is_usual = purpose == Purpose::Database || matches!(port, 80 | 443 | 8000..=9999);
        match listed {
            None if has_list => Err(Barred::NotListed),
            Some(named) if named.names_port(port) => Ok(()),
            _ if is_usual => Ok(()),
            _ => Err(Barred::Port),
        }
    }

    /// Whether Clew itself listens at `place`, which this machine reaches from `here`.
    pub(super) fn is_own_listener(&self, place: SocketAddr, here: IpAddr) -> bool {
        let (address, here) = (place.ip().to_canonical(), here.to_canonical());
        self.own.iter().filter(|own| own.port() == place.port()).any(|own| {
            let own = own.ip().to_canonical();
            // A listener on every address is reached at all of them: those from which one reaches oneself.
            own == address || (own.is_unspecified() && (address.is_loopback() || address == here))
        })
    }
}
