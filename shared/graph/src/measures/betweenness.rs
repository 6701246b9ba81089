//! Who stands between others.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net, or a level of the search")]

use super::compact::Rows;
use super::{Cancelled, Compact, Watch, ask};
use crate::Chance;

/// See [`betweenness`].
#[derive(Clone, Debug, PartialEq)]
pub struct Betweenness {
    /// One per node: for all pairs of others, the part of their shortest paths that goes through it, summed. A pair counts
    /// once where no edge has a direction, else once each way.
    pub scores: Vec<f64>,
    /// From how many nodes it was counted; fewer than there are makes the scores an estimate.
    pub sources: usize,
    pub is_exact: bool,
}

/// Beyond this number of paths a level is counted in larger units.
const MANY: f64 = 1e200;

/// Betweenness (Freeman 1977) by Brandes 2001, each edge one step long. With fewer `sources` than nodes, from nodes drawn by
/// `seed` and scaled up (Brandes and Pich 2007). Parallel edges are paths of their own; loops are on none.
///
/// # Errors
/// [`Cancelled`].
pub fn betweenness(net: &Compact, sources: usize, seed: u64, watch: &mut dyn Watch) -> Result<Betweenness, Cancelled> {
    let len = net.len();
    let is_exact = sources >= len;
    let starts = if is_exact { net.nodes().collect() } else { drawn(len, sources, seed) };
    let mut search = Search::new(len);
    let mut scores = vec![0.0; len];
    for (at, &start) in starts.iter().enumerate() {
        ask(watch, at, starts.len())?;
        search.forward(net.out(), start);
        search.backward(net.out(), &mut scores);
    }
    let pairs = if net.has_directions() { 1.0 } else { 0.5 };
    let scale = pairs * len as f64 / starts.len().max(1) as f64;
    scores.iter_mut().for_each(|score| *score *= scale);
    Ok(Betweenness { scores, sources: starts.len(), is_exact })
}

/// `count` different nodes, each as likely as any other.
pub(super) fn drawn(len: usize, count: usize, seed: u64) -> Vec<u32> {
    let mut all: Vec<u32> = (0..len as u32).collect();
    let mut chance = Chance::seeded(seed);
    for at in 0..count.min(len) {
        let other = at + chance.below(len - at);
        all.swap(at, other);
    }
    all.truncate(count);
    all
}

/// What is known of a node in one search, together in memory because it is asked for together.
#[derive(Clone, Copy)]
struct Seen {
    step: u32,
    /// Shortest paths from the start, in the units of its level.
    paths: f64,
    /// (1 + what depends on it) / paths: what one path to it is worth to who stands before it.
    worth: f64,
}

const UNSEEN: Seen = Seen { step: u32::MAX, paths: 0.0, worth: 0.0 };

struct Search {
    seen: Vec<Seen>,
    found: Vec<u32>,
    /// Where each level begins in `found`.
    levels: Vec<usize>,
    /// By how much the paths of each level were made smaller than those of the level before.
    units: Vec<f64>,
}

impl Search {
    fn new(len: usize) -> Self {
        Self { seen: vec![UNSEEN; len], found: Vec::new(), levels: Vec::new(), units: Vec::new() }
    }

    /// Counts the shortest paths from `start`, level by level.
    fn forward(&mut self, rows: &Rows, start: u32) {
        for &v in &self.found {
            self.seen[v as usize] = UNSEEN;
        }
        self.found.clear();
        self.levels.clear();
        self.units.clear();
        self.found.push(start);
        self.seen[start as usize] = Seen { step: 0, paths: 1.0, worth: 0.0 };
        let (mut at, mut step, mut unit) = (0, 0, 1.0);
        while at < self.found.len() {
            let end = self.found.len();
            self.levels.push(at);
            self.units.push(unit);
            let mut most: f64 = 0.0;
            for here in at..end {
                let v = self.found[here];
                let paths = self.seen[v as usize].paths * unit;
                self.seen[v as usize].paths = paths;
                most = most.max(paths);
                for &w in rows.near(v) {
                    let there = &mut self.seen[w as usize];
                    if there.step == u32::MAX {
                        there.step = step + 1;
                        self.found.push(w);
                    }
                    if there.step == step + 1 {
                        there.paths += paths;
                    }
                }
            }
            unit = if most > MANY { 1.0 / MANY } else { 1.0 };
            (at, step) = (end, step + 1);
        }
        self.levels.push(self.found.len());
    }

    /// From the farthest level back: each node hands on what depends on it to those before it, by their part of its paths.
    fn backward(&mut self, rows: &Rows, scores: &mut [f64]) {
        let deepest = self.levels.len().saturating_sub(2);
        for level in (0..=deepest).rev() {
            let unit = self.units.get(level + 1).copied().unwrap_or(1.0);
            for at in self.levels[level]..self.levels[level + 1] {
                let v = self.found[at];
                let below = level as u32 + 1;
                let worth: f64 = rows
                    .near(v)
                    .iter()
                    .map(|&w| &self.seen[w as usize])
                    .filter(|w| w.step == below)
                    .map(|w| w.worth)
                    .sum();
                let here = &mut self.seen[v as usize];
                let depends = here.paths * worth * unit;
                here.worth = (1.0 + depends) / here.paths;
                if level > 0 {
                    scores[v as usize] += depends;
                }
            }
        }
    }
}
