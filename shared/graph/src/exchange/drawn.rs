//! Draws a chart out of simple shapes: measures as on the screen from near.

use super::chart::{Chart, Entry, Mark, NOTE_LINE, Remark, Ring, Tint};
use super::icons::Icons;
use super::shapes::{Anchor, Colour, Outline, Part, Point, Shape, Stroke};
use super::ways::{Side, Way, arrow_length, line};
use crate::NoteKind;

/// The rims of discs, of the squares of closed groups, and of the outlines of open ones.
const RING: f32 = 1.6;
const SQUARE_RING: f32 = 2.0;
const RIM: f32 = 1.4;
/// The height of an icon, and where a badge stands, of a disc's radius.
const ICON: f32 = 1.1;
const SHOULDER: f32 = 0.78;
/// The heights of texts.
pub(super) const NAME: f32 = 12.0;
pub(super) const SECOND: f32 = 9.5;
const BADGE: f32 = 9.5;
const LINE_TEXT: f32 = 9.0;
/// From the middle of a text down to its base line, of its height.
const MIDDLE: f32 = 0.36;
/// A text on its line leaves this much of it to be seen.
const SEEN_LINE: f32 = 36.0;
/// How much the ground behind a text covers.
const GROUND: u8 = 220;
/// The arrowhead of a person's own arrow.
const ARROW: f32 = 12.0;
/// A letter's width as a part of the font's height: somewhat more than the average.
const LETTER: f32 = 0.56;
/// Longer names end with an ellipsis, as on the screen.
const LONGEST_NAME: usize = 40;
/// Of the corners of notes and frames.
const CORNER: f32 = 4.0;
const ENTRY: f32 = 22.0;
const MARGIN: f32 = 16.0;
/// How far the straight pieces of an arc turn, in radians: at most a fifth of a point from the arc.
const TURN: f32 = std::f32::consts::PI / 18.0;

pub(super) fn opaque([red, green, blue]: Tint) -> Colour {
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

pub(super) fn width_of(text: &str, size: f32) -> f32 {
    text.chars().count() as f32 * size * LETTER
}

pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_NAME {
        return text.to_owned();
    }
    text.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

/// What lies within `aside` of a convex outline, whose corners go around with y down: one corner is a disc, two are a rod.
/// Where it begins, and all further points.
fn widened(corners: &[Point], aside: f32) -> Option<(Point, Vec<Point>)> {
    let mut points = Vec::new();
    let angle = |from: Point, to: Point| (to[1] - from[1]).atan2(to[0] - from[0]);
    let before = corners.iter().cycle().skip(corners.len().max(1) - 1);
    let after = corners.iter().cycle().skip(1);
    for ((corner, before), after) in corners.iter().zip(before).zip(after) {
        let (first, turn) = if corners.len() == 1 {
            (0.0, std::f32::consts::TAU)
        } else {
            let first = angle(*before, *corner) - std::f32::consts::FRAC_PI_2;
            let turn = (angle(*corner, *after) - angle(*before, *corner)).rem_euclid(std::f32::consts::TAU);
            (first, turn)
        };
        let pieces = (turn / TURN).ceil();
        for piece in 0..=pieces as u16 {
            let (sin, cos) = (first + turn * f32::from(piece) / pieces.max(1.0)).sin_cos();
            points.push([corner[0] + aside * cos, corner[1] + aside * sin]);
        }
    }
    let first = *points.first()?;
    points.remove(0);
    Some((first, points))
}

/// What is drawn so far.
pub(super) struct Drawn<'a> {
    chart: &'a Chart,
    icons: Icons<'a>,
    pub(super) shapes: Vec<Shape>,
    /// Texts that stand above everything that is behind any of them.
    texts: Vec<Shape>,
    /// The graph's point at the page's corner.
    origin: Point,
}

impl<'a> Drawn<'a> {
    pub(super) fn new(chart: &'a Chart, icons: Option<&'a [u8]>, origin: Point) -> Self {
        Self { chart, icons: Icons::new(icons), shapes: Vec::new(), texts: Vec::new(), origin }
    }

    fn at(&self, [x, y]: Point) -> Point {
        [x - self.origin[0], y - self.origin[1]]
    }

    /// The outline around an open group.
    pub(super) fn ring(&mut self, ring: &Ring) {
        let corners: Vec<Point> = self.chart.corners(ring).into_iter().map(|(at, ())| self.at(at)).collect();
        let Some((first, others)) = widened(&corners, self.chart.aside(ring)) else { return };
        let outline = Outline { start: first, parts: others.iter().copied().map(Part::Line).collect() };
        self.shapes.push(Shape::Form { outlines: vec![outline], fill: mixed(self.chart.background, ring.tint, 0.08) });
        let stroke = Stroke { colour: mixed(self.chart.background, ring.tint, 0.65), width: RIM, dash: None };
        let points = std::iter::once(first).chain(others).chain([first]).collect();
        self.shapes.push(Shape::Line { points, stroke });
    }

    /// The name of an open group, on its outline above the topmost corner.
    pub(super) fn name(&mut self, ring: &Ring) {
        let top =
            self.chart.corners(ring).into_iter().map(|(at, ())| at).reduce(|a, b| if b[1] < a[1] { b } else { a });
        let Some([x, y]) = top.filter(|_| !ring.name.is_empty()).map(|at| self.at(at)) else { return };
        let rim = mixed(self.chart.background, ring.tint, 0.65);
        self.pill([x, y - self.chart.aside(ring)], (&shortened(&ring.name), NAME), rim, self.chart.text);
    }

    /// A text in a box with round ends.
    fn pill(&mut self, [x, y]: Point, (text, size): (&str, f32), rim: Colour, tint: Tint) {
        let (width, height) = (width_of(text, size) + size, size + 6.0);
        self.shapes.push(Shape::Rect {
            min: [x - width / 2.0, y - height / 2.0],
            size: [width, height],
            corner: height / 2.0,
            fill: Some(opaque(self.chart.background)),
            stroke: Some(Stroke { colour: rim, width: 1.0, dash: None }),
        });
        self.text([x, y + size * MIDDLE], Anchor::Middle, size, text, tint);
    }

    /// The lines, with what is said of them.
    pub(super) fn ties(&mut self, ways: &[Option<Way>]) {
        for (tie, way) in self.chart.ties.iter().zip(ways) {
            let Some(way) = way.as_ref().map(|way| way.seen_from(self.origin)) else { continue };
            let stroke = Stroke { colour: opaque(tie.tint), width: tie.width.clamp(0.5, 20.0), dash: None };
            self.shapes.push(if way.is_straight {
                Shape::Line { points: vec![way.from, way.to], stroke }
            } else {
                Shape::Curve { from: way.from, control: way.control, to: way.to, stroke }
            });
            let (width, [x, y]) = (width_of(&tie.text, LINE_TEXT), way.middle());
            if way.hidden_by([width, line(LINE_TEXT)]) + SEEN_LINE < way.length() {
                self.on_ground([x, y], (&tie.text, LINE_TEXT), self.chart.dim);
            } else if tie.from == tie.to || width < way.length() {
                // Where it does not fit between the discs it would lie over their names.
                self.text([x, y - 6.0], Anchor::Middle, LINE_TEXT, &tie.text, self.chart.dim);
            }
        }
    }

    /// The arrowheads, above everything: the direction is never hidden.
    pub(super) fn arrows(&mut self, ways: &[Option<Way>]) {
        for (tie, way) in self.chart.ties.iter().zip(ways).filter(|(tie, _)| tie.directed) {
            let Some(way) = way.as_ref().map(|way| way.seen_from(self.origin)) else { continue };
            let (direction, length) = (way.direction(), arrow_length(tie));
            self.shapes.push(Shape::Arrow { tip: way.to, direction, length, colour: opaque(tie.tint) });
        }
    }

    /// A text around a place, with the ground behind it so that no line runs through it.
    fn on_ground(&mut self, [x, y]: Point, (text, size): (&str, f32), tint: Tint) {
        if text.is_empty() {
            return;
        }
        let (width, [red, green, blue]) = (width_of(text, size) + 4.0, self.chart.background);
        self.shapes.push(Shape::Rect {
            min: [x - width / 2.0, y - line(size) / 2.0],
            size: [width, line(size)],
            corner: 0.0,
            fill: Some(Colour([red, green, blue, GROUND])),
            stroke: None,
        });
        self.text([x, y + size * MIDDLE], Anchor::Middle, size, text, tint);
        self.texts.extend(self.shapes.pop());
    }

    /// Draws the texts that were put down so far.
    pub(super) fn texts(&mut self) {
        self.shapes.append(&mut self.texts);
    }

    /// The name of an object, on one side of it.
    pub(super) fn label(&mut self, mark: &Mark, side: Side) {
        let ([left, top], [right, _]) = side.room(mark);
        let [x, y] = self.at([(left + right) / 2.0, top]);
        self.on_ground([x, y + line(NAME) / 2.0], (&shortened(&mark.name), NAME), self.chart.text);
        let below = y + line(NAME) + line(SECOND) / 2.0;
        self.on_ground([x, below], (&shortened(&mark.second), SECOND), self.chart.dim);
    }

    pub(super) fn mark(&mut self, mark: &Mark) {
        let (centre, radius) = (self.at(mark.place), mark.radius());
        let dash = mark.missing.then_some([4.0, 3.0]);
        let background = self.chart.background;
        let fill = Some(match (mark.missing, mark.square) {
            (true, _) => opaque(background),
            (false, true) => mixed(background, mark.tint, 0.28),
            (false, false) => mixed(background, mark.tint, 0.2),
        });
        let width = if mark.square { SQUARE_RING } else { RING };
        let (stroke, inner) = (Some(Stroke { colour: opaque(mark.tint), width, dash }), radius - width / 2.0);
        self.shapes.push(if mark.square {
            let min = centre.map(|at| at - inner);
            Shape::Rect { min, size: [2.0 * inner; 2], corner: 0.5 * radius, fill, stroke }
        } else {
            Shape::Disc { centre, radius: inner, fill, stroke }
        });
        self.icon(mark.icon, centre, ICON * radius, mark.tint);
        if !mark.badge.is_empty() {
            let [x, y] = centre;
            let aside = SHOULDER * radius + width_of(&mark.badge, BADGE) / 2.0;
            let rim = mixed(background, self.chart.dim, 0.4);
            self.pill([x + aside, y - SHOULDER * radius], (&mark.badge, BADGE), rim, self.chart.text);
        }
    }

    pub(super) fn remark(&mut self, remark: &Remark) {
        if !remark.from.iter().chain(&remark.to).all(|at| at.is_finite()) {
            return;
        }
        let (from, to) = (self.at(remark.from), self.at(remark.to));
        let colour = opaque(remark.tint);
        let stroke = Stroke { colour, width: 1.6, dash: None };
        let [width, height] = remark.size();
        let middle = [(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0];
        let at = match remark.kind {
            NoteKind::Text => from,
            NoteKind::Arrow => {
                let direction = [to[0] - from[0], to[1] - from[1]];
                self.shapes.push(Shape::Line { points: vec![from, to], stroke });
                self.shapes.push(Shape::Arrow { tip: to, direction, length: ARROW, colour });
                middle
            }
            NoteKind::Frame => {
                let min = [from[0].min(to[0]), from[1].min(to[1])];
                let size = [(to[0] - from[0]).abs(), (to[1] - from[1]).abs()];
                let fill = Some(mixed(self.chart.background, remark.tint, 0.06));
                self.shapes.push(Shape::Rect { min, size, corner: CORNER, fill, stroke: Some(stroke) });
                [min[0] + width / 2.0, min[1] - height / 2.0]
            }
        };
        if remark.text.is_empty() {
            return;
        }
        self.shapes.push(Shape::Rect {
            min: [at[0] - width / 2.0, at[1] - height / 2.0],
            size: [width, height],
            corner: CORNER,
            fill: Some(opaque(self.chart.background)),
            stroke: Some(Stroke { width: 1.0, ..stroke }),
        });
        let mut below = at[1] - height / 2.0 + 4.0 + NOTE_LINE / 2.0 + NAME * MIDDLE;
        for line in remark.lines() {
            self.text([at[0] - width / 2.0 + 6.0, below], Anchor::Start, NAME, &line, self.chart.text);
            below += NOTE_LINE;
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
    pub(super) fn legend(&mut self, top: f32, width: f32) -> f32 {
        let (mut x, mut y) = (MARGIN, top + ENTRY / 2.0);
        for entry in &self.chart.legend {
            let room = 28.0 + width_of(&entry.text, NAME) + 18.0;
            if x > MARGIN && x + room > width {
                (x, y) = (MARGIN, y + ENTRY);
            }
            self.entry(entry, [x + 10.0, y]);
            self.text([x + 26.0, y + NAME * MIDDLE], Anchor::Start, NAME, &entry.text, self.chart.text);
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
