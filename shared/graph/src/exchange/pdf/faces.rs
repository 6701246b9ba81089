//! Fonts: which letters of them a text needs, and the files that hold just those.

use std::collections::{BTreeSet, HashMap};

use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::Metrics;
use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};
use subsetter::GlyphRemapper;

use super::Fonts;
use crate::exchange::Fault;

/// The most letters of one face in one file: their numbers have 16 bits.
const LIMIT_LETTERS: usize = 60_000;
/// PDF measures letters in thousandths of the font's height.
const EM: f32 = 1000.0;

/// All faces of a file.
pub(super) struct Faces<'a> {
    all: Vec<Face<'a>>,
    /// How many of them are regular; the bold ones follow.
    regular: usize,
    missing: BTreeSet<char>,
}

struct Face<'a> {
    bytes: &'a [u8],
    font: FontRef<'a>,
    /// The number of a letter in the file; 0 is the empty box.
    numbers: HashMap<char, u16>,
    letters: Vec<Letter>,
}

/// A letter as a file has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) text: char,
    /// Its form, by the number in the font file: ours while letters are gathered, then the embedded one's.
    pub(super) glyph: u16,
    /// In thousandths of the font's height.
    pub(super) width: f32,
}

/// A part of a text that one face draws.
pub(super) struct Run {
    pub(super) face: usize,
    /// Two bytes for each letter.
    pub(super) numbers: Vec<u8>,
    /// In thousandths of the font's height.
    pub(super) width: f32,
}

/// A face that goes into the file.
pub(super) struct Embedded<'a> {
    pub(super) position: usize,
    pub(super) letters: &'a [Letter],
    pub(super) metrics: Metrics,
    /// The font file, packed, and how long it is unpacked.
    pub(super) packed: Vec<u8>,
    pub(super) file_bytes: usize,
}

impl<'a> Faces<'a> {
    pub(super) fn new(fonts: &Fonts<'a>) -> Result<Self, Fault> {
        if fonts.regular.is_empty() {
            return Err(Fault::Font { why: "none was given".to_owned() });
        }
        let all = fonts.regular.iter().chain(fonts.bold).map(|bytes| Face::new(bytes)).collect::<Result<_, _>>()?;
        Ok(Self { all, regular: fonts.regular.len(), missing: BTreeSet::new() })
    }

    /// The text in parts that one face draws each.
    pub(super) fn runs(&mut self, text: &str, bold: bool) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for letter in text.chars().filter(|letter| !is_silent(*letter)) {
            let face = self.face_for(letter, bold);
            let Some((number, width)) = self.all.get_mut(face).map(|face| face.number(letter)) else { continue };
            match runs.last_mut() {
                Some(run) if run.face == face => run.push(number, width),
                _ => {
                    let mut run = Run { face, numbers: Vec::new(), width: 0.0 };
                    run.push(number, width);
                    runs.push(run);
                }
            }
        }
        runs
    }

    /// The first face that has the letter; if there is none, the first.
    fn face_for(&mut self, letter: char, bold: bool) -> usize {
        let is_bold = bold && self.all.len() > self.regular;
        let faces = if is_bold { self.regular..self.all.len() } else { 0..self.regular };
        let first = faces.start;
        let has = |face: &usize| self.all.get(*face).is_some_and(|face| face.has(letter));
        // A letter that only the regular faces have is better than none.
        let found = faces.chain(0..self.regular).find(has);
        found.unwrap_or_else(|| {
            self.missing.insert(letter);
            first
        })
    }

    pub(super) fn missing(&self) -> String {
        self.missing.iter().collect()
    }

    /// The faces of which letters are used, with the letters' forms numbered as in the embedded files.
    pub(super) fn embedded(&mut self) -> Result<Vec<Embedded<'_>>, Fault> {
        let used = self.all.iter_mut().enumerate().filter(|(_, face)| face.letters.len() > 1);
        used.map(|(position, face)| face.embed(position)).collect()
    }
}

impl Run {
    fn push(&mut self, number: u16, width: f32) {
        self.numbers.extend(number.to_be_bytes());
        self.width += width;
    }
}

impl<'a> Face<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, Fault> {
        let font = FontRef::new(bytes).map_err(|error| Fault::Font { why: error.to_string() })?;
        if font.glyf().is_err() {
            return Err(Fault::Font { why: "it has no TrueType outlines".to_owned() });
        }
        let mut face = Self { bytes, font, numbers: HashMap::new(), letters: Vec::new() };
        face.push('\u{fffd}', 0);
        Ok(face)
    }

    fn has(&self, letter: char) -> bool {
        self.numbers.get(&letter).is_some_and(|number| *number > 0) || self.font.charmap().map(letter).is_some()
    }

    /// The number and the width of a letter, a new number if it is new.
    fn number(&mut self, letter: char) -> (u16, f32) {
        let number = match self.numbers.get(&letter) {
            Some(&known) => known,
            None if self.letters.len() == LIMIT_LETTERS => 0,
            None => {
                let glyph = self.font.charmap().map(letter).map_or(0, |glyph| glyph.to_u32() as u16);
                let number = self.letters.len() as u16;
                self.numbers.insert(letter, number);
                self.push(letter, glyph);
                number
            }
        };
        (number, self.letters.get(usize::from(number)).map_or(0.0, |letter| letter.width))
    }

    fn push(&mut self, text: char, glyph: u16) {
        let widths = self.font.glyph_metrics(Size::new(EM), LocationRef::default());
        // Rounded as the file has it, so that what follows stands where a reader puts it.
        let width = widths.advance_width(glyph.into()).unwrap_or_default().round();
        self.letters.push(Letter { text, glyph, width });
    }

    fn embed(&mut self, position: usize) -> Result<Embedded<'_>, Fault> {
        let mut remapper = GlyphRemapper::new();
        for letter in &mut self.letters {
            letter.glyph = remapper.remap(letter.glyph);
        }
        let file = subsetter::subset(self.bytes, 0, &remapper);
        let file = file.map_err(|error| Fault::Font { why: error.to_string() })?;
        Ok(Embedded {
            position,
            letters: &self.letters,
            metrics: self.font.metrics(Size::new(EM), LocationRef::default()),
            packed: super::packed(&file),
            file_bytes: file.len(),
        })
    }
}

impl Embedded<'_> {
    /// What the page calls it.
    pub(super) fn name(&self) -> String {
        face_name(self.position)
    }

    /// What the file calls it: six letters that tell apart parts of fonts (ISO 32000-1, 9.6.4), made from the letters that
    /// are in it, and no more, because the fonts of the page have no names themselves.
    pub(super) fn base_font(&self) -> String {
        let mix = |sum: u64, letter: &Letter| (sum ^ u64::from(u32::from(letter.text))).wrapping_mul(0x0100_0000_01b3);
        let mut sum = self.letters.iter().fold(0xcbf2_9ce4_8422_2325 ^ self.position as u64, mix);
        let mut letter = || {
            let letter = b'A' + (sum % 26) as u8;
            sum /= 26;
            char::from(letter)
        };
        (0..6).map(|_| letter()).chain("+Text".chars()).collect()
    }
}

pub(super) fn face_name(position: usize) -> String {
    format!("F{position}")
}

/// Letters that steer others and have no form: joiners, marks of direction, choices of a variant, soft hyphens.
fn is_silent(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
