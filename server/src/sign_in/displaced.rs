//! Sessions that ended because their person signed in too often, so that whoever sits at such a browser is told why.
//!
//! In memory, and not in the store, where an ended session leaves nothing. So a server that was started again, or another one
//! on the same store, says only that the session has ended.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::store::SessionHash;

/// Sessions that are remembered; the oldest are forgotten first.
const MOST: usize = 1_000;

/// What is remembered.
#[derive(Default)]
pub(super) struct Displaced(Mutex<VecDeque<SessionHash>>);

impl Displaced {
    /// Remembers sessions.
    pub(super) fn note(&self, sessions: impl Iterator<Item = SessionHash>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(sessions);
        let over = known.len().saturating_sub(MOST);
        known.drain(..over);
    }

    /// Whether a session ended so.
    pub(super) fn has(&self, session: &SessionHash) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_are_remembered_and_the_oldest_go_first() {
        let displaced = Displaced::default();
        let session = |number: u16| {
            let mut hash = SessionHash::default();
            hash[..2].copy_from_slice(&number.to_be_bytes());
            hash
        };
        displaced.note((0..1_001).map(session));
        assert!(!displaced.has(&session(0)) && displaced.has(&session(1)) && displaced.has(&session(1_000)));
    }
}
