//! From settings to a server that can answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use access::AppRole;
use axum::http::HeaderMap;
use url::Url;

use crate::accounts::Accounts;
use crate::audit::Audit;
use crate::audit::sinks::Copies;
use crate::broker::Broker;
use crate::certificate::Certificates;
use crate::config::Keeper;
use crate::console::Console;
use crate::egress::Egress;
use crate::ending::Ending;
use crate::handlers::environment::without_values;
use crate::metrics::Metrics;
use crate::people::People;
use crate::rate::Rate;
use crate::settings::{Cidr, MasterKey, Origin, SettingFault, Settings, names};
use crate::sign_in::transport::Transport;
use crate::sign_in::{SessionRules, Sessions, SignIn};
use crate::store::{self, Alone, Claim, Keyring, Store, StoreError, Vault};
use crate::targets::Targets;
use crate::underway::Underway;
use crate::uploading::Uploading;
use crate::web::Peer;
use crate::world::{Clock, Dice};

/// Sessions of one person at once.
const SESSIONS_OF_PERSON: u32 = 10;
/// Sessions at once in all.
const SESSIONS_IN_ALL: u32 = 10_000;

/// Everything that a request may reach.
pub struct Server {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub dice: Arc<dyn Dice>,
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The configuration.
    pub keeper: Arc<Keeper>,
    /// Who has signed in.
    pub people: People,
    /// Who is signed in.
    pub sessions: Sessions,
    /// How people sign in.
    pub sign_in: SignIn,
    /// What was asked.
    pub audit: Audit,
    /// Where connections go.
    pub targets: Arc<Targets>,
    /// What asks the sources.
    pub broker: Broker,
    /// What is counted.
    pub metrics: Metrics,
    /// What the administration's screens ask.
    pub console: Console,
    /// Uploads whose pieces are being written.
    pub uploading: Uploading,
    /// How many requests each person may send.
    pub rate: Rate,
    /// How many answers each person has under way.
    pub underway: Underway,
    /// What the listener shows; none where it speaks clear text.
    pub certificates: Option<Arc<Certificates>>,
    /// Whether answers that still run are to end now.
    pub ending: Ending,
    /// Which settings were given, by name.
    pub given: Vec<(String, Origin)>,
    address: PublicAddress,
    proxies: Vec<Cidr>,
    /// Uploads without a record, as the last round of upkeep saw them.
    without_record: Mutex<Vec<String>>,
    _alone: Option<Alone>,
}

/// What a server reaches outside of itself, so that each of them can be one that fails.
pub struct Outside {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub dice: Arc<dyn Dice>,
    /// What is kept, in the place that the settings name.
    pub store: Arc<dyn Store>,
    /// The way to an issuer elsewhere; the network, where none is given.
    pub issuer: Option<Arc<dyn Transport>>,
    /// The certificate that the listener shows, where the settings name one.
    pub certificates: Option<Arc<Certificates>>,
}

/// How people reach the server.
#[derive(Debug, Clone)]
struct PublicAddress {
    origin: String,
    hosts: Vec<String>,
    secure: bool,
}

/// Why the server cannot start: one line, and a documented exit code.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// A setting is missing or wrong.
    #[error("{0}")]
    Setting(#[from] SettingFault),
    /// The store cannot be used.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The certificate cannot be shown.
    #[error("{0}")]
    Certificate(SettingFault),
    /// Something else that a sentence explains.
    #[error("{sentence}")]
    Other {
        /// What is wrong and what to do.
        sentence: String,
        /// The exit code.
        code: u8,
    },
}

impl StartFault {
    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Setting(_) => crate::settings::EXIT_SETTING,
            Self::Store(error) => error.exit_code(),
            Self::Certificate(_) => crate::settings::EXIT_CERTIFICATE,
            Self::Other { code, .. } => *code,
        }
    }
}

/// Opens the store that the settings name.
///
/// # Errors
/// [`StartFault`] when the key is missing or the store cannot be used.
pub fn open_store(settings: &Settings, dice: Arc<dyn Dice>) -> Result<Arc<dyn Store>, StartFault> {
    Ok(store::open(&settings.store, keyring(settings, dice)?)?)
}

/// The settings' keys: the one in use, and the one to roll to.
///
/// # Errors
/// [`StartFault`] when the key in use is missing.
pub fn keyring(settings: &Settings, dice: Arc<dyn Dice>) -> Result<Keyring, StartFault> {
    let vault = |key: &MasterKey, dice| Vault::new(key.clone(), dice).sealing_by(settings.encryption_method);
    let rolling = settings.encryption_key_rolling.as_ref().map(|key| vault(key, dice.clone()));
    Ok(Keyring::new(vault(settings.key()?, dice), rolling))
}

impl Outside {
    /// The machine's own: the store that the settings name, and the network.
    ///
    /// # Errors
    /// [`StartFault`] when a setting is missing or the store cannot be used.
    pub fn open(settings: &Settings, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Result<Self, StartFault> {
        // No store is made for a server that cannot start.
        settings.for_serve()?;
        let certificates = settings.tls.clone().map(|place| Certificates::open(place, clock.clone())).transpose();
        let certificates = certificates.map_err(StartFault::Certificate)?.map(Arc::new);
        let store = open_store(settings, dice.clone())?;
        Ok(Self { clock, dice, store, issuer: None, certificates })
    }
}

impl Server {
    /// Makes a server of `settings` and what it reaches.
    ///
    /// # Errors
    /// [`StartFault`] when a setting is missing or the store cannot be used.
    pub async fn start(settings: &Settings, outside: Outside) -> Result<Arc<Self>, StartFault> {
        let public_url = settings.for_serve()?.public_url.clone();
        let Outside { clock, dice, store, issuer, certificates } = outside;
        // Before anything is settled that another server may still be doing.
        let alone = Alone::with_place(&settings.store)?;
        store.claim(Claim::Serve).await?;
        let creators = settings.project_creators.iter().map(|role| AppRole::new(role.clone()));
        let creators: Vec<AppRole> = creators.collect::<Result<_, _>>().map_err(|error| StartFault::Other {
            sentence: format!("{} {error}; write role names with commas between them", names::PROJECT_CREATORS),
            code: crate::settings::EXIT_SETTING,
        })?;
        let keeper = Arc::new(Keeper::open(store.clone(), creators).await?);
        let copies = Copies::start(settings, &store, dice.as_ref()).await?;
        let audit = Audit::new(store.clone(), clock.clone()).with_copies(copies);
        audit.settle_unfinished().await.map_err(|unavailable| unavailable.0)?;
        let address = PublicAddress::of(&public_url, settings);
        let console = Console::new(settings, keyring(settings, dice.clone())?, clock.now());
        store::backup_files::drop_unsent(&console.work_folder());
        let rules = SessionRules {
            idle: settings.session_idle,
            absolute: settings.session_length,
            secure: address.secure,
            of_person: SESSIONS_OF_PERSON,
            in_all: SESSIONS_IN_ALL,
        };
        let targets = Targets::new(
            store.clone(),
            settings.source_secrets.clone(),
            settings.sqlite_dir.clone(),
            settings.store.clone(),
            Egress::of_settings(settings),
        );
        let targets = Arc::new(
            targets
                .beside_copy(settings.sinks.sql.as_ref())
                .with_accounts(Accounts::new(keeper.clone(), clock.clone())),
        );
        Ok(Arc::new(Self {
            people: People::new(store.clone(), clock.clone(), dice.clone()),
            sessions: Sessions::new(store.clone(), clock.clone(), dice.clone(), rules),
            sign_in: SignIn::new(settings, &public_url, issuer, store.clone(), clock.clone(), dice.clone()).await?,
            broker: Broker::new(clock.clone(), settings.upload_memory_bytes),
            audit,
            targets,
            keeper,
            store,
            clock,
            dice,
            given: without_values(&settings.given),
            address,
            proxies: settings.behind_proxy.clone(),
            metrics: Metrics::default(),
            console,
            uploading: Uploading::default(),
            rate: Rate::new(settings.calls_per_second),
            underway: Underway::default(),
            certificates,
            ending: Ending::default(),
            without_record: Mutex::default(),
            _alone: alone,
        }))
    }

    /// Remembers uploads without a record; gives those that had none in the round before either.
    pub(crate) fn seen_without_record(&self, now: &[String]) -> Vec<String> {
        let mut before = self.without_record.lock().unwrap_or_else(PoisonError::into_inner);
        let both = now.iter().filter(|id| before.contains(id)).cloned().collect();
        before.clear();
        before.extend_from_slice(now);
        both
    }

    /// Whether people sign in at the embedded issuer.
    pub fn embedded_issuer(&self) -> bool {
        self.sign_in.is_embedded()
    }

    /// The page's own origin: scheme, host and port.
    pub fn origin(&self) -> &str {
        &self.address.origin
    }

    /// Whether the public address is https.
    pub fn is_secure(&self) -> bool {
        self.address.secure
    }

    /// Whether this server is known under a name of the `Host` header.
    pub fn knows_host(&self, host: &str) -> bool {
        self.address.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Whether an address is that of a trusted proxy.
    pub fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.contains(address))
    }

    /// Where a request comes from: the other end of the connection, or, behind a trusted proxy, the last address in
    /// `X-Forwarded-For` that is not itself such a proxy.
    pub fn client_address(&self, peer: Option<&Peer>, headers: &HeaderMap) -> String {
        let Some(Peer(peer)) = peer else { return "unknown".to_owned() };
        let peer = peer.ip().to_canonical();
        if !self.is_proxy(peer) {
            return peer.to_string();
        }
        let lines: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().map(|value| value.to_str().unwrap_or_default()).collect();
        // From the end on, each was written by the one behind it. What cannot be read ends the search: before it may
        // stand whatever the client wished to.
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for hop in hops {
            match forwarded(hop) {
                Some(hop) if self.is_proxy(hop) => {}
                Some(hop) => return hop.to_string(),
                None => break,
            }
        }
        peer.to_string()
    }
}

/// An address as proxies write it: alone, or with a port.
fn forwarded(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let address =
        hop.parse::<SocketAddr>().map(|address| address.ip()).or_else(|_| hop.trim_matches(['[', ']']).parse());
    address.ok().map(|address: IpAddr| address.to_canonical())
}

impl PublicAddress {
    fn of(url: &Url, settings: &Settings) -> Self {
        let host = url.host_str().unwrap_or_default();
        let with_port = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let mut hosts = vec![with_port];
        // Health checks come to the listener itself.
        for address in &settings.listen {
            hosts.push(address.to_string());
            hosts.push(format!("localhost:{}", address.port()));
        }
        Self { origin: url.origin().ascii_serialization(), hosts, secure: url.scheme() == "https" }
    }
}
