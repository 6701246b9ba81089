//! Open sources: one connection each, kept and shared, with a queue in front of it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use model::project::{Limits, Project, Source};
use model::{ProjectId, SourceId};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use wire::{Code, Fault};

use crate::connectors::{Answer, Bounds, Connection, Connector, Failure, Statement, Target};
use crate::world::Clock;

/// The most connections that are kept open; beyond it, the one unused longest is let go.
const MOST_OPEN: usize = 200;
/// The most questions that wait for one source, for each that may run.
const WAITING_PER_PLACE: u32 = 16;

/// Where the credentials come from. They are asked for when a connection is opened, and not kept.
pub trait Targets: Send + Sync {
    /// Where a source's connection goes, with its secrets.
    fn target<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Target, Fault>>;

    /// Changes whenever a target might: the revision of the configuration.
    fn revision(&self) -> u64;
}

/// Everything that is open.
pub(super) struct Sources {
    clock: Arc<dyn Clock>,
    connectors: &'static [&'static dyn Connector],
    open: Mutex<HashMap<Name, Held>>,
    queues: Mutex<HashMap<(ProjectId, SourceId), Arc<Queue>>>,
}

/// What a connection is good for: the same source, as configured, at the same revision. Two people whose own changes
/// differ share nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Name {
    project: ProjectId,
    source: SourceId,
    revision: u64,
    configuration: String,
}

struct Held {
    connection: Arc<OnceCell<Arc<dyn Connection>>>,
    used: Duration,
}

struct Queue {
    places: Arc<Semaphore>,
    at_once: u32,
    waiting: AtomicU32,
}

/// A place at a source: its connection, and the right to run one statement.
pub(super) struct Seat {
    pub(super) connection: Arc<dyn Connection>,
    pub(super) limits: Limits,
    _place: OwnedSemaphorePermit,
}

impl Sources {
    pub(super) fn new(clock: Arc<dyn Clock>, connectors: &'static [&'static dyn Connector]) -> Self {
        Self { clock, connectors, open: Mutex::default(), queues: Mutex::default() }
    }

    /// Waits for a place at a source and opens it if it is not open.
    ///
    /// # Errors
    /// `Busy` when too many wait; whatever opening it says.
    pub(super) async fn seat(&self, project: &Project, source: &Source, targets: &dyn Targets) -> Result<Seat, Fault> {
        let place = self.queue(project, source).place(source).await?;
        let connection = self.connection(project, source, targets).await?;
        Ok(Seat { connection, limits: source.limits.within_reason(), _place: place })
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

    async fn connection(
        &self,
        project: &Project,
        source: &Source,
        targets: &dyn Targets,
    ) -> Result<Arc<dyn Connection>, Fault> {
        let cell = self.cell(project, source, targets.revision());
        let opened = cell.get_or_try_init(|| self.open(source, targets)).await?;
        Ok(opened.clone())
    }

    fn cell(&self, project: &Project, source: &Source, revision: u64) -> Arc<OnceCell<Arc<dyn Connection>>> {
        // A source has string keys and no failing serialiser.
        let configuration = serde_json::to_string(source).unwrap_or_default();
        let name = Name { project: project.id.clone(), source: source.id.clone(), revision, configuration };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let older = |other: &Name| other.project == name.project && other.source == name.source;
        open.retain(|other, _| !older(other) || other.revision >= revision);
        if open.len() >= MOST_OPEN && !open.contains_key(&name) {
            let oldest = open.iter().min_by_key(|(_, held)| held.used).map(|(name, _)| name.clone());
            oldest.map(|oldest| open.remove(&oldest));
        }
        let used = self.clock.monotonic();
        let held = open.entry(name).or_insert_with(|| Held { connection: Arc::default(), used });
        held.used = used;
        held.connection.clone()
    }

    async fn open(&self, source: &Source, targets: &dyn Targets) -> Result<Arc<dyn Connection>, Fault> {
        let known = self.connectors.iter().find(|connector| connector.about().kind == source.kind);
        let connector = known.ok_or_else(|| {
            Fault::invalid(
                format!("Source \"{}\" is of a kind that this server does not know: {}.", source.name, source.kind),
                "Choose another kind in its settings.",
            )
        })?;
        let target = targets.target(&source.id).await?;
        let opening = connector.open(target);
        let seconds = source.limits.within_reason().seconds;
        match tokio::time::timeout(Duration::from_secs(seconds), opening).await {
            Ok(opened) => opened.map_err(|failure| fault(&failure)),
            Err(_) => Err(slow(seconds)),
        }
    }
}

impl Queue {
    fn new(at_once: u32) -> Arc<Self> {
        Arc::new(Self { places: Arc::new(Semaphore::new(at_once as usize)), at_once, waiting: AtomicU32::new(0) })
    }

    async fn place(self: &Arc<Self>, source: &Source) -> Result<OwnedSemaphorePermit, Fault> {
        let busy = || {
            Fault::new(
                Code::Busy,
                format!("Source \"{}\" has too many questions waiting.", source.name),
                "Try again in a moment, or ask an instance manager to allow it more at once.",
            )
        };
        let _waiting = Waiting::enter(self, self.at_once.saturating_mul(WAITING_PER_PLACE)).ok_or_else(busy)?;
        let place = self.places.clone().acquire_owned();
        let seconds = source.limits.within_reason().seconds;
        match tokio::time::timeout(Duration::from_secs(seconds), place).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }
}

/// Counts itself among those who wait, as long as it lives.
struct Waiting<'a>(&'a Queue);

impl<'a> Waiting<'a> {
    fn enter(queue: &'a Queue, most: u32) -> Option<Self> {
        let waiting = Self(queue);
        (queue.waiting.fetch_add(1, Ordering::Relaxed) < most).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Seat {
    /// The longest time of one statement here.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.limits.seconds)
    }

    /// Runs one statement.
    ///
    /// # Errors
    /// What the source said.
    pub(super) async fn run(&self, statement: Statement, timeout: Duration) -> Result<Answer, Failure> {
        let bounds = Bounds { timeout, ..Bounds::default() };
        self.connection.run(statement, bounds).await
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
