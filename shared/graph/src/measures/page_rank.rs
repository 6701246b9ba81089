//! Who is pointed at by those who are pointed at.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::{Cancelled, Compact, Watch, ask};

/// How to rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageRank {
    /// The chance to go on along an edge, and not to start anew anywhere.
    pub damping: f64,
    /// Ends when the ranks change by less than this in a sweep, all together.
    pub tolerance: f64,
    /// The most sweeps.
    pub sweeps: u32,
    /// Whether an edge counts by its weight, or each the same.
    pub by_weight: bool,
}

impl Default for PageRank {
    fn default() -> Self {
        Self { damping: 0.85, tolerance: 1e-8, sweeps: 200, by_weight: false }
    }
}

/// See [`page_rank`].
#[derive(Clone, Debug, PartialEq)]
pub struct Ranks {
    /// One per node; they add up to 1.
    pub ranks: Vec<f64>,
    /// Whether the tolerance was reached within the sweeps.
    pub is_settled: bool,
}

/// PageRank (Brin and Page 1998): how often a walk along edges, which starts anew at any node with the chance
/// `1 - damping`, is at each node. Who has no edge out starts anew. Edges without direction lead both ways.
///
/// Solved by Gauss and Seidel's sweeps: each node takes its neighbours' newest ranks at once, which needs about half of
/// the sweeps of the power method for the same error.
///
/// # Errors
/// [`Cancelled`].
pub fn page_rank(net: &Compact, how: &PageRank, watch: &mut dyn Watch) -> Result<Ranks, Cancelled> {
    let len = net.len();
    if len == 0 {
        return Ok(Ranks { ranks: Vec::new(), is_settled: true });
    }
    let damping = how.damping.clamp(0.0, 0.999_999);
    let mut work = Work::new(net, how.by_weight, damping);
    let mut is_settled = false;
    for sweep in 0..how.sweeps {
        ask(watch, sweep as usize, how.sweeps as usize)?;
        let change = work.sweep(net);
        is_settled = change < how.tolerance;
        if is_settled {
            break;
        }
    }
    Ok(Ranks { ranks: work.ranks(), is_settled })
}

struct Work {
    damping: f64,
    /// Rank by weight out: what a node gives for a weight of 1. For nodes with no way out, the rank itself.
    shares: Vec<f64>,
    /// The weight that goes out of each node; 0 where none does.
    outgoing: Vec<f64>,
    /// The weights of the ways in, in the order of the rows; empty if all are 1.
    weights: Vec<f32>,
    /// The rank of all nodes with no way out together.
    dangling: f64,
}

impl Work {
    fn new(net: &Compact, by_weight: bool, damping: f64) -> Self {
        let weight = |edge: u32| if by_weight { f64::from(net.weight(edge)) } else { 1.0 };
        let outgoing: Vec<f64> = net.nodes().map(|v| net.out().ways(v).map(|(_, edge)| weight(edge)).sum()).collect();
        let weights =
            if by_weight { net.into().edges.iter().map(|&edge| net.weight(edge)).collect() } else { Vec::new() };
        let start = 1.0 / net.len() as f64;
        let shares = outgoing.iter().map(|&out| if out > 0.0 { start / out } else { start }).collect();
        let dangling = outgoing.iter().filter(|&&out| out <= 0.0).count() as f64 * start;
        Self { damping, shares, outgoing, weights, dangling }
    }

    /// Every node once; gives how much changed.
    fn sweep(&mut self, net: &Compact) -> f64 {
        let (rows, len) = (net.into(), net.len() as f64);
        let mut change = 0.0;
        for v in net.nodes() {
            let row = rows.row(v);
            let from = &rows.to[row.clone()];
            let taken: f64 = if self.weights.is_empty() {
                from.iter().map(|&u| self.shares[u as usize]).sum()
            } else {
                let weights = &self.weights[row];
                from.iter().zip(weights).map(|(&u, &weight)| self.shares[u as usize] * f64::from(weight)).sum()
            };
            let out = self.outgoing[v as usize];
            let share = &mut self.shares[v as usize];
            let before = if out > 0.0 { *share * out } else { *share };
            let rank = (1.0 - self.damping) / len + self.damping * (taken + self.dangling / len);
            if out > 0.0 {
                *share = rank / out;
            } else {
                *share = rank;
                self.dangling += rank - before;
            }
            change += (rank - before).abs();
        }
        self.gather();
        change
    }

    /// Adds up anew what is otherwise only added to, so that rounding does not grow.
    fn gather(&mut self) {
        let dangling = self.outgoing.iter().zip(&self.shares).filter(|(out, _)| **out <= 0.0);
        self.dangling = dangling.map(|(_, share)| share).sum();
    }

    fn ranks(self) -> Vec<f64> {
        let ranks = self.shares.iter().zip(&self.outgoing);
        let mut ranks: Vec<f64> = ranks.map(|(&share, &out)| if out > 0.0 { share * out } else { share }).collect();
        let sum: f64 = ranks.iter().sum();
        ranks.iter_mut().for_each(|rank| *rank /= sum);
        ranks
    }
}
