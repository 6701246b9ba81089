//! A clock that was put back: what the time of each entry is compared with, and for how long the server says so.
//!
//! Two times are kept. The newest entry's is what the next one is compared with, and goes back with the clock, so that a
//! step is one entry. The highest that was ever seen stays: until the clock is past it, or an hour long, the server is not
//! ready. After an hour the time that holds is taken as it is: it may have been the other one that was wrong.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::CLOCK_BACK;
use crate::store::{AuditSearch, Store, StoreError};

/// As far as the clock must go back to be written down: two requests of one moment are no step.
const STEP: SignedDuration = SignedDuration::from_secs(2);
/// As far as the clock must be behind to be told: another server's may be a little ahead.
const BEHIND: SignedDuration = SignedDuration::from_mins(1);
/// How long it is told.
const TOLD: Duration = Duration::from_hours(1);
/// How many steps of the last hour are looked at.
const STEPS: u32 = 20;

/// A clock that is behind what was written down already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClockBack {
    /// What it says.
    pub(crate) now: Timestamp,
    /// The highest time of an entry.
    pub(crate) highest: Timestamp,
}

impl ClockBack {
    /// The stable code for programs.
    pub(crate) const CODE: &str = "clock_back";
    /// What to do.
    pub(crate) const REMEDY: &str = "Set the clock: sessions and sign-ins go by it. What is asked is answered and written \
        down meanwhile. This passes when the clock is past that entry, or an hour after it was put back.";

    /// The clock that says `now`, if it is behind.
    pub(crate) fn of(now: Timestamp, highest: Timestamp) -> Option<Self> {
        (highest.duration_since(now) > BEHIND).then_some(Self { now, highest })
    }
}

impl std::fmt::Display for ClockBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let behind_secs = self.highest.duration_since(self.now).as_secs();
        write!(f, "It says {:.0}, which is {behind_secs} seconds before an entry of the audit log.", self.now)
    }
}

/// The times of entries, as this process has seen them.
#[derive(Default)]
pub(super) struct Times(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    newest: Option<Timestamp>,
    highest: Option<Timestamp>,
    /// Since when the clock is behind, on the clock that never steps.
    since: Option<Duration>,
}

impl Times {
    /// Takes what is known of entries that others wrote.
    pub(super) fn know(&self, newest: Option<Timestamp>, highest: Option<Timestamp>) {
        let mut seen = self.lock();
        seen.newest = seen.newest.max(newest);
        seen.highest = seen.highest.max(highest);
    }

    /// Takes the time of an entry. Gives the one before it where the clock was put back in between, once for one step: who
    /// comes next is compared with the time that holds now.
    pub(super) fn take(&self, at: Timestamp, monotonic: Duration) -> Option<Timestamp> {
        let mut seen = self.lock();
        seen.highest = seen.highest.max(Some(at));
        let before = seen.newest.filter(|newest| newest.duration_since(at) >= STEP);
        seen.newest = if before.is_some() { Some(at) } else { seen.newest.max(Some(at)) };
        if before.is_some() {
            seen.since = Some(monotonic);
        }
        before
    }

    /// Whether the clock that says `now` is behind.
    pub(super) fn behind(&self, now: Timestamp, monotonic: Duration) -> Option<ClockBack> {
        let mut seen = self.lock();
        let Some(back) = seen.highest.and_then(|highest| ClockBack::of(now, highest)) else {
            seen.since = None;
            return None;
        };
        let since = *seen.since.get_or_insert(monotonic);
        if monotonic.saturating_sub(since) < TOLD {
            return Some(back);
        }
        (seen.highest, seen.since) = (Some(now), None);
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The highest time of the store's entries, as far as it is told: the `newest` entry's, and those from which the clock was
/// put back within the last hour.
pub(crate) async fn highest(
    store: &dyn Store,
    newest: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let call = Some(CLOCK_BACK.to_owned());
    let steps = store.search_audit(AuditSearch { call, limit: STEPS, ..AuditSearch::default() }).await?.found;
    let hour = SignedDuration::try_from(TOLD).unwrap_or(SignedDuration::ZERO);
    let of_last_hour = steps.iter().filter(|step| now.duration_since(step.at).abs() < hour);
    let from = of_last_hour.filter_map(|step| {
        let details: Value = serde_json::from_slice(&step.details).ok()?;
        details.get("from")?.as_str()?.parse().ok()
    });
    Ok(newest.max(from.max()))
}

/// The time of the newest entry.
pub(crate) async fn newest(store: &dyn Store) -> Result<Option<Timestamp>, StoreError> {
    let page = store.search_audit(AuditSearch { limit: 1, ..AuditSearch::default() }).await?;
    Ok(page.found.first().map(|entry| entry.end.as_ref().map_or(entry.at, |end| end.at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_clock_that_was_put_back_is_told_until_it_is_past_what_was_written_or_for_an_hour() {
        let running = Duration::from_secs;
        let times = Times::default();
        assert_eq!(times.take(at(10_000), running(0)), None);
        assert_eq!(times.behind(at(10_000), running(0)), None);
        assert_eq!(times.take(at(9_990), running(10)), Some(at(10_000)), "an entry of a small step");
        assert_eq!(times.behind(at(9_990), running(10)), None, "and no more than that");
        assert_eq!(times.take(at(9_000), running(20)), Some(at(9_990)));
        assert_eq!(times.take(at(9_001), running(21)), None, "one entry for one step");
        let back = times.behind(at(9_001), running(21)).expect("it is behind");
        let said = "It says 1970-01-01T02:30:01Z, which is 999 seconds before an entry of the audit log.";
        assert_eq!((back.highest, back.to_string().as_str()), (at(10_000), said));
        assert!(times.behind(at(9_939), running(959)).is_some());
        assert_eq!(times.behind(at(9_941), running(961)), None, "time passes it");

        assert_eq!(times.take(at(2_000), running(1_000)), Some(at(9_001)));
        assert!(times.behind(at(5_599), running(4_599)).is_some());
        assert_eq!(times.behind(at(5_600), running(4_600)), None, "an hour after");
        assert_eq!(times.behind(at(5_601), running(4_601)), None, "and from then on");
        assert!(times.behind(at(5_000), running(4_700)).is_some(), "another step is another hour");
    }
}
