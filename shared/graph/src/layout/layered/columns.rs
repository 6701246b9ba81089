//! Where in its layer each node stands.
#![expect(clippy::indexing_slicing, reason = "every index is a node, a bend or a layer of the part")]

use super::Layers;
use crate::layout::CLEARANCE;

/// Sweeps down and up.
const SWEEPS: usize = 8;
/// Bends pull this much harder than nodes, so that long links run straight.
const BEND_WEIGHT: f32 = 4.0;

/// The x of each node and bend. From layer to layer each is put as near to the mean of its neighbours as the order and the
/// clearance allow: a least squares fit, solved exactly by pooling (Ayer et al. 1955).
pub(super) fn of(layers: &Layers) -> Vec<f32> {
    let mut x = vec![0.0; layers.len()];
    for layer in &layers.layers {
        spaced(layers, layer, &mut x, |at, _| at as f32 * CLEARANCE);
    }
    for sweep in 0..SWEEPS {
        let count = layers.layers.len();
        for step in 0..count {
            let is_down = sweep.is_multiple_of(2);
            let layer = if is_down { step } else { count - 1 - step };
            let wish = |x: &[f32], v: u32| {
                let one = if is_down { &layers.above[v as usize] } else { &layers.below[v as usize] };
                // The last two sweeps look both ways.
                let other: &[u32] = match sweep + 2 >= SWEEPS {
                    true if is_down => &layers.below[v as usize],
                    true => &layers.above[v as usize],
                    false => &[],
                };
                let count = one.len() + other.len();
                let sum: f32 = one.iter().chain(other).map(|&w| x[w as usize]).sum();
                if count == 0 { x[v as usize] } else { sum / count as f32 }
            };
            let wishes: Vec<f32> = layers.layers[layer].iter().map(|&v| wish(&x, v)).collect();
            spaced(layers, &layers.layers[layer], &mut x, |at, _| wishes[at]);
        }
    }
    x
}

/// A run of nodes that touch and move as one.
struct Run {
    /// The sum of weights, and of weights times wishes, measured from the run's first node.
    weight: f32,
    pull: f32,
    count: usize,
}

/// Sets a layer as near to its wishes as its order and the clearance allow.
fn spaced(layers: &Layers, layer: &[u32], x: &mut [f32], wish: impl Fn(usize, u32) -> f32) {
    // How far each must be from the first of the layer at least.
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0.0;
    for (at, &v) in layer.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| layer[before]);
        offset += before.map_or(0.0, |before| gap(layers, before, v));
        offsets.push(offset);
    }
    let mut runs: Vec<Run> = Vec::new();
    for (at, &v) in layer.iter().enumerate() {
        let weight = if layers.is_bend(v) { BEND_WEIGHT } else { 1.0 };
        let mut run = Run { weight, pull: weight * (wish(at, v) - offsets[at]), count: 1 };
        while let Some(last) = runs.last().filter(|last| last.pull / last.weight >= run.pull / run.weight) {
            run = Run { weight: run.weight + last.weight, pull: run.pull + last.pull, count: run.count + last.count };
            runs.pop();
        }
        runs.push(run);
    }
    let mut at = 0;
    for run in runs {
        for _ in 0..run.count {
            x[layer[at] as usize] = run.pull / run.weight + offsets[at];
            at += 1;
        }
    }
}

fn gap(layers: &Layers, a: u32, b: u32) -> f32 {
    match (layers.is_bend(a), layers.is_bend(b)) {
        (true, true) => CLEARANCE * 0.3,
        (false, false) => CLEARANCE,
        _ => CLEARANCE * 0.7,
    }
}
