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
use tokio::time::Instant;
use wire::frame::{Close, Frame, Progress};
use wire::{Code, Fault};

/// Frames that wait between the source and the body.
const WAITING_FRAMES: usize = 3;
/// How often it is looked whether a heartbeat is due: one comes after a whole interval without a frame.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// After so long without anybody reading, an answer ends and lets its source go. Whoever reads on then finds out.
const UNREAD: Duration = Duration::from_secs(120);

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

    /// Sends what is new of the progress, or a heartbeat when nothing was sent for a while; ends when frames have waited
    /// for a reader for too long.
    async fn beat(&self, unread: Duration) {
        let (mut seen, mut shown, mut read) = (0, BTreeMap::new(), Instant::now());
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
                read = Instant::now();
            } else if frames != seen {
                read = Instant::now();
            } else if read.elapsed() >= unread {
                return;
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
    start_patient(work, UNREAD)
}

/// The same with another patience for a reader who does not read.
fn start_patient<Work, Running>(work: Work, unread: Duration) -> Pieces
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
            () = out.beat(unread) => Err(nobody_reads()),
        };
        // A reader that is gone needs no end.
        drop(out.sender.send(Piece::End(out.end(ended.err()))).await);
    });
    from_channel(receiver)
}

fn nobody_reads() -> Fault {
    let sentence = format!("Nobody read the answer for {} s, so it ends here.", UNREAD.as_secs());
    Fault::new(Code::TooSlow, sentence, "Ask again.")
}

/// What is sent through a channel, as a stream that closes the channel when it is dropped.
pub(super) fn from_channel<T: Send + 'static>(receiver: mpsc::Receiver<T>) -> BoxStream<'static, T> {
    futures::stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) }).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says by its end that the work was dropped.
    struct Dropped(Arc<AtomicU64>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// An answer without end, with patience for a second.
    fn endless(dropped: &Arc<AtomicU64>) -> Pieces {
        let held = Dropped(dropped.clone());
        let work = move |out: Out| async move {
            let _held = held;
            loop {
                out.bytes(Bytes::from_static(b"rows"), 1).await;
            }
        };
        start_patient(work, Duration::from_secs(1))
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_ends_and_one_that_is_read_slowly_does_not() {
        let dropped = Arc::new(AtomicU64::new(0));
        let mut slow = endless(&dropped);
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_millis(400)).await;
            assert!(matches!(slow.next().await, Some(Piece::Frames(_))));
        }
        assert_eq!(dropped.load(Ordering::Acquire), 0, "somebody reads");
        let ends = async {
            while dropped.load(Ordering::Acquire) == 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ends).await.expect("nobody reads, and the source is let go");
        let rest: Vec<Piece> = tokio::time::timeout(Duration::from_secs(20), slow.collect()).await.expect("the rest");
        let Some(Piece::End(end)) = rest.last() else { panic!("an end") };
        assert_eq!(end.fault.as_ref().map(|fault| fault.code), Some(Code::TooSlow), "whoever reads on finds out");
        assert!(rest.len() <= WAITING_FRAMES + 2);
    }
}
