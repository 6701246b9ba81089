//! Time and chance, as arguments: everything else asks these two, so that a test can hold the clock and load the dice.
//!
//! `clippy.toml` forbids the wall clock and the system's randomness everywhere but in this file.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// The wall clock, UTC.
    fn now(&self) -> Timestamp;

    /// Time since some fixed moment; never steps back. For deadlines and idle times.
    fn monotonic(&self) -> Duration;
}

/// Where chance comes from.
pub trait Dice: Send + Sync {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` fresh random bytes.
pub fn random<const N: usize>(dice: &dyn Dice) -> [u8; N] {
    let mut bytes = [0; N];
    dice.fill(&mut bytes);
    bytes
}

/// The machine's own clock. Its time of day is steadied, see [`Steady`].
pub struct SystemClock {
    start: std::time::Instant,
    steady: Steady,
}

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn new() -> Self {
        Self { start: std::time::Instant::now(), steady: Steady::default() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        self.steady.take(Timestamp::now(), self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

/// A wall clock that steps is not believed for a minute: somebody may be setting it, and sessions must not end because it was
/// wrong for a moment. Until then time goes on as it did.
#[derive(Default)]
struct Steady(Mutex<Option<Believed>>);

/// What both clocks showed when they last agreed.
#[derive(Clone, Copy)]
struct Believed {
    wall: Timestamp,
    monotonic: Duration,
    /// Since when they do not agree.
    stepped: Option<Duration>,
}

/// What is no step: the clock is being drawn to the right time, or the process stood still.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);
/// After this time a step is believed.
const BELIEVED_AFTER: Duration = Duration::from_secs(60);

impl Steady {
    fn take(&self, wall: Timestamp, monotonic: Duration) -> Timestamp {
        let mut believed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let agreed = Believed { wall, monotonic, stepped: None };
        let Some(before) = *believed else {
            *believed = Some(agreed);
            return wall;
        };
        let expected = before.wall.checked_add(monotonic.saturating_sub(before.monotonic)).unwrap_or(wall);
        let since = before.stepped.unwrap_or(monotonic);
        let is_step = wall.duration_since(expected).abs() > TOLERANCE;
        if is_step && monotonic.saturating_sub(since) < BELIEVED_AFTER {
            if before.stepped.is_none() {
                tracing::warn!(
                    from = %expected, to = %wall,
                    "the clock was set; it is believed in a minute; if it is wrong, set it back until then, and nobody \
                     notices"
                );
            }
            *believed = Some(Believed { stepped: Some(since), ..before });
            return expected;
        }
        *believed = Some(agreed);
        wall
    }
}

/// The operating system's randomness.
pub struct SystemDice;

impl Dice for SystemDice {
    #[expect(
        clippy::expect_used,
        clippy::disallowed_methods,
        reason = "without randomness no session or nonce is safe: ending the process is the only right answer"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives no randomness");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is believed at so many seconds, when the wall clock is off by so many.
    fn believed(steady: &Steady, seconds: u64, off: i64) -> i64 {
        let start: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let at = |seconds: i64| start.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        let now = i64::try_from(seconds).unwrap();
        steady.take(at(now + off), Duration::from_secs(seconds)).duration_since(at(now)).as_secs()
    }

    #[test]
    fn a_step_of_the_clock_is_believed_after_a_minute_and_a_short_one_never() {
        for step in [600, -600, 86_400, -86_400, -1_700_000_000, 2_300_000_000] {
            let steady = Steady::default();
            assert_eq!(believed(&steady, 0, 0), 0);
            assert_eq!([10, 30, 69].map(|seconds| believed(&steady, seconds, step)), [0, 0, 0], "{step}");
            assert_eq!(believed(&steady, 70, step), step, "a minute after it was seen first");
            assert_eq!(believed(&steady, 75, step), step);
            let steady = Steady::default();
            assert_eq!(believed(&steady, 0, 0), 0);
            assert_eq!([10, 40].map(|seconds| believed(&steady, seconds, step)), [0, 0]);
            assert_eq!([50, 200].map(|seconds| believed(&steady, seconds, 0)), [0, 0], "it was set back in time");
            assert_eq!(believed(&steady, 210, step), 0, "the next step has a minute of its own");
        }
    }

    #[test]
    fn a_clock_that_is_drawn_slowly_is_followed() {
        let steady = Steady::default();
        for seconds in 0..10_000 {
            let off = i64::try_from(seconds).unwrap() / 100;
            assert_eq!(believed(&steady, seconds, off), off);
        }
    }
}
