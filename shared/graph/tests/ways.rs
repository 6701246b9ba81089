//! Ways in time, rings in time and neighbours, each against a plain search through everything; and what every measure does
//! with odd input and when it is cancelled.
#![expect(clippy::indexing_slicing, clippy::expect_used, reason = "a wrong index fails the test, as it should")]

use std::collections::{BTreeSet, VecDeque};

use graph::measures::{
    BadEdge, Cancelled, Common, Compact, Cycles, Edge, Leiden, Length, Order, PageRank, Passable, Rings, Route, Span,
    ToTheEnd, all_shortest_paths, betweenness, closeness, clustering, common_neighbours, components, cuts, cycles,
    k_core, k_shortest_paths, leiden, lightest_path, minimum_spanning_forest, on_rings, on_ways, page_rank,
    shortest_path, strong_components, timed_path, within_distance,
};
use proptest::prelude::*;

/// Up to 9 nodes, and edges with a direction or none and perhaps a time.
fn small() -> impl Strategy<Value = (usize, Vec<(Edge, Option<i64>)>)> {
    (2usize..9).prop_flat_map(|nodes| {
        let ends = (0..nodes as u32, 0..nodes as u32);
        let edge = (ends, any::<bool>(), prop::option::weighted(0.9, 0i64..12));
        let edge = edge.prop_map(|((from, to), is_directed, time)| (Edge { from, to, is_directed, weight: 1.0 }, time));
        (Just(nodes), prop::collection::vec(edge, 0..18))
    })
}

fn net(nodes: usize, edges: &[(Edge, Option<i64>)]) -> (Compact, Vec<Option<i64>>) {
    let (edges, times): (Vec<Edge>, Vec<Option<i64>>) = edges.iter().copied().unzip();
    (Compact::new(nodes, &edges).expect("good edges"), times)
}

/// The same as an order has it.
fn several(times: &[Option<i64>]) -> Vec<Vec<i64>> {
    times.iter().map(|time| time.iter().copied().collect()).collect()
}

fn rings_of(net: &Compact, most_length: usize, order: Option<&Order<'_>>, through: &[u32]) -> Cycles {
    let passable = &Passable::default();
    let wanted = Rings { most_length: most_length as u32, order, through, passable, limit: usize::MAX };
    cycles(net, &wanted, &mut ToTheEnd).expect("not cancelled")
}

/// The ways out of `v`: to whom, and over which edge.
fn ways(edges: &[(Edge, Option<i64>)], v: u32) -> Vec<(u32, u32)> {
    let each = edges.iter().enumerate().flat_map(|(at, (edge, _))| {
        let ahead = (edge.from == v).then_some((edge.to, at as u32));
        let back = (!edge.is_directed && edge.to == v && edge.from != edge.to).then_some((edge.from, at as u32));
        [ahead, back]
    });
    each.flatten().collect()
}

/// The fewest steps of a way in time, by trying every last edge at every node.
fn fewest(edges: &[(Edge, Option<i64>)], from: u32, to: u32, gap: Option<i64>) -> Option<usize> {
    let (mut queue, mut seen) = (VecDeque::from([(from, None, 0)]), BTreeSet::new());
    while let Some((here, last, steps)) = queue.pop_front() {
        if here == to {
            return Some(steps);
        }
        for (there, edge) in ways(edges, here) {
            let Some(time) = edges[edge as usize].1 else { continue };
            let fits = last.is_none_or(|last| time >= last && gap.is_none_or(|gap| time - last <= gap));
            if fits && seen.insert((there, edge)) {
                queue.push_back((there, Some(time), steps + 1));
            }
        }
    }
    None
}

/// Every ring as the set of its edges in order, found from every node in every direction.
fn rings(edges: &[(Edge, Option<i64>)], nodes: usize, most: usize, gap: Option<Option<i64>>) -> BTreeSet<Vec<u32>> {
    fn go_on(
        edges: &[(Edge, Option<i64>)],
        most: usize,
        gap: Option<Option<i64>>,
        route: &mut Route,
        found: &mut BTreeSet<Vec<u32>>,
    ) {
        let (start, here) = (route.nodes[0], *route.nodes.last().expect("a start"));
        for (there, edge) in ways(edges, here) {
            let time = edges[edge as usize].1;
            let last = route.edges.last().and_then(|&edge| edges[edge as usize].1);
            let fits = gap.is_none_or(|gap| match (last, time) {
                (_, None) => false,
                (None, _) => true,
                (Some(last), Some(time)) => time >= last && gap.is_none_or(|gap| time - last <= gap),
            });
            if !fits || route.edges.contains(&edge) || route.edges.len() == most {
                continue;
            }
            route.edges.push(edge);
            if there == start {
                let mut ring = route.edges.clone();
                if gap.is_none() {
                    ring.sort_unstable();
                } else {
                    ring.sort_by_key(|&edge| (edges[edge as usize].1, edge));
                }
                found.insert(ring);
            } else if !route.nodes.contains(&there) {
                route.nodes.push(there);
                go_on(edges, most, gap, route, found);
                route.nodes.pop();
            }
            route.edges.pop();
        }
    }
    let mut found = BTreeSet::new();
    for v in 0..nodes as u32 {
        go_on(edges, most, gap, &mut Route { nodes: vec![v], edges: Vec::new() }, &mut found);
    }
    found
}

/// Whether each edge of a route leads from its node to the next.
fn holds(edges: &[(Edge, Option<i64>)], route: &Route, is_ring: bool) -> bool {
    let next = route.nodes.iter().skip(1).chain(is_ring.then_some(&route.nodes[0]));
    let mut hops = route.nodes.iter().zip(next).zip(&route.edges);
    hops.all(|((&here, &there), &edge)| ways(edges, here).contains(&(there, edge)))
}

proptest! {
    #[test]
    fn a_way_in_time_has_the_fewest_steps_that_a_search_through_everything_finds(
        (nodes, edges) in small(), gap in prop::option::of(0i64..6), from in 0u32..2, to in 0u32..9,
    ) {
        let to = to.min(nodes as u32 - 1);
        let (net, times) = net(nodes, &edges);
        let order = Order { times: &several(&times), most_gap: gap };
        let found = timed_path(&net, from, to, &order, &Passable::default());
        prop_assert_eq!(found.as_ref().map(|(route, _)| route.edges.len()), fewest(&edges, from, to, gap));
        if let Some((route, passed)) = found {
            prop_assert!(holds(&edges, &route, false));
            let known: Vec<i64> = route.edges.iter().map(|&edge| times[edge as usize].expect("timed")).collect();
            prop_assert_eq!(&passed, &known);
            prop_assert!(passed.windows(2).all(|pair| pair[0] <= pair[1] && gap.is_none_or(|gap| pair[1] - pair[0] <= gap)));
        }
    }

    #[test]
    fn rings_are_those_that_a_search_through_everything_finds_each_once(
        (nodes, edges) in small(), most in 1usize..6, gap in prop::option::of(prop::option::of(0i64..6)),
    ) {
        let (net, times) = net(nodes, &edges);
        let all_times = several(&times);
        let order = gap.map(|most_gap| Order { times: &all_times, most_gap });
        let found = rings_of(&net, most, order.as_ref(), &[]);
        let mut told: Vec<Vec<u32>> = found.routes.iter().map(|route| route.edges.clone()).collect();
        prop_assert!(found.routes.iter().all(|route| holds(&edges, route, true)));
        if gap.is_none() {
            told.iter_mut().for_each(|ring| ring.sort_unstable());
        } else {
            told.iter_mut().for_each(|ring| ring.sort_by_key(|&edge| (times[edge as usize], edge)));
        }
        told.sort_unstable();
        // Two rings over the same edges in time differ in their direction or order alone; they are compared as sets.
        told.dedup();
        prop_assert_eq!(told, rings(&edges, nodes, most, gap).into_iter().collect::<Vec<_>>());
    }

    /// An edge with several times is as several edges with one each.
    #[test]
    fn ways_and_rings_over_edges_of_many_times_are_those_over_many_edges(
        (nodes, edges) in small(), most in 1usize..6, gap in prop::option::of(0i64..6), to in 1u32..9,
    ) {
        let mut merged: Vec<(Edge, Vec<i64>)> = Vec::new();
        for (edge, time) in &edges {
            match merged.iter_mut().find(|(known, _)| known == edge) {
                Some((_, times)) => times.extend(*time),
                None => merged.push((*edge, time.iter().copied().collect())),
            }
        }
        let (few, mut few_times): (Vec<Edge>, Vec<Vec<i64>>) = merged.into_iter().unzip();
        few_times.iter_mut().for_each(|times| times.sort_unstable());
        let few = Compact::new(nodes, &few).expect("good edges");
        let (many, times) = net(nodes, &edges);
        let many_times = several(&times);
        let [one, each] = [&few_times, &many_times].map(|times| Order { times, most_gap: gap });
        // Over several edges between the same two, a ring of two may go there and back over two rows of one link.
        let rings = |net: &Compact, order| {
            let found = rings_of(net, most, Some(order), &[]);
            for (route, times) in found.routes.iter().zip(&found.times) {
                assert_eq!(route.edges.len(), times.len());
                assert!(times.windows(2).all(|pair| pair[0] <= pair[1] && gap.is_none_or(|gap| pair[1] - pair[0] <= gap)));
            }
            let routes = found.routes.into_iter().filter(|route| route.nodes.len() > 2);
            routes.map(|route| route.nodes.into_iter().collect::<BTreeSet<u32>>()).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(rings(&few, &one), rings(&many, &each));
        let to = to.min(nodes as u32 - 1);
        let steps = |net: &Compact, order| timed_path(net, 0, to, order, &Passable::default()).map(|(route, _)| route.edges.len());
        prop_assert_eq!(steps(&few, &one), steps(&many, &each));
    }

    #[test]
    fn rings_through_some_nodes_are_those_of_all_rings_that_pass_one_of_them(
        (nodes, edges) in small(), most in 1usize..6, timed in any::<bool>(), through in prop::collection::vec(0u32..9, 1..3),
    ) {
        let (net, times) = net(nodes, &edges);
        let all_times = several(&times);
        let order = timed.then_some(Order { times: &all_times, most_gap: Some(4) });
        let mut passing = rings_of(&net, most, order.as_ref(), &[]).routes;
        passing.retain(|route| route.nodes.iter().any(|v| through.contains(v)));
        prop_assert_eq!(rings_of(&net, most, order.as_ref(), &through).routes, passing);
    }

    #[test]
    fn what_is_dropped_by_first_and_last_times_lies_on_no_way_and_no_ring(
        (nodes, edges) in small(), lasts in prop::collection::vec(0i64..9, 18), most in 1u32..6, through in prop::option::of(0u32..9),
    ) {
        let times: Vec<Vec<i64>> = edges.iter().zip(&lasts).map(|((_, first), last)| {
            first.map_or(Vec::new(), |first| vec![first, first + last])
        }).collect();
        let span = |((edge, first), last): (&(Edge, Option<i64>), &i64)| {
            let first = (*first)?;
            Some(Span { from: edge.from, to: edge.to, both_ways: !edge.is_directed, first, last: first + last })
        };
        // Without a time a link is never taken, and is not asked about.
        let timed: Vec<usize> = (0..edges.len()).filter(|&at| edges[at].1.is_some()).collect();
        let spans: Vec<Span> = edges.iter().zip(&lasts).filter_map(span).collect();
        let (net, _) = net(nodes, &edges);
        let order = Order { times: &times, most_gap: None };
        let to = nodes as u32 - 1;
        let kept = on_ways(nodes, &spans, [0, to]);
        if let Some((route, _)) = timed_path(&net, 0, to, &order, &Passable::default()) {
            let on = timed.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(at, _)| *at as u32).collect::<BTreeSet<_>>();
            prop_assert!(route.edges.iter().all(|edge| on.contains(edge)), "{:?} of {:?}", route, on);
        }
        let through: Vec<u32> = through.into_iter().collect();
        let kept = on_rings(nodes, &spans, &through, most);
        let on = timed.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(at, _)| *at as u32).collect::<BTreeSet<_>>();
        for route in rings_of(&net, most as usize, Some(&order), &through).routes {
            prop_assert!(route.edges.iter().all(|edge| on.contains(edge)), "{:?} of {:?}", route, on);
        }
    }

    #[test]
    fn closed_nodes_and_edges_are_never_used_and_everything_else_as_if_they_were_not_there(
        (nodes, edges) in small(), closed_node in 0u32..9, closed_edges in prop::collection::vec(any::<bool>(), 18),
    ) {
        let passable = Passable {
            nodes: (0..nodes as u32).map(|v| v != closed_node).collect(),
            edges: closed_edges.iter().take(edges.len()).copied().collect(),
        };
        let open = |(at, (edge, _)): &(usize, &(Edge, Option<i64>))| {
            closed_edges[*at] && edge.from != closed_node && edge.to != closed_node
        };
        let left: Vec<(Edge, Option<i64>)> = edges.iter().enumerate().filter(open).map(|(_, edge)| *edge).collect();
        let ((whole, _), (left, _)) = (net(nodes, &edges), net(nodes, &left));
        let to = nodes as u32 - 1;
        prop_assume!(closed_node != 0 && closed_node != to);
        let steps = |net: &Compact, passable: &Passable| shortest_path(net, 0, to, passable).map(|route| route.edges.len());
        prop_assert_eq!(steps(&whole, &passable), steps(&left, &Passable::default()));
        let all = |net: &Compact, passable: &Passable| all_shortest_paths(net, 0, to, passable, 50).count;
        prop_assert_eq!(all(&whole, &passable), all(&left, &Passable::default()));
        let weight = |net: &Compact, passable: &Passable| lightest_path(net, 0, to, passable).map(|(_, weight)| weight);
        prop_assert_eq!(weight(&whole, &passable), weight(&left, &Passable::default()));
    }

    #[test]
    fn every_simple_path_is_found_in_the_order_of_its_length((nodes, edges) in small()) {
        let (net, _) = net(nodes, &edges);
        let to = nodes as u32 - 1;
        let mut all = BTreeSet::new();
        let mut open = vec![vec![0u32]];
        while let Some(nodes) = open.pop() {
            let here = *nodes.last().expect("a start");
            if here == to {
                all.insert((nodes.len(), nodes));
                continue;
            }
            for (there, _) in ways(&edges, here).into_iter().filter(|(there, _)| !nodes.contains(there)) {
                open.push(nodes.iter().copied().chain([there]).collect());
            }
        }
        let found = k_shortest_paths(&net, [0, to], usize::MAX, Length::Steps, &Passable::default(), &mut ToTheEnd);
        let mut found: Vec<(usize, Vec<u32>)> =
            found.expect("not cancelled").into_iter().map(|route| (route.nodes.len(), route.nodes)).collect();
        prop_assert!(found.is_sorted_by_key(|(length, _)| *length));
        // Ways of one length come in any order.
        found.sort_unstable();
        prop_assert_eq!(found, all.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn common_neighbours_are_counted_once_each_and_without_those_who_were_asked_about() {
    let ends = [(0, 2), (1, 2), (0, 3), (0, 3), (3, 1), (0, 1), (4, 0)];
    let edges: Vec<Edge> = ends.iter().map(|&(from, to)| Edge::directed(from, to)).collect();
    let net = Compact::new(5, &edges).expect("good edges");
    let found = common_neighbours(&net, &[0, 1, 1, 99], 2);
    assert_eq!(found, [Common { node: 2, of: 2 }, Common { node: 3, of: 2 }]);
    assert_eq!(common_neighbours(&net, &[0, 1], 1).len(), 3);
}

#[test]
fn what_is_within_a_distance_is_told_with_its_steps() {
    let edges: Vec<Edge> = (0..9).map(|v| Edge::directed(v, v + 1)).collect();
    let net = Compact::new(10, &edges).expect("good edges");
    let mut found = within_distance(&net, &[5, 99], 2);
    found.sort_unstable();
    assert_eq!(found, [(3, 2), (4, 1), (5, 0), (6, 1), (7, 2)]);
}

#[test]
fn an_edge_that_does_not_fit_is_named() {
    let unknown = Compact::new(2, &[Edge::directed(0, 1), Edge::directed(1, 2)]).unwrap_err();
    assert_eq!(unknown, BadEdge::UnknownNode { edge: 1, node: 2, nodes: 2 });
    for weight in [f32::NAN, f32::INFINITY, -1.0] {
        let error = Compact::new(2, &[Edge::directed(0, 1).weighing(weight)]).unwrap_err();
        assert!(error.to_string().contains("edge 0 weighs"), "{error}");
    }
}

/// Every measure once; cancelled after `patience` questions.
fn all_of(net: &Compact, sources: usize, patience: usize) -> Result<(), Cancelled> {
    let last = (net.len() as u32).saturating_sub(1);
    let times = vec![vec![1]; net.edges()];
    let (order, all) = (Order { times: &times, most_gap: Some(1) }, Passable::default());
    let mut asked = 0;
    let mut watch = |done: usize, of: usize| {
        assert!(done <= of, "{done} of {of}");
        asked += 1;
        asked <= patience
    };
    components(net);
    strong_components(net);
    page_rank(net, &PageRank { by_weight: true, ..PageRank::default() }, &mut watch)?;
    k_core(net, &mut watch)?;
    clustering(net, &mut watch)?;
    cuts(net, &mut watch)?;
    betweenness(net, sources, 1, &mut watch)?;
    closeness(net, sources, 1, &mut watch)?;
    minimum_spanning_forest(net, &mut watch)?;
    let found = leiden(net, &Leiden::default(), &mut watch)?;
    assert!(found.of.len() == net.len() && found.modularity.is_finite());
    let rings = Rings { most_length: 3, order: Some(&order), through: &[], passable: &all, limit: 100 };
    cycles(net, &rings, &mut watch)?;
    k_shortest_paths(net, [0, last], 3, Length::Weight, &all, &mut watch)?;
    all_shortest_paths(net, 0, last, &all, 10);
    timed_path(net, 0, last, &order, &all);
    Ok(())
}

fn of(nodes: usize, ends: impl Iterator<Item = (u32, u32)>) -> Compact {
    let edges: Vec<Edge> = ends.map(|(from, to)| Edge::undirected(from, to)).collect();
    Compact::new(nodes, &edges).expect("good edges")
}

#[test]
fn nothing_one_node_loops_a_star_a_long_path_and_everybody_with_everybody_are_no_trouble() {
    for net in [
        of(0, std::iter::empty()),
        of(1, std::iter::empty()),
        of(1, [(0, 0), (0, 0)].into_iter()),
        of(2, [(0, 1), (0, 1), (1, 1)].into_iter()),
        of(100_000, (1..100_000).map(|leaf| (0, leaf))),
        // Long enough that who goes along it by calling himself, or looks at every pair, does not come to an end.
        of(200_000, (1..200_000).map(|v| (v - 1, v))),
        of(2_000, (0..2_000).flat_map(|a| (a + 1..2_000).map(move |b| (a, b)))),
    ] {
        assert_eq!(all_of(&net, 4, usize::MAX), Ok(()), "{} nodes", net.len());
    }
}

#[test]
fn more_paths_than_a_number_can_count_are_no_trouble() {
    // Diamonds in a chain double the paths each time: 2^1200 of them.
    let diamonds = 1_200;
    let ends = (0..diamonds).flat_map(|at| [(0, 1), (0, 2), (1, 3), (2, 3)].map(|(a, b)| (at * 3 + a, at * 3 + b)));
    let net = of(diamonds as usize * 3 + 1, ends);
    assert_eq!(all_shortest_paths(&net, 0, diamonds * 3, &Passable::default(), 2).count, u64::MAX);
    let scores = betweenness(&net, usize::MAX, 1, &mut ToTheEnd).expect("not cancelled").scores;
    let half = scores.len() as f64 / 2.0;
    assert!(scores.iter().all(|score| score.is_finite() && *score >= 0.0));
    // A node in the middle of the chain stands between all on the one side and all on the other.
    let middle = scores[diamonds as usize / 2 * 3];
    assert!((middle / (half * half) - 1.0).abs() < 0.01, "{middle}");
}

#[test]
fn a_measure_that_is_cancelled_at_any_question_says_so() {
    let net = of(300, (0..900).map(|edge| (edge * 7 % 300, edge * 13 % 299)));
    let mut whole = 0;
    while all_of(&net, usize::MAX, whole) == Err(Cancelled) {
        whole += 1;
    }
    assert!(whole > 300, "{whole}");
}

#[test]
fn of_all_times_that_money_goes_round_the_fastest_is_told_from_where_it_began() {
    let edges = [Edge::directed(0, 1), Edge::directed(1, 2), Edge::directed(2, 0)];
    let net = Compact::new(3, &edges).expect("good edges");
    let times = [vec![1, 70], vec![5, 60], vec![9, 65]];
    let found = rings_of(&net, 3, Some(&Order { times: &times, most_gap: None }), &[]);
    assert_eq!(found.routes, [Route { nodes: vec![0, 1, 2], edges: vec![0, 1, 2] }]);
    assert_eq!(found.times, [[1, 5, 9]], "no faster than from 60 to 70, and begun earlier");
    let times = [vec![1, 68], vec![5, 64], vec![9, 65]];
    let found = rings_of(&net, 3, Some(&Order { times: &times, most_gap: None }), &[]);
    assert_eq!((&found.routes[0].nodes, &found.times[0]), (&vec![1, 2, 0], &vec![64, 65, 68]));
}

#[test]
fn a_ring_that_closes_before_it_passes_one_of_those_wanted_is_none() {
    let edges = [(0, 1), (1, 0), (1, 2), (2, 1)].map(|(from, to)| Edge::directed(from, to));
    let net = Compact::new(3, &edges).expect("good edges");
    let through = rings_of(&net, 4, None, &[2]).routes;
    assert_eq!(through, [Route { nodes: vec![1, 2], edges: vec![2, 3] }]);
}

#[test]
fn a_link_that_was_over_before_the_money_came_is_not_asked_about() {
    let span = |from, to, first, last| Span { from, to, both_ways: false, first, last };
    let spans = [span(0, 1, 10, 20), span(1, 2, 1, 9), span(1, 2, 15, 30), span(2, 3, 40, 50), span(4, 0, 1, 99)];
    assert_eq!(on_ways(5, &spans, [0, 2]), [true, false, true, false, false]);
    assert_eq!(on_rings(5, &spans, &[], 5), [false; 5], "nothing comes back");
    let spans = [span(0, 1, 1, 1), span(1, 0, 1, 1), span(1, 2, 1, 1), span(2, 1, 1, 1)];
    assert_eq!(on_rings(3, &spans, &[], 2), [true; 4]);
    assert_eq!(on_rings(3, &spans, &[0], 2), [true, true, false, false], "too far away");
}
