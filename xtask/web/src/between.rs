//! Makes a weight between two: every outline point and advance width on the line from one face to the other.
//!
//! The faces must be drawn alike, glyph for glyph, as the instances of one family are; a glyph whose outlines differ in
//! kind is taken from the heavier face as it stands. Hinting is dropped, because instructions do not interpolate.

use fontcull_read_fonts::TableProvider as _;
use fontcull_skrifa::instance::{LocationRef, Size};
use fontcull_skrifa::outline::{DrawSettings, OutlinePen};
use fontcull_skrifa::{FontRef, GlyphId, MetadataProvider};
use fontcull_write_fonts::FontBuilder;
use fontcull_write_fonts::from_obj::ToOwnedTable as _;
use fontcull_write_fonts::tables::glyf::{Bbox, Glyph, GlyfLocaBuilder, SimpleGlyph};
use fontcull_write_fonts::tables::head::Head;
use fontcull_write_fonts::tables::hhea::Hhea;
use fontcull_write_fonts::tables::hmtx::{Hmtx, LongMetric};
use fontcull_write_fonts::tables::loca::LocaFormat;
use kurbo::{BezPath, PathEl};

use crate::Outcome;

/// The face at `part` (0 = `light`, 1 = `heavy`) of the way; tables other than outlines and widths are the heavy one's.
pub(crate) fn blend(light: &[u8], heavy: &[u8], part: f64) -> Outcome<Vec<u8>> {
    let (light, heavy) = (FontRef::new(light)?, FontRef::new(heavy)?);
    let count = heavy.maxp()?.num_glyphs();
    if light.maxp()?.num_glyphs() != count {
        return Err("the two weights have different glyphs".into());
    }
    let mut outlines = GlyfLocaBuilder::new();
    let mut metrics = Vec::new();
    let mut alone = 0_u32;
    for glyph in 0..count {
        let glyph = GlyphId::from(glyph);
        let (from, to) = (Drawn::of(&light, glyph)?, Drawn::of(&heavy, glyph)?);
        let drawn = Drawn::between(&from, &to, part).unwrap_or_else(|| {
            alone += 1;
            to
        });
        let (outline, bounds) = drawn.outline()?;
        outlines.add_glyph(&outline)?;
        metrics.push(LongMetric::new(drawn.advance.round() as u16, bounds.x_min));
    }
    println!("fonts: {count} glyphs between two weights, {alone} taken from the heavier");
    assemble(heavy, outlines, metrics)
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

    /// `None` when the two do not go the same way with the same kinds of segments.
    fn between(from: &Self, to: &Self, part: f64) -> Option<Self> {
        let (from_parts, to_parts) = (from.path.elements(), to.path.elements());
        if from_parts.len() != to_parts.len() {
            return None;
        }
        let path = from_parts.iter().zip(to_parts).map(|(a, b)| segment_between(*a, *b, part)).collect::<Option<_>>()?;
        Some(Self { path, advance: from.advance + (to.advance - from.advance) * part })
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

fn segment_between(from: PathEl, to: PathEl, part: f64) -> Option<PathEl> {
    match (from, to) {
        (PathEl::MoveTo(a), PathEl::MoveTo(b)) => Some(PathEl::MoveTo(a.lerp(b, part))),
        (PathEl::LineTo(a), PathEl::LineTo(b)) => Some(PathEl::LineTo(a.lerp(b, part))),
        (PathEl::QuadTo(a, c), PathEl::QuadTo(b, d)) => Some(PathEl::QuadTo(a.lerp(b, part), c.lerp(d, part))),
        (PathEl::ClosePath, PathEl::ClosePath) => Some(PathEl::ClosePath),
        _ => None,
    }
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
