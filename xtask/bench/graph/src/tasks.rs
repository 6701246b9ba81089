//! Our own work, one task per process: it tells the seconds of the processor and, where there is one, its result.

use std::fmt::Write as _;
use std::path::Path;

use graph::layout::{ForceDirected, Layout, Places, run as run_layout};
use graph::measures::{
    Compact, Edge, Leiden, PageRank, Passable, ToTheEnd, betweenness, leiden, page_rank, shortest_path,
};
use graph::{Chance, Place};
use serde_json::{Value, json};

use crate::Outcome;
use crate::graphs::{Graph, read};

/// What is repeated until its time is long enough to be believed.
const ENOUGH_SECS: f64 = 0.5;
/// Rounds of a single simulation.
const ROUNDS: usize = 10;
/// Objects that are added to a settled graph, each linked to this many.
const ADDED: usize = 100;
const LINKS_EACH: usize = 3;
/// Pairs between which the shortest way is looked for; the peers read them from here too.
const PAIRS: usize = 100;
const SEED: u64 = 1;

/// Runs the task over the graph; `out` is where a picture or a list of numbers goes.
pub(crate) fn run(name: &str, graph: &Path, out: &Path) -> Outcome<Value> {
    let graph = read(graph)?;
    // The peak begins anew: what was needed to read the file is not counted, nor hides what comes.
    std::fs::write("/proc/self/clear_refs", "5")?;
    let before = peak_bytes()?;
    let Measured { secs, value } = match name {
        "layout" => lay_out(&graph, out, ForceDirected::new)?,
        "forces" => {
            lay_out(&graph, out, |places, links, seed| Ok(ForceDirected::new(places, links, seed)?.touching()))?
        }
        "step" => step(&graph)?,
        "add" => add(&graph)?,
        "betweenness" => between(&graph)?,
        "page-rank" => rank(&graph, out)?,
        "leiden" => communities(&graph, out)?,
        "path" => path(&graph)?,
        _ => return Err(format!("there is no task `{name}`").into()),
    };
    Ok(json!({ "secs": secs, "value": value, "grown_bytes": peak_bytes()? - before }))
}

/// What a task tells.
struct Measured {
    secs: f64,
    value: f64,
}

/// Seconds of the processor that this process has used.
fn cpu_secs() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// The most bytes that were resident so far.
fn peak_bytes() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("a process without memory")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kilobytes * 1024)
}

/// The mean time of some work, and its last result.
fn measure(mut work: impl FnMut() -> Outcome<f64>) -> Outcome<Measured> {
    let (from, mut count, mut value) = (cpu_secs(), 0, 0.0);
    while count == 0 || cpu_secs() - from < ENOUGH_SECS {
        value = work()?;
        count += 1;
    }
    Ok(Measured { secs: (cpu_secs() - from) / f64::from(count), value })
}

fn unplaced(nodes: usize) -> Places {
    Places { at: vec![[0.0, 0.0]; nodes], fixed: vec![false; nodes] }
}

type Begin = fn(&Places, &[[u32; 2]], u64) -> Result<ForceDirected, graph::layout::BadInput>;

fn lay_out(graph: &Graph, out: &Path, begin: Begin) -> Outcome<Measured> {
    let mut at = Vec::new();
    let told = measure(|| {
        let mut places = unplaced(graph.nodes);
        run_layout(&mut begin(&places, &graph.links, SEED)?, &mut places);
        at = places.at;
        Ok(0.0)
    })?;
    write_places(&at, out)?;
    Ok(told)
}

fn write_places(at: &[Place], out: &Path) -> Outcome {
    let mut text = String::new();
    for [x, y] in at {
        writeln!(text, "{x} {y}")?;
    }
    Ok(std::fs::write(out, text)?)
}

/// One round of the simulation over all nodes, from places drawn by chance.
fn step(graph: &Graph) -> Outcome<Measured> {
    let mut chance = Chance::seeded(99);
    let mut places = unplaced(graph.nodes);
    places.at.iter_mut().for_each(|place| *place = [chance.centred() * 1000.0, chance.centred() * 1000.0]);
    let mut layout = ForceDirected::going_on(&places, &graph.links)?;
    let from = cpu_secs();
    for _ in 0..ROUNDS {
        layout.step(&mut places, 1);
    }
    Ok(Measured { secs: (cpu_secs() - from) / ROUNDS as f64, value: 0.0 })
}

/// Adds to a settled picture; the seconds are those of the addition alone, and `value` the farthest way that an old node
/// went, by the picture's width.
fn add(graph: &Graph) -> Outcome<Measured> {
    let mut places = unplaced(graph.nodes);
    run_layout(&mut ForceDirected::new(&places, &graph.links, SEED)?, &mut places);
    let before = places.at.clone();
    places.fixed.fill(true);
    let mut chance = Chance::seeded(5);
    let mut links = graph.links.clone();
    for new in graph.nodes..graph.nodes + ADDED {
        let near = chance.below(graph.nodes);
        let ends = (0..LINKS_EACH).map(|hop| (near + hop * 7) % graph.nodes);
        links.extend(ends.map(|end| [new as u32, end as u32]));
    }
    places.at.resize(graph.nodes + ADDED, [0.0, 0.0]);
    places.fixed.resize(graph.nodes + ADDED, false);
    let mut grown = places.clone();
    let told = measure(|| {
        grown = places.clone();
        run_layout(&mut ForceDirected::new(&grown, &links, SEED)?, &mut grown);
        Ok(0.0)
    })?;
    Ok(Measured { value: drift(&before, &grown.at), ..told })
}

/// The farthest way that a place went, by the width of all.
fn drift(before: &[Place], after: &[Place]) -> f64 {
    let way = |(a, b): (&Place, &Place)| (a[0] - b[0]).hypot(a[1] - b[1]);
    let farthest = before.iter().zip(after).map(way).fold(0.0, f32::max);
    let (low, high) = before.iter().fold((f32::MAX, f32::MIN), |(low, high), &[x, _]| (low.min(x), high.max(x)));
    f64::from(farthest / (high - low).max(f32::MIN_POSITIVE))
}

fn compact(graph: &Graph) -> Outcome<Compact> {
    let edges: Vec<Edge> = graph.links.iter().map(|&[from, to]| Edge::undirected(from, to)).collect();
    Ok(Compact::new(graph.nodes, &edges)?)
}

/// From 64 nodes.
fn between(graph: &Graph) -> Outcome<Measured> {
    let net = compact(graph)?;
    measure(|| Ok(betweenness(&net, 64, SEED, &mut ToTheEnd)?.sources as f64))
}

/// As exactly as the ranks that lie in `out`: those of a peer. `value` is their error, summed over all nodes.
fn rank(graph: &Graph, out: &Path) -> Outcome<Measured> {
    let net = compact(graph)?;
    let ranks = |tolerance: f64| -> Outcome<Vec<f64>> {
        let how = PageRank { tolerance, sweeps: 1_000, ..PageRank::default() };
        Ok(page_rank(&net, &how, &mut ToTheEnd)?.ranks)
    };
    let exact = ranks(1e-15)?;
    let error = |ranks: &[f64]| ranks.iter().zip(&exact).map(|(a, b)| (a - b).abs()).sum::<f64>();
    let theirs: Vec<f64> = std::fs::read_to_string(out)?.lines().map(str::parse).collect::<Result<_, _>>()?;
    let allowed = error(&theirs);
    let mut tolerance = 0.1;
    while error(&ranks(tolerance)?) > allowed && tolerance > 1e-14 {
        tolerance *= 0.7;
    }
    measure(|| {
        ranks(tolerance)?;
        Ok(allowed)
    })
}

fn communities(graph: &Graph, out: &Path) -> Outcome<Measured> {
    let net = compact(graph)?;
    let mut found = Vec::new();
    let told = measure(|| {
        let communities = leiden(&net, &Leiden::default(), &mut ToTheEnd)?;
        found = communities.of;
        Ok(0.0)
    })?;
    let lines: String = found.iter().map(|community| format!("{community}\n")).collect();
    std::fs::write(out, lines)?;
    Ok(told)
}

/// Two nodes drawn by chance, again and again the same.
pub(crate) fn pairs(nodes: usize) -> Vec<[u32; 2]> {
    let mut chance = Chance::seeded(3);
    (0..PAIRS).map(|_| [chance.below(nodes) as u32, chance.below(nodes) as u32]).collect()
}

/// `value` is the steps of all ways together.
fn path(graph: &Graph) -> Outcome<Measured> {
    let (net, pairs) = (compact(graph)?, pairs(graph.nodes));
    let told = measure(|| {
        let routes = pairs.iter().filter_map(|&[from, to]| shortest_path(&net, from, to, &Passable::default()));
        Ok(routes.map(|route| route.edges.len()).sum::<usize>() as f64)
    })?;
    Ok(Measured { secs: told.secs / PAIRS as f64, ..told })
}
