//! Nodes along time: one property from left to right, groups in lanes.
#![expect(clippy::indexing_slicing, reason = "every index is a node below the number of places")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::arranged::{Arranged, groups_of, members};
use super::{BadInput, CLEARANCE, Places, SPACING, check};

/// Never narrower than a few nodes beside each other.
const LEAST_WIDTH: f32 = CLEARANCE * 12.0;

/// `when` of each node (any unit; not finite or absent means unknown) from left to right, to scale. Each of `groups` (by
/// node; none means one) is a lane, the largest on top; within a lane nodes that would meet stand below each other. Nodes
/// without a time stand to the left of all.
///
/// # Errors
/// If a limit is passed.
pub fn timeline(places: &Places, when: &[f64], groups: &[u32]) -> Result<Arranged, BadInput> {
    check(places, &[])?;
    let len = places.at.len();
    let time = |v: u32| when.get(v as usize).copied().filter(|time| time.is_finite());
    let known: Vec<f64> = (0..len as u32).filter_map(time).collect();
    let (first, last) = known.iter().fold((f64::MAX, f64::MIN), |(low, high), &at| (low.min(at), high.max(at)));
    // About as wide as the nodes would need in a square, twice over.
    let width = (CLEARANCE * 2.0 * (known.len() as f32).sqrt()).max(LEAST_WIDTH);
    // Halves, so that the whole span is a number too; parts of it are computed first, so that a tiny one does no harm.
    let span = last * 0.5 - first * 0.5;
    let share = |at: f64| if span > 0.0 { (at * 0.5 - first * 0.5) / span } else { 0.0 };
    let mut targets = vec![[0.0, 0.0]; len];
    let mut top = 0.0;
    for mut nodes in members(&groups_of(places, groups)) {
        nodes.sort_by(|&a, &b| time(a).partial_cmp(&time(b)).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(&b)));
        let mut rows = Rows::default();
        let mut unknown = 0;
        for v in nodes {
            let (x, row) = match time(v) {
                Some(at) => {
                    let x = (share(at) as f32 - 0.5) * width;
                    (x, rows.first_free(x))
                }
                None => {
                    unknown += 1;
                    (-width * 0.5 - SPACING * 2.0, unknown - 1)
                }
            };
            targets[v as usize] = [x, top + row as f32 * CLEARANCE];
        }
        top += (rows.count.max(unknown).max(1) + 1) as f32 * CLEARANCE;
    }
    let middle = (top - CLEARANCE * 2.0).max(0.0) * 0.5;
    targets.iter_mut().for_each(|place| place[1] -= middle);
    Ok(Arranged::exactly(targets))
}

/// The rows of a lane, by where each is free again.
#[derive(Default)]
struct Rows {
    count: usize,
    free: BinaryHeap<Reverse<usize>>,
    /// Until where each taken row is taken, in whole pixels.
    taken: BinaryHeap<Reverse<(i64, usize)>>,
}

impl Rows {
    /// The uppermost row with room at `x`; nodes must come from left to right.
    fn first_free(&mut self, x: f32) -> usize {
        let here = x as i64;
        while let Some(&Reverse((until, row))) = self.taken.peek().filter(|Reverse((until, _))| *until <= here) {
            debug_assert!(until <= here);
            self.taken.pop();
            self.free.push(Reverse(row));
        }
        let row = self.free.pop().map_or(self.count, |Reverse(row)| row);
        self.count = self.count.max(row + 1);
        self.taken.push(Reverse((here + CLEARANCE as i64 + 1, row)));
        row
    }
}
