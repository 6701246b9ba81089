//! Links seen from afar: of those that nearly lie on each other one is drawn, and it tells of how many.
#![expect(clippy::indexing_slicing, reason = "a slot is below the number of slots, and names a strand that is there")]

use crate::Place;

/// The ends of a long line may be told less exactly than those of a short one: as a share of its length.
const LOOSENESS: f32 = 0.125;
const NONE: u32 = u32::MAX;

/// A link that stands for all that lie nearly where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strand {
    pub from: Place,
    pub to: Place,
    /// Only links of one kind are put together.
    pub kind: u8,
    /// How many links it stands for.
    pub count: u32,
}

/// Puts together what begins and ends in the same squares of `side`, whichever way round; the longer a line, the larger its
/// squares. The strand of several is the first of the longest. What was put together for half the side can be put together
/// further. A side that is no positive number puts nothing together.
pub fn gather(strands: &[Strand], side: f32) -> Vec<Strand> {
    let mut kept: Vec<(Key, Strand)> = Vec::new();
    let mask = (2 * strands.len()).next_power_of_two() - 1;
    let mut slots = vec![NONE; mask + 1];
    for strand in strands {
        let Some(key) = Key::of(strand, side) else { continue };
        let mut slot = key.hash() as usize & mask;
        while slots[slot] != NONE && kept[slots[slot] as usize].0 != key {
            slot = (slot + 1) & mask;
        }
        if slots[slot] == NONE {
            slots[slot] = kept.len() as u32;
            kept.push((key, *strand));
        } else {
            kept[slots[slot] as usize].1.join(strand);
        }
    }
    kept.into_iter().map(|(_, strand)| strand).collect()
}

impl Strand {
    fn join(&mut self, other: &Self) {
        let count = self.count.saturating_add(other.count);
        if other.length() > self.length() {
            *self = *other;
        }
        self.count = count;
    }

    fn length(&self) -> f32 {
        (self.to[0] - self.from[0]).hypot(self.to[1] - self.from[1])
    }
}

/// The squares of both ends, the lesser one first, how large they are, and the kind.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    ends: [[i32; 2]; 2],
    doublings: u8,
    kind: u8,
}

impl Key {
    /// None for what is nowhere.
    fn of(strand: &Strand, side: f32) -> Option<Self> {
        let length = strand.length();
        if !length.is_finite() || side.is_nan() || side <= 0.0 {
            return None;
        }
        let doublings = (length * LOOSENESS / side).max(1.0).log2().floor();
        let side = side * doublings.exp2();
        let square = |[x, y]: Place| [(x / side).floor() as i32, (y / side).floor() as i32];
        let (a, b) = (square(strand.from), square(strand.to));
        let ends = if a <= b { [a, b] } else { [b, a] };
        Some(Self { ends, doublings: doublings as u8, kind: strand.kind })
    }

    fn hash(&self) -> u64 {
        let [[a, b], [c, d]] = self.ends;
        let numbers = [a, b, c, d, i32::from(self.doublings) << 8 | i32::from(self.kind)];
        let mixed = numbers.iter().fold(0_u64, |mixed, number| {
            (mixed.rotate_left(5) ^ u64::from(*number as u32)).wrapping_mul(0x517c_c1b7_2722_0a95)
        });
        mixed ^ (mixed >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Chance;

    fn strand(from: Place, to: Place) -> Strand {
        Strand { from, to, kind: 0, count: 1 }
    }

    #[test]
    fn lines_between_the_same_squares_are_one_that_counts_them_and_is_the_longest() {
        let short = strand([1.0, 1.0], [31.0, 2.0]);
        let long = strand([39.0, 3.0], [0.5, 3.5]);
        let other = strand([1.0, 1.0], [25.0, 30.0]);
        let gathered = gather(&[short, long, other, Strand { kind: 1, ..short }], 10.0);
        assert_eq!(gathered, [Strand { count: 2, ..long }, other, Strand { kind: 1, ..short }]);
    }

    #[test]
    fn none_is_lost_however_coarse_and_coarser_means_fewer() {
        let mut chance = Chance::seeded(3);
        let mut place = || [(); 2].map(|()| chance.centred() * 4_000.0);
        let mut strands: Vec<Strand> = (0..20_000).map(|_| strand(place(), place())).collect();
        let mut before = strands.len();
        for doubling in 0..8 {
            strands = gather(&strands, 8.0 * 2.0_f32.powi(doubling));
            assert_eq!(strands.iter().map(|strand| strand.count).sum::<u32>(), 20_000);
            assert!(strands.len() <= before, "{} after {before}", strands.len());
            before = strands.len();
        }
        assert!(before < 2_000, "{before} strands at last");
    }

    #[test]
    fn what_is_nowhere_is_left_out_and_a_side_that_is_none_gives_nothing() {
        let nowhere = strand([f32::NAN, 0.0], [1.0, 1.0]);
        let far = strand([-3e38, 0.0], [3e38, 1.0]);
        let here = strand([0.0, 0.0], [1.0, 1.0]);
        assert_eq!(gather(&[nowhere, far, here], 1.0), [here]);
        assert_eq!(gather(&[here], 0.0), []);
        assert_eq!(gather(&[], 1.0), []);
    }
}
