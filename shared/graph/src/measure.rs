//! Counts, sums and parts within what is loaded and shown.

use std::collections::{BTreeMap, HashSet};

use crate::Amount;
use crate::graph::{Graph, LinkId, NodeId, TypeId};
use crate::step::add_sums;
use crate::union::Union;

/// How much of one link type there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Links, each between two objects.
    pub links: u64,
    /// Rows of the source behind them.
    pub rows: u64,
    pub sum: Option<Amount>,
    /// Rows without an amount, or whose amount made the sum too large: if not 0, `sum` is not the whole.
    pub unsummed: u64,
}

impl Graph {
    /// Links at a node, a loop counted once.
    pub fn degree(&self, id: NodeId) -> usize {
        self.ways(id).len()
    }

    /// The nodes linked with a node, ascending, each once, without itself.
    pub fn neighbours(&self, id: NodeId) -> Vec<NodeId> {
        let mut found: Vec<NodeId> = self.ways(id).iter().map(|way| way.to).filter(|&to| to != id).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The links at a node, ascending.
    pub fn links_at(&self, id: NodeId) -> impl Iterator<Item = LinkId> + '_ {
        self.ways(id).iter().map(|way| way.link)
    }

    /// The shown nodes in connected parts, the largest first, each ascending.
    pub fn components(&self) -> Vec<Vec<NodeId>> {
        let mut union = Union::new(self.nodes.len());
        for (_, link) in self.shown_links() {
            union.join(link.from.0, link.to.0);
        }
        let mut parts: BTreeMap<u32, Vec<NodeId>> = BTreeMap::new();
        for (id, _) in self.shown() {
            parts.entry(union.root(id.0)).or_default().push(id);
        }
        let mut parts: Vec<Vec<NodeId>> = parts.into_values().collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts
    }

    /// How many of these nodes there are per object type, by type number.
    pub fn count_types(&self, ids: &[NodeId]) -> BTreeMap<TypeId, u64> {
        let mut counts = BTreeMap::new();
        for node in ids.iter().filter_map(|&id| self.node(id)) {
            *counts.entry(node.object_type).or_default() += 1;
        }
        counts
    }

    /// Count and sum of these links per link type, by type number.
    pub fn sum_links(&self, ids: impl IntoIterator<Item = LinkId>) -> BTreeMap<TypeId, Total> {
        let mut totals: BTreeMap<TypeId, Total> = BTreeMap::new();
        for link in ids.into_iter().filter_map(|id| self.link(id)) {
            let total = totals.entry(link.link_type).or_default();
            total.links += 1;
            total.rows = total.rows.saturating_add(link.count);
            let more = (link.sum, link.unsummed, link.count);
            (total.sum, total.unsummed) = add_sums((total.sum, total.unsummed), more);
        }
        totals
    }

    /// The shown links that have both ends among these nodes, ascending.
    pub fn links_within(&self, ids: &[NodeId]) -> Vec<LinkId> {
        let inside: HashSet<NodeId> = ids.iter().copied().collect();
        let ways = ids.iter().flat_map(|&id| self.ways(id)).filter(|way| inside.contains(&way.to));
        let mut found: Vec<LinkId> = ways.map(|way| way.link).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
