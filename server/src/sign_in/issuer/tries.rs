//! How many tries at passwords are let through, counted before a password is judged.
//!
//! | of | limit |
//! |---|---|
//! | a name | five failures cost nothing, then each try waits twice as long, up to fifteen minutes |
//! | an address | 20 failures a minute |
//! | everybody | 100 failures a minute |
//!
//! A right password forgets the failures of its name and counts for nothing. A name that nobody has is counted like one
//! that somebody has, in the same way and at the same cost: neither the answer nor its time tells which names there
//! are. For this everything is in memory; only a restart forgets it, and nobody from outside can bring that about.
//!
//! Absent on purpose: a lock for good, which a stranger could put on somebody else.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::sign_in::limits::{Counted, PerMinute};
use crate::world::Clock;

/// Failures of a name that cost nothing.
const FREE_FAILURES: u32 = 5;
/// The longest wait after failures, in seconds.
const LONGEST_WAIT_SECS: u64 = 900;
/// Failures of an address in a minute.
const OF_ADDRESS: u32 = 20;
/// Failures in all in a minute.
const IN_ALL: u32 = 100;
/// Names in memory. At 100 a minute it takes longer than the longest wait to push one out.
const MOST_NAMES: usize = 10_000;

/// Counts tries.
pub(super) struct Tries {
    clock: Arc<dyn Clock>,
    names: Mutex<BTreeMap<String, Failures>>,
    minute: PerMinute,
}

#[derive(Default, Clone, Copy)]
struct Failures {
    count: u32,
    /// In seconds of the monotonic clock.
    wait_until: u64,
    last: u64,
}

impl Tries {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, names: Mutex::default(), minute: PerMinute::new(OF_ADDRESS, IN_ALL) }
    }

    /// Counts a try with the name as a failure, before it is judged.
    ///
    /// # Errors
    /// How many seconds to wait.
    pub(super) fn count(&self, name: &str, address: Option<IpAddr>) -> Result<Counted, u64> {
        let now = self.clock.monotonic();
        let counted = self.minute.count(address, now)?;
        self.count_name(name, now.as_secs()).inspect_err(|_| self.minute.give_back(counted))?;
        Ok(counted)
    }

    fn count_name(&self, name: &str, now: u64) -> Result<(), u64> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let before = names.get(name).copied().unwrap_or_default();
        if before.wait_until > now {
            return Err(before.wait_until - now);
        }
        if names.len() >= MOST_NAMES && !names.contains_key(name) {
            let oldest = names.iter().min_by_key(|(_, failures)| failures.last).map(|(name, _)| name.clone());
            oldest.and_then(|oldest| names.remove(&oldest));
        }
        let count = before.count.saturating_add(1);
        names.insert(name.to_owned(), Failures { count, wait_until: now + wait_secs(count), last: now });
        Ok(())
    }

    /// The password was right: the failures of the name are forgotten.
    pub(super) fn forget(&self, name: &str, counted: Counted) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        self.minute.give_back(counted);
    }
}

/// How long the next try waits after so many failures.
fn wait_secs(failures: u32) -> u64 {
    match failures.saturating_sub(FREE_FAILURES) {
        0 => 0,
        doublings => 2_u64.saturating_pow(doublings).min(LONGEST_WAIT_SECS),
    }
}
