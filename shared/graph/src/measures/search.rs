//! Ways and rings for the page: from flat arrays, told apart by the nodes that they pass, as flat arrays.
#![expect(
    clippy::indexing_slicing,
    reason = "pairs are checked when the net is made; marks and times are as long as said"
)]

use std::collections::{BTreeMap, BTreeSet};

use super::cycles::Rings;
use super::measure::{Asked, Options, Results, Unmeasured, count};
use super::{
    Compact, Edge, Length, Order, Passable, Route, Watch, all_shortest_paths, cycles, k_shortest_paths, timed_path,
};

/// The most ways or rings that are told.
pub const MOST_ROUTES: usize = 50;
/// How many ways are told where the next best count, too.
pub const NEXT_BEST: usize = 10;

/// The mark of a node where a way begins, or that a ring is to pass.
pub const FROM: u8 = 1;
/// The mark of a node where a way ends.
pub const TO: u8 = 2;

/// What is searched in: of all links between the same two nodes one edge, with all their times.
struct Ground {
    net: Compact,
    times: Vec<Vec<i64>>,
    order: bool,
    most_gap: Option<i64>,
}

impl Ground {
    fn new(asked: &Asked<'_>, options: &Options) -> Result<Self, Unmeasured> {
        let both_ways = count(options.b)?;
        let mut all: BTreeMap<(u32, u32, bool), Vec<i64>> = BTreeMap::new();
        for (at, &[from, to]) in asked.links.iter().enumerate().filter(|(_, [from, to])| from != to) {
            let is_directed = at >= both_ways;
            let (from, to) = if is_directed { (from, to) } else { (from.min(to), from.max(to)) };
            let time = asked.times.get(at).filter(|time| time.is_finite());
            all.entry((from, to, is_directed)).or_default().extend(time.map(|time| *time as i64));
        }
        let edge = |&(from, to, is_directed): &(u32, u32, bool)| Edge { from, to, is_directed, weight: 1.0 };
        let edges: Vec<Edge> = all.keys().map(edge).collect();
        let net = Compact::new(asked.nodes, &edges)?;
        let times = all.into_values().map(|mut times| {
            times.sort_unstable();
            times.dedup();
            times
        });
        let most_gap = (options.c >= 0.0).then_some(options.c as i64);
        Ok(Self { net, times: times.collect(), order: !asked.times.is_empty(), most_gap })
    }

    fn order(&self) -> Order<'_> {
        Order { times: &self.times, most_gap: self.most_gap }
    }
}

/// The nodes with a mark, ascending.
fn marked(asked: &Asked<'_>, mark: u8) -> Vec<u32> {
    (0u32..).zip(asked.marks).filter(|(_, marks)| **marks & mark != 0).map(|(v, _)| v).collect()
}

/// The first node where a way begins, and the first where one ends.
fn ends(asked: &Asked<'_>) -> Result<[u32; 2], Unmeasured> {
    let one = |mark| marked(asked, mark).first().copied().ok_or(Unmeasured::UnknownNode);
    Ok([one(FROM)?, one(TO)?])
}

/// All ways with the fewest edges.
pub(super) fn shortest(asked: &Asked<'_>, options: &Options) -> Result<Results, Unmeasured> {
    let ground = Ground::new(asked, options)?;
    let [from, to] = ends(asked)?;
    let most = count(options.a)?.min(MOST_ROUTES);
    let found = all_shortest_paths(&ground.net, from, to, &Passable::default(), most);
    Ok(results(&found.routes, &[], found.count as f64, true))
}

/// The next best ways, too.
pub(super) fn next_best(asked: &Asked<'_>, options: &Options, watch: &mut dyn Watch) -> Result<Results, Unmeasured> {
    let ground = Ground::new(asked, options)?;
    let most = count(options.a)?.min(NEXT_BEST);
    let all = Passable::default();
    let routes = k_shortest_paths(&ground.net, ends(asked)?, most, Length::Steps, &all, watch)?;
    Ok(results(&routes, &[], routes.len() as f64, true))
}

/// One way in the order of time, with the fewest edges.
pub(super) fn in_time(asked: &Asked<'_>, options: &Options) -> Result<Results, Unmeasured> {
    let ground = Ground::new(asked, options)?;
    let [from, to] = ends(asked)?;
    let found = timed_path(&ground.net, from, to, &ground.order(), &Passable::default());
    let (routes, times): (Vec<Route>, Vec<Vec<i64>>) = found.into_iter().unzip();
    Ok(results(&routes, &times, routes.len() as f64, true))
}

/// Rings, the shortest of those that were found first.
pub(super) fn rings(asked: &Asked<'_>, options: &Options, watch: &mut dyn Watch) -> Result<Results, Unmeasured> {
    let ground = Ground::new(asked, options)?;
    let (order, through) = (ground.order(), marked(asked, FROM));
    let wanted = Rings {
        most_length: u32::try_from(count(options.a)?).unwrap_or(u32::MAX),
        order: ground.order.then_some(&order),
        through: &through,
        passable: &Passable::default(),
        limit: MOST_ROUTES,
    };
    let found = cycles(&ground.net, &wanted, watch)?;
    let mut order: Vec<usize> = (0..found.routes.len()).collect();
    order.sort_by_key(|&at| found.routes[at].nodes.len());
    // Links with and without direction between the same two are two edges, and the same ring to who reads it.
    let mut seen = BTreeSet::new();
    order.retain(|&at| {
        let mut nodes = found.routes[at].nodes.clone();
        let first = (0..nodes.len()).min_by_key(|&place| nodes[place]).unwrap_or(0);
        nodes.rotate_left(first);
        seen.insert(nodes)
    });
    let routes: Vec<Route> = order.iter().map(|&at| found.routes[at].clone()).collect();
    let times: Vec<Vec<i64>> = order.iter().filter_map(|&at| found.times.get(at).cloned()).collect();
    Ok(results(&routes, &times, routes.len() as f64, found.is_complete))
}

fn results(routes: &[Route], times: &[Vec<i64>], count: f64, is_complete: bool) -> Results {
    let one = |route: &Route| std::iter::once(route.nodes.len() as u32).chain(route.nodes.clone()).collect::<Vec<_>>();
    Results {
        columns: times.iter().flatten().map(|time| *time as f64).collect(),
        list: routes.iter().flat_map(one).collect(),
        told: [count, f64::from(is_complete)],
    }
}
