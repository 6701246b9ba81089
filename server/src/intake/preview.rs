//! The first rows as the layout reads them, and what the whole file would lose, for the screen on which a person
//! confirms or changes it.

use model::kind::Kind;

use super::cell::{Cell, read_cell};
use super::layout::{Column, Layout, Limits};
use super::problems::{Problems, Refusal};
use super::records::{Record, Records};

/// The first rows of a file, and what all of them would lose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub rows: Vec<PreviewRow>,
    /// How many rows of the sample would be taken in.
    pub rows_total: u64,
    /// Rows of the sample that would not be taken in.
    pub problems: Problems,
    /// Per column, cells of the sample that would be null because they do not fit a chosen kind.
    pub unreadable: Vec<u64>,
}

/// One row that would be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// The line of the file on which it begins.
    pub line: u64,
    pub cells: Vec<PreviewCell>,
}

/// A cell as it stands in the file, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewCell {
    /// At most 200 characters.
    pub text: String,
    pub fate: Fate,
}

/// What becomes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Value,
    /// It is one of the null words.
    Null,
    /// It does not fit its column's kind and would be null, counted as unreadable.
    Unreadable,
}

const CELL_CHARS: usize = 200;

/// The first `limit_rows` rows of `sample`; what is wrong is counted to its end. `whole`: whether the sample is all of
/// the file.
pub fn preview(sample: &[u8], whole: bool, layout: &Layout, limit_rows: usize) -> Result<Preview, Refusal> {
    let limits = Limits { body_bytes: u64::MAX, ..Limits::default() };
    layout.check(&limits)?;
    let unreadable = vec![0; layout.columns.len()];
    let mut preview = Preview { rows: Vec::new(), rows_total: 0, problems: Problems::default(), unreadable };
    let mut records = Records::new(sample, layout, limits).partial(!whole).with_header(layout.header);
    while let Some(record) = records.next_of_width(layout.columns.len())? {
        match record {
            Record::Bad(problem) => preview.problems.add(problem, limits.problems),
            Record::Row(row) => {
                preview.rows_total += 1;
                let cells = || layout.columns.iter().zip(row.cells());
                for ((column, text), count) in cells().zip(&mut preview.unreadable) {
                    let may_be = column.chosen && column.kind != Kind::Text;
                    *count += u64::from(may_be && fate(column, text, layout.trim) == Fate::Unreadable);
                }
                if preview.rows.len() < limit_rows {
                    let shown = cells().map(|(column, text)| shown(column, text, layout.trim));
                    preview.rows.push(PreviewRow { line: row.line, cells: shown.collect() });
                }
            }
        }
    }
    Ok(preview)
}

fn shown(column: &Column, text: &str, trim: bool) -> PreviewCell {
    PreviewCell { text: text.chars().take(CELL_CHARS).collect(), fate: fate(column, text, trim) }
}

fn fate(column: &Column, text: &str, trim: bool) -> Fate {
    match read_cell(column, text, trim, 0) {
        Cell::Null => Fate::Null,
        Cell::Unreadable if column.chosen => Fate::Unreadable,
        // A guessed kind gives way, and the cell is kept as it stands.
        Cell::Value(_) | Cell::Unreadable => Fate::Value,
    }
}
