//! Rows as CSV: a header that says who, when, from where and what was asked; the rows; a footer that says how complete.
//!
//! Every text cell that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers. The
//! completeness is known only at the end, so it stands there; a file without that last line was cut off.

use access::ProjectId;
use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use jiff::Timestamp;
use model::asked::Told;
use model::completeness::Completeness;

use crate::broker::{Exported, Piece, StreamEnd};
use crate::gate::File;

/// What stands at the head of a file.
pub(super) struct Provenance {
    pub(super) person: String,
    pub(super) at: Timestamp,
    pub(super) project: String,
    pub(super) question: String,
    /// What was asked, in words.
    pub(super) told: Told,
    /// The same for programs.
    pub(super) query: String,
    pub(super) sources: Vec<String>,
}

/// The file, as its rows come.
pub(super) fn csv(project: &ProjectId, provenance: Provenance, rows: BoxStream<'static, Exported>) -> File {
    let name = format!("{project}-{}.csv", provenance.at.strftime("%Y%m%d-%H%M%S"));
    let state = Some((rows, Writing { provenance, rows: 0, bytes: 0 }));
    let pieces = futures::stream::unfold(state, |state| async move {
        let (mut rows, mut writing) = state?;
        match rows.next().await {
            Some(Exported::Schema(schema)) => {
                let piece = writing.frames(head(&writing.provenance, &schema));
                Some((piece, Some((rows, writing))))
            }
            Some(Exported::Rows(batch)) => {
                writing.rows += batch.num_rows() as u64;
                let piece = writing.frames(body(&batch));
                Some((piece, Some((rows, writing))))
            }
            Some(Exported::End(completeness)) => {
                let piece = writing.frames(foot(writing.rows, &completeness));
                let ended = futures::stream::empty().boxed();
                // One more turn, which finds the stream ended.
                Some((piece, Some((ended, writing))))
            }
            Some(Exported::Failed(fault)) => {
                let end = StreamEnd { rows: writing.rows, bytes: writing.bytes, fault: Some(fault) };
                Some((Piece::End(end), None))
            }
            None => Some((Piece::End(StreamEnd { rows: writing.rows, bytes: writing.bytes, fault: None }), None)),
        }
    });
    File { name, content_type: "text/csv; charset=utf-8", pieces: pieces.boxed() }
}

struct Writing {
    provenance: Provenance,
    rows: u64,
    bytes: u64,
}

impl Writing {
    fn frames(&mut self, text: Vec<u8>) -> Piece {
        self.bytes += text.len() as u64;
        Piece::Frames(Bytes::from(text))
    }
}

fn head(provenance: &Provenance, schema: &SchemaRef) -> Vec<u8> {
    // The mark tells spreadsheets that this is UTF-8.
    let mut text = Vec::from("\u{feff}");
    let lines = [
        ("Exported by", provenance.person.clone()),
        ("At", provenance.at.to_string()),
        ("Project", provenance.project.clone()),
        ("Sources", provenance.sources.join("; ")),
        ("Question", provenance.question.clone()),
        ("Rows", provenance.told.rows.clone()),
        ("Text", provenance.told.text.clone()),
        ("Filters", provenance.told.filters.clone()),
        ("Order", provenance.told.order.clone()),
        ("Asked", provenance.query.clone()),
    ];
    for (name, value) in lines {
        text.extend(note(&format!("# {name}: {}", one_line(&value))));
    }
    let names = schema.fields().iter().map(|field| guarded(field.name()));
    text.extend(record(names));
    text
}

fn body(batch: &RecordBatch) -> Vec<u8> {
    let mut text = Vec::new();
    for row in 0..batch.num_rows() {
        let cells = batch.columns().iter().map(|column| {
            let cell = crate::broker::cell_text(column, row).unwrap_or_default();
            if matches!(column.data_type(), DataType::Utf8) { guarded(&cell) } else { cell }
        });
        text.extend(record(cells));
    }
    text
}

fn foot(rows: u64, completeness: &Completeness) -> Vec<u8> {
    let causes = serde_json::to_string(&completeness.causes).unwrap_or_default();
    let why = if completeness.causes.is_empty() { String::new() } else { format!(" {}", one_line(&causes)) };
    note(&format!("# {rows} rows, {}{why}", format!("{:?}", completeness.extent).to_lowercase()))
}

/// A line about the rows: one cell, however many commas are in it, so that no part of it can be a formula.
pub(super) fn note(text: &str) -> Vec<u8> {
    record(std::iter::once(text.to_owned()))
}

pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

pub(super) fn record(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let written = writer.write_record(cells.map(String::into_bytes));
    match (written, writer.into_inner()) {
        (Ok(()), Ok(bytes)) => bytes,
        // Writing into memory does not fail; an empty line would be seen.
        _ => Vec::from(b"\r\n"),
    }
}

/// A text that no spreadsheet takes for a formula. One that is nothing but a number stays one.
pub(super) fn guarded(text: &str) -> String {
    const TRIGGERS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(TRIGGERS) && !is_number(text) { format!("'{text}") } else { text.to_owned() }
}

/// Digits, perhaps with a sign before them and a fraction behind them.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = plain.split_once(['.', ',']).unwrap_or((plain, "0"));
    digits(whole) && digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_a_text_and_a_text_stays_one() {
        let table = [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("＋1", "'＋1"),
            ("\tx", "'\tx"),
            ("\nx", "'\nx"),
            ("a=1", "a=1"),
            ("", ""),
            ("-1.50", "-1.50"),
            ("-1,5", "-1,5"),
            ("+47", "+47"),
            ("-", "'-"),
            ("-1+1", "'-1+1"),
            ("--1", "'--1"),
            ("-1.5.", "'-1.5."),
            ("-1e5", "'-1e5"),
        ];
        for (text, expected) in table {
            assert_eq!(guarded(text), expected);
        }
    }
}
