//! Moves nodes apart until no two are closer than `CLEARANCE`: first by pushing, then by giving a new seat.
#![expect(clippy::indexing_slicing, reason = "every index is a node below the number of places")]

use super::CLEARANCE;
use super::lanes::{larger, smaller};
use super::radix::Radix;
use super::seats::Seats;
use crate::Place;
use crate::grid::squared_distance;

/// Rounds of pushing before the nodes that are still too close get another seat.
const ROUNDS: u32 = 60;
/// So much wider than they must do nodes part that are too close: a crowd makes room at once, and what was pushed stays out of
/// the way. From round to round less again; and not from the first round on, which is all that a loose picture needs.
const WIDER: f32 = CLEARANCE * 0.2;
const WIDEST_AFTER: u32 = 5;
/// Sweeps over all pairs in a round, to and fro: what is pushed in one is pushed on in the next.
const SWEEPS: u32 = 3;
/// Aim a little wider than the test, so that rounding does not leave pairs behind.
const AIM: f32 = CLEARANCE * 1.01;
/// The most nodes in a square that pushing can part in time.
const MOST_IN_SQUARE: f32 = 16.0;
/// From one row of squares to the next, in keys.
const DOWN: u32 = 1 << 16;

/// Nodes in the order of the squares that they lie in, row by row. After a look at all, only those that were still pushed at
/// the end of a round, and who is near them, take part in the next; when these are at rest, all are looked at again.
#[derive(Default)]
pub(super) struct Apart {
    /// Who takes part in the next round; nobody means all.
    awake: Vec<u32>,
    squares: Radix,
    /// Of a square, in pixels.
    side: f32,
    /// From here on one entry for each node that takes part, in the order of the squares.
    ids: Vec<u32>,
    at: Vec<Place>,
    /// How much of a push a node takes: 1, or 0 if it is fixed.
    gives: Vec<f32>,
    /// The first node of the next row that may be near.
    below: Vec<u32>,
    /// Whether it was pushed in the last sweep.
    pushed: Vec<bool>,
    rounds: u32,
    /// How far those part that are too close.
    aim: f32,
}

impl Apart {
    /// One round; true when no free node is too close to another. Fixed nodes are never moved.
    pub(super) fn step(&mut self, places: &mut [Place], fixed: &[bool]) -> bool {
        if self.rounds == 0 {
            self.scatter(places, fixed);
        }
        let are_all = self.awake.is_empty();
        let was_quiet = self.push_apart(places, fixed);
        if was_quiet && are_all {
            return true;
        }
        self.wake();
        if self.has_rounds() {
            return false;
        }
        self.reseat(places, fixed);
        true
    }

    /// Whether pushing may still help.
    pub(super) fn has_rounds(&self) -> bool {
        self.rounds < ROUNDS
    }

    /// Pushes every pair that is too close, a few times; true if there was none.
    pub(super) fn push_apart(&mut self, places: &mut [Place], fixed: &[bool]) -> bool {
        self.aim = aim(self.rounds);
        self.rounds += 1;
        self.sort(places, fixed);
        if !self.sweep(true) {
            return true;
        }
        for sweep in 1..SWEEPS {
            self.sweep(sweep % 2 == 0);
        }
        self.ids.iter().zip(&self.at).for_each(|(&v, &place)| places[v as usize] = place);
        false
    }

    /// Puts the nodes that take part in order by where they are now.
    fn sort(&mut self, places: &[Place], fixed: &[bool]) {
        if self.awake.is_empty() {
            self.awake.extend(0..places.len() as u32);
        }
        let (low, high) = bounds(self.awake.iter().map(|&v| places[v as usize]));
        // Row and column have 16 bits each; in a picture that is wider than so many squares they are larger.
        let side = AIM.max((high[0] - low[0]).max(high[1] - low[1]) / 65_000.0);
        self.side = side;
        let square = |along: f32, low: f32| ((along - low) / side) as u32;
        let key = |&v: &u32| {
            let [x, y] = places[v as usize];
            square(y, low[1]) * DOWN + square(x, low[0])
        };
        self.squares.sort(self.awake.iter().map(key));
        self.ids.clear();
        self.ids.extend(self.squares.order.iter().map(|&at| self.awake[at as usize]));
        self.awake.clear();
        self.at.clear();
        self.at.extend(self.ids.iter().map(|&v| places[v as usize]));
        self.gives.clear();
        self.gives.extend(self.ids.iter().map(|&v| if fixed[v as usize] { 0.0 } else { 1.0 }));
        self.look_below();
    }

    fn look_below(&mut self) {
        let keys = &self.squares.keys;
        self.below.clear();
        let mut next = 0;
        for &key in keys {
            let first = key + DOWN - u32::from(key % DOWN > 0);
            while keys.get(next).is_some_and(|&key| key < first) {
                next += 1;
            }
            self.below.push(next as u32);
        }
    }

    /// Who may be near `v` of those that come behind it in the order, in two stretches.
    fn behind(&self, v: usize) -> [std::ops::Range<usize>; 2] {
        let (keys, key, below) = (&self.squares.keys, self.squares.keys[v], self.below[v] as usize);
        let stretch = |first: usize, last: u32| {
            let len = keys[first..].iter().take_while(|&&key| key <= last).count();
            first..first + len
        };
        [stretch(v + 1, key + 1), stretch(below, key + DOWN + 1)]
    }

    /// Pushes every pair that is too close; false if there was none.
    fn sweep(&mut self, forwards: bool) -> bool {
        let len = self.at.len();
        self.pushed.clear();
        self.pushed.resize(len, false);
        let mut any = false;
        for turn in 0..len {
            let v = if forwards { turn } else { len - 1 - turn };
            for w in self.behind(v).into_iter().flatten() {
                any |= self.push(v, w);
            }
        }
        any
    }

    /// Pushes two nodes if they are too close; false if they are not, or both fixed.
    #[inline]
    fn push(&mut self, v: usize, w: usize) -> bool {
        let (dx, dy) = (self.at[w][0] - self.at[v][0], self.at[w][1] - self.at[v][1]);
        let squared = dx * dx + dy * dy;
        if squared >= CLEARANCE * CLEARANCE {
            return false;
        }
        let gives = self.gives[v] + self.gives[w];
        if gives <= 0.0 {
            return false;
        }
        let way = squared.sqrt();
        let [x, y] = if way > 1e-3 { [dx / way, dy / way] } else { some_direction(v, w) };
        let share = (self.aim - way) / gives;
        let (back, forth) = (share * self.gives[v], share * self.gives[w]);
        self.at[v] = [self.at[v][0] - x * back, self.at[v][1] - y * back];
        self.at[w] = [self.at[w][0] + x * forth, self.at[w][1] + y * forth];
        (self.pushed[v], self.pushed[w]) = (true, true);
        true
    }

    /// Lets those take part in the next round that were pushed at the end of this one, and who is near them.
    fn wake(&mut self) {
        let mut is_awake = self.pushed.clone();
        for v in 0..self.at.len() {
            for w in self.behind(v).into_iter().flatten() {
                is_awake[w] |= self.pushed[v];
                is_awake[v] |= self.pushed[w];
            }
        }
        self.awake.clear();
        self.awake.extend(self.ids.iter().zip(is_awake).filter(|(_, is_awake)| *is_awake).map(|(&v, _)| v));
    }

    /// Gives the free nodes in squares with very many another seat at once: pushing each from each would take for ever.
    fn scatter(&mut self, places: &mut [Place], fixed: &[bool]) {
        self.sort(places, fixed);
        let mut crowded = vec![false; places.len()];
        let most = (MOST_IN_SQUARE * (self.side / AIM) * (self.side / AIM)) as usize;
        let mut first = 0;
        for square in self.squares.keys.chunk_by(|a, b| a == b) {
            if square.len() > most {
                let rest = &self.ids[first + 1..first + square.len()];
                rest.iter().for_each(|&v| crowded[v as usize] = !fixed[v as usize]);
            }
            first += square.len();
        }
        seat(places, &crowded);
    }

    /// Takes the free nodes that are too close out and seats them one after the other as near as there is room.
    fn reseat(&mut self, places: &mut [Place], fixed: &[bool]) {
        let homeless = self.homeless(places, fixed);
        seat(places, &homeless);
    }

    /// Free nodes without which no free node would be too close to another.
    pub(super) fn homeless(&mut self, places: &[Place], fixed: &[bool]) -> Vec<bool> {
        self.awake.clear();
        self.sort(places, fixed);
        let mut homeless = vec![false; places.len()];
        for v in 0..self.at.len() {
            let around = self.behind(v).into_iter().flatten();
            for w in around.filter(|&w| squared_distance(self.at[v], self.at[w]) < CLEARANCE * CLEARANCE) {
                // One of the two goes, if it may and if the other is not going anyway.
                let (here, there) = (self.ids[v] as usize, self.ids[w] as usize);
                if !homeless[here] && !homeless[there] {
                    let goes = if fixed[there] { here } else { there };
                    homeless[goes] = !fixed[goes];
                }
            }
        }
        homeless
    }
}

/// Seats the homeless one after the other as near as there is room among the others.
fn seat(places: &mut [Place], homeless: &[bool]) {
    if homeless.iter().all(|homeless| !homeless) {
        return;
    }
    let mut seats = Seats::default();
    (0..places.len()).filter(|&v| !homeless[v]).for_each(|v| seats.take(places[v]));
    for v in (0..places.len()).filter(|&v| homeless[v]) {
        places[v] = seats.nearest(places[v]);
    }
}

/// How far nodes part that are too close, after so many rounds.
fn aim(rounds: u32) -> f32 {
    let begun = (rounds as f32 / WIDEST_AFTER as f32).min(1.0);
    let left = 1.0 - rounds as f32 / ROUNDS as f32;
    AIM + WIDER * begun * left
}

/// The corners of the rectangle around places.
fn bounds(places: impl Iterator<Item = Place>) -> (Place, Place) {
    places.fold(([f32::MAX; 2], [f32::MIN; 2]), |(low, high), [x, y]| {
        ([smaller(low[0], x), smaller(low[1], y)], [larger(high[0], x), larger(high[1], y)])
    })
}

/// A direction for two nodes on one spot: any will do if it is always the same.
fn some_direction(v: usize, w: usize) -> Place {
    let angle = ((v * 31 + w) % 1024) as f32 * 2.4;
    [angle.cos(), angle.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    #[test]
    fn a_crowd_is_moved_apart_and_fixed_nodes_stay() {
        let mut chance = Chance::seeded(2);
        let mut places: Vec<Place> = (0..150).map(|_| [chance.centred() * 500.0, chance.centred() * 500.0]).collect();
        let fixed: Vec<bool> = (0..150).map(|v| v % 10 == 0).collect();
        let before = places.clone();
        let mut apart = Apart::default();
        while !apart.step(&mut places, &fixed) {}
        for v in 0..150 {
            assert!(!fixed[v] || places[v] == before[v], "fixed node {v} moved");
            for w in (0..v).filter(|&w| !(fixed[v] && fixed[w])) {
                assert!(squared_distance(places[v], places[w]) >= CLEARANCE * CLEARANCE, "{v} and {w} collide");
            }
        }
    }
}
