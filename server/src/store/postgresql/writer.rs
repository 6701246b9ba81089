//! The one task that writes. What waits while a transaction is being made durable goes into the next one together, so
//! the cost of the database's flush is shared: group commit.
//!
//! A transaction begins by locking the head of the audit log, so all servers of one store write one after the other and
//! make one chain: its order is the order of things, and nobody can take a server's whole log away unseen, as with a
//! chain for each. What it costs is that their commits wait for each other, for about as long as a flush takes.
//!
//! A job runs within a savepoint: if it fails, only its own changes are taken back. Entries of the log are collected and
//! written with the commit, in one statement. Answers are given after the commit.
//!
//! When the connection breaks while a transaction is being committed, nobody knows whether it was: a new session asks the
//! database for the fate of that transaction, by its number, before anybody is answered.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};
use tokio_postgres::Row;

use super::Shared;
use super::audit_log::{self, Waiting};
use super::connect::{Session, Values};
use super::open::{get, key_of};
use super::{locks, presence};
use crate::store::chain::Anchor;
use crate::store::error::Cause;
use crate::store::keyring::Keys;
use crate::store::records::Answer;
use crate::store::sums::{Mark, Sums};
use crate::store::{Health, StoreError};

/// At most this many jobs share one commit.
const GROUP_LIMIT: usize = 256;
/// At most this many jobs wait; who comes then waits for a place.
const QUEUE_LIMIT: usize = 1024;
/// How long one tries to learn whether a transaction became durable.
const LEARNING: Duration = Duration::from_secs(20);
/// How long one waits for a roll of the key by another server, which holds the head of the log to its end.
const ROLL_PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 6 } else { 600 });
/// How long one waits between two tries.
const AGAIN: Duration = Duration::from_millis(200);

/// What a job may use: the transaction, the keys, the end of the audit chain, and the sums of the rows.
pub(super) struct Writing {
    pub(super) session: Session,
    pub(super) keys: Keys,
    stands: Stands,
    had: Stands,
    waiting: Vec<Waiting>,
    /// The transaction's number, by which its fate can be asked for.
    number: i64,
    savepoint: Savepoint,
    /// Whether other servers are told that something changed.
    pub(super) tells: bool,
    /// Why the whole transaction is lost.
    lost: Option<StoreError>,
}

/// Where the log ends, and the sums of the rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stands {
    pub(super) head: Anchor,
    pub(super) sums: Sums,
}

/// The savepoint of the job at hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    /// None was made in this transaction.
    Never,
    /// That of a job before it is still there.
    Before,
    /// It is there.
    Now,
}

impl Writing {
    /// The last audit entry, as this transaction sees it.
    pub(super) fn head(&self) -> Anchor {
        self.stands.head
    }

    pub(super) fn set_head(&mut self, head: Anchor) {
        self.stands.head = head;
    }

    /// Notes in the sums what became of a record.
    pub(super) fn record_changed(&mut self, before: Option<Mark>, behind: Option<Mark>) {
        self.stands.sums.records.change(before, behind);
    }

    /// Notes in the sums what became of a session.
    pub(super) fn session_changed(&mut self, before: Option<Mark>, behind: Option<Mark>) {
        self.stands.sums.sessions.change(before, behind);
    }

    /// Has an entry written with the commit.
    pub(super) fn wait(&mut self, entry: Waiting) {
        self.waiting.push(entry);
    }

    /// Makes the savepoint of the job at hand, if it is not there.
    async fn save(&mut self) -> Result<(), StoreError> {
        let sql = match self.savepoint {
            Savepoint::Now => return Ok(()),
            Savepoint::Never => "SAVEPOINT job",
            Savepoint::Before => "RELEASE SAVEPOINT job; SAVEPOINT job",
        };
        self.savepoint = Savepoint::Now;
        self.session.batch(sql).await
    }

    /// How many rows were changed.
    pub(super) async fn execute(&mut self, sql: &str, values: Values<'_>) -> Result<u64, StoreError> {
        self.save().await?;
        self.session.execute(sql, values).await
    }

    /// Rows.
    pub(super) async fn query(&mut self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StoreError> {
        self.save().await?;
        self.session.query(sql, values).await
    }

    /// The one row that there is, if there is one.
    pub(super) async fn query_opt(&mut self, sql: &str, values: Values<'_>) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values).await?.into_iter().next())
    }

    /// Writes the entries that wait, so that statements see them.
    pub(super) async fn flush(&mut self) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut self.waiting);
        audit_log::write(&self.session, &waiting).await
    }

    /// Runs `job` so that a failure leaves nothing behind.
    async fn within_savepoint<T>(&mut self, job: Job<T>) -> Result<T, StoreError> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        let (stands, waiting, tells) = (self.stands, self.waiting.len(), self.tells);
        if self.savepoint == Savepoint::Now {
            self.savepoint = Savepoint::Before;
        }
        let result = job(self).await;
        if let Err(error) = &result {
            (self.stands, self.tells) = (stands, tells);
            self.waiting.truncate(waiting);
            if self.savepoint == Savepoint::Now
                && let Err(worse) = self.session.batch("ROLLBACK TO SAVEPOINT job").await
            {
                // The transaction goes with its session, and with it what the others wrote.
                self.lost = Some(if self.session.is_over() { worse } else { error.clone() });
            }
        }
        result
    }

    /// Makes everything durable.
    async fn commit(&mut self) -> Result<(), StoreError> {
        if let Some(error) = self.lost.take() {
            return Err(error);
        }
        self.flush().await?;
        if self.stands != self.had {
            let Stands { head, sums } = self.stands;
            let sums = sums.sealed(&self.keys.vault, &head);
            let sql = "UPDATE meta SET value = CASE name WHEN 'sums' THEN $1::bytea ELSE $2::bytea END
                       WHERE name IN ('sums', 'audit_head')";
            self.session.execute(sql, &[&sums.bytes(), &self.keys.chain.head_bytes(&head)]).await?;
        }
        if self.tells {
            self.session.query(presence::TELL, &[]).await?;
        }
        Ok(())
    }
}

/// What is to be done within a transaction.
pub(super) type Job<T> = Box<dyn for<'a> FnOnce(&'a mut Writing) -> BoxFuture<'a, Result<T, StoreError>> + Send>;
/// Told whether the transaction became durable; gives the answer.
type Settle = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Joining = Box<dyn for<'a> FnOnce(Result<&'a mut Writing, StoreError>) -> BoxFuture<'a, Settle> + Send>;
/// Makes its own transaction; told if the store takes no more writes.
type Lone = Box<dyn FnOnce(Result<(), StoreError>) -> BoxFuture<'static, ()> + Send>;

/// What the task is to do.
enum Task {
    /// Within a transaction that it shares with others.
    Joining(Joining),
    /// By itself, while everything else waits.
    Lone(Lone),
}

/// The way to the task.
pub(super) struct Writer {
    tasks: std::sync::RwLock<Option<mpsc::Sender<Task>>>,
    ended: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
}

pub(super) fn closed() -> StoreError {
    StoreError::Failed(Cause("it is closed".into()))
}

impl Writer {
    /// Begins on these threads.
    pub(super) fn start(shared: Arc<Shared>, threads: &Handle) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_LIMIT);
        let (end, ended) = oneshot::channel();
        let health = shared.clone();
        let working = threads.spawn(work(shared, receiver));
        threads.spawn(async move {
            if working.await.is_err_and(|error| error.is_panic()) {
                health.note::<()>(&Err(StoreError::Failed(Cause("its writer ended".into()))));
            }
            // Nobody may be waiting for it.
            end.send(()).unwrap_or(());
        });
        let ended = tokio::sync::Mutex::new(Some(ended));
        Self { tasks: std::sync::RwLock::new(Some(sender)), ended }
    }

    /// Queues `job`; the answer comes when its transaction is durable, or when it failed.
    pub(super) fn write<T: Send + 'static>(&self, job: Job<T>) -> Answer<'static, T> {
        let sender = self.sender();
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            let joining: Joining = Box::new(move |writing| {
                Box::pin(async move {
                    let result = match writing {
                        Ok(writing) => writing.within_savepoint(job).await,
                        Err(error) => Err(error),
                    };
                    // Nobody may be waiting any more; what was written stays written.
                    let settle: Settle = Box::new(move |durable| {
                        answer.send(result.and_then(|value| durable.map(|()| value))).unwrap_or(());
                    });
                    settle
                })
            });
            let sender = sender.ok_or_else(closed)?;
            sender.send(Task::Joining(joining)).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|_| Err(closed()))
        })
    }

    /// Queues a `job` that makes a transaction of its own and answers for it.
    pub(super) fn alone<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> BoxFuture<'static, Result<T, StoreError>> + Send + 'static,
    ) -> Answer<'static, T> {
        let sender = self.sender();
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            let lone: Lone = Box::new(move |may| {
                Box::pin(async move {
                    let result = match may {
                        Ok(()) => job().await,
                        Err(error) => Err(error),
                    };
                    // Nobody may be waiting any more; what was written stays written.
                    answer.send(result).unwrap_or(());
                })
            });
            let sender = sender.ok_or_else(closed)?;
            sender.send(Task::Lone(lone)).await.map_err(|_| closed())?;
            answered.await.unwrap_or_else(|_| Err(closed()))
        })
    }

    fn sender(&self) -> Option<mpsc::Sender<Task>> {
        self.tasks.read().ok().and_then(|tasks| tasks.clone())
    }

    /// Lets the task finish what is queued and leave the database.
    pub(super) async fn close(&self) {
        if let Ok(mut tasks) = self.tasks.write() {
            tasks.take();
        }
        if let Some(ended) = self.ended.lock().await.take() {
            // An error means that the task is gone already.
            ended.await.unwrap_or(());
        }
    }
}

async fn work(shared: Arc<Shared>, mut tasks: mpsc::Receiver<Task>) {
    let (mut waits, mut kept) = (None, None);
    loop {
        let first = match waits.take() {
            Some(task) => task,
            None => match tasks.recv().await {
                Some(task) => task,
                None => return,
            },
        };
        let refusal = match &*shared.health.borrow() {
            Health::Refusing(error) => Some(StoreError::Refusing { cause: error.to_string() }),
            // Whoever has the wrong key is not to try again.
            Health::Away(error @ StoreError::RollDone { .. }) => Some(error.clone()),
            Health::Fine | Health::Away(_) => None,
        };
        match (first, refusal) {
            (Task::Joining(first), Some(refusal)) => first(Err(refusal.clone())).await(Err(refusal)),
            (Task::Joining(first), None) => waits = group(&shared, &mut kept, first, &mut tasks).await,
            (Task::Lone(job), Some(refusal)) => job(Err(refusal)).await,
            (Task::Lone(job), None) => job(Ok(())).await,
        }
    }
}

/// One transaction: the first job and whatever else waits. Gives a task that must not join it.
async fn group(
    shared: &Shared,
    kept: &mut Option<Session>,
    first: Joining,
    tasks: &mut mpsc::Receiver<Task>,
) -> Option<Task> {
    let mut waits = None;
    let (settles, durable) = match begin(shared, kept.take()).await {
        Ok(mut writing) => {
            let mut settles = vec![first(Ok(&mut writing)).await];
            while settles.len() < GROUP_LIMIT && writing.lost.is_none() {
                match tasks.try_recv() {
                    Ok(Task::Joining(job)) => settles.push(job(Ok(&mut writing)).await),
                    Ok(lone) => {
                        waits = Some(lone);
                        break;
                    }
                    Err(_) => break,
                }
            }
            let durable = made_durable(shared, &mut writing).await;
            if !writing.session.is_over() {
                *kept = Some(writing.session);
            }
            (settles, durable)
        }
        Err(error) => (vec![first(Err(error.clone())).await], Err(error)),
    };
    shared.note(&durable);
    for settle in settles {
        settle(durable.clone());
    }
    waits
}

/// A transaction in which nobody else can write.
async fn begin(shared: &Shared, kept: Option<Session>) -> Result<Writing, StoreError> {
    let reused = kept.filter(|session| !session.is_over());
    let was_reused = reused.is_some();
    let begun = match reused {
        Some(session) => begun(shared, session).await,
        None => begun(shared, shared.way.session().await?).await,
    };
    match begun {
        // It may have died unnoticed, and nothing was done in it.
        Err(StoreError::Away { .. }) if was_reused => self::begun(shared, shared.way.session().await?).await,
        begun => begun,
    }
}

async fn begun(shared: &Shared, session: Session) -> Result<Writing, StoreError> {
    let began = Instant::now();
    // A session in which this fails is not used again.
    session.batch("BEGIN").await?;
    let Locked { keys, stands, number } = loop {
        match locked(shared, &session).await {
            Err(StoreError::Busy) => {}
            locked => break locked?,
        }
        session.batch("ROLLBACK").await?;
        if locks::is_taken(&session, locks::NO_ROLL).await? {
            return Err(StoreError::Busy);
        }
        if began.elapsed() > ROLL_PATIENCE {
            return Err(StoreError::RollRuns);
        }
        session.batch("BEGIN").await?;
    };
    Ok(Writing {
        session,
        keys,
        stands,
        had: stands,
        waiting: Vec::new(),
        number,
        savepoint: Savepoint::Never,
        tells: false,
        lost: None,
    })
}

/// What a transaction knows that has locked the head of the log.
pub(super) struct Locked {
    pub(super) keys: Keys,
    pub(super) stands: Stands,
    pub(super) number: i64,
}

/// Locks the head of the log, then looks whether the key is still the one in use: it may have been rolled meanwhile.
pub(super) async fn locked(shared: &Shared, session: &Session) -> Result<Locked, StoreError> {
    // Prepared before, so that the words go together and cost one way.
    let words = [
        "SELECT value FROM meta WHERE name = 'audit_head' FOR UPDATE",
        "SELECT value FROM meta WHERE name = 'key_check'",
        "SELECT value FROM meta WHERE name = 'sums'",
        "SELECT txid_current()",
    ];
    for word in words {
        session.prepare(word).await?;
    }
    let [head, check, sums, number] = words.map(|word| session.query_opt(word, &[]));
    let (head, check, sums, number) = futures::try_join!(head, check, sums, number)?;
    let bytes = |row: Option<Row>| -> Result<Option<Vec<u8>>, StoreError> { row.map(|row| get(&row, 0)).transpose() };
    let mut keys = shared.keys.get();
    let (stored, given) = (bytes(check)?.and_then(|check| key_of(&check)), keys.vault.key_id());
    if let Some(stored) = stored.filter(|stored| *stored != given) {
        keys = shared.adopted(&keys, stored).ok_or(StoreError::RollDone { stored, given })?;
    }
    let head = bytes(head)?.and_then(|bytes| keys.chain.head(&bytes));
    let head = head.ok_or_else(|| StoreError::Integrity { table: "meta", row: "audit_head".into() })?;
    let sums = Sums::opened(&keys.vault, &head, bytes(sums)?)?;
    let number = number.map(|row| get(&row, 0)).transpose()?.unwrap_or_default();
    Ok(Locked { keys, stands: Stands { head, sums }, number })
}

/// Writes what waits and commits.
async fn made_durable(shared: &Shared, writing: &mut Writing) -> Result<(), StoreError> {
    if let Err(error) = writing.commit().await {
        if writing.session.batch("ROLLBACK").await.is_err() {
            tracing::debug!("a transaction goes with its session");
        }
        return Err(error);
    }
    made_sure(shared, &writing.session, writing.number).await
}

/// Commits the transaction with this number, and knows the outcome whenever it can be known.
pub(super) async fn made_sure(shared: &Shared, session: &Session, number: i64) -> Result<(), StoreError> {
    match session.batch("COMMIT").await {
        Err(StoreError::Away { cause }) => learned(shared, number, cause).await,
        answered => answered,
    }
}

/// Whether the transaction with this number became durable, as the database itself tells it.
async fn learned(shared: &Shared, number: i64, cause: String) -> Result<(), StoreError> {
    shared.note::<()>(&Err(StoreError::Away { cause: cause.clone() }));
    tracing::warn!(cause, "the store's database went away in the middle of saving; its outcome is asked for");
    let until = Instant::now() + LEARNING;
    while Instant::now() < until {
        match fate(shared, number).await.as_deref() {
            Ok("committed") => {
                tracing::info!("what was being saved is saved");
                return Ok(());
            }
            Ok("aborted") => {
                tracing::info!("what was being saved was not saved");
                return Err(StoreError::Away { cause });
            }
            // In progress: the server has not noticed yet that nobody is there.
            Ok(_) | Err(_) => sleep(AGAIN).await,
        }
    }
    Err(StoreError::Uncertain)
}

async fn fate(shared: &Shared, number: i64) -> Result<String, StoreError> {
    let session = shared.way.session().await?;
    let row = session.query_one("SELECT coalesce(txid_status($1), 'forgotten')", &[&number]).await?;
    get(&row, 0)
}
