//! Rings: ways that come back to where they began.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::compact::Rows;
use super::paths::{Passable, Route};
use super::timed::Order;
use super::waves::{UNREACHED, Waves};
use super::{Cancelled, Compact, Watch, ask};

/// See [`cycles`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cycles {
    /// Each with as many edges as nodes: the last edge leads back to the first node.
    pub routes: Vec<Route>,
    /// Whether these are all that there are.
    pub is_complete: bool,
}

/// The rings of at most `most_length` edges that pass no node and no edge twice, along directions; at most `limit`. Edges
/// without direction may be taken either way, and the same ring the other way round is not told again. Loops are rings
/// of one.
///
/// With `order` the edges of a ring follow time from its first on; without, it begins at its smallest node. Depth first,
/// never further than the way back allows; the number of rings can grow exponentially with their length, so the search
/// asks `watch` by the ways tried.
///
/// # Errors
/// [`Cancelled`].
pub fn cycles(
    net: &Compact,
    most_length: u32,
    order: Option<&Order<'_>>,
    passable: &Passable,
    limit: usize,
    watch: &mut dyn Watch,
) -> Result<Cycles, Cancelled> {
    let mut search = Search {
        net,
        order,
        passable,
        most_length,
        limit,
        back: Waves::new(net.len()),
        is_on: vec![false; net.len()],
        route: Route::default(),
        found: Vec::new(),
        tried: 0,
    };
    for start in net.nodes().filter(|&v| passable.node(v)) {
        ask(watch, start as usize, net.len())?;
        search.from(start, watch)?;
        if search.found.len() > limit {
            search.found.truncate(limit);
            return Ok(Cycles { routes: search.found, is_complete: false });
        }
    }
    Ok(Cycles { routes: search.found, is_complete: true })
}

struct Search<'a> {
    net: &'a Compact,
    order: Option<&'a Order<'a>>,
    passable: &'a Passable,
    most_length: u32,
    limit: usize,
    /// Steps from each node back to the start.
    back: Waves,
    is_on: Vec<bool>,
    route: Route,
    found: Vec<Route>,
    tried: usize,
}

impl Search<'_> {
    fn from(&mut self, start: u32, watch: &mut dyn Watch) -> Result<(), Cancelled> {
        let rows: &Rows = self.net.into();
        let out = self.net.out();
        if out.near(start).is_empty() || rows.near(start).is_empty() || self.most_length == 0 {
            return Ok(());
        }
        // Who hangs on one edge alone is on no ring; a star has many of them, and each would search through all.
        if let ([on], [back]) = (&out.edges[out.row(start)], &rows.edges[rows.row(start)])
            && on == back
            && out.near(start) != [start]
        {
            return Ok(());
        }
        self.back.run_from(rows, [start], self.most_length - 1);
        self.route.nodes.push(start);
        self.is_on[start as usize] = true;
        let gone = self.go_on(start, watch);
        self.is_on[start as usize] = false;
        self.route = Route::default();
        gone
    }

    /// Depth first without recursion: a ring may be long.
    fn go_on(&mut self, start: u32, watch: &mut dyn Watch) -> Result<(), Cancelled> {
        let rows = self.net.out();
        let mut ways = vec![rows.row(start).start];
        while let (Some(way), Some(&here)) = (ways.last_mut(), self.route.nodes.last()) {
            if *way >= rows.row(here).end || self.found.len() > self.limit {
                ways.pop();
                self.route.nodes.pop();
                self.route.edges.pop();
                self.is_on[here as usize] = false;
                continue;
            }
            let (there, edge) = (rows.to[*way], rows.edges[*way]);
            *way += 1;
            self.tried += 1;
            if self.tried.is_multiple_of(1 << 16) {
                ask(watch, start as usize, self.net.len())?;
            }
            if !self.may_take(edge) {
                continue;
            }
            if there == start {
                self.close(edge);
            } else if self.may_enter(there, start) {
                self.is_on[there as usize] = true;
                self.route.nodes.push(there);
                self.route.edges.push(edge);
                ways.push(rows.row(there).start);
            }
        }
        Ok(())
    }

    fn may_enter(&self, there: u32, start: u32) -> bool {
        let back = self.back.steps[there as usize];
        // Without time a ring is told at its smallest node; with time at its first edge.
        let is_turn = self.order.is_some() || there > start;
        let fits = back != UNREACHED && self.route.edges.len() as u32 + 1 + back <= self.most_length;
        is_turn && fits && !self.is_on[there as usize] && self.passable.node(there)
    }

    fn may_take(&self, edge: u32) -> bool {
        if !self.passable.edge(edge) || self.route.edges.contains(&edge) {
            return false;
        }
        let Some(order) = self.order else { return true };
        let Some(time) = order.time(edge) else { return false };
        let last = self.route.edges.last().map(|&last| order.time(last));
        last.is_none_or(|last| last.is_some_and(|last| order.allows(last, time)))
    }

    fn close(&mut self, edge: u32) {
        let mut route = self.route.clone();
        route.edges.push(edge);
        if !self.is_told_elsewhere(&route) {
            self.found.push(route);
        }
    }

    /// Whether the same ring is found from another start or the other way round as well, and that one is told.
    fn is_told_elsewhere(&self, route: &Route) -> bool {
        let time = |edge: &u32| self.order.and_then(|order| order.time(*edge));
        let first = route.edges.first();
        if route.edges.iter().any(|edge| time(edge) != first.and_then(time)) {
            // Time alone says where it begins and which way it goes.
            return false;
        }
        let is_later_start = self.order.is_some() && first != route.edges.iter().min();
        let is_free = route.edges.len() > 1 && route.edges.iter().all(|&edge| !self.net.is_directed(edge));
        is_later_start || (is_free && self.is_other_way(route))
    }

    /// Of the two ways round from the same start, one.
    fn is_other_way(&self, route: &Route) -> bool {
        match (route.nodes.as_slice(), route.edges.as_slice()) {
            // With time it begins with the same edge either way, so the direction of that tells.
            ([first, second, ..], _) if self.order.is_some() => first > second,
            ([_, _], [first, second]) => first > second,
            ([_, second, .., last], _) => second > last,
            _ => false,
        }
    }
}
