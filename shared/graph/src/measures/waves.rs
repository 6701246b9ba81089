//! Breadth-first search, and the bare rows that several measures share.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::Compact;
use super::compact::Rows;

pub(super) const UNREACHED: u32 = u32::MAX;

/// One search that is used again and again: only what it touched is cleared.
pub(super) struct Waves {
    /// Steps from the start; [`UNREACHED`] elsewhere.
    pub(super) steps: Vec<u32>,
    /// The nodes found, nearest first.
    pub(super) found: Vec<u32>,
}

impl Waves {
    pub(super) fn new(len: usize) -> Self {
        Self { steps: vec![UNREACHED; len], found: Vec::new() }
    }

    /// Searches from all of `starts` at once, at most `most` steps far.
    pub(super) fn run_from(&mut self, rows: &Rows, starts: impl IntoIterator<Item = u32>, most: u32) {
        for &v in &self.found {
            self.steps[v as usize] = UNREACHED;
        }
        self.found.clear();
        for start in starts {
            if self.steps[start as usize] == UNREACHED {
                self.steps[start as usize] = 0;
                self.found.push(start);
            }
        }
        let mut at = 0;
        while let Some(&here) = self.found.get(at) {
            at += 1;
            let next = self.steps[here as usize] + 1;
            if next > most {
                break;
            }
            for &there in rows.near(here) {
                if self.steps[there as usize] == UNREACHED {
                    self.steps[there as usize] = next;
                    self.found.push(there);
                }
            }
        }
    }
}

/// Without directions, each pair of neighbours once, without loops; neighbours ascending.
pub(super) fn simple(net: &Compact) -> Rows {
    let undirected = net.undirected();
    let rows = undirected.out();
    let (mut starts, mut to) = (vec![0u32], Vec::with_capacity(rows.to.len()));
    let mut near = Vec::new();
    for v in net.nodes() {
        near.clear();
        near.extend(rows.near(v).iter().copied().filter(|&w| w != v));
        near.sort_unstable();
        near.dedup();
        to.extend_from_slice(&near);
        starts.push(to.len() as u32);
    }
    Rows { starts, to, edges: Vec::new() }
}
