//! The body of a request: how large it may be, and how long it may take to come.
//!
//! Nobody may keep a place on the server by sending slowly. A body has a time in which all of it must be there, and
//! within that windows in each of which something must come; the clock runs from the moment that somebody reads it.
//! What comes too slowly is answered with 408.
//!
//! ```text
//! a call    30 s in all, something in every 10 s
//! a file    1 h in all, 240 KiB in every 30 s
//! ```
//!
//! A file is never held as a whole while it comes: [`Incoming`] hands it on in pieces.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use bytes::BytesMut;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};
use wire::{Code, Fault};

/// How fast a body must come.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// All of it within this time.
    pub whole: Duration,
    /// The length of a window.
    pub window: Duration,
    /// The bytes that must come in each window.
    pub window_bytes: u64,
}

impl Pace {
    /// The body of a call or form.
    pub const CALL: Self = Self { whole: Duration::from_secs(30), window: Duration::from_secs(10), window_bytes: 1 };
    /// A file.
    pub const FILE: Self =
        Self { whole: Duration::from_secs(3600), window: Duration::from_secs(30), window_bytes: 240 * 1024 };
}

/// The body came too slowly.
#[derive(Debug)]
pub(crate) struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl std::error::Error for TooSlow {}

impl TooSlow {
    /// What people are told.
    pub(crate) fn fault() -> Fault {
        Fault::new(
            Code::TooSlow,
            "The request came too slowly and was given up.",
            "Try again; if it stays so, look at the network between you and the server.",
        )
    }
}

/// A body that ends with [`TooSlow`] when it does not keep the pace.
pub(crate) struct Paced {
    body: Body,
    pace: Pace,
    /// From the first reading on.
    clock: Option<Watch>,
    slow: Arc<AtomicBool>,
}

/// The window that is running.
struct Watch {
    end: Instant,
    window_ends: Pin<Box<Sleep>>,
    came: u64,
}

impl Paced {
    /// Paces `body`; says by `slow` that it did not keep the pace.
    pub(crate) fn new(body: Body, pace: Pace, slow: Arc<AtomicBool>) -> Self {
        Self { body, pace, clock: None, slow }
    }
}

impl Watch {
    fn begin(pace: &Pace) -> Self {
        let now = Instant::now();
        let end = now + pace.whole;
        Self { end, window_ends: Box::pin(sleep_until(end.min(now + pace.window))), came: 0 }
    }

    fn is_late(&mut self, pace: &Pace, context: &mut Context<'_>) -> bool {
        while self.window_ends.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            if self.came < pace.window_bytes || now >= self.end {
                return true;
            }
            self.came = 0;
            self.window_ends.as_mut().reset(self.end.min(now + pace.window));
        }
        false
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let pace = this.pace;
        let watch = this.clock.get_or_insert_with(|| Watch::begin(&pace));
        // What is there is taken before the time is looked at: a reader that was busy itself is not the sender's fault.
        let polled = Pin::new(&mut this.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => watch.came += frame.data_ref().map_or(0, |data| data.len() as u64),
            Poll::Ready(_) => return polled,
            Poll::Pending => {}
        }
        if watch.is_late(&pace, context) {
            this.slow.store(true, Ordering::Release);
            return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Reads a small body as a whole.
///
/// # Errors
/// [`Fault`] `TooLarge`, `TooSlow`, or `Malformed` when it breaks off.
pub(crate) async fn read_whole(body: Body, most: usize) -> Result<Bytes, Fault> {
    match http_body_util::Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(too_large(most as u64)),
        Err(error) => Err(broke_off(error.as_ref())),
    }
}

/// How deep a request may be nested.
const MOST_DEPTH: usize = 64;

/// Whether no array or object of some JSON stands deeper than requests do; what is no JSON is somebody else's affair.
pub(crate) fn is_flat_enough(json: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    json.iter().all(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth <= MOST_DEPTH
    })
}

fn too_large(most: u64) -> Fault {
    Fault::new(
        Code::TooLarge,
        format!("The request is larger than {most} bytes."),
        "Make it smaller: fewer filters, fewer objects, or a smaller file.",
    )
}

fn broke_off(error: &(dyn std::error::Error + 'static)) -> Fault {
    let causes = std::iter::successors(Some(error), |error| error.source());
    if causes.into_iter().any(|error| error.is::<TooSlow>()) {
        return TooSlow::fault();
    }
    incomplete()
}

fn incomplete() -> Fault {
    Fault::new(Code::Malformed, "The request broke off.", "Try again.")
}

/// A file on its way in, whose length is known before its first byte.
pub struct Incoming {
    body: Body,
    bytes: u64,
    came: u64,
    /// What came beyond the last piece.
    rest: BytesMut,
}

impl Incoming {
    /// The body of a request with these headers.
    ///
    /// # Errors
    /// [`Fault`] `TooLarge`, or `Malformed` when the length is not said.
    pub(crate) fn new(headers: &HeaderMap, body: Body, most: u64) -> Result<Self, Fault> {
        let said = headers.get(header::CONTENT_LENGTH).and_then(|said| said.to_str().ok());
        let bytes: u64 = said.and_then(|said| said.parse().ok()).ok_or_else(|| {
            let remedy = "Send Content-Length; if a proxy stands in front, let it pass the header on.";
            Fault::new(Code::Malformed, "The length of the file is not said.", remedy)
        })?;
        if bytes > most {
            return Err(too_large(most));
        }
        Ok(Self { body, bytes, came: 0, rest: BytesMut::new() })
    }

    /// The length of the file.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next `length` bytes, or what is left; nothing at the end.
    ///
    /// # Errors
    /// [`Fault`] `TooSlow`, or `Malformed` when it breaks off.
    pub async fn piece(&mut self, length: usize) -> Result<Option<Bytes>, Fault> {
        while self.rest.len() < length {
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.came += data.len() as u64;
                        self.rest.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => return Err(broke_off(&error)),
                None if self.came == self.bytes => break,
                None => return Err(incomplete()),
            }
        }
        let piece = self.rest.split_to(length.min(self.rest.len()));
        Ok((!piece.is_empty()).then(|| piece.freeze()))
    }
}
