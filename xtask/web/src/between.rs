//! Makes a weight between two whose outlines have different points, so that they cannot be mixed point by point.
//!
//! The heavier face's stems are made narrower: every outline point moves sideways, inwards, by the part of half the
//! difference between the two faces' stems (read off the letter l) that the wanted weight asks for. Advance widths lie on
//! the line between the two faces. Heights stay, so that both sit on the same lines. Hinting is dropped.

use fontcull_read_fonts::TableProvider as _;
use fontcull_skrifa::instance::{LocationRef, Size};
use fontcull_skrifa::outline::{DrawSettings, OutlinePen};
use fontcull_skrifa::{FontRef, GlyphId, MetadataProvider};
use fontcull_write_fonts::FontBuilder;
use fontcull_write_fonts::from_obj::ToOwnedTable as _;
use fontcull_write_fonts::tables::glyf::{Bbox, GlyfLocaBuilder, Glyph, SimpleGlyph};
use fontcull_write_fonts::tables::head::Head;
use fontcull_write_fonts::tables::hhea::Hhea;
use fontcull_write_fonts::tables::hmtx::{Hmtx, LongMetric};
use fontcull_write_fonts::tables::loca::LocaFormat;
use kurbo::{BezPath, PathEl, Point, Shape as _, Vec2};

use crate::Outcome;

/// The face at `part` (0 = `light`, 1 = `heavy`) of the way; tables other than outlines and widths are the heavy one's.
pub(crate) fn blend(light: &[u8], heavy: &[u8], part: f64) -> Outcome<Vec<u8>> {
    let (light, heavy) = (FontRef::new(light)?, FontRef::new(heavy)?);
    let count = heavy.maxp()?.num_glyphs();
    if light.maxp()?.num_glyphs() != count {
        return Err("the two weights have different glyphs".into());
    }
    let inwards = (1.0 - part) * (stem_units(&heavy)? - stem_units(&light)?) / 2.0;
    let mut outlines = GlyfLocaBuilder::new();
    let mut metrics = Vec::new();
    for glyph in (0..count).map(GlyphId::from) {
        let (from, mut drawn) = (Drawn::of(&light, glyph)?, Drawn::of(&heavy, glyph)?);
        let advance = (from.advance + (drawn.advance - from.advance) * part).round();
        let aside = (advance - drawn.advance) / 2.0;
        drawn.path = drawn.path.elements().split_inclusive(|part| *part == PathEl::ClosePath).fold(
            BezPath::new(),
            |mut whole, contour| {
                whole.extend(narrowed(contour, inwards, aside));
                whole
            },
        );
        let (outline, bounds) = drawn.outline()?;
        outlines.add_glyph(&outline)?;
        metrics.push(LongMetric::new(advance as u16, bounds.x_min));
    }
    assemble(heavy, outlines, metrics)
}

/// How wide the letter l is: in a sans face, one stem.
fn stem_units(font: &FontRef<'_>) -> Outcome<f64> {
    let glyph = font.charmap().map('l').ok_or("a face without the letter l")?;
    Ok(Drawn::of(font, glyph)?.path.bounding_box().width())
}

fn assemble(font: FontRef<'_>, outlines: GlyfLocaBuilder, metrics: Vec<LongMetric>) -> Outcome<Vec<u8>> {
    let (glyf, loca, format) = outlines.build();
    let mut head: Head = font.head()?.to_owned_table();
    head.index_to_loc_format = i16::from(format == LocaFormat::Long);
    let mut hhea: Hhea = font.hhea()?.to_owned_table();
    hhea.number_of_h_metrics = u16::try_from(metrics.len())?;
    let mut builder = FontBuilder::new();
    builder.add_table(&glyf)?.add_table(&loca)?.add_table(&head)?.add_table(&hhea)?;
    builder.add_table(&Hmtx::new(metrics, Vec::new()))?;
    Ok(builder.copy_missing_tables(font).build())
}

/// One glyph in font units.
struct Drawn {
    path: BezPath,
    advance: f64,
}

impl Drawn {
    fn of(font: &FontRef<'_>, glyph: GlyphId) -> Outcome<Self> {
        let mut pen = Pen(BezPath::new());
        if let Some(outline) = font.outline_glyphs().get(glyph) {
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            outline.draw(settings, &mut pen)?;
        }
        let widths = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        Ok(Self { path: pen.0, advance: f64::from(widths.advance_width(glyph).unwrap_or_default()) })
    }

    fn outline(&self) -> Outcome<(Glyph, Bbox)> {
        if self.path.elements().is_empty() {
            return Ok((Glyph::Empty, Bbox::default()));
        }
        let simple = SimpleGlyph::from_bezpath(&self.path).map_err(|error| format!("outline: {error:?}"))?;
        let bounds = simple.bbox;
        Ok((Glyph::Simple(simple), bounds))
    }
}

/// One closed contour with its points moved sideways into the ink by `inwards`, then all by `aside`.
fn narrowed(contour: &[PathEl], inwards: f64, aside: f64) -> Vec<PathEl> {
    let mut points: Vec<Point> = Vec::new();
    for part in contour {
        match *part {
            PathEl::MoveTo(to) | PathEl::LineTo(to) => points.push(to),
            PathEl::QuadTo(by, to) => points.extend([by, to]),
            PathEl::CurveTo(first, second, to) => points.extend([first, second, to]),
            PathEl::ClosePath => {}
        }
    }
    let mut moved = (0..points.len()).map(|at| {
        let (x, y) = points.get(at).map_or((0.0, 0.0), |point| (point.x, point.y));
        Point::new(x - inwards * outward_x(&points, at) + aside, y)
    });
    let mut next = || moved.next().unwrap_or_default();
    contour
        .iter()
        .map(|part| match part {
            PathEl::MoveTo(_) => PathEl::MoveTo(next()),
            PathEl::LineTo(_) => PathEl::LineTo(next()),
            PathEl::QuadTo(..) => PathEl::QuadTo(next(), next()),
            PathEl::CurveTo(..) => PathEl::CurveTo(next(), next(), next()),
            PathEl::ClosePath => PathEl::ClosePath,
        })
        .collect()
}

/// The sideways part of the mitre at a point, in units of the offset; outlines of TrueType keep the ink on their right.
fn outward_x(points: &[Point], at: usize) -> f64 {
    let Some(here) = points.get(at) else { return 0.0 };
    let differs = |other: &&Point| (**other - *here).hypot() > 0.5;
    let around = points.iter().cycle();
    let before = points.iter().rev().cycle().skip(points.len() - at).take(points.len()).find(differs);
    let after = around.skip(at + 1).take(points.len()).find(differs);
    let (Some(before), Some(after)) = (before, after) else { return 0.0 };
    let (come, go) = ((*here - *before).normalize(), (*after - *here).normalize());
    // Left of the way that the outline goes is outside.
    let (left_in, left_out) = (Vec2::new(-come.y, come.x), Vec2::new(-go.y, go.x));
    let mitre = (left_in + left_out) / (1.0 + left_in.dot(left_out)).max(0.5);
    mitre.x.clamp(-1.5, 1.5)
}

struct Pen(BezPath);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((f64::from(x), f64::from(y)));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((f64::from(x), f64::from(y)));
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.quad_to((f64::from(cx), f64::from(cy)), (f64::from(x), f64::from(y)));
    }
    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let at = |x: f32, y: f32| (f64::from(x), f64::from(y));
        self.0.curve_to(at(ax, ay), at(bx, by), at(x, y));
    }
    fn close(&mut self) {
        self.0.close_path();
    }
}
