//! One simulation: links pull, nodes push, until little moves. Model: ForceAtlas2 (Jacomy et al. 2014).
#![expect(clippy::indexing_slicing, reason = "every index is below the length of the net")]

use super::field::{self, Scratch};
use super::lanes::LANES;
#[cfg(target_arch = "wasm32")]
use super::lanes::Lanes;
use super::net::Net;
use super::tree::{BUCKET, Tree};

/// How hard nodes push. Only the scale of the picture hangs on it, in own units.
const REPULSION: f32 = 10.0;

/// No node goes farther in a round than past so many others: two that start on nearly one spot would fling each other out.
const LONGEST_WAY: f32 = 4.0;

/// How a simulation runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// Opening angle of the tree: larger is faster and rougher.
    pub(super) theta: f32,
    /// Pull towards the origin, by mass and distance; 0 where fixed nodes hold the picture in place.
    pub(super) gravity: f32,
    /// Whether a link pulls in proportion to its length, or, from half of the mean length on, less and less so: then the links
    /// between groups do not draw the groups into each other, and who belongs together stands together.
    pub(super) is_linear: bool,
}

/// Places and motion of the nodes of one net, in own units.
pub(super) struct Force {
    pub(super) net: Net,
    pub(super) xs: Vec<f32>,
    pub(super) ys: Vec<f32>,
    /// The nodes below this number move; the others are still, and stand in a tree that is made once.
    moving: usize,
    still: Tree,
    /// The force on each moving node, along x and along y; and that of the round before.
    forces: [Vec<f32>; 2],
    before: [Vec<f32>; 2],
    calm: Vec<f32>,
    /// The mean length of the links in the round before, where that counts.
    mean_link: f32,
    tree: Tree,
    scratch: Scratch,
    settings: Settings,
}

impl Force {
    /// The first `moving` nodes move, the others stay where they are.
    pub(super) fn new(net: Net, xs: Vec<f32>, ys: Vec<f32>, moving: usize, settings: Settings) -> Self {
        debug_assert!(xs.len() == net.len() && ys.len() == net.len() && moving <= net.len());
        let still_there = || [vec![0.0; moving], vec![0.0; moving]];
        let (forces, before, calm) = (still_there(), still_there(), vec![1.0; moving]);
        // A few nodes among many that are still: their cells must be as small as those of the others, or much would be near.
        let bucket = (BUCKET * moving / net.len().max(1)).max(1);
        let (tree, mut still, scratch) = (Tree::with_buckets(bucket), Tree::default(), Scratch::default());
        if moving < net.len() {
            still.rebuild(&xs[moving..], &ys[moving..], &net.masses[moving..]);
        }
        let mut force =
            Self { net, xs, ys, moving, still, forces, before, calm, mean_link: 0.0, tree, scratch, settings };
        force.mean_link = if settings.is_linear { 0.0 } else { force.mean_link() };
        force
    }

    /// A simulation of nothing.
    pub(super) fn none() -> Self {
        Self::new(Net::default(), Vec::new(), Vec::new(), 0, Settings { theta: 1.0, gravity: 0.0, is_linear: true })
    }

    /// The places, along x and along y; all else is given up.
    pub(super) fn into_places(self) -> [Vec<f32>; 2] {
        [self.xs, self.ys]
    }

    /// Moves every free node once; returns the mean way gone, in own units.
    pub(super) fn step(&mut self) -> f32 {
        let moving = self.moving;
        self.tree.rebuild(&self.xs[..moving], &self.ys[..moving], &self.net.masses[..moving]);
        self.pull();
        for sources in [&self.tree, &self.still] {
            let theta = self.settings.theta;
            field::push(&self.tree, sources, theta, REPULSION, &mut self.scratch, &mut self.forces);
        }
        let way = self.advance();
        std::mem::swap(&mut self.forces, &mut self.before);
        way / moving.max(1) as f32
    }

    fn pull(&mut self) {
        if !self.settings.is_linear {
            return self.pull_short();
        }
        for v in 0..self.moving {
            let [sum_x, sum_y, weights] = self.net.pulled(v, &self.xs, &self.ys);
            let back = weights + self.settings.gravity * self.net.masses[v];
            self.forces[0][v] = sum_x - back * self.xs[v];
            self.forces[1][v] = sum_y - back * self.ys[v];
        }
    }

    /// The same with long links pulling less; measures the links by the way.
    fn pull_short(&mut self) {
        let (by_link, mut all, mut count) = (self.by_link(), 0.0f64, 0);
        for v in 0..self.moving {
            let at = [self.xs[v], self.ys[v]];
            let (mut sum, mut ways) = ([0.0f32; 2], 0.0f32);
            for (w, weight) in self.net.pulls(v) {
                let (dx, dy) = (self.xs[w] - at[0], self.ys[w] - at[1]);
                let way = length(dx, dy);
                let pull = weight * shortened(way * by_link);
                sum = [sum[0] + dx * pull, sum[1] + dy * pull];
                ways += way;
                count += 1;
            }
            let back = self.settings.gravity * self.net.masses[v];
            (self.forces[0][v], self.forces[1][v]) = (sum[0] - back * at[0], sum[1] - back * at[1]);
            all += f64::from(ways);
        }
        self.mean_link = (all / count.max(1) as f64) as f32;
    }

    /// One by the mean length of the links; 0 where lengths do not count, or all are 0.
    fn by_link(&self) -> f32 {
        let by_link = 1.0 / self.mean_link;
        if by_link.is_normal() { by_link } else { 0.0 }
    }

    /// Moves the nodes, eight at a time; returns the way that all went together.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    fn advance(&mut self) -> f32 {
        let slow = 1.0 + (self.moving.max(1) as f32).ln();
        let longest = LONGEST_WAY * self.tree.side() / (self.moving.max(1) as f32).sqrt();
        let mut ways = [0.0f32; LANES];
        for first in (0..self.moving).step_by(LANES) {
            let lanes = |list: &[f32]| eight(list, first);
            let (x, y) = (lanes(&self.forces[0]), lanes(&self.forces[1]));
            let (old_x, old_y) = (lanes(&self.before[0]), lanes(&self.before[1]));
            let (mass, calm) = (lanes(&self.net.masses), lanes(&self.calm));
            let (mut way_x, mut way_y, mut calmer) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
            for lane in 0..LANES {
                let motion = motion([x[lane], y[lane]], [old_x[lane], old_y[lane]], mass[lane], calm[lane]);
                let speed = motion[0] / slow;
                let way = length(x[lane], y[lane]) * speed;
                let speed = if way > longest { speed * (longest / way) } else { speed };
                (way_x[lane], way_y[lane], calmer[lane]) = (x[lane] * speed, y[lane] * speed, motion[1]);
                ways[lane] += if way > longest { longest } else { way };
            }
            let end = self.moving.min(first + LANES);
            self.xs[first..end].iter_mut().zip(way_x).for_each(|(x, way)| *x += way);
            self.ys[first..end].iter_mut().zip(way_y).for_each(|(y, way)| *y += way);
            self.calm[first..end].iter_mut().zip(calmer).for_each(|(calm, calmer)| *calm = calmer);
        }
        ways.iter().sum()
    }

    /// Moves the centre of mass to the origin and scales to where push and pull balance as a whole (virial theorem).
    /// This saves the many steps in which a start of the wrong size would slowly blow up.
    pub(super) fn rescale(&mut self) {
        let total: f64 = self.net.masses.iter().map(|&mass| f64::from(mass)).sum();
        let centre = |along: &[f32]| {
            let sum: f64 = along.iter().zip(&self.net.masses).map(|(&at, &mass)| f64::from(at * mass)).sum();
            (sum / total) as f32
        };
        let (middle_x, middle_y) = (centre(&self.xs), centre(&self.ys));
        self.xs.iter_mut().for_each(|x| *x -= middle_x);
        self.ys.iter_mut().for_each(|y| *y -= middle_y);
        let scale = balance(&self.net.masses, self.tension());
        self.xs.iter_mut().chain(&mut self.ys).for_each(|along| *along *= scale);
        self.mean_link *= scale;
    }

    /// What pulls together: the squares of the lengths of links, and of distances from the origin by gravity.
    fn tension(&self) -> f64 {
        let (mut sum, by_link) = (0.0, self.by_link());
        for v in 0..self.net.len() {
            let (x, y) = (self.xs[v], self.ys[v]);
            sum += f64::from(self.settings.gravity * self.net.masses[v]) * f64::from(x * x + y * y);
            for (w, weight) in self.net.pulls(v) {
                let (dx, dy) = (self.xs[w] - x, self.ys[w] - y);
                let square = dx * dx + dy * dy;
                let share = if self.settings.is_linear { 1.0 } else { shortened(square.sqrt() * by_link) };
                sum += 0.5 * f64::from(weight * share * square);
            }
        }
        sum
    }

    /// The distance to the nearest neighbour that two thirds of the nodes do not reach, judged by a sample.
    pub(super) fn crowding(&self) -> f32 {
        let mut nearest: Vec<f32> = self.sample().map(|v| self.nearest(v)).collect();
        let most = nearest.len() * 2 / 3;
        *nearest.select_nth_unstable_by(most, f32::total_cmp).1
    }

    fn nearest(&self, v: usize) -> f32 {
        let at = [self.xs[v], self.ys[v]];
        let before = nearest_square(at, &self.xs[..v], &self.ys[..v]);
        before.min(nearest_square(at, &self.xs[v + 1..], &self.ys[v + 1..])).sqrt()
    }

    /// The side of the square that each node would have if they shared the picture's rectangle evenly, but for the few that
    /// stand farthest out along each side; judged by a sample.
    pub(super) fn room(&self) -> f32 {
        let extent = |along: &[f32]| {
            let mut along: Vec<f32> = self.sample().map(|v| along[v]).collect();
            along.sort_unstable_by(f32::total_cmp);
            let out = along.len() / 20;
            // The middle nine tenths of a disc are four fifths as wide as all.
            let share = 1.0 - 4.0 * out as f32 / along.len() as f32;
            (along[along.len() - 1 - out] - along[out]) / share
        };
        (extent(&self.xs) * extent(&self.ys) / self.net.len() as f32).sqrt()
    }

    /// Some nodes, evenly spread over all numbers.
    fn sample(&self) -> impl Iterator<Item = usize> {
        const SAMPLE: usize = 128;
        let len = self.net.len();
        (0..len).step_by(len.div_ceil(SAMPLE).max(1))
    }

    /// The mean length of the links; 0 without links.
    pub(super) fn mean_link(&self) -> f32 {
        let (mut sum, mut count) = (0.0f64, 0usize);
        for v in 0..self.net.len() {
            for (w, _) in self.net.pulls(v) {
                sum += f64::from(length(self.xs[w] - self.xs[v], self.ys[w] - self.ys[v]));
                count += 1;
            }
        }
        (sum / count.max(1) as f64) as f32
    }
}

/// How strongly a link pulls for its length, which is told in mean lengths: twice at most, and all alike in the end.
#[inline]
fn shortened(length: f32) -> f32 {
    2.0 / (1.0 + 2.0 * length)
}

/// The factor that brings push and pull into balance, for nodes of these masses and the sum of all pulls by length; 1 where
/// there is none.
pub(super) fn balance(masses: &[f32], tension: f64) -> f32 {
    let total: f64 = masses.iter().map(|&mass| f64::from(mass)).sum();
    let squares: f64 = masses.iter().map(|&mass| f64::from(mass).powi(2)).sum();
    let push = f64::from(REPULSION) * 0.5 * (total * total - squares);
    let scale = (push / tension.max(1e-30)).sqrt() as f32;
    if scale.is_normal() { scale } else { 1.0 }
}

/// The square of the distance to the nearest of some places.
#[cfg(target_arch = "wasm32")]
#[inline(never)]
#[target_feature(enable = "simd128")]
fn nearest_square([x, y]: [f32; 2], xs: &[f32], ys: &[f32]) -> f32 {
    let ((lanes_x, rest_x), (lanes_y, rest_y)) = (xs.as_chunks(), ys.as_chunks());
    let (all_x, all_y, mut least) = (Lanes::all(x), Lanes::all(y), Lanes::all(f32::MAX));
    for (lanes_x, lanes_y) in lanes_x.iter().zip(lanes_y) {
        let (dx, dy) = (Lanes::of(lanes_x).minus(all_x), Lanes::of(lanes_y).minus(all_y));
        least = least.least(dx.times(dx).plus(dy.times(dy)));
    }
    let square = |(other_x, other_y): (&f32, &f32)| (other_x - x) * (other_x - x) + (other_y - y) * (other_y - y);
    rest_x.iter().zip(rest_y).map(square).fold(least.smallest(), f32::min)
}

/// The same of plain arrays, of which the compiler makes vectors by itself.
#[cfg(not(target_arch = "wasm32"))]
fn nearest_square([x, y]: [f32; 2], xs: &[f32], ys: &[f32]) -> f32 {
    let square = |other_x: f32, other_y: f32| (other_x - x) * (other_x - x) + (other_y - y) * (other_y - y);
    let ((lanes_x, rest_x), (lanes_y, rest_y)) = (xs.as_chunks::<LANES>(), ys.as_chunks::<LANES>());
    let mut least = [f32::MAX; LANES];
    for (lanes_x, lanes_y) in lanes_x.iter().zip(lanes_y) {
        for lane in 0..LANES {
            let square = square(lanes_x[lane], lanes_y[lane]);
            least[lane] = if square < least[lane] { square } else { least[lane] };
        }
    }
    let rest = rest_x.iter().zip(rest_y).map(|(&other_x, &other_y)| square(other_x, other_y));
    rest.chain(least).fold(f32::MAX, f32::min)
}

/// The numbers from `first` on; 0 behind the end.
fn eight(list: &[f32], first: usize) -> [f32; LANES] {
    let rest = &list[first..];
    rest.first_chunk().copied().unwrap_or_else(|| std::array::from_fn(|lane| rest.get(lane).copied().unwrap_or(0.0)))
}

/// Speed and calm of a node: one that swings to and fro gets slow, one that keeps its direction fast.
#[inline]
fn motion([x, y]: [f32; 2], [old_x, old_y]: [f32; 2], mass: f32, calm: f32) -> [f32; 2] {
    let swing = (mass * length(old_x - x, old_y - y)).sqrt();
    let traction = length(old_x + x, old_y + y) * 0.5;
    let speed = calm * ln(1.0 + traction) / (1.0 + swing);
    let calmer = (speed * (x * x + y * y) / (1.0 + swing)).sqrt();
    [speed, if calmer < 1.0 { calmer } else { 1.0 }]
}

/// The natural logarithm of a positive number, to 5 digits, the same on every platform: of the exponent, and of the rest by
/// the series of the inverse hyperbolic tangent.
#[inline]
fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let rest = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    let s = (rest - 1.0) / (rest + 1.0);
    let square = s * s;
    let series = 1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0)));
    exponent as f32 * std::f32::consts::LN_2 + 2.0 * s * series
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}
