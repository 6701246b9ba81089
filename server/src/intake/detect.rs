//! Guesses how a file is to be read: encoding, quote, delimiter, header. A person confirms or changes every guess.

use encoding_rs::{Encoding, UTF_8};

use super::decode::{self, Decoded};
use super::guess;
use super::layout::{Layout, Limits, Note};
use super::problems::{Flaw, Refusal};
use super::records::{Record, Records};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How much text the delimiter is guessed from.
const LOOK_BYTES: usize = 256 * 1024;
const LOOK_ROWS: usize = 1_000;

/// What a person has already settled; detection guesses the rest.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settled {
    pub encoding: Option<&'static Encoding>,
    pub delimiter: Option<u8>,
    /// The inner `None` means that quotes are ordinary characters.
    pub quote: Option<Option<u8>>,
    pub header: Option<bool>,
}

/// Guesses the layout of a file from its beginning, or from all of it (`whole`), which is surer.
pub fn detect(sample: &[u8], whole: bool) -> Result<Layout, Refusal> {
    detect_with(sample, whole, Settled::default(), &Limits::default())
}

/// Guesses what a person has not settled.
pub fn detect_with(sample: &[u8], whole: bool, settled: Settled, limits: &Limits) -> Result<Layout, Refusal> {
    let (guessed, note) = decode::guess_encoding(sample, whole);
    let encoding = settled.encoding.unwrap_or(guessed);
    decode::check_text(sample, encoding)?;
    let text = opening(sample, encoding)?;
    if text.iter().all(|b| matches!(b, b'\n' | b'\r' | 0x1a)) {
        return Err(Refusal::Empty);
    }
    let quote = settled.quote.unwrap_or_else(|| Some(guess_quote(&text)));
    let complete = whole && text.len() < LOOK_BYTES;
    let delimiter = settled.delimiter.unwrap_or_else(|| guess_delimiter(&text, complete, quote, limits));
    let notes = note.into_iter().filter(|_| settled.encoding.is_none()).collect();
    let mut layout = Layout { encoding, delimiter, quote, header: false, trim: false, columns: Vec::new(), notes };
    let width = guess_width(&text, complete, &layout, limits)?;
    match guess::header_and_columns(sample, whole, &mut layout, width, settled.header, limits) {
        Err(Refusal::QuotesDoNotMatch { .. }) if settled.quote.is_none() => {
            without_quote(sample, whole, settled, limits)
        }
        other => other.map(|()| layout),
    }
}

fn without_quote(sample: &[u8], whole: bool, settled: Settled, limits: &Limits) -> Result<Layout, Refusal> {
    let mut layout = detect_with(sample, whole, Settled { quote: Some(None), ..settled }, limits)?;
    let text = "The quotes of the file do not match up, so they are read as ordinary characters.";
    layout.notes.push(Note::new("quotes_do_not_match", text));
    Ok(layout)
}

/// The first part of the file as text.
fn opening(sample: &[u8], encoding: &'static Encoding) -> Result<Vec<u8>, Refusal> {
    let mut source = Decoded::new(sample, encoding, u64::MAX);
    let mut text = Vec::new();
    while text.len() < LOOK_BYTES && source.fill(&mut text)? {}
    Ok(text)
}

/// `'` only where cells open and close with it and none opens with `"`.
fn guess_quote(text: &[u8]) -> u8 {
    let (double, _) = quoted_ends(text, b'"');
    let (opened, closed) = quoted_ends(text, b'\'');
    if double == 0 && opened > 0 && opened.abs_diff(closed) * 10 <= opened { b'\'' } else { b'"' }
}

/// How often `quote` stands where a cell begins, and where one ends.
fn quoted_ends(text: &[u8], quote: u8) -> (usize, usize) {
    let edge = |b: Option<&u8>| b.is_none_or(|b| matches!(b, b'\n' | b'\r') || DELIMITERS.contains(b));
    let mut ends = (0, 0);
    for (place, _) in text.iter().enumerate().filter(|(_, b)| **b == quote) {
        ends.0 += usize::from(edge(place.checked_sub(1).and_then(|before| text.get(before))));
        ends.1 += usize::from(edge(text.get(place + 1)));
    }
    ends
}

/// The delimiter that cuts the most rows into the same number of cells; among equals the one that cuts finest.
fn guess_delimiter(text: &[u8], complete: bool, quote: Option<u8>, limits: &Limits) -> u8 {
    let scored = DELIMITERS.into_iter().filter_map(|delimiter| {
        let widths = Widths::of(text, complete, &plain(delimiter, quote), limits);
        let (width, rows) = widths.commonest()?;
        // Twentieths, so that one odd row does not outweigh a finer cut.
        (width > 1).then(|| (rows * 20 / (widths.rows() + widths.bad).max(1), width, delimiter))
    });
    let best = scored.fold(None, |best: Option<(usize, usize, u8)>, found| match best {
        Some(best) if (best.0, best.1) >= (found.0, found.1) => Some(best),
        _ => Some(found),
    });
    best.map_or(b',', |(_, _, delimiter)| delimiter)
}

fn guess_width(text: &[u8], complete: bool, layout: &Layout, limits: &Limits) -> Result<usize, Refusal> {
    let mut like = plain(layout.delimiter, layout.quote);
    let mut widths = Widths::of(text, complete, &like, limits);
    if widths.rows() == 0 {
        // A single row that is longer than what was looked at, or cut off: count what is there.
        like.quote = None;
        widths = Widths::of(text, true, &like, limits);
    }
    let width = widths.commonest().map_or(widths.limit, |(width, _)| width);
    if width > limits.columns {
        return Err(Refusal::TooManyColumns { columns: width, limit: limits.columns });
    }
    Ok(width.max(1))
}

/// A layout for text that is already UTF-8.
fn plain(delimiter: u8, quote: Option<u8>) -> Layout {
    Layout {
        encoding: UTF_8,
        delimiter,
        quote,
        header: false,
        trim: false,
        columns: Vec::new(),
        notes: Vec::<Note>::new(),
    }
}

/// How many rows have how many cells.
#[derive(Default)]
struct Widths {
    counts: std::collections::BTreeMap<usize, usize>,
    bad: usize,
    /// How many cells a row had that was given up for having too many.
    limit: usize,
}

impl Widths {
    fn of(text: &[u8], complete: bool, layout: &Layout, limits: &Limits) -> Self {
        let mut widths = Self::default();
        let mut records = Records::new(text, layout, *limits).partial(!complete);
        while let Ok(Some(record)) = records.next() {
            match record {
                Record::Row(row) if !row.is_blank() => *widths.counts.entry(row.width()).or_default() += 1,
                Record::Row(_) => {}
                Record::Bad(problem) => widths.note_bad(problem.what),
            }
            if widths.rows() + widths.bad >= LOOK_ROWS {
                break;
            }
        }
        widths
    }

    fn note_bad(&mut self, flaw: Flaw) {
        self.bad += 1;
        if let Flaw::TooManyCells { limit } = flaw {
            self.limit = limit;
        }
    }

    fn rows(&self) -> usize {
        self.counts.values().sum()
    }

    fn commonest(&self) -> Option<(usize, usize)> {
        self.counts.iter().map(|(width, rows)| (*width, *rows)).max_by_key(|(_, rows)| *rows)
    }
}
