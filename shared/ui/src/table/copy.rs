//! The selected rows as text with tabs, for other programs.

use super::cell::{Style, text};
use super::{Header, Rows, Selection};

/// What one copy may take; more is an export.
const MOST_ROWS: usize = 50_000;

/// A line of titles and one line per selected row; tabs and line breaks inside a cell become spaces. Also the number of
/// rows taken.
pub(super) fn tsv(rows: &Rows, headers: &[Header<'_>], selection: &Selection, columns: &[usize]) -> (String, usize) {
    let mut out = String::new();
    let title = |column: usize| headers.get(column).map_or("", |header| header.title);
    push_line(&mut out, columns.iter().map(|&column| title(column).to_owned()));
    let mut taken = 0;
    for row in selection.rows().take(MOST_ROWS) {
        let Some((batch, index)) = rows.at(row) else { continue };
        let cell = |column: &usize| batch.columns().get(*column).and_then(|column| text(column, index, Style::File));
        push_line(&mut out, columns.iter().map(|column| cell(column).unwrap_or_default()));
        taken += 1;
    }
    (out, taken)
}

fn push_line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push('\t');
        }
        out.push_str(&cell.replace(['\t', '\n', '\r'], " "));
    }
    out.push('\n');
}
