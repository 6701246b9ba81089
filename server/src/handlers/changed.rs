//! What a change made of the configuration, for the log: digests of what is kept before and after. Secrets are no part of it.

use serde::Serialize;
use wire::Fault;
use wire::audit::ChangedState;

use super::project::json;
use crate::hash::sha256_hex;

/// Digests of one part of the configuration.
pub(crate) struct Digests {
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Digests {
    /// Of what is there before and after; nothing where there is none.
    ///
    /// # Errors
    /// [`Fault`] `Internal` when it cannot be written as JSON.
    pub(crate) fn of<T: Serialize>(before: Option<&T>, after: Option<&T>) -> Result<Self, Fault> {
        let digest = |state: &T| json(state).map(|text| sha256_hex(&text));
        Ok(Self { before: before.map(digest).transpose()?, after: after.map(digest).transpose()? })
    }

    /// With the revision that the change made.
    pub(super) fn at(self, revision: u64) -> ChangedState {
        ChangedState { revision, before: self.before, after: self.after }
    }
}
