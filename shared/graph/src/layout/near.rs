//! Adds new nodes to what is placed: what is placed stays, new nodes start near their placed neighbours.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::apart::Apart;
use super::force::{Force, Settings};
use super::net::Net;
use super::seats::Seats;
use super::{SPACING, UNIT_PX};
use crate::Place;

const ROUNDS: usize = 80;
/// Own units of the simulation; below this nobody sees a movement.
const STILL: f32 = 0.01;
const SETTINGS: Settings = Settings { theta: 1.0, gravity: 0.0 };

/// The parts of a graph that hold fixed nodes; `places` are in pixels at zoom 1.
pub(super) struct Near {
    pub(super) places: Vec<Place>,
    fixed: Vec<bool>,
    force: Force,
    rounds: usize,
    apart: Apart,
}

impl Near {
    /// `places` counts only where `fixed`. Every free node must be connected to a fixed one.
    pub(super) fn new(mut places: Vec<Place>, fixed: Vec<bool>, pairs: &[[u32; 2]]) -> Self {
        let net = Net::new(places.len(), pairs);
        seat_all(&net, &mut places, &fixed);
        let along = |axis: usize| places.iter().map(|place| place[axis] / UNIT_PX).collect();
        let (xs, ys) = (along(0), along(1));
        let rounds = if fixed.contains(&false) { ROUNDS } else { 0 };
        let force = Force::new(net, xs, ys, fixed.clone(), SETTINGS);
        Self { places, fixed, force, rounds, apart: Apart::default() }
    }

    /// One round of work; true when done. Returns the number of nodes touched as well.
    pub(super) fn step(&mut self) -> (bool, usize) {
        if self.rounds == 0 {
            return (self.apart.step(&mut self.places, &self.fixed), self.places.len());
        }
        let way = self.force.step();
        self.rounds = if way < STILL { 0 } else { self.rounds - 1 };
        for v in (0..self.places.len()).filter(|&v| !self.fixed[v]) {
            self.places[v] = [self.force.xs[v] * UNIT_PX, self.force.ys[v] * UNIT_PX];
        }
        (false, self.places.len())
    }
}

/// Gives every free node a free spot, in the order of distance from the fixed ones.
fn seat_all(net: &Net, places: &mut [Place], fixed: &[bool]) {
    let mut seats = Seats::default();
    let mut seated = fixed.to_vec();
    let mut queue: Vec<u32> = (0..places.len() as u32).filter(|&v| fixed[v as usize]).collect();
    queue.iter().for_each(|&v| seats.take(places[v as usize]));
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
