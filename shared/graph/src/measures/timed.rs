//! Ways that follow time: no step before the last.
#![expect(clippy::indexing_slicing, reason = "ends are checked on entry; every other index is a way of the net")]

use super::Compact;
use super::paths::{Passable, Route};

/// When each edge happened, and what may follow what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order<'a> {
    /// By edge, ascending, in any unit, e.g. microseconds since 1970: an edge may stand for several. One without a time is
    /// never taken.
    pub times: &'a [Vec<i64>],
    /// The most that may lie between a step and the next; no bound if `None`.
    pub most_gap: Option<i64>,
}

impl Order<'_> {
    pub(super) fn times(&self, edge: u32) -> &[i64] {
        self.times.get(edge as usize).map_or(&[], Vec::as_slice)
    }

    /// The latest of these times, ascending, after which a step at `at` may follow.
    pub(super) fn before(&self, times: &[i64], at: i64) -> Option<i64> {
        let last = times.partition_point(|&time| time <= at).checked_sub(1).map(|place| times[place])?;
        self.most_gap.is_none_or(|gap| at.saturating_sub(last) <= gap).then_some(last)
    }
}

/// A way with the fewest steps on which no step is earlier than the one before, nor later by more than the gap; along
/// directions; and when each step is taken. `None` if there is none. It may pass a node twice where time leaves no other
/// way (a journey, Kempe et al. 2002). Every way out is tried once at each of its times, so the cost is that of sorting
/// those.
pub fn timed_path(
    net: &Compact,
    from: u32,
    to: u32,
    order: &Order<'_>,
    passable: &Passable,
) -> Option<(Route, Vec<i64>)> {
    let is_fine = |v: u32| (v as usize) < net.len() && passable.node(v);
    if !is_fine(from) || !is_fine(to) {
        return None;
    }
    if from == to {
        return Some((Route { nodes: vec![from], edges: Vec::new() }, Vec::new()));
    }
    let mut rows = ByTime::new(net, order, passable);
    let mut queue: Vec<u32> = Vec::new();
    rows.take(from, i64::MIN, i64::MAX, u32::MAX, &mut queue);
    let mut at = 0;
    while let Some(&here) = queue.get(at) {
        at += 1;
        let way = rows.ways[here as usize];
        if way.to == to {
            return Some(rows.route(from, here));
        }
        let until = order.most_gap.map_or(i64::MAX, |gap| way.time.saturating_add(gap.max(0)));
        rows.take(way.to, way.time, until, here, &mut queue);
    }
    None
}

#[derive(Clone, Copy)]
struct TimedWay {
    to: u32,
    edge: u32,
    time: i64,
    /// The way that was gone before this one.
    before: u32,
}

/// The ways out of each node by time, and which of them were not taken yet.
struct ByTime {
    starts: Vec<u32>,
    ways: Vec<TimedWay>,
    /// Itself if not taken yet, else one further on: followed to the next that was not.
    next: Vec<u32>,
}

impl ByTime {
    fn new(net: &Compact, order: &Order<'_>, passable: &Passable) -> Self {
        let (mut starts, mut ways) = (vec![0], Vec::new());
        for v in net.nodes() {
            let first = ways.len();
            let timed = net.out().ways(v).filter(|&(to, edge)| passable.edge(edge) && passable.node(to));
            ways.extend(timed.flat_map(|(to, edge)| {
                order.times(edge).iter().map(move |&time| TimedWay { to, edge, time, before: u32::MAX })
            }));
            ways[first..].sort_by_key(|way| (way.time, way.edge));
            starts.push(ways.len() as u32);
        }
        let next = (0..=ways.len() as u32).collect();
        Self { starts, ways, next }
    }

    /// Takes all ways out of `v` at a time from `since` to `until` that nobody took before.
    fn take(&mut self, v: u32, since: i64, until: i64, before: u32, queue: &mut Vec<u32>) {
        let (first, end) = (self.starts[v as usize] as usize, self.starts[v as usize + 1] as usize);
        let skip = self.ways[first..end].partition_point(|way| way.time < since);
        let mut at = self.free((first + skip) as u32);
        while (at as usize) < end && self.ways[at as usize].time <= until {
            self.ways[at as usize].before = before;
            queue.push(at);
            self.next[at as usize] = at + 1;
            at = self.free(at);
        }
    }

    /// The first way from `at` on that was not taken; path halving as in `union`.
    fn free(&mut self, mut at: u32) -> u32 {
        while self.next[at as usize] != at {
            let further = self.next[self.next[at as usize] as usize];
            self.next[at as usize] = further;
            at = further;
        }
        at
    }

    fn route(&self, from: u32, last: u32) -> (Route, Vec<i64>) {
        let (mut route, mut times) = (Route::default(), Vec::new());
        let mut way = last;
        while way != u32::MAX {
            let TimedWay { to, edge, time, before } = self.ways[way as usize];
            route.nodes.push(to);
            route.edges.push(edge);
            times.push(time);
            way = before;
        }
        route.nodes.push(from);
        route.nodes.reverse();
        route.edges.reverse();
        times.reverse();
        (route, times)
    }
}
