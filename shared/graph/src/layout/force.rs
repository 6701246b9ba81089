//! One simulation: links pull, nodes push, until little moves. Model: ForceAtlas2 (Jacomy et al. 2014).
#![expect(clippy::indexing_slicing, reason = "every index is below the length of the net")]

use super::net::Net;
use super::tree::{Tree, range};

/// How hard nodes push. Only the scale of the picture hangs on it, in own units.
const REPULSION: f32 = 10.0;

/// How a simulation runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    /// Opening angle of the tree: larger is faster and rougher.
    pub(super) theta: f32,
    /// Pull towards the origin, by mass and distance; 0 where fixed nodes hold the picture in place.
    pub(super) gravity: f32,
}

/// Places and motion of the nodes of one net, in own units.
pub(super) struct Force {
    pub(super) net: Net,
    pub(super) xs: Vec<f32>,
    pub(super) ys: Vec<f32>,
    fixed: Vec<bool>,
    moving: usize,
    forces: Vec<[f32; 2]>,
    before: Vec<[f32; 2]>,
    calm: Vec<f32>,
    tree: Tree,
    settings: Settings,
}

impl Force {
    /// `fixed` may be empty: then all nodes move.
    pub(super) fn new(net: Net, xs: Vec<f32>, ys: Vec<f32>, mut fixed: Vec<bool>, settings: Settings) -> Self {
        let len = net.len();
        debug_assert!(xs.len() == len && ys.len() == len);
        fixed.resize(len, false);
        let moving = fixed.iter().filter(|fixed| !**fixed).count();
        let still = vec![[0.0; 2]; len];
        let (forces, before, calm) = (still.clone(), still, vec![1.0; len]);
        Self { net, xs, ys, fixed, moving, forces, before, calm, tree: Tree::default(), settings }
    }

    /// Moves every free node once; returns the mean way gone, in own units.
    pub(super) fn step(&mut self) -> f32 {
        self.tree.rebuild(&self.xs, &self.ys, &self.net.masses);
        let fixed = &self.fixed;
        self.tree.repulse(self.settings.theta, REPULSION, |v| !fixed[v], &mut self.forces);
        self.pull();
        let way = self.advance();
        std::mem::swap(&mut self.forces, &mut self.before);
        way / self.moving.max(1) as f32
    }

    fn pull(&mut self) {
        for v in (0..self.net.len()).filter(|&v| !self.fixed[v]) {
            let (x, y) = (self.xs[v], self.ys[v]);
            let gravity = self.settings.gravity * self.net.masses[v];
            let (mut force_x, mut force_y) = (-gravity * x, -gravity * y);
            for (w, weight) in self.net.pulls(v) {
                force_x += weight * (self.xs[w] - x);
                force_y += weight * (self.ys[w] - y);
            }
            self.forces[v][0] += force_x;
            self.forces[v][1] += force_y;
        }
    }

    /// A node that swings to and fro gets slow, one that keeps its direction fast.
    fn advance(&mut self) -> f32 {
        let slow = 1.0 + (self.moving.max(1) as f32).ln();
        let mut way = 0.0;
        for v in (0..self.net.len()).filter(|&v| !self.fixed[v]) {
            let ([x, y], [old_x, old_y]) = (self.forces[v], self.before[v]);
            let swing = (self.net.masses[v] * length(old_x - x, old_y - y)).sqrt();
            let traction = length(old_x + x, old_y + y) * 0.5;
            let speed = self.calm[v] * (1.0 + traction).ln() / (1.0 + swing);
            self.calm[v] = (speed * (x * x + y * y) / (1.0 + swing)).sqrt().min(1.0);
            self.xs[v] += x * speed / slow;
            self.ys[v] += y * speed / slow;
            way += length(x, y) * speed / slow;
        }
        way
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
        let scale = self.balance();
        self.xs.iter_mut().for_each(|x| *x *= scale);
        self.ys.iter_mut().for_each(|y| *y *= scale);
    }

    /// The factor that brings push and pull of all places into balance; 1 where there is none.
    pub(super) fn balance(&self) -> f32 {
        let total: f64 = self.net.masses.iter().map(|&mass| f64::from(mass)).sum();
        let squares: f64 = self.net.masses.iter().map(|&mass| f64::from(mass).powi(2)).sum();
        let push = f64::from(REPULSION) * 0.5 * (total * total - squares);
        let scale = (push / self.tension().max(1e-30)).sqrt() as f32;
        if scale.is_normal() { scale } else { 1.0 }
    }

    /// What pulls together: the squares of the lengths of links, and of distances from the origin by gravity.
    fn tension(&self) -> f64 {
        let mut sum = 0.0;
        for v in 0..self.net.len() {
            let (x, y) = (self.xs[v], self.ys[v]);
            sum += f64::from(self.settings.gravity * self.net.masses[v]) * f64::from(x * x + y * y);
            for (w, weight) in self.net.pulls(v) {
                let (dx, dy) = (self.xs[w] - x, self.ys[w] - y);
                sum += 0.5 * f64::from(weight * (dx * dx + dy * dy));
            }
        }
        sum
    }

    /// The distance to the nearest neighbour that two thirds of the nodes do not reach, judged by a sample.
    pub(super) fn crowding(&self) -> f32 {
        const SAMPLE: usize = 128;
        let len = self.net.len();
        let mut nearest: Vec<f32> = (0..len).step_by(len.div_ceil(SAMPLE).max(1)).map(|v| self.nearest(v)).collect();
        let most = nearest.len() * 2 / 3;
        *nearest.select_nth_unstable_by(most, f32::total_cmp).1
    }

    fn nearest(&self, v: usize) -> f32 {
        let (x, y) = (self.xs[v], self.ys[v]);
        let squares =
            self.xs.iter().zip(&self.ys).map(|(other_x, other_y)| (other_x - x).powi(2) + (other_y - y).powi(2));
        squares.enumerate().filter(|(w, _)| *w != v).fold(f32::MAX, |least, (_, square)| least.min(square)).sqrt()
    }

    /// The side of the square that each node would have if they shared the picture's rectangle evenly.
    pub(super) fn room(&self) -> f32 {
        let extent = |along: &[f32]| {
            let (low, high) = range(along);
            high - low
        };
        (extent(&self.xs) * extent(&self.ys) / self.net.len() as f32).sqrt()
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

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}
