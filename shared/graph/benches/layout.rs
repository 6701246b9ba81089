//! Times of one round of layout, of whole layouts, of adding to a placed graph, and of the shortest path.
#![expect(clippy::unwrap_used, reason = "a bench that cannot start should stop")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use graph::layout::{ForceDirected, Layout, Places, run};
use graph::{Chance, Graph, NewLink, NewNode, NodeId, NodeKey, Step};

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// Communities of 50 with three links per node, one in ten to somewhere else: the shape of fraud data.
fn communities(nodes: usize) -> Vec<[u32; 2]> {
    let mut chance = Chance::seeded(42);
    (0..nodes * 3)
        .map(|link| {
            let from = link / 3;
            let group = from / 50 * 50;
            let near = group + chance.below(50.min(nodes - group));
            let to = if chance.below(10) == 0 { chance.below(nodes) } else { near };
            [from as u32, to as u32]
        })
        .collect()
}

fn unplaced(nodes: usize) -> Places {
    Places { at: vec![[0.0, 0.0]; nodes], fixed: vec![false; nodes] }
}

/// A lattice is not laid out from coarse to fine, so that each of its first rounds moves all nodes.
fn lattice(nodes: usize) -> Vec<[u32; 2]> {
    let side = nodes.isqrt();
    let across = (0..nodes).filter(|v| v % side + 1 < side && v + 1 < nodes).map(|v| [v as u32, v as u32 + 1]);
    across.chain((0..nodes - side).map(|v| [v as u32, (v + side) as u32])).collect()
}

fn rounds(c: &mut Criterion) {
    const ROUNDS: u64 = 25;
    let mut group = c.benchmark_group("round");
    group.sample_size(10);
    for nodes in SIZES {
        let links = lattice(nodes);
        let start = unplaced(nodes);
        group.bench_function(BenchmarkId::from_parameter(nodes), |b| {
            b.iter_custom(|count| {
                (0..count.div_ceil(ROUNDS)).map(|_| time(&start, &links, ROUNDS)).sum::<Duration>() * count as u32
                    / (count.div_ceil(ROUNDS) * ROUNDS) as u32
            });
        });
    }
    group.finish();
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn time(start: &Places, links: &[[u32; 2]], rounds: u64) -> Duration {
    let mut places = start.clone();
    let mut layout = ForceDirected::new(&places, links, 1).unwrap();
    let from = Instant::now();
    for _ in 0..rounds {
        layout.step(&mut places, 1);
    }
    from.elapsed()
}

fn wholes(c: &mut Criterion) {
    let mut group = c.benchmark_group("whole");
    group.sample_size(10);
    for nodes in SIZES {
        let links = communities(nodes);
        group.bench_function(BenchmarkId::from_parameter(nodes), |b| {
            b.iter(|| {
                let mut places = unplaced(nodes);
                run(&mut ForceDirected::new(&places, &links, 1).unwrap(), &mut places);
                black_box(places)
            });
        });
    }
    group.finish();
}

fn additions(c: &mut Criterion) {
    let mut group = c.benchmark_group("add 100 to");
    group.sample_size(10);
    for nodes in [1_000, 10_000] {
        let mut links = communities(nodes);
        let mut places = unplaced(nodes);
        run(&mut ForceDirected::new(&places, &links, 1).unwrap(), &mut places);
        places.fixed.fill(true);
        places.at.resize(nodes + 100, [0.0, 0.0]);
        places.fixed.resize(nodes + 100, false);
        links.extend((0..100).map(|new| [(nodes + new) as u32, new as u32 % 7]));
        group.bench_function(BenchmarkId::from_parameter(nodes), |b| {
            b.iter(|| {
                let mut places = places.clone();
                run(&mut ForceDirected::new(&places, &links, 1).unwrap(), &mut places);
                black_box(places)
            });
        });
    }
    group.finish();
}

fn graph_of(nodes: usize) -> Graph {
    let key = |v: u32| NodeKey { object_type: "person".into(), key: vec![v.to_string()] };
    let new = |v| NewNode { key: key(v), label: String::new(), sub_label: String::new() };
    let link = |[from, to]: [u32; 2]| NewLink {
        link_type: "knows".into(),
        from: key(from),
        to: key(to),
        directed: true,
        label: String::new(),
        count: 1,
        sum: None,
        first_micros: None,
        last_micros: None,
    };
    let links = communities(nodes).into_iter().map(link).collect();
    let mut graph = Graph::default();
    Step::Add { nodes: (0..nodes as u32).map(new).collect(), links }.apply(&mut graph).unwrap();
    graph
}

fn paths(c: &mut Criterion) {
    let mut group = c.benchmark_group("graph");
    group.sample_size(10);
    for nodes in SIZES {
        let graph = graph_of(nodes);
        group.bench_function(BenchmarkId::new("bundles", nodes), |b| b.iter(|| graph.bundles()));
        group.bench_function(BenchmarkId::new("hide one", nodes), |b| {
            b.iter_batched(
                || graph.clone(),
                |mut graph| Step::Hide(vec![NodeId(1)]).apply(&mut graph),
                criterion::BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, rounds, wholes, additions, paths);
criterion_main!(benches);
