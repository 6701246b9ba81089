//! The way that a link takes on the screen: straight, bent beside its twin, or a loop back to where it began.

use std::f32::consts::{FRAC_PI_2, TAU};

use egui::{Pos2, Rect, Vec2};

const STEPS: usize = 16;
/// Between the ways of parallel lines, at a disc of 18 points.
const SPACING: f32 = 30.0;
/// Between an arrow's point and the disc.
const GAP: f32 = 1.5;
const SPOTS: [f32; 3] = [0.5, 0.34, 0.66];

/// Points on the screen, from disc to arrowhead.
#[derive(Debug)]
pub(super) struct Trace {
    points: [Pos2; STEPS + 1],
    count: usize,
    /// The arrow's point and its direction (length 1).
    pub(super) tip: (Pos2, Vec2),
    /// Where a label may stand, the best first.
    pub(super) spots: [Pos2; 3],
    pub(super) length: f32,
}

/// What a way is made from: the middles of both discs, their radii, the bend of [`super::wiring`], the arrow's length.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) from: Pos2,
    pub(super) to: Pos2,
    pub(super) radii: [f32; 2],
    pub(super) bend: f32,
    pub(super) arrow: f32,
    pub(super) is_loop: bool,
}

impl Trace {
    /// None when the discs touch, so that there is nothing to see.
    pub(super) fn new(ends: Ends) -> Option<Self> {
        if ends.is_loop {
            return Some(Self::looped(ends));
        }
        let length = ends.from.distance(ends.to);
        if length <= ends.radii[0] + ends.radii[1] + 2.0 * GAP {
            return None;
        }
        Some(if ends.bend == 0.0 { Self::straight(ends, length) } else { Self::bent(ends, length) })
    }

    pub(super) fn points(&self) -> &[Pos2] {
        self.points.get(..self.count).unwrap_or(&self.points)
    }

    pub(super) fn bounds(&self) -> Rect {
        Rect::from_points(self.points())
    }

    pub(super) fn distance_to(&self, pos: Pos2) -> f32 {
        let next = self.points().iter().skip(1);
        self.points().iter().zip(next).map(|(a, b)| distance(*a, *b, pos)).fold(f32::INFINITY, f32::min)
    }

    fn straight(ends: Ends, length: f32) -> Self {
        let direction = (ends.to - ends.from) / length;
        let start = ends.from + direction * ends.radii[0];
        let tip = ends.to - direction * (ends.radii[1] + GAP);
        let end = tip - direction * (0.8 * ends.arrow).min(start.distance(tip));
        let mut points = [end; STEPS + 1];
        if let Some(first) = points.first_mut() {
            *first = start;
        }
        Self { points, count: 2, tip: (tip, direction), spots: SPOTS.map(|share| start.lerp(tip, share)), length }
    }

    fn bent(ends: Ends, length: f32) -> Self {
        let direction = (ends.to - ends.from) / length;
        let aside = (ends.bend * SPACING * ends.radii[0].min(ends.radii[1]) / 18.0).clamp(-0.3 * length, 0.3 * length);
        // A quadratic curve comes half as near as its control point is.
        let control = ends.from.lerp(ends.to, 0.5) + direction.rot90() * (2.0 * aside);
        let at = |t: f32| ends.from.lerp(control, t).lerp(control.lerp(ends.to, t), t);
        // How far one goes per `t` at either end.
        let speed = 2.0 * ends.from.distance(control);
        let first = ends.radii[0] / speed;
        let tip_at = 1.0 - (ends.radii[1] + GAP) / speed;
        let last = (tip_at - 0.8 * ends.arrow / speed).max(first);
        let points = std::array::from_fn(|i| at(first + (last - first) * i as f32 / STEPS as f32));
        let tip = at(tip_at);
        let direction = (tip - at((tip_at - ends.arrow.max(1.0) / speed).max(first))).normalized();
        Self { points, count: STEPS + 1, tip: (tip, direction), spots: SPOTS.map(at), length }
    }

    fn looped(ends: Ends) -> Self {
        let circle = 0.8 * ends.radii[0];
        // Each further loop sits a quarter of the way around the disc.
        let towards = Vec2::angled(-FRAC_PI_2 + ends.bend * FRAC_PI_2);
        let middle = ends.from + towards * (ends.radii[0] + 0.75 * circle);
        let home = (-towards).angle();
        let (first, last) = (home + 0.75, home + TAU - 0.75);
        let arrow = ends.arrow / circle.max(1.0);
        let at = |angle: f32| middle + Vec2::angled(angle) * circle;
        let end = last - 0.7 * arrow;
        let points = std::array::from_fn(|i| at(first + (end - first) * i as f32 / STEPS as f32));
        let direction = (at(last) - at(last - arrow.max(0.1))).normalized();
        let spots = [middle + towards * circle; 3];
        Self { points, count: STEPS + 1, tip: (at(last), direction), spots, length: TAU * circle }
    }
}

fn distance(a: Pos2, b: Pos2, pos: Pos2) -> f32 {
    let along = b - a;
    let share = ((pos - a).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
    (a + along * share).distance(pos)
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    fn ends(from: Pos2, to: Pos2, bend: f32) -> Ends {
        Ends { from, to, radii: [18.0; 2], bend, arrow: 10.0, is_loop: from == to }
    }

    #[test]
    fn a_way_begins_and_ends_at_the_discs() {
        for bend in [0.0, 0.5, -1.0] {
            let (from, to) = (pos2(0.0, 0.0), pos2(200.0, 0.0));
            let trace = Trace::new(ends(from, to, bend)).unwrap();
            assert!((trace.points()[0].distance(from) - 18.0).abs() < 2.5, "bend {bend}");
            assert!((trace.tip.0.distance(to) - 19.5).abs() < 2.5, "bend {bend}");
            assert!(trace.tip.1.x > 0.7, "bend {bend}: {:?}", trace.tip);
        }
    }

    #[test]
    fn opposite_ways_lie_on_different_sides() {
        let (a, b) = (pos2(0.0, 0.0), pos2(200.0, 0.0));
        let there = Trace::new(ends(a, b, 0.5)).unwrap().spots[0];
        let back = Trace::new(ends(b, a, 0.5)).unwrap().spots[0];
        assert!((there.y - back.y).abs() > 20.0);
    }

    #[test]
    fn touching_discs_have_no_line_and_a_loop_stays_near() {
        assert!(Trace::new(ends(pos2(0.0, 0.0), pos2(30.0, 0.0), 0.0)).is_none());
        let trace = Trace::new(ends(pos2(5.0, 5.0), pos2(5.0, 5.0), 0.0)).unwrap();
        assert!(trace.points().iter().all(|point| point.distance(pos2(5.0, 5.0)) < 60.0));
        assert!(trace.distance_to(trace.spots[0]) < 2.0);
    }
}
