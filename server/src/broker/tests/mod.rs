//! The broker from question to frames, over real SQLite files and over sources that misbehave on purpose.

pub(crate) mod bank;
mod breaker;
mod connections;
mod databases;
mod endless;
mod expanding;
mod indexes;
mod limits;
mod listing;
mod pages;
mod questions;
mod searching;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_schema::DataType;
use futures::StreamExt;
use futures::future::BoxFuture;
use model::query::Query;
use model::withheld::Withheld;
use model::{Origin, Project, SourceId};
use tempfile::TempDir;
use wire::Fault;
use wire::data::RunQuery;
use wire::frame::{Close, Decoder, Frame, Open};

use super::{Broker, Piece, Pieces, StreamEnd, Targets, cells};
use crate::connectors::{Connector, Target};
use crate::egress::tests::open_here;
use crate::world::SystemClock;

const UPLOAD_MEMORY_BYTES: u64 = 1 << 27;
/// Nothing is known by name only.
pub(crate) const NONE: Withheld = Withheld { object_types: Vec::new(), link_types: Vec::new() };

/// A broker, and where its sources are.
pub(crate) struct Case {
    pub(crate) broker: Broker,
    pub(crate) targets: Arc<dyn Targets>,
}

impl Case {
    pub(crate) fn targets(&self) -> Arc<dyn Targets> {
        self.targets.clone()
    }
}

/// Targets in a folder of files that are called like their sources.
struct Files(TempDir);

impl Targets for Files {
    fn target<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Target, Fault>> {
        let target = Target {
            settings: BTreeMap::from([("file".to_owned(), format!("{source}.sqlite"))]),
            secrets: BTreeMap::new(),
            image: None,
            sqlite_dir: Some(self.0.path().to_owned()),
            store_file: None,
            egress: open_here(),
            store_database: None,
            copy_database: None,
            at_once: 4,
        };
        Box::pin(async move { Ok(target) })
    }

    fn fingerprint(&self, _source: &SourceId) -> [u8; 32] {
        [0; 32]
    }
}

/// A broker over one connector.
pub(crate) fn over(connector: impl Connector + 'static) -> Case {
    let connector: &'static dyn Connector = Box::leak(Box::new(connector));
    let broker = Broker::over(Box::leak(Box::new([connector])), Arc::new(SystemClock::new()), UPLOAD_MEMORY_BYTES);
    Case { broker, targets: Arc::new(Files(tempfile::tempdir().expect("a folder"))) }
}

/// A broker over SQLite files, each made by a script.
pub(crate) fn files(scripts: &[(&str, &str)]) -> Case {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, script) in scripts {
        let file = rusqlite::Connection::open(folder.path().join(format!("{name}.sqlite"))).expect("a file");
        file.execute_batch(&script.replace("DECIMAL_", "TEXT").replace("MOMENT_", "TEXT")).expect("a script");
    }
    Case { broker: Broker::new(Arc::new(SystemClock::new()), UPLOAD_MEMORY_BYTES), targets: Arc::new(Files(folder)) }
}

/// The case in SQLite files.
pub(crate) fn bank() -> Case {
    files(&[("bank", bank::BANK), ("register", bank::REGISTER)])
}

/// The case in SQLite files, and the same in PostgreSQL databases; each with its project, first with tables and then with
/// queries in their place.
pub(crate) async fn both() -> [(Case, Arc<Project>); 4] {
    let [sqlite, postgresql] = tables().await;
    let [other_sqlite, other_postgresql] = tables().await;
    let queried = |(case, project): (Case, Arc<Project>)| (case, with_queries(&project));
    [sqlite, postgresql, queried(other_sqlite), queried(other_postgresql)]
}

/// The project with a query in the place of every table of an object type.
pub(crate) fn with_queries(project: &Project) -> Arc<Project> {
    let mut project = project.clone();
    for kind in project.object_types.values_mut() {
        if let Some(table) = kind.origin.table() {
            let text = format!("with all_of_it as (select * from {})\nselect * from all_of_it -- ) no end", table.name);
            kind.origin = Origin::Query(text);
        }
    }
    Arc::new(project)
}

/// The case with tables alone.
pub(crate) async fn tables() -> [(Case, Arc<Project>); 2] {
    let project = |kind: &str| {
        let mut project = bank::project();
        project.sources.values_mut().for_each(|source| source.kind = kind.to_owned());
        Arc::new(project)
    };
    let broker = Broker::new(Arc::new(SystemClock::new()), UPLOAD_MEMORY_BYTES);
    let postgresql = Case { broker, targets: Arc::new(databases::made().await) };
    [(bank(), project("sqlite")), (postgresql, project("postgresql"))]
}

/// One part, read.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) open: Option<Open>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) close: Close,
}

impl Read {
    pub(crate) fn batches(&self) -> Vec<RecordBatch> {
        if self.bytes.is_empty() {
            return Vec::new();
        }
        let reader = StreamReader::try_new(self.bytes.as_slice(), None).expect("an Arrow stream");
        reader.collect::<Result<_, _>>().expect("batches")
    }

    /// Each row as its texts, null as `-`, decimals without zeros at their end.
    pub(crate) fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for batch in self.batches() {
            for row in 0..batch.num_rows() {
                let texts = cells::row(&batch, row).into_iter().zip(batch.columns());
                let shown = texts.map(|(text, column)| match (text, column.data_type()) {
                    (None, _) => "-".to_owned(),
                    (Some(text), DataType::Decimal128(..)) if text.contains('.') => {
                        text.trim_end_matches('0').trim_end_matches('.').to_owned()
                    }
                    (Some(text), _) => text,
                });
                rows.push(shown.collect::<Vec<_>>().join("|"));
            }
        }
        rows
    }

    pub(crate) fn columns(&self) -> Vec<String> {
        let batches = self.batches();
        let schema = batches.first().expect("a batch").schema();
        schema.fields().iter().map(|field| field.metadata()[wire::frame::ROLE_METADATA].clone()).collect()
    }
}

/// Reads a stream to its end.
pub(crate) async fn read(mut pieces: Pieces) -> (BTreeMap<u16, Read>, StreamEnd) {
    let mut parts: BTreeMap<u16, Read> = BTreeMap::new();
    let mut decoder = Decoder::new();
    while let Some(piece) = pieces.next().await {
        let bytes = match piece {
            Piece::Frames(bytes) => bytes,
            Piece::End(end) => return (parts, end),
        };
        decoder.push(&bytes);
        while let Some(frame) = decoder.next_frame().expect("a frame") {
            match frame {
                Frame::Open(part, open) => parts.entry(part).or_default().open = Some(open),
                Frame::Arrow(part, some) => parts.entry(part).or_default().bytes.extend(some),
                Frame::Close(part, close) => parts.entry(part).or_default().close = close,
                Frame::Progress(..) | Frame::Heartbeat => {}
                other => panic!("not for the broker to say: {other:?}"),
            }
        }
    }
    panic!("the stream has no end");
}

/// Asks one question and reads its part.
pub(crate) async fn ask(case: &Case, project: &Arc<Project>, query: Query) -> Result<Read, Fault> {
    let request = RunQuery { project: project.id.clone(), query };
    let (mut parts, end) = read(case.broker.run_query(project.clone(), &request, case.targets())?).await;
    match end.fault {
        Some(fault) => Err(fault),
        None => {
            let part = parts.remove(&0).expect("a part");
            assert_eq!(part.close.rows, end.rows);
            Ok(part)
        }
    }
}

pub(crate) async fn rows(case: &Case, project: &Arc<Project>, query: Query) -> Vec<String> {
    ask(case, project, query).await.expect("an answer").rows()
}
