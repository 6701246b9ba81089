//! Where title, drawing and note stand on the page: the same for SVG and PDF.

use super::shapes::{Anchor, Page, Point, Shape};

const MARGIN: f32 = 24.0;
const TITLE_SIZE: f32 = 14.0;
const NOTE_SIZE: f32 = 8.0;
/// A page with a longer side is likely to be made smaller to fit a screen or a sheet of paper: title and note grow with it.
const USUAL_SIDE: f32 = 1000.0;
/// The narrowest that lines become by growing, in points of a page of the usual size.
const NARROWEST: f32 = 300.0;
/// From base line to base line, as a part of the font's height.
const LINE_HEIGHT: f32 = 1.35;
/// A letter's width as a part of the font's height, for breaking lines: somewhat more than the average of text faces, since
/// the faces that will draw an SVG are not known.
const LETTER_WIDTH: f32 = 0.56;

/// A page laid out.
pub(super) struct Sheet {
    /// Of the whole, margins included.
    pub(super) size: Point,
    /// Where the drawing's origin is.
    pub(super) origin: Point,
    /// Title and note, placed on the whole.
    pub(super) texts: Vec<Shape>,
}

impl Sheet {
    pub(super) fn of(page: &Page) -> Self {
        let [width, height] = page.size;
        let scale = (width.max(height) / USUAL_SIDE).min(width / NARROWEST).max(1.0);
        let margin = MARGIN * scale;
        let mut texts = Vec::new();
        let title = Block { text: &page.title, size: TITLE_SIZE * scale, bold: true };
        let below_title = title.place(page, [margin, margin], &mut texts);
        let top = if texts.is_empty() { margin } else { below_title + margin / 2.0 };
        let bottom = top + height;
        let before = texts.len();
        let note = Block { text: &page.note, size: NOTE_SIZE * scale, bold: false };
        let below_note = note.place(page, [margin, bottom + margin / 2.0], &mut texts);
        let end = if texts.len() == before { bottom } else { below_note };
        Self { size: [width + 2.0 * margin, end + margin].map(hundredths), origin: [margin, top], texts }
    }
}

fn hundredths(number: f32) -> f32 {
    (number * 100.0).round() / 100.0
}

/// A text to be broken into lines.
struct Block<'a> {
    text: &'a str,
    size: f32,
    bold: bool,
}

impl Block<'_> {
    /// Adds its lines from there on and returns where the last one ends.
    fn place(&self, page: &Page, [left, top]: Point, texts: &mut Vec<Shape>) -> f32 {
        let mut below = top;
        for text in lines(self.text, (page.size[0] / (self.size * LETTER_WIDTH)) as usize) {
            let (size, bold, colour) = (self.size, self.bold, page.ink);
            texts.push(Shape::Text { at: [left, below + size], anchor: Anchor::Start, size, text, colour, bold });
            below += size * LINE_HEIGHT;
        }
        below
    }
}

/// Lines of at most `limit` letters, broken at blanks where there are any.
pub(super) fn lines(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(8);
    let mut lines = Vec::new();
    for paragraph in text.trim_end().lines() {
        let mut line = String::new();
        let mut letters = 0;
        for word in paragraph.split_whitespace().flat_map(|word| pieces(word, limit)) {
            let length = word.chars().count();
            if letters > 0 && letters + 1 + length > limit {
                lines.push(std::mem::take(&mut line));
                letters = 0;
            }
            if letters > 0 {
                line.push(' ');
                letters += 1;
            }
            line.push_str(word);
            letters += length;
        }
        lines.push(line);
    }
    lines
}

/// A word longer than a line, cut.
fn pieces(word: &str, limit: usize) -> Vec<&str> {
    let mut starts: Vec<usize> = word.char_indices().step_by(limit).map(|(at, _)| at).collect();
    starts.push(word.len());
    starts.windows(2).filter_map(|pair| word.get(*pair.first()?..*pair.last()?)).collect()
}
