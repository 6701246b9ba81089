//! The ways that lines take in a picture, and on which side of their discs names leave the arrows free.

use std::collections::HashMap;

use super::chart::{Chart, Mark, Tie};
use super::drawn::{NAME, SECOND, shortened, width_of};
use super::shapes::Point;

const ARROW: f32 = 6.5;
/// How far apart lines between the same two lie in their middle.
const BEND: f32 = 26.0;
/// Between a disc and its name.
const GAP: f32 = 4.0;

/// The way of a line, from disc to disc.
pub(super) struct Way {
    pub(super) from: Point,
    pub(super) control: Point,
    pub(super) to: Point,
    pub(super) is_straight: bool,
}

impl Way {
    /// Between two discs with these radii; `bend` is how far its middle stands aside, to the left of its way.
    fn between([from, to]: [Point; 2], ends: [f32; 2], bend: f32) -> Option<Self> {
        let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
        let length = dx.hypot(dy);
        if !(length > ends[0] + ends[1] && length.is_finite()) {
            return None;
        }
        let aside = [dy / length * bend * 2.0, -dx / length * bend * 2.0];
        let control = [(from[0] + to[0]) / 2.0 + aside[0], (from[1] + to[1]) / 2.0 + aside[1]];
        let is_straight = bend == 0.0;
        Some(Self { from: towards(from, ends[0], control), control, to: towards(to, ends[1], control), is_straight })
    }

    /// Out of a disc and back into it, the larger the more of them there are.
    fn around([x, y]: Point, radius: f32, place: f32) -> Self {
        let reach = radius * (3.2 + 1.2 * place);
        let control = [x, y - reach * 1.6];
        let side = radius * 0.8;
        Self { from: [x - side, y - side], control, to: [x + side, y - side], is_straight: false }
    }

    /// Where it arrives, as a vector of any length.
    pub(super) fn direction(&self) -> Point {
        [self.to[0] - self.control[0], self.to[1] - self.control[1]]
    }

    /// The same, seen from another origin.
    pub(super) fn seen_from(&self, [x, y]: Point) -> Self {
        let [from, control, to] = [self.from, self.control, self.to].map(|at| [at[0] - x, at[1] - y]);
        Self { from, control, to, is_straight: self.is_straight }
    }

    pub(super) fn middle(&self) -> Point {
        let at = |axis: fn(&Point) -> f32| (axis(&self.from) + 2.0 * axis(&self.control) + axis(&self.to)) / 4.0;
        [at(|point| point[0]), at(|point| point[1])]
    }

    /// How much of it something of this size hides that lies on it: a steep line is hidden by its height, a flat one by its
    /// width.
    pub(super) fn hidden_by(&self, [width, height]: Point) -> f32 {
        let length = self.length().max(f32::MIN_POSITIVE);
        let share = |from: f32, to: f32| ((to - from).abs() / length).max(1e-3);
        (width / share(self.from[0], self.to[0])).min(height / share(self.from[1], self.to[1]))
    }

    pub(super) fn length(&self) -> f32 {
        (self.to[0] - self.from[0]).hypot(self.to[1] - self.from[1])
    }
}

/// The edge of the disc there, in the direction of another point.
fn towards(centre: Point, radius: f32, point: Point) -> Point {
    let [dx, dy] = [point[0] - centre[0], point[1] - centre[1]];
    let length = dx.hypot(dy).max(f32::MIN_POSITIVE);
    [centre[0] + dx / length * (radius + 1.0), centre[1] + dy / length * (radius + 1.0)]
}

/// The ways of all lines, in their order; none for one that cannot be drawn.
pub(super) fn of_all(chart: &Chart) -> Vec<Option<Way>> {
    let pair = |tie: &Tie| (tie.from.min(tie.to), tie.from.max(tie.to));
    let mut sizes: HashMap<(u32, u32), u32> = HashMap::new();
    chart.ties.iter().for_each(|tie| *sizes.entry(pair(tie)).or_default() += 1);
    let mut seen: HashMap<(u32, u32), u32> = HashMap::new();
    let way = |tie: &Tie| {
        let (size, place) = (sizes.get(&pair(tie)).copied().unwrap_or(1), seen.entry(pair(tie)).or_default());
        let (number, side) = (*place as f32, if tie.from < tie.to { 1.0 } else { -1.0 });
        *place += 1;
        let (from, to) = (chart.marks.get(tie.from as usize)?, chart.marks.get(tie.to as usize)?);
        if tie.from == tie.to {
            return Some(Way::around(from.place, from.radius(), number));
        }
        let bend = side * (number - (size - 1) as f32 / 2.0) * BEND;
        Way::between([from.place, to.place], [from.radius(), to.radius()], bend)
    };
    chart.ties.iter().map(way).collect()
}

/// The length of a line's arrowhead: in proportion to the line, and never larger than a disc.
pub(super) fn arrow_length(tie: &Tie) -> f32 {
    (ARROW + 1.6 * tie.width).min(16.0)
}

/// On which side of a disc its name stands.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Below,
    Above,
    Right,
    Left,
}

impl Side {
    /// The sides for all names: the first one where no arrowhead lies, or else below.
    pub(super) fn of_all(chart: &Chart, ways: &[Option<Way>]) -> Vec<Self> {
        let mut heads: HashMap<u32, Vec<Point>> = HashMap::new();
        for (tie, way) in chart.ties.iter().zip(ways) {
            let Some(way) = way.as_ref().filter(|_| tie.directed) else { continue };
            let [x, y] = way.direction();
            let back = arrow_length(tie) / x.hypot(y).max(f32::MIN_POSITIVE);
            let base = [way.to[0] - x * back, way.to[1] - y * back];
            heads.entry(tie.to).or_default().extend([way.to, base]);
        }
        let side = |(mark, at): (&Mark, u32)| {
            let heads = heads.get(&at).map_or(&[][..], Vec::as_slice);
            let is_free = |side: &Self| {
                let ([left, top], [right, bottom]) = side.room(mark);
                !heads.iter().any(|[x, y]| (left..=right).contains(x) && (top..=bottom).contains(y))
            };
            [Self::Below, Self::Above, Self::Right, Self::Left].into_iter().find(is_free).unwrap_or(Self::Below)
        };
        chart.marks.iter().zip(0..).map(side).collect()
    }

    /// The corners of what both lines of a name take.
    pub(super) fn room(self, mark: &Mark) -> (Point, Point) {
        let [x, y] = mark.place;
        let second = width_of(&shortened(&mark.second), SECOND);
        let half = width_of(&shortened(&mark.name), NAME).max(second) / 2.0;
        let height = line(NAME) + if mark.second.is_empty() { 0.0 } else { line(SECOND) };
        let aside = mark.radius() + GAP;
        let [x, y] = match self {
            Self::Below => [x, y + aside + height / 2.0],
            Self::Above => [x, y - aside - height / 2.0],
            Self::Right => [x + aside + half, y],
            Self::Left => [x - aside - half, y],
        };
        ([x - half, y - height / 2.0], [x + half, y + height / 2.0])
    }
}

/// From line to line of a name.
pub(super) fn line(size: f32) -> f32 {
    size + 3.0
}
