//! Which pixels of a row a convex polygon covers, and how what is told at its corners changes across them.

use std::ops::Range;

/// A place in pixels.
pub(crate) type At = [f32; 2];

/// The rows whose middles may lie inside, within `rows`.
pub(crate) fn rows(corners: &[At], rows: Range<usize>) -> Range<usize> {
    let (low, high) = corners.iter().fold((f32::MAX, f32::MIN), |(low, high), at| (low.min(at[1]), high.max(at[1])));
    within(low, high, rows)
}

/// The columns of a row whose middles lie inside, within `columns`. The left end belongs to it and the right one does not,
/// and an edge that two polygons share is cut at the same point in both.
pub(crate) fn columns(corners: &[At], row: usize, columns: Range<usize>) -> Range<usize> {
    let y = row as f32 + 0.5;
    let (mut left, mut right) = (f32::MAX, f32::MIN);
    let mut before = corners.last().copied().unwrap_or_default();
    for &corner in corners {
        if (before[1] <= y) != (corner[1] <= y) {
            let x = crossing(before, corner, y);
            (left, right) = (left.min(x), right.max(x));
        }
        before = corner;
    }
    within(left, right, columns)
}

/// The whole numbers whose middles lie from `low` to below `high`.
fn within(low: f32, high: f32, limits: Range<usize>) -> Range<usize> {
    // `as usize` takes what is below 0, and what is no number, as 0.
    let first = ((low - 0.5).ceil() as usize).clamp(limits.start, limits.end);
    let end = ((high - 0.5).ceil() as usize).clamp(first, limits.end.max(first));
    first..end
}

/// Where an edge meets the line at `y`: the same to the last bit whichever end comes first.
fn crossing(a: At, b: At, y: f32) -> f32 {
    let (a, b) = if (a[1], a[0]) <= (b[1], b[0]) { (a, b) } else { (b, a) };
    a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
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
        let square = [[1.5, 0.5], [3.5, 0.5], [3.5, 2.5], [1.5, 2.5]];
        assert_eq!(rows(&square, 0..10), 0..2);
        assert_eq!(columns(&square, 1, 0..10), 1..3);
        assert_eq!(columns(&square, 1, 2..10), 2..3, "no more than the window");
        assert!(columns(&square, 5, 0..10).is_empty(), "nothing below it");
    }

    #[test]
    fn two_triangles_share_no_pixel_and_leave_none_out() {
        let (a, b, c, d) = ([0.3, 0.2], [17.9, 2.1], [16.4, 13.8], [1.1, 15.0]);
        for row in 0..16 {
            let (one, other) = (columns(&[a, b, c], row, 0..20), columns(&[a, c, d], row, 0..20));
            let whole = columns(&[a, b, c, d], row, 0..20);
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
