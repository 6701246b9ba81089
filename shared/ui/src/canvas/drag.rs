//! What is being dragged.

use egui::{Pos2, Rect, Vec2};

/// What dragging on empty ground does. With Shift it selects by a box in any case, with Shift and Alt by a loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dragging {
    #[default]
    Moves,
    /// Selects what lies in a box.
    Boxes,
    /// Selects what lies in a loop drawn by hand.
    Loops,
}

#[derive(Debug, Default)]
pub(super) enum Drag {
    #[default]
    Nothing,
    /// The whole picture.
    Picture,
    /// A box that selects.
    Box { from: Pos2, to: Pos2 },
    /// A loop that selects, so far.
    Loop(Vec<Pos2>),
    /// Nodes, moved so far by this much in the graph's own measure; the model learns of it when they are let go.
    Nodes { nodes: Vec<u32>, moved: Vec2 },
    /// The same by keyboard, until Ctrl is let go.
    Pushed { nodes: Vec<u32>, moved: Vec2 },
}

/// Between two points of a loop, on the screen.
const LOOP_STEP: f32 = 3.0;

impl Drag {
    /// Goes on with a box or a loop.
    pub(super) fn goes_to(&mut self, at: Pos2) {
        match self {
            Self::Box { to, .. } => *to = at,
            Self::Loop(way) if way.last().is_none_or(|last| last.distance(at) >= LOOP_STEP) => way.push(at),
            _ => {}
        }
    }

    /// What is around the box or the loop.
    pub(super) fn bounds(&self) -> Rect {
        match self {
            Self::Box { from, to } => Rect::from_two_pos(*from, *to),
            Self::Loop(way) => Rect::from_points(way),
            _ => Rect::NOTHING,
        }
    }

    /// Whether a place lies in the box or the loop.
    pub(super) fn catches(&self, place: Pos2) -> bool {
        match self {
            Self::Box { from, to } => Rect::from_two_pos(*from, *to).contains(place),
            Self::Loop(way) => is_inside(way, place),
            _ => false,
        }
    }
}

/// Whether a ray to the right crosses the closed loop an odd number of times.
fn is_inside(way: &[Pos2], place: Pos2) -> bool {
    let closed = way.iter().zip(way.iter().cycle().skip(1));
    let crosses = |a: &Pos2, b: &Pos2| {
        (a.y <= place.y) != (b.y <= place.y) && place.x < a.x + (place.y - a.y) / (b.y - a.y) * (b.x - a.x)
    };
    closed.filter(|(a, b)| crosses(a, b)).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn a_loop_catches_what_lies_in_it_and_not_what_lies_in_its_bay() {
        // The letter U.
        let way = [(0.0, 0.0), (2.0, 0.0), (2.0, 8.0), (6.0, 8.0), (6.0, 0.0), (8.0, 0.0), (8.0, 10.0), (0.0, 10.0)];
        let drag = Drag::Loop(way.map(|(x, y)| pos2(x, y)).to_vec());
        for (x, y, inside) in
            [(1.0, 5.0, true), (7.0, 5.0, true), (4.0, 9.0, true), (4.0, 5.0, false), (9.0, 5.0, false)]
        {
            assert_eq!(drag.catches(pos2(x, y)), inside, "{x} {y}");
        }
        assert!(!Drag::Loop(vec![pos2(1.0, 1.0)]).catches(pos2(1.0, 1.0)), "a click is no loop");
    }
}
