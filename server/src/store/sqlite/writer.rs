//! The one thread that writes. What waits while a transaction is being made durable goes into the next one together,
//! so the cost of the disk's flush is shared: group commit. A disk that flushes at once would leave nothing waiting, so
//! whoever is about to write is let go first: nobody waits for it where a processor is free.
//!
//! A job runs within a savepoint: if it fails, only its own changes are taken back. An entry of the audit log, of which
//! there are many, does without: what may refuse it is looked at before anything is written, and a disk that fails behind
//! that fails all who share the transaction. Answers are given after the commit.

use std::cell::Cell;

use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::{mpsc, oneshot, watch};

use crate::store::chain::{Anchor, Chain};
use crate::store::error::Cause;
use crate::store::keyring::{InUse, Keys};
use crate::store::records::Answer;
use crate::store::sums::{Mark, Marks, Sums};
use crate::store::vault::{KeyId, Vault};
use crate::store::{Health, StoreError};

/// At most this many jobs share one commit.
const GROUP_LIMIT: usize = 256;
/// At most this many jobs wait; who comes then waits for a place.
const QUEUE_LIMIT: usize = 1024;

/// What a job may use: the transaction, the vault, the end of the audit chain, and the sums of the rows.
pub(super) struct Writing<'a> {
    pub(super) connection: &'a Connection,
    pub(super) vault: &'a Vault,
    pub(super) chain: &'a Chain,
    pub(super) marks: &'a Marks,
    stands: Cell<Option<Stands>>,
    /// Why the database took the whole transaction back, as it does when the disk is full.
    lost: Cell<Option<StoreError>>,
}

impl<'a> Writing<'a> {
    fn new(connection: &'a Connection, keys: &'a Keys) -> Self {
        let Keys { vault, chain, marks, .. } = keys;
        Self { connection, vault, chain, marks, stands: Cell::new(None), lost: Cell::new(None) }
    }

    /// For a transaction of one's own.
    pub(super) fn of(connection: &'a Connection, vault: &'a Vault, by: (&'a Chain, &'a Marks), stands: Stands) -> Self {
        let (chain, marks) = by;
        Self { connection, vault, chain, marks, stands: Cell::new(Some(stands)), lost: Cell::new(None) }
    }

    /// Where the log and the sums stand, as this transaction sees them.
    fn stands(&self) -> Result<Stands, StoreError> {
        if let Some(stands) = self.stands.get() {
            return Ok(stands);
        }
        let head = meta(self.connection, "audit_head")?.and_then(|bytes| self.chain.head(&bytes));
        let head = head.ok_or_else(|| StoreError::Integrity { table: "meta", row: "audit_head".into() })?;
        let stands = Stands { head, sums: Sums::opened(self.vault, &head, meta(self.connection, "sums")?)? };
        self.stands.set(Some(stands));
        Ok(stands)
    }

    /// The last audit entry, as this transaction sees it.
    pub(super) fn head(&self) -> Result<Anchor, StoreError> {
        Ok(self.stands()?.head)
    }

    pub(super) fn set_head(&self, head: Anchor) -> Result<(), StoreError> {
        let stands = self.stands()?;
        self.stands.set(Some(Stands { head, ..stands }));
        Ok(())
    }

    /// Notes in the sums what became of a record.
    pub(super) fn record_changed(&self, before: Option<Mark>, behind: Option<Mark>) -> Result<(), StoreError> {
        let mut stands = self.stands()?;
        stands.sums.records.change(before, behind);
        self.stands.set(Some(stands));
        Ok(())
    }

    /// Notes in the sums what became of a session.
    pub(super) fn session_changed(&self, before: Option<Mark>, behind: Option<Mark>) -> Result<(), StoreError> {
        let mut stands = self.stands()?;
        stands.sums.sessions.change(before, behind);
        self.stands.set(Some(stands));
        Ok(())
    }

    /// Runs `job` so that a failure leaves nothing behind.
    fn within_savepoint<T>(&self, job: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.connection.prepare_cached("SAVEPOINT job")?.execute([])?;
        let before = self.stands.get();
        let result = job(self);
        if let Err(error) = &result {
            if self.connection.is_autocommit() {
                self.lost.set(Some(error.clone()));
                return result;
            }
            self.stands.set(before);
            self.connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
        }
        self.connection.prepare_cached("RELEASE job")?.execute([])?;
        result
    }

    /// Runs `job` without a savepoint: if it fails behind its first change, the whole transaction is lost.
    fn at_once<T>(&self, job: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let (before, changes) = (self.stands.get(), self.connection.total_changes());
        let result = job(self);
        if let Err(error) = &result {
            self.stands.set(before);
            if self.connection.is_autocommit() || self.connection.total_changes() != changes {
                self.lost.set(Some(error.clone()));
            }
        }
        result
    }

    /// Whether nothing more may be written into the transaction: it is lost, or not there any more.
    fn is_over(&self) -> bool {
        let lost = self.lost.take();
        let is_lost = lost.is_some();
        self.lost.set(lost);
        is_lost || self.connection.is_autocommit()
    }

    pub(super) fn write_stands(&self) -> Result<(), StoreError> {
        let Some(Stands { head, sums }) = self.stands.get() else { return Ok(()) };
        let mut statement = self.connection.prepare_cached("UPDATE meta SET value = ?1 WHERE name = ?2")?;
        statement.execute(params![self.chain.head_bytes(&head), "audit_head"])?;
        statement.execute(params![sums.sealed(self.vault, &head).bytes(), "sums"])?;
        Ok(())
    }
}

/// Where the log ends, and the sums of the rows.
#[derive(Clone, Copy)]
pub(super) struct Stands {
    pub(super) head: Anchor,
    pub(super) sums: Sums,
}

/// A mark of the store, if it is there.
pub(super) fn meta(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = ?")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Told whether the transaction became durable; gives the answer.
type Settle = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Joining = Box<dyn FnOnce(Result<&Writing<'_>, StoreError>) -> Settle + Send>;
/// Makes its own transaction; told if the store takes no more writes.
type Lone = Box<dyn FnOnce(Result<&Bench, StoreError>) + Send>;

/// What the thread is to do.
enum Job {
    /// Within a transaction that it shares with others.
    Joining(Joining),
    /// By itself, while everything else waits.
    Lone(Lone),
}

/// The way to the thread.
pub(super) struct Writer {
    jobs: std::sync::RwLock<Option<mpsc::Sender<Job>>>,
    ended: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

/// What the thread works with.
pub(super) struct Bench {
    pub(super) connection: Connection,
    pub(super) keys: InUse,
    pub(super) health: watch::Sender<Health>,
}

impl Writer {
    pub(super) fn start(bench: Bench) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel(QUEUE_LIMIT);
        let (end, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name("store".into())
            .spawn(move || {
                let fallen = Fallen(bench.health.clone());
                work(&bench, receiver);
                drop((bench, fallen));
                // Nobody may be waiting for it.
                end.send(()).unwrap_or(());
            })
            .map_err(|error| StoreError::Failed(Cause(error.to_string())))?;
        let ended = tokio::sync::Mutex::new(Some(ended));
        Ok(Self { jobs: std::sync::RwLock::new(Some(sender)), ended })
    }

    /// Queues `job`; the answer comes when its transaction is durable, or when it failed.
    pub(super) fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'static, T> {
        self.join(move |writing| writing.within_savepoint(job))
    }

    /// The same for a `job` that is refused before it changes anything, if it is.
    pub(super) fn write_at_once<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'static, T> {
        self.join(move |writing| writing.at_once(job))
    }

    fn join<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'static, T> {
        let sender = self.sender();
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            let job: Joining = Box::new(move |writing| {
                let result = writing.and_then(job);
                // Nobody may be waiting any more; what was written stays written.
                Box::new(move |durable| answer.send(result.and_then(|value| durable.map(|()| value))).unwrap_or(()))
            });
            let sender = sender.ok_or_else(closed)?;
            sender.send(Job::Joining(job)).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|_| Err(closed()))
        })
    }

    /// Queues a `job` that makes a transaction of its own and answers for it.
    pub(super) fn alone<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Bench) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'static, T> {
        let sender = self.sender();
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            // Nobody may be waiting any more; what was written stays written.
            let job: Lone = Box::new(move |bench| answer.send(bench.and_then(job)).unwrap_or(()));
            let sender = sender.ok_or_else(closed)?;
            sender.send(Job::Lone(job)).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|_| Err(closed()))
        })
    }

    fn sender(&self) -> Option<mpsc::Sender<Job>> {
        self.jobs.read().ok().and_then(|jobs| jobs.clone())
    }

    /// Lets the thread finish what is queued and close the file.
    pub(super) async fn close(&self) {
        if let Ok(mut jobs) = self.jobs.write() {
            jobs.take();
        }
        if let Some(ended) = self.ended.lock().await.take() {
            // An error means that the thread is gone already.
            ended.await.unwrap_or(());
        }
    }
}

/// Tells the server if the thread dies, so that it does not live on without a store.
struct Fallen(watch::Sender<Health>);

impl Drop for Fallen {
    fn drop(&mut self) {
        if std::thread::panicking() {
            note_failure(&self.0, &StoreError::Failed(Cause("its writer ended".into())));
        }
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Failed(Cause("it is closed".into()))
}

fn work(bench: &Bench, mut jobs: mpsc::Receiver<Job>) {
    let mut waits = None;
    while let Some(first) = waits.take().or_else(|| jobs.blocking_recv()) {
        let refusal = match &*bench.health.borrow() {
            Health::Fine | Health::Away(_) => None,
            Health::Refusing(error) => Some(StoreError::Refusing { cause: error.to_string() }),
        };
        match (first, refusal) {
            (Job::Joining(first), Some(refusal)) => first(Err(refusal.clone()))(Err(refusal)),
            (Job::Joining(first), None) => waits = group(bench, first, &mut jobs),
            (Job::Lone(job), Some(refusal)) => job(Err(refusal)),
            (Job::Lone(job), None) => job(Ok(bench)),
        }
    }
}

/// One transaction: the first job and whatever else waits. Gives a job that must not join it.
fn group(bench: &Bench, first: Joining, jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
    let keys = bench.keys.get();
    let begun = bench.connection.prepare_cached("BEGIN IMMEDIATE").and_then(|mut begin| begin.execute([]));
    let begun = begun.map_err(StoreError::from).and_then(|_| {
        let checked = check_key_in_use(&bench.connection, &keys);
        // It goes with the connection in any case; what counts is the error that is given.
        checked.inspect_err(|_| bench.connection.execute_batch("ROLLBACK").unwrap_or(()))
    });
    let mut waits = None;
    let (settles, durable) = match begun {
        Ok(()) => transaction(&Writing::new(&bench.connection, &keys), first, jobs, &mut waits),
        Err(error) => (vec![first(Err(error.clone()))], Err(error)),
    };
    if let Err(error) = &durable {
        note_failure(&bench.health, error);
    }
    for settle in settles {
        settle(durable.clone());
    }
    waits
}

/// Refuses to write into a store whose key was rolled under us, by a command beside this process.
pub(super) fn check_key_in_use(connection: &Connection, keys: &Keys) -> Result<(), StoreError> {
    let sql = "SELECT substr(value, 3, 8) FROM meta WHERE name = 'key_check'";
    let stored: Option<[u8; 8]> = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    let (stored, given) = (stored.map(KeyId::from_bytes), keys.vault.key_id());
    match stored {
        Some(stored) if stored != given => Err(StoreError::RollDone { stored, given }),
        _ => Ok(()),
    }
}

fn transaction(
    writing: &Writing<'_>,
    first: Joining,
    jobs: &mut mpsc::Receiver<Job>,
    waits: &mut Option<Job>,
) -> (Vec<Settle>, Result<(), StoreError>) {
    let (mut settles, mut has_yielded) = (vec![first(Ok(writing))], false);
    while settles.len() < GROUP_LIMIT && !writing.is_over() {
        match jobs.try_recv() {
            Ok(Job::Joining(job)) => {
                settles.push(job(Ok(writing)));
                has_yielded = false;
            }
            Ok(lone) => {
                *waits = Some(lone);
                break;
            }
            Err(_) if has_yielded => break,
            Err(_) => {
                std::thread::yield_now();
                has_yielded = true;
            }
        }
    }
    (settles, commit(writing))
}

fn commit(writing: &Writing<'_>) -> Result<(), StoreError> {
    let lost = writing.lost.take().map_or(Ok(()), Err);
    let written = lost.and_then(|()| writing.write_stands()).and_then(|()| {
        writing.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    });
    if written.is_err() && !writing.connection.is_autocommit() {
        // It goes with the connection in any case; what counts is the error that is given.
        writing.connection.execute_batch("ROLLBACK").ok();
    }
    written
}

/// After a failure that lasts, nothing more is written: what the disk says now may not be what is on it.
pub(super) fn note_failure(health: &watch::Sender<Health>, error: &StoreError) {
    if !error.is_lasting() {
        return;
    }
    health.send_if_modified(|health| {
        let first = *health == Health::Fine;
        if first {
            tracing::error!(code = error.code(), %error, "the store takes no more writes");
            *health = Health::Refusing(error.clone());
        }
        first
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::settings::MasterKey;
    use crate::store::{AuditLog as _, NewAudit, Outcome, Phase, SqliteStore, Store as _, Verdict};
    use crate::world::SystemDice;

    fn entry(bytes: usize) -> NewAudit {
        NewAudit {
            at: jiff::Timestamp::UNIX_EPOCH,
            phase: Phase::Note,
            person: String::new(),
            call: "x".into(),
            project: String::new(),
            outcome: Outcome::Done,
            details: vec![0; bytes],
        }
    }

    /// Lets the file grow to at most `pages`: a full disk on demand.
    async fn allow(store: &SqliteStore, pages: i64) {
        let allow = move |writing: &Writing<'_>| {
            writing.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
            Ok(())
        };
        store.write(allow).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_refuses_what_does_not_fit_keeps_what_was_saved_and_heals() {
        let folder = tempfile::tempdir().unwrap();
        let vault = || Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice));
        let store = SqliteStore::open(&folder.path().join("clew.db"), vault()).unwrap();
        allow(&store, 60).await;
        let many = (0..200).map(|_| store.append_audit(vec![entry(5_000)]));
        let results = futures::future::join_all(many).await;
        let kept = results.iter().filter(|result| result.is_ok()).count() as u64;
        assert!(results.iter().all(|result| matches!(result, Ok(_) | Err(StoreError::Full))), "{results:?}");
        assert!(kept < 200);
        assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: kept }));
        assert_eq!(*store.health().borrow(), Health::Fine);
        allow(&store, 10_000).await;
        assert_eq!(store.append_audit(vec![entry(5_000)]).await, Ok(vec![kept + 1]));
        store.close().await.unwrap();
        let store = SqliteStore::open(&folder.path().join("clew.db"), vault()).unwrap();
        assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: kept + 1 }));
    }

    #[tokio::test]
    async fn an_entry_that_fails_behind_its_first_change_leaves_nothing_and_what_comes_then_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice));
        let store = SqliteStore::open(&folder.path().join("clew.db"), vault).unwrap();
        store.append_audit(vec![entry(1)]).await.unwrap();
        let half = store.writer.write_at_once(|writing| -> Result<(), StoreError> {
            writing.connection.execute("INSERT INTO audit_open (seq) VALUES (77)", [])?;
            Err(StoreError::Full)
        });
        let beside = futures::future::join_all((0..20).map(|_| store.append_audit(vec![entry(1)])));
        let (half, beside) = futures::future::join(half, beside).await;
        assert_eq!(half, Err(StoreError::Full));
        let kept = 1 + beside.iter().filter(|result| result.is_ok()).count() as u64;
        assert!(beside.iter().all(|result| matches!(result, Ok(_) | Err(StoreError::Full))), "{beside:?}");
        assert_eq!(store.append_audit(vec![entry(1)]).await, Ok(vec![kept + 1]));
        assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: kept + 1 }));
        let open = |writing: &Writing<'_>| {
            Ok(writing.connection.query_row("SELECT count(*) FROM audit_open", [], |row| row.get::<_, u64>(0))?)
        };
        assert_eq!(store.write(open).await, Ok(0));
    }

    #[tokio::test]
    async fn when_the_writer_falls_the_server_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::new(MasterKey::from_random([9; 32]), Arc::new(SystemDice));
        let store = SqliteStore::open(&folder.path().join("clew.db"), vault).unwrap();
        let fall = store.write(|_| -> Result<(), StoreError> { panic!("on purpose") });
        assert_eq!(fall.await, Err(closed()));
        let mut health = store.health();
        health.wait_for(|health| *health != Health::Fine).await.unwrap();
    }
}
