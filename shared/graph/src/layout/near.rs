//! Adds new nodes to what is placed: what is placed stays, new nodes start near their placed neighbours.
#![expect(clippy::indexing_slicing, reason = "every index is a node of the net")]

use super::SPACING;
use super::apart::Apart;
use super::force::{Force, Settings};
use super::net::Net;
use super::seats::Seats;
use crate::Place;

const ROUNDS: usize = 80;
/// Own units of the simulation; below this nobody sees a movement.
const STILL: f32 = 0.01;
const SETTINGS: Settings = Settings { theta: 1.0, gravity: 0.0 };

/// All parts of a graph that hold fixed nodes; `places` are in pixels at zoom 1.
pub(super) struct Near {
    pub(super) places: Vec<Place>,
    fixed: Vec<bool>,
    growing: Vec<Growing>,
    apart: Apart,
}

/// A part with fixed and free nodes, which moves by itself; what it touches is put right at the end.
struct Growing {
    ids: Vec<u32>,
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
        Self { places, fixed, growing, apart: Apart::default() }
    }

    /// One round of work; true when done. Returns the number of nodes touched as well.
    pub(super) fn step(&mut self) -> (bool, usize) {
        match self.growing.last_mut() {
            Some(part) => {
                let touched = part.ids.len();
                if part.step(&mut self.places, &self.fixed) {
                    self.growing.pop();
                }
                (false, touched)
            }
            None => (self.apart.step(&mut self.places, &self.fixed), self.places.len()),
        }
    }
}

impl Growing {
    fn new(ids: Vec<u32>, pairs: &[[u32; 2]], places: &mut [Place], fixed: &[bool], seats: &mut Seats) -> Self {
        let net = Net::new(ids.len(), pairs);
        let fixed: Vec<bool> = ids.iter().map(|&v| fixed[v as usize]).collect();
        let mut own: Vec<Place> = ids.iter().map(|&v| places[v as usize]).collect();
        seat_all(&net, &mut own, &fixed, seats);
        ids.iter().zip(&own).for_each(|(&v, &place)| places[v as usize] = place);
        let (xs, ys) = own.iter().map(|&[x, y]| (x, y)).unzip();
        let mut force = Force::new(net, xs, ys, fixed, SETTINGS);
        let scale = force.balance();
        force.xs.iter_mut().chain(&mut force.ys).for_each(|along| *along *= scale);
        Self { ids, force, unit_px: 1.0 / scale, rounds: ROUNDS }
    }

    /// One round; true when this part is at rest.
    fn step(&mut self, places: &mut [Place], fixed: &[bool]) -> bool {
        let way = self.force.step();
        self.rounds = if way < STILL { 0 } else { self.rounds - 1 };
        for (at, &v) in self.ids.iter().enumerate().filter(|(_, v)| !fixed[**v as usize]) {
            places[v as usize] = [self.force.xs[at] * self.unit_px, self.force.ys[at] * self.unit_px];
        }
        self.rounds == 0
    }
}

/// Gives every free node a free spot, in the order of distance from the fixed ones.
fn seat_all(net: &Net, places: &mut [Place], fixed: &[bool], seats: &mut Seats) {
    let mut seated = fixed.to_vec();
    let mut queue: Vec<u32> = (0..places.len() as u32).filter(|&v| fixed[v as usize]).collect();
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
