//! What went wrong, as a sentence with its remedy, in the form of every fault of the server's, so that the screens show both
//! alike.

use wire::{Code, Fault};

/// Something that keeps the program from working.
pub type Trouble = Fault;

/// The server cannot be used.
pub fn unreachable(sentence: impl Into<String>, remedy: impl Into<String>) -> Trouble {
    Fault::new(Code::SourceFailed, sentence.into(), remedy.into())
}

/// What was set cannot be used.
pub fn wrong_setting(sentence: impl Into<String>, remedy: impl Into<String>) -> Trouble {
    Fault::new(Code::Malformed, sentence.into(), remedy.into())
}

/// Nobody is signed in, or not any more.
pub fn signed_out(sentence: impl Into<String>, remedy: impl Into<String>) -> Trouble {
    Fault::new(Code::SignedOut, sentence.into(), remedy.into())
}
