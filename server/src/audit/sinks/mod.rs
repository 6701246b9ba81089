//! Copies of the audit log beside the store: in a file, at a receiver of syslog, in a database.
//!
//! Every sink has a cursor (`cursors.rs`): the number of the last entry that it has taken, kept in the store. It reads what
//! follows from the store, some hundred entries at a time, and never holds more: after an outage of any length it goes on where it
//! was, without a gap. What is written by a command beside the server is taken too.
//!
//! | policy | |
//! |---|---|
//! | `must` | an answer waits until the sink has taken its entries, and is refused after [`PATIENCE`] |
//! | `may` | nobody waits; readiness, metrics and `clew doctor` say how far it is behind |
//!
//! What is sent arrives at least once: an entry may come twice after an outage, and its number tells. Each copy has the
//! mark that its entry has in the chain, and a proof of its own (see `line.rs`), so that it can be verified without the
//! store, and against it.
//!
//! Absent on purpose: a way to configure a sink from a screen, and entries that wait in memory.

pub mod cursors;
mod file;
mod follow;
pub mod line;
mod shape;
mod sql;
mod syslog;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::egress::Egress;
use crate::settings::{Settings, SinkPolicy, SinkRules, Sinks};
use crate::store::{Store, StoreError};
use crate::world::{Dice, random};
use cursors::Called;
use line::Line;

/// How long an answer waits for a sink that must have its entries.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Where copies go.
trait Sink: Send {
    /// Takes lines, in their order; they are there when it returns, as far as the other side tells.
    fn take<'a>(&'a mut self, lines: &'a [Line]) -> BoxFuture<'a, Result<(), Trouble>>;

    /// Looks whether it can be reached, and changes nothing there.
    fn reach(&mut self) -> BoxFuture<'_, Result<(), Trouble>>;

    /// What it is called in the store, where that is not its name alone; `None` where it has no id and may make none.
    fn called(&mut self) -> BoxFuture<'_, Result<Option<Called>, Trouble>>;

    /// The longest line that it takes, in bytes.
    fn longest(&self) -> usize {
        usize::MAX
    }
}

/// Why lines were not taken.
#[derive(Debug)]
struct Trouble {
    /// In words, without anything of an entry.
    why: String,
    /// As many of the entries before may be lost too, because the other side never says what it has.
    lost: u64,
}

impl Trouble {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), lost: 0 }
    }
}

/// How far a sink is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The number of the last entry that it has.
    pub taken: u64,
    /// Why it does not go on; nothing while it does.
    pub trouble: Option<String>,
}

/// One sink at work.
struct Follower {
    name: &'static str,
    policy: SinkPolicy,
    state: watch::Receiver<State>,
    work: JoinHandle<()>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.work.abort();
    }
}

/// The sinks of a running server.
pub struct Copies {
    followers: Vec<Follower>,
    /// The newest entry that this server wrote.
    news: watch::Sender<u64>,
    stop: watch::Sender<bool>,
}

impl Copies {
    /// Begins to follow the log, each sink from its cursor on.
    ///
    /// # Errors
    /// [`StoreError`] when a cursor cannot be read.
    pub async fn start(settings: &Settings, store: &Arc<dyn Store>, dice: &dyn Dice) -> Result<Self, StoreError> {
        let (news, stop) = (watch::Sender::new(0), watch::Sender::new(false));
        let mut followers = Vec::new();
        for (name, rules, sink) in sinks(settings, Some(random(dice))) {
            let (state, seen) = watch::channel(State::default());
            let heard = (news.subscribe(), stop.subscribe());
            let mut following = follow::Following::new(name, rules, sink, store.clone(), state, heard);
            following.begin_early().await?;
            let work = tokio::spawn(following.run());
            followers.push(Follower { name, policy: rules.policy, state: seen, work });
        }
        Ok(Self { followers, news, stop })
    }

    /// Wakes every sink, and waits for those that must have entry `seq`.
    ///
    /// # Errors
    /// [`StoreError::NoSink`] when one has not taken it in time.
    pub async fn taken(&self, seq: u64) -> Result<(), StoreError> {
        if self.followers.is_empty() {
            return Ok(());
        }
        self.news.send_if_modified(|news| {
            let is_newer = seq > *news;
            *news = seq.max(*news);
            is_newer
        });
        for follower in self.followers.iter().filter(|follower| follower.policy == SinkPolicy::Must) {
            let mut state = follower.state.clone();
            let waited = tokio::time::timeout(PATIENCE, state.wait_for(|state| state.taken >= seq)).await;
            if !matches!(waited, Ok(Ok(_))) {
                let why = follower.state.borrow().trouble.clone();
                let why = why.unwrap_or_else(|| format!("it did not answer in {} seconds", PATIENCE.as_secs()));
                return Err(StoreError::NoSink { sink: follower.name, why });
            }
        }
        Ok(())
    }

    /// Every sink with its policy and how far it is.
    pub fn states(&self) -> Vec<(&'static str, SinkPolicy, State)> {
        let state = |follower: &Follower| (follower.name, follower.policy, follower.state.borrow().clone());
        self.followers.iter().map(state).collect()
    }

    /// Lets every sink take what is there, for at most [`PATIENCE`], and keeps how far it is.
    pub async fn finish(&self) {
        self.stop.send_replace(true);
        let ended = async {
            for follower in &self.followers {
                let mut state = follower.state.clone();
                // It says no more once it has ended.
                while state.changed().await.is_ok() {}
            }
        };
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            tracing::warn!("a sink of the audit log is behind; it goes on at the next start");
        }
    }
}

/// `new_id` is for a file that has none yet; without it none is given one.
fn sinks(settings: &Settings, new_id: Option<[u8; 16]>) -> Vec<(&'static str, SinkRules, Box<dyn Sink>)> {
    let Sinks { file, syslog, sql } = &settings.sinks;
    let egress = Egress::of_settings(settings);
    let mut sinks: Vec<(&'static str, SinkRules, Box<dyn Sink>)> = Vec::new();
    if let Some(file) = file {
        sinks.push(("file", file.rules, Box::new(file::JsonLines::new(&file.place, new_id))));
    }
    if let Some(syslog) = syslog {
        let host = settings.public_url.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
        sinks.push(("syslog", syslog.rules, Box::new(syslog::Syslog::new(syslog.clone(), host, &egress))));
    }
    if let Some(sql) = sql {
        sinks.push(("sql", sql.rules, Box::new(sql::Database::new(sql.clone(), &egress))));
    }
    sinks
}

/// What a sink is called in the store; its kind's name while it cannot be named.
async fn id(name: &str, sink: &mut dyn Sink) -> String {
    sink.called().await.ok().flatten().map_or_else(|| name.to_owned(), |called| called.id)
}

/// Tries whether a sink can be reached, without giving it anything, for `clew doctor`; gives what it is called in the store.
pub async fn reach(settings: &Settings) -> Vec<(&'static str, String, Result<(), String>)> {
    let mut found = Vec::new();
    for (name, _, mut sink) in sinks(settings, None) {
        let tried = tokio::time::timeout(PATIENCE, sink.reach()).await;
        let tried = tried.unwrap_or_else(|_| Err(Trouble::new("it does not answer")));
        let id = id(name, sink.as_mut()).await;
        found.push((name, id, tried.map_err(|trouble| trouble.why)));
    }
    found
}
