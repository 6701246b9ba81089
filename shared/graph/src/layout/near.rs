//! Adds new nodes to what is placed: what is placed stays, new nodes start near their placed neighbours.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::apart::Apart;
use super::force::{Force, Settings, balance};
use super::net::Net;
use super::seats::Seats;
use super::{CLEARANCE, SPACING};
use crate::Place;
use crate::grid::{Grid, squared_distance};

const ROUNDS: usize = 60;
/// Own units of the simulation; below this nobody sees a movement.
const STILL: f32 = 0.01;
/// How far around a free node fixed ones are looked at.
const REACH: f32 = CLEARANCE * 2.0;
const SETTINGS: Settings = Settings { theta: 1.0, gravity: 0.0, is_linear: true };

/// All parts of a graph that hold fixed nodes; `places` are in pixels at zoom 1.
pub(super) struct Near {
    pub(super) places: Vec<Place>,
    fixed: Vec<bool>,
    /// The nodes that are not fixed.
    free: Vec<u32>,
    seats: Seats,
    growing: Vec<Growing>,
    apart: Apart,
    /// Where the fixed nodes are, once they are asked for; free ones are in it too, where they were then.
    still: Option<Grid>,
}

/// A part with fixed and free nodes, which moves by itself; what it touches is put right at the end.
struct Growing {
    /// The free nodes stand first.
    ids: Vec<u32>,
    moving: usize,
    force: Force,
    /// Pixels per own unit of the simulation: such that what is placed already is in balance.
    unit_px: f32,
    rounds: usize,
}

impl Near {
    /// `places` counts only where `fixed`. `parts` are the numbers of connected parts, and their links in the part's own numbers
    /// (from 0); each has a fixed node.
    pub(super) fn new(mut places: Vec<Place>, fixed: Vec<bool>, parts: Vec<(Vec<u32>, Vec<[u32; 2]>)>) -> Self {
        let mut seats = Seats::default();
        (0..places.len()).filter(|&v| fixed[v]).for_each(|v| seats.take(places[v]));
        let growing = parts
            .into_iter()
            .filter(|(ids, _)| ids.iter().any(|&v| !fixed[v as usize]))
            .map(|(ids, pairs)| Growing::new(ids, &pairs, &mut places, &fixed, &mut seats))
            .collect();
        let free = (0..places.len() as u32).filter(|&v| !fixed[v as usize]).collect();
        Self { places, fixed, free, seats, growing, apart: Apart::default(), still: None }
    }

    /// One round of work; true when done. Returns the number of nodes touched as well.
    pub(super) fn step(&mut self) -> (bool, usize) {
        match self.growing.last_mut() {
            Some(part) => {
                let touched = part.moving;
                if part.step(&mut self.places) {
                    self.growing.pop();
                }
                (false, touched)
            }
            None => self.part(),
        }
    }

    /// One round of moving free nodes apart from each other and from the fixed nodes around them.
    fn part(&mut self) -> (bool, usize) {
        let ids = self.around();
        let mut places: Vec<Place> = ids.iter().map(|&v| self.places[v as usize]).collect();
        let fixed: Vec<bool> = ids.iter().map(|&v| self.fixed[v as usize]).collect();
        let is_done = self.apart.push_apart(&mut places, &fixed);
        ids.iter().zip(places).for_each(|(&v, place)| self.places[v as usize] = place);
        if is_done || self.apart.has_rounds() {
            return (is_done, ids.len());
        }
        self.reseat();
        (true, self.places.len())
    }

    /// Gives the free nodes that are still too close another seat, as near as there is room.
    fn reseat(&mut self) {
        let ids = self.around();
        let places: Vec<Place> = ids.iter().map(|&v| self.places[v as usize]).collect();
        let fixed: Vec<bool> = ids.iter().map(|&v| self.fixed[v as usize]).collect();
        let homeless = self.apart.homeless(&places, &fixed);
        // The fixed nodes took their seats first.
        self.seats.keep(self.places.len() - self.free.len());
        for (at, &v) in self.free.iter().enumerate().filter(|(at, _)| !homeless[*at]) {
            debug_assert!(ids[at] == v);
            self.seats.take(self.places[v as usize]);
        }
        for (_, &v) in self.free.iter().enumerate().filter(|(at, _)| homeless[*at]) {
            self.places[v as usize] = self.seats.nearest(self.places[v as usize]);
        }
    }

    /// The free nodes, and behind them the fixed nodes that one of them may come too close to in this round.
    fn around(&mut self) -> Vec<u32> {
        let mut ids = self.free.clone();
        if self.still.is_none() {
            let mut still = Grid::default();
            still.rebuild(&self.places, REACH);
            self.still = Some(still);
        }
        let mut is_in = vec![false; self.places.len()];
        for at in 0..ids.len() {
            let place = self.places[ids[at] as usize];
            let Some(still) = &self.still else { continue };
            still.around(place, |w| {
                if self.fixed[w as usize] && !std::mem::replace(&mut is_in[w as usize], true) {
                    ids.push(w);
                }
            });
        }
        ids
    }
}

impl Growing {
    fn new(ids: Vec<u32>, pairs: &[[u32; 2]], places: &mut [Place], fixed: &[bool], seats: &mut Seats) -> Self {
        let (ids, pairs, moving) = free_first(ids, pairs, fixed);
        let is_near = touched(ids.len(), &pairs, moving);
        let net = Net::around(ids.len(), &pairs, |v| is_near[v as usize]);
        let mut own: Vec<Place> = ids.iter().map(|&v| places[v as usize]).collect();
        seat_all(&net, &mut own, moving, seats);
        ids.iter().zip(&own).take(moving).for_each(|(&v, &place)| places[v as usize] = place);
        let scale = balance(&net.masses, squares(&own, &pairs));
        let (xs, ys) = own.iter().map(|&[x, y]| (x * scale, y * scale)).unzip();
        let force = Force::new(net, xs, ys, moving, SETTINGS);
        Self { ids, force, moving, unit_px: 1.0 / scale, rounds: ROUNDS }
    }

    /// One round; true when this part is at rest.
    fn step(&mut self, places: &mut [Place]) -> bool {
        let way = self.force.step();
        self.rounds = if way < STILL { 0 } else { self.rounds - 1 };
        for (at, &v) in self.ids[..self.moving].iter().enumerate() {
            places[v as usize] = [self.force.xs[at] * self.unit_px, self.force.ys[at] * self.unit_px];
        }
        self.rounds == 0
    }
}

/// The nodes and their links numbered anew, the free nodes first; and how many those are.
fn free_first(ids: Vec<u32>, pairs: &[[u32; 2]], fixed: &[bool]) -> (Vec<u32>, Vec<[u32; 2]>, usize) {
    let moving = ids.iter().filter(|&&v| !fixed[v as usize]).count();
    let mut numbers = Vec::with_capacity(ids.len());
    let (mut free, mut held) = (0, moving as u32);
    for &v in &ids {
        let next = if fixed[v as usize] { &mut held } else { &mut free };
        numbers.push(*next);
        *next += 1;
    }
    let mut ordered = vec![0; ids.len()];
    numbers.iter().zip(ids).for_each(|(&number, v)| ordered[number as usize] = v);
    let pairs = pairs.iter().map(|&[a, b]| [numbers[a as usize], numbers[b as usize]]).collect();
    (ordered, pairs, moving)
}

/// Which nodes are free or linked with one that is.
fn touched(len: usize, pairs: &[[u32; 2]], moving: usize) -> Vec<bool> {
    let mut touched: Vec<bool> = (0..len).map(|v| v < moving).collect();
    for &[a, b] in pairs.iter().filter(|[a, b]| a.min(b) < &(moving as u32)) {
        (touched[a as usize], touched[b as usize]) = (true, true);
    }
    touched
}

/// The squares of the lengths of all links, summed.
fn squares(places: &[Place], pairs: &[[u32; 2]]) -> f64 {
    pairs.iter().map(|&[a, b]| f64::from(squared_distance(places[a as usize], places[b as usize]))).sum()
}

/// Gives every free node a free spot, in the order of distance from the fixed ones. The first `moving` nodes are free.
fn seat_all(net: &Net, places: &mut [Place], moving: usize, seats: &mut Seats) {
    let mut seated: Vec<bool> = (0..places.len()).map(|v| v >= moving).collect();
    let mut queue: Vec<u32> = (moving as u32..places.len() as u32).filter(|&v| net.degree(v as usize) > 0).collect();
    let mut head = 0;
    while head < queue.len() {
        let parent = queue[head] as usize;
        head += 1;
        for &v in net.near(parent) {
            if !seated[v as usize] {
                places[v as usize] = seats.nearest(wish(net, places, &seated, v as usize, parent));
                seated[v as usize] = true;
                queue.push(v);
            }
        }
    }
}

/// Between all seated neighbours of `v`; with one only, on that one's far side from its own neighbours.
fn wish(net: &Net, places: &[Place], seated: &[bool], v: usize, parent: usize) -> Place {
    let middle = |of: usize| {
        let near = net.near(of).iter().map(|&w| w as usize).filter(|&w| seated[w] && w != of);
        let (sum, count) =
            near.fold(([0.0, 0.0], 0.0f32), |([x, y], count), w| ([x + places[w][0], y + places[w][1]], count + 1.0));
        (count > 0.0).then(|| ([sum[0] / count, sum[1] / count], count))
    };
    let [x, y] = places[parent];
    match (middle(v), middle(parent)) {
        (Some((between, count)), _) if count > 1.0 => between,
        (_, Some(([from_x, from_y], _))) => {
            let (dx, dy) = (x - from_x, y - from_y);
            let way = (dx * dx + dy * dy).sqrt();
            if way < 1.0 { [x, y] } else { [x + dx / way * SPACING, y + dy / way * SPACING] }
        }
        _ => [x, y],
    }
}
