//! The shortest ways and the next best.

use std::collections::BTreeSet;

use super::paths::{Passable, Route, shortest_path};
use super::weighted::lightest_path;
use super::{Cancelled, Compact, Watch, ask};

/// What makes one way shorter than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Steps,
    Weight,
}

/// A candidate: first by its length, then by its nodes.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    /// The bits of a number that is not negative stand in its own order.
    length: u64,
    nodes: Vec<u32>,
    edges: Vec<u32>,
}

/// The `count` shortest ways that pass no node twice, along directions, shortest first (Yen 1971); ways are told apart by
/// their nodes. Fewer if there are fewer.
///
/// # Errors
/// [`Cancelled`].
pub fn k_shortest_paths(
    net: &Compact,
    [from, to]: [u32; 2],
    count: usize,
    length: Length,
    passable: &Passable,
    watch: &mut dyn Watch,
) -> Result<Vec<Route>, Cancelled> {
    let mut found: Vec<Route> = Vec::new();
    let mut candidates = BTreeSet::new();
    let mut blocked = filled(net, passable);
    candidates.extend(search(net, [from, to], length, &blocked).map(|route| candidate(net, route, length)));
    while let Some(next) = candidates.pop_first().filter(|_| found.len() < count) {
        let route = Route { nodes: next.nodes, edges: next.edges };
        // Those found before with the same beginning, which get fewer on the way.
        let mut same: Vec<&Route> = found.iter().collect();
        let mut root = Closed::default();
        for (spur, (&start, &on)) in route.nodes.iter().zip(route.nodes.iter().skip(1)).enumerate() {
            ask(watch, found.len(), count)?;
            let mut closed = Closed::default();
            // Its own way on from here, and that of all found before with the same beginning.
            same.retain(|known| known.nodes.get(spur) == Some(&start));
            let known = same.iter().filter_map(|known| known.nodes.get(spur + 1));
            for next in known.chain([&on]) {
                let hops = net.out().ways(start).filter(|(to, _)| to == next);
                hops.for_each(|(_, edge)| closed.edge(&mut blocked, edge));
            }
            // Where nothing else leads on, as all along a chain, there is nothing to search.
            if net.out().ways(start).any(|(to, edge)| blocked.edge(edge) && blocked.node(to))
                && let Some(rest) = search(net, [start, to], length, &blocked)
            {
                candidates.insert(candidate(net, joined(&route, spur, rest), length));
            }
            closed.open(&mut blocked);
            root.node(&mut blocked, start);
        }
        root.open(&mut blocked);
        found.push(route);
    }
    Ok(found)
}

/// What was closed for one search, to be opened again.
#[derive(Default)]
struct Closed {
    nodes: Vec<u32>,
    edges: Vec<u32>,
}

impl Closed {
    fn node(&mut self, blocked: &mut Passable, v: u32) {
        if set(&mut blocked.nodes, v, false) {
            self.nodes.push(v);
        }
    }

    fn edge(&mut self, blocked: &mut Passable, edge: u32) {
        if set(&mut blocked.edges, edge, false) {
            self.edges.push(edge);
        }
    }

    fn open(self, blocked: &mut Passable) {
        for v in self.nodes {
            set(&mut blocked.nodes, v, true);
        }
        for edge in self.edges {
            set(&mut blocked.edges, edge, true);
        }
    }
}

/// Gives what stood there before.
fn set(list: &mut [bool], at: u32, value: bool) -> bool {
    list.get_mut(at as usize).is_some_and(|slot| std::mem::replace(slot, value))
}

/// The same, with every node and edge in its lists.
fn filled(net: &Compact, passable: &Passable) -> Passable {
    Passable {
        nodes: net.nodes().map(|v| passable.node(v)).collect(),
        edges: (0..net.edges() as u32).map(|edge| passable.edge(edge)).collect(),
    }
}

fn search(net: &Compact, [from, to]: [u32; 2], length: Length, passable: &Passable) -> Option<Route> {
    match length {
        Length::Steps => shortest_path(net, from, to, passable),
        Length::Weight => lightest_path(net, from, to, passable).map(|(route, _)| route),
    }
}

fn joined(route: &Route, spur: usize, rest: Route) -> Route {
    let nodes = route.nodes.iter().take(spur).copied().chain(rest.nodes).collect();
    let edges = route.edges.iter().take(spur).copied().chain(rest.edges).collect();
    Route { nodes, edges }
}

fn candidate(net: &Compact, route: Route, length: Length) -> Candidate {
    let length = match length {
        Length::Steps => route.edges.len() as f64,
        Length::Weight => route.edges.iter().map(|&edge| f64::from(net.weight(edge))).sum(),
    };
    Candidate { length: length.to_bits(), nodes: route.nodes, edges: route.edges }
}
