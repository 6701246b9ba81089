//! A graph as it is seen: discs with icons and names, lines with arrows, and the legend that explains them.

use serde::{Deserialize, Serialize};

use super::drawn::{Drawn, NAME, opaque, shortened, width_of};
use super::shapes::{Page, Point};
use super::sheet::lines;
use super::ways::{self, Side};
use super::{Fault, LIMIT_LINKS, LIMIT_NODES};
use crate::{MOST_NOTES, NoteKind};

/// Of a disc that is no larger than usual.
const RADIUS: f32 = 18.0;
/// Between a member's disc and the outline around its group.
const ASIDE: f32 = 14.0;
/// The widest text of a note, as on the screen.
const WIDEST_NOTE: f32 = 240.0;
/// From line to line of a note.
pub(super) const NOTE_LINE: f32 = 15.0;
/// Room around what is drawn.
const MARGIN: f32 = 16.0;
/// The narrowest that a page is, so that a legend has room.
const NARROWEST: f32 = 420.0;

/// Red, green and blue.
pub type Tint = [u8; 3];

/// A graph as it is seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    pub title: String,
    /// What a reader must know: who, when, from where, what is missing.
    pub note: String,
    pub background: Tint,
    pub text: Tint,
    pub dim: Tint,
    pub marks: Vec<Mark>,
    pub ties: Vec<Tie>,
    pub legend: Vec<Entry>,
    /// Open groups, in the order in which they are drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rings: Vec<Ring>,
    /// What a person wrote and drew onto it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
}

/// A text around `from`, an arrow with its text in the middle, or a frame between two corners with its text above.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Remark {
    pub kind: NoteKind,
    /// In points, x to the right and y down.
    pub from: Point,
    pub to: Point,
    pub tint: Tint,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// An outline around some objects, with a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ring {
    pub name: String,
    pub tint: Tint,
    /// Positions in the list of marks, from 0.
    pub around: Vec<u32>,
}

/// An object, or a closed group of some.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// In points, x to the right and y down.
    pub place: Point,
    pub tint: Tint,
    pub icon: char,
    pub name: String,
    /// A second line; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub second: String,
    /// No source has it: it is drawn with dashes.
    #[serde(default)]
    pub missing: bool,
    /// How much larger than usual: 0 for not at all, 1 for twice the size.
    #[serde(default)]
    pub larger: f32,
    /// A closed group: it is a square.
    #[serde(default)]
    pub square: bool,
    /// A number on its shoulder: how many are in it, or are still to be seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub badge: String,
}

/// A link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tie {
    /// Positions in the list of marks, from 0.
    pub from: u32,
    pub to: u32,
    pub tint: Tint,
    pub width: f32,
    pub directed: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A line of the legend: a disc with an icon, or, without one, a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub tint: Tint,
    pub icon: Option<char>,
    pub text: String,
}

impl Chart {
    /// Draws it; icons come from the font, and are left out without one.
    ///
    /// # Errors
    /// If it has more objects or links than a graph.
    pub fn page(&self, icons: Option<&[u8]>) -> Result<Page, Fault> {
        if self.marks.len() > LIMIT_NODES {
            return Err(Fault::TooManyNodes);
        }
        if self.ties.len() > LIMIT_LINKS {
            return Err(Fault::TooManyLinks);
        }
        let ways = ways::of_all(self);
        let sides = Side::of_all(self, &ways);
        let ([left, top], [right, bottom]) = self.bounds(&sides);
        let width = (right - left).max(NARROWEST);
        let mut drawn = Drawn::new(self, icons, [left - (width - (right - left)) / 2.0, top]);
        self.rings.iter().for_each(|ring| drawn.ring(ring));
        let (frames, others): (Vec<&Remark>, Vec<&Remark>) =
            self.remarks.iter().take(MOST_NOTES).partition(|remark| remark.kind == NoteKind::Frame);
        frames.into_iter().for_each(|frame| drawn.remark(frame));
        drawn.ties(&ways);
        self.marks.iter().for_each(|mark| drawn.mark(mark));
        self.marks.iter().zip(sides).for_each(|(mark, side)| drawn.label(mark, side));
        drawn.texts();
        self.rings.iter().for_each(|ring| drawn.name(ring));
        drawn.arrows(&ways);
        others.into_iter().for_each(|remark| drawn.remark(remark));
        let height = drawn.legend(bottom - top, width);
        Ok(Page {
            size: [width, height],
            background: Some(opaque(self.background)),
            ink: opaque(self.text),
            title: self.title.clone(),
            note: self.note.clone(),
            shapes: drawn.shapes,
        })
    }

    /// The corners of what is drawn. What has no place that can be drawn does not count.
    fn bounds(&self, sides: &[Side]) -> (Point, Point) {
        let (mut least, mut most) = ([f32::MAX; 2], [f32::MIN; 2]);
        let mut hold = |[x, y]: Point, [left, above]: Point, [right, below]: Point| {
            if x.is_finite() && y.is_finite() {
                least = [least[0].min(x - left), least[1].min(y - above)];
                most = [most[0].max(x + right), most[1].max(y + below)];
            }
        };
        for (mark, side) in self.marks.iter().zip(sides) {
            hold(mark.place, [mark.radius(); 2], [mark.radius(); 2]);
            let (low, high) = side.room(mark);
            hold(low, [2.0; 2], [0.0; 2]);
            hold(high, [0.0; 2], [2.0; 2]);
        }
        for ring in &self.rings {
            let (aside, half) = (self.aside(ring), width_of(&shortened(&ring.name), NAME) / 2.0 + MARGIN);
            for (place, _) in self.corners(ring) {
                hold(place, [aside.max(half), aside + MARGIN], [aside.max(half), aside]);
            }
        }
        for remark in &self.remarks {
            let size = remark.size();
            for at in [remark.from, remark.to] {
                hold(at, size, size);
            }
        }
        if least[0] > most[0] {
            return ([0.0; 2], [1.0; 2]);
        }
        (least.map(|at| at - MARGIN), most.map(|at| at + MARGIN))
    }

    fn around(&self, ring: &Ring) -> impl Iterator<Item = &Mark> {
        ring.around.iter().filter_map(|at| self.marks.get(*at as usize))
    }

    /// Where the outline of a group has its corners.
    pub(super) fn corners(&self, ring: &Ring) -> Vec<(Point, ())> {
        crate::corners(self.around(ring).map(|mark| (mark.place, ())))
    }

    /// How far outside of them it is drawn.
    pub(super) fn aside(&self, ring: &Ring) -> f32 {
        self.around(ring).map(Mark::radius).fold(RADIUS, f32::max) + ASIDE
    }
}

impl Mark {
    /// Of its disc, in points.
    pub(super) fn radius(&self) -> f32 {
        RADIUS * (1.0 + if self.larger.is_finite() { self.larger.clamp(0.0, 1.0) } else { 0.0 })
    }
}

impl Remark {
    /// Its text in lines.
    pub(super) fn lines(&self) -> Vec<String> {
        lines(&self.text, (WIDEST_NOTE / width_of("n", NAME)) as usize)
    }

    /// As wide and high as its text.
    pub(super) fn size(&self) -> Point {
        let lines = self.lines();
        let widest = lines.iter().map(|line| width_of(line, NAME)).fold(0.0, f32::max);
        [widest + 12.0, lines.len() as f32 * NOTE_LINE + 8.0]
    }
}
