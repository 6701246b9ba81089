//! What lies near nodes: within some steps, hanging on them alone, or hidden beside them.

use std::collections::BTreeSet;

use crate::graph::{Graph, NodeId};

impl Graph {
    /// These nodes with all shown ones that at most `steps` shown links lead to, in whatever direction, ascending. Stops where
    /// there is nothing further.
    pub fn within(&self, nodes: impl IntoIterator<Item = NodeId>, steps: usize) -> Vec<NodeId> {
        let mut reached: BTreeSet<NodeId> = nodes.into_iter().filter(|id| self.is_shown(*id)).collect();
        let mut edge: Vec<NodeId> = reached.iter().copied().collect();
        for _ in 0..steps {
            let ways = edge.iter().flat_map(|id| self.ways(*id)).map(|way| way.to).collect::<Vec<_>>();
            edge = ways.into_iter().filter(|id| self.is_shown(*id) && reached.insert(*id)).collect();
            if edge.is_empty() {
                break;
            }
        }
        reached.into_iter().collect()
    }

    /// The shown nodes that hang on these alone, ascending: linked to them, and to nothing else that is shown. Pinned ones are
    /// left out, because a person holds them there.
    pub fn hanging_on(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        let own: BTreeSet<NodeId> = nodes.iter().copied().collect();
        let near: BTreeSet<NodeId> = self.within(nodes.iter().copied(), 1).into_iter().collect();
        let hangs = |id: &NodeId| {
            let ways = self.ways(*id);
            ways.iter().all(|way| own.contains(&way.to) || way.to == *id)
        };
        near.into_iter().filter(|id| !own.contains(id) && !self.flags(*id).pinned && hangs(id)).collect()
    }

    /// The hidden nodes that a link joins to these, ascending.
    pub fn hidden_beside(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        let own: BTreeSet<NodeId> = nodes.iter().copied().collect();
        let beside = self.links().filter_map(|(_, link)| match (own.contains(&link.from), own.contains(&link.to)) {
            (true, false) => Some(link.to),
            (false, true) => Some(link.from),
            _ => None,
        });
        let hidden = |id: &NodeId| self.node(*id).is_some() && self.flags(*id).hidden;
        beside.filter(hidden).collect::<BTreeSet<_>>().into_iter().collect()
    }
}
