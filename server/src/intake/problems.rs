//! What can be wrong with a file: problems, listed row by row, and refusals, which end the reading.

use std::fmt;

/// A row that was not taken in, and why. The row stays findable by its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file on which the row begins; the first line is 1.
    pub line: u64,
    pub what: Flaw,
    /// How the row begins, at most 120 characters.
    pub excerpt: String,
}

/// Why a row was not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Ragged { cells: usize, columns: usize },
    Undecodable,
    QuoteNotClosed,
    TextAfterQuote,
    HoldsNul,
    CellTooLong { limit_bytes: usize },
    TooManyCells { limit: usize },
}

impl Flaw {
    /// A word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ragged { .. } => "ragged",
            Self::Undecodable => "undecodable",
            Self::QuoteNotClosed => "quote_not_closed",
            Self::TextAfterQuote => "text_after_quote",
            Self::HoldsNul => "holds_nul",
            Self::CellTooLong { .. } => "cell_too_long",
            Self::TooManyCells { .. } => "too_many_cells",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { cells, columns } => write!(f, "{cells} cells instead of {columns}"),
            Self::Undecodable => f.write_str("bytes that the chosen encoding does not know; try another encoding"),
            Self::QuoteNotClosed => f.write_str("a quote is opened and never closed; close it or choose no quote"),
            Self::TextAfterQuote => f.write_str("text after a closing quote; a quote inside a cell is written twice"),
            Self::HoldsNul => f.write_str("a NUL character, which no text holds"),
            Self::CellTooLong { limit_bytes } => write!(f, "a cell of more than {limit_bytes} bytes"),
            Self::TooManyCells { limit } => write!(f, "more than {limit} cells"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The rows that were not taken in: the first ones listed, the rest counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    pub listed: Vec<Problem>,
    /// How many more there are than are listed.
    pub more: u64,
}

impl Problems {
    /// How many rows were not taken in.
    pub fn count(&self) -> u64 {
        self.listed.len() as u64 + self.more
    }

    pub(super) fn add(&mut self, problem: Problem, limit: usize) {
        if self.listed.len() < limit {
            self.listed.push(problem);
        } else {
            self.more += 1;
        }
    }
}

/// Why a file cannot be taken in at all. The text is for people and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("The file is empty. Choose a file with at least one row.")]
    Empty,
    #[error("The file is not a text file: it looks like {0}. Save it as CSV and upload that.")]
    NotText(&'static str),
    #[error(
        "The file is larger than {limit_bytes} bytes. Split it, or put it into a database and add that as a source."
    )]
    TooLarge { limit_bytes: u64 },
    #[error("The table would take more than {limit_bytes} bytes. Split the file or leave out columns.")]
    TableTooLarge { limit_bytes: u64 },
    #[error(
        "The file has {columns} columns; at most {limit} can be taken in. Split it by columns, turn columns into rows, \
         or choose another delimiter."
    )]
    TooManyColumns { columns: usize, limit: usize },
    #[error(
        "The quotes of the file do not match up, the last time at line {line}. Choose no quote, or repair the file."
    )]
    QuotesDoNotMatch { line: u64 },
    #[error("These settings cannot be used: {0}.")]
    Layout(&'static str),
    #[error("The file could not be read to its end. Upload it again.")]
    Reading(#[source] std::io::Error),
    #[error("The table could not be made. Try again; if it happens again, tell the people who run Clew.")]
    Table(#[source] rusqlite::Error),
}

impl Refusal {
    /// A word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::NotText(_) => "file_not_text",
            Self::TooLarge { .. } => "file_too_large",
            Self::TableTooLarge { .. } => "table_too_large",
            Self::TooManyColumns { .. } => "too_many_columns",
            Self::QuotesDoNotMatch { .. } => "quotes_do_not_match",
            Self::Layout(_) => "layout",
            Self::Reading(_) => "file_unreadable",
            Self::Table(_) => "table_failed",
        }
    }
}
