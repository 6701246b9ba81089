//! What an issuer says of itself: its addresses and its keys, kept for ten minutes.
//!
//! An issuer may change its key at any moment, and a token that is signed with the new one must not wait for the ten
//! minutes to end. So whoever finds that no key fits asks for what came [`Discovery::after`] the keys that were used.
//! Of many who find it at the same moment one asks the issuer and the others use what it was answered; and the issuer
//! is asked so at most once in thirty seconds, because otherwise every forged token would make Clew ask.
//!
//! What is kept is replaced only by what was read as a whole: an issuer that is away takes no key from us.
//!
//! Absent on purpose: any key that a token brings along (`jwk`, `jku`, `x5u`), and any address but the issuer's own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, EndSessionUrl, IssuerUrl, ProviderMetadata, RevocationUrl};
use serde::{Deserialize, Serialize};
use wire::{Code, Fault};

use super::transport::{Asking, with_causes};
use crate::world::Clock;

/// How long the issuer's discovery document and keys are kept; a key that it withdrew is believed no longer than this.
const LIFETIME: Duration = Duration::from_secs(600);
/// How long lies at least between two times that the issuer is asked because no key fits.
const REFRESH_EVERY: Duration = Duration::from_secs(30);

/// What an issuer says of itself beyond the core specification.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub(super) struct Further {
    /// Where people sign out (RP-Initiated Logout 1.0).
    pub(super) end_session_endpoint: Option<EndSessionUrl>,
    /// Where tokens are given back (RFC 7009).
    pub(super) revocation_endpoint: Option<RevocationUrl>,
    /// Whether every way back carries its name (RFC 9207); one without it then comes from somebody else.
    pub(super) authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for Further {}

/// The discovery document.
pub(super) type Document = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Reads and keeps what an issuer says of itself.
pub(super) struct Discovery {
    issuer: String,
    transport: Asking,
    clock: Arc<dyn Clock>,
    kept: Mutex<Option<Found>>,
    /// When the issuer was last asked because no key fitted; held while it is asked.
    refreshed: tokio::sync::Mutex<Option<Duration>>,
}

/// What was found.
#[derive(Clone)]
pub(super) struct Found {
    /// Addresses and keys.
    pub(super) document: Document,
    /// Counts what was fetched, so that two findings can be told apart.
    edition: u64,
    fetched: Duration,
}

impl Discovery {
    /// Nothing is asked yet.
    pub(super) fn new(issuer: String, transport: Asking, clock: Arc<dyn Clock>) -> Self {
        Self { issuer, transport, clock, kept: Mutex::default(), refreshed: tokio::sync::Mutex::default() }
    }

    /// What the issuer says, at most ten minutes old.
    ///
    /// # Errors
    /// [`Fault`] when the issuer cannot be reached or is not the one that was configured.
    pub(super) async fn read(&self) -> Result<Found, Fault> {
        let now = self.clock.monotonic();
        match self.kept().filter(|found| now.saturating_sub(found.fetched) < LIFETIME) {
            Some(found) => Ok(found),
            None => self.fetch().await,
        }
    }

    /// What the issuer says since `seen`; nothing where it was asked for that less than thirty seconds ago.
    ///
    /// # Errors
    /// [`Fault`] when the issuer cannot be reached or is not the one that was configured.
    pub(super) async fn after(&self, seen: &Found) -> Result<Option<Found>, Fault> {
        let mut refreshed = self.refreshed.lock().await;
        if let Some(newer) = self.kept().filter(|found| found.edition > seen.edition) {
            return Ok(Some(newer));
        }
        let now = self.clock.monotonic();
        if refreshed.is_some_and(|before| now.saturating_sub(before) < REFRESH_EVERY) {
            return Ok(None);
        }
        *refreshed = Some(now);
        tracing::info!("no key of the issuer fits; asking for its keys again");
        self.fetch().await.map(Some)
    }

    /// What the issuer said of itself whenever it was last read.
    pub(super) fn kept(&self) -> Option<Found> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the issuer, with its keys.
    ///
    /// # Errors
    /// Why it cannot be used, for those who run Clew.
    pub(super) async fn ask(&self) -> Result<Document, String> {
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| with_causes(&error))?;
        let discovered = Document::discover_async(issuer, &self.transport).await;
        let document = discovered.map_err(|error| with_causes(&error))?;
        if document.response_types_supported().iter().any(|kind| kind.contains(&CoreResponseType::Code)) {
            return Ok(document);
        }
        Err("it does not offer the authorization code flow".to_owned())
    }

    async fn fetch(&self) -> Result<Found, Fault> {
        let document = self.ask().await.map_err(|cause| unreachable_issuer(&cause))?;
        let fetched = self.clock.monotonic();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let edition = kept.as_ref().map_or(0, |before| before.edition) + 1;
        Ok(kept.insert(Found { document, edition, fetched }).clone())
    }
}

/// The cause goes to the log, a neutral sentence to the person.
pub(super) fn unreachable_issuer(cause: &dyn std::fmt::Display) -> Fault {
    tracing::warn!(%cause, "the issuer cannot be used");
    Fault::new(
        Code::SourceFailed,
        "The sign-in service does not answer as it should.",
        "Try again in a minute; if it lasts, tell your administrator, who finds the cause in the server's log.",
    )
}
