//! A graph as flat arrays: who is next to whom, both ways, with nothing else in the way.
#![expect(clippy::indexing_slicing, reason = "ends are checked on entry; every other index is made here")]

use std::borrow::Cow;

/// An edge between two nodes, given by their numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    pub from: u32,
    pub to: u32,
    /// Whether it may be walked from `from` to `to` alone.
    pub is_directed: bool,
    /// How much it counts, or how long it is; finite and not negative.
    pub weight: f32,
}

impl Edge {
    pub fn directed(from: u32, to: u32) -> Self {
        Self { from, to, is_directed: true, weight: 1.0 }
    }

    pub fn undirected(from: u32, to: u32) -> Self {
        Self { from, to, is_directed: false, weight: 1.0 }
    }

    #[must_use]
    pub fn weighing(self, weight: f32) -> Self {
        Self { weight, ..self }
    }
}

/// An edge that cannot be part of a graph.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BadEdge {
    #[error("edge {edge} names node {node}, and there are {nodes} nodes")]
    UnknownNode { edge: usize, node: u32, nodes: usize },
    #[error("edge {edge} weighs {weight}; a weight is a finite number that is not negative")]
    Weight { edge: usize, weight: f32 },
    #[error("{0} nodes or edges are more than four thousand million")]
    TooMany(usize),
}

/// The ways out of each node: those of `v` are `starts[v]..starts[v + 1]` in the other arrays.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rows {
    pub(super) starts: Vec<u32>,
    pub(super) to: Vec<u32>,
    /// Which edge each way goes over.
    pub(super) edges: Vec<u32>,
}

impl Rows {
    pub(super) fn row(&self, v: u32) -> std::ops::Range<usize> {
        self.starts[v as usize] as usize..self.starts[v as usize + 1] as usize
    }

    /// Whom `v` leads to; once for every edge.
    pub(super) fn near(&self, v: u32) -> &[u32] {
        &self.to[self.row(v)]
    }

    /// Whom `v` leads to, with the edge.
    pub(super) fn ways(&self, v: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let row = self.row(v);
        self.to[row.clone()].iter().copied().zip(self.edges[row].iter().copied())
    }

    /// Rows of `len` nodes from (here, there, edge), in the order in which `each` gives them.
    fn fill(len: usize, each: impl Fn(&mut dyn FnMut(u32, u32, u32))) -> Self {
        let mut starts = vec![0u32; len + 1];
        each(&mut |here, _, _| starts[here as usize + 1] += 1);
        for v in 0..len {
            starts[v + 1] += starts[v];
        }
        let mut next = starts.clone();
        let all = starts[len] as usize;
        let (mut to, mut edges) = (vec![0u32; all], vec![0u32; all]);
        each(&mut |here, there, edge| {
            let slot = &mut next[here as usize];
            (to[*slot as usize], edges[*slot as usize]) = (there, edge);
            *slot += 1;
        });
        Self { starts, to, edges }
    }
}

/// Nodes `0..len` and their edges, in compressed rows both ways.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compact {
    len: usize,
    out: Rows,
    /// The same against the direction; absent where no edge has one.
    into: Option<Rows>,
    ends: Vec<[u32; 2]>,
    /// Whether the edge has a direction; empty if none has.
    directed: Vec<bool>,
    /// Empty if every edge weighs 1.
    weights: Vec<f32>,
}

impl Compact {
    /// Checks and takes in `edges` between the nodes `0..len`.
    ///
    /// # Errors
    /// [`BadEdge`] names the first edge that does not fit.
    pub fn new(len: usize, edges: &[Edge]) -> Result<Self, BadEdge> {
        check(len, edges)?;
        let ends = edges.iter().map(|edge| [edge.from, edge.to]).collect();
        let has_weights = edges.iter().any(|edge| (edge.weight - 1.0).abs() > 0.0);
        let weights = if has_weights { edges.iter().map(|edge| edge.weight).collect() } else { Vec::new() };
        let has_directions = edges.iter().any(|edge| edge.is_directed);
        let directed = if has_directions { edges.iter().map(|edge| edge.is_directed).collect() } else { Vec::new() };
        Ok(Self::of(len, ends, directed, weights))
    }

    fn of(len: usize, ends: Vec<[u32; 2]>, directed: Vec<bool>, weights: Vec<f32>) -> Self {
        let is_directed = |edge: usize| directed.get(edge).copied().unwrap_or(false);
        let rows = |along: usize| {
            Rows::fill(len, |put| {
                for (edge, both) in ends.iter().enumerate() {
                    let (here, there) = (both[along], both[1 - along]);
                    put(here, there, edge as u32);
                    if !is_directed(edge) && here != there {
                        put(there, here, edge as u32);
                    }
                }
            })
        };
        let out = rows(0);
        let into = (!directed.is_empty()).then(|| rows(1));
        Self { len, out, into, ends, directed, weights }
    }

    /// The same without directions; itself if there are none.
    pub fn undirected(&self) -> Cow<'_, Self> {
        if self.directed.is_empty() {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self::of(self.len, self.ends.clone(), Vec::new(), self.weights.clone()))
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many edges there are, parallel ones and loops each counted.
    pub fn edges(&self) -> usize {
        self.ends.len()
    }

    /// From where to where an edge goes.
    pub fn ends(&self, edge: u32) -> [u32; 2] {
        self.ends[edge as usize]
    }

    pub fn weight(&self, edge: u32) -> f32 {
        self.weights.get(edge as usize).copied().unwrap_or(1.0)
    }

    pub fn has_directions(&self) -> bool {
        !self.directed.is_empty()
    }

    pub(super) fn is_directed(&self, edge: u32) -> bool {
        self.directed.get(edge as usize).copied().unwrap_or(false)
    }

    /// Ways along the direction; edges without one are ways from both ends.
    pub(super) fn out(&self) -> &Rows {
        &self.out
    }

    /// Ways against the direction.
    pub(super) fn into(&self) -> &Rows {
        self.into.as_ref().unwrap_or(&self.out)
    }

    pub(super) fn nodes(&self) -> std::ops::Range<u32> {
        0..self.len as u32
    }
}

fn check(len: usize, edges: &[Edge]) -> Result<(), BadEdge> {
    // Two ways for each edge must fit a number of 32 bits.
    let most = len.max(edges.len().saturating_mul(2));
    if most >= u32::MAX as usize {
        return Err(BadEdge::TooMany(most));
    }
    for (at, edge) in edges.iter().enumerate() {
        if let Some(&node) = [edge.from, edge.to].iter().find(|&&node| node as usize >= len) {
            return Err(BadEdge::UnknownNode { edge: at, node, nodes: len });
        }
        if !edge.weight.is_finite() || edge.weight < 0.0 {
            return Err(BadEdge::Weight { edge: at, weight: edge.weight });
        }
    }
    Ok(())
}
