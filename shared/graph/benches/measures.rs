//! Times of the measures over graphs of communities.
#![expect(clippy::unwrap_used, reason = "a bench that cannot start should stop")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use graph::Chance;
use graph::measures::{
    Compact, Edge, Leiden, Length, MOST_ROUTES, NEXT_BEST, PageRank, Passable, Rings, ToTheEnd, betweenness, closeness,
    clustering, components, cuts, cycles, k_core, k_shortest_paths, leiden, page_rank, shortest_path,
};

/// Communities of 50 with three links per node, one in ten to somewhere else: the shape of fraud data.
fn communities(nodes: usize) -> Compact {
    let mut chance = Chance::seeded(42);
    let edge = |link: usize| {
        let from = link / 3;
        let group = from / 50 * 50;
        let near = group + chance.below(50.min(nodes - group));
        let to = if chance.below(10) == 0 { chance.below(nodes) } else { near };
        Edge::undirected(from as u32, to as u32)
    };
    Compact::new(nodes, &(0..nodes * 3).map(edge).collect::<Vec<_>>()).unwrap()
}

/// A measure under its name.
type Kernel = (&'static str, fn(&Compact));

const KERNELS: [Kernel; 11] = [
    ("components", |net| drop(black_box(components(net)))),
    ("page rank", |net| drop(black_box(page_rank(net, &PageRank::default(), &mut ToTheEnd)))),
    ("betweenness from 16", |net| drop(black_box(betweenness(net, 16, 1, &mut ToTheEnd)))),
    ("closeness from 16", |net| drop(black_box(closeness(net, 16, 1, &mut ToTheEnd)))),
    ("cores", |net| drop(black_box(k_core(net, &mut ToTheEnd)))),
    ("clustering", |net| drop(black_box(clustering(net, &mut ToTheEnd)))),
    ("bridges", |net| drop(black_box(cuts(net, &mut ToTheEnd)))),
    ("communities", |net| drop(black_box(leiden(net, &Leiden::default(), &mut ToTheEnd)))),
    ("shortest path", |net| drop(black_box(shortest_path(net, 0, net.len() as u32 - 1, &Passable::default())))),
    ("ten shortest ways", ten_ways),
    ("rings of five", rings),
];

fn ten_ways(net: &Compact) {
    let (ends, all) = ([0, net.len() as u32 - 1], Passable::default());
    drop(black_box(k_shortest_paths(net, ends, NEXT_BEST, Length::Steps, &all, &mut ToTheEnd)));
}

/// As many as the page lists.
fn rings(net: &Compact) {
    let all = Passable::default();
    let wanted = Rings { most_length: 5, order: None, through: &[], passable: &all, limit: MOST_ROUTES };
    drop(black_box(cycles(net, &wanted, &mut ToTheEnd)));
}

fn measures(c: &mut Criterion) {
    for (name, run) in KERNELS {
        let mut group = c.benchmark_group(name);
        group.sample_size(10);
        for nodes in [1_000, 10_000, 100_000] {
            let net = communities(nodes);
            group.bench_function(BenchmarkId::from_parameter(nodes), |b| b.iter(|| run(&net)));
        }
        group.finish();
    }
}

criterion_group!(benches, measures);
criterion_main!(benches);
