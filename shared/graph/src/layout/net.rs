//! The bare structure that forces act on: nodes as numbers, neighbours and weights in flat arrays.
#![expect(clippy::indexing_slicing, reason = "every index is made by this file and lies below `len`")]

/// A weight to three digits: the upper half of its `f32`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight(u16);

impl From<f32> for Weight {
    fn from(weight: f32) -> Self {
        Self(((weight.to_bits() + 0x8000) >> 16) as u16)
    }
}

impl From<Weight> for f32 {
    #[inline]
    fn from(Weight(half): Weight) -> Self {
        Self::from_bits(u32::from(half) << 16)
    }
}

/// An undirected weighted graph in compressed rows: the neighbours of `v` are `to[starts[v]..starts[v + 1]]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    starts: Vec<u32>,
    to: Vec<u32>,
    /// One for each of `to`; empty if all are 1.
    weights: Vec<Weight>,
    /// How strongly a node pushes: 1 + its degree, or the sum over the nodes that it stands for.
    pub(super) masses: Vec<f32>,
}

impl Net {
    /// Builds from pairs of node numbers below `len`. A pair given twice pulls twice; loops are left out.
    pub(super) fn new(len: usize, pairs: &[[u32; 2]]) -> Self {
        Self::around(len, pairs, |_| true)
    }

    /// The same with the neighbours of those nodes alone that are `wanted`; every node has its mass.
    pub(super) fn around(len: usize, pairs: &[[u32; 2]], wanted: impl Fn(u32) -> bool) -> Self {
        let mut starts = vec![0u32; len + 1];
        for &[a, b] in pairs.iter().filter(|[a, b]| a != b) {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += 1;
        }
        let masses = starts[1..].iter().map(|&degree| 1.0 + degree as f32).collect();
        for v in 0..len {
            starts[v + 1] = starts[v] + if wanted(v as u32) { starts[v + 1] } else { 0 };
        }
        let mut next = starts.clone();
        let mut to = vec![0u32; starts[len] as usize];
        for &[a, b] in pairs.iter().filter(|[a, b]| a != b) {
            for (here, there) in [(a, b), (b, a)] {
                if wanted(here) {
                    to[next[here as usize] as usize] = there;
                    next[here as usize] += 1;
                }
            }
        }
        Self { starts, to, weights: Vec::new(), masses }
    }

    pub(super) fn from_rows(starts: Vec<u32>, mut to: Vec<u32>, mut weights: Vec<Weight>, masses: Vec<f32>) -> Self {
        // They are kept until their level's turn comes.
        to.shrink_to_fit();
        weights.shrink_to_fit();
        debug_assert!(starts.len() == masses.len() + 1 && to.len() == weights.len());
        Self { starts, to, weights, masses }
    }

    /// The same with the nodes in another order: `order[new]` is the old number.
    pub(super) fn renumbered(&self, order: &[u32]) -> Self {
        let mut numbers = vec![0u32; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| numbers[old as usize] = new as u32);
        let mut starts = Vec::with_capacity(self.starts.len());
        let (mut to, mut weights) = (Vec::with_capacity(self.to.len()), Vec::with_capacity(self.weights.len()));
        starts.push(0);
        for &old in order {
            let row = self.starts[old as usize] as usize..self.starts[old as usize + 1] as usize;
            to.extend(self.to[row.clone()].iter().map(|&w| numbers[w as usize]));
            weights.extend_from_slice(self.weights.get(row).unwrap_or_default());
            starts.push(to.len() as u32);
        }
        let masses = order.iter().map(|&old| self.masses[old as usize]).collect();
        Self { starts, to, weights, masses }
    }

    pub(super) fn len(&self) -> usize {
        self.masses.len()
    }

    pub(super) fn degree(&self, v: usize) -> u32 {
        self.starts[v + 1] - self.starts[v]
    }

    /// The neighbours of `v`.
    pub(super) fn near(&self, v: usize) -> &[u32] {
        &self.to[self.starts[v] as usize..self.starts[v + 1] as usize]
    }

    /// The neighbours of `v` with the weights of the links to them.
    pub(super) fn pulls(&self, v: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let row = self.starts[v] as usize..self.starts[v + 1] as usize;
        let weights = self.weights.get(row.clone()).unwrap_or_default();
        let weight = |at: usize| weights.get(at).map_or(1.0, |&weight| weight.into());
        self.to[row].iter().enumerate().map(move |(at, &to)| (to as usize, weight(at)))
    }

    /// The sum over the neighbours of `v` of weight by place, along x and along y, and of the weights.
    pub(super) fn pulled(&self, v: usize, xs: &[f32], ys: &[f32]) -> [f32; 3] {
        let mut sum = [0.0f32; 3];
        if self.weights.is_empty() {
            let near = self.near(v);
            for &w in near {
                sum[0] += xs[w as usize];
                sum[1] += ys[w as usize];
            }
            sum[2] = near.len() as f32;
        } else {
            for (w, weight) in self.pulls(v) {
                sum = [sum[0] + weight * xs[w], sum[1] + weight * ys[w], sum[2] + weight];
            }
        }
        sum
    }

    /// Steps from `source` to every node, `u32::MAX` where there is no way; and the node found last.
    pub(super) fn distances(&self, source: usize, steps: &mut Vec<u32>, queue: &mut Vec<u32>) -> usize {
        steps.clear();
        steps.resize(self.len(), u32::MAX);
        queue.clear();
        queue.push(source as u32);
        steps[source] = 0;
        let mut head = 0;
        while head < queue.len() {
            let here = queue[head] as usize;
            head += 1;
            for &there in self.near(here) {
                if steps[there as usize] == u32::MAX {
                    steps[there as usize] = steps[here] + 1;
                    queue.push(there);
                }
            }
        }
        queue.last().map_or(source, |&last| last as usize)
    }
}
