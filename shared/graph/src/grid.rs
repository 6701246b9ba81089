//! Finds places near a point: squares of equal size, hashed into as many buckets as there are places.
#![expect(clippy::indexing_slicing, reason = "every index is a bucket below the mask or a place that was put in")]

use crate::Place;

/// An index over places by square. It keeps numbers, not places: the caller hands the same places to every question.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    side: f32,
    mask: u32,
    starts: Vec<u32>,
    items: Vec<u32>,
    buckets: Vec<u32>,
}

impl Grid {
    /// Sorts all places into squares of `side`; keeps its memory when called again.
    pub fn rebuild(&mut self, places: &[Place], side: f32) {
        let count = places.len().next_power_of_two();
        self.side = side.max(f32::MIN_POSITIVE);
        self.mask = count as u32 - 1;
        self.buckets.clear();
        let (side, mask) = (self.side, self.mask);
        self.buckets.extend(places.iter().map(|&[x, y]| bucket(square(x, side), square(y, side), mask)));
        self.starts.clear();
        self.starts.resize(count + 1, 0);
        for &bucket in &self.buckets {
            self.starts[bucket as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        self.items.resize(places.len(), 0);
        for (item, &bucket) in self.buckets.iter().enumerate().rev() {
            let start = &mut self.starts[bucket as usize];
            *start -= 1;
            self.items[*start as usize] = item as u32;
        }
    }

    /// Hands every place in the squares around `[x, y]` to `visit`, as its number; the distance is not checked, and a
    /// number may come more than once. Covers everything within one `side`.
    pub fn around(&self, [x, y]: Place, mut visit: impl FnMut(u32)) {
        if self.items.is_empty() {
            return;
        }
        let (column, row) = (square(x, self.side), square(y, self.side));
        for row in row.saturating_sub(1)..=row.saturating_add(1) {
            for column in column.saturating_sub(1)..=column.saturating_add(1) {
                self.in_square(column, row).iter().for_each(|&item| visit(item));
            }
        }
    }

    fn in_square(&self, column: i32, row: i32) -> &[u32] {
        let bucket = bucket(column, row, self.mask) as usize;
        &self.items[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// The place nearest to `at` that is at most `reach` away, `reach` being at most one `side`; of equally near ones
    /// the last, which is the one drawn on top.
    pub fn nearest(&self, places: &[Place], at: Place, reach: f32) -> Option<u32> {
        let mut best: Option<(f32, u32)> = None;
        self.around(at, |item| {
            let Some(&place) = places.get(item as usize) else { return };
            let way = squared_distance(place, at);
            let is_better = best.is_none_or(|(least, on_top)| way < least || (way == least && item > on_top));
            if way <= reach * reach && is_better {
                best = Some((way, item));
            }
        });
        best.map(|(_, item)| item)
    }

    /// The places between `low` and `high` (both included), ascending.
    pub fn within(&self, places: &[Place], low: Place, high: Place) -> Vec<u32> {
        let inside = |&[x, y]: &Place| x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1];
        let (columns, rows) = (self.squares(low[0], high[0]), self.squares(low[1], high[1]));
        let count = (columns.end() - columns.start() + 1).saturating_mul(rows.end() - rows.start() + 1);
        // A rectangle of more squares than places is read faster by looking at every place.
        if count > places.len() as i64 {
            return (0..places.len() as u32).filter(|&item| inside(&places[item as usize])).collect();
        }
        let mut found: Vec<u32> = rows
            .flat_map(|row| columns.clone().map(move |column| (column, row)))
            .flat_map(|(column, row)| self.in_square(column as i32, row as i32).iter().copied())
            .filter(|&item| places.get(item as usize).is_some_and(inside))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn squares(&self, low: f32, high: f32) -> std::ops::RangeInclusive<i64> {
        let low = i64::from(square(low, self.side));
        low..=i64::from(square(high, self.side)).max(low)
    }
}

fn bucket(column: i32, row: i32, mask: u32) -> u32 {
    let mixed = (column as u32).wrapping_mul(0x9E37_79B1) ^ (row as u32).wrapping_mul(0x85EB_CA77);
    (mixed ^ (mixed >> 15)) & mask
}

fn square(along: f32, side: f32) -> i32 {
    (along / side).floor() as i32
}

pub(crate) fn squared_distance([x, y]: Place, [other_x, other_y]: Place) -> f32 {
    (x - other_x) * (x - other_x) + (y - other_y) * (y - other_y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    fn scattered(count: usize) -> Vec<Place> {
        let mut chance = Chance::seeded(5);
        (0..count).map(|_| [chance.centred() * 2000.0, chance.centred() * 2000.0]).collect()
    }

    #[test]
    fn a_rectangle_finds_what_a_look_at_every_place_finds() {
        let places = scattered(3000);
        let mut grid = Grid::default();
        grid.rebuild(&places, 40.0);
        for (low, high) in [([-100.0, -50.0], [120.0, 90.0]), ([-5e6, -5e6], [5e6, 5e6]), ([30.0, 30.0], [31.0, 31.0])]
        {
            let expected: Vec<u32> = (0..places.len() as u32)
                .filter(|&item| {
                    let [x, y] = places[item as usize];
                    x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1]
                })
                .collect();
            assert_eq!(grid.within(&places, low, high), expected);
        }
    }

    #[test]
    fn the_nearest_place_within_reach_is_found() {
        let places = scattered(2000);
        let mut grid = Grid::default();
        grid.rebuild(&places, 50.0);
        for at in scattered(50) {
            let near = |item: &u32| squared_distance(places[*item as usize], at);
            let expected = (0..places.len() as u32)
                .filter(|item| near(item) <= 40.0 * 40.0)
                .min_by(|a, b| near(a).total_cmp(&near(b)));
            assert_eq!(grid.nearest(&places, at, 40.0), expected);
        }
        grid.rebuild(&[], 50.0);
        assert_eq!(grid.nearest(&[], [0.0, 0.0], 40.0), None);
    }
}
