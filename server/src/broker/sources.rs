//! Open sources: one connection each, kept and shared by all questions with the same settings and credentials.
//!
//! A connection is let go when nobody used it for a while, when it broke, when its settings changed, and, if it holds an
//! uploaded file in memory, when another file needs the room.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use model::catalogue::{Catalogue, Column};
use model::completeness::Cause;
use model::project::{Limits, Origin, Project, Source, Table};
use model::{ProjectId, SourceId};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use wire::{Code, Fault};

use super::breaker::Breakers;
use super::failures::{Failed, Failures};
use super::passed::Passed;
use super::pieces::Told;
use super::queue::{Asker, Load, Place, Queue};
use super::sql::mentions;
use crate::connectors::{
    Ability, Answer, Bounds, Connection, Connector, Facts, Failure, FailureKind, Statement, Target, Undescribed,
};
use crate::world::Clock;

/// The most connections that are kept open; beyond it, the one unused longest is let go.
const MOST_OPEN: usize = 200;
/// A connection that nobody used for this long is let go.
const IDLE: Duration = Duration::from_secs(600);
/// The same, when the source has other settings by now.
const IDLE_WHEN_CHANGED: Duration = Duration::from_secs(60);
/// What a source promises of a table is believed for this long.
const FACTS_HOLD: Duration = Duration::from_secs(300);
/// The most tables whose promises are kept.
const MOST_FACTS: usize = 2_000;
/// How long a file that was brought in waits for room.
const ROOM_WAIT: Duration = Duration::from_secs(60);
/// The unit in which memory for uploaded files is counted.
const MEBIBYTE: u64 = 1 << 20;

/// Where the credentials come from. They are asked for when a connection is opened, and not kept.
pub trait Targets: Send + Sync {
    /// Where a source's connection goes, with its secrets.
    fn target<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Target, Fault>>;

    /// Whether the source may be asked by the account that it is reached with.
    ///
    /// # Errors
    /// [`Fault`], which says why not and what to do.
    fn admit<'a>(&'a self, _source: &'a SourceId) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Who asks, for the order of those who wait.
    fn asker(&self) -> Asker {
        Asker::default()
    }

    /// Changes whenever the source's credentials do, and says nothing of them.
    fn fingerprint(&self, source: &SourceId) -> [u8; 32];

    /// What the source's file lost when it was brought in; nothing for a source without a file.
    fn file_loss(&self, _source: &SourceId) -> FileLoss {
        FileLoss::default()
    }
}

/// What a file lost when it was brought in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileLoss {
    /// Rows that were left out.
    pub rows: u64,
    /// Columns with cells that did not fit their kind, and how many.
    pub cells: Vec<(String, u64)>,
}

/// Everything that is open.
pub(super) struct Sources {
    clock: Arc<dyn Clock>,
    connectors: &'static [&'static dyn Connector],
    open: Mutex<HashMap<Name, Held>>,
    queues: Mutex<HashMap<(ProjectId, SourceId), Arc<Queue>>>,
    /// Mebibytes for uploaded files.
    room: Arc<Semaphore>,
    most_room: u32,
    /// Only one file at a time is brought into memory, because that takes more than its own size for a moment.
    loading: tokio::sync::Mutex<()>,
    /// Which of them are away.
    breakers: Breakers,
    /// What has come from all of them.
    pub(super) passed: Passed,
    /// What failed lately.
    pub(super) failures: Failures,
}

/// What a connection is good for: the same source with the same settings and credentials, whatever else changes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    project: ProjectId,
    pub(super) source: SourceId,
    settings: String,
    credentials: [u8; 32],
}

struct Held {
    opened: Arc<OnceCell<Arc<Opened>>>,
    used: Duration,
}

/// An open source.
struct Opened {
    connection: Arc<dyn Connection>,
    facts: Mutex<HashMap<Table, (Duration, Arc<Facts>)>>,
    /// The room that its uploaded file takes.
    room: Option<OwnedSemaphorePermit>,
}

/// Who asks: a project as one person sees it, and the way to its credentials.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) project: Arc<Project>,
    pub(super) targets: Arc<dyn Targets>,
    pub(super) sources: Arc<Sources>,
}

/// A place at a source: its connection, and the right to run one statement.
pub(super) struct Seat {
    opened: Arc<Opened>,
    pub(super) limits: Limits,
    way: Way,
    source: SourceId,
    name: Name,
    told: Told,
    _place: Place,
}

impl Sources {
    pub(super) fn new(
        clock: Arc<dyn Clock>,
        connectors: &'static [&'static dyn Connector],
        upload_memory_bytes: u64,
    ) -> Self {
        let most_room = u32::try_from(upload_memory_bytes / MEBIBYTE).unwrap_or(u32::MAX).clamp(1, 1 << 20);
        Self {
            clock,
            connectors,
            open: Mutex::default(),
            queues: Mutex::default(),
            room: Arc::new(Semaphore::new(most_room as usize)),
            most_room,
            loading: tokio::sync::Mutex::default(),
            breakers: Breakers::default(),
            passed: Passed::default(),
            failures: Failures::default(),
        }
    }

    /// How much is asked of a source at this moment.
    pub(super) fn load(&self, project: &ProjectId, source: &SourceId) -> Option<Load> {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.get(&(project.clone(), source.clone())).map(|queue| queue.load())
    }

    /// Questions that wait for a place anywhere.
    pub(super) fn waiting(&self) -> u64 {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.values().map(|queue| u64::from(queue.load().waiting)).sum()
    }

    fn queue(&self, project: &Project, source: &Source) -> Arc<Queue> {
        let at_once = source.limits.within_reason().at_once;
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if queues.len() > MOST_OPEN {
            queues.retain(|_, queue| Arc::strong_count(queue) > 1);
        }
        let queue = queues.entry((project.id.clone(), source.id.clone())).or_insert_with(|| Queue::new(at_once));
        if queue.at_once != at_once {
            *queue = Queue::new(at_once);
        }
        queue.clone()
    }

    fn cell(&self, name: Name) -> Arc<OnceCell<Arc<Opened>>> {
        let now = self.clock.monotonic();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|other, held| {
            let replaced = other.project == name.project && other.source == name.source && *other != name;
            *other == name || held.used + if replaced { IDLE_WHEN_CHANGED } else { IDLE } > now
        });
        if open.len() >= MOST_OPEN && !open.contains_key(&name) {
            let oldest = open.iter().min_by_key(|(_, held)| held.used).map(|(name, _)| name.clone());
            oldest.map(|oldest| open.remove(&oldest));
        }
        let held = open.entry(name).or_insert_with(|| Held { opened: Arc::default(), used: now });
        held.used = now;
        held.opened.clone()
    }

    async fn open(&self, name: &Name, source: &Source, targets: &dyn Targets) -> Result<Arc<Opened>, Fault> {
        let known = self.connectors.iter().find(|connector| connector.kind() == source.kind);
        let connector = known.ok_or_else(|| {
            Fault::invalid(
                format!("Source \"{}\" is of a kind that this server does not know: {}.", source.name, source.kind),
                "Choose another kind in its settings.",
            )
        })?;
        let limit = Duration::from_secs(source.limits.within_reason().seconds);
        let _loading = match source.is_internal() {
            true => Some(tokio::time::timeout(limit, self.loading.lock()).await.map_err(|_| no_room())?),
            false => None,
        };
        let target = targets.target(&source.id).await?;
        let room = match &target.image {
            Some(image) => {
                Some(tokio::time::timeout(limit, self.make_room(image.len() as u64)).await.map_err(|_| no_room())??)
            }
            None => None,
        };
        match tokio::time::timeout(limit, connector.open(target)).await {
            Ok(opened) => {
                let connection = opened.map_err(|failure| {
                    if is_broken(&failure) || failure.kind == FailureKind::Slow {
                        self.breakers.failed(name, &failure.sentence, &*self.clock);
                    }
                    fault(&failure)
                })?;
                Ok(Arc::new(Opened { connection, facts: Mutex::default(), room }))
            }
            Err(_) => {
                let slow = slow(source.limits.within_reason().seconds);
                self.breakers.failed(name, &slow.sentence, &*self.clock);
                Err(slow)
            }
        }
    }

    /// Room for a file that is being read, among the files that are open.
    ///
    /// # Errors
    /// `Busy` when there is none in time.
    pub(super) async fn room_for_file(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Fault> {
        tokio::time::timeout(ROOM_WAIT, self.make_room(bytes)).await.map_err(|_| no_room())?
    }

    /// Room for a file: files that were not used for longest go; one that is in use gives its room when it is done.
    async fn make_room(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Fault> {
        let wanted = u32::try_from(bytes.div_ceil(MEBIBYTE)).unwrap_or(u32::MAX).clamp(1, self.most_room);
        loop {
            if let Ok(room) = self.room.clone().try_acquire_many_owned(wanted) {
                return Ok(room);
            }
            if !self.let_a_file_go() {
                return self.room.clone().acquire_many_owned(wanted).await.map_err(|_| no_room());
            }
        }
    }

    /// Lets go of the file that was not used for longest; says whether there was one.
    fn let_a_file_go(&self) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let files = open.iter().filter(|(_, held)| held.opened.get().is_some_and(|opened| opened.room.is_some()));
        let oldest = files.min_by_key(|(_, held)| held.used).map(|(name, _)| name.clone());
        oldest.and_then(|oldest| open.remove(&oldest)).is_some()
    }

    /// Lets go of a connection that broke, unless it was replaced already.
    fn forget(&self, name: &Name, broken: &Arc<Opened>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_broken = |held: &Held| held.opened.get().is_some_and(|opened| Arc::ptr_eq(opened, broken));
        if open.get(name).is_some_and(is_broken) {
            open.remove(name);
        }
    }
}

impl Way {
    pub(super) fn source(&self, id: &SourceId) -> Result<&Source, Fault> {
        self.project.sources.get(id).ok_or_else(Fault::not_found)
    }

    /// Waits for a place at a source and opens it if it is not open.
    ///
    /// # Errors
    /// `Busy` when too many wait; whatever opening it says.
    pub(super) async fn seat(&self, id: &SourceId, told: &Told) -> Result<Seat, Fault> {
        let source = self.source(id)?;
        let (name, Sources { breakers, clock, .. }) = (self.name(source), &*self.sources);
        // Nobody waits in the queue of a source that is away; and it may have gone while one waited.
        breakers.would_admit(&name, source, &**clock)?;
        let place = self.sources.queue(&self.project, source).place(source, &self.targets.asker(), told).await?;
        breakers.admit(&name, source, &**clock)?;
        let opened = self.opened(&name, source).await?;
        self.targets.admit(id).await?;
        let (limits, told) = (source.limits.within_reason(), told.clone());
        Ok(Seat { opened, limits, way: self.clone(), source: id.clone(), name, told, _place: place })
    }

    async fn opened(&self, name: &Name, source: &Source) -> Result<Arc<Opened>, Fault> {
        let cell = self.sources.cell(name.clone());
        let opened = cell.get_or_try_init(|| self.sources.open(name, source, &*self.targets)).await;
        let opened = opened.inspect_err(|fault| {
            if let Some(kind) = failure_of(fault) {
                self.failed(&source.id, kind);
            }
        });
        Ok(opened?.clone())
    }

    /// Takes note of a failure.
    fn failed(&self, source: &SourceId, kind: FailureKind) {
        let at = self.sources.clock.now();
        self.sources.failures.note(&self.project.id, source, Failed { at, kind });
    }

    fn name(&self, source: &Source) -> Name {
        let Source { kind, settings, secrets_from, upload, limits, .. } = source;
        // These have string keys and no failing serialiser.
        let settings =
            serde_json::to_string(&(kind, settings, secrets_from, upload, limits.at_once)).unwrap_or_default();
        let credentials = self.targets.fingerprint(&source.id);
        Name { project: self.project.id.clone(), source: source.id.clone(), settings, credentials }
    }
}

impl Seat {
    /// The longest time of one statement here.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.limits.seconds)
    }

    /// What the source can do.
    pub(super) fn ability(&self) -> Ability {
        self.opened.connection.ability()
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// What the source said.
    pub(super) async fn run(&self, statement: Statement) -> Result<Answer, Fault> {
        self.run_within(statement, self.timeout()).await
    }

    /// Runs one statement in a time of its own.
    ///
    /// # Errors
    /// What the source said.
    pub(super) async fn run_within(&self, statement: Statement, timeout: Duration) -> Result<Answer, Fault> {
        self.tell_losses(&statement);
        let bounds = Bounds { timeout, ..Bounds::default() };
        let run = |opened: Arc<Opened>| {
            let statement = statement.clone();
            async move { opened.connection.run(statement, bounds).await }
        };
        let answer = match run(self.opened.clone()).await {
            Err(failure) if is_broken(&failure) => run(self.another().await?).await,
            answer => answer,
        };
        let Sources { breakers, clock, .. } = &*self.way.sources;
        match &answer {
            Err(failure) if is_broken(failure) => {
                breakers.failed(&self.name, &failure.sentence, &**clock);
            }
            // Slow, refused or unfit: it was there to say so, or to be waited for.
            Ok(_) | Err(_) => breakers.answered(&self.name),
        }
        answer
            .map(|answer| {
                answer.causes.iter().for_each(|cause| self.told.lost(cause.clone()));
                self.way.sources.passed.count(self.kind(), answer)
            })
            .inspect_err(|failure| self.way.failed(&self.source, failure.kind))
            .map_err(|failure| fault(&failure))
    }

    fn kind(&self) -> &str {
        self.way.project.sources.get(&self.source).map_or("", |source| source.kind.as_str())
    }

    /// Every answer says what its file lost: all rows that were left out, and cells of the columns that are asked.
    fn tell_losses(&self, statement: &Statement) {
        let lost = self.way.targets.file_loss(&self.source);
        if lost.rows > 0 {
            self.told.lost(Cause::RowsLeftOut { source: self.source.clone(), rows: lost.rows });
        }
        for (column, cells) in lost.cells.into_iter().filter(|(column, _)| mentions(statement, column)) {
            self.told.lost(Cause::UnreadableInFile { source: self.source.clone(), column, cells });
        }
    }

    /// What the source contains.
    ///
    /// # Errors
    /// What the source said.
    pub(super) async fn catalogue(&self) -> Result<Catalogue, Fault> {
        match self.opened.connection.catalogue().await {
            Err(failure) if is_broken(&failure) => self.another().await?.connection.catalogue().await,
            answer => answer,
        }
        .map_err(|failure| fault(&failure))
    }

    /// What the source promises of a table; asked once in a while.
    ///
    /// # Errors
    /// What the source said.
    pub(super) async fn facts(&self, table: &Table) -> Result<Arc<Facts>, Fault> {
        let now = self.way.sources.clock.monotonic();
        let known = self.opened.facts.lock().unwrap_or_else(PoisonError::into_inner).get(table).cloned();
        if let Some((_, facts)) = known.filter(|(since, _)| *since + FACTS_HOLD > now) {
            return Ok(facts);
        }
        let read = match self.opened.connection.facts(table).await {
            Err(failure) if is_broken(&failure) => self.another().await?.connection.facts(table).await,
            read => read,
        };
        let facts = Arc::new(read.map_err(|failure| fault(&failure))?);
        let mut kept = self.opened.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_FACTS {
            kept.clear();
        }
        kept.insert(table.clone(), (now, facts.clone()));
        Ok(facts)
    }

    /// What the source promises of an object type's rows; of a query nothing.
    ///
    /// # Errors
    /// What the source said.
    pub(super) async fn facts_of(&self, origin: &Origin) -> Result<Arc<Facts>, Fault> {
        match origin.table() {
            Some(table) => self.facts(table).await,
            None => Ok(Arc::default()),
        }
    }

    /// The columns of a query that was checked.
    ///
    /// # Errors
    /// [`Undescribed`], with what the source says about the text.
    pub(super) async fn describe(&self, text: &str) -> Result<Vec<Column>, Undescribed> {
        match self.opened.connection.describe(text).await {
            Err(wrong) if is_broken(&wrong.failure) => match self.another().await {
                Ok(opened) => opened.connection.describe(text).await,
                Err(_) => Err(wrong),
            },
            described => described,
        }
    }

    /// Says what came of a statement in the middle, so that a broken connection is not used again.
    pub(super) fn note(&self, failure: &Failure) {
        self.way.failed(&self.source, failure.kind);
        if is_broken(failure) {
            self.way.sources.forget(&self.name, &self.opened);
        }
    }

    /// A fresh connection in place of one that broke.
    async fn another(&self) -> Result<Arc<Opened>, Fault> {
        let source = self.way.source(&self.source)?;
        self.way.sources.forget(&self.name, &self.opened);
        self.way.opened(&self.name, source).await
    }
}

/// Whether the connection is no good any more, whatever is asked of it.
fn is_broken(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Broken | FailureKind::Unreachable)
}

/// In which way a source failed that could not be opened; none where it was not the source that failed.
fn failure_of(fault: &Fault) -> Option<FailureKind> {
    match fault.code {
        Code::SourceFailed => Some(FailureKind::Unreachable),
        Code::SourceSlow => Some(FailureKind::Slow),
        _ => None,
    }
}

/// What people are told of a failure; its cause goes to the log.
pub(super) fn fault(failure: &Failure) -> Fault {
    Fault::from(failure.clone())
}

fn slow(seconds: u64) -> Fault {
    Fault::new(
        Code::SourceSlow,
        format!("The source did not answer within {seconds} s."),
        "Try again, narrow the question, or ask an instance manager to allow it more time.",
    )
}

fn no_room() -> Fault {
    Fault::new(
        Code::Busy,
        "Too many uploaded files are in use at once.",
        "Try again in a moment, or ask the operator to raise CLEW_UPLOAD_MEMORY.",
    )
}
