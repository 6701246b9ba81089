//! Orders each layer so that few links cross.
#![expect(clippy::indexing_slicing, reason = "every index is a node, a bend or a layer of the part")]

use super::Layers;

/// Sweeps down and up; more change little.
const SWEEPS: usize = 16;
/// Ends when so many sweeps in a row brought nothing.
const PATIENCE: usize = 4;

/// Sweeps over the layers, down and up in turn: each node goes to the mean of its neighbours in the layer before (the
/// barycentre, Sugiyama et al. 1981). The order with the fewest crossings stays.
pub(super) struct Ordering {
    place: Vec<u32>,
    best: Vec<Vec<u32>>,
    fewest: u64,
    sweep: usize,
    idle: usize,
}

impl Ordering {
    pub(super) fn new(layers: &Layers) -> Self {
        let mut ordering =
            Self { place: vec![0; layers.len()], best: layers.layers.clone(), fewest: u64::MAX, sweep: 0, idle: 0 };
        ordering.note(layers);
        ordering.fewest = ordering.count(layers);
        ordering
    }

    /// One sweep; true when there will be no other. Then `layers` has the best order.
    pub(super) fn step(&mut self, layers: &mut Layers) -> bool {
        if self.fewest > 0 && self.sweep < SWEEPS && self.idle < PATIENCE {
            let is_down = self.sweep.is_multiple_of(2);
            self.sweep(layers, is_down);
            let crossings = self.count(layers);
            self.idle += 1;
            if crossings < self.fewest {
                (self.fewest, self.idle) = (crossings, 0);
                self.best.clone_from(&layers.layers);
            }
            self.sweep += 1;
            return false;
        }
        layers.layers.clone_from(&self.best);
        true
    }

    fn sweep(&mut self, layers: &mut Layers, is_down: bool) {
        let count = layers.layers.len();
        for step in 1..count {
            let layer = if is_down { step } else { count - 1 - step };
            let near = if is_down { &layers.above } else { &layers.below };
            let mean = |v: u32| {
                let near = &near[v as usize];
                let sum: f64 = near.iter().map(|&w| f64::from(self.place[w as usize])).sum();
                // Who has no neighbour there stays where it is.
                if near.is_empty() { f64::from(self.place[v as usize]) } else { sum / near.len() as f64 }
            };
            let mut keyed: Vec<(f64, u32)> = layers.layers[layer].iter().map(|&v| (mean(v), v)).collect();
            // Stable, so that equals keep their order; every other pair of sweeps they change it, which frees some knots.
            if self.sweep % 4 >= 2 {
                keyed.reverse();
            }
            keyed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            for (at, (_, v)) in keyed.into_iter().enumerate() {
                layers.layers[layer][at] = v;
                self.place[v as usize] = at as u32;
            }
        }
    }

    fn note(&mut self, layers: &Layers) {
        for layer in &layers.layers {
            layer.iter().enumerate().for_each(|(at, &v)| self.place[v as usize] = at as u32);
        }
    }

    /// Pairs of links that cross, counted with a tree of sums (Barth, Jünger and Mutzel 2002).
    fn count(&self, layers: &Layers) -> u64 {
        let mut sum = 0;
        let mut tree = Vec::new();
        for (layer, next) in layers.layers.iter().zip(layers.layers.iter().skip(1)) {
            tree.clear();
            tree.resize(next.len() + 1, 0u64);
            let mut before = 0;
            for &v in layer {
                let mut ends: Vec<u32> = layers.below[v as usize].iter().map(|&w| self.place[w as usize]).collect();
                ends.sort_unstable();
                sum += ends.iter().map(|&end| before - up_to(&tree, end)).sum::<u64>();
                before += ends.len() as u64;
                ends.iter().for_each(|&end| add(&mut tree, end));
            }
        }
        sum
    }
}

/// How many were added at `at` or before.
fn up_to(tree: &[u64], at: u32) -> u64 {
    let (mut at, mut sum) = (at as usize + 1, 0);
    while at > 0 {
        sum += tree[at];
        at &= at - 1;
    }
    sum
}

fn add(tree: &mut [u64], at: u32) {
    let mut at = at as usize + 1;
    while at < tree.len() {
        tree[at] += 1;
        at += at & at.wrapping_neg();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_counted() {
        // 0 and 1 above 2 and 3; both links cross.
        let crossed = Layers::new(4, &[[0, 3], [1, 2]], vec![0, 0, 1, 1]);
        assert_eq!(Ordering::new(&crossed).fewest, 1);
        let whole = Layers::new(6, &[[0, 3], [0, 4], [0, 5], [1, 3], [1, 4], [1, 5]], vec![0, 0, 0, 1, 1, 1]);
        assert_eq!(Ordering::new(&whole).fewest, 3);
    }
}
