//! The force with which all nodes push each other, in time that grows with their number: the fast multipole method of
//! Greengard and Rokhlin (1987) at low order, walked for both sides at once.
//!
//! The push of a mass `m` at `c` on a point `z` is `m / (z - c)`, conjugated, if places are complex numbers. A far cell acts
//! as one mass. What it does within a cell of targets is a series around that cell's centre, which is handed down to the
//! cells below; only near nodes act one by one. All that is evaluated in numbers stands in flat lists and goes four or
//! eight at a time, without a branch.
#![expect(clippy::indexing_slicing, reason = "every index is a cell or a sorted node of the tree that it is used with")]

#[cfg(not(target_arch = "wasm32"))]
use super::lanes::LANES;
#[cfg(target_arch = "wasm32")]
use super::lanes::Lanes;
use super::lanes::larger;
use super::tree::{Cell, Masses, Tree};

/// Keeps a node from pushing itself.
const TINY: f32 = 1e-9;

type Complex = [f32; 2];
/// The first terms of a power series around a cell's centre.
type Series = [Complex; 4];

/// Lists that are used again and again.
#[derive(Default)]
pub(super) struct Scratch {
    waiting: Vec<u32>,
    far: Masses,
    near: Masses,
}

/// Adds to `forces`, along x and along y, by the number of the target, `strength` times the push of all `sources` on each of the `targets`,
/// which may be the same tree: a node does not push itself.
///
/// `theta` is the opening angle: what is farther away than its side / theta, and the target's, acts as one mass.
pub(super) fn push(
    targets: &Tree,
    sources: &Tree,
    theta: f32,
    strength: f32,
    scratch: &mut Scratch,
    forces: &mut [Vec<f32>; 2],
) {
    if targets.cells.is_empty() || sources.cells.is_empty() {
        return;
    }
    scratch.waiting.clear();
    scratch.waiting.push(0);
    let mut walk = Walk { targets, sources, inverse_theta_squared: 1.0 / (theta * theta), strength, scratch, forces };
    let centre = targets.cells[0].centre();
    walk.visit(0, centre, [[0.0; 2]; 4], 0..1);
}

struct Walk<'a> {
    targets: &'a Tree,
    sources: &'a Tree,
    inverse_theta_squared: f32,
    strength: f32,
    scratch: &'a mut Scratch,
    forces: &'a mut [Vec<f32>; 2],
}

impl Walk<'_> {
    /// Does the work for one cell of targets and all below. `waiting` are the cells of sources that are neither in `series`
    /// nor small enough to be told apart yet.
    fn visit(&mut self, target: u32, from: [f32; 2], series: Series, waiting: std::ops::Range<usize>) {
        let targets = self.targets;
        let cell = &targets.cells[target as usize];
        let own = self.scratch.waiting.len();
        self.scratch.far.clear();
        for at in waiting {
            self.sift(cell, self.scratch.waiting[at]);
        }
        let centre = cell.centre();
        self.scratch.far.pad();
        let series = sum(shifted(&series, minus(centre, from)), expand(centre, &self.scratch.far));
        if cell.is_bucket {
            self.evaluate(cell, centre, &series, own);
        } else {
            let handed_down = own..self.scratch.waiting.len();
            targets.children(target).for_each(|child| self.visit(child, centre, series, handed_down.clone()));
        }
        self.scratch.waiting.truncate(own);
    }

    /// Puts a cell of sources where it belongs for these targets: far, or waiting, or its parts.
    fn sift(&mut self, target: &Cell, source: u32) {
        let cells = &self.sources.cells;
        let end = cells[source as usize].skip;
        let mut next = source;
        while next < end {
            let cell = &cells[next as usize];
            let way_x = larger(larger(target.low[0] - cell.x, cell.x - target.high[0]), 0.0);
            let way_y = larger(larger(target.low[1] - cell.y, cell.y - target.high[1]), 0.0);
            let side_squared = larger(cell.side_squared, target.side_squared);
            if side_squared * self.inverse_theta_squared < way_x * way_x + way_y * way_y {
                self.scratch.far.push(cell.x, cell.y, cell.mass);
            } else if cell.is_bucket || (!target.is_bucket && cell.side_squared <= target.side_squared) {
                self.scratch.waiting.push(next);
            } else {
                next += 1;
                continue;
            }
            next = cell.skip;
        }
    }

    /// Writes the forces on the nodes of a bucket: the series, and one by one what is near.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    fn evaluate(&mut self, cell: &Cell, centre: [f32; 2], series: &Series, own: usize) {
        let Scratch { waiting, near, .. } = &mut *self.scratch;
        near.clear();
        // Neighbouring cells follow each other, and in wasm few long copies are cheaper than many short ones.
        let mut stretch = 0..0;
        for &source in &waiting[own..] {
            let nodes = self.sources.cells[source as usize].nodes();
            if nodes.start != stretch.end {
                near.extend(&self.sources.sorted, std::mem::replace(&mut stretch, nodes.start..nodes.start));
            }
            stretch.end = nodes.end;
        }
        near.extend(&self.sources.sorted, stretch);
        near.pad();
        let sorted = &self.targets.sorted;
        for k in cell.nodes() {
            let place = [sorted.xs[k], sorted.ys[k]];
            let [far_x, far_y] = value(series, minus(place, centre));
            let [near_x, near_y] = near_push(place, near);
            let strength = self.strength * sorted.masses[k];
            let v = self.targets.order()[k] as usize;
            self.forces[0][v] += (far_x + near_x) * strength;
            self.forces[1][v] += (near_y - far_y) * strength;
        }
    }
}

/// The sum of mass / distance, away from each mass. Never inlined, because within a longer function it is not seen as vectors.
#[cfg(target_arch = "wasm32")]
#[inline(never)]
#[target_feature(enable = "simd128")]
fn near_push([x, y]: [f32; 2], near: &Masses) -> [f32; 2] {
    let (x, y, tiny) = (Lanes::all(x), Lanes::all(y), Lanes::all(TINY));
    let (mut force_x, mut force_y) = (Lanes::all(0.0), Lanes::all(0.0));
    for [xs, ys, masses] in near.lanes() {
        let (dx, dy) = (x.minus(Lanes::of(xs)), y.minus(Lanes::of(ys)));
        let force = Lanes::of(masses).over(dx.times(dx).plus(dy.times(dy)).plus(tiny));
        force_x = force_x.plus(dx.times(force));
        force_y = force_y.plus(dy.times(force));
    }
    [force_x.sum(), force_y.sum()]
}

/// The same of plain arrays, of which the compiler makes vectors by itself.
#[cfg(not(target_arch = "wasm32"))]
fn near_push([x, y]: [f32; 2], near: &Masses) -> [f32; 2] {
    let mut force_x = [0.0f32; LANES];
    let mut force_y = [0.0f32; LANES];
    let xs = near.xs.as_chunks::<LANES>().0;
    let ys = near.ys.as_chunks::<LANES>().0;
    let masses = near.masses.as_chunks::<LANES>().0;
    for ((xs, ys), masses) in xs.iter().zip(ys).zip(masses) {
        for lane in 0..LANES {
            let dx = x - xs[lane];
            let dy = y - ys[lane];
            let force = masses[lane] / (dx * dx + dy * dy + TINY);
            force_x[lane] += dx * force;
            force_y[lane] += dy * force;
        }
    }
    [force_x.iter().sum(), force_y.iter().sum()]
}

/// The series of `mass / (z - c)` around `centre`, summed over all masses: `w = centre - c`, terms `1/w, -1/w^2, 1/w^3, -1/w^4`.
#[cfg(target_arch = "wasm32")]
#[inline(never)]
#[target_feature(enable = "simd128")]
fn expand([x, y]: [f32; 2], far: &Masses) -> Series {
    let (x, y, one) = (Lanes::all(x), Lanes::all(y), Lanes::all(1.0));
    let mut terms = [[Lanes::all(0.0); 2]; 4];
    for [xs, ys, masses] in far.lanes() {
        // Minus one by w, so that the signs of the terms change by themselves; all of them are turned in the end.
        let (dx, dy) = (Lanes::of(xs).minus(x), y.minus(Lanes::of(ys)));
        let inverse = one.over(dx.times(dx).plus(dy.times(dy)));
        let (by_x, by_y, masses) = (dx.times(inverse), dy.times(inverse), Lanes::of(masses));
        let (mut power_x, mut power_y) = (by_x.times(masses), by_y.times(masses));
        for term in &mut terms {
            *term = [term[0].plus(power_x), term[1].plus(power_y)];
            let next_x = power_x.times(by_x).minus(power_y.times(by_y));
            power_y = power_x.times(by_y).plus(power_y.times(by_x));
            power_x = next_x;
        }
    }
    terms.map(|[x, y]| [-x.sum(), -y.sum()])
}

/// The same of plain arrays, of which the compiler makes vectors by itself.
#[cfg(not(target_arch = "wasm32"))]
fn expand([x, y]: [f32; 2], far: &Masses) -> Series {
    let mut terms = [[[0.0f32; LANES]; 2]; 4];
    let xs = far.xs.as_chunks::<LANES>().0;
    let ys = far.ys.as_chunks::<LANES>().0;
    let masses = far.masses.as_chunks::<LANES>().0;
    for ((xs, ys), masses) in xs.iter().zip(ys).zip(masses) {
        let (mut power_x, mut power_y) = ([0.0f32; LANES], [0.0f32; LANES]);
        let (mut by_x, mut by_y) = ([0.0f32; LANES], [0.0f32; LANES]);
        for lane in 0..LANES {
            let (dx, dy) = (x - xs[lane], y - ys[lane]);
            let inverse = 1.0 / (dx * dx + dy * dy);
            // Minus one by w, so that the signs of the terms change by themselves.
            (by_x[lane], by_y[lane]) = (-dx * inverse, dy * inverse);
            (power_x[lane], power_y[lane]) = (-by_x[lane] * masses[lane], -by_y[lane] * masses[lane]);
        }
        for term in &mut terms {
            for lane in 0..LANES {
                term[0][lane] += power_x[lane];
                term[1][lane] += power_y[lane];
                let next_x = power_x[lane] * by_x[lane] - power_y[lane] * by_y[lane];
                power_y[lane] = power_x[lane] * by_y[lane] + power_y[lane] * by_x[lane];
                power_x[lane] = next_x;
            }
        }
    }
    terms.map(|term| term.map(|lanes| lanes.iter().sum()))
}

/// The same series around a centre that lies `way` from its own.
fn shifted([a, b, c, d]: &Series, way: Complex) -> Series {
    let d_way = times(*d, way);
    let first = plus(*a, times(plus(*b, times(plus(*c, d_way), way)), way));
    let second = plus(*b, times(plus(scaled(*c, 2.0), scaled(d_way, 3.0)), way));
    [first, second, plus(*c, scaled(d_way, 3.0)), *d]
}

/// The series at `way` from its centre.
fn value([a, b, c, d]: &Series, way: Complex) -> Complex {
    plus(*a, times(plus(*b, times(plus(*c, times(*d, way)), way)), way))
}

fn sum(a: Series, b: Series) -> Series {
    [plus(a[0], b[0]), plus(a[1], b[1]), plus(a[2], b[2]), plus(a[3], b[3])]
}

fn plus(a: Complex, b: Complex) -> Complex {
    [a[0] + b[0], a[1] + b[1]]
}

fn minus(a: Complex, b: Complex) -> Complex {
    [a[0] - b[0], a[1] - b[1]]
}

fn times(a: Complex, b: Complex) -> Complex {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

fn scaled(a: Complex, by: f32) -> Complex {
    [a[0] * by, a[1] * by]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    fn scattered(count: usize, seed: u64) -> Masses {
        let mut chance = Chance::seeded(seed);
        let mut points = Masses::default();
        (0..count)
            .for_each(|_| points.push(chance.centred() * 100.0, chance.centred() * 100.0, 1.5 + chance.centred()));
        points
    }

    fn tree(of: &Masses) -> Tree {
        let mut tree = Tree::default();
        tree.rebuild(&of.xs, &of.ys, &of.masses);
        tree
    }

    /// Root mean square of the error by that of the force, against the sum over all pairs.
    fn error(targets: &Masses, sources: &Masses, theta: f32) -> f32 {
        let mut forces = [vec![0.0; targets.xs.len()], vec![0.0; targets.xs.len()]];
        push(&tree(targets), &tree(sources), theta, 2.0, &mut Scratch::default(), &mut forces);
        let (mut error, mut size) = (0.0, 0.0);
        for (v, (force_x, force_y)) in forces[0].iter().zip(&forces[1]).enumerate() {
            let mut exact = [0.0f32; 2];
            for w in 0..sources.xs.len() {
                let (dx, dy) = (targets.xs[v] - sources.xs[w], targets.ys[v] - sources.ys[w]);
                let force = 2.0 * targets.masses[v] * sources.masses[w] / (dx * dx + dy * dy).max(1e-12);
                exact = [exact[0] + dx * force, exact[1] + dy * force];
            }
            error += (exact[0] - force_x).powi(2) + (exact[1] - force_y).powi(2);
            size += exact[0].powi(2) + exact[1].powi(2);
        }
        (error / size).sqrt()
    }

    #[test]
    fn the_walk_agrees_with_the_sum_over_all_pairs() {
        let (some, others) = (scattered(900, 1), scattered(300, 2));
        for (theta, most) in [(0.8, 0.005), (1.0, 0.01), (1.2, 0.02)] {
            let error = error(&some, &some, theta);
            assert!(error < most, "theta {theta}: relative error {error}");
        }
        let error = error(&others, &some, 1.0);
        assert!(error < 0.01, "one tree on another: relative error {error}");
    }

    #[test]
    fn nodes_on_one_spot_and_empty_graphs_are_no_trouble() {
        let (none, mut same) = (Masses::default(), Masses::default());
        (0..100).for_each(|_| same.push(4.0, 4.0, 4.0));
        push(&tree(&none), &tree(&same), 1.0, 1.0, &mut Scratch::default(), &mut [vec![], vec![]]);
        let mut forces = [vec![0.0; 100], vec![0.0; 100]];
        push(&tree(&same), &tree(&same), 1.0, 1.0, &mut Scratch::default(), &mut forces);
        assert!(forces.iter().flatten().all(|force| force.is_finite()));
    }
}
