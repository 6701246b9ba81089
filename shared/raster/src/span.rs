//! Which pixels of a row a convex polygon covers, and how what is told at its corners changes across them.

use std::ops::Range;

/// A place in pixels.
pub(crate) type At = [f32; 2];

/// A convex polygon's sides, ready to be asked row by row.
pub(crate) struct Outline<const CORNERS: usize> {
    sides: [Side; CORNERS],
    low: f32,
    high: f32,
}

/// A side from its upper end down.
#[derive(Clone, Copy)]
struct Side {
    upper: At,
    lower: f32,
    /// How far x goes for each row.
    lean: f32,
}

impl Side {
    /// The same to the last bit whichever end comes first.
    fn new(a: At, b: At) -> Self {
        let (upper, lower) = if (a[1], a[0]) <= (b[1], b[0]) { (a, b) } else { (b, a) };
        Self { upper, lower: lower[1], lean: (lower[0] - upper[0]) / (lower[1] - upper[1]) }
    }
}

impl<const CORNERS: usize> Outline<CORNERS> {
    pub(crate) fn new(corners: [At; CORNERS]) -> Self {
        let mut before = corners.last().copied().unwrap_or_default();
        let sides = corners.map(|corner| Side::new(std::mem::replace(&mut before, corner), corner));
        let (low, high) =
            corners.iter().fold((f32::MAX, f32::MIN), |(low, high), at| (low.min(at[1]), high.max(at[1])));
        Self { sides, low, high }
    }

    /// The rows whose middles may lie inside, within `rows`.
    pub(crate) fn rows(&self, rows: Range<usize>) -> Range<usize> {
        within(self.low, self.high, rows)
    }

    /// The columns of a row whose middles lie inside, within `columns`. The right end belongs to it and the left one does
    /// not, and a side that two polygons share is cut at the same point in both.
    pub(crate) fn columns(&self, row: usize, columns: Range<usize>) -> Range<usize> {
        let y = row as f32 + 0.5;
        let (mut left, mut right) = (f32::MAX, f32::MIN);
        for side in &self.sides {
            if side.upper[1] < y && side.lower >= y {
                let x = side.upper[0] + (y - side.upper[1]) * side.lean;
                (left, right) = (left.min(x), right.max(x));
            }
        }
        within(left, right, columns)
    }
}

/// The whole numbers whose middles lie above `low` and up to `high`.
fn within(low: f32, high: f32, limits: Range<usize>) -> Range<usize> {
    // `as usize` takes what is below 0, and what is no number, as 0. Without `ceil`, which is a call on older processors.
    let first = ((low + 0.5) as usize).clamp(limits.start, limits.end);
    let end = ((high + 0.5) as usize).clamp(first, limits.end.max(first));
    first..end
}

/// What grows evenly across the plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slope {
    start: f32,
    pub(crate) across: f32,
    down: f32,
}

impl Slope {
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        self.start + self.across * x + self.down * y
    }
}

/// A triangle's plane, from which slopes are made; none where the corners lie on one line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    origin: At,
    one: At,
    other: At,
    area: f32,
}

impl Plane {
    pub(crate) fn new([a, b, c]: [At; 3]) -> Option<Self> {
        let (one, other) = ([b[0] - a[0], b[1] - a[1]], [c[0] - a[0], c[1] - a[1]]);
        let area = one[0] * other[1] - other[0] * one[1];
        (area != 0.0 && area.is_finite()).then_some(Self { origin: a, one, other, area })
    }

    /// What has these values at the three corners.
    pub(crate) fn slope(&self, [a, b, c]: [f32; 3]) -> Slope {
        let (one, other) = (b - a, c - a);
        let across = (one * self.other[1] - other * self.one[1]) / self.area;
        let down = (other * self.one[0] - one * self.other[0]) / self.area;
        Slope { start: a - across * self.origin[0] - down * self.origin[1], across, down }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_covers_the_pixels_whose_middles_lie_in_it() {
        let square = Outline::new([[1.5, 0.5], [3.5, 0.5], [3.5, 2.5], [1.5, 2.5]]);
        assert_eq!(square.rows(0..10), 1..3);
        assert_eq!(square.columns(1, 0..10), 2..4);
        assert_eq!(square.columns(1, 3..10), 3..4, "no more than the window");
        assert!(square.columns(5, 0..10).is_empty(), "nothing below it");
    }

    #[test]
    fn two_triangles_share_no_pixel_and_leave_none_out() {
        let (a, b, c, d) = ([0.3, 0.2], [17.9, 2.1], [16.4, 13.8], [1.1, 15.0]);
        let (one, other, whole) = (Outline::new([a, b, c]), Outline::new([a, c, d]), Outline::new([a, b, c, d]));
        for row in 0..16 {
            let (one, other) = (one.columns(row, 0..20), other.columns(row, 0..20));
            let whole = whole.columns(row, 0..20);
            assert_eq!(one.len() + other.len(), whole.len(), "row {row}: {one:?} {other:?} {whole:?}");
        }
    }

    #[test]
    fn a_slope_has_the_values_of_the_corners() {
        let corners = [[2.0, 1.0], [10.0, 3.0], [4.0, 9.0]];
        let slope = Plane::new(corners).map(|plane| plane.slope([5.0, -1.0, 8.0]));
        let at = corners.map(|[x, y]| slope.map(|slope| (slope.at(x, y) * 1_000.0).round()));
        assert_eq!(at, [Some(5_000.0), Some(-1_000.0), Some(8_000.0)]);
        assert!(Plane::new([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]).is_none());
    }
}
