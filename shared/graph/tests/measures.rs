//! Measures say what other programs say: `reference/values.json` was computed by `reference/make.py` with networkx and igraph.
#![allow(clippy::indexing_slicing, clippy::expect_used, reason = "a wrong index fails the test, as it should")]

use std::collections::{BTreeMap, BTreeSet};

use graph::measures::{
    Compact, Edge, Leiden, Length, PageRank, Passable, Rings, ToTheEnd, all_shortest_paths, betweenness, closeness,
    clustering, components, cuts, cycles, degrees, k_core, k_shortest_paths, leiden, lightest_path,
    minimum_spanning_forest, modularity, page_rank, shortest_path, strong_components,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    nodes: usize,
    directed: bool,
    edges: Vec<(u32, u32, f32)>,
    #[serde(rename = "in")]
    incoming: Vec<u32>,
    out: Vec<u32>,
    all: Vec<u32>,
    all_weight: Vec<f64>,
    components: Vec<u32>,
    strong: Option<Vec<u32>>,
    page_rank: Vec<f64>,
    page_rank_weighted: Vec<f64>,
    betweenness: Vec<f64>,
    closeness: Vec<f64>,
    harmonic: Vec<f64>,
    core: Vec<u32>,
    triangles: Vec<u64>,
    clustering: Vec<f64>,
    transitivity: f64,
    bridges: Vec<[u32; 2]>,
    articulations: Vec<u32>,
    spanning: f64,
    leiden: f64,
    pairs: Vec<Pair>,
    cycles: usize,
}

#[derive(Deserialize)]
struct Pair {
    from: u32,
    to: u32,
    /// All shortest paths, ascending; none if there is no way.
    paths: Vec<Vec<u32>>,
    weight: Option<f64>,
    /// The steps of the eight shortest simple paths.
    ranked: Vec<usize>,
}

impl Reference {
    fn edge(&self, (from, to, weight): (u32, u32, f32)) -> Edge {
        Edge { from, to, is_directed: self.directed, weight }
    }

    fn net(&self) -> Compact {
        let edges: Vec<Edge> = self.edges.iter().map(|&edge| self.edge(edge)).collect();
        Compact::new(self.nodes, &edges).expect("good edges")
    }

    /// The lightest of parallel edges alone.
    fn plain(&self) -> Compact {
        let mut lightest: BTreeMap<(u32, u32), f32> = BTreeMap::new();
        for &(from, to, weight) in &self.edges {
            let known = lightest.entry((from, to)).or_insert(weight);
            *known = known.min(weight);
        }
        let edges: Vec<Edge> = lightest.into_iter().map(|((from, to), weight)| self.edge((from, to, weight))).collect();
        Compact::new(self.nodes, &edges).expect("good edges")
    }
}

fn each(check: impl Fn(&str, &Reference)) {
    let text = include_str!("reference/values.json");
    let all: BTreeMap<String, Reference> = serde_json::from_str(text).expect("as make.py writes it");
    assert_eq!(all.len(), 5);
    all.iter().for_each(|(name, reference)| check(name, reference));
}

#[track_caller]
fn close(name: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (v, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= tolerance * expected.abs().max(1.0),
            "{name}, node {v}: {found} for {expected}"
        );
    }
}

/// Groups named by their smallest member.
fn by_smallest(groups: &[u32]) -> Vec<u32> {
    let first = |group: &u32| groups.iter().position(|other| other == group).expect("itself") as u32;
    groups.iter().map(first).collect()
}

#[test]
fn degrees_are_those_of_networkx() {
    each(|name, expected| {
        let found = degrees(&expected.net());
        assert_eq!((&found.incoming, &found.outgoing), (&expected.incoming, &expected.out), "{name}");
        assert_eq!(found.all, expected.all, "{name}");
        close(name, &found.all_weight, &expected.all_weight, 1e-9);
    });
}

#[test]
fn components_are_those_of_networkx_and_the_largest_comes_first() {
    each(|name, expected| {
        let found = components(&expected.net());
        assert_eq!(by_smallest(&found), expected.components, "{name}");
        let size = |number: u32| found.iter().filter(|&&of| of == number).count();
        assert!(
            (1..=found.iter().copied().max().unwrap_or_default()).all(|number| size(number - 1) >= size(number)),
            "{name}"
        );
        if let Some(strong) = &expected.strong {
            assert_eq!(&by_smallest(&strong_components(&expected.net())), strong, "{name}");
        }
    });
}

#[test]
fn page_rank_is_that_of_igraph() {
    each(|name, expected| {
        let net = expected.net();
        let exact = PageRank { tolerance: 1e-13, ..PageRank::default() };
        let ranks = page_rank(&net, &exact, &mut ToTheEnd).expect("not cancelled");
        assert!(ranks.is_settled, "{name}");
        close(name, &ranks.ranks, &expected.page_rank, 1e-9);
        let by_weight = page_rank(&net, &PageRank { by_weight: true, ..exact }, &mut ToTheEnd).expect("not cancelled");
        close(name, &by_weight.ranks, &expected.page_rank_weighted, 1e-9);
    });
}

#[test]
fn betweenness_is_that_of_igraph_and_an_estimate_comes_near() {
    each(|name, expected| {
        let net = expected.net();
        let exact = betweenness(&net, usize::MAX, 1, &mut ToTheEnd).expect("not cancelled");
        assert!(exact.is_exact, "{name}");
        close(name, &exact.scores, &expected.betweenness, 1e-9);
        // All estimates that a source can give, added up, are the exact value.
        let half = betweenness(&net, net.len() / 2, 3, &mut ToTheEnd).expect("not cancelled");
        assert!(!half.is_exact && half.sources == net.len() / 2);
        let (sum, of): (f64, f64) = (half.scores.iter().sum(), exact.scores.iter().sum());
        assert!((sum / of - 1.0).abs() < 0.35, "{name}: {sum} for {of}");
    });
}

#[test]
fn closeness_and_harmonic_centrality_are_those_of_networkx() {
    each(|name, expected| {
        let found = closeness(&expected.net(), usize::MAX, 1, &mut ToTheEnd).expect("not cancelled");
        assert!(found.is_exact);
        close(name, &found.closeness, &expected.closeness, 1e-9);
        close(name, &found.harmonic, &expected.harmonic, 1e-9);
    });
}

#[test]
fn core_numbers_triangles_and_clustering_are_those_of_networkx() {
    each(|name, expected| {
        let net = expected.net();
        assert_eq!(k_core(&net, &mut ToTheEnd).expect("not cancelled"), expected.core, "{name}");
        let found = clustering(&net, &mut ToTheEnd).expect("not cancelled");
        assert_eq!(found.triangles, expected.triangles, "{name}");
        close(name, &found.local, &expected.clustering, 1e-9);
        assert!((found.global - expected.transitivity).abs() < 1e-9, "{name}");
    });
}

#[test]
fn bridges_and_articulation_points_are_those_of_networkx() {
    each(|name, expected| {
        let net = expected.net();
        let found = cuts(&net, &mut ToTheEnd).expect("not cancelled");
        let ends = |&edge: &u32| {
            let [a, b] = net.ends(edge);
            [a.min(b), a.max(b)]
        };
        let mut bridges: Vec<[u32; 2]> = found.bridges.iter().map(ends).collect();
        bridges.sort_unstable();
        assert_eq!(bridges, expected.bridges, "{name}");
        assert_eq!(found.articulations, expected.articulations, "{name}");
    });
}

#[test]
fn a_spanning_forest_weighs_what_that_of_networkx_weighs() {
    each(|name, expected| {
        let net = expected.net();
        let found = minimum_spanning_forest(&net, &mut ToTheEnd).expect("not cancelled");
        assert!((found.weight - expected.spanning).abs() < 1e-9, "{name}: {}", found.weight);
        let parts = components(&net).into_iter().collect::<BTreeSet<u32>>().len();
        assert_eq!(found.edges.len(), net.len() - parts, "{name}");
    });
}

#[test]
fn communities_are_as_good_as_the_best_of_twenty_by_igraph() {
    each(|name, expected| {
        let net = expected.net();
        let of_seed = |seed| leiden(&net, &Leiden { rounds: 10, seed, ..Leiden::default() }, &mut ToTheEnd);
        let found: Vec<_> = (0..20).map(|seed| of_seed(seed).expect("not cancelled")).collect();
        for one in &found {
            assert!((one.modularity - modularity(&net, &one.of, 1.0)).abs() < 1e-12, "{name}");
            assert_eq!(one.count as usize, one.of.iter().collect::<BTreeSet<_>>().len(), "{name}");
            assert!(one.modularity > expected.leiden - 0.03, "{name}: {} for {}", one.modularity, expected.leiden);
        }
        let best = found.iter().map(|one| one.modularity).fold(f64::MIN, f64::max);
        assert!(best > expected.leiden - 1e-3, "{name}: {best} for {}", expected.leiden);
        assert_eq!(found[3], of_seed(3).expect("not cancelled"), "{name}: the same seed");
    });
}

#[test]
fn the_largest_weights_make_communities_as_others_do() {
    // Two rings, each link twice, held together by a link that weighs next to nothing.
    let ring = |first: u32| (0..4).map(move |v| Edge::undirected(first + v, first + (v + 1) % 4).weighing(f32::MAX));
    let both: Vec<Edge> = ring(0).chain(ring(4)).collect();
    let edges = [both.clone(), both, vec![Edge::undirected(0, 4)]].concat();
    let net = Compact::new(8, &edges).expect("good edges");
    let found = leiden(&net, &Leiden::default(), &mut ToTheEnd).expect("not cancelled");
    assert!(found.modularity.is_finite(), "{}", found.modularity);
    assert_eq!(found.of, [0, 0, 0, 0, 1, 1, 1, 1]);
}

#[test]
fn every_community_is_connected() {
    each(|name, expected| {
        let net = expected.net();
        let found = leiden(&net, &Leiden::default(), &mut ToTheEnd).expect("not cancelled");
        for community in 0..found.count {
            let inside = |v: u32| found.of[v as usize] == community;
            let edges = (0..net.edges() as u32).map(|edge| net.ends(edge)).filter(|[a, b]| inside(*a) && inside(*b));
            let edges: Vec<Edge> = edges.map(|[a, b]| Edge::undirected(a, b)).collect();
            let parts = components(&Compact::new(net.len(), &edges).expect("good edges"));
            let parts: BTreeSet<u32> =
                (0..net.len() as u32).filter(|&v| inside(v)).map(|v| parts[v as usize]).collect();
            assert_eq!(parts.len(), 1, "{name}, community {community}");
        }
    });
}

#[test]
fn shortest_paths_are_those_of_networkx() {
    let all_pass = Passable::default();
    each(|name, expected| {
        let net = expected.plain();
        for pair in &expected.pairs {
            let (from, to) = (pair.from, pair.to);
            let all = all_shortest_paths(&net, from, to, &all_pass, usize::MAX);
            let nodes: Vec<Vec<u32>> = all.routes.iter().map(|route| route.nodes.clone()).collect();
            assert_eq!(nodes, pair.paths, "{name}: {from} to {to}");
            assert_eq!(all.count as usize, pair.paths.len(), "{name}: {from} to {to}");
            let one = shortest_path(&net, from, to, &all_pass).map(|route| route.nodes);
            assert_eq!(one.is_some(), !pair.paths.is_empty(), "{name}: {from} to {to}");
            assert!(one.is_none_or(|one| pair.paths.contains(&one)), "{name}: {from} to {to}");
            let lightest = lightest_path(&net, from, to, &all_pass).map(|(_, weight)| weight);
            assert_eq!(lightest, pair.weight, "{name}: {from} to {to}");
        }
    });
}

#[test]
fn the_next_best_paths_are_as_long_as_those_of_networkx_and_all_different() {
    each(|name, expected| {
        let net = expected.plain();
        for pair in &expected.pairs {
            let ends = [pair.from, pair.to];
            let found = k_shortest_paths(&net, ends, 8, Length::Steps, &Passable::default(), &mut ToTheEnd);
            let found = found.expect("not cancelled");
            let steps: Vec<usize> = found.iter().map(|route| route.edges.len()).collect();
            assert_eq!(steps, pair.ranked, "{name}: {ends:?}");
            assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), found.len(), "{name}: {ends:?}");
        }
    });
}

#[test]
fn there_are_as_many_rings_as_networkx_finds() {
    each(|name, expected| {
        let passable = &Passable::default();
        let wanted = Rings { most_length: 5, order: None, through: &[], passable, limit: usize::MAX };
        let found = cycles(&expected.plain(), &wanted, &mut ToTheEnd).expect("not cancelled");
        assert!(found.is_complete);
        assert_eq!(found.routes.len(), expected.cycles, "{name}");
    });
}
