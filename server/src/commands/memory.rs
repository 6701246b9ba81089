//! Keeps what is in memory (the key, credentials, rows) out of core files and away from other processes of the same user.
//!
//! A core file of at most 0 bytes is no file; a process that is not dumpable cannot be traced, and what the kernel shows
//! of it under `/proc` (its environment, its memory) belongs to root.
//!
//! Absent on purpose: `mlock`. The key and what is derived from it pass through memory that libraries own, so locking our
//! own copies would promise more than it keeps; a machine whose swap is not encrypted needs that first.

use std::io::Write as _;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Does it for this process; where the system forbids it, that is said and the process goes on. No log is there yet.
pub(super) fn keep_private() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        warn(&format!("core files could not be switched off ({error}); one could hold the key"));
    }
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        warn(&format!("other processes of this user may look into this one's memory ({error})"));
    }
}

fn warn(line: &str) {
    // A closed terminal ends nothing.
    drop(writeln!(std::io::stderr(), "clew: {line}"));
}
