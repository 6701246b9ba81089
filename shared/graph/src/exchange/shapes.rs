//! A picture as a list of simple shapes, in points (1/72 inch), x to the right, y down.

use super::Fault;

/// `[x, y]` in points.
pub type Point = [f32; 2];

/// Red, green, blue, and how much it covers: 255 is opaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 4]);

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    pub colour: Colour,
    pub width: f32,
    /// Lengths of the dashes and of the gaps between them.
    pub dash: Option<[f32; 2]>,
}

/// Which part of a text stands where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A closed outline: where it begins, and its parts one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    pub start: Point,
    pub parts: Vec<Part>,
}

/// A part of an outline, from where the one before ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    Line(Point),
    /// A quadratic Bézier curve.
    Curve {
        control: Point,
        to: Point,
    },
}

impl Part {
    pub(super) fn end(self) -> Point {
        match self {
            Self::Line(to) | Self::Curve { to, .. } => to,
        }
    }

    fn points(self) -> [Point; 2] {
        match self {
            Self::Line(to) => [to, to],
            Self::Curve { control, to } => [control, to],
        }
    }
}

/// One thing to draw; a later one lies over an earlier one.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Disc {
        centre: Point,
        radius: f32,
        fill: Option<Colour>,
        stroke: Option<Stroke>,
    },
    /// Through all points, open.
    Line {
        points: Vec<Point>,
        stroke: Stroke,
    },
    /// A quadratic Bézier curve.
    Curve {
        from: Point,
        control: Point,
        to: Point,
        stroke: Stroke,
    },
    /// A filled triangle whose tip points along `direction`, a vector of any length; `length` is from tip to base, and the
    /// base four fifths of it.
    Arrow {
        tip: Point,
        direction: Point,
        length: f32,
        colour: Colour,
    },
    /// `corner` is the radius of its corners.
    Rect {
        min: Point,
        size: Point,
        corner: f32,
        fill: Option<Colour>,
        stroke: Option<Stroke>,
    },
    /// Filled outlines; one that runs the other way round inside of another is a hole.
    Form {
        outlines: Vec<Outline>,
        fill: Colour,
    },
    /// One line. `at` is on its base line, `size` the height of the font.
    Text {
        at: Point,
        anchor: Anchor,
        size: f32,
        text: String,
        colour: Colour,
        bold: bool,
    },
}

/// A picture, with a title above and a note below, each broken into lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Of the drawing alone; margin, title and note come to it.
    pub size: Point,
    pub background: Option<Colour>,
    /// Of title and note.
    pub ink: Colour,
    pub title: String,
    /// What a reader must know: who, when, what is missing.
    pub note: String,
    pub shapes: Vec<Shape>,
}

const LONGEST_SIDE: f32 = 1_000_000.0;
const LARGEST_NUMBER: f32 = 10_000_000.0;

impl Page {
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.size.iter().all(|side| (1.0..=LONGEST_SIDE).contains(side)) {
            return Ok(());
        }
        let [width, height] = self.size.map(|side| side.to_string());
        Err(Fault::PageSize { width, height })
    }
}

impl Shape {
    /// Whether every number in it is finite and far below what the arithmetic of drawing could make infinite.
    pub(super) fn is_drawable(&self) -> bool {
        let fits = |number: f32| number.abs() <= LARGEST_NUMBER;
        let points = |points: &[Point]| points.iter().flatten().all(|number| fits(*number));
        let line = |stroke: &Stroke| fits(stroke.width) && points(&[stroke.dash.unwrap_or_default()]);
        let maybe = |stroke: &Option<Stroke>| stroke.as_ref().is_none_or(line);
        match self {
            Self::Disc { centre, radius, stroke, .. } => points(&[*centre]) && fits(*radius) && maybe(stroke),
            Self::Line { points: all, stroke } => points(all) && line(stroke),
            Self::Curve { from, control, to, stroke } => points(&[*from, *control, *to]) && line(stroke),
            Self::Arrow { tip, direction, length, .. } => points(&[*tip, *direction]) && fits(*length),
            Self::Rect { min, size, corner, stroke, .. } => points(&[*min, *size]) && fits(*corner) && maybe(stroke),
            Self::Form { outlines, .. } => outlines
                .iter()
                .all(|outline| points(&[outline.start]) && outline.parts.iter().all(|part| points(&part.points()))),
            Self::Text { at, size, .. } => points(&[*at]) && fits(*size),
        }
    }
}

/// The corners of an arrowhead: the tip first. None without a direction.
pub(super) fn arrowhead(tip: Point, direction: Point, length: f32) -> Option<[Point; 3]> {
    let norm = direction[0].hypot(direction[1]);
    if norm == 0.0 || !norm.is_finite() {
        return None;
    }
    let [x, y] = direction.map(|part| part / norm * length);
    let base = [tip[0] - x, tip[1] - y];
    let half = 0.4;
    Some([tip, [base[0] - y * half, base[1] + x * half], [base[0] + y * half, base[1] - x * half]])
}

/// A text in one line: what would break it, or cannot be drawn, is a blank.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
