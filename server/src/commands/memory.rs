//! Keeps what is in memory (the key, credentials, rows) out of core files and away from other processes of the same user.
//!
//! A core file of at most 0 bytes is no file; a process that is not dumpable cannot be traced, and what the kernel shows
//! of it under `/proc` (its environment, its memory) belongs to root.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Does it for this process; where the system forbids it, the log says so and the process goes on.
pub(super) fn keep_private() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core files could not be switched off; one could hold the key");
    }
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "other processes of this user may look into this one's memory");
    }
}
