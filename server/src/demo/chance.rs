//! Seeded chance for the demo: the same seed gives the same draws on every machine.
//!
//! Only whole numbers and exact float steps are used, never `ln` or `exp`, whose last bit differs between platforms.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// A stream of its own for every `part` of the data, so that a change in one part leaves the others alone.
    pub(super) fn new(seed: u64, part: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(part);
        Self(rng)
    }

    /// A number from 0 up to but not including `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(end);
        (wide >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high.abs_diff(low) + 1) as i64
    }

    /// True in `percent` of 100 draws.
    pub(super) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `items`; the default of its type when there is none.
    pub(super) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let place = self.below(items.len() as u64) as usize;
        items.get(place).copied().unwrap_or_default()
    }

    /// A place from 0 up to `end`, the early ones much more often: what falls to the first n grows with the cube root of n.
    pub(super) fn popular(&mut self, end: usize) -> usize {
        let draw = u128::from(self.below(1 << 32));
        ((draw.pow(3) / (1 << 32) * end as u128) >> 64) as usize
    }

    /// A log-normal amount in øre around `median` kroner; half of the draws lie within a factor of `2^(0.67 * spread)`.
    pub(super) fn amount(&mut self, median: i64, spread: f64) -> i64 {
        // Twelve uniform draws add up to nearly a normal one (Irwin-Hall), exactly the same everywhere.
        let sum: u64 = (0..12).map(|_| self.below(1 << 16)).sum();
        let normal = (sum as f64 - 6.0 * 65_536.0) / 65_536.0;
        let power = normal * spread;
        let whole = power.floor();
        // Between two powers of two a straight line is close enough.
        let factor = 2_f64.powi(whole as i32) * (1.0 + power - whole);
        ((median as f64 * 100.0 * factor) as i64).max(100)
    }
}
