//! Time and chance, as arguments: everything else asks these two, so that a test can hold the clock and load the dice.
//!
//! `clippy.toml` forbids the wall clock and the system's randomness everywhere but in this file.

use std::time::Duration;

use jiff::Timestamp;

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

/// The machine's own clock.
pub struct SystemClock {
    start: std::time::Instant,
}

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn new() -> Self {
        Self { start: std::time::Instant::now() }
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
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
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
