//! Moves nodes apart until no two are closer than `CLEARANCE`: first by pushing, then by giving a new seat.
#![expect(clippy::indexing_slicing, reason = "every index is a node below the number of places")]

use super::CLEARANCE;
use super::seats::Seats;
use crate::Place;
use crate::grid::{Grid, squared_distance};

/// Rounds of pushing before the nodes that are still too close get another seat.
const ROUNDS: u32 = 60;
/// Aim a little wider than the test, so that rounding does not leave pairs behind.
const AIM: f32 = CLEARANCE * 1.01;

#[derive(Default)]
pub(super) struct Apart {
    grid: Grid,
    rounds: u32,
}

impl Apart {
    /// One round; true when no free node is too close to another. Fixed nodes are never moved.
    pub(super) fn step(&mut self, places: &mut [Place], fixed: &[bool]) -> bool {
        self.grid.rebuild(places, AIM);
        if !self.push(places, fixed) {
            return true;
        }
        self.rounds += 1;
        if self.rounds < ROUNDS {
            return false;
        }
        self.reseat(places, fixed);
        true
    }

    /// Pushes every pair that is too close; false if there was none.
    fn push(&self, places: &mut [Place], fixed: &[bool]) -> bool {
        let mut pushed = false;
        for v in 0..places.len() {
            self.grid.around(places[v], |w| {
                let w = w as usize;
                if w <= v || (fixed[v] && fixed[w]) {
                    return;
                }
                let (dx, dy) = (places[w][0] - places[v][0], places[w][1] - places[v][1]);
                let squared = dx * dx + dy * dy;
                if squared >= CLEARANCE * CLEARANCE {
                    return;
                }
                pushed = true;
                let way = squared.sqrt();
                let [x, y] = if way > 1e-3 { [dx / way, dy / way] } else { some_direction(v, w) };
                let (share_v, share_w) = shares(fixed[v], fixed[w]);
                let gap = AIM - way;
                places[v] = [places[v][0] - x * gap * share_v, places[v][1] - y * gap * share_v];
                places[w] = [places[w][0] + x * gap * share_w, places[w][1] + y * gap * share_w];
            });
        }
        pushed
    }

    /// Takes the free nodes that are too close out and seats them one after the other as near as there is room.
    fn reseat(&mut self, places: &mut [Place], fixed: &[bool]) {
        self.grid.rebuild(places, AIM);
        let mut homeless = vec![false; places.len()];
        for v in (0..places.len()).filter(|&v| !fixed[v]) {
            self.grid.around(places[v], |w| {
                let w = w as usize;
                // Of a free pair the later one leaves; it is enough that one does.
                let leaves = w != v && !homeless[w] && (fixed[w] || w < v);
                if leaves && squared_distance(places[v], places[w]) < CLEARANCE * CLEARANCE {
                    homeless[v] = true;
                }
            });
        }
        let mut seats = Seats::default();
        for v in (0..places.len()).filter(|&v| !homeless[v]) {
            seats.take(places[v]);
        }
        for v in (0..places.len()).filter(|&v| homeless[v]) {
            places[v] = seats.nearest(places[v]);
        }
    }
}

fn shares(first_fixed: bool, second_fixed: bool) -> (f32, f32) {
    match (first_fixed, second_fixed) {
        (true, _) => (0.0, 1.0),
        (_, true) => (1.0, 0.0),
        _ => (0.5, 0.5),
    }
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
