//! The first rows as the layout reads them, for the screen on which a person confirms or changes it.

use super::cell::{Cell, read_cell};
use super::layout::{Layout, Limits};
use super::problems::{Problems, Refusal};
use super::records::{Record, Records};

/// The first rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub rows: Vec<PreviewRow>,
    /// Rows among the first ones that would not be taken in.
    pub problems: Problems,
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

/// The first `limit_rows` rows of `sample`. `whole`: whether the sample is all of the file.
pub fn preview(sample: &[u8], whole: bool, layout: &Layout, limit_rows: usize) -> Result<Preview, Refusal> {
    let limits = Limits { body_bytes: u64::MAX, ..Limits::default() };
    layout.check(&limits)?;
    let mut preview = Preview { rows: Vec::new(), problems: Problems::default() };
    let mut records = Records::new(sample, layout, limits).partial(!whole).with_header(layout.header);
    while let Some(record) = records.next_of_width(layout.columns.len())? {
        match record {
            Record::Bad(problem) => preview.problems.add(problem, limit_rows),
            Record::Row(row) => {
                let cells = layout.columns.iter().zip(row.cells());
                let shown = cells.map(|(column, text)| shown(text, &read_cell(column, text, layout.trim, 0)));
                preview.rows.push(PreviewRow { line: row.line, cells: shown.collect() });
            }
        }
        if preview.rows.len() >= limit_rows {
            break;
        }
    }
    Ok(preview)
}

fn shown(text: &str, cell: &Cell<'_>) -> PreviewCell {
    let fate = match cell {
        Cell::Value(_) => Fate::Value,
        Cell::Null => Fate::Null,
        Cell::Unreadable => Fate::Unreadable,
    };
    PreviewCell { text: text.chars().take(CELL_CHARS).collect(), fate }
}
