//! Where title, drawing and note stand on the page: the same for SVG and PDF.

use super::shapes::{Anchor, Page, Point, Shape};

const MARGIN: f32 = 24.0;
const TITLE_SIZE: f32 = 14.0;
const NOTE_SIZE: f32 = 8.0;
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
        let width = page.size[0] + 2.0 * MARGIN;
        let mut texts = Vec::new();
        let title = Block { text: &page.title, size: TITLE_SIZE, bold: true };
        let below_title = title.place(page, MARGIN, &mut texts);
        let top = if texts.is_empty() { MARGIN } else { below_title + MARGIN / 2.0 };
        let bottom = top + page.size[1];
        let before = texts.len();
        let note = Block { text: &page.note, size: NOTE_SIZE, bold: false };
        let below_note = note.place(page, bottom + MARGIN / 2.0, &mut texts);
        let end = if texts.len() == before { bottom } else { below_note };
        let height = ((end + MARGIN) * 100.0).round() / 100.0;
        Self { size: [width, height], origin: [MARGIN, top], texts }
    }
}

/// A text to be broken into lines.
struct Block<'a> {
    text: &'a str,
    size: f32,
    bold: bool,
}

impl Block<'_> {
    /// Adds its lines from `top` on and returns where the last one ends.
    fn place(&self, page: &Page, top: f32, texts: &mut Vec<Shape>) -> f32 {
        let mut below = top;
        for text in lines(self.text, (page.size[0] / (self.size * LETTER_WIDTH)) as usize) {
            let (size, bold, colour) = (self.size, self.bold, page.ink);
            texts.push(Shape::Text { at: [MARGIN, below + size], anchor: Anchor::Start, size, text, colour, bold });
            below += size * LINE_HEIGHT;
        }
        below
    }
}

/// Lines of at most `limit` letters, broken at blanks where there are any.
fn lines(text: &str, limit: usize) -> Vec<String> {
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
