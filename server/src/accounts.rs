//! Accounts at sources: what they may do beside reading is looked at before a source is asked for the first time, and
//! once a day.
//!
//! A source may be away while it is saved, come in by an import, or have its account's rights raised by whoever runs it.
//! So nothing is asked of a source whose account nobody has looked at, and nothing of one whose account reaches beyond
//! its database, unless an instance manager has typed the source's name to take it (`handlers/rights`).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::{ProjectId, SourceId};
use futures::StreamExt as _;
use model::project::Source;
use serde_json::json;
use wire::secret::SecretText;
use wire::source::AccountRights;
use wire::{Code, Fault};

use crate::Server;
use crate::audit::{Entry, SERVER};
use crate::config::{Config, Keeper, Kept};
use crate::connectors;
use crate::handlers::project::json as to_json;
use crate::store::{NewAudit, Outcome, RecordKey, RecordKind, StoreError, Write};
use crate::targets::Targets;
use crate::world::Clock;

/// An account is looked at again after this many seconds.
const DAY_SECS: i64 = 86_400;
/// A source that could not be reached is tried again after this many seconds.
const HOUR_SECS: i64 = 3_600;
/// How often it is looked whether a look is due.
const EVERY: Duration = Duration::from_secs(60);
/// The longest look.
const MOST: Duration = Duration::from_secs(20);
/// Sources that are looked at at once.
const AT_ONCE: usize = 4;
/// How often what was found is tried to be kept while others save.
const TRIES: usize = 5;
/// The call under which it is written down that an account may do something else than before.
const CALL: &str = "probe_rights";

/// One source of one project.
type Place = (ProjectId, SourceId);

/// Looks at accounts and keeps what it finds.
pub struct Accounts {
    keeper: Arc<Keeper>,
    clock: Arc<dyn Clock>,
    /// Whose account is being looked at; whoever comes then waits for what is found.
    looking: Mutex<HashMap<Place, Arc<tokio::sync::Mutex<()>>>>,
    /// When a round last tried each, in seconds since 1970.
    tried: Mutex<BTreeMap<Place, i64>>,
}

impl Accounts {
    /// Keeps what it finds by `keeper`.
    pub fn new(keeper: Arc<Keeper>, clock: Arc<dyn Clock>) -> Self {
        Self { keeper, clock, looking: Mutex::default(), tried: Mutex::default() }
    }

    /// Whether a source may be asked. Looks at its account if nobody has.
    ///
    /// # Errors
    /// [`Fault`] `SourceFailed` when the account reaches beyond its database and nobody took it, or cannot be looked at.
    pub(crate) async fn admit(&self, targets: &Targets, project: &ProjectId, source: &SourceId) -> Result<(), Fault> {
        let place = (project.clone(), source.clone());
        if let Some(known) = self.known(&place) {
            return known;
        }
        let turn = self.turn(&place);
        let _turn = turn.lock().await;
        if let Some(known) = self.known(&place) {
            return known;
        }
        let config = self.keeper.current();
        let Some((kept, source)) = place_in(&config, &place) else { return Err(Fault::not_found()) };
        let found = look(targets, &*self.clock, source, targets.secrets(kept, source)?).await?;
        let Some(found) = found else { return Ok(()) };
        if let Err(fault) = self.keep(&place, source, &found).await {
            // The next question looks again.
            tracing::warn!(%fault, "what an account may do could not be kept");
        }
        judge(source, &still_taken(kept.rights.get(&source.id), found))
    }

    /// What is known already: nothing where somebody has to look.
    fn known(&self, place: &Place) -> Option<Result<(), Fault>> {
        let config = self.keeper.current();
        // A source of one's own is a file, which has no account.
        let Some((kept, source)) = place_in(&config, place) else { return Some(Ok(())) };
        match kept.rights.get(&place.1) {
            Some(rights) => Some(judge(source, rights)),
            None => (!has_account(source)).then_some(Ok(())),
        }
    }

    fn turn(&self, place: &Place) -> Arc<tokio::sync::Mutex<()>> {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        looking.retain(|_, turn| Arc::strong_count(turn) > 1);
        looking.entry(place.clone()).or_default().clone()
    }

    /// Looks at every account whose look is due.
    ///
    /// # Errors
    /// [`Fault`] when what was found cannot be kept; the others are looked at nevertheless.
    pub(crate) async fn round(&self, targets: &Targets) -> Result<(), Fault> {
        let config = self.keeper.current();
        let due = self.due(&config);
        let looks = due.into_iter().map(|place| self.look_again(targets, &config, place));
        let looks: Vec<_> = looks.collect();
        let came: Vec<Result<(), Fault>> = futures::stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
        came.into_iter().collect()
    }

    /// Sources whose account was not looked at for a day, and that were not tried within the hour.
    fn due(&self, config: &Config) -> Vec<Place> {
        let now = self.clock.now().as_second();
        let all = config.projects().flat_map(|kept| kept.project.sources.values().map(move |source| (kept, source)));
        let old = all.filter(|(kept, source)| {
            let looked = kept.rights.get(&source.id).map(|rights| rights.at);
            has_account(source) && looked.is_none_or(|at| now - at >= DAY_SECS)
        });
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        tried.retain(|_, at| now - *at < HOUR_SECS);
        let places = old.map(|(kept, source)| (kept.project.id.clone(), source.id.clone()));
        let due: Vec<Place> = places.filter(|place| !tried.contains_key(place)).collect();
        tried.extend(due.iter().map(|place| (place.clone(), now)));
        due
    }

    async fn look_again(&self, targets: &Targets, config: &Config, place: Place) -> Result<(), Fault> {
        let Some((kept, source)) = place_in(config, &place) else { return Ok(()) };
        let looked = async { look(targets, &*self.clock, source, targets.secrets(kept, source)?).await };
        match looked.await {
            Ok(Some(found)) => self.keep(&place, source, &found).await,
            Ok(None) => Ok(()),
            Err(fault) => {
                tracing::info!(source = %place.1, %fault, "an account could not be looked at");
                Ok(())
            }
        }
    }

    /// Keeps what was found, unless the source has become another one or is gone; says in the audit log when the account
    /// may do something else than before.
    async fn keep(&self, place: &Place, source: &Source, found: &AccountRights) -> Result<(), Fault> {
        for _ in 0..TRIES {
            let config = self.keeper.current();
            let same = place_in(&config, place).filter(|(_, now)| asks_the_same(now, source));
            let Some((kept, _)) = same else {
                return Ok(());
            };
            let before = kept.rights.get(&place.1);
            let found = still_taken(before, found.clone());
            let said = !before.is_some_and(|before| may_the_same(before, &found));
            let note = said.then(|| self.note(place, &found));
            let write = write(&place.0, &place.1, Some(&found))?;
            match self.keeper.commit(config.revision, vec![write], note.into_iter().collect()).await {
                Err(StoreError::Conflict { .. }) => {}
                came => return Ok(came.map(drop)?),
            }
        }
        Ok(())
    }

    fn note(&self, (project, source): &Place, found: &AccountRights) -> NewAudit {
        let details = json!({
            "source": source, "account": found.account, "superuser": found.superuser, "taken": found.taken,
            "runs_programs": found.runs_programs, "writes_files": found.writes_files, "reads_files": found.reads_files,
            "writable": found.writable,
        });
        let entry = Entry { person: SERVER.to_owned(), call: CALL.to_owned(), project: project.to_string(), details };
        entry.into_note(self.clock.now(), Outcome::Done)
    }
}

/// Looks at what is due for ever.
pub async fn run(server: Arc<Server>) {
    loop {
        if let Err(fault) = once(&server).await {
            tracing::error!(%fault, "accounts of sources could not be looked at; it is tried again in an hour");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Looks at what is due once.
///
/// # Errors
/// [`Fault`] when what was found cannot be kept.
pub async fn once(server: &Server) -> Result<(), Fault> {
    if server.store.roll().borrow().keeps_configuration() {
        return Ok(());
    }
    match server.targets.accounts() {
        Some(accounts) => accounts.round(&server.targets).await,
        None => Ok(()),
    }
}

/// Asks a source; nothing where it has no accounts.
///
/// # Errors
/// [`Fault`] when it cannot be reached, or does not answer in time.
pub(crate) async fn look(
    targets: &Targets,
    clock: &dyn Clock,
    source: &Source,
    secrets: BTreeMap<String, SecretText>,
) -> Result<Option<AccountRights>, Fault> {
    if source.is_internal() {
        return Ok(None);
    }
    let Some(connector) = connectors::of_kind(&source.kind) else { return Ok(None) };
    let looked = tokio::time::timeout(MOST, connector.rights(targets.plain(source, secrets))).await;
    let found = looked.map_err(|_| {
        let sentence =
            format!("Source \"{}\" did not say within {} s what its account may do.", source.name, MOST.as_secs());
        Fault::new(Code::SourceSlow, sentence, "See whether it runs, and whether a firewall lies between.")
    })??;
    Ok(found.map(|rights| AccountRights { at: clock.now().as_second(), ..rights }))
}

/// Refuses to ask a source whose account reaches beyond its database, unless somebody took it.
fn judge(source: &Source, rights: &AccountRights) -> Result<(), Fault> {
    if !rights.is_barred() {
        return Ok(());
    }
    Err(Fault::new(
        Code::SourceFailed,
        format!("Clew asks source \"{}\" nothing, because its account reaches beyond the database.", source.name),
        "An instance manager gives Clew an account that only reads, or saves the source again and types its name.",
    ))
}

/// What an account can do beyond its database, as the rest of a sentence about it.
pub(crate) fn reach(rights: &AccountRights) -> &'static str {
    if rights.superuser {
        "may do everything in the database and on its machine"
    } else if rights.runs_programs {
        "may run programs on the database's machine"
    } else if rights.writes_files {
        "may write files on the database's machine"
    } else {
        "may read files on the database's machine"
    }
}

/// What was found, taken all the same where somebody took the same account and it may do no more by now.
pub(crate) fn still_taken(before: Option<&AccountRights>, found: AccountRights) -> AccountRights {
    let taken = before.is_some_and(|before| before.taken && found.reaches_no_further_than(before));
    AccountRights { taken, ..found }
}

/// The write that keeps what is known of a source's account, or forgets it.
///
/// # Errors
/// [`Fault`] `Internal` when it cannot be written as JSON.
pub fn write(project: &ProjectId, source: &SourceId, found: Option<&AccountRights>) -> Result<Write, Fault> {
    Ok(match found {
        Some(rights) => Write::put(key(project, source), to_json(rights)?),
        None => forget(project, source),
    })
}

/// The write that forgets what is known of a source's account.
pub(crate) fn forget(project: &ProjectId, source: &SourceId) -> Write {
    Write::delete(key(project, source))
}

fn key(project: &ProjectId, source: &SourceId) -> RecordKey {
    RecordKey::new(RecordKind::Rights, project.as_str(), source.as_str())
}

fn place_in<'c>(config: &'c Config, (project, source): &Place) -> Option<(&'c Kept, &'c Source)> {
    let kept = config.project(project)?;
    Some((kept, kept.project.sources.get(source)?))
}

fn has_account(source: &Source) -> bool {
    !source.is_internal() && connectors::has_accounts(&source.kind)
}

/// Whether two states of a source are asked with the same account at the same place.
pub(crate) fn asks_the_same(one: &Source, other: &Source) -> bool {
    (&one.kind, &one.settings, &one.secrets_from) == (&other.kind, &other.settings, &other.secrets_from)
}

fn may_the_same(one: &AccountRights, other: &AccountRights) -> bool {
    AccountRights { at: other.at, ..one.clone() } == *other
}
