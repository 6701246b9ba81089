//! The certificate that the listener shows, and how it is renewed while people work.
//!
//! ```text
//! files change  -> looked at every five seconds, at once by SIGHUP
//! fit           -> new connections see the new one; those that are open go on with theirs
//! unfit         -> the one before stays; the log says why, /readyz and `clew doctor` say that something is wrong
//! ```
//!
//! TLS is 1.2 (with ECDHE and an authenticated cipher alone: ring knows no other) or 1.3, over which HTTP/2 or HTTP/1.1 is
//! spoken. There is no renegotiation, no compression and no early data, because the library has none of them.
//!
//! Absent on purpose: certificates of clients (nobody is believed for a connection), and any cipher to choose: what is weak
//! is absent, and the rest needs no opinion.

mod read;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustls::ServerConfig;
use rustls::sign::SingleCertAndKey;

use crate::settings::{CertificatePlace, SettingFault};
use crate::tls;
use crate::world::Clock;
use read::Files;
pub use read::Pair;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(5);
/// So long before its end a certificate is warned of.
const AHEAD: SignedDuration = SignedDuration::from_hours(21 * 24);

/// What is shown now, and where it comes from.
pub struct Certificates {
    place: CertificatePlace,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    until: Timestamp,
    /// The mark of what was looked at last; none when it could not be read.
    seen: Option<[u8; 32]>,
    /// Why what was looked at last is not shown.
    refused: Option<Refused>,
}

#[derive(Clone, PartialEq, Eq)]
struct Refused {
    sentence: String,
    /// Whether the same file may be fit later.
    by_time: bool,
}

/// Reads the certificate that the settings name, and whether it holds now.
///
/// # Errors
/// [`SettingFault`] names the setting, what is wrong and what to do.
pub fn examine(place: &CertificatePlace, now: Timestamp) -> Result<Pair, SettingFault> {
    let pair = Files::read(place)?.open()?;
    holds(place, &pair, now)?;
    Ok(pair)
}

fn holds(place: &CertificatePlace, pair: &Pair, now: Timestamp) -> Result<(), SettingFault> {
    let (name, path) = place.certificate();
    let said = |what: String, remedy: &str| {
        Err(SettingFault::new(name, format!("names {}, whose certificate {what}", path.display()), remedy))
    };
    if now >= pair.until {
        return said(format!("ended on {}", pair.until), "give a renewed one");
    }
    if now < pair.from {
        return said(
            format!("holds only from {} on", pair.from),
            "see this machine's clock, or give one that holds now",
        );
    }
    Ok(())
}

/// What is to be said of a certificate that ends soon.
pub fn warning(until: Timestamp, now: Timestamp) -> Option<String> {
    let left = until.duration_since(now);
    match left.as_hours() / 24 {
        _ if left > AHEAD => None,
        _ if left <= SignedDuration::ZERO => Some(format!("the certificate ended on {until}")),
        0 => Some(format!("the certificate ends within a day, on {until}")),
        days => Some(format!("the certificate ends in {days} days, on {until}")),
    }
}

impl Certificates {
    /// Reads the certificate that the settings name.
    ///
    /// # Errors
    /// [`SettingFault`] when there is none that can be shown now.
    pub fn open(place: CertificatePlace, clock: Arc<dyn Clock>) -> Result<Self, SettingFault> {
        let files = Files::read(&place)?;
        let (pair, mark) = (files.open()?, files.mark());
        holds(&place, &pair, clock.now())?;
        let until = pair.until;
        let state = State { config: Arc::new(config(pair)?), until, seen: Some(mark), refused: None };
        Ok(Self { place, clock, state: Mutex::new(state) })
    }

    /// How the next connection is encrypted.
    pub fn config(&self) -> Arc<ServerConfig> {
        self.state().config.clone()
    }

    /// When the certificate that is shown ends.
    pub fn until(&self) -> Timestamp {
        self.state().until
    }

    /// What whoever watches the server should know: nothing, when all is well.
    pub fn warnings(&self) -> Vec<String> {
        let state = self.state();
        let refused = state.refused.as_ref().map(|_| "the new certificate cannot be used; the log says why".to_owned());
        warning(state.until, self.clock.now()).into_iter().chain(refused).collect()
    }

    /// Looks whether the files are others than before, and shows what they hold now if it is fit. Blocks on the disk.
    pub fn look(&self) {
        let files = Files::read(&self.place);
        let mark = files.as_ref().ok().map(Files::mark);
        {
            let state = self.state();
            let may_be_fit_now = state.refused.as_ref().is_some_and(|refused| refused.by_time);
            if mark.is_some() && mark == state.seen && !may_be_fit_now {
                return;
            }
        }
        let found = files.and_then(|files| files.open()).map_err(|fault| (fault, false));
        let found = found.and_then(|pair| match holds(&self.place, &pair, self.clock.now()) {
            Ok(()) => Ok(pair),
            Err(fault) => Err((fault, true)),
        });
        let made = found.and_then(|pair| Ok((pair.until, config(pair).map_err(|fault| (fault, false))?)));
        let mut state = self.state();
        match made {
            Ok((until, config)) => {
                tracing::info!(%until, "another certificate is shown from now on");
                *state = State { config: Arc::new(config), until, seen: mark, refused: None };
            }
            Err((fault, by_time)) => {
                let refused = Some(Refused { sentence: fault.to_string(), by_time });
                if state.refused != refused {
                    tracing::error!(%fault, until = %state.until, "the certificate from before is shown on");
                }
                (state.seen, state.refused) = (mark, refused);
            }
        }
    }

    /// Looks again and again, for ever; at once when the process gets SIGHUP.
    pub async fn follow(self: Arc<Self>) {
        let mut told = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = hangup(&mut told) => tracing::info!("told to look at the certificate again"),
            }
            let own = self.clone();
            if tokio::task::spawn_blocking(move || own.look()).await.is_err() {
                tracing::error!("looking at the certificate broke off; it is tried again");
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn hangup(told: &mut Option<tokio::signal::unix::Signal>) {
    let heard = match told {
        Some(told) => told.recv().await,
        None => None,
    };
    if heard.is_none() {
        std::future::pending::<()>().await;
    }
}

fn config(pair: Pair) -> Result<ServerConfig, SettingFault> {
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let builder = ServerConfig::builder_with_provider(tls::provider()).with_protocol_versions(&versions);
    // The driver has both versions; a machine on which it had not could encrypt nothing at all.
    let builder = builder.map_err(|error| {
        SettingFault::new(
            crate::settings::names::TLS_CERTIFICATE,
            format!("cannot be used ({error})"),
            "reinstall Clew",
        )
    })?;
    let shown = Arc::new(SingleCertAndKey::from(pair.certified));
    let mut config = builder.with_no_client_auth().with_cert_resolver(shown);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
