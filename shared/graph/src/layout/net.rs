//! The bare structure that forces act on: nodes as numbers, neighbours and weights in flat arrays.
#![expect(clippy::indexing_slicing, reason = "every index is made by this file and lies below `len`")]

/// An undirected weighted graph in compressed rows: the neighbours of `v` are `to[starts[v]..starts[v + 1]]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    starts: Vec<u32>,
    to: Vec<u32>,
    weights: Vec<f32>,
    /// How strongly a node pushes: 1 + its degree, or the sum over the nodes that it stands for.
    pub(super) masses: Vec<f32>,
}

impl Net {
    /// Builds from pairs of node numbers below `len`. A pair given twice pulls twice; loops are left out.
    pub(super) fn new(len: usize, pairs: &[[u32; 2]]) -> Self {
        let mut starts = vec![0u32; len + 1];
        for &[a, b] in pairs.iter().filter(|[a, b]| a != b) {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += 1;
        }
        let masses = starts[1..].iter().map(|&degree| 1.0 + degree as f32).collect();
        for v in 0..len {
            starts[v + 1] += starts[v];
        }
        let mut next = starts.clone();
        let mut to = vec![0u32; starts[len] as usize];
        for &[a, b] in pairs.iter().filter(|[a, b]| a != b) {
            for (here, there) in [(a, b), (b, a)] {
                to[next[here as usize] as usize] = there;
                next[here as usize] += 1;
            }
        }
        let weights = vec![1.0; to.len()];
        Self { starts, to, weights, masses }
    }

    pub(super) fn from_rows(starts: Vec<u32>, to: Vec<u32>, weights: Vec<f32>, masses: Vec<f32>) -> Self {
        debug_assert!(starts.len() == masses.len() + 1 && to.len() == weights.len());
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
        self.to[row.clone()].iter().zip(&self.weights[row]).map(|(&to, &weight)| (to as usize, weight))
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
