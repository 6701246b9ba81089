//! Lays out one connected part from nothing: coarse to fine, then apart. A few nodes may be held where they are.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the level that it is used with")]

use super::apart::Apart;
use super::coarsen::coarsen;
use super::force::{Force, Settings};
use super::net::Net;
use super::{SPACING, pivot};
use crate::Place;
use crate::chance::Chance;

/// Parts up to this size need no coarser level.
const COARSEST: usize = 60;
/// A level that shrinks by less than this is not worth its time.
const SHRINK: f32 = 0.92;
const COARSE_ROUNDS: usize = 300;
/// Where ways are long the start is good already, and many rounds would crumple it.
const LONG_ROUNDS: usize = 30;
const SETTINGS: Settings = Settings { theta: 1.0, gravity: 0.05 };

/// One connected part on its way; `places` are in pixels at zoom 1, around its own origin.
pub(super) struct Whole {
    pub(super) places: Vec<Place>,
    finer: Vec<(Net, Vec<u32>)>,
    depth: usize,
    force: Force,
    rounds: usize,
    /// Pixels per own unit of the simulation, once known.
    unit_px: Option<f32>,
    apart: Apart,
    fixed: Vec<bool>,
    /// The fixed nodes' places, if this part is held anywhere.
    holds: Vec<(u32, Place)>,
    chance: Chance,
}

impl Whole {
    pub(super) fn new(len: usize, pairs: &[[u32; 2]], seed: u64) -> Self {
        let mut chance = Chance::seeded(seed);
        let mut net = Net::new(len, pairs);
        let mut finer = Vec::new();
        let has_long_ways = has_long_ways(&net);
        while net.len() > COARSEST && !has_long_ways {
            let (coarse, clusters) = coarsen(&net, &mut chance);
            if coarse.len() as f32 > SHRINK * net.len() as f32 {
                break;
            }
            finer.push((std::mem::replace(&mut net, coarse), clusters));
        }
        let (xs, ys) = pivot::places(&net, &mut chance);
        let rounds = match has_long_ways {
            true => LONG_ROUNDS,
            false if finer.is_empty() => fine_rounds(len),
            false => COARSE_ROUNDS,
        };
        let mut force = Force::new(net, xs, ys, Vec::new(), SETTINGS);
        force.rescale();
        let (places, fixed) = (sunflower(len), vec![false; len]);
        let (depth, apart) = (finer.len(), Apart::default());
        Self { places, depth, finer, force, rounds, unit_px: None, apart, fixed, holds: Vec::new(), chance }
    }

    /// The same with a few nodes held at their places, around which the rest is laid out.
    pub(super) fn holding(mut self, holds: Vec<(u32, Place)>) -> Self {
        holds.iter().for_each(|&(v, _)| self.fixed[v as usize] = true);
        self.holds = holds;
        self.settle();
        self
    }

    pub(super) fn is_held(&self) -> bool {
        !self.holds.is_empty()
    }

    /// Shifts all places to meet the held nodes as well as one shift can, then puts those where they belong.
    fn settle(&mut self) {
        let share = 1.0 / self.holds.len().max(1) as f32;
        let shift = self.holds.iter().fold([0.0, 0.0], |[x, y], &(v, [to_x, to_y])| {
            let [from_x, from_y] = self.places[v as usize];
            [x + (to_x - from_x) * share, y + (to_y - from_y) * share]
        });
        self.places.iter_mut().for_each(|place| *place = [place[0] + shift[0], place[1] + shift[1]]);
        self.holds.iter().for_each(|&(v, place)| self.places[v as usize] = place);
    }

    /// One round of work; true when done. Returns the number of nodes touched as well.
    pub(super) fn step(&mut self) -> (bool, usize) {
        let len = self.force.net.len();
        if self.rounds > 0 {
            let way = self.force.step();
            self.rounds = if way < 1e-3 { 0 } else { self.rounds - 1 };
            if self.finer.is_empty() {
                self.show();
            }
            return (false, len);
        }
        match self.finer.pop() {
            Some((net, clusters)) => {
                self.refine(net, &clusters);
                (false, len)
            }
            None => (self.apart.step(&mut self.places, &self.fixed), len),
        }
    }

    /// Goes one level finer: every node starts near the cluster that stood for it.
    fn refine(&mut self, net: Net, clusters: &[u32]) {
        let spread = self.force.mean_link() * 0.3;
        let place = |along: &[f32], chance: &mut Chance| -> Vec<f32> {
            clusters.iter().map(|&cluster| along[cluster as usize] + chance.centred() * spread).collect()
        };
        let xs = place(&self.force.xs, &mut self.chance);
        let ys = place(&self.force.ys, &mut self.chance);
        self.force = Force::new(net, xs, ys, Vec::new(), SETTINGS);
        self.force.rescale();
        let coarseness = self.finer.len() as f32 / self.depth as f32;
        let fine = fine_rounds(self.places.len());
        self.rounds = fine + (COARSE_ROUNDS.saturating_sub(fine) as f32 * coarseness * coarseness) as usize;
    }

    /// Scales so that most nodes just have room, and the picture is not too thin. Done at the first showing and once
    /// more at the end, so that it does not breathe in between.
    fn show(&mut self) {
        if self.unit_px.is_none() || self.rounds == 0 {
            let thinnest = SPACING * 2.5 / self.force.room().max(1e-6);
            let unit = (SPACING / self.force.crowding().max(1e-6)).min(thinnest);
            self.unit_px = Some(if unit.is_normal() { unit } else { 1.0 });
        }
        let unit = self.unit_px.unwrap_or(1.0);
        for ((place, x), y) in self.places.iter_mut().zip(&self.force.xs).zip(&self.force.ys) {
            *place = [x * unit, y * unit];
        }
        self.settle();
    }
}

/// Rounds on the finest level: small parts can afford to come to rest.
fn fine_rounds(len: usize) -> usize {
    (300_000 / len.max(1)).clamp(30, COARSE_ROUNDS)
}

/// Whether shortest ways are much longer than in a graph of communities: there a start from distances is better.
fn has_long_ways(net: &Net) -> bool {
    let (mut steps, mut queue) = (Vec::new(), Vec::new());
    let far = net.distances(0, &mut steps, &mut queue);
    let last = net.distances(far, &mut steps, &mut queue);
    steps[last] as f32 > 3.0 * (net.len() as f32).log2()
}

/// Places on a sunflower's head: dense, even, without touching. Shown until the part's turn comes.
fn sunflower(len: usize) -> Vec<Place> {
    const GOLDEN_ANGLE: f32 = 2.399_963;
    (0..len)
        .map(|v| {
            let (radius, angle) = (super::SPACING * 0.7 * (v as f32).sqrt(), GOLDEN_ANGLE * v as f32);
            [radius * angle.cos(), radius * angle.sin()]
        })
        .collect()
}
