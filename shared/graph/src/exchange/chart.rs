//! A graph as it is seen: discs with icons and names, lines with arrows, and the legend that explains them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::icons::Icons;
use super::shapes::{Anchor, Colour, Page, Point, Shape, Stroke};
use super::{Fault, LIMIT_LINKS, LIMIT_NODES};
use crate::{MOST_NOTES, NoteKind};

const RADIUS: f32 = 18.0;
const RING: f32 = 1.6;
const ICON: f32 = 20.0;
const NAME: f32 = 12.0;
const SECOND: f32 = 9.5;
const LINE_TEXT: f32 = 9.0;
const ARROW: f32 = 9.0;
/// How far apart lines between the same two lie in their middle.
const BEND: f32 = 26.0;
/// A letter's width as a part of the font's height: somewhat more than the average.
const LETTER: f32 = 0.56;
/// Longer names end with an ellipsis, as on the screen.
const LONGEST_NAME: usize = 40;
/// Room around what is drawn.
const MARGIN: f32 = 16.0;
/// The narrowest that a page is, so that a legend has room.
const NARROWEST: f32 = 420.0;
const ENTRY: f32 = 22.0;

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

/// An object.
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
        let ([left, top], [right, bottom]) = self.bounds();
        let width = (right - left).max(NARROWEST);
        let mut drawn = Drawn {
            chart: self,
            icons: Icons::new(icons),
            shapes: Vec::new(),
            origin: [left - (width - (right - left)) / 2.0, top],
        };
        let (frames, others): (Vec<&Remark>, Vec<&Remark>) =
            self.remarks.iter().take(MOST_NOTES).partition(|remark| remark.kind == NoteKind::Frame);
        frames.into_iter().for_each(|frame| drawn.remark(frame));
        drawn.ties();
        self.marks.iter().for_each(|mark| drawn.mark(mark));
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
    fn bounds(&self) -> (Point, Point) {
        let (mut least, mut most) = ([f32::MAX; 2], [f32::MIN; 2]);
        for mark in self.marks.iter().filter(|mark| mark.place.iter().all(|at| at.is_finite())) {
            let half = (width_of(&shortened(&mark.name), NAME) / 2.0).max(RADIUS);
            let below = RADIUS + 6.0 + NAME + if mark.second.is_empty() { 0.0 } else { SECOND + 4.0 };
            let [x, y] = mark.place;
            for (axis, (from, to)) in [(x - half, x + half), (y - RADIUS, y + below)].into_iter().enumerate() {
                let (Some(least), Some(most)) = (least.get_mut(axis), most.get_mut(axis)) else { continue };
                (*least, *most) = (least.min(from), most.max(to));
            }
        }
        for remark in &self.remarks {
            let half = width_of(&remark.text, NAME) / 2.0 + MARGIN;
            for [x, y] in [remark.from, remark.to].into_iter().filter(|at| at.iter().all(|at| at.is_finite())) {
                least = [least[0].min(x - half), least[1].min(y - 2.0 * MARGIN)];
                most = [most[0].max(x + half), most[1].max(y + MARGIN)];
            }
        }
        if least[0] > most[0] {
            return ([0.0; 2], [1.0; 2]);
        }
        (least.map(|at| at - MARGIN), most.map(|at| at + MARGIN))
    }
}

fn opaque([red, green, blue]: Tint) -> Colour {
    Colour([red, green, blue, u8::MAX])
}

/// The part of `over` in a mixture with `under`.
fn mixed(under: Tint, over: Tint, part: f32) -> Colour {
    let mut tint = under;
    for (under, over) in tint.iter_mut().zip(over) {
        *under = (f32::from(*under) + (f32::from(over) - f32::from(*under)) * part).round() as u8;
    }
    opaque(tint)
}

fn width_of(text: &str, size: f32) -> f32 {
    text.chars().count() as f32 * size * LETTER
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_NAME {
        return text.to_owned();
    }
    text.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

/// The way of a line, from disc to disc.
struct Way {
    from: Point,
    control: Point,
    to: Point,
}

impl Way {
    /// Between two places; `bend` is how far its middle stands aside, to the left of its way.
    fn between(from: Point, to: Point, bend: f32) -> Option<Self> {
        let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
        let length = dx.hypot(dy);
        if !(length > 2.0 * RADIUS && length.is_finite()) {
            return None;
        }
        let aside = [dy / length * bend * 2.0, -dx / length * bend * 2.0];
        let control = [(from[0] + to[0]) / 2.0 + aside[0], (from[1] + to[1]) / 2.0 + aside[1]];
        Some(Self { from: towards(from, control), control, to: towards(to, control) })
    }

    /// Out of a disc and back into it, the larger the more of them there are.
    fn around([x, y]: Point, place: f32) -> Self {
        let reach = RADIUS * (3.2 + 1.2 * place);
        let control = [x, y - reach * 1.6];
        let side = RADIUS * 0.8;
        Self { from: [x - side, y - side], control, to: [x + side, y - side] }
    }

    fn middle(&self) -> Point {
        let at = |axis: fn(&Point) -> f32| (axis(&self.from) + 2.0 * axis(&self.control) + axis(&self.to)) / 4.0;
        [at(|point| point[0]), at(|point| point[1])]
    }

    fn length(&self) -> f32 {
        (self.to[0] - self.from[0]).hypot(self.to[1] - self.from[1])
    }
}

/// The edge of the disc there, in the direction of another point.
fn towards(centre: Point, point: Point) -> Point {
    let [dx, dy] = [point[0] - centre[0], point[1] - centre[1]];
    let length = dx.hypot(dy).max(f32::MIN_POSITIVE);
    [centre[0] + dx / length * (RADIUS + 1.0), centre[1] + dy / length * (RADIUS + 1.0)]
}

/// What is drawn so far.
struct Drawn<'a> {
    chart: &'a Chart,
    icons: Icons<'a>,
    shapes: Vec<Shape>,
    /// The graph's point at the page's corner.
    origin: Point,
}

impl Drawn<'_> {
    fn at(&self, [x, y]: Point) -> Point {
        [x - self.origin[0], y - self.origin[1]]
    }

    fn ties(&mut self) {
        let pair = |tie: &Tie| (tie.from.min(tie.to), tie.from.max(tie.to));
        let mut sizes: HashMap<(u32, u32), u32> = HashMap::new();
        self.chart.ties.iter().for_each(|tie| *sizes.entry(pair(tie)).or_default() += 1);
        let mut seen: HashMap<(u32, u32), u32> = HashMap::new();
        for tie in &self.chart.ties {
            let (size, place) = (sizes.get(&pair(tie)).copied().unwrap_or(1), seen.entry(pair(tie)).or_default());
            let (number, side) = (*place as f32, if tie.from < tie.to { 1.0 } else { -1.0 });
            *place += 1;
            self.tie(tie, number, side * (number - (size - 1) as f32 / 2.0) * BEND);
        }
    }

    fn tie(&mut self, tie: &Tie, number: f32, bend: f32) {
        let place = |end: u32| self.chart.marks.get(end as usize).map(|mark| self.at(mark.place));
        let (Some(from), Some(to)) = (place(tie.from), place(tie.to)) else { return };
        let way = if tie.from == tie.to { Some(Way::around(from, number)) } else { Way::between(from, to, bend) };
        let Some(way) = way else { return };
        let colour = opaque(tie.tint);
        let stroke = Stroke { colour, width: tie.width.clamp(0.5, 20.0), dash: None };
        let direction = [way.to[0] - way.control[0], way.to[1] - way.control[1]];
        self.shapes.push(if bend == 0.0 && tie.from != tie.to {
            Shape::Line { points: vec![way.from, way.to], stroke }
        } else {
            Shape::Curve { from: way.from, control: way.control, to: way.to, stroke }
        });
        if tie.directed {
            let length = ARROW + 1.5 * stroke.width;
            self.shapes.push(Shape::Arrow { tip: way.to, direction, length, colour });
        }
        // Where it does not fit between the discs it would lie over their names.
        if !tie.text.is_empty() && (tie.from == tie.to || width_of(&tie.text, LINE_TEXT) < way.length()) {
            let [x, y] = way.middle();
            self.text([x, y - 6.0], Anchor::Middle, LINE_TEXT, &tie.text, self.chart.dim);
        }
    }

    fn mark(&mut self, mark: &Mark) {
        let centre = self.at(mark.place);
        let dash = mark.missing.then_some([4.0, 3.0]);
        let stroke = Some(Stroke { colour: opaque(mark.tint), width: RING, dash });
        let fill =
            if mark.missing { opaque(self.chart.background) } else { mixed(self.chart.background, mark.tint, 0.2) };
        self.shapes.push(Shape::Disc { centre, radius: RADIUS - RING / 2.0, fill: Some(fill), stroke });
        self.icon(mark.icon, centre, ICON, mark.tint);
        let below = centre[1] + RADIUS + 4.0 + NAME;
        self.text([centre[0], below], Anchor::Middle, NAME, &shortened(&mark.name), self.chart.text);
        let below = below + 3.0 + SECOND;
        self.text([centre[0], below], Anchor::Middle, SECOND, &shortened(&mark.second), self.chart.dim);
    }

    fn remark(&mut self, remark: &Remark) {
        if !remark.from.iter().chain(&remark.to).all(|at| at.is_finite()) {
            return;
        }
        let (from, to) = (self.at(remark.from), self.at(remark.to));
        let colour = opaque(remark.tint);
        let stroke = Stroke { colour, width: 1.6, dash: None };
        let middle = [(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0];
        let at = match remark.kind {
            NoteKind::Text => from,
            NoteKind::Arrow => {
                let direction = [to[0] - from[0], to[1] - from[1]];
                self.shapes.push(Shape::Line { points: vec![from, to], stroke });
                self.shapes.push(Shape::Arrow { tip: to, direction, length: ARROW + 3.0, colour });
                middle
            }
            NoteKind::Frame => {
                let points = vec![from, [to[0], from[1]], to, [from[0], to[1]], from];
                self.shapes.push(Shape::Line { points, stroke });
                [middle[0], from[1].min(to[1]) - 6.0]
            }
        };
        for (line, text) in remark.text.lines().enumerate() {
            self.text([at[0], at[1] + line as f32 * (NAME + 3.0)], Anchor::Middle, NAME, text, self.chart.text);
        }
    }

    fn icon(&mut self, icon: char, centre: Point, size: f32, tint: Tint) {
        if let Some(outlines) = self.icons.at(icon, centre, size) {
            self.shapes.push(Shape::Form { outlines, fill: opaque(tint) });
        }
    }

    fn text(&mut self, at: Point, anchor: Anchor, size: f32, text: &str, tint: Tint) {
        if !text.is_empty() {
            self.shapes.push(Shape::Text {
                at,
                anchor,
                size,
                text: text.to_owned(),
                colour: opaque(tint),
                bold: false,
            });
        }
    }

    /// Draws the legend from `top` on, in as many rows as it takes; where it ends.
    fn legend(&mut self, top: f32, width: f32) -> f32 {
        let (mut x, mut y) = (MARGIN, top + ENTRY / 2.0);
        for entry in &self.chart.legend {
            let room = 28.0 + width_of(&entry.text, NAME) + 18.0;
            if x > MARGIN && x + room > width {
                (x, y) = (MARGIN, y + ENTRY);
            }
            self.entry(entry, [x + 10.0, y]);
            self.text([x + 26.0, y + NAME * 0.36], Anchor::Start, NAME, &entry.text, self.chart.text);
            x += room;
        }
        if self.chart.legend.is_empty() { top } else { y + ENTRY / 2.0 + MARGIN }
    }

    fn entry(&mut self, entry: &Entry, [x, y]: Point) {
        let colour = opaque(entry.tint);
        let stroke = Stroke { colour, width: 1.4, dash: None };
        let Some(icon) = entry.icon else {
            self.shapes.push(Shape::Line {
                points: vec![[x - 10.0, y], [x + 10.0, y]],
                stroke: Stroke { width: 2.0, ..stroke },
            });
            return;
        };
        let fill = Some(mixed(self.chart.background, entry.tint, 0.2));
        self.shapes.push(Shape::Disc { centre: [x, y], radius: 9.0, fill, stroke: Some(stroke) });
        self.icon(icon, [x, y], 11.0, entry.tint);
    }
}
