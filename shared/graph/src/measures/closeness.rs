//! Who is near to all.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::betweenness::drawn;
use super::compact::Rows;
use super::{Cancelled, Compact, Watch, ask};

/// See [`closeness`].
#[derive(Clone, Debug, PartialEq)]
pub struct Closeness {
    /// `(r / (n - 1)) * (r / sum of steps)` for the `r` others from whom a node is reached: Wasserman and Faust 1994,
    /// which compares nodes of different components too. 0 if nobody reaches it.
    pub closeness: Vec<f64>,
    /// The sum of 1 / steps from all others (Marchiori and Latora 2000), not divided by their number.
    pub harmonic: Vec<f64>,
    /// From how many nodes it was counted; fewer than there are makes the numbers an estimate.
    pub sources: usize,
    pub is_exact: bool,
}

/// Searches at once: one bit of a word each.
const AT_ONCE: usize = 64;

/// Closeness and harmonic centrality, along directions towards the node. With fewer `sources` than nodes, from nodes drawn
/// by `seed` and scaled up (Eppstein and Wang 2004). Sixty-four searches share each walk over the edges (Then et al. 2014,
/// multi-source breadth-first search).
///
/// # Errors
/// [`Cancelled`].
pub fn closeness(net: &Compact, sources: usize, seed: u64, watch: &mut dyn Watch) -> Result<Closeness, Cancelled> {
    let len = net.len();
    let is_exact = sources >= len;
    let starts = if is_exact { net.nodes().collect() } else { drawn(len, sources, seed) };
    let mut waves = Waves64::new(len);
    let mut near = vec![Nearness::default(); len];
    for (at, batch) in starts.chunks(AT_ONCE).enumerate() {
        ask(watch, at * AT_ONCE, starts.len())?;
        waves.run(net.out(), batch, &mut near);
    }
    // A node is its own start as often as it was drawn; scaled up, others are as many as all but one.
    let scale = len as f64 / starts.len().max(1) as f64;
    let others = len.saturating_sub(1) as f64;
    let close = |near: &Nearness| {
        let (reached, steps) = ((near.reached as f64 * scale).min(others), near.steps as f64 * scale);
        if steps > 0.0 { reached / others * (reached / steps) } else { 0.0 }
    };
    Ok(Closeness {
        closeness: near.iter().map(close).collect(),
        harmonic: near.iter().map(|near| near.inverse * scale).collect(),
        sources: starts.len(),
        is_exact,
    })
}

/// What is added up for a node.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nearness {
    /// Starts from which it was reached, itself not counted.
    pub reached: u64,
    /// The steps from all of them.
    pub steps: u64,
    /// 1 / steps, summed.
    pub inverse: f64,
}

/// Sixty-four breadth-first searches in one.
struct Waves64 {
    /// Which searches have reached the node.
    seen: Vec<u64>,
    /// Which reached it in the last step, and in this one.
    last: Vec<u64>,
    now: Vec<u64>,
    /// Nodes with a bit in `last`.
    front: Vec<u32>,
    next: Vec<u32>,
}

impl Waves64 {
    fn new(len: usize) -> Self {
        let empty = vec![0; len];
        Self { seen: empty.clone(), last: empty.clone(), now: empty, front: Vec::new(), next: Vec::new() }
    }

    fn run(&mut self, rows: &Rows, starts: &[u32], near: &mut [Nearness]) {
        self.seen.fill(0);
        self.front.clear();
        for (bit, &start) in starts.iter().enumerate() {
            self.seen[start as usize] |= 1 << bit;
            self.last[start as usize] |= 1 << bit;
            self.front.push(start);
        }
        let mut step = 1u64;
        while !self.front.is_empty() {
            self.spread(rows);
            let inverse = 1.0 / step as f64;
            self.front.clear();
            for &v in &self.next {
                let here = v as usize;
                let fresh = self.now[here] & !self.seen[here];
                self.now[here] = 0;
                if fresh != 0 {
                    self.seen[here] |= fresh;
                    self.last[here] = fresh;
                    self.front.push(v);
                    let count = u64::from(fresh.count_ones());
                    let near = &mut near[here];
                    near.reached += count;
                    near.steps += count * step;
                    near.inverse += count as f64 * inverse;
                }
            }
            step += 1;
        }
    }

    /// Hands the bits of the front on to its neighbours, each of whom stands once in `next`.
    fn spread(&mut self, rows: &Rows) {
        self.next.clear();
        for &v in &self.front {
            let bits = std::mem::take(&mut self.last[v as usize]);
            for &w in rows.near(v) {
                if self.now[w as usize] == 0 {
                    self.next.push(w);
                }
                self.now[w as usize] |= bits;
            }
        }
    }
}
