//! The store on PostgreSQL, for one server or several: one task writes, a few sessions read, one says that this server is
//! there and hears of what others change.
//!
//! It works on threads of its own, so that a busy server does not keep the store waiting, and a store can be opened and
//! dropped anywhere.
//!
//! A database that is away is no end: each call says so at once, readiness goes red, and the next call that comes through
//! makes it green again. Nothing is kept here meanwhile, so nothing that was acknowledged can be lost here.
//!
//! Absent on purpose: poolers between Clew and the database that share sessions, because locks and notices belong to
//! sessions.

mod audit_log;
mod audit_search;
mod audit_start;
mod connect;
mod copy;
mod failure;
mod locks;
mod open;
mod presence;
mod readers;
mod records;
mod roll;
mod sessions;
mod sums;
mod uploads;
mod whole;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use futures::future::BoxFuture;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::watch;
use zeroize::Zeroizing;

use super::error::Cause;
use super::keyring::{InUse, Keyring, Keys, Roll};
use super::records::Answer;
use super::roll::{RollNote, RolledStore};
use super::vault::{KeyId, Sealed, Vault};
use super::{Claim, Health, Store, StoreError};
use crate::settings::PostgreSqlPlace;
use connect::{Session, Way};
use open::Found;
use presence::Presence;
use readers::Readers;
use writer::{Job, Writer};

/// Threads of the store.
const THREADS: usize = 2;

/// What the parts of the store have in common.
struct Shared {
    way: Way,
    keys: InUse,
    health: watch::Sender<Health>,
    /// The number of this server; 0 where it does not serve.
    server: AtomicI32,
    /// Counts what was heard of changes.
    news: watch::Sender<u64>,
    roll: watch::Sender<Roll>,
}

impl Shared {
    /// The number of this server, if it serves.
    fn server(&self) -> Option<i32> {
        Some(self.server.load(Ordering::Acquire)).filter(|number| *number != 0)
    }

    /// Notes how a word with the database went.
    fn note<T>(&self, result: &Result<T, StoreError>) {
        self.health.send_if_modified(|health| {
            let next = match (&*health, result) {
                (Health::Refusing(_), _) => return false,
                (_, Err(error)) if error.is_lasting() => Health::Refusing(error.clone()),
                (Health::Away(StoreError::RollDone { .. }), _) => return false,
                (_, Err(error @ (StoreError::Away { .. } | StoreError::RollDone { .. }))) => {
                    Health::Away(error.clone())
                }
                (Health::Away(_), Ok(_)) => Health::Fine,
                _ => return false,
            };
            if std::mem::discriminant(&*health) != std::mem::discriminant(&next) {
                log_turn(&next);
            }
            *health = next;
            true
        });
    }

    /// An error of a row that does not open, which may be under a key that the store was rolled to by another server.
    async fn judged(&self, session: &Session, error: StoreError) -> StoreError {
        let StoreError::Integrity { .. } = &error else { return error };
        match open::mark(session, "key_check").await {
            Ok(check) => self.rolled_away(check.as_deref()).unwrap_or(error),
            Err(_) => error,
        }
    }

    /// Why this server may not go on, if the store is under another key than the one in use. Where that is the key that
    /// it was to be rolled to, another server has done it, and this one goes on under it.
    fn rolled_away(&self, check: Option<&[u8]>) -> Option<StoreError> {
        let keys = self.keys.get();
        let (stored, given) = (open::key_of(check?)?, keys.vault.key_id());
        // In the moment of a roll of our own it is not yet known here.
        let is_ours = matches!(*self.roll.borrow(), Roll::Running { to, .. } if to == stored);
        if stored == given || is_ours || self.adopted(&keys, stored).is_some() {
            return None;
        }
        Some(StoreError::RollDone { stored, given })
    }

    /// Takes the key that another server has rolled to into use, if it is the one that was to be rolled to.
    fn adopted(&self, keys: &Keys, stored: KeyId) -> Option<Keys> {
        let next = keys.next.as_ref().filter(|next| next.key_id() == stored)?;
        let rolled = keys.rolled(next);
        self.keys.set(rolled.clone());
        self.roll.send_replace(rolled.roll);
        tracing::warn!(from = %keys.vault.key_id(), to = %stored, "another server rolled the key; this one uses the new one");
        Some(rolled)
    }
}

fn log_turn(health: &Health) {
    match health {
        Health::Fine => tracing::info!("the store's database is back"),
        Health::Away(error @ StoreError::RollDone { .. }) => {
            tracing::error!(code = error.code(), %error, "this server writes nothing more; start it again with the new key");
        }
        Health::Away(error) => tracing::error!(code = error.code(), %error, "the store is away"),
        Health::Refusing(error) => tracing::error!(code = error.code(), %error, "the store takes no more writes"),
    }
}

/// The store on PostgreSQL.
pub struct PostgreSqlStore {
    shared: Arc<Shared>,
    /// Beside which the backup before a roll lies.
    backups: PathBuf,
    writer: Writer,
    readers: Readers,
    presence: Presence,
    threads: Threads,
}

/// Threads of the store's own, which are left to themselves when they are not needed any more: waiting for them is not
/// allowed everywhere.
struct Threads(Option<Runtime>);

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Threads {
    fn start() -> Result<Self, StoreError> {
        let mut threads = tokio::runtime::Builder::new_multi_thread();
        let runtime = threads.worker_threads(THREADS).thread_name("store").enable_all().build();
        runtime.map(|runtime| Self(Some(runtime))).map_err(|error| StoreError::Failed(Cause(error.to_string())))
    }

    fn handle(&self) -> Result<&Handle, StoreError> {
        self.0.as_ref().map(Runtime::handle).ok_or_else(writer::closed)
    }

    /// Waits for what runs there, wherever one is.
    fn block_on<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = std::sync::mpsc::sync_channel(1);
        self.handle()?.spawn(async move {
            // The other end waits in this function.
            answer.send(work.await).unwrap_or(());
        });
        answered.recv().unwrap_or_else(|_| Err(writer::closed()))
    }
}

impl PostgreSqlStore {
    /// Opens the database, or makes the store in it. Nothing is changed if the schema is another program's, the store is
    /// newer than this program, or is sealed under another key. Blocks until the database has answered.
    pub fn open(place: &PostgreSqlPlace, keyring: impl Into<Keyring>) -> Result<Self, StoreError> {
        let (keyring, schema) = (keyring.into(), place.schema.clone());
        let way = Way::to(place)?;
        let threads = Threads::start()?;
        let stem = place.backup_stem();
        let (way, keys) = threads.block_on(async move {
            let keys = open::prepare(&way, &schema, &keyring, &stem).await?;
            Ok((way, keys))
        })?;
        let roll = watch::Sender::new(keys.roll);
        let shared = Arc::new(Shared {
            way,
            keys: InUse::new(keys),
            health: watch::Sender::new(Health::Fine),
            server: AtomicI32::new(0),
            news: watch::Sender::new(0),
            roll,
        });
        let handle = threads.handle()?.clone();
        let writer = Writer::start(shared.clone(), &handle);
        let (readers, presence) = (Readers::new(shared.clone(), handle), Presence::default());
        Ok(Self { shared, backups: place.backup_stem(), writer, readers, presence, threads })
    }

    /// Whether there is a store. Looks without changing anything.
    ///
    /// # Errors
    /// Whatever keeps it from looking, and what a start would refuse.
    pub fn is_there(place: &PostgreSqlPlace) -> Result<bool, StoreError> {
        Ok(matches!(found(place)?, Found::Store(_)))
    }

    /// Whether opening would bring it to a newer schema. Looks without changing anything.
    ///
    /// # Errors
    /// The same.
    pub fn is_older(place: &PostgreSqlPlace) -> Result<bool, StoreError> {
        Ok(matches!(found(place)?, Found::Store(version) if version < open::SCHEMA))
    }

    fn write<T: Send + 'static>(&self, job: Job<T>) -> Answer<'_, T> {
        self.writer.write(job)
    }

    /// Within a session that only reads; for as long as it takes.
    fn read<T: Send + 'static>(&self, job: readers::Job<T>) -> Answer<'_, T> {
        self.readers.read(job)
    }

    /// Runs on the store's own threads, also when nobody waits any more.
    fn on_threads<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Answer<'static, T> {
        let spawned = self.threads.handle().map(|handle| handle.spawn(work));
        Box::pin(async move {
            let joined = spawned?.await;
            joined.unwrap_or_else(|error| Err(StoreError::Unexpected(Cause(error.to_string()))))
        })
    }
}

fn found(place: &PostgreSqlPlace) -> Result<Found, StoreError> {
    let (way, schema) = (Way::to(place)?, place.schema.clone());
    Threads::start()?.block_on(async move {
        let session = way.session().await?;
        open::look(&session, &way, &schema).await
    })
}

impl Store for PostgreSqlStore {
    fn open(&self, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.shared.keys.get().vault.open(sealed).map_err(|error| match &*self.shared.health.borrow() {
            Health::Away(away @ StoreError::RollDone { .. }) => away.clone(),
            _ => error,
        })
    }

    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.shared.keys.get().vault.derive(purpose)
    }

    fn key_id(&self) -> KeyId {
        self.shared.keys.get().vault.key_id()
    }

    fn roll(&self) -> watch::Receiver<Roll> {
        self.shared.roll.subscribe()
    }

    fn roll_key(&self, note: RollNote) -> Answer<'_, RolledStore> {
        self.roll_to_next(note)
    }

    fn health(&self) -> watch::Receiver<Health> {
        self.shared.health.subscribe()
    }

    fn refuse(&self, because: StoreError) {
        self.shared.note::<()>(&Err(because));
    }

    fn news(&self) -> watch::Receiver<u64> {
        self.shared.news.subscribe()
    }

    fn claim(&self, claim: Claim) -> Answer<'_, ()> {
        let work: BoxFuture<'static, _> = match claim {
            Claim::Serve => Box::pin(self.presence.clone().attend(self.shared.clone())),
            Claim::Alone => Box::pin(self.presence.clone().be_alone(self.shared.clone())),
        };
        self.on_threads(work)
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async {
            self.readers.close().await;
            self.writer.close().await;
            self.presence.close().await;
            Ok(())
        })
    }
}

/// What is read is opened by this.
type Opener = Arc<Vault>;

#[cfg(test)]
pub(super) const ROLL_LOCK: &str = locks::ROLL;

/// What a session of the store says of a setting of the database.
#[cfg(test)]
pub(super) fn setting_of(place: &PostgreSqlPlace, name: &'static str) -> String {
    let way = Way::to(place).unwrap();
    let said = Threads::start().unwrap().block_on(async move {
        let session = way.session().await?;
        open::get(&session.query_one("SELECT current_setting($1)", &[&name]).await?, 0)
    });
    said.unwrap()
}
