//! Icons as shapes: whoever opens a file does not have the font that they come from.

use std::collections::HashMap;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};

use super::shapes::{Outline, Part, Point};

/// The icons of a font, each taken out of it once.
pub(super) struct Icons<'a> {
    font: Option<FontRef<'a>>,
    known: HashMap<char, Option<Icon>>,
}

/// An icon for a font that is one point high, with its middle at the origin.
#[derive(Clone)]
struct Icon(Vec<Outline>);

impl<'a> Icons<'a> {
    /// Without a font, or with one that cannot be read, there are no icons.
    pub(super) fn new(font: Option<&'a [u8]>) -> Self {
        Self { font: font.and_then(|bytes| FontRef::new(bytes).ok()), known: HashMap::new() }
    }

    /// The outlines of an icon around its middle, for a font of `size` points; none where there is no such icon.
    pub(super) fn at(&mut self, icon: char, [x, y]: Point, size: f32) -> Option<Vec<Outline>> {
        let Self { font, known } = self;
        let icon = known.entry(icon).or_insert_with(|| take(font.as_ref()?, icon));
        let place = |[dx, dy]: Point| [x + dx * size, y + dy * size];
        Some(icon.as_ref()?.0.iter().map(|outline| outline.moved(place)).collect())
    }
}

impl Outline {
    fn moved(&self, to: impl Fn(Point) -> Point) -> Self {
        let part = |part: &Part| match *part {
            Part::Line(end) => Part::Line(to(end)),
            Part::Curve { control, to: end } => Part::Curve { control: to(control), to: to(end) },
        };
        Self { start: to(self.start), parts: self.parts.iter().map(part).collect() }
    }

    fn points(&self) -> impl Iterator<Item = Point> {
        std::iter::once(self.start).chain(self.parts.iter().map(|part| part.end()))
    }
}

fn take(font: &FontRef<'_>, icon: char) -> Option<Icon> {
    let glyph = font.outline_glyphs().get(font.charmap().map(icon)?)?;
    let mut pen = Pen::default();
    glyph.draw(DrawSettings::unhinted(Size::new(1.0), LocationRef::default()), &mut pen).ok()?;
    let points: Vec<Point> = pen.outlines.iter().flat_map(Outline::points).collect();
    let span = |of: fn(&Point) -> f32| {
        let (least, most) =
            points.iter().map(of).fold((f32::MAX, f32::MIN), |(least, most), at| (least.min(at), most.max(at)));
        (least + most) / 2.0
    };
    let (x, y) = (span(|at| at[0]), span(|at| at[1]));
    Some(Icon(pen.outlines.iter().map(|outline| outline.moved(|at| [at[0] - x, at[1] - y])).collect()))
}

/// Gathers outlines; fonts count upwards, pages downwards.
#[derive(Default)]
struct Pen {
    outlines: Vec<Outline>,
}

impl Pen {
    fn push(&mut self, part: Part) {
        self.outlines.last_mut().into_iter().for_each(|outline| outline.parts.push(part));
    }

    fn end(&self) -> Point {
        let outline = self.outlines.last();
        outline
            .and_then(|outline| outline.parts.last().map(|part| part.end()).or(Some(outline.start)))
            .unwrap_or_default()
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.outlines.push(Outline { start: [x, -y], parts: Vec::new() });
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push(Part::Line([x, -y]));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.push(Part::Curve { control: [cx, -cy], to: [x, -y] });
    }

    /// By the quadratic curve that comes nearest; the icons have none of these.
    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let from = self.end();
        let control = |from: f32, a: f32, b: f32, to: f32| (3.0 * (a + b) - from - to) / 4.0;
        let control = [control(from[0], ax, bx, x), control(from[1], -ay, -by, -y)];
        self.push(Part::Curve { control, to: [x, -y] });
    }

    fn close(&mut self) {}
}
