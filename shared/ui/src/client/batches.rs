//! From the Arrow bytes of a part to record batches.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use wire::frame::{Close, Frame, Open, Progress};

/// Reads the batches of one part.
#[derive(Default)]
pub struct PartReader {
    decoder: StreamDecoder,
}

impl PartReader {
    /// The batches in the next bytes of the part. Bytes that are no Arrow stream end the part without a batch.
    pub fn read(&mut self, bytes: Vec<u8>) -> Vec<RecordBatch> {
        let mut buffer = Buffer::from_vec(bytes);
        let mut batches = Vec::new();
        while !buffer.is_empty() {
            match self.decoder.decode(&mut buffer) {
                Ok(Some(batch)) => batches.push(batch),
                Ok(None) | Err(_) => break,
            }
        }
        batches
    }
}

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
    readers: BTreeMap<u16, PartReader>,
}

impl Parts {
    /// What a frame brings, and to which part; nothing for frames of the whole stream.
    pub fn take(&mut self, frame: Frame) -> Option<(u16, PartEvent)> {
        match frame {
            Frame::Open(part, open) => {
                self.readers.insert(part, PartReader::default());
                Some((part, PartEvent::Open(open)))
            }
            Frame::Arrow(part, bytes) => {
                let batches = self.readers.get_mut(&part)?.read(bytes);
                Some((part, PartEvent::Rows(batches)))
            }
            Frame::Progress(part, progress) => Some((part, PartEvent::Progress(progress))),
            Frame::Close(part, close) => {
                self.readers.remove(&part);
                Some((part, PartEvent::Close(close)))
            }
            Frame::Head(_) | Frame::Heartbeat | Frame::Done | Frame::Failed(_) => None,
        }
    }
}
