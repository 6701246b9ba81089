//! How long a connection waits for somebody who does not read.
//!
//! The clock runs from the first byte that could not be sent. It starts anew when so much has been taken meanwhile, and stops
//! when nothing is left to be sent: one byte a minute keeps nobody here.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// What has to be taken within the time; whoever reads a kilobyte a second is never cut off. It is also the greatest piece
/// of an answer that is handed over at once.
pub(crate) const PIECE_BYTES: usize = 128 * 1024;

/// The patience of one connection.
pub(super) struct Reading {
    most: Duration,
    /// There while something could not be sent.
    until: Option<Pin<Box<Sleep>>>,
    /// Bytes taken since the clock runs.
    taken: usize,
}

impl Reading {
    pub(super) fn new(most: Duration) -> Self {
        Self { most, until: None, taken: 0 }
    }

    /// So many bytes were taken, or none can be: in time, or an error.
    pub(super) fn wrote(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match &wrote {
            Poll::Ready(Ok(bytes)) => {
                self.taken = self.taken.saturating_add(*bytes);
                if self.taken >= PIECE_BYTES {
                    self.until = None;
                }
                // Whoever takes a little at a time may never be found waiting.
                if self.is_late() { Poll::Ready(Err(unread())) } else { wrote }
            }
            Poll::Ready(Err(_)) => wrote,
            Poll::Pending => self.waits(context).map(Err),
        }
    }

    /// Everything was taken, or not yet: in time, or an error.
    pub(super) fn flushed(&mut self, context: &mut Context<'_>, flushed: Poll<io::Result<()>>) -> Poll<io::Result<()>> {
        if flushed.is_pending() {
            return self.waits(context).map(Err);
        }
        self.until = None;
        flushed
    }

    fn is_late(&self) -> bool {
        self.until.as_ref().is_some_and(|until| until.deadline() <= Instant::now())
    }

    fn waits(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let until = self.until.get_or_insert_with(|| {
            self.taken = 0;
            Box::pin(sleep_until(Instant::now() + self.most))
        });
        until.as_mut().poll(context).map(|()| unread())
    }
}

fn unread() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "nobody read the answer")
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const MOST: Duration = Duration::from_secs(1);

    /// What becomes of a connection whose other side takes `bytes` every so often, sixteen times.
    async fn read(bytes: usize, every: Duration) -> Option<io::ErrorKind> {
        let mut reading = Reading::new(MOST);
        for _ in 0..16 {
            let mut rest = Box::pin(tokio::time::sleep(every));
            let wrote = poll_fn(|context| match rest.as_mut().poll(context) {
                Poll::Ready(()) => reading.wrote(context, Poll::Ready(Ok(bytes))),
                Poll::Pending => reading.wrote(context, Poll::Pending),
            });
            if let Err(error) = wrote.await {
                return Some(error.kind());
            }
        }
        None
    }

    #[tokio::test]
    async fn whoever_reads_a_little_is_cut_off_and_whoever_reads_at_a_pace_is_not() {
        let cut = Some(io::ErrorKind::TimedOut);
        let trickle = read(1, MOST / 5);
        let (trickle, silence, pace) =
            tokio::join!(trickle, read(PIECE_BYTES, MOST * 2), read(PIECE_BYTES / 2, MOST / 10));
        assert_eq!((trickle, silence), (cut, cut), "a byte now and then, and nothing for too long");
        assert_eq!(pace, None, "slowly, and at a pace");
    }

    #[tokio::test]
    async fn a_connection_with_nothing_left_to_send_waits_for_ever() {
        let mut reading = Reading::new(MOST / 5);
        for _ in 0..3 {
            assert!(poll_fn(|context| Poll::Ready(reading.wrote(context, Poll::Pending).is_pending())).await);
            let flushed = poll_fn(|context| reading.flushed(context, Poll::Ready(Ok(())))).await;
            assert!(flushed.is_ok(), "all of it was taken");
            tokio::time::sleep(MOST / 2).await;
            let wrote = poll_fn(|context| reading.wrote(context, Poll::Ready(Ok(1)))).await;
            assert!(wrote.is_ok(), "and the next answer has all of its time");
        }
    }
}
