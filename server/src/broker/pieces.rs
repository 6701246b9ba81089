//! An answer on its way out: frames through a short channel, with a heartbeat, until it ends or nobody listens.
//!
//! The channel holds a few frames, so a slow reader blocks the source and memory does not grow with the result. When
//! the reader goes away, the work is dropped at once, and with it the statement at the source.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use tokio::sync::mpsc;
use wire::Fault;
use wire::frame::Frame;

/// Frames that wait between the source and the body.
const WAITING_FRAMES: usize = 3;
/// How often it is looked whether a heartbeat is due: one comes after a whole interval without a frame.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// What a stream gives the gate: frames, then how it ended. `Done` and `Failed` are said by the gate, once the end is
/// written down.
#[derive(Debug)]
pub enum Piece {
    /// Whole frames, encoded.
    Frames(Bytes),
    /// The end; nothing comes after it.
    End(StreamEnd),
}

/// How a stream ended.
#[derive(Debug, Clone, Default)]
pub struct StreamEnd {
    /// Rows sent.
    pub rows: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Why it failed, if it did.
    pub fault: Option<Fault>,
}

impl StreamEnd {
    /// It failed before anything was sent.
    pub fn failed(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }
}

/// A stream of pieces. Dropping it stops the work.
pub type Pieces = BoxStream<'static, Piece>;

/// Where an answer puts its frames.
#[derive(Clone)]
pub(super) struct Out {
    sender: mpsc::Sender<Piece>,
    tally: Arc<Tally>,
}

#[derive(Default)]
struct Tally {
    rows: AtomicU64,
    bytes: AtomicU64,
    frames: AtomicU64,
}

impl Out {
    /// Sends a frame; waits while the reader is slow.
    pub(super) async fn frame(&self, frame: &Frame) {
        self.bytes(frame.to_bytes().into(), 0).await;
    }

    /// Sends encoded frames that hold so many rows.
    pub(super) async fn bytes(&self, bytes: Bytes, rows: u64) {
        let length = bytes.len() as u64;
        if self.sender.send(Piece::Frames(bytes)).await.is_err() {
            // Nobody listens: whoever runs this work is about to drop it.
            std::future::pending::<()>().await;
        }
        self.tally.rows.fetch_add(rows, Ordering::Relaxed);
        self.tally.bytes.fetch_add(length, Ordering::Relaxed);
        self.tally.frames.fetch_add(1, Ordering::Relaxed);
    }

    fn end(&self, fault: Option<Fault>) -> StreamEnd {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        StreamEnd { rows: read(&self.tally.rows), bytes: read(&self.tally.bytes), fault }
    }

    /// Sends a heartbeat whenever nothing was sent for a while; never ends.
    async fn beat(&self) {
        let mut seen = 0;
        let mut ticks = tokio::time::interval(HEARTBEAT);
        loop {
            ticks.tick().await;
            let frames = self.tally.frames.load(Ordering::Relaxed);
            if frames == seen {
                // A full channel means that frames are waiting to be read: then no beat is needed.
                drop(self.sender.try_send(Piece::Frames(Frame::Heartbeat.to_bytes().into())));
            }
            seen = frames;
        }
    }
}

/// Runs `work` beside the reader of the pieces that it sends.
pub(super) fn start<Work, Running>(work: Work) -> Pieces
where
    Work: FnOnce(Out) -> Running,
    Running: Future<Output = Result<(), Fault>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(WAITING_FRAMES);
    let out = Out { sender, tally: Arc::default() };
    let running = work(out.clone());
    tokio::spawn(async move {
        let ended = tokio::select! {
            biased;
            () = out.sender.closed() => return,
            ended = running => ended,
            () = out.beat() => return,
        };
        // A reader that is gone needs no end.
        drop(out.sender.send(Piece::End(out.end(ended.err()))).await);
    });
    from_channel(receiver)
}

/// What is sent through a channel, as a stream that closes the channel when it is dropped.
pub(super) fn from_channel<T: Send + 'static>(receiver: mpsc::Receiver<T>) -> BoxStream<'static, T> {
    futures::stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) }).boxed()
}
