//! Signing in: the relying party, the embedded issuer, and sessions.
//!
//! Everybody signs in by OpenID Connect, the authorization code flow with PKCE, whoever the issuer is. When no external
//! issuer is set, the embedded one answers the same questions over the same code, in the process.
//!
//! | file | what is in it |
//! |---|---|
//! | [`known`] | sessions as people see them, and ending them by hand |
//! | [`fresh`] | whoever's sessions were ended by hand gives the password anew |
//! | [`session`] | what proves, request by request, who somebody is |
//! | [`renewal`] | keeps a session's roles as fresh as the issuer's |
//! | [`relying_party`] | asks an issuer who somebody is, and believes only what is signed and fits |
//! | [`id_token`] | what must fit before one word of a token is believed |
//! | [`email`] | whether an issuer vouches for an address |
//! | [`discovery`] | what the issuer says of itself: addresses and keys, and its next keys when no known one fits |
//! | [`refusal`] | why a sign-in is refused: a sentence, and a word for the audit log |
//! | [`roles`] | roles out of a token, and what its values mean here |
//! | [`set_up`] | what the settings say, whether the issuer answers, and what some claims would give |
//! | [`desktop`] | the desktop program's own session, by way of the browser |
//! | [`cookie`] | how the two cookies are made and read |
//! | [`limits`] | how often somebody who is not signed in may try |
//! | [`flow`] | one sign-in under way: state, nonce and verifier, kept on the server |
//! | [`once`] | what is kept for minutes and can be taken once |
//! | [`transport`] | how an issuer is reached: over the network with limits, or in the process |
//! | [`issuer`] | the embedded issuer: local people, codes, tokens |
//! | [`revocation`] | tokens are given back when sessions end |
//! | [`back_channel`], [`logout_token`] | the issuer says that somebody has left |
//! | `own_password` | what ends when somebody changes the own password |
//! | [`routes`] | `/sign-in`, `/sign-in/callback` and their pages |

mod back_channel;
pub mod cookie;
mod desktop;
mod discovery;
mod displaced;
mod email;
pub mod flow;
pub mod fresh;
mod id_token;
pub mod issuer;
pub mod known;
pub mod limits;
mod logout_token;
mod once;
mod own_password;
pub mod refusal;
pub mod relying_party;
pub mod renewal;
mod revocation;
mod roles;
pub mod routes;
pub mod session;
mod set_up;
pub mod transport;

use std::sync::Arc;

use url::Url;

use crate::StartFault;
use crate::egress::Egress;
use crate::settings::{Oidc, Settings};
use crate::store::{Store, StoreError};
use crate::world::{Clock, Dice};

use discovery::Discovery;
use flow::Flows;
use fresh::Fresh;
use issuer::Issuer;
use limits::PerMinute;
use relying_party::{Believed, RelyingParty};
use transport::{Asking, InProcess, Network, Transport};

pub use routes::routes;
pub use session::{SessionRules, Sessions, SignedIn};
pub(crate) use set_up::content;

/// Sign-ins that an address may begin in a minute: fewer than would push everybody else's out of the store.
const LEAVING_OF_ADDRESS: u32 = 60;
/// Sign-ins that all may begin in a minute.
const LEAVING_IN_ALL: u32 = 600;

/// How people sign in.
pub struct SignIn {
    party: Arc<RelyingParty>,
    flows: Flows,
    codes: desktop::Codes,
    /// Who must give the password anew.
    pub fresh: Fresh,
    leaving: PerMinute,
    heard: back_channel::Heard,
    issuer: Option<Arc<Issuer>>,
}

impl SignIn {
    /// Signs in at the issuer of the settings, reached by `outside` or else over the network, or at the embedded one.
    ///
    /// # Errors
    /// [`StartFault`] when the embedded issuer's key cannot be read or made. An external issuer that is down is no
    /// reason not to start.
    pub async fn new(
        settings: &Settings,
        public_url: &Url,
        outside: Option<Arc<dyn Transport>>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Self, StartFault> {
        let without_auth_time = settings.oidc.as_ref().is_some_and(|oidc| oidc.without_auth_time);
        let fresh = Fresh::new(store.clone(), clock.clone()).without_auth_time(without_auth_time);
        let flows = Flows::new(store.clone(), clock.clone(), dice.clone(), public_url.scheme() == "https");
        let codes = desktop::Codes::new(store.clone(), clock.clone(), dice.clone());
        let (party, issuer) = match &settings.oidc {
            Some(oidc) => {
                let transport = match outside {
                    Some(transport) => transport,
                    None => over_network(oidc, settings)?,
                };
                (RelyingParty::of_settings(oidc, settings, public_url, transport, clock), None)
            }
            None => {
                let issuer =
                    Arc::new(Issuer::open(public_url, settings.local_second_factor, store, clock.clone(), dice).await?);
                let transport = Arc::new(InProcess::new(issuer::routes(&issuer)));
                (RelyingParty::of_embedded(&issuer, public_url, transport, clock), Some(issuer))
            }
        };
        let leaving = PerMinute::new(LEAVING_OF_ADDRESS, LEAVING_IN_ALL);
        let heard = back_channel::Heard::default();
        Ok(Self { party: Arc::new(party), flows, codes, fresh, leaving, heard, issuer })
    }

    /// Whether people sign in at the embedded issuer.
    pub fn is_embedded(&self) -> bool {
        self.issuer.is_some()
    }

    /// The embedded issuer, if it is in use.
    pub fn issuer(&self) -> Option<&Arc<Issuer>> {
        self.issuer.as_ref()
    }

    /// The one-time address that makes the first instance manager, when the embedded issuer has nobody in it.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn set_up_link(&self) -> Result<Option<String>, StoreError> {
        match &self.issuer {
            Some(issuer) => issuer.set_up_link().await,
            None => Ok(None),
        }
    }

    /// Gives back what sessions could ask the issuer with: the embedded one forgets it before this ends, one elsewhere is
    /// told beside what follows.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn revoke(&self, tokens: impl IntoIterator<Item = session::Tokens>) -> Result<(), StoreError> {
        let tokens: Vec<String> = tokens.into_iter().filter_map(|tokens| tokens.refresh_token).collect();
        let Some(issuer) = &self.issuer else {
            revocation::give_back(self.party.clone(), tokens);
            return Ok(());
        };
        for token in tokens {
            issuer.end_family(&token).await?;
        }
        Ok(())
    }

    /// The same for everything that a person of the embedded issuer, or everybody, could ask it with.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written.
    pub async fn revoke_all_of(&self, subject: Option<&str>) -> Result<(), StoreError> {
        match &self.issuer {
            Some(issuer) => issuer.end_grants(subject, None).await,
            None => Ok(()),
        }
    }

    /// Where the browser goes to sign out at the provider too, if the provider has such a page.
    pub async fn sign_out_address(&self, tokens: Option<&session::Tokens>) -> Option<String> {
        self.party.sign_out_address(tokens?).await
    }
}

/// What an issuer says of itself, as far as people could not sign in without it.
pub(crate) struct Said {
    /// How many keys it publishes.
    pub(crate) keys: usize,
    /// Whether it signs by an algorithm that is believed here.
    pub(crate) signs_as_we_read: bool,
    /// Whether people can sign out there.
    pub(crate) signs_out: bool,
}

/// Asks the issuer of the settings, over the network.
///
/// # Errors
/// Why it cannot be used, for those who run Clew.
pub(crate) async fn ask_issuer(oidc: &Oidc, settings: &Settings, clock: Arc<dyn Clock>) -> Result<Said, String> {
    let transport = over_network(oidc, settings).map_err(|fault| fault.to_string())?;
    let document = Discovery::new(oidc.issuer.clone(), Asking(transport), clock).ask().await?;
    Ok(Said::of(&document))
}

impl Said {
    fn of(document: &discovery::Document) -> Self {
        let algorithms = document.id_token_signing_alg_values_supported();
        Self {
            keys: document.jwks().keys().len(),
            signs_as_we_read: algorithms.iter().any(|algorithm| id_token::ASYMMETRIC.contains(algorithm)),
            signs_out: document.additional_metadata().end_session_endpoint.is_some(),
        }
    }
}

fn over_network(oidc: &Oidc, settings: &Settings) -> Result<Arc<dyn Transport>, StartFault> {
    Ok(Arc::new(Network::new(&oidc.issuer, oidc.tls()?, &Egress::of_settings(settings))))
}

/// Somebody the issuer vouches for, with the sign-in that led there.
pub(crate) struct Arrived {
    pub(crate) believed: Believed,
    pub(crate) flow: flow::Flow,
}
