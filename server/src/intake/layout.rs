//! How a file is to be read: what detection proposes, a person confirms or changes, and `build` obeys.

use encoding_rs::Encoding;
use model::kind::Kind;

use super::kinds::Reading;
use super::problems::Refusal;

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    pub encoding: &'static Encoding,
    /// ASCII; never a quote or the end of a line.
    pub delimiter: u8,
    /// `"` or `'`; none when quotes are ordinary characters.
    pub quote: Option<u8>,
    /// Whether the first row holds the names.
    pub header: bool,
    /// Whether spaces around cells are dropped. Only a person sets this.
    pub trim: bool,
    /// One per column; a row with another number of cells is ragged.
    pub columns: Vec<Column>,
    /// What a person should know before confirming.
    pub notes: Vec<Note>,
}

/// One column of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// Whether a person has set the kind. A chosen kind stands, and cells that do not fit are null and counted as
    /// unreadable; a guessed one gives way to text as soon as one value would not survive it.
    pub chosen: bool,
    /// Cells that are exactly one of these words are null. Empty text is null only if it is listed.
    pub null_words: Vec<String>,
    pub reading: Reading,
}

/// Something that was noticed and that changes no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// A word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub text: String,
}

impl Note {
    pub(super) fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

/// Upper bounds for one file. `Default` is what the product promises; tests make them small.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub body_bytes: u64,
    pub cell_bytes: usize,
    pub columns: usize,
    /// Of the finished SQLite image.
    pub image_bytes: u64,
    /// How many problems are listed; the rest is counted.
    pub problems: usize,
    /// How much may be read twice because a quote turned out never to be closed.
    pub reread_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 100 << 20,
            cell_bytes: 16 << 20,
            // SQLite's own limit is 2,000, and one column is the line number.
            columns: 1_999,
            image_bytes: 128 << 20,
            problems: 1_000,
            reread_bytes: 64 << 20,
        }
    }
}

impl Layout {
    /// Refuses what could not be read or made into a table, and says why.
    pub(super) fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        let ends_line = |byte: u8| matches!(byte, b'\n' | b'\r' | 0);
        if !self.delimiter.is_ascii() || ends_line(self.delimiter) {
            return Err(Refusal::Layout("the delimiter must be one ASCII character and not the end of a line"));
        }
        if self.quote.is_some_and(|quote| !quote.is_ascii() || ends_line(quote) || quote == self.delimiter) {
            return Err(Refusal::Layout("the quote must be one ASCII character and not the delimiter"));
        }
        if self.columns.is_empty() {
            return Err(Refusal::Layout("there is no column"));
        }
        if self.columns.len() > limits.columns {
            return Err(Refusal::TooManyColumns { columns: self.columns.len(), limit: limits.columns });
        }
        let mut names: Vec<_> = self.columns.iter().map(|column| column.name.to_lowercase()).collect();
        names.sort();
        if names.iter().any(|name| name.is_empty() || name.contains('\0'))
            || names.windows(2).any(|pair| pair.first() == pair.last())
        {
            return Err(Refusal::Layout("every column needs a name of its own, whatever the case of its letters"));
        }
        Ok(())
    }
}
