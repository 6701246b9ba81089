//! `clew health`: whether the server of these settings can work, asked from beside it. A container, a service manager or a
//! balancer needs no other program for that.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Position, Url};

use super::{other, say};
use crate::StartFault;
use crate::doctor::get;
use crate::egress::to_own_listener;
use crate::settings::{Settings, names};
use crate::tls::{self, Believe};
use crate::unverified::AnyCertificate;

/// How long the answer may take.
const WAIT: Duration = Duration::from_secs(4);

/// Says `ready` with what should be looked at, or fails with why it is not.
pub(super) async fn run(settings: Settings) -> Result<(), StartFault> {
    let Some(address) = settings.listen.first().copied().map(reachable) else {
        return Err(other(format!("no listener is set; see {}", names::LISTEN)));
    };
    let answer = timeout(WAIT, ask(&settings, address)).await;
    let answer = answer.map_err(|_| other(format!("the server at {address} does not answer within {WAIT:?}")))?;
    let answer = answer.map_err(|error| other(format!("nothing answers at {address}: {error}")))?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.starts_with("HTTP/1.1 200 ") && body.starts_with("ready") {
        say(body.trim_end());
        return Ok(());
    }
    let why = if body.starts_with("not ready") { body.trim_end() } else { "what answers is not this server" };
    Err(other(format!("{address}: {why}")))
}

/// Where a listener of every address is reached from here.
fn reachable(address: SocketAddr) -> SocketAddr {
    let here = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(here, address.port())
}

async fn ask(settings: &Settings, address: SocketAddr) -> std::io::Result<Vec<u8>> {
    let named = |url: &Url| url[Position::BeforeHost..Position::AfterPort].to_owned();
    let host = settings.public_url.as_ref().map_or_else(|| address.to_string(), named);
    let stream = to_own_listener(address).await?;
    if settings.tls.is_none() {
        return get(stream, &host, "/readyz").await;
    }
    // It is this machine that is asked, and nothing is told to whoever answers.
    let config = tls::client(Believe::Verifier(Arc::new(AnyCertificate::new())), None);
    let config = config.map_err(|unfit| std::io::Error::other(unfit.to_string()))?;
    let name = ServerName::IpAddress(address.ip().into());
    get(TlsConnector::from(Arc::new(config)).connect(name, stream).await?, &host, "/readyz").await
}
