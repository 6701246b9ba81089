//! The graphs that are measured: seeded, so that every run measures the same, and what lies in a folder of the reader's own.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use graph::Chance;

use crate::Outcome;

/// A folder of more graphs, each a CSV file with a line of titles and then two node numbers per line.
const FOLDER: &str = "CLEW_BENCH_GRAPHS";

/// Nodes `0..nodes` and the pairs that are linked.
pub(crate) struct Graph {
    pub(crate) nodes: usize,
    pub(crate) links: Vec<[u32; 2]>,
}

/// Writes the seeded graphs into `folder`; gives their files and those of the reader's folder.
pub(crate) fn prepare(folder: &Path) -> Outcome<Vec<PathBuf>> {
    std::fs::create_dir_all(folder)?;
    type Make = fn() -> Graph;
    let makers: [(&str, Make); 5] = [
        ("communities-10k", || communities(10_000)),
        ("communities-100k", || communities(100_000)),
        ("lattice-100", || lattice(100)),
        ("hubs-10k", || hubs(10_000)),
        ("hubs-100k", || hubs(100_000)),
    ];
    let mut files = Vec::new();
    for (name, make) in makers {
        let file = folder.join(name).with_extension("csv");
        if !file.exists() {
            write(&file, &make())?;
        }
        files.push(file);
    }
    if let Some(more) = std::env::var_os(FOLDER) {
        let entries = std::fs::read_dir(more)?.flatten().map(|entry| entry.path());
        let mut found: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "csv")).collect();
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// A million nodes and three million links; made when it is asked for.
pub(crate) fn million(folder: &Path) -> Outcome<PathBuf> {
    let file = folder.join("communities-1m.csv");
    if !file.exists() {
        write(&file, &communities(1_000_000))?;
    }
    Ok(file)
}

/// The file's name without its folder and ending.
pub(crate) fn name(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

pub(crate) fn read(file: &Path) -> Outcome<Graph> {
    let text = std::fs::read_to_string(file)?;
    let mut links = Vec::new();
    for line in text.lines().skip(1).filter(|line| !line.is_empty()) {
        let (from, to) = line.split_once(',').ok_or_else(|| format!("{}: `{line}` is no link", file.display()))?;
        links.push([from.trim().parse()?, to.trim().parse()?]);
    }
    let nodes = links.iter().flatten().max().map_or(0, |&last: &u32| last as usize + 1);
    Ok(Graph { nodes, links })
}

fn write(file: &Path, graph: &Graph) -> Outcome {
    let mut text = "source,target\n".to_owned();
    for [from, to] in &graph.links {
        writeln!(text, "{from},{to}")?;
    }
    Ok(std::fs::write(file, text)?)
}

/// The shape of fraud data: rings of 8 to some 400 nodes, each held together by chords, three links per node in all. One
/// link in twelve leaves its ring, half of these to one of 64 rings that everybody uses.
fn communities(nodes: usize) -> Graph {
    let mut chance = Chance::seeded(42);
    let rings = rings(nodes, &mut chance);
    let mut links = Links::default();
    for (at, &(first, len)) in rings.iter().enumerate() {
        (0..len).for_each(|v| links.add(first + v, first + (v + 1) % len));
        // So that everything hangs together.
        if at > 0 {
            let (other, other_len) = pick(rings.get(..at).unwrap_or_default(), &mut chance);
            links.add(first + chance.below(len), other + chance.below(other_len));
        }
    }
    let ring_of: Vec<usize> = rings.iter().enumerate().flat_map(|(at, &(_, len))| vec![at; len]).collect();
    let used: Vec<(usize, usize)> = (0..64).map(|_| pick(&rings, &mut chance)).collect();
    while links.list.len() < nodes * 3 {
        let from = chance.below(nodes);
        let (first, len) = match (chance.below(12), chance.below(2)) {
            (0, 0) => pick(&used, &mut chance),
            (0, _) => pick(&rings, &mut chance),
            _ => ring_of.get(from).and_then(|&at| rings.get(at)).copied().unwrap_or((0, nodes)),
        };
        // A small ring may be full: then somebody near by will do.
        let is_full = len < 10 && chance.below(2) == 0;
        let to = if is_full { (from + 1 + chance.below(64)) % nodes } else { first + chance.below(len) };
        links.add(from, to);
    }
    Graph { nodes, links: links.list }
}

/// First node and length of each ring: twice as long rings are about half as many.
fn rings(nodes: usize, chance: &mut Chance) -> Vec<(usize, usize)> {
    let (mut rings, mut first) = (Vec::new(), 0);
    while first < nodes {
        let doublings = (0..5).take_while(|_| chance.below(100) < 55).count();
        let shortest = 8 << doublings;
        let left = nodes - first;
        let len = (shortest + chance.below(shortest)).min(left);
        // No ring is left that is too short to be one.
        let len = if left - len < 8 { left } else { len };
        rings.push((first, len));
        first += len;
    }
    rings
}

fn pick(rings: &[(usize, usize)], chance: &mut Chance) -> (usize, usize) {
    rings.get(chance.below(rings.len())).copied().unwrap_or((0, 1))
}

/// Links between different nodes, each once.
#[derive(Default)]
struct Links {
    seen: HashSet<[u32; 2]>,
    list: Vec<[u32; 2]>,
}

impl Links {
    fn add(&mut self, from: usize, to: usize) {
        let (from, to) = (from as u32, to as u32);
        if from != to && self.seen.insert([from.min(to), from.max(to)]) {
            self.list.push([from, to]);
        }
    }
}

fn lattice(side: usize) -> Graph {
    let mut links = Vec::new();
    for v in 0..side * side {
        if v % side + 1 < side {
            links.push([v as u32, v as u32 + 1]);
        }
        if v + side < side * side {
            links.push([v as u32, (v + side) as u32]);
        }
    }
    Graph { nodes: side * side, links }
}

/// Barabasi and Albert (1999): each new node links to three, the more likely the more links they have.
fn hubs(nodes: usize) -> Graph {
    let mut chance = Chance::seeded(7);
    let mut links: Vec<[u32; 2]> = (0..4).flat_map(|a| (0..a).map(move |b| [a, b])).collect();
    for v in 4..nodes as u32 {
        let mut chosen = Vec::new();
        while chosen.len() < 3 {
            let [a, b] = links.get(chance.below(links.len())).copied().unwrap_or_default();
            let end = if chance.below(2) == 0 { a } else { b };
            if !chosen.contains(&end) {
                chosen.push(end);
            }
        }
        links.extend(chosen.into_iter().map(|end| [v, end]));
    }
    Graph { nodes, links }
}
