//! Splits text into rows and cells (RFC 4180, any delimiter), with the line of every row and a reason for every bad one.
//!
//! Not the `csv` crate, which stands in the tests as the judge of well-formed files: it takes text after a closing quote
//! and a quote that is never closed without a word (the rest of the file becomes one cell) and drops blank lines. Here a
//! row with broken quoting is put back, reported, and reading goes on at the next line, so that one stray quote costs one
//! row. Memory: one row, at most twice the longest cell allowed, whatever the file.

use std::io::Read;

use super::decode::Decoded;
use super::layout::{Layout, Limits};
use super::problems::{Flaw, Problem, Refusal};

const EXCERPT_CHARS: usize = 120;
/// A row of more cells is bad in any file; no table can have that many columns.
const CELLS_LIMIT: usize = 32_767;
const COMPACT_BYTES: usize = 1 << 20;
const DOS_END: u8 = 0x1a;

/// One well-formed row.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The line on which it begins; the first line of a file is 1.
    pub(super) line: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
    quoted: bool,
}

impl Row {
    pub(super) fn width(&self) -> usize {
        self.ends.len()
    }

    /// The cells, quotes resolved.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        // Cut at ASCII characters out of decoded text, so it is always UTF-8.
        let text = std::str::from_utf8(&self.text).unwrap_or_default();
        let mut start = 0;
        self.ends.iter().map(move |end| text.get(std::mem::replace(&mut start, *end)..*end).unwrap_or_default())
    }

    /// Whether the line was empty. In a file of one column that is an empty value; in others it is nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty() && self.width() == 1 && !self.quoted
    }
}

/// What stands at the next place of the file.
pub(super) enum Record<'a> {
    Row(&'a Row),
    Bad(Problem),
}

/// How a cell ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Delimiter,
    Row,
    File,
}

/// Why a record could not be finished.
enum Stop {
    Flaw(Flaw),
    Refused(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Flaw> for Stop {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

/// The rows of a file, one after the other.
pub(super) struct Records<R> {
    source: Decoded<R>,
    delimiter: u8,
    quote: Option<u8>,
    limits: Limits,
    /// Decoded text; everything before `at` is done with.
    text: Vec<u8>,
    at: usize,
    /// Where `text` begins within the whole decoded text.
    base: u64,
    line: u64,
    /// Whether the reader holds only the beginning of a file: what its end cuts off is then no problem.
    partial: bool,
    /// How far the record being read has been looked at, within the whole decoded text.
    reached: u64,
    reread_bytes: u64,
    row: Row,
    /// Whether a bare carriage return ended a row.
    pub(super) lone_cr: bool,
    /// Whether the file ends in the DOS end-of-file byte 0x1A.
    pub(super) dos_end: bool,
    /// Whether the next row is the header.
    header_ahead: bool,
    /// Empty lines that `next_of_width` passed over.
    pub(super) blank_lines: u64,
}

impl<R: Read> Records<R> {
    pub(super) fn new(reader: R, layout: &Layout, limits: Limits) -> Self {
        Self {
            source: Decoded::new(reader, layout.encoding, limits.body_bytes),
            delimiter: layout.delimiter,
            quote: layout.quote,
            limits,
            text: Vec::new(),
            at: 0,
            base: 0,
            line: 1,
            partial: false,
            reached: 0,
            reread_bytes: 0,
            row: Row::default(),
            lone_cr: false,
            dos_end: false,
            header_ahead: false,
            blank_lines: 0,
        }
    }

    /// Says that the reader holds only the beginning of the file.
    pub(super) fn partial(mut self, partial: bool) -> Self {
        self.partial = partial;
        self
    }

    /// Says that the first row holds names, which `next_of_width` passes over.
    pub(super) fn with_header(mut self, header: bool) -> Self {
        self.header_ahead = header;
        self
    }

    /// The next row of `width` cells; rows of other widths are bad, the header and empty lines are passed over.
    pub(super) fn next_of_width(&mut self, width: usize) -> Result<Option<Record<'_>>, Refusal> {
        loop {
            match self.next()? {
                None => return Ok(None),
                Some(Record::Bad(problem)) => return Ok(Some(Record::Bad(problem))),
                Some(Record::Row(_)) => {}
            }
            if self.row.is_blank() && width > 1 {
                self.blank_lines += 1;
            } else if !std::mem::take(&mut self.header_ahead) {
                return Ok(Some(self.of_width(width)));
            }
        }
    }

    fn of_width(&self, columns: usize) -> Record<'_> {
        let cells = self.row.width();
        if cells == columns {
            return Record::Row(&self.row);
        }
        let what = Flaw::Ragged { cells, columns };
        Record::Bad(Problem { line: self.row.line, what, excerpt: excerpt(&self.row.text) })
    }

    /// The next row, good or bad; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Refusal> {
        self.compact();
        if self.byte(self.at)?.is_none() {
            return Ok(None);
        }
        match self.read_row() {
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(Stop::Flaw(Flaw::QuoteNotClosed)) if self.partial && self.byte(self.text.len())?.is_none() => Ok(None),
            Err(Stop::Flaw(flaw)) => Ok(Some(Record::Bad(self.give_up(flaw)?))),
            Ok((_, End::File)) if self.partial || self.is_dos_end() => Ok(None),
            Ok((end, _)) => Ok(Some(self.accept(end))),
        }
    }

    fn is_dos_end(&self) -> bool {
        self.dos_end && self.row.is_blank()
    }

    /// Reads cells up to the end of a row; gives where the next row begins.
    fn read_row(&mut self) -> Result<(usize, End), Stop> {
        self.row.line = self.line;
        self.row.text.clear();
        self.row.ends.clear();
        self.row.quoted = false;
        let mut place = self.at;
        loop {
            let quoted = self.quote.is_some() && self.byte(place)? == self.quote;
            let (next, end) = if quoted { self.quoted_cell(place + 1)? } else { self.plain_cell(place)? };
            place = next;
            if end == End::File && !quoted && self.row.text.last() == Some(&DOS_END) {
                self.row.text.pop();
                self.dos_end = true;
            }
            self.row.ends.push(self.row.text.len());
            if self.row.ends.len() > CELLS_LIMIT {
                return Err(Flaw::TooManyCells { limit: CELLS_LIMIT }.into());
            }
            if end != End::Delimiter {
                return Ok((place, end));
            }
        }
    }

    fn plain_cell(&mut self, mut place: usize) -> Result<(usize, End), Stop> {
        let delimiter = self.delimiter;
        loop {
            let found = self.copy_until(place, |b| b == delimiter || b == b'\n' || b == b'\r')?;
            place = found.unwrap_or(self.text.len());
            if found.is_some() || self.byte(place)?.is_none() {
                return Ok(self.end_of_cell(place)?);
            }
        }
    }

    fn quoted_cell(&mut self, mut place: usize) -> Result<(usize, End), Stop> {
        let quote = self.quote.unwrap_or_default();
        self.row.quoted = true;
        loop {
            let Some(closing) = self.copy_until(place, |b| b == quote)? else {
                place = self.text.len();
                if self.byte(place)?.is_none() {
                    return Err(Flaw::QuoteNotClosed.into());
                }
                continue;
            };
            match self.byte(closing + 1)? {
                Some(b) if b == quote => self.row.text.push(quote),
                Some(b) if b == self.delimiter || b == b'\n' || b == b'\r' => return Ok(self.end_of_cell(closing + 1)?),
                None => return Ok((closing + 1, End::File)),
                Some(DOS_END) if self.byte(closing + 2)?.is_none() => {
                    self.dos_end = true;
                    return Ok((closing + 2, End::File));
                }
                Some(_) => return Err(Flaw::TextAfterQuote.into()),
            }
            place = closing + 2;
        }
    }

    /// Copies the cell's text up to the first byte that `stops`, and says where that is; nothing at the end of the buffer.
    fn copy_until(&mut self, place: usize, stops: impl Fn(u8) -> bool) -> Result<Option<usize>, Flaw> {
        let rest = self.text.get(place..).unwrap_or_default();
        let found = rest.iter().position(|b| stops(*b));
        let run = rest.get(..found.unwrap_or(rest.len())).unwrap_or_default();
        let begun = self.row.ends.last().copied().unwrap_or(0);
        if self.row.text.len() - begun + run.len() > self.limits.cell_bytes {
            return Err(Flaw::CellTooLong { limit_bytes: self.limits.cell_bytes });
        }
        // A row may be twice as long as a cell, or memory would grow with the file.
        if self.row.text.len() + run.len() > self.limits.cell_bytes * 2 {
            return Err(Flaw::CellTooLong { limit_bytes: self.limits.cell_bytes * 2 });
        }
        self.reached = self.base + (place + run.len()) as u64;
        self.row.text.extend_from_slice(run);
        Ok(found.map(|length| place + length))
    }

    /// Steps over the delimiter or the end of the line at `place`.
    fn end_of_cell(&mut self, place: usize) -> Result<(usize, End), Refusal> {
        Ok(match self.byte(place)? {
            None => (place, End::File),
            Some(b'\n') => (place + 1, End::Row),
            Some(b'\r') if self.byte(place + 1)? == Some(b'\n') => (place + 2, End::Row),
            Some(b'\r') => {
                self.lone_cr = true;
                (place + 1, End::Row)
            }
            Some(_) => (place + 1, End::Delimiter),
        })
    }

    /// The byte of text at `place`, which is at most one past what has been read.
    fn byte(&mut self, place: usize) -> Result<Option<u8>, Refusal> {
        while place >= self.text.len() {
            if !self.source.fill(&mut self.text)? {
                return Ok(None);
            }
        }
        Ok(self.text.get(place).copied())
    }

    fn accept(&mut self, end: usize) -> Record<'_> {
        let raw = self.text.get(self.at..end).unwrap_or_default();
        let flaw = if self.source.malformed_within(self.base + self.at as u64, self.base + end as u64) {
            Some(Flaw::Undecodable)
        } else {
            self.row.text.contains(&0).then_some(Flaw::HoldsNul)
        };
        let problem = flaw.map(|what| Problem { line: self.line, what, excerpt: excerpt(raw) });
        self.line += if self.row.quoted { count_lines(raw) } else { 1 };
        self.at = end;
        match problem {
            Some(problem) => Record::Bad(problem),
            None => Record::Row(&self.row),
        }
    }

    /// Reports the row that begins here and goes on at the line after its first.
    fn give_up(&mut self, what: Flaw) -> Result<Problem, Refusal> {
        let problem = Problem { line: self.line, what, excerpt: excerpt(self.text.get(self.at..).unwrap_or_default()) };
        let reached = self.reached;
        self.skip_line()?;
        self.reread_bytes += reached.saturating_sub(self.base + self.at as u64);
        if self.reread_bytes > self.limits.reread_bytes {
            return Err(Refusal::QuotesDoNotMatch { line: problem.line });
        }
        self.source.malformed_within(0, self.base + self.at as u64);
        self.line += 1;
        Ok(problem)
    }

    fn skip_line(&mut self) -> Result<(), Refusal> {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            match rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
                Some(length) => {
                    self.at = self.end_of_cell(self.at + length)?.0;
                    return Ok(());
                }
                None => self.at = self.text.len(),
            }
            self.compact();
            if self.byte(self.at)?.is_none() {
                return Ok(());
            }
        }
    }

    /// Forgets the text that is done with, once it is worth moving the rest.
    fn compact(&mut self) {
        if self.at >= COMPACT_BYTES || self.at == self.text.len() {
            self.base += self.at as u64;
            self.text.drain(..self.at);
            self.at = 0;
        }
    }
}

/// Ends of lines: CR LF, LF and CR count as one each.
fn count_lines(raw: &[u8]) -> u64 {
    let feeds = raw.iter().filter(|b| **b == b'\n').count();
    let pairs = raw.windows(2).filter(|pair| pair == b"\r\n").count();
    let returns = raw.iter().filter(|b| **b == b'\r').count();
    (feeds + returns - pairs) as u64
}

pub(super) fn excerpt(raw: &[u8]) -> String {
    let head = raw.get(..raw.len().min(EXCERPT_CHARS * 4)).unwrap_or_default();
    let line = String::from_utf8_lossy(head);
    line.split(['\n', '\r']).next().unwrap_or_default().chars().take(EXCERPT_CHARS).collect()
}
