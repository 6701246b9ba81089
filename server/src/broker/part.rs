//! One part of an answer: opened, filled with Arrow, closed.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::writer::StreamEncoder;
use arrow_schema::{ArrowError, SchemaRef};
use bytes::Bytes;
use wire::frame::{Close, Frame, HEADER_BYTES, Open, arrow_header};
use wire::{Code, Fault};

use super::pieces::Out;
use crate::world::Clock;

/// The greatest payload of a frame of rows: small enough that a few waiting ones weigh nothing.
const FRAME_BYTES: usize = 1024 * 1024;

/// One part of an answer.
pub(super) struct Part {
    out: Out,
    number: u16,
    clock: Arc<dyn Clock>,
    started: Duration,
    encoder: Option<StreamEncoder>,
    rows: u64,
    bytes: u64,
}

impl Part {
    /// Opens a part.
    pub(super) async fn open(out: &Out, number: u16, open: Open, clock: &Arc<dyn Clock>) -> Self {
        out.frame(&Frame::Open(number, open)).await;
        let (clock, started) = (clock.clone(), clock.monotonic());
        Self { out: out.clone(), number, clock, started, encoder: None, rows: 0, bytes: 0 }
    }

    /// Rows sent so far.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of Arrow sent so far.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Says what the columns are; must come before the rows, and may come again.
    pub(super) fn schema(&mut self, schema: &SchemaRef) -> Result<(), Fault> {
        if self.encoder.is_none() {
            self.encoder = Some(StreamEncoder::try_new(schema).map_err(|error| unwritable(&error))?);
        }
        Ok(())
    }

    /// Sends rows.
    pub(super) async fn send(&mut self, rows: &RecordBatch) -> Result<(), Fault> {
        self.schema(&rows.schema())?;
        let Some(encoder) = &mut self.encoder else { return Ok(()) };
        let buffers = encoder.encode(rows).map_err(|error| unwritable(&error))?;
        let count = rows.num_rows() as u64;
        self.rows += count;
        self.send_buffers(&buffers, count).await;
        self.out.told(self.number).rows(self.rows);
        Ok(())
    }

    /// Closes the part; rows and time are filled in here.
    pub(super) async fn close(mut self, close: Close) -> Result<(), Fault> {
        if let Some(encoder) = self.encoder.take() {
            let buffers = encoder.finish().map_err(|error| unwritable(&error))?;
            self.send_buffers(&buffers, 0).await;
        }
        let took = self.clock.monotonic().saturating_sub(self.started);
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let close = Close { rows: self.rows, millis, ..close };
        self.out.close(self.number, close).await;
        Ok(())
    }

    async fn send_buffers(&mut self, buffers: &[Buffer], rows: u64) {
        let mut rows = rows;
        for frame in frames(self.number, buffers) {
            self.bytes += frame.len() as u64;
            self.out.bytes(frame, std::mem::take(&mut rows)).await;
        }
    }
}

/// The buffers as frames of at most [`FRAME_BYTES`]; each byte is copied once, from the Arrow buffer into its frame.
fn frames(part: u16, buffers: &[Buffer]) -> Vec<Bytes> {
    let mut left: usize = buffers.iter().map(|buffer| buffer.len()).sum();
    let mut frames = Vec::new();
    let mut frame = Vec::new();
    for buffer in buffers {
        let mut waiting = buffer.as_slice();
        while !waiting.is_empty() {
            if frame.is_empty() {
                let length = left.min(FRAME_BYTES);
                frame.reserve_exact(HEADER_BYTES + length);
                frame.extend_from_slice(&arrow_header(part, length));
            }
            let room = HEADER_BYTES + left.min(FRAME_BYTES) - frame.len();
            let (now, later) = waiting.split_at(room.min(waiting.len()));
            frame.extend_from_slice(now);
            waiting = later;
            if frame.len() == HEADER_BYTES + left.min(FRAME_BYTES) {
                left -= frame.len() - HEADER_BYTES;
                frames.push(Bytes::from(std::mem::take(&mut frame)));
            }
        }
    }
    frames
}

fn unwritable(error: &ArrowError) -> Fault {
    tracing::error!(%error, "rows could not be written as Arrow");
    Fault::new(Code::Internal, "The rows could not be written.", "Ask for fewer fields, and tell your administrator.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_cut_into_frames_without_losing_a_byte() {
        let bytes: Vec<u8> = (0..FRAME_BYTES * 2 + 77).map(|at| u8::try_from(at % 251).expect("small")).collect();
        let cut = [0, 5, 5, FRAME_BYTES, FRAME_BYTES + 9, bytes.len()];
        let buffers: Vec<Buffer> = cut.windows(2).map(|at| Buffer::from(bytes[at[0]..at[1]].to_vec())).collect();
        let frames = frames(3, &buffers);
        let mut decoder = wire::frame::Decoder::new();
        let mut read = Vec::new();
        for frame in &frames {
            decoder.push(frame);
            match decoder.next_frame().expect("a frame") {
                Some(Frame::Arrow(3, payload)) => read.extend(payload),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((frames.len(), read == bytes), (3, true));
    }
}
