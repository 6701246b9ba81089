//! Streams are made of frames: `u32` length, `u8` kind, `u16` part, then the payload; numbers are little-endian.
//!
//! The length counts the payload alone. A stream is one [`Head`], then parts, each opened by an [`Open`] with its own
//! number, filled with Arrow IPC bytes, and closed by a [`Close`]; parts may interleave. A heartbeat comes at least
//! every second. The last frame is `Done` or `Failed`: a body that ends without either was cut off.
//!
//! The Arrow bytes of one part, joined, are one Arrow IPC stream: the schema first, then record batches. The schema's
//! field metadata `clew` holds a [`ColumnRole`] as JSON.

use access::{LinkTypeId, ObjectTypeId, SourceId};
use model::completeness::Completeness;
use model::query::{Cursor, Direction, Field};
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// The greatest payload of one frame, in bytes.
pub const MOST_FRAME_BYTES: usize = 16 * 1024 * 1024;
/// Bytes before the payload.
pub const HEADER_BYTES: usize = 7;
/// The key of a schema field's metadata that holds its [`ColumnRole`].
pub const ROLE_METADATA: &str = "clew";

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Opens the stream.
    Head(Head),
    /// Opens a part.
    Open(u16, Open),
    /// Arrow IPC bytes of a part.
    Arrow(u16, Vec<u8>),
    /// How far a part is.
    Progress(u16, Progress),
    /// Closes a part.
    Close(u16, Close),
    /// Nothing yet, but alive.
    Heartbeat,
    /// Everything was sent.
    Done,
    /// The stream failed; what came before is not complete.
    Failed(Fault),
}

/// The first frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The server's wire version.
    pub wire: u32,
    /// The number of this question, as in the audit and the log.
    pub question: String,
}

/// Says what a part holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// What its rows are.
    pub rows: PartRows,
    /// The source that they come from; none where the person may not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
}

/// What the rows of a part are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartRows {
    /// Objects of a type: the key columns first, then the fields; a field that is part of the key does not come twice.
    Objects(ObjectTypeId),
    /// Rows of a link type, one per link: keys of both ends first (`from`, then `to`), then the fields.
    Links(LinkTypeId),
    /// Merged links between objects: both keys, `count`, `sum`, `first`, `last`.
    MergedLinks {
        /// The link type.
        link: LinkTypeId,
    },
    /// A count, or groups with their measures.
    Figures,
    /// How many links and neighbours objects have: two columns of counts; see [`LinkCount`].
    Counts,
}

/// What a column of a part holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// The n-th value of the object's key.
    Key(usize),
    /// The n-th value of the key of the object at an end of the link.
    EndKey(Direction, usize),
    /// A field.
    Field(Field),
    /// How many links were merged into one, or how many rows a group has.
    Count,
    /// The sum of the amounts of merged links.
    Sum,
    /// The earliest of merged links.
    First,
    /// The latest of merged links.
    Last,
    /// The n-th measure; in a sample, the n-th column of the table.
    Measure(usize),
}

/// How far a part is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Rows sent so far.
    pub rows: u64,
    /// What is going on, when it is worth a word: waiting in the queue, reading keys.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Closes a part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Close {
    /// Rows sent in all.
    pub rows: u64,
    /// What the part says about itself.
    pub completeness: Completeness,
    /// Where the next page begins, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
    /// How long the source took, in milliseconds.
    pub millis: u64,
    /// Counts, in an answer to `count_links`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<LinkCount>,
    /// How many there are in all, also of those that were not sent, in an answer to `search`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Counted>,
    /// Why the part is missing, if its source failed while others go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// How many links of one type some objects have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCount {
    /// The link type.
    pub link: LinkTypeId,
    /// Forward or backward.
    pub direction: Direction,
    /// How many links.
    pub links: Counted,
    /// How many different objects at the other end.
    pub neighbours: Counted,
}

/// A number that may have been cut short: "1,000+".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counted {
    /// At least this many.
    pub number: u64,
    /// Whether there are more.
    pub more: bool,
}

/// Counting was given up before the first one was found.
pub const NOT_COUNTED: Counted = Counted { number: 0, more: true };

const HEAD: u8 = 1;
const OPEN: u8 = 2;
const ARROW: u8 = 3;
const PROGRESS: u8 = 4;
const CLOSE: u8 = 5;
const HEARTBEAT: u8 = 6;
const DONE: u8 = 7;
const FAILED: u8 = 8;

/// A body that is not a sequence of frames.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stream cannot be read: {0}")]
pub struct BadFrame(&'static str);

impl Frame {
    /// Appends the frame to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Head(head) => json(out, HEAD, 0, head),
            Self::Open(part, open) => json(out, OPEN, *part, open),
            Self::Arrow(part, bytes) => put(out, ARROW, *part, bytes),
            Self::Progress(part, progress) => json(out, PROGRESS, *part, progress),
            Self::Close(part, close) => json(out, CLOSE, *part, close),
            Self::Heartbeat => put(out, HEARTBEAT, 0, &[]),
            Self::Done => put(out, DONE, 0, &[]),
            Self::Failed(fault) => json(out, FAILED, 0, fault),
        }
    }

    /// The frame's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }

    fn read(kind: u8, part: u16, payload: &[u8]) -> Result<Self, BadFrame> {
        Ok(match kind {
            HEAD => Self::Head(from_json(payload)?),
            OPEN => Self::Open(part, from_json(payload)?),
            ARROW => Self::Arrow(part, payload.to_vec()),
            PROGRESS => Self::Progress(part, from_json(payload)?),
            CLOSE => Self::Close(part, from_json(payload)?),
            HEARTBEAT => Self::Heartbeat,
            DONE => Self::Done,
            FAILED => Self::Failed(from_json(payload)?),
            _ => return Err(BadFrame("unknown kind of frame")),
        })
    }
}

/// The seven bytes before a payload of `length` bytes; for senders that write the payload themselves.
pub fn arrow_header(part: u16, length: usize) -> [u8; HEADER_BYTES] {
    header(ARROW, part, length)
}

fn header(kind: u8, part: u16, length: usize) -> [u8; HEADER_BYTES] {
    let [a, b, c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    let [e, f] = part.to_le_bytes();
    [a, b, c, d, kind, e, f]
}

fn put(out: &mut Vec<u8>, kind: u8, part: u16, payload: &[u8]) {
    out.extend_from_slice(&header(kind, part, payload.len()));
    out.extend_from_slice(payload);
}

fn json(out: &mut Vec<u8>, kind: u8, part: u16, value: &impl Serialize) {
    // These types have string keys and no failing serialisers; an empty payload is refused by the reader anyway.
    let payload = serde_json::to_vec(value).unwrap_or_default();
    put(out, kind, part, &payload);
}

fn from_json<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Result<T, BadFrame> {
    serde_json::from_slice(payload).map_err(|_| BadFrame("a payload that is not what its kind says"))
}

/// Cuts a body that arrives in pieces into frames.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
    start: usize,
}

impl Decoder {
    /// A decoder at the beginning of a body.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of the body.
    pub fn push(&mut self, piece: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(piece);
    }

    /// The next whole frame, if it has arrived.
    ///
    /// # Errors
    /// [`BadFrame`] when the body is no sequence of frames; nothing after it can be trusted.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, BadFrame> {
        let waiting = self.buffer.get(self.start..).unwrap_or_default();
        let Some((&[a, b, c, d, kind, e, f], rest)) = waiting.split_first_chunk::<HEADER_BYTES>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        if length > MOST_FRAME_BYTES {
            return Err(BadFrame("a frame longer than allowed"));
        }
        let Some(payload) = rest.get(..length) else { return Ok(None) };
        let frame = Frame::read(kind, u16::from_le_bytes([e, f]), payload)?;
        self.start += HEADER_BYTES + length;
        Ok(Some(frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Code;

    fn frames() -> Vec<Frame> {
        let id = |text: &str| SourceId::new(text).expect("a slug");
        vec![
            Frame::Head(Head { wire: 1, question: "7f".to_owned() }),
            Frame::Open(3, Open { rows: PartRows::Figures, source: Some(id("bank")) }),
            Frame::Arrow(3, vec![1, 2, 3]),
            Frame::Progress(3, Progress { rows: 9, note: String::new() }),
            Frame::Heartbeat,
            Frame::Close(3, Close::default()),
            Frame::Failed(Fault::new(Code::SourceSlow, "Too slow.", "Narrow the question.")),
            Frame::Done,
        ]
    }

    #[test]
    fn frames_survive_any_cutting_of_the_body() {
        let body: Vec<u8> = frames().iter().flat_map(Frame::to_bytes).collect();
        for size in [1, 2, 7, 64, body.len()] {
            let mut decoder = Decoder::new();
            let mut read = Vec::new();
            for piece in body.chunks(size) {
                decoder.push(piece);
                while let Some(frame) = decoder.next_frame().expect("a frame") {
                    read.push(frame);
                }
            }
            assert_eq!(read, frames(), "pieces of {size}");
        }
    }

    #[test]
    fn a_hostile_body_is_refused_and_never_waited_for() {
        for bytes in [&[0xff; 16][..], &[0, 0, 0, 0, 99, 0, 0], &[2, 0, 0, 0, HEAD, 0, 0, b'{', b'x']] {
            let mut decoder = Decoder::new();
            decoder.push(bytes);
            assert!(decoder.next_frame().is_err(), "{bytes:?}");
        }
    }
}
