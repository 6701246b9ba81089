//! How good a picture is: one implementation for everybody's.

use std::path::Path;

use graph::Chance;
use graph::layout::CLEARANCE;

use crate::Outcome;
use crate::graphs::Graph;

/// Nodes from which distances are compared, and nodes whose neighbourhoods are.
const SOURCES: usize = 64;
const SAMPLE: usize = 1_000;

/// Of one picture.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quality {
    /// How far distances in the picture are from steps in the graph, at the best scale, each pair weighing the inverse square
    /// of its steps; 0 is perfect, 1 the worst.
    pub(crate) stress: f64,
    /// How much of what is within one step, and within two, is among as many nearest nodes of the picture: the mean of
    /// the Jaccard indexes; 1 is perfect.
    pub(crate) one_hop: f64,
    pub(crate) two_hops: f64,
}

/// The places that a process wrote: `x y` per line.
pub(crate) fn read_places(file: &Path) -> Outcome<Vec<[f64; 2]>> {
    let text = std::fs::read_to_string(file)?;
    let mut places = Vec::new();
    for line in text.lines() {
        let (x, y) = line.split_once(' ').ok_or("a place without y")?;
        places.push([x.parse()?, y.parse()?]);
    }
    Ok(places)
}

/// Judges a picture; one of other size than the graph, or with places that are no numbers, is an error.
pub(crate) fn judge(graph: &Graph, places: &[[f64; 2]]) -> Outcome<Quality> {
    if places.len() != graph.nodes || places.iter().flatten().any(|along| !along.is_finite()) {
        return Err("the picture does not fit the graph".into());
    }
    let near = neighbours(graph);
    let mut chance = Chance::seeded(2024);
    let stress = stress(&near, places, &mut chance);
    let (one_hop, two_hops) = preservation(&near, places, &mut chance);
    Ok(Quality { stress, one_hop, two_hops })
}

fn neighbours(graph: &Graph) -> Vec<Vec<u32>> {
    let mut near = vec![Vec::new(); graph.nodes];
    for &[a, b] in &graph.links {
        for (here, there) in [(a, b), (b, a)] {
            if let Some(row) = near.get_mut(here as usize) {
                row.push(there);
            }
        }
    }
    near
}

fn of(near: &[Vec<u32>], v: u32) -> &[u32] {
    near.get(v as usize).map_or(&[], Vec::as_slice)
}

fn distance(places: &[[f64; 2]], a: u32, b: u32) -> f64 {
    match (places.get(a as usize), places.get(b as usize)) {
        (Some([ax, ay]), Some([bx, by])) => ((ax - bx) * (ax - bx) + (ay - by) * (ay - by)).sqrt(),
        _ => 0.0,
    }
}

fn stress(near: &[Vec<u32>], places: &[[f64; 2]], chance: &mut Chance) -> f64 {
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for _ in 0..SOURCES {
        let source = chance.below(near.len()) as u32;
        for (target, steps) in reached(near, source, u32::MAX) {
            let ratio = distance(places, source, target) / f64::from(steps);
            sum += ratio;
            squares += ratio * ratio;
            count += 1.0;
        }
    }
    1.0 - sum * sum / f64::max(squares * count, 1e-300)
}

/// All nodes but the source within `limit` steps, with their steps.
fn reached(near: &[Vec<u32>], source: u32, limit: u32) -> Vec<(u32, u32)> {
    let mut seen = vec![false; near.len()];
    let mut found = vec![(source, 0)];
    let mut see = |v: u32| seen.get_mut(v as usize).is_some_and(|seen| !std::mem::replace(seen, true));
    see(source);
    let mut head = 0;
    while let Some(&(here, steps)) = found.get(head).filter(|(_, steps)| *steps < limit) {
        head += 1;
        found.extend(of(near, here).iter().copied().filter(|&there| see(there)).map(|there| (there, steps + 1)));
    }
    found.remove(0);
    found
}

fn preservation(near: &[Vec<u32>], places: &[[f64; 2]], chance: &mut Chance) -> (f64, f64) {
    let (mut sums, mut counts) = ([0.0, 0.0], [0.0, 0.0]);
    for _ in 0..SAMPLE {
        let v = chance.below(near.len()) as u32;
        let others = (0..near.len() as u32).filter(|&w| w != v);
        let mut by_distance: Vec<(f64, u32)> = others.map(|w| (distance(places, v, w), w)).collect();
        let both = [1u32, 2].into_iter().zip(sums.iter_mut().zip(&mut counts));
        for (hops, (sum, count)) in both {
            let there: Vec<u32> = reached(near, v, hops).into_iter().map(|(w, _)| w).collect();
            if !there.is_empty() && there.len() < by_distance.len() {
                *sum += jaccard(&there, &mut by_distance);
                *count += 1.0;
            }
        }
    }
    let mean = |hops: usize| sums.get(hops).unwrap_or(&0.0) / f64::max(*counts.get(hops).unwrap_or(&0.0), 1.0);
    (mean(0), mean(1))
}

/// How many objects are nearer to another than the clearance that a layout of ours promises; found from left to right.
pub(crate) fn crowded(places: &[[f64; 2]]) -> usize {
    // Places were computed and written as shorter numbers.
    let least = f64::from(CLEARANCE) * 0.9999;
    let mut order: Vec<[f64; 3]> = places.iter().zip(0u32..).map(|(&[x, y], v)| [x, y, f64::from(v)]).collect();
    order.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut found = std::collections::HashSet::new();
    for (at, [x, y, v]) in order.iter().enumerate() {
        let right = order.iter().skip(at + 1).take_while(|[other, _, _]| other - x < least);
        for [_, _, w] in right.filter(|[other_x, other_y, _]| (other_x - x).hypot(other_y - y) < least) {
            found.extend([v.to_bits(), w.to_bits()]);
        }
    }
    found.len()
}

fn jaccard(there: &[u32], by_distance: &mut [(f64, u32)]) -> f64 {
    let len = there.len();
    by_distance.select_nth_unstable_by(len - 1, |a, b| a.0.total_cmp(&b.0));
    let nearest: std::collections::HashSet<u32> = by_distance.iter().take(len).map(|(_, w)| *w).collect();
    let shared = there.iter().filter(|w| nearest.contains(w)).count();
    shared as f64 / (2 * len - shared) as f64
}
