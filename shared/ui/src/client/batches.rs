//! The parts of an answer: what each frame brings to which part.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use wire::frame::{Close, Frame, Open, Progress};

use super::arrow::ArrowStream;

/// What a frame brings to a part.
pub enum PartEvent {
    /// The part begins.
    Open(Open),
    /// Rows.
    Rows(Vec<RecordBatch>),
    /// How far it is.
    Progress(Progress),
    /// It is over.
    Close(Close),
}

/// The parts of a stream.
#[derive(Default)]
pub struct Parts {
    streams: BTreeMap<u16, ArrowStream>,
}

impl Parts {
    /// What a frame brings, and to which part; nothing for frames of the whole stream.
    pub fn take(&mut self, frame: Frame) -> Option<(u16, PartEvent)> {
        match frame {
            Frame::Open(part, open) => {
                self.streams.insert(part, ArrowStream::default());
                Some((part, PartEvent::Open(open)))
            }
            Frame::Arrow(part, bytes) => {
                let batches = self.streams.get_mut(&part)?.read(bytes);
                Some((part, PartEvent::Rows(batches)))
            }
            Frame::Progress(part, progress) => Some((part, PartEvent::Progress(progress))),
            Frame::Close(part, close) => {
                self.streams.remove(&part);
                Some((part, PartEvent::Close(close)))
            }
            Frame::Head(_) | Frame::Heartbeat | Frame::Done | Frame::Failed(_) => None,
        }
    }
}
