//! An answer on its way out: frames through a short channel, with a heartbeat, until it ends or nobody listens.
//!
//! The channel holds a few frames, so a slow reader blocks the source and memory does not grow with the result. When
//! the reader goes away, the work is dropped at once, and with it the statement at the source.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use model::completeness::{Cause, Completeness};
use tokio::sync::mpsc;
use wire::Fault;
use wire::frame::{Close, Frame, Progress};

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
    board: Arc<Board>,
}

/// How far the parts are, where it is worth a word; and what their files lost when they were brought in.
#[derive(Default)]
struct Board {
    progress: Mutex<BTreeMap<u16, Progress>>,
    lost: Mutex<BTreeMap<u16, Completeness>>,
}

/// Where one part's progress is written.
#[derive(Clone, Default)]
pub(super) struct Told {
    board: Arc<Board>,
    part: u16,
}

/// A word that stands as long as this lives.
pub(super) struct Note<'t>(&'t Told);

impl Told {
    /// Says what is going on.
    pub(super) fn note(&self, note: impl Into<String>) -> Note<'_> {
        let note = note.into();
        self.board.change(self.part, |progress| progress.note = note);
        Note(self)
    }

    /// Says that a file which the part is read from lost something.
    pub(super) fn lost(&self, cause: Cause) {
        self.board.lost().entry(self.part).or_default().note(cause);
    }

    /// What the files that the part is read from lost.
    pub(super) fn all_lost(&self) -> Completeness {
        self.board.lost().get(&self.part).cloned().unwrap_or_default()
    }

    /// Says how many rows were sent.
    pub(super) fn rows(&self, rows: u64) {
        self.board.change(self.part, |progress| progress.rows = rows);
    }
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        self.0.board.change(self.0.part, |progress| progress.note.clear());
    }
}

impl Board {
    fn change(&self, part: u16, change: impl FnOnce(&mut Progress)) {
        change(self.progress.lock().unwrap_or_else(PoisonError::into_inner).entry(part).or_default());
    }

    fn lost(&self) -> MutexGuard<'_, BTreeMap<u16, Completeness>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is not as it was when it was last `shown`.
    fn news(&self, shown: &mut BTreeMap<u16, Progress>) -> Vec<u8> {
        let now = self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut frames = Vec::new();
        for (part, progress) in &now {
            if shown.get(part).map_or(*progress != Progress::default(), |known| known != progress) {
                Frame::Progress(*part, progress.clone()).encode(&mut frames);
            }
        }
        *shown = now;
        frames
    }

    /// Nothing more is to be said of a part.
    fn close(&self, part: u16) {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).remove(&part);
    }
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

    /// Where the progress of a part is written.
    pub(super) fn told(&self, part: u16) -> Told {
        Told { board: self.board.clone(), part }
    }

    /// Closes a part with its last frame.
    pub(super) async fn close(&self, part: u16, mut close: Close) {
        self.board.close(part);
        close.completeness.join(&self.told(part).all_lost());
        self.frame(&Frame::Close(part, close)).await;
    }

    fn end(&self, fault: Option<Fault>) -> StreamEnd {
        let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
        StreamEnd { rows: read(&self.tally.rows), bytes: read(&self.tally.bytes), fault }
    }

    /// Sends what is new of the progress, or a heartbeat when nothing was sent for a while; never ends.
    async fn beat(&self) {
        let (mut seen, mut shown) = (0, BTreeMap::new());
        let mut ticks = tokio::time::interval(HEARTBEAT);
        loop {
            ticks.tick().await;
            let frames = self.tally.frames.load(Ordering::Relaxed);
            // A full channel means that frames are waiting to be read: then no beat is needed.
            if let Ok(place) = self.sender.try_reserve() {
                let news = self.board.news(&mut shown);
                if !news.is_empty() {
                    place.send(Piece::Frames(news.into()));
                } else if frames == seen {
                    place.send(Piece::Frames(Frame::Heartbeat.to_bytes().into()));
                }
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
    let out = Out { sender, tally: Arc::default(), board: Arc::default() };
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
