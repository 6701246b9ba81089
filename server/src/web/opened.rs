//! A connection whose first bytes have been read, and, where it speaks HTTP/2, whose frames are counted.
//!
//! The library answers PING and SETTINGS frames, and passes over empty, unknown and PRIORITY ones, as fast as they come and
//! without end; nobody who works needs many of them. Here each connection has so many a second, and one that sends more is
//! closed. Floods of resets and of CONTINUATION frames the library itself bounds.
//!
//! And whoever does not read is not waited for without end ([`super::reading`]).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::reading::Reading;

/// Idle frames that a connection may send at once, and how many more each second.
const BURST: f64 = 200.0;
const PER_SECOND: f64 = 20.0;
/// The head of a frame (RFC 9113, 4.1).
const HEAD_BYTES: usize = 9;

/// Types of frames (RFC 9113, 6).
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
/// The flag of a PING or SETTINGS frame that answers one of ours.
const ACK: u8 = 1;
/// The flag of the last frame of a stream.
const END_STREAM: u8 = 1;

/// A stream of bytes that begins with those that were read already.
pub(super) struct Opened<S> {
    first: Vec<u8>,
    given: usize,
    stream: S,
    frames: Option<Frames>,
    reading: Reading,
}

impl<S> Opened<S> {
    /// What was read, then the rest. `preface`: the length of what stands before the first frame of HTTP/2. `reading`: the
    /// longest wait for somebody who does not read.
    pub(super) fn new(first: Vec<u8>, stream: S, preface: Option<usize>, reading: Duration) -> Self {
        let (frames, reading) = (preface.map(Frames::behind), Reading::new(reading));
        Self { first, given: 0, stream, frames, reading }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Opened<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        let rest = this.first.get(this.given..).unwrap_or_default();
        if rest.is_empty() {
            ready!(Pin::new(&mut this.stream).poll_read(context, buf))?;
        } else {
            let piece = rest.get(..rest.len().min(buf.remaining())).unwrap_or_default();
            buf.put_slice(piece);
            this.given += piece.len();
        }
        let came = buf.filled().get(before..).unwrap_or_default();
        let is_flood = this.frames.as_mut().is_some_and(|frames| frames.is_flood(came, Instant::now()));
        Poll::Ready(if is_flood { Err(io::Error::other("too many frames that ask for nothing")) } else { Ok(()) })
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Opened<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.reading.wrote(context, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.reading.wrote(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.reading.flushed(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.reading.flushed(context, shut)
    }
}

/// Reads along, and counts frames that ask for nothing.
struct Frames {
    /// Bytes that belong to the preface or to a frame whose head was read.
    skip: usize,
    head: [u8; HEAD_BYTES],
    /// How much of the head is there.
    read: usize,
    left: f64,
    filled: Option<Instant>,
}

impl Frames {
    fn behind(preface: usize) -> Self {
        Self { skip: preface, head: [0; HEAD_BYTES], read: 0, left: BURST, filled: None }
    }

    fn is_flood(&mut self, mut bytes: &[u8], now: Instant) -> bool {
        let passed = self.filled.map_or(0.0, |filled| now.duration_since(filled).as_secs_f64());
        self.left = (self.left + passed * PER_SECOND).min(BURST);
        self.filled = Some(now);
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = bytes.get(skipped..).unwrap_or_default();
            let Some((byte, rest)) = bytes.split_first() else { break };
            if let Some(place) = self.head.get_mut(self.read) {
                *place = *byte;
            }
            (self.read, bytes) = (self.read + 1, rest);
            if self.read == HEAD_BYTES {
                self.read = 0;
                self.take_head();
            }
        }
        self.left < 0.0
    }

    fn take_head(&mut self) {
        let [high, middle, low, kind, flags, ..] = self.head;
        let length = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        self.skip = length;
        let is_idle = match kind {
            DATA => length == 0 && flags & END_STREAM == 0,
            HEADERS | RST_STREAM | GOAWAY | WINDOW_UPDATE | CONTINUATION => false,
            PING | SETTINGS => flags & ACK == 0,
            // PRIORITY, which nobody heeds any more, and what is not known.
            _ => true,
        };
        if is_idle {
            self.left -= 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, 1], payload].concat()
    }

    /// After how many frames of a kind a connection is closed, when they come at once in pieces of this size.
    fn closed_after(kind: u8, flags: u8, payload: &[u8], piece: usize) -> Option<usize> {
        let mut frames = Frames::behind(24);
        let now = Instant::now();
        assert!(!frames.is_flood(&[b'x'; 24], now), "the preface is no frame");
        for sent in 1..=2_000 {
            for piece in frame(kind, flags, payload).chunks(piece) {
                if frames.is_flood(piece, now) {
                    return Some(sent);
                }
            }
        }
        None
    }

    #[tokio::test]
    async fn frames_that_ask_for_nothing_are_counted_however_they_are_cut() {
        for piece in [1, 7, 64] {
            assert_eq!(closed_after(PING, 0, b"12345678", piece), Some(201), "pings in pieces of {piece}");
            assert_eq!(closed_after(SETTINGS, 0, b"\x00\x04\x00\x00\xff\xff", piece), Some(201));
            assert_eq!(closed_after(DATA, 0, b"", piece), Some(201), "data without data");
            assert_eq!(closed_after(2, 0, b"\x00\x00\x00\x00\x10", piece), Some(201), "priorities");
            assert_eq!(closed_after(77, 0, b"what is it", piece), Some(201), "what is not known");
            assert_eq!(closed_after(PING, ACK, b"12345678", piece), None, "answers to our own");
            assert_eq!(closed_after(DATA, 0, b"rows", piece), None);
            assert_eq!(closed_after(DATA, END_STREAM, b"", piece), None);
            assert_eq!(closed_after(WINDOW_UPDATE, 0, b"\x00\x00\x40\x00", piece), None, "a fast reader sends many");
        }
    }

    #[tokio::test]
    async fn whoever_sends_a_few_each_second_may_go_on_for_ever() {
        let mut frames = Frames::behind(0);
        let mut now = Instant::now();
        for _ in 0..100_000 {
            now += Duration::from_millis(50);
            assert!(!frames.is_flood(&frame(PING, 0, b"12345678"), now));
        }
    }
}
