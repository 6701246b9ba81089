//! How many tries at passwords and codes are let through, counted before one of them is judged.
//!
//! | of | limit |
//! |---|---|
//! | a name | four failures cost nothing, then each try waits twice as long, up to fifteen minutes |
//! | an address | 20 failures a minute |
//! | everybody | 100 failures a minute |
//!
//! Whoever has proved everything that was asked forgets the failures of the name and counts for nothing. Whoever has
//! proved the password and owes a code takes back that one try and no other: who knows a password must not guess codes
//! with a fresh count each time. A name that nobody has is counted like one that somebody has, in the same way and at
//! the same cost: neither the answer nor its time tells which names there are. For this everything is in memory; only a
//! restart forgets it, and nobody from outside can bring that about.
//!
//! Absent on purpose: a lock for good, which a stranger could put on somebody else.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::sign_in::limits::{Counted, PerMinute};
use crate::world::Clock;

/// The failure of a name from which on one waits.
const FIRST_THAT_WAITS: u32 = 5;
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

#[derive(Default, Clone, Copy, PartialEq, Eq)]
struct Failures {
    count: u32,
    /// In seconds of the monotonic clock.
    wait_until: u64,
    last: u64,
}

/// One try that was let through, and counts as a failure until it is given back.
pub(super) struct Try {
    name: String,
    minute: Counted,
    before: Failures,
    after: Failures,
}

impl Tries {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, names: Mutex::default(), minute: PerMinute::new(OF_ADDRESS, IN_ALL) }
    }

    /// Counts a try with the name as a failure, before it is judged.
    ///
    /// # Errors
    /// How many seconds to wait.
    pub(super) fn count(&self, name: &str, address: Option<IpAddr>) -> Result<Try, u64> {
        let now = self.clock.monotonic();
        let minute = self.minute.count(address, now)?;
        let counted = self.count_name(name, now.as_secs());
        let (before, after) = counted.inspect_err(|_| self.minute.give_back(minute))?;
        Ok(Try { name: name.to_owned(), minute, before, after })
    }

    fn count_name(&self, name: &str, now: u64) -> Result<(Failures, Failures), u64> {
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
        let after = Failures { count, wait_until: now + wait_secs(count), last: now };
        names.insert(name.to_owned(), after);
        Ok((before, after))
    }

    /// Everything that was asked is proved: the failures of the name are forgotten.
    pub(super) fn forget(&self, proved: &Try) {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).remove(&proved.name);
        self.minute.give_back(proved.minute);
    }

    /// This try was no failure, and says nothing of those before it.
    pub(super) fn take_back(&self, harmless: &Try) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(now) = names.get_mut(&harmless.name) {
            if *now == harmless.after {
                *now = harmless.before;
            } else {
                // What was counted meanwhile keeps its wait.
                now.count = now.count.saturating_sub(1);
            }
        }
        drop(names);
        self.minute.give_back(harmless.minute);
    }
}

/// How long the next try waits after so many failures.
fn wait_secs(failures: u32) -> u64 {
    match failures.saturating_add(1).saturating_sub(FIRST_THAT_WAITS) {
        0 => 0,
        doublings => 2_u64.saturating_pow(doublings).min(LONGEST_WAIT_SECS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SystemClock;

    #[test]
    fn the_fifth_failure_begins_to_wait_and_no_wait_is_longer_than_a_quarter_of_an_hour() {
        let waits: Vec<u64> = (0..=8).map(wait_secs).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 2, 4, 8, 16]);
        assert_eq!([wait_secs(14), wait_secs(200), wait_secs(u32::MAX - 1)], [900; 3]);
    }

    #[test]
    fn a_right_password_that_owes_a_code_gives_back_its_own_try_and_no_other() {
        let tries = Tries::new(Arc::new(SystemClock::new()));
        let count = |tries: &Tries| tries.names.lock().unwrap().get("ada").map_or(0, |failures| failures.count);
        for round in 1..=4 {
            let password = tries.count("ada", None).expect("let through");
            tries.take_back(&password);
            assert!(tries.count("ada", None).is_ok(), "a wrong code");
            assert_eq!(count(&tries), round, "the password between them forgets nothing");
        }
        let (first, second) = (tries.count("ada", None).expect("the fifth"), tries.count("ada", None));
        assert_eq!(second.err(), Some(2));
        tries.take_back(&first);
        assert!(tries.count("ada", None).is_ok(), "what was no failure leaves no wait behind");

        let earlier = tries.count("bob", None).expect("let through");
        for _ in 0..4 {
            assert!(tries.count("bob", None).is_ok());
        }
        tries.take_back(&earlier);
        assert_eq!(tries.count("bob", None).err(), Some(2), "a wait that a later failure brought stays");
    }
}
