//! Which nodes hang together: union-find with path halving (Tarjan and van Leeuwen 1984).
#![expect(clippy::indexing_slicing, reason = "parents are node numbers below the length; callers keep to it")]

/// Sets of numbers below a length that can be joined.
pub(crate) struct Union {
    parents: Vec<u32>,
}

impl Union {
    pub(crate) fn new(len: usize) -> Self {
        Self { parents: (0..len as u32).collect() }
    }

    /// The number that stands for the set of `v`.
    pub(crate) fn root(&mut self, mut v: u32) -> u32 {
        while self.parents[v as usize] != v {
            let above = self.parents[self.parents[v as usize] as usize];
            self.parents[v as usize] = above;
            v = above;
        }
        v
    }

    /// Joins two sets; the smaller number stands for both, so that the result does not hang on the order.
    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b) as usize] = a.min(b);
    }
}
