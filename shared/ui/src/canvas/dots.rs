//! Draws the objects from afar: a dot each, or one for all that lie in one small square.

use egui::{Pos2, Vec2};

use super::pen::Pen;
use super::{Frame, Node, Over, groups};

/// Two dots in the same square of this side, in points, cannot be told apart.
const CELL: f32 = 2.0;
/// With more dots than this the squares are larger.
const MOST_DOTS: usize = 14_000;
const GROWTH: f32 = 1.2;
/// Fewer nodes are a dot each without a look at squares.
const MOST_SINGLE: usize = 64;
const SMALLEST: f32 = 2.2;
/// The width of the rim of a dot that is selected, marked or at risk.
const RIM: f32 = 2.5;

pub(super) fn draw(frame: &Frame<'_>, pen: &mut Pen<'_>) {
    let mut cell = CELL;
    let mut squares = Squares::new(frame, cell);
    while squares.dots.len() > MOST_DOTS {
        cell *= GROWTH;
        squares = Squares::new(frame, cell);
    }
    // A dot for many covers most of its square.
    let radius = frame.radius.max(SMALLEST).max(0.42 * cell);
    for dot in squares.dots {
        if dot.is_selected || dot.is_marked || dot.is_alert {
            let rim = if dot.is_alert && !dot.is_selected { frame.paint.bad } else { frame.paint.accent };
            pen.disc(dot.place, radius + RIM, rim);
        }
        let colour = frame.paint.type_colour(dot.colour);
        if dot.is_group {
            groups::square(pen, dot.place, 1.5 * radius, colour);
        } else {
            pen.disc(dot.place, radius, colour);
        }
    }
}

/// What lies in one square.
struct Dot {
    /// Where the first one lies.
    place: Pos2,
    /// The colour of most, as far as one has more than half (Boyer and Moore 1981), and by how many.
    colour: usize,
    votes: u32,
    is_selected: bool,
    is_marked: bool,
    is_alert: bool,
    is_group: bool,
}

impl Dot {
    fn new(frame: &Frame<'_>, index: u32, node: &Node, place: Pos2) -> Self {
        let is_marked = frame.over == Over::Node(index) || frame.focus == Some(index);
        let (is_selected, is_alert, is_group) = (node.selected, node.alert, node.members.is_some());
        Self { place, colour: node.colour, votes: 1, is_selected, is_marked, is_alert, is_group }
    }

    fn join(&mut self, other: &Self) {
        if other.colour == self.colour {
            self.votes += 1;
        } else if self.votes > 1 {
            self.votes -= 1;
        } else {
            self.colour = other.colour;
        }
        self.is_selected |= other.is_selected;
        self.is_marked |= other.is_marked;
        self.is_alert |= other.is_alert;
        self.is_group |= other.is_group;
    }
}

/// The squares of the picture; they lie still in the graph, so that dots stay what they are while it is moved.
struct Squares {
    corner: Pos2,
    side: f32,
    columns: usize,
    /// The number of each square's dot, and one more; 0 for none. Empty where every node is a dot.
    slots: Vec<u32>,
    dots: Vec<Dot>,
}

impl Squares {
    fn new(frame: &Frame<'_>, side: f32) -> Self {
        let area = frame.rect.expand(frame.radius + 8.0);
        let aside = area.min - frame.places.on_screen([0.0, 0.0]);
        let corner = area.min - Vec2::new(aside.x.rem_euclid(side), aside.y.rem_euclid(side));
        let [columns, rows] =
            [area.max.x - corner.x, area.max.y - corner.y].map(|way| (way / side).ceil() as usize + 1);
        let is_single = frame.few.is_some_and(|few| few.nodes.len() < MOST_SINGLE);
        let slots = if is_single { Vec::new() } else { vec![0; columns * rows] };
        let mut squares = Self { corner, side, columns, slots, dots: Vec::new() };
        for (index, node, place) in frame.visible() {
            squares.add(place, Dot::new(frame, index, node, place));
        }
        squares
    }

    fn add(&mut self, place: Pos2, dot: Dot) {
        let square = ((place - self.corner) / self.side).max(Vec2::ZERO);
        let slot = self.slots.get_mut(square.y as usize * self.columns + square.x as usize);
        let number = slot.as_ref().and_then(|slot| slot.checked_sub(1));
        match number.and_then(|number| self.dots.get_mut(number as usize)) {
            Some(known) => known.join(&dot),
            None => {
                self.dots.push(dot);
                let number = self.dots.len() as u32;
                slot.into_iter().for_each(|slot| *slot = number);
            }
        }
    }
}
