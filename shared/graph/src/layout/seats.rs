//! Free places: which spots are taken, and the nearest one with room around it.
#![expect(clippy::indexing_slicing, reason = "a chain is below the mask, a seat one that was taken")]

use std::collections::BTreeMap;

use super::CLEARANCE;
use crate::Place;
use crate::grid::squared_distance;

/// Distance between the rings on which a free spot is looked for.
const RING: f32 = CLEARANCE * 0.5;
/// Far beyond any crowd that fits the limits; a spot out there is free for sure.
const RINGS: u32 = 4000;

/// No seat.
const NONE: u32 = u32::MAX;

/// Seats by the square that they lie in, as chains from hashed squares.
#[derive(Default)]
pub(super) struct Seats {
    places: Vec<Place>,
    /// The seat before, in the same chain.
    before: Vec<u32>,
    /// The last seat of each chain; as many as a power of two.
    last: Vec<u32>,
    /// The ring, and the place on it, where the last search from a square ended, so that the next one from there does not start
    /// inside the crowd.
    reached: BTreeMap<(i32, i32), (u32, u32)>,
}

impl Seats {
    pub(super) fn take(&mut self, place: Place) {
        if self.places.len() >= self.last.len() {
            self.grow();
        }
        self.places.push(place);
        self.before.push(NONE);
        self.link(self.places.len() - 1);
    }

    /// Gives all seats back but the first `count`.
    pub(super) fn keep(&mut self, count: usize) {
        self.places.truncate(count);
        self.before.truncate(count);
        self.reached.clear();
        self.grow();
    }

    fn grow(&mut self) {
        self.last.clear();
        self.last.resize((self.places.len() * 2).next_power_of_two().max(64), NONE);
        (0..self.places.len()).for_each(|seat| self.link(seat));
    }

    fn link(&mut self, seat: usize) {
        let chain = self.chain(square(self.places[seat]));
        self.before[seat] = std::mem::replace(&mut self.last[chain], seat as u32);
    }

    fn chain(&self, (column, row): (i32, i32)) -> usize {
        let mixed = (column as u32).wrapping_mul(0x9E37_79B1) ^ (row as u32).wrapping_mul(0x85EB_CA77);
        (mixed ^ (mixed >> 15)) as usize & (self.last.len() - 1)
    }

    fn is_free(&self, place: Place) -> bool {
        if self.last.is_empty() {
            return true;
        }
        let (column, row) = square(place);
        let (left, right) = (column.saturating_sub(1), column.saturating_add(1));
        // In a crowd it is most often the own square that is taken.
        let mut around = [row, row.saturating_sub(1), row.saturating_add(1)]
            .into_iter()
            .flat_map(|row| [(column, row), (left, row), (right, row)]);
        around.all(|square| {
            let seat = |seat: &u32| Some(self.before[*seat as usize]).filter(|&seat| seat != NONE);
            let first = Some(self.last[self.chain(square)]).filter(|&seat| seat != NONE);
            let mut chain = std::iter::successors(first, seat).map(|seat| self.places[seat as usize]);
            chain.all(|other| squared_distance(other, place) >= CLEARANCE * CLEARANCE)
        })
    }

    /// Takes and returns a free spot on the smallest ring around `wish` that has one.
    pub(super) fn nearest(&mut self, wish: Place) -> Place {
        let start = square(wish);
        let (first, from) = self.first_ring(start);
        let on_first = self.on_ring(wish, first, from).map(|found| (first, found));
        let found = on_first.or_else(|| (first + 1..RINGS).find_map(|ring| Some((ring, self.on_ring(wish, ring, 0)?))));
        let (ring, (spot, place)) = found.unwrap_or((RINGS, (0, wish)));
        self.reached.insert(start, (ring, spot));
        self.take(place);
        place
    }

    /// From where on a search from a square makes sense: behind what it reached last, and what its neighbours reached, as far as
    /// that lies within theirs.
    fn first_ring(&self, (column, row): (i32, i32)) -> (u32, u32) {
        /// So many rings a wish may be from one in the next square.
        const APART: u32 = 6;
        let own = self.reached.get(&(column, row)).copied().unwrap_or_default();
        let around = (-1..=1).flat_map(|down| (-1..=1).map(move |right| (right, down)));
        let ring = |(right, down): (i32, i32)| {
            let square = (column.saturating_add(right), row.saturating_add(down));
            self.reached.get(&square).map_or(0, |(ring, _)| ring.saturating_sub(APART))
        };
        let theirs = around.map(ring).max().unwrap_or(0);
        if theirs > own.0 { (theirs, 0) } else { own }
    }

    /// The first free spot of a ring, from one of them on.
    fn on_ring(&self, [x, y]: Place, ring: u32, from: u32) -> Option<(u32, Place)> {
        let count = (ring * 8).max(1);
        (from..count)
            .map(|spot| {
                let angle = std::f32::consts::TAU * spot as f32 / count as f32;
                (spot, [x + RING * ring as f32 * angle.cos(), y + RING * ring as f32 * angle.sin()])
            })
            .find(|&(_, place)| self.is_free(place))
    }
}

fn square([x, y]: Place) -> (i32, i32) {
    ((x / CLEARANCE).floor() as i32, (y / CLEARANCE).floor() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_who_want_one_spot_sit_around_it_without_touching() {
        let mut seats = Seats::default();
        let places: Vec<Place> = (0..300).map(|_| seats.nearest([10.0, -20.0])).collect();
        assert_eq!(places[0], [10.0, -20.0]);
        for (v, a) in places.iter().enumerate() {
            assert!(places.iter().skip(v + 1).all(|b| squared_distance(*a, *b) >= CLEARANCE * CLEARANCE));
            assert!(squared_distance(*a, places[0]).sqrt() < CLEARANCE * 14.0, "too far out");
        }
    }
}
