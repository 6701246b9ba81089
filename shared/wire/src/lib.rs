//! What crosses the network: calls, streams, uploads, downloads, frames, faults and forms.
//!
//! A request is a type. It has a name, which is its path; a reply type; the rights that it needs; and how it is
//! written down in the audit. The server's table and the client's methods are drawn from these traits.
//!
//! | shape | request | answer | path |
//! |---|---|---|---|
//! | [`Call`] | JSON body | JSON | `POST /api/call/<name>` |
//! | [`Stream`] | JSON body | frames, see [`frame`] | `POST /api/stream/<name>` |
//! | [`Upload`] | JSON in the query `request`, a body of bytes | JSON | `POST /api/upload/<name>` |
//! | [`Download`] | JSON body | a file | `POST /api/download/<name>` |
//!
//! Every request carries `Clew-Wire:` [`VERSION`]. A failure is a [`Fault`] with the HTTP status of its code.

use std::fmt::Debug;

use access::Need;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub mod audit;
pub mod data;
pub mod desktop;
pub mod environment;
pub mod fault;
pub mod form;
pub mod frame;
pub mod health;
pub mod keeping;
pub mod key;
pub mod local;
pub mod owner;
pub mod people;
pub mod project;
pub mod secret;
pub mod session;
pub mod set_up;
pub mod source;
pub mod upload;
pub mod view;

pub use fault::{Code, Fault};
pub use secret::SecretText;

/// The version of everything in this crate.
pub const VERSION: u32 = 1;
/// The header that carries the sender's version.
pub const VERSION_HEADER: &str = "clew-wire";
/// The greatest JSON body of a call or stream, in bytes, unless the type says otherwise.
pub const MOST_BODY_BYTES: usize = 64 * 1024;
/// The greatest JSON body of a question, in bytes: one that carries keys or a list of values.
pub const MOST_QUESTION_BYTES: usize = 1024 * 1024;

/// How a request is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Not at all: it tells nothing that the person does not know.
    Quiet,
    /// Before the sources are asked, and again at the end.
    Read,
    /// Together with the change itself.
    Change,
}

/// What all requests have in common.
pub trait Request: Serialize + DeserializeOwned + Debug + Send + Sync + 'static {
    /// Its name in paths and in the audit.
    const NAME: &'static str;
    /// How it is written down.
    const RECORD: Record;
    /// The greatest request in bytes of JSON.
    const MOST_BYTES: usize = MOST_BODY_BYTES;

    /// Every right that it needs. Empty means: signed in is enough.
    fn needs(&self) -> Vec<Need>;

    /// What is written down of it, sealed. A request that brings secrets leaves them out here.
    fn for_audit(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// A request with one answer.
pub trait Call: Request {
    /// The answer.
    type Reply: Serialize + DeserializeOwned + Debug + Send + 'static;
}

/// A request that is answered in frames.
pub trait Stream: Request {}

/// A request that brings a body of bytes.
pub trait Upload: Request {
    /// The answer.
    type Reply: Serialize + DeserializeOwned + Debug + Send + 'static;
    /// The greatest body in bytes.
    const MOST_BODY: u64;
}

/// A request that is answered with a file.
pub trait Download: Request {}

/// Writes the request traits of one type.
macro_rules! request {
    ($type:ty, $name:literal, $record:ident, |$self:ident| $needs:expr $(, $extra:item)*) => {
        impl crate::Request for $type {
            const NAME: &'static str = $name;
            const RECORD: crate::Record = crate::Record::$record;
            fn needs(&self) -> Vec<access::Need> {
                let $self = self;
                $needs
            }
            $($extra)*
        }
    };
}
pub(crate) use request;
