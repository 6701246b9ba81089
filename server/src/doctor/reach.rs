//! Listeners, the public address, and the issuer: who reaches this server, and whom it must reach.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::Finding;
use crate::egress::{has_an_address, to_own_listener};
use crate::settings::{Settings, StorePlace, names};
use crate::sign_in;
use crate::store::Alone;
use crate::web::{Listening, SPEAK_TLS};
use crate::world::Clock;

/// The longest wait for a listener's answer, or for a name.
const WAIT: Duration = Duration::from_secs(5);
/// More than such an answer takes.
const MOST_ANSWER_BYTES: u64 = 16 * 1024;

/// Whether the addresses to listen on are free, or this store's own server listens there.
pub(super) async fn listeners(settings: &Settings) -> Vec<Finding> {
    let is_served = match &settings.store {
        StorePlace::Sqlite(store) => Alone::is_held(store),
        // Several servers may use it, and one that answers here as Clew does is taken for one of them.
        StorePlace::PostgreSql(_) => true,
    };
    let mut findings: Vec<Finding> = Vec::new();
    for address in &settings.listen {
        // As `serve` does: a second address may be one that the machine does not have.
        let may_be_absent = !findings.is_empty();
        findings.push(listener(*address, may_be_absent, is_served).await);
    }
    if let Some(address) = settings.metrics_listen {
        findings.push(listener(address, false, is_served).await);
    }
    findings
}

async fn listener(address: SocketAddr, may_be_absent: bool, is_served: bool) -> Finding {
    let check = "listener";
    let Err(error) = Listening::bind(&[address]).await else {
        return Finding::ok(check, format!("{address} is free."));
    };
    let another = format!("Set {} to another address.", names::LISTEN);
    match error.kind() {
        ErrorKind::AddrInUse if is_served && answers(address).await => {
            Finding::ok(check, format!("This store's server answers on {address}."))
        }
        ErrorKind::AddrInUse => {
            let remedy = format!("End the other program, or set {} to another port.", names::LISTEN);
            Finding::bad(check, format!("Another program listens on {address}."), remedy)
        }
        ErrorKind::AddrNotAvailable if may_be_absent => {
            Finding::ok(check, format!("This machine does not have {address}; it is left out."))
        }
        _ => Finding::bad(check, format!("Nobody can listen there: {error}."), another),
    }
}

/// What a listener of Clew's own answers to this path, under this name.
///
/// # Errors
/// What the system said.
pub(crate) async fn get(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    host: &str,
    path: &str,
) -> std::io::Result<Vec<u8>> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    // An encrypted connection may end without a word, once everything was said.
    let read = stream.take(MOST_ANSWER_BYTES).read_to_end(&mut answer).await;
    if answer.is_empty() {
        read?;
    }
    Ok(answer)
}

/// Whether what listens there says that it lives, as Clew does.
async fn answers(address: SocketAddr) -> bool {
    let ask = async { get(to_own_listener(address).await?, &address.to_string(), "/healthz").await };
    let answer = timeout(WAIT, ask).await.ok().and_then(Result::ok).unwrap_or_default();
    (answer.starts_with(b"HTTP/1.1 200 ") && answer.ends_with(b"ok\n")) || answer == SPEAK_TLS.as_bytes()
}

/// Whether the name that people type is known. That it is there at all is the settings' affair.
pub(super) async fn public_address(settings: &Settings) -> Option<Finding> {
    let check = "public address";
    let url = settings.public_url.as_ref()?;
    let (host, port) = (url.host_str()?, url.port_or_known_default()?);
    let host = host.trim_matches(['[', ']']);
    if has_an_address(host, port, WAIT).await {
        return Some(Finding::ok(check, format!("{url} has an address.")));
    }
    // It works where the people are, perhaps; here alone the name is not known.
    let said = format!("{} is {url}, and nobody here knows the name {host}.", names::PUBLIC_URL);
    Some(Finding::warn(check, said, "See how it is written, and whether the name server has it."))
}

/// Whether the issuer answers as it must.
pub(super) async fn issuer(settings: &Settings, clock: Arc<dyn Clock>) -> Finding {
    let check = "issuer";
    let Some(oidc) = &settings.oidc else {
        return Finding::ok(check, "People sign in here, at the embedded issuer.");
    };
    let issuer = &oidc.issuer;
    of_issuer(issuer, sign_in::ask_issuer(oidc, settings, clock).await)
}

/// What an issuer's answer says of it.
pub(super) fn of_issuer(issuer: &str, answer: Result<sign_in::Said, String>) -> Finding {
    let check = "issuer";
    let remedy = format!("See {}, and whether this machine reaches it.", names::OIDC_ISSUER);
    match answer {
        Err(cause) => Finding::bad(check, format!("{issuer} cannot be used: {cause}."), remedy),
        Ok(said) if said.keys == 0 => {
            Finding::bad(check, format!("{issuer} publishes no key, so that nobody can be believed."), remedy)
        }
        Ok(said) if !said.signs_as_we_read => Finding::bad(
            check,
            format!("{issuer} signs by none of RS256, PS256, ES256 and EdDSA."),
            "Choose one of these for this client at the issuer.",
        ),
        Ok(said) => {
            let goodbye = if said.signs_out { "people can sign out there" } else { "it has no page for signing out" };
            let said = format!("{issuer} answers under its name and publishes {} keys; {goodbye}.", said.keys);
            Finding::ok(check, said)
        }
    }
}
