//! A connection to a database whose messages have a longest length: the driver holds each as a whole before it looks into
//! it, and its length is whatever the other side writes.
//!
//! Every message of a server is a letter, a length of four bytes that counts itself, and a body (PostgreSQL's manual,
//! "Message Formats"). Here the heads are read along and the bodies passed over; nothing is copied. Of a message that is too
//! long no more than one piece reaches the driver.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Error;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use super::failure;
use crate::connectors::Failure;

/// The longest message, in bytes, its length included: one row with everything in it.
pub(super) const MOST_BYTES: u32 = 64 << 20;
/// A letter and a length.
const HEAD_BYTES: usize = 5;

/// Whether a message was too long; shared with whoever asks, because the driver says of a broken connection only that it
/// is closed.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<AtomicBool>);

impl Watch {
    /// The failure behind a driver's error on this connection.
    pub(super) fn failure(&self, error: &Error) -> Failure {
        if self.0.load(Ordering::Acquire) { failure::too_large(error) } else { failure::of(error) }
    }
}

/// A stream of messages, each within the limit.
pub(super) struct Guarded<S> {
    stream: S,
    watch: Watch,
    heads: Heads,
}

impl<S> Guarded<S> {
    pub(super) fn new(stream: S, watch: Watch) -> Self {
        Self { stream, watch, heads: Heads::default() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buf))?;
        let came = buf.filled().get(before..).unwrap_or_default();
        if this.heads.fit(came) {
            return Poll::Ready(Ok(()));
        }
        this.watch.0.store(true, Ordering::Release);
        Poll::Ready(Err(io::Error::other("a message is longer than is read")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Guarded<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// A way to be encrypted whose messages are guarded: inside of the encryption, where they can be read.
pub(super) struct Guarding<T> {
    pub(super) connect: T,
    pub(super) watch: Watch,
}

impl<S, T: TlsConnect<S>> TlsConnect<S> for Guarding<T>
where
    T::Future: Future<Output = Result<T::Stream, T::Error>> + Send + 'static,
{
    type Stream = Guarded<T::Stream>;
    type Error = T::Error;
    type Future = BoxFuture<'static, Result<Self::Stream, Self::Error>>;

    fn connect(self, stream: S) -> Self::Future {
        let (connecting, watch) = (self.connect.connect(stream), self.watch);
        Box::pin(async move { Ok(Guarded::new(connecting.await?, watch)) })
    }
}

/// Reads the heads of messages along.
#[derive(Debug, Default)]
struct Heads {
    /// Bytes of a body that are still to come.
    skip: usize,
    head: [u8; HEAD_BYTES],
    /// How much of a head is there that came in pieces.
    read: usize,
}

impl Heads {
    /// Whether every message that begins here is short enough.
    fn fit(&mut self, mut bytes: &[u8]) -> bool {
        loop {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = bytes.get(skipped..).unwrap_or_default();
            if bytes.is_empty() {
                return true;
            }
            let head = match bytes.split_first_chunk::<HEAD_BYTES>() {
                // As it is nearly always: the whole head at once.
                Some((head, rest)) if self.read == 0 => {
                    bytes = rest;
                    *head
                }
                _ => {
                    let (Some(place), Some((byte, rest))) = (self.head.get_mut(self.read), bytes.split_first()) else {
                        return true;
                    };
                    *place = *byte;
                    (self.read, bytes) = (self.read + 1, rest);
                    if self.read < HEAD_BYTES {
                        continue;
                    }
                    self.read = 0;
                    self.head
                }
            };
            let [_, length @ ..] = head;
            let length = u32::from_be_bytes(length);
            if length > MOST_BYTES {
                return false;
            }
            // One that says it is shorter than its own length is the driver's to refuse.
            self.skip = usize::try_from(length.saturating_sub(4)).unwrap_or(usize::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn message(length: u32, body: usize) -> Vec<u8> {
        [[b'D'].as_slice(), &length.to_be_bytes(), &vec![0x7f; body]].concat()
    }

    #[test]
    fn a_length_is_seen_however_the_bytes_are_cut_and_never_in_a_body() {
        let good = [message(4, 0), message(1_004, 1_000), message(11, 7), message(4, 0)].concat();
        for piece in [1, 2, 3, 4, 5, 6, 7, 1_000, 100_000] {
            let mut heads = Heads::default();
            assert!(good.repeat(3).chunks(piece).all(|piece| heads.fit(piece)), "{piece}");
            for length in [MOST_BYTES + 1, 0x7fff_ffff, u32::MAX] {
                let mut heads = Heads::default();
                let bad = [good.clone(), message(length, 3)].concat();
                assert!(!bad.chunks(piece).all(|piece| heads.fit(piece)), "{piece} {length}");
            }
            let mut heads = Heads::default();
            assert!(message(MOST_BYTES, 3).chunks(piece).all(|piece| heads.fit(piece)), "the longest that is read");
        }
    }

    #[tokio::test]
    #[ignore = "a measurement, not a test"]
    async fn how_long_the_heads_of_a_gigabyte_take() {
        for body in [20, 80, 1_000] {
            let bytes = message(body + 4, usize::try_from(body).expect("short")).repeat(65_536 / (5 + 20));
            let (mut heads, began, mut read) = (Heads::default(), Instant::now(), 0_usize);
            while read < 1 << 30 {
                for piece in bytes.chunks(8_192) {
                    assert!(heads.fit(piece));
                    read += piece.len();
                }
            }
            println!("{read} bytes in messages of {body}: {:?}", began.elapsed());
        }
    }
}
