//! Lays out one connected part from nothing: coarse to fine, then apart. A few nodes may be held where they are.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the level that it is used with")]

use super::apart::Apart;
use super::coarsen::{coarsen, sorted_by};
use super::force::{Force, Settings};
use super::net::Net;
use super::tree::along_curve;
use super::{SPACING, pivot};
use crate::Place;
use crate::chance::Chance;

/// Parts up to this size need no coarser level.
const COARSEST: usize = 60;
/// A level that shrinks by less than this is not worth its time.
const SHRINK: f32 = 0.92;
const COARSE_ROUNDS: usize = 400;
/// Where ways are long the start is good already, and many rounds would crumple it.
const LONG_ROUNDS: usize = 30;
/// On the finest levels long links pull less: the coarse ones say where each group goes, these bring it together.
const SHORT_LEVELS: usize = 2;

/// One connected part on its way; `places` are in pixels at zoom 1, around its own origin.
pub(super) struct Whole {
    pub(super) places: Vec<Place>,
    /// What is not begun yet: its coarse levels are made when its turn comes, so that those of many parts are not there at once.
    waiting: Option<Net>,
    finer: Vec<(Net, Vec<u32>)>,
    depth: usize,
    force: Force,
    /// The number in `places` of each node of the finest level, which is simulated in an order that keeps neighbours
    /// together in memory.
    names: Vec<u32>,
    rounds: usize,
    /// Pixels per own unit of the simulation, once known.
    unit_px: Option<f32>,
    apart: Apart,
    /// Whether nodes may stay where the forces bring them, one upon the other.
    pub(super) may_touch: bool,
    fixed: Vec<bool>,
    /// The fixed nodes' places, if this part is held anywhere.
    holds: Vec<(u32, Place)>,
    chance: Chance,
}

impl Whole {
    pub(super) fn new(net: Net, seed: u64) -> Self {
        let places = sunflower(net.len());
        Self { chance: Chance::seeded(seed), waiting: Some(net), ..Self::with(Force::none(), 0, places) }
    }

    /// Makes the coarse levels, and a start for the coarsest.
    fn begin(&mut self, mut net: Net) {
        let len = net.len();
        let has_long_ways = has_long_ways(&net);
        while net.len() > COARSEST && !has_long_ways {
            let Some((coarse, clusters)) = much_coarser(&net, &mut self.chance) else { break };
            self.finer.push((std::mem::replace(&mut net, coarse), clusters));
        }
        self.depth = self.finer.len();
        let (xs, ys) = pivot::places(&net, &mut self.chance);
        self.rounds = match has_long_ways {
            true => LONG_ROUNDS,
            false if self.finer.is_empty() => fine_rounds(len),
            false => COARSE_ROUNDS,
        };
        (self.force, self.names) = in_order(&net, &xs, &ys, settings(len, self.finer.is_empty()));
        if let Some((_, clusters)) = self.finer.last_mut() {
            rename(clusters, &self.names);
        }
    }

    /// A part that is laid out from where it is.
    pub(super) fn going_on(net: &Net, places: Vec<Place>) -> Self {
        let len = places.len();
        let (xs, ys): (Vec<f32>, Vec<f32>) = places.iter().map(|&[x, y]| (x, y)).unzip();
        let (force, names) = in_order(net, &xs, &ys, settings(len, true));
        Self { names, ..Self::with(force, fine_rounds(len), places) }
    }

    fn with(force: Force, rounds: usize, places: Vec<Place>) -> Self {
        Self {
            fixed: vec![false; places.len()],
            places,
            waiting: None,
            names: Vec::new(),
            depth: 0,
            finer: Vec::new(),
            force,
            rounds,
            unit_px: None,
            apart: Apart::default(),
            may_touch: false,
            holds: Vec::new(),
            chance: Chance::seeded(0),
        }
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
        if self.holds.is_empty() {
            return;
        }
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
        if let Some(net) = self.waiting.take() {
            let len = net.len();
            self.begin(net);
            return (false, len);
        }
        if self.rounds > 0 {
            let len = self.force.net.len();
            let way = self.force.step();
            self.rounds = if way < 1e-3 { 0 } else { self.rounds - 1 };
            if self.finer.is_empty() && self.rounds == 0 {
                self.show();
                // Its memory is needed for what comes.
                self.force = Force::none();
            }
            return (false, len);
        }
        match self.finer.pop() {
            Some((net, clusters)) => {
                let len = net.len();
                self.refine(net, &clusters);
                (false, len)
            }
            None if self.may_touch => (true, self.places.len()),
            None => (self.apart.step(&mut self.places, &self.fixed), self.places.len()),
        }
    }

    /// Brings `places` up to date while the finest level is in work.
    pub(super) fn look(&mut self) {
        if self.finer.is_empty() && self.rounds > 0 {
            self.show();
        }
    }

    /// Goes one level finer: every node starts near the cluster that stood for it, and is numbered along with it.
    fn refine(&mut self, net: Net, clusters: &[u32]) {
        let spread = self.force.mean_link() * 0.3;
        // What is not needed any more goes before more memory is asked for.
        let coarse = std::mem::replace(&mut self.force, Force::none()).into_places();
        let all: Vec<u32> = (0..clusters.len() as u32).collect();
        let order = sorted_by(&all, coarse[0].len() as u32, |v| clusters[v as usize]);
        let sorted = net.renumbered(&order);
        drop((net, all));
        let [xs, ys] = coarse.map(|along| -> Vec<f32> {
            let near = |&v: &u32| along[clusters[v as usize] as usize] + self.chance.centred() * spread;
            order.iter().map(near).collect()
        });
        let settings = Settings {
            is_linear: self.finer.len() >= SHORT_LEVELS,
            ..settings(self.places.len(), self.finer.is_empty())
        };
        self.force = Force::new(sorted, xs, ys, order.len(), settings);
        self.force.rescale();
        let coarseness = self.finer.len() as f32 / self.depth as f32;
        let fine = fine_rounds(self.places.len());
        self.rounds = fine + (COARSE_ROUNDS.saturating_sub(fine) as f32 * coarseness * coarseness) as usize;
        self.names = order;
        if let Some((_, clusters)) = self.finer.last_mut() {
            rename(clusters, &self.names);
        }
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
        for ((&v, x), y) in self.names.iter().zip(&self.force.xs).zip(&self.force.ys) {
            self.places[v as usize] = [x * unit, y * unit];
        }
        self.settle();
    }
}

/// Rounds on the finest level: small parts can afford to come to rest.
fn fine_rounds(len: usize) -> usize {
    (150_000 / len.max(1)).clamp(10, 300)
}

/// Rougher for large parts: where thousands push, the errors of the far ones cancel out. Roughest on their coarse levels,
/// which only have to tell where to go on.
fn settings(len: usize, is_finest: bool) -> Settings {
    let theta = match (len > 2_000, is_finest) {
        (false, _) => 1.0,
        (true, true) => 1.4,
        (true, false) => 1.8,
    };
    Settings { theta, gravity: 0.05, is_linear: true }
}

/// A net of clusters of clusters, so that there are few levels; `None` if there are no clusters worth the name.
fn much_coarser(net: &Net, chance: &mut Chance) -> Option<(Net, Vec<u32>)> {
    let is_worth_it = |fine: &Net, coarse: &Net| coarse.len() as f32 <= SHRINK * fine.len() as f32;
    let (mut coarse, mut clusters) = coarsen(net, chance);
    if !is_worth_it(net, &coarse) {
        return None;
    }
    let (coarser, above) = coarsen(&coarse, chance);
    if is_worth_it(&coarse, &coarser) && coarser.len() >= COARSEST / 2 {
        clusters.iter_mut().for_each(|cluster| *cluster = above[*cluster as usize]);
        coarse = coarser;
    }
    Some((coarse, clusters))
}

/// A simulation of the net in the order of places, balanced; and the number that each node had.
fn in_order(net: &Net, xs: &[f32], ys: &[f32], settings: Settings) -> (Force, Vec<u32>) {
    let order = along_curve(xs, ys);
    let sorted = |along: &[f32]| order.iter().map(|&v| along[v as usize]).collect();
    let mut force = Force::new(net.renumbered(&order), sorted(xs), sorted(ys), order.len(), settings);
    force.rescale();
    (force, order)
}

/// Gives the clusters the numbers that their nodes have in a new order.
fn rename(clusters: &mut [u32], order: &[u32]) {
    let mut numbers = vec![0; order.len()];
    order.iter().enumerate().for_each(|(new, &old)| numbers[old as usize] = new as u32);
    clusters.iter_mut().for_each(|cluster| *cluster = numbers[*cluster as usize]);
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
