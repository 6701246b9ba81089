//! The broker: from a typed question to frames, over sources that stay where they are.
//!
//! | room | what is in it |
//! |---|---|
//! | [`sql`] | the question as a statement, one language per file |
//! | [`sources`], [`queue`], [`breaker`] | open connections, places, who waits, who is away |
//! | [`failures`], [`passed`] | what failed at sources lately, what has come from them |
//! | [`pieces`], [`part`] | frames on their way out, slow readers, heartbeat |
//! | [`pour`], [`names`], [`edge`], [`cursor`] | rows under limits, duplicate keys, pages |
//! | [`question`], [`search`], [`listed`], [`counts`], [`expand`], [`sample`] | one kind of request each |
//! | [`across`], [`gather`], [`matches`], [`best`] | links merged per pair, also between sources |
//! | [`elsewhere`] | filters about linked objects in other sources |
//! | [`withheld`] | parts about what the person knows by name only |
//!
//! A project comes in already reduced to what the person may see, so the broker never knows people. Every answer is a
//! stream of [`Piece`]s: frames, then one end. The gate writes the end down and says `Done` or `Failed`. Dropping the
//! stream drops the statements at the sources.

mod across;
mod best;
mod breaker;
mod cells;
mod counts;
mod cursor;
mod edge;
mod elsewhere;
mod expand;
mod failures;
mod gather;
mod listed;
mod matches;
mod names;
mod part;
mod passed;
mod pieces;
mod pour;
mod question;
mod queue;
mod sample;
mod search;
mod sources;
mod sql;
mod titles;
mod withheld;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures::stream::BoxStream;
use model::catalogue::{Catalogue, Column};
use model::project::{Project, Source};
use model::withheld::Withheld;
use model::{ProjectId, SourceId};
use tokio::sync::OwnedSemaphorePermit;
use wire::Fault;
use wire::data::{CountLinks, Expand, RunQuery, Search};
use wire::source::SampleTable;

pub(crate) use cells::text as cell_text;
pub use failures::Failed;
pub use pieces::{Piece, Pieces, StreamEnd};
pub use pour::Exported;
pub use queue::{Asker, Load};
pub use sources::{FileLoss, Targets};

use self::pieces::{Out, Told};
use self::sources::{Seat, Sources, Way};
use crate::connectors::{self, Ability, Connector, Dialect, Undescribed};
use crate::world::Clock;

/// The broker of a server.
pub struct Broker {
    sources: Arc<Sources>,
    clock: Arc<dyn Clock>,
}

/// Whom a request asks: a project as one person sees it, its sources, and the way to their credentials.
#[derive(Clone)]
struct Asking {
    project: Arc<Project>,
    way: Way,
    clock: Arc<dyn Clock>,
    /// Where whoever waits reads how far this is.
    told: Told,
}

impl Broker {
    /// A broker over every connector there is; open uploads take at most so many bytes of memory.
    pub fn new(clock: Arc<dyn Clock>, upload_memory_bytes: u64) -> Self {
        Self::over(connectors::all(), clock, upload_memory_bytes)
    }

    /// A broker over some connectors.
    pub fn over(
        connectors: &'static [&'static dyn Connector],
        clock: Arc<dyn Clock>,
        upload_memory_bytes: u64,
    ) -> Self {
        Self { sources: Arc::new(Sources::new(clock.clone(), connectors, upload_memory_bytes)), clock }
    }

    /// Room in memory for a file that was brought in, until what is given is dropped.
    ///
    /// # Errors
    /// `Busy` when other files take all of it for too long.
    pub async fn room_for_file(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Fault> {
        self.sources.room_for_file(bytes).await
    }

    /// Rows and bytes that have come from sources since the start, by kind of source.
    pub fn passed(&self) -> std::collections::BTreeMap<String, (u64, u64)> {
        self.sources.passed.amounts()
    }

    /// How much is asked of a source at this moment; none where nobody has asked it yet.
    pub fn load(&self, project: &ProjectId, source: &SourceId) -> Option<Load> {
        self.sources.load(project, source)
    }

    /// Questions that wait for a place, at all sources.
    pub fn waiting(&self) -> u64 {
        self.sources.waiting()
    }

    /// What failed at a source lately, newest first.
    pub fn failures(&self, project: &ProjectId, source: &SourceId) -> Vec<Failed> {
        self.sources.failures.of(project, source)
    }

    fn asking(&self, project: Arc<Project>, targets: Arc<dyn Targets>) -> Asking {
        let way = Way { project: project.clone(), targets, sources: self.sources.clone() };
        Asking { project, way, clock: self.clock.clone(), told: Told::default() }
    }

    /// One question, one part.
    ///
    /// # Errors
    /// `Invalid` before any source is asked: an unknown property, a value of another kind, a link into another source.
    pub fn run_query(
        &self,
        project: Arc<Project>,
        request: &RunQuery,
        targets: Arc<dyn Targets>,
    ) -> Result<Pieces, Fault> {
        question::run(self.asking(project, targets), request.query.clone())
    }

    /// The rows of a question, for a file. Dropping the stream stops the work.
    ///
    /// # Errors
    /// As [`Broker::run_query`].
    pub fn export(
        &self,
        project: Arc<Project>,
        query: &model::Query,
        targets: Arc<dyn Targets>,
    ) -> Result<BoxStream<'static, Exported>, Fault> {
        question::export(self.asking(project, targets), query.clone())
    }

    /// A text in every searchable property, or whole values, one part per object type, each as soon as its source answers.
    ///
    /// # Errors
    /// `Invalid` when a text is too short or too long, or when there are too many.
    pub fn search(
        &self,
        project: Arc<Project>,
        request: &Search,
        withheld: &Withheld,
        targets: Arc<dyn Targets>,
    ) -> Result<Pieces, Fault> {
        search::run(self.asking(project, targets), request, withheld)
    }

    /// How many links some objects have, one part per link type and direction, each as soon as it is counted.
    ///
    /// # Errors
    /// `Invalid` for an unknown type or too many objects.
    pub fn count_links(
        &self,
        project: Arc<Project>,
        request: &CountLinks,
        withheld: &Withheld,
        targets: Arc<dyn Targets>,
    ) -> Result<Pieces, Fault> {
        counts::run(self.asking(project, targets), request, withheld)
    }

    /// Objects expanded along a link type: part 0 is the merged links, part 1 the objects at the other end.
    ///
    /// # Errors
    /// `Invalid` for an unknown link type, a type without a key, or too many objects.
    pub fn expand(&self, project: Arc<Project>, request: &Expand, targets: Arc<dyn Targets>) -> Result<Pieces, Fault> {
        expand::run(self.asking(project, targets), request)
    }

    /// Some rows of a table, one part; its columns carry the role of a measure, in the table's order.
    ///
    /// # Errors
    /// `NotFound` when there is no such source.
    pub fn sample_table(
        &self,
        project: Arc<Project>,
        request: &SampleTable,
        targets: Arc<dyn Targets>,
    ) -> Result<Pieces, Fault> {
        sample::run(self.asking(project, targets), request)
    }

    /// The columns of a query that was checked, as its source has them.
    ///
    /// # Errors
    /// `NotFound` when there is no such source; what opening it says. Within it, what the source says about the text.
    pub async fn describe(
        &self,
        project: Arc<Project>,
        source: &SourceId,
        text: &str,
        targets: Arc<dyn Targets>,
    ) -> Result<Result<Vec<Column>, Undescribed>, Fault> {
        let asking = self.asking(project, targets);
        Ok(asking.seat(source).await?.describe(text).await)
    }

    /// What a source contains.
    ///
    /// # Errors
    /// `NotFound` when there is no such source; what the source said.
    pub async fn catalogue(
        &self,
        project: Arc<Project>,
        source: &SourceId,
        targets: Arc<dyn Targets>,
    ) -> Result<Catalogue, Fault> {
        let asking = self.asking(project, targets);
        let seat = asking.seat(source).await?;
        seat.catalogue().await
    }
}

impl Asking {
    /// The same, for one part of an answer, whose reader is told how far it is.
    fn for_part(&self, out: &Out, part: u16) -> Self {
        Self { told: out.told(part), ..self.clone() }
    }

    fn source(&self, id: &SourceId) -> Result<&Source, Fault> {
        self.way.source(id)
    }

    /// A place at a source.
    async fn seat(&self, id: &SourceId) -> Result<Seat, Fault> {
        self.way.seat(id, &self.told).await
    }
}

/// The ability that a question is checked against before its source is open.
const ASSUMED: Ability = Ability { dialect: Dialect::Sqlite, folds_accents: false, icu: false };
