//! Ways with the fewest steps.
#![expect(clippy::indexing_slicing, reason = "ends are checked on entry; every other index is a node of the net")]

use std::collections::VecDeque;

use super::Compact;
use super::compact::Rows;
use super::waves::UNREACHED;

/// A way through the net. Of parallel edges it names the first that may be taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// From the one end to the other.
    pub nodes: Vec<u32>,
    /// One less than nodes; in a cycle as many.
    pub edges: Vec<u32>,
}

/// Which nodes and edges a way may use: those with `true`. An empty list allows all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passable {
    pub nodes: Vec<bool>,
    pub edges: Vec<bool>,
}

impl Passable {
    pub(super) fn node(&self, v: u32) -> bool {
        self.nodes.get(v as usize).copied().unwrap_or(true)
    }

    pub(super) fn edge(&self, edge: u32) -> bool {
        self.edges.get(edge as usize).copied().unwrap_or(true)
    }
}

/// See [`all_shortest_paths`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct All {
    /// The steps of each; 0 where there is no way.
    pub steps: u32,
    /// How many there are, told apart by their nodes; `u64::MAX` for more.
    pub count: u64,
    /// The first of them, by their nodes' numbers.
    pub routes: Vec<Route>,
}

/// One way with the fewest steps, along directions; `None` if there is none. Breadth first from both ends, always from the
/// one with fewer nodes to go on from (Pohl 1971).
pub fn shortest_path(net: &Compact, from: u32, to: u32, passable: &Passable) -> Option<Route> {
    let mut meeting = Meeting::new(net, from, to, passable)?;
    let middle = meeting.run()?;
    let mut nodes = vec![middle];
    while let Some(&first) = nodes.last().filter(|&&v| v != from) {
        nodes.push(meeting.ahead.before(net.into(), first, passable)?);
    }
    nodes.reverse();
    while let Some(&last) = nodes.last().filter(|&&v| v != to) {
        nodes.push(meeting.behind.before(net.out(), last, passable)?);
    }
    along(net, nodes, passable)
}

/// All ways with the fewest steps, along directions: how many, and the first `limit`.
pub fn all_shortest_paths(net: &Compact, from: u32, to: u32, passable: &Passable, limit: usize) -> All {
    let Some(mut meeting) = Meeting::new(net, from, to, passable) else { return All::default() };
    if meeting.run().is_none() {
        return All::default();
    }
    let between = Between::of(net, &meeting, passable);
    let routes = between.routes(net, from, to, limit, passable);
    All { steps: meeting.ahead.depth + meeting.behind.depth, count: between.count(from), routes }
}

/// The route over these nodes.
pub(super) fn along(net: &Compact, nodes: Vec<u32>, passable: &Passable) -> Option<Route> {
    let hops = nodes.iter().zip(nodes.iter().skip(1));
    let edge = |(&here, &there): (&u32, &u32)| {
        net.out().ways(here).find(|&(to, edge)| to == there && passable.edge(edge)).map(|(_, edge)| edge)
    };
    let edges = hops.map(edge).collect::<Option<Vec<u32>>>()?;
    Some(Route { nodes, edges })
}

/// A search from one end.
struct Side {
    start: u32,
    steps: Vec<u32>,
    /// The nodes found in the last step.
    front: Vec<u32>,
    depth: u32,
}

impl Side {
    fn new(len: usize, start: u32) -> Self {
        let mut steps = vec![UNREACHED; len];
        steps[start as usize] = 0;
        Self { start, steps, front: vec![start], depth: 0 }
    }

    fn advance(&mut self, rows: &Rows, passable: &Passable) {
        self.depth += 1;
        let mut next = Vec::new();
        for &here in &self.front {
            for (there, edge) in rows.ways(here) {
                let steps = &mut self.steps[there as usize];
                if *steps == UNREACHED && passable.edge(edge) && passable.node(there) {
                    *steps = self.depth;
                    next.push(there);
                }
            }
        }
        self.front = next;
    }

    /// The smallest node that is a step nearer to the start; `rows` lead towards it.
    fn before(&self, rows: &Rows, v: u32, passable: &Passable) -> Option<u32> {
        let wanted = self.steps[v as usize].checked_sub(1)?;
        let ways = rows.ways(v).filter(|&(w, edge)| self.steps[w as usize] == wanted && passable.edge(edge));
        ways.map(|(w, _)| w).min()
    }
}

/// Two searches towards each other.
struct Meeting<'a> {
    net: &'a Compact,
    passable: &'a Passable,
    ahead: Side,
    behind: Side,
}

impl<'a> Meeting<'a> {
    fn new(net: &'a Compact, from: u32, to: u32, passable: &'a Passable) -> Option<Self> {
        let len = net.len();
        let is_fine = |v: u32| (v as usize) < len && passable.node(v);
        (is_fine(from) && is_fine(to)).then(|| Self {
            net,
            passable,
            ahead: Side::new(len, from),
            behind: Side::new(len, to),
        })
    }

    /// Goes on until the sides meet; gives the smallest node where they do.
    fn run(&mut self) -> Option<u32> {
        loop {
            let smaller = if self.ahead.front.len() <= self.behind.front.len() { &self.ahead } else { &self.behind };
            let met =
                smaller.front.iter().copied().filter(|&v| {
                    self.ahead.steps[v as usize] != UNREACHED && self.behind.steps[v as usize] != UNREACHED
                });
            if let Some(middle) = met.min() {
                return Some(middle);
            }
            if self.ahead.front.is_empty() || self.behind.front.is_empty() {
                return None;
            }
            if self.ahead.front.len() <= self.behind.front.len() {
                self.ahead.advance(self.net.out(), self.passable);
            } else {
                self.behind.advance(self.net.into(), self.passable);
            }
        }
    }
}

/// The nodes on any of the shortest ways, each with who may follow it.
struct Between {
    /// By node: how many shortest ways lead on from it to the end; 0 for nodes on none.
    ways_on: Vec<u64>,
    /// Step of the node from the start.
    step: Vec<u32>,
}

impl Between {
    fn of(net: &Compact, meeting: &Meeting<'_>, passable: &Passable) -> Self {
        let (ahead, behind) = (&meeting.ahead, &meeting.behind);
        let whole = ahead.depth + behind.depth;
        let len = net.len();
        let mut between = Self { ways_on: vec![0; len], step: vec![UNREACHED; len] };
        // From the end towards the meeting, by the steps of the search from there; then on by those of the other.
        let mut level = vec![behind.start];
        (between.ways_on[behind.start as usize], between.step[behind.start as usize]) = (1, whole);
        for step in (0..whole).rev() {
            let mut next = Vec::new();
            for &there in &level {
                for (here, edge) in net.into().ways(there) {
                    let at = here as usize;
                    let is_on = if step < ahead.depth {
                        ahead.steps[at] == step
                    } else if step == ahead.depth {
                        ahead.steps[at] == step && behind.steps[at] == whole - step
                    } else {
                        behind.steps[at] == whole - step
                    };
                    if is_on && passable.edge(edge) && between.step[at] == UNREACHED {
                        between.step[at] = step;
                        next.push(here);
                    }
                }
            }
            // From nodes that the search from the end knows, but not from the start, no way comes.
            level = next;
            for &here in &level {
                between.ways_on[here as usize] = between
                    .after(net, here, passable)
                    .iter()
                    .fold(0, |sum: u64, &there| sum.saturating_add(between.ways_on[there as usize]));
            }
        }
        between
    }

    /// Who follows `here` on a shortest way, ascending, each once.
    fn after(&self, net: &Compact, here: u32, passable: &Passable) -> Vec<u32> {
        let wanted = self.step[here as usize] + 1;
        let ways = net.out().ways(here).filter(|&(there, edge)| {
            self.step[there as usize] == wanted && self.ways_on[there as usize] > 0 && passable.edge(edge)
        });
        let mut after: Vec<u32> = ways.map(|(there, _)| there).collect();
        after.sort_unstable();
        after.dedup();
        after
    }

    fn count(&self, from: u32) -> u64 {
        self.ways_on[from as usize]
    }

    /// The first `limit` ways, depth first over ascending numbers.
    fn routes(&self, net: &Compact, from: u32, to: u32, limit: usize, passable: &Passable) -> Vec<Route> {
        let mut routes = Vec::new();
        let mut nodes = vec![from];
        let mut open = vec![VecDeque::from(self.after(net, from, passable))];
        if from == to && limit > 0 {
            return along(net, nodes, passable).into_iter().collect();
        }
        while let Some(next) = open.last_mut().filter(|_| routes.len() < limit) {
            let Some(there) = next.pop_front() else {
                open.pop();
                nodes.pop();
                continue;
            };
            nodes.push(there);
            if there == to {
                routes.extend(along(net, nodes.clone(), passable));
                nodes.pop();
            } else {
                open.push(self.after(net, there, passable).into());
            }
        }
        routes
    }
}
