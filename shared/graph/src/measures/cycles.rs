//! Rings: ways that come back to where they began.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use std::collections::HashMap;

use super::compact::Rows;
use super::paths::{Passable, Route};
use super::timed::Order;
use super::waves::{UNREACHED, Waves};
use super::{Cancelled, Compact, Watch, ask};

/// Which rings are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Rings<'a> {
    /// The most edges of one.
    pub most_length: u32,
    /// Whether its edges are to follow time from its first on.
    pub order: Option<&'a Order<'a>>,
    /// It passes at least one of these; empty for rings anywhere.
    pub through: &'a [u32],
    /// What it may pass.
    pub passable: &'a Passable,
    /// How many are told.
    pub limit: usize,
}

/// See [`cycles`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cycles {
    /// Each with as many edges as nodes: the last edge leads back to the first node.
    pub routes: Vec<Route>,
    /// With an order, when each edge of each route is taken: so that the least time lies between the first and the last.
    pub times: Vec<Vec<i64>>,
    /// Whether these are all that there are.
    pub is_complete: bool,
}

/// The rings that pass no node and no edge twice, along directions. Edges without direction may be taken either way, and
/// the same ring the other way round, or begun elsewhere, is not told again. Loops are rings of one.
///
/// With an order a ring begins at its first edge; without, at its smallest node. Depth first, never further than the way
/// back allows; an edge with many times is one step with all those that can be reached, so that their number does not
/// multiply. The number of rings can grow exponentially with their length, so the search asks `watch` by the ways tried.
///
/// # Errors
/// [`Cancelled`].
pub fn cycles(net: &Compact, wanted: &Rings<'_>, watch: &mut dyn Watch) -> Result<Cycles, Cancelled> {
    let mut nearest = Waves::new(net.len());
    let through = || wanted.through.iter().copied().filter(|&v| (v as usize) < net.len());
    nearest.run_from(net.into(), through(), wanted.most_length);
    let mut search = Search {
        net,
        wanted,
        back: Waves::new(net.len()),
        nearest,
        home: UNREACHED,
        is_on: vec![false; net.len()],
        route: Route::default(),
        reached: Vec::new(),
        found: Cycles { is_complete: true, ..Cycles::default() },
        told: HashMap::new(),
        tried: 0,
    };
    for start in net.nodes().filter(|&v| wanted.passable.node(v)) {
        ask(watch, start as usize, net.len())?;
        search.from(start, watch)?;
        if search.found.routes.len() > wanted.limit {
            search.found.routes.truncate(wanted.limit);
            search.found.times.truncate(wanted.limit);
            search.found.is_complete = false;
            break;
        }
    }
    Ok(search.found)
}

struct Search<'a> {
    net: &'a Compact,
    wanted: &'a Rings<'a>,
    /// Steps from each node back to the start.
    back: Waves,
    /// Steps from each node to the nearest that is to be passed.
    nearest: Waves,
    /// Steps from one of those back to the start, at the least.
    home: u32,
    is_on: Vec<bool>,
    route: Route,
    /// By edge of the route, when it can be taken; ascending.
    reached: Vec<Vec<i64>>,
    found: Cycles,
    /// With an order, where what was found stands: by its edges from the smallest on, in one of both directions.
    told: HashMap<Vec<u32>, usize>,
    tried: usize,
}

impl Search<'_> {
    fn from(&mut self, start: u32, watch: &mut dyn Watch) -> Result<(), Cancelled> {
        let rows: &Rows = self.net.into();
        let out = self.net.out();
        let is_far = !self.wanted.through.is_empty() && self.nearest.steps[start as usize] == UNREACHED;
        if out.near(start).is_empty() || rows.near(start).is_empty() || self.wanted.most_length == 0 || is_far {
            return Ok(());
        }
        // Who hangs on one edge alone is on no ring; a star has many of them, and each would search through all.
        if let ([on], [back]) = (&out.edges[out.row(start)], &rows.edges[rows.row(start)])
            && on == back
            && out.near(start) != [start]
        {
            return Ok(());
        }
        self.back.run_from(rows, [start], self.wanted.most_length - 1);
        let steps = |v: &u32| self.back.steps.get(*v as usize).copied();
        self.home = self.wanted.through.iter().filter_map(steps).min().unwrap_or(UNREACHED);
        if !self.may_pass(start, 0) {
            return Ok(());
        }
        self.route.nodes.push(start);
        self.is_on[start as usize] = true;
        let gone = self.go_on(start, watch);
        self.is_on[start as usize] = false;
        (self.route, self.reached) = (Route::default(), Vec::new());
        gone
    }

    /// Depth first without recursion: a ring may be long.
    fn go_on(&mut self, start: u32, watch: &mut dyn Watch) -> Result<(), Cancelled> {
        let rows = self.net.out();
        let mut ways = vec![rows.row(start).start];
        while let (Some(way), Some(&here)) = (ways.last_mut(), self.route.nodes.last()) {
            if *way >= rows.row(here).end || self.found.routes.len() > self.wanted.limit {
                ways.pop();
                self.route.nodes.pop();
                self.route.edges.pop();
                self.reached.pop();
                self.is_on[here as usize] = false;
                continue;
            }
            let (there, edge) = (rows.to[*way], rows.edges[*way]);
            *way += 1;
            self.tried += 1;
            if self.tried.is_multiple_of(1 << 16) {
                ask(watch, start as usize, self.net.len())?;
            }
            let fits = if there == start { self.has_passed() } else { self.may_enter(there, start) };
            if !fits {
                continue;
            }
            let Some(times) = self.taken(edge) else { continue };
            self.route.edges.push(edge);
            self.reached.push(times);
            if there == start {
                self.close();
                self.route.edges.pop();
                self.reached.pop();
            } else {
                self.is_on[there as usize] = true;
                self.route.nodes.push(there);
                ways.push(rows.row(there).start);
            }
        }
        Ok(())
    }

    fn may_enter(&self, there: u32, start: u32) -> bool {
        let back = self.back.steps[there as usize];
        // Without time a ring is told at its smallest node; with time at its first edge.
        let is_turn = self.wanted.order.is_some() || there > start;
        let steps = self.route.edges.len() as u32 + 1;
        let fits = back != UNREACHED && steps + back <= self.wanted.most_length;
        is_turn
            && fits
            && !self.is_on[there as usize]
            && self.wanted.passable.node(there)
            && self.may_pass(there, steps)
    }

    /// Whether one that is to be passed was.
    fn has_passed(&self) -> bool {
        let wanted = self.wanted.through;
        wanted.is_empty() || self.route.nodes.iter().any(|v| wanted.contains(v))
    }

    /// The same, or whether one still can be after so many steps.
    fn may_pass(&self, there: u32, steps: u32) -> bool {
        let onward = steps.saturating_add(self.nearest.steps[there as usize]).saturating_add(self.home);
        self.has_passed() || onward <= self.wanted.most_length
    }

    /// When an edge can be taken next; none if it cannot.
    fn taken(&self, edge: u32) -> Option<Vec<i64>> {
        if !self.wanted.passable.edge(edge) || self.route.edges.contains(&edge) {
            return None;
        }
        let Some(order) = self.wanted.order else { return Some(Vec::new()) };
        let times = order.times(edge);
        let times = match self.reached.last() {
            Some(before) => times.iter().copied().filter(|&at| order.before(before, at).is_some()).collect(),
            None => times.to_vec(),
        };
        Some(times).filter(|times| !times.is_empty())
    }

    fn close(&mut self) {
        let Some(order) = self.wanted.order else {
            if !self.is_other_way() {
                self.found.routes.push(self.route.clone());
            }
            return;
        };
        let times = quickest(order, &self.reached);
        let next = self.found.routes.len();
        let place = *self.told.entry(turned(&self.route.edges)).or_insert(next);
        match self.found.times.get_mut(place).zip(self.found.routes.get_mut(place)) {
            // Begun elsewhere it may go round faster.
            Some((known, route)) if took(&times) < took(known) => (*known, *route) = (times, self.route.clone()),
            Some(_) => {}
            None => {
                self.found.routes.push(self.route.clone());
                self.found.times.push(times);
            }
        }
    }

    /// Whether it is the same ring the other way round, from the same start; of both, one.
    fn is_other_way(&self) -> bool {
        let Route { nodes, edges } = &self.route;
        let is_free = edges.len() > 1 && edges.iter().all(|&edge| !self.net.is_directed(edge));
        is_free
            && match (nodes.as_slice(), edges.as_slice()) {
                ([_, _], [first, second]) => first > second,
                ([_, second, .., last], _) => second > last,
                _ => false,
            }
    }
}

/// The edges of a ring from the smallest on, towards the smaller of its neighbours: the same for all ways to tell it.
fn turned(edges: &[u32]) -> Vec<u32> {
    let first = (0..edges.len()).min_by_key(|&at| edges[at]).unwrap_or(0);
    let onward = || edges[first..].iter().chain(&edges[..first]).copied();
    let mut ring: Vec<u32> = onward().collect();
    if ring.len() > 2 && ring[ring.len() - 1] < ring[1] {
        ring[1..].reverse();
    }
    ring
}

/// One time for each edge, each after the one before; of all, the least from the first to the last.
fn quickest(order: &Order<'_>, reached: &[Vec<i64>]) -> Vec<i64> {
    let Some((last, before)) = reached.split_last() else { return Vec::new() };
    let back = |&end: &i64| {
        let mut times = vec![end];
        // The latest that fits keeps the way short, and every one of them was reached itself.
        for earlier in before.iter().rev() {
            times.extend(times.last().and_then(|&at| order.before(earlier, at)));
        }
        times.reverse();
        times
    };
    last.iter().map(back).min_by_key(|times| took(times)).unwrap_or_default()
}

fn took(times: &[i64]) -> i64 {
    times.last().zip(times.first()).map_or(0, |(last, first)| last.saturating_sub(*first))
}
