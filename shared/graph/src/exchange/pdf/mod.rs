//! A picture as PDF 1.7 (ISO 32000-1): one page, vectors, and text that can be selected and searched.
//!
//! Of each font that is used, the letters that are used go into the file. Each letter has a number of its own there, also
//! where two share one form, so that what is copied out is what was written. Letters stand side by side as they come: no
//! ligatures, and scripts that join their letters or run from right to left are drawn letter by letter.
//!
//! The same picture gives the same bytes: no time and no chance is in the file.

mod content;
mod faces;

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::writers::{ExtGraphicsState, Resources};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Settings, Str, TextStr};

use self::content::{Painter, State};
use self::faces::{Embedded, Faces};
use super::sheet::Sheet;
use super::{Fault, Page};

/// TrueType files in the order in which a letter is looked for in them. Without a bold one, bold text is regular.
#[derive(Clone, Copy, Debug)]
pub struct Fonts<'a> {
    pub regular: &'a [&'a [u8]],
    pub bold: &'a [&'a [u8]],
}

/// A file, and what could not be drawn in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub bytes: Vec<u8>,
    /// Letters that no font has, each once, in order. They are drawn as an empty box, and can be copied all the same.
    pub missing: String,
}

/// The longest side that readers accept; a larger page is written in larger units, and has its size all the same.
const LONGEST_SIDE: f32 = 14_400.0;

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const INFO: Ref = Ref::new(4);
const CONTENT: Ref = Ref::new(5);
const FIRST_FONT: i32 = 6;
const REFS_PER_FONT: i32 = 6;

const SYSTEM: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Shapes with a number that is not finite, or beyond ten million, are left out.
///
/// # Errors
/// If the page is empty or too large, or a font is no TrueType font.
pub fn write(page: &Page, fonts: &Fonts<'_>) -> Result<Written, Fault> {
    page.check()?;
    let sheet = Sheet::of(page);
    let mut faces = Faces::new(fonts)?;
    let unit = (sheet.size[0].max(sheet.size[1]) / LONGEST_SIDE).ceil().max(1.0);
    let mut painter = Painter::new(&mut faces, sheet.size, unit);
    if let Some(colour) = page.background {
        painter.background(sheet.size, colour);
    }
    sheet.texts.iter().for_each(|text| painter.shape(text));
    painter.move_origin(sheet.origin);
    page.shapes.iter().filter(|shape| shape.is_drawable()).for_each(|shape| painter.shape(shape));
    let (content, states) = painter.finish();
    let embedded = faces.embedded()?;

    let mut pdf = Pdf::with_settings(Settings { pretty: false });
    pdf.set_version(1, 7);
    pdf.catalog(CATALOG).pages(PAGES).viewer_preferences().display_doc_title(true);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut written = pdf.page(PAGE);
    written.parent(PAGES).media_box(Rect::new(0.0, 0.0, sheet.size[0] / unit, sheet.size[1] / unit)).contents(CONTENT);
    if unit > 1.0 {
        written.user_unit(unit);
    }
    write_resources(&mut written.resources(), &embedded, &states);
    written.finish();
    write_info(&mut pdf, page);
    pdf.stream(CONTENT, &packed(&content)).filter(Filter::FlateDecode);
    for font in &embedded {
        write_font(&mut pdf, font);
    }
    Ok(Written { bytes: pdf.finish(), missing: faces.missing() })
}

fn write_info(pdf: &mut Pdf, page: &Page) {
    let mut info = pdf.document_info(INFO);
    info.producer(TextStr("Clew"));
    if !page.title.is_empty() {
        info.title(TextStr(&page.title));
    }
    if !page.note.is_empty() {
        info.subject(TextStr(&page.note));
    }
}

fn write_resources(resources: &mut Resources<'_>, fonts: &[Embedded<'_>], states: &[State]) {
    let mut named = resources.fonts();
    for font in fonts {
        named.pair(Name(font.name().as_bytes()), font_ref(font, 0));
    }
    named.finish();
    let mut named = resources.ext_g_states();
    for state in states {
        let mut written = named.insert(Name(state.name().as_bytes())).start::<ExtGraphicsState<'_>>();
        match state {
            State::Fill(cover) => written.non_stroking_alpha(f32::from(*cover) / 255.0),
            State::Stroke(cover) => written.stroking_alpha(f32::from(*cover) / 255.0),
        };
    }
}

/// The n-th of the objects that a font is made of: font, its letters, descriptor, file, text of the letters, forms.
fn font_ref(font: &Embedded<'_>, object: i32) -> Ref {
    Ref::new(FIRST_FONT + font.position as i32 * REFS_PER_FONT + object)
}

fn write_font(pdf: &mut Pdf, font: &Embedded<'_>) {
    let [whole, letters, descriptor, file, texts, forms] = [0, 1, 2, 3, 4, 5].map(|object| font_ref(font, object));
    let name = font.base_font();
    let name = Name(name.as_bytes());
    pdf.type0_font(whole)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(letters)
        .to_unicode(texts);
    let mut cid = pdf.cid_font(letters);
    cid.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM).font_descriptor(descriptor);
    cid.cid_to_gid_map_stream(forms).default_width(0.0);
    cid.widths().consecutive(0, font.letters.iter().map(|letter| letter.width.round()));
    cid.finish();
    let metrics = &font.metrics;
    let bounds = metrics.bounds.unwrap_or_default();
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(bounds.x_min.round(), bounds.y_min.round(), bounds.x_max.round(), bounds.y_max.round()))
        .italic_angle(metrics.italic_angle)
        .ascent(metrics.ascent.round())
        .descent(metrics.descent.round())
        .cap_height(metrics.cap_height.unwrap_or(metrics.ascent).round())
        // No font says how wide its stems are; readers need it only where they have to put another in its place.
        .stem_v(80.0)
        .font_file2(file);
    let mut written = pdf.stream(file, &font.packed);
    written.filter(Filter::FlateDecode);
    written.pair(Name(b"Length1"), font.file_bytes as i32);
    written.finish();
    let mut map = UnicodeCmap::new(Name(b"Letters"), SYSTEM);
    for (cid, letter) in font.letters.iter().enumerate().skip(1) {
        map.pair(cid as u16, letter.text);
    }
    pdf.stream(texts, &packed(&map.finish())).filter(Filter::FlateDecode);
    let glyphs: Vec<u8> = font.letters.iter().flat_map(|letter| letter.glyph.to_be_bytes()).collect();
    pdf.stream(forms, &packed(&glyphs)).filter(Filter::FlateDecode);
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to a list of bytes cannot fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}
