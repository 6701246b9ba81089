//! A request, its answer, the bounds between them, and why there is none.

use std::time::Duration;

use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use url::Url;

use super::{Barred, Unreached};

/// How long each stage may take, and how much may come.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Until there is a connection, with its encryption; each address has [`super::CONNECT`] of it.
    pub connect: Duration,
    /// Until the answer begins.
    pub first_byte: Duration,
    /// Until all of it is there.
    pub total: Duration,
    /// Bytes of the body as they come.
    pub wire: usize,
    /// Bytes of the body when they are unpacked.
    pub unpacked: usize,
    /// Bytes of status line and headers.
    pub head: usize,
}

impl Bounds {
    /// What no source may exceed.
    pub const SOURCE: Self = Self {
        connect: Duration::from_secs(10),
        first_byte: Duration::from_secs(30),
        total: Duration::from_secs(120),
        wire: 64 << 20,
        unpacked: 256 << 20,
        head: 64 << 10,
    };
    /// What no issuer may exceed.
    pub const ISSUER: Self = Self {
        connect: Duration::from_secs(3),
        first_byte: Duration::from_secs(10),
        total: Duration::from_secs(10),
        wire: 1 << 20,
        unpacked: 1 << 20,
        head: 64 << 10,
    };
}

/// A request.
#[derive(Debug, Clone)]
pub struct Ask {
    /// GET, unless it carries something.
    pub method: Method,
    /// Where it goes.
    pub url: Url,
    /// Its headers; host and length are added.
    pub headers: HeaderMap,
    /// A header that stays with scheme, host and port of `url`.
    pub credential: Option<(HeaderName, HeaderValue)>,
    /// What it carries.
    pub body: Bytes,
    /// The most redirects that are followed.
    pub redirects: u8,
}

impl Ask {
    /// A plain GET.
    pub fn get(url: Url) -> Self {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { method: Method::GET, url, headers, credential: None, body, redirects: 0 }
    }
}

/// An answer, unpacked.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
    /// Where it came from, after redirects.
    pub url: Url,
}

/// Why there is no answer. Carries no part of one, and no address with its query.
#[derive(Debug, thiserror::Error)]
pub enum Unfetched {
    /// The rules refuse the place, or a place that it sent us to.
    #[error("{0}")]
    Barred(Barred),
    /// Nobody answers.
    #[error("nobody could be reached: {0}")]
    Away(String),
    /// No encrypted connection, or a certificate that is not believed.
    #[error("no encrypted connection could be made: {0}")]
    Untrusted(String),
    /// A deadline passed.
    #[error("there was no answer in time")]
    Slow,
    /// The answer has too much of something.
    #[error("the answer is too large: {0}")]
    TooLarge(&'static str),
    /// The answer is none, or broke off.
    #[error("the answer cannot be read: {0}")]
    Broken(String),
    /// It sent us on more often than is followed, from https to http, or nowhere.
    #[error("the answer leads to another address, which is not followed")]
    Redirected,
}

impl From<Unreached> for Unfetched {
    fn from(unreached: Unreached) -> Self {
        match unreached {
            Unreached::Barred(barred) => Self::Barred(barred),
            Unreached::Away(cause) => Self::Away(cause),
        }
    }
}
