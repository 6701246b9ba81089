//! Some rows of a table of a source, as they come. Nothing of them is kept.

use access::{ProjectId, SourceId};
use model::completeness::Completeness;
use model::project::Table;
use wire::frame::Frame;
use wire::source::SampleTable;

use super::of;
use crate::app::{Model, Remote};
use crate::client::{Outbox, PartEvent, Parts, StreamEvent, Streaming, own, told};
use crate::table::Rows;
use crate::words::{Word, Words};

/// How many rows are asked for.
const LIMIT_ROWS: u64 = 200;

/// Some rows of a table.
pub struct Sample {
    /// Which source.
    pub source: SourceId,
    /// Which table.
    pub table: Table,
    /// What has come.
    pub rows: Rows,
    /// Whether these are all that the table has, and why not; known at their end.
    pub completeness: Option<Completeness>,
    /// Whether more comes, or why not.
    pub state: Remote<()>,
    /// Tells one sample from the next.
    pub number: u64,
    parts: Parts,
    /// Dropping it stops the stream.
    _streaming: Option<Streaming>,
}

/// Begins to read rows; an earlier sample is stopped.
pub(super) fn start(model: &mut Model, outbox: &Outbox, project: ProjectId, source: SourceId, table: Table) {
    model.config.asked += 1;
    let number = model.config.asked;
    let call = SampleTable { project: project.clone(), source, table, limit: LIMIT_ROWS };
    model.config.sample = None;
    let streaming = outbox.stream(&call, move |model, _, event| {
        let words = model.words;
        if let Some(sample) = of(model, &project).and_then(|config| config.sample.as_mut())
            && sample.number == number
        {
            sample.take(words, event);
        }
    });
    model.config.sample = Some(Sample {
        source: call.source,
        table: call.table,
        rows: Rows::default(),
        completeness: None,
        state: Remote::Waiting(None),
        number,
        parts: Parts::default(),
        _streaming: Some(streaming),
    });
}

impl Sample {
    fn take(&mut self, words: Words, event: StreamEvent) {
        match event {
            StreamEvent::Frame(frame) => self.take_frame(words, frame),
            // A part that failed has said so already.
            StreamEvent::End(end) if !matches!(self.state, Remote::Failed(_)) => self.state.answer(end),
            StreamEvent::End(_) => {}
        }
    }

    fn take_frame(&mut self, words: Words, frame: Frame) {
        match self.parts.take(frame) {
            Some((_, PartEvent::Rows(batches))) => {
                for batch in batches {
                    if self.rows.push(batch).is_err() {
                        let fault = own(wire::Code::SourceFailed, Word::OtherColumns, Word::AskAgain, "");
                        self.state = Remote::Failed(told(words, fault));
                    }
                }
            }
            Some((_, PartEvent::Close(close))) => {
                self.completeness = Some(close.completeness);
                if let Some(fault) = close.fault {
                    self.state = Remote::Failed(fault);
                }
            }
            Some((_, PartEvent::Open(_) | PartEvent::Progress(_))) | None => {}
        }
    }
}
