//! A body within its bounds: so many bytes as they come, so many unpacked, and never a hundred times as many.

use std::io::Write;

use axum::http::header::{CONTENT_ENCODING, HeaderMap};
use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Incoming};

use super::http::Bounds;

/// How many bytes may come out of one.
const MOST_RATIO: usize = 100;
/// Below this the ratio counts for nothing: a short text of one letter packs well.
const RATIO_FROM: usize = 1 << 20;

/// Why a body was not read.
pub(super) enum Unread {
    /// It has too much of something.
    TooLarge(&'static str),
    /// It is packed in an unknown way, or broke off.
    Broken(String),
}

/// Reads a body to its end.
pub(super) async fn read(mut incoming: Incoming, headers: &HeaderMap, bounds: Bounds) -> Result<Vec<u8>, Unread> {
    let broken = |error: &dyn std::fmt::Display| Unread::Broken(error.to_string());
    let packed = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    let mut reading = match packed.as_deref() {
        None | Some(b"identity" | b"") => Reading::Plain(Kept::new(bounds.unpacked)),
        Some(b"gzip" | b"x-gzip") => Reading::Packed(MultiGzDecoder::new(Kept::new(bounds.unpacked))),
        Some(_) => return Err(Unread::Broken("it is packed in a way that was not asked for".to_owned())),
    };
    let announced = incoming.size_hint().lower();
    if usize::try_from(announced).is_ok_and(|announced| announced > bounds.wire) {
        return Err(Unread::TooLarge("its body"));
    }
    let mut came = 0;
    while let Some(frame) = incoming.frame().await {
        let Ok(bytes) = frame.map_err(|error| broken(&error))?.into_data() else { continue };
        came += bytes.len();
        if came > bounds.wire {
            return Err(Unread::TooLarge("its body"));
        }
        reading.take(&bytes, came)?;
    }
    reading.end()
}

enum Reading {
    Plain(Kept),
    Packed(MultiGzDecoder<Kept>),
}

impl Reading {
    fn take(&mut self, bytes: &[u8], came: usize) -> Result<(), Unread> {
        let written = match self {
            Self::Plain(kept) => kept.write_all(bytes),
            Self::Packed(unpacking) => {
                let least = RATIO_FROM.max(came.saturating_mul(MOST_RATIO));
                let most = unpacking.get_ref().limit.min(least);
                unpacking.get_mut().most = most;
                unpacking.write_all(bytes)
            }
        };
        written.map_err(|error| self.why(&error))
    }

    fn why(&self, error: &std::io::Error) -> Unread {
        let kept = match self {
            Self::Plain(kept) => kept,
            Self::Packed(unpacking) => unpacking.get_ref(),
        };
        if kept.is_full { Unread::TooLarge("its body, unpacked") } else { Unread::Broken(error.to_string()) }
    }

    fn end(self) -> Result<Vec<u8>, Unread> {
        match self {
            Self::Plain(kept) => Ok(kept.bytes),
            Self::Packed(mut unpacking) => match unpacking.try_finish() {
                Ok(()) => unpacking.finish().map(|kept| kept.bytes).map_err(|error| Unread::Broken(error.to_string())),
                Err(error) => Err(Self::Packed(unpacking).why(&error)),
            },
        }
    }
}

/// What was read, up to a bound.
struct Kept {
    bytes: Vec<u8>,
    /// What all of it may have.
    limit: usize,
    /// What it may have as yet.
    most: usize,
    is_full: bool,
}

impl Kept {
    fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, most: limit, is_full: false }
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
            self.is_full = true;
            return Err(std::io::Error::other("too much"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
