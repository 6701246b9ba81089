//! Ways whose edges weigh least.
#![expect(clippy::indexing_slicing, reason = "ends are checked on entry; every other index is a node of the net")]

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::Compact;
use super::paths::{Passable, Route};

/// A way whose edges weigh least together, along directions, with that weight (Dijkstra 1959); of parallel edges the
/// lightest. `None` if there is none.
pub fn lightest_path(net: &Compact, from: u32, to: u32, passable: &Passable) -> Option<(Route, f64)> {
    let is_fine = |v: u32| (v as usize) < net.len() && passable.node(v);
    if !is_fine(from) || !is_fine(to) {
        return None;
    }
    let mut reached =
        vec![Reached { weight: f64::INFINITY, by: u32::MAX, before: u32::MAX, is_settled: false }; net.len()];
    reached[from as usize].weight = 0.0;
    let mut open = BinaryHeap::from([Reverse(Open { weight: 0.0, node: from })]);
    while let Some(Reverse(Open { weight, node })) = open.pop() {
        if std::mem::replace(&mut reached[node as usize].is_settled, true) {
            continue;
        }
        if node == to {
            break;
        }
        for (there, edge) in net.out().ways(node).filter(|&(there, edge)| passable.edge(edge) && passable.node(there)) {
            let next = weight + f64::from(net.weight(edge));
            let known = &mut reached[there as usize];
            if next < known.weight {
                *known = Reached { weight: next, by: edge, before: node, is_settled: false };
                open.push(Reverse(Open { weight: next, node: there }));
            }
        }
    }
    let weight = Some(reached[to as usize].weight).filter(|weight| weight.is_finite())?;
    let mut route = Route { nodes: vec![to], edges: Vec::new() };
    let mut here = to;
    while here != from {
        let Reached { by, before, .. } = reached[here as usize];
        route.nodes.push(before);
        route.edges.push(by);
        here = before;
    }
    route.nodes.reverse();
    route.edges.reverse();
    Some((route, weight))
}

#[derive(Clone, Copy)]
struct Reached {
    weight: f64,
    by: u32,
    before: u32,
    is_settled: bool,
}

/// A node to go on from. The lighter comes first, of equals the smaller number.
struct Open {
    weight: f64,
    node: u32,
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        self.weight.total_cmp(&other.weight).then(self.node.cmp(&other.node))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Open {}
