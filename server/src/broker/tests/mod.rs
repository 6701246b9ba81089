//! The broker from question to frames, over real SQLite and over sources that misbehave on purpose.

pub(crate) mod bank;
mod endless;
mod expanding;
mod limits;
mod lite;
mod pages;
mod questions;
mod searching;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use futures::StreamExt;
use futures::future::BoxFuture;
use model::query::Query;
use model::{Project, SourceId};
use wire::Fault;
use wire::data::RunQuery;
use wire::frame::{Close, Decoder, Frame, Open};

use super::{Broker, Piece, Pieces, StreamEnd, Targets, cells};
use crate::connectors::{Connector, Target};
use crate::world::SystemClock;

/// Targets without secrets; what a test source needs is its name.
pub(crate) struct NoSecrets;

impl Targets for NoSecrets {
    fn target<'a>(&'a self, source: &'a SourceId) -> BoxFuture<'a, Result<Target, Fault>> {
        let settings = BTreeMap::from([("name".to_owned(), source.to_string())]);
        let target =
            Target { settings, secrets: BTreeMap::new(), image: None, sqlite_dir: None, store_file: None, at_once: 4 };
        Box::pin(async move { Ok(target) })
    }

    fn revision(&self) -> u64 {
        1
    }
}

pub(crate) fn broker_over(connector: impl Connector + 'static) -> Broker {
    let connector: &'static dyn Connector = Box::leak(Box::new(connector));
    Broker::over(Box::leak(Box::new([connector])), Arc::new(SystemClock::new()))
}

pub(crate) fn bank() -> Broker {
    broker_over(lite::Lite::new(&[("bank", bank::BANK), ("register", bank::REGISTER)]))
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

    /// Each row as its texts, null as `-`.
    pub(crate) fn rows(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for batch in self.batches() {
            for row in 0..batch.num_rows() {
                let texts = cells::row(&batch, row).into_iter().map(|text| text.unwrap_or_else(|| "-".to_owned()));
                rows.push(texts.collect::<Vec<_>>().join("|"));
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
pub(crate) async fn ask(broker: &Broker, project: &Arc<Project>, query: Query) -> Result<Read, Fault> {
    let request = RunQuery { project: project.id.clone(), query };
    let (mut parts, end) = read(broker.run_query(project.clone(), &request, Arc::new(NoSecrets))?).await;
    match end.fault {
        Some(fault) => Err(fault),
        None => {
            let part = parts.remove(&0).expect("a part");
            assert_eq!(part.close.rows, end.rows);
            Ok(part)
        }
    }
}

pub(crate) async fn rows(broker: &Broker, project: &Arc<Project>, query: Query) -> Vec<String> {
    ask(broker, project, query).await.expect("an answer").rows()
}
