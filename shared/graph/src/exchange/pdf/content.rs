//! What is on the page: shapes as operators of PDF.

use std::collections::BTreeSet;

use pdf_writer::{Content, Name, Settings, Str};

use super::faces::{Faces, face_name};
use crate::exchange::shapes::{Anchor, Colour, Outline, Part, Point, Shape, Stroke, arrowhead, one_line};

/// How far the handles of four Bézier curves stand off to make a circle of radius 1.
const CIRCLE: f32 = 0.552_285;

/// A covering other than full, which must be named in the page's resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    Fill(u8),
    Stroke(u8),
}

impl State {
    pub(super) fn name(self) -> String {
        match self {
            Self::Fill(cover) => format!("f{cover}"),
            Self::Stroke(cover) => format!("s{cover}"),
        }
    }
}

/// Draws shapes; remembers what is set, to set it once.
pub(super) struct Painter<'f, 'a> {
    content: Content,
    faces: &'f mut Faces<'a>,
    states: BTreeSet<State>,
    fill: Option<Colour>,
    stroke: Option<Stroke>,
    fill_cover: u8,
    stroke_cover: u8,
}

impl<'f, 'a> Painter<'f, 'a> {
    /// For a page of this size in points, drawn in units of `unit` points. From here on y runs down.
    pub(super) fn new(faces: &'f mut Faces<'a>, size: Point, unit: f32) -> Self {
        let mut content = Content::with_settings(Settings { pretty: false });
        content.transform([1.0 / unit, 0.0, 0.0, -1.0 / unit, 0.0, size[1] / unit]);
        Self {
            content,
            faces,
            states: BTreeSet::new(),
            fill: None,
            stroke: None,
            fill_cover: u8::MAX,
            stroke_cover: u8::MAX,
        }
    }

    pub(super) fn move_origin(&mut self, [x, y]: Point) {
        self.content.transform([1.0, 0.0, 0.0, 1.0, x, y]);
    }

    pub(super) fn background(&mut self, [width, height]: Point, colour: Colour) {
        self.set_fill(colour);
        self.content.rect(0.0, 0.0, width, height).fill_nonzero();
    }

    pub(super) fn finish(self) -> (Vec<u8>, Vec<State>) {
        (self.content.finish().into_vec(), self.states.into_iter().collect())
    }

    pub(super) fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Disc { centre, radius, fill, stroke } => {
                let radius = radius.abs();
                self.set_paint(*fill, stroke.as_ref());
                self.round_box(centre.map(|middle| middle - radius), [2.0 * radius; 2], radius);
                self.paint(fill.is_some(), stroke.is_some());
            }
            Shape::Line { points, stroke } => {
                self.set_stroke(stroke);
                self.path(points);
                self.content.stroke();
            }
            Shape::Curve { from, control, to, stroke } => {
                self.set_stroke(stroke);
                self.curve(*from, *control, *to);
                self.content.stroke();
            }
            Shape::Arrow { tip, direction, length, colour } => {
                if let Some(corners) = arrowhead(*tip, *direction, *length) {
                    self.set_fill(*colour);
                    self.path(&corners);
                    self.content.close_path().fill_nonzero();
                }
            }
            Shape::Rect { min, size, corner, fill, stroke } => {
                self.set_paint(*fill, stroke.as_ref());
                self.round_box(*min, size.map(|side| side.max(0.0)), *corner);
                self.paint(fill.is_some(), stroke.is_some());
            }
            Shape::Form { outlines, fill } => {
                self.set_fill(*fill);
                outlines.iter().for_each(|outline| self.outline(outline));
                self.content.fill_nonzero();
            }
            Shape::Text { at, anchor, size, text, colour, bold } => {
                self.set_fill(*colour);
                self.text(*at, *anchor, size.abs(), &one_line(text), *bold);
            }
        }
    }

    fn text(&mut self, [x, y]: Point, anchor: Anchor, size: f32, text: &str, bold: bool) {
        let runs = self.faces.runs(text, bold);
        let width = runs.iter().map(|run| run.width).sum::<f32>() * size / 1000.0;
        let mut x = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        for run in runs {
            self.content.begin_text().set_font(Name(face_name(run.face).as_bytes()), hundredths(size));
            // Letters stand upright on a page whose y runs down.
            self.content.set_text_matrix([1.0, 0.0, 0.0, -1.0, hundredths(x), hundredths(y)]);
            self.content.show(Str(&run.numbers)).end_text();
            x += run.width * size / 1000.0;
        }
    }

    fn path(&mut self, points: &[Point]) {
        for (position, point) in points.iter().enumerate() {
            let [x, y] = point.map(hundredths);
            if position == 0 {
                self.content.move_to(x, y);
            } else {
                self.content.line_to(x, y);
            }
        }
    }

    fn curve(&mut self, from: Point, control: Point, to: Point) {
        let [x, y] = from.map(hundredths);
        self.content.move_to(x, y);
        self.curve_on(from, control, to);
    }

    /// A quadratic curve as the cubic one that is the same, from where the path is.
    fn curve_on(&mut self, from: Point, control: Point, to: Point) {
        let handle = |end: Point| [end[0] + (control[0] - end[0]) / 1.5, end[1] + (control[1] - end[1]) / 1.5];
        let [first, second, to] = [handle(from), handle(to), to].map(|point| point.map(hundredths));
        self.content.cubic_to(first[0], first[1], second[0], second[1], to[0], to[1]);
    }

    fn outline(&mut self, outline: &Outline) {
        let [x, y] = outline.start.map(hundredths);
        self.content.move_to(x, y);
        let mut from = outline.start;
        for part in &outline.parts {
            match *part {
                Part::Line(to) => {
                    let [x, y] = to.map(hundredths);
                    self.content.line_to(x, y);
                }
                Part::Curve { control, to } => self.curve_on(from, control, to),
            }
            from = part.end();
        }
        self.content.close_path();
    }

    /// A rectangle whose corners are round; one that is all corners is a disc.
    fn round_box(&mut self, [left, top]: Point, [width, height]: Point, corner: f32) {
        let corner = corner.clamp(0.0, width.min(height).max(0.0) / 2.0);
        if corner == 0.0 {
            let [left, top, width, height] = [left, top, width, height].map(hundredths);
            self.content.rect(left, top, width, height);
            return;
        }
        let (right, bottom, handle) = (left + width, top + height, corner * (1.0 - CIRCLE));
        let corners = [
            [[right - corner, top], [right - handle, top], [right, top + handle], [right, top + corner]],
            [[right, bottom - corner], [right, bottom - handle], [right - handle, bottom], [right - corner, bottom]],
            [[left + corner, bottom], [left + handle, bottom], [left, bottom - handle], [left, bottom - corner]],
            [[left, top + corner], [left, top + handle], [left + handle, top], [left + corner, top]],
        ];
        let has_sides = width.max(height) > 2.0 * corner;
        self.content.move_to(hundredths(left + corner), hundredths(top));
        for [[x, y], first, second, end] in corners.map(|points| points.map(|point| point.map(hundredths))) {
            if has_sides {
                self.content.line_to(x, y);
            }
            self.content.cubic_to(first[0], first[1], second[0], second[1], end[0], end[1]);
        }
        self.content.close_path();
    }

    fn paint(&mut self, fills: bool, strokes: bool) {
        match (fills, strokes) {
            (true, true) => self.content.fill_nonzero_and_stroke(),
            (true, false) => self.content.fill_nonzero(),
            (false, true) => self.content.stroke(),
            (false, false) => self.content.end_path(),
        };
    }

    fn set_paint(&mut self, fill: Option<Colour>, stroke: Option<&Stroke>) {
        fill.into_iter().for_each(|colour| self.set_fill(colour));
        stroke.into_iter().for_each(|stroke| self.set_stroke(stroke));
    }

    fn set_fill(&mut self, colour: Colour) {
        if self.fill.replace(colour) == Some(colour) {
            return;
        }
        let Colour([red, green, blue, cover]) = colour;
        let [red, green, blue] = [red, green, blue].map(part);
        self.content.set_fill_rgb(red, green, blue);
        if std::mem::replace(&mut self.fill_cover, cover) != cover {
            self.set_state(State::Fill(cover));
        }
    }

    fn set_stroke(&mut self, stroke: &Stroke) {
        if self.stroke.replace(*stroke) == Some(*stroke) {
            return;
        }
        let Colour([red, green, blue, cover]) = stroke.colour;
        let [red, green, blue] = [red, green, blue].map(part);
        self.content.set_stroke_rgb(red, green, blue).set_line_width(hundredths(stroke.width.max(0.0)));
        // Dashes without length are no dashes: a reader would refuse them, or draw for ever.
        let dash = stroke.dash.map(|dash| dash.map(|length| hundredths(length.max(0.0))));
        self.content.set_dash_pattern(dash.filter(|dash| dash.iter().sum::<f32>() > 0.0).into_iter().flatten(), 0.0);
        if std::mem::replace(&mut self.stroke_cover, cover) != cover {
            self.set_state(State::Stroke(cover));
        }
    }

    fn set_state(&mut self, state: State) {
        self.states.insert(state);
        self.content.set_parameters(Name(state.name().as_bytes()));
    }
}

/// A colour's part, to three digits.
fn part(part: u8) -> f32 {
    (f32::from(part) / 0.255).round() / 1000.0
}

/// A hundredth of a point is finer than any screen or printer.
fn hundredths(number: f32) -> f32 {
    (number * 100.0).round() / 100.0
}
