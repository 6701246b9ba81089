//! What went wrong: a code for programs, a sentence and a remedy for people. The cause stays in the server's log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a program may branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// The person lacks a right, which the sentence names.
    Forbidden,
    /// There is no such thing, or the person may not know of it.
    NotFound,
    /// The request cannot be read: unknown call, unknown field, wrong shape.
    Malformed,
    /// The request can be read but asks for something impossible: unknown property, wrong value.
    Invalid,
    /// The request is larger than allowed.
    TooLarge,
    /// The request came too slowly.
    TooSlow,
    /// Somebody else changed the same thing in the meantime.
    Conflict,
    /// The store's key is about to be rolled; until then the configuration stays as it is.
    KeyRolling,
    /// Too many requests.
    Busy,
    /// The page is older or newer than the server.
    OtherVersion,
    /// A source did not answer, or answered with an error.
    SourceFailed,
    /// A source took longer than its limit.
    SourceSlow,
    /// The audit could not be written, so there is no answer.
    AuditUnavailable,
    /// The store cannot be written.
    StoreUnavailable,
    /// Something that should not happen; the sentence carries a number for the log.
    Internal,
}

impl Code {
    /// The HTTP status that carries it.
    pub const fn status(self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Malformed => 400,
            Self::Invalid => 422,
            Self::TooLarge => 413,
            Self::TooSlow => 408,
            Self::Conflict => 409,
            Self::KeyRolling => 423,
            Self::Busy => 429,
            Self::OtherVersion => 426,
            Self::SourceFailed => 502,
            Self::SourceSlow => 504,
            Self::AuditUnavailable | Self::StoreUnavailable => 503,
            Self::Internal => 500,
        }
    }
}

/// A failure, as people and programs see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What a program may branch on.
    pub code: Code,
    /// What could not be done, and why.
    pub sentence: String,
    /// What to do about it. May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remedy: String,
}

impl Fault {
    /// The sentence of `SignedOut` when the session ended because its person signed in too often.
    pub const DISPLACED: &'static str =
        "You are signed in at too many places, so the oldest session, which was this one, has ended.";

    /// Whether the session ended because its person signed in too often.
    pub fn is_displaced(&self) -> bool {
        self.code == Code::SignedOut && self.sentence == Self::DISPLACED
    }

    /// A fault with a sentence and a remedy.
    pub fn new(code: Code, sentence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), remedy: remedy.into() }
    }

    /// What is not there, or may not be known.
    pub fn not_found() -> Self {
        Self::new(
            Code::NotFound,
            "This does not exist, or you have no access to it.",
            "Check the address or ask the project's Own.",
        )
    }

    /// Asks for something impossible.
    pub fn invalid(sentence: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Code::Invalid, sentence, remedy)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.sentence, self.remedy)
    }
}

impl std::error::Error for Fault {}
