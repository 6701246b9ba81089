//! Makes a SQLite image of a file: one table `rows`, one typed column per column of the file, and the line numbers.
//!
//! Two passes: the first settles the kinds (`survey`), the second loads. Memory: the image twice (SQLite's pages, then
//! the serialised copy), that is at most twice `Limits::image_bytes`, and one row; before that, what tells values apart
//! (`distinct`, at most 32 MB); plus whatever `reader` itself holds.

use std::collections::HashSet;
use std::io::{Read, Seek};

use model::kind::Kind;
use rusqlite::serialize::{Data, OwnedData};
use rusqlite::{Connection, ErrorCode, Statement};

use super::cell::{Cell, read_cell};
use super::guess::first_free;
use super::kinds::Stored;
use super::layout::{Column, Layout, Limits, Note};
use super::problems::{Problems, Refusal};
use super::records::{Record, Records};
use super::survey::{Finding, GivenWay, survey};

/// The table of an image.
pub const TABLE: &str = "rows";
const PAGE_BYTES: u64 = 4096;

/// A file as a SQLite database, to be sealed and kept.
#[derive(Debug)]
pub struct SqliteImage {
    pub bytes: Vec<u8>,
}

/// What became of a file. Rows taken in and problems together are all rows of the file, blank lines and header aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Rows that were taken in.
    pub rows: u64,
    pub problems: Problems,
    /// Empty lines, which are not rows; in a file of one column they are rows with an empty value.
    pub blank_lines: u64,
    /// The name of the column with the line number, the key of the table.
    pub line_column: String,
    pub columns: Vec<ColumnReport>,
    pub notes: Vec<Note>,
}

/// What became of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnReport {
    pub name: String,
    /// The kind that it has now.
    pub kind: Kind,
    /// The most digits behind the point (decimal), or of the fraction of a second (instant, local time).
    pub digits: u8,
    pub nulls: u64,
    /// Cells that did not fit the chosen kind and are null now; not among `nulls`.
    pub unreadable: u64,
    /// The guess that the file did not bear out.
    pub given_way: Option<GivenWay>,
}

/// Reads all of `reader` (twice) as `layout` says and makes the image.
pub fn build<R: Read + Seek>(reader: R, layout: &Layout) -> Result<(SqliteImage, Report), Refusal> {
    build_within(reader, layout, &Limits::default())
}

/// [`build`] with other limits.
pub fn build_within<R: Read + Seek>(
    mut reader: R,
    layout: &Layout,
    limits: &Limits,
) -> Result<(SqliteImage, Report), Refusal> {
    layout.check(limits)?;
    let mut findings = survey(records(&mut reader, layout, limits)?, layout)?;
    let settled = settle(layout, &findings);
    let mut loaded = load(&mut reader, &settled, &findings, limits);
    // A table that has room without its indexes is worth more than none.
    if matches!(loaded, Err(Refusal::TableTooLarge { .. })) && findings.iter().any(|finding| finding.names_rows) {
        findings.iter_mut().for_each(|finding| finding.names_rows = false);
        loaded = load(&mut reader, &settled, &findings, limits);
    }
    drop(reader);
    let (table, report) = loaded?;
    Ok((table.image(limits)?, report))
}

fn load<R: Read + Seek>(
    reader: &mut R,
    settled: &Layout,
    findings: &[Finding],
    limits: &Limits,
) -> Result<(Table, Report), Refusal> {
    let mut table = Table::create(settled, findings, limits)?;
    let report = table.load(records(reader, settled, limits)?, settled, findings, limits)?;
    Ok((table, report))
}

fn records<'r, R: Read + Seek>(
    reader: &'r mut R,
    layout: &Layout,
    limits: &Limits,
) -> Result<Records<&'r mut R>, Refusal> {
    reader.rewind().map_err(Refusal::Reading)?;
    Ok(Records::new(reader, layout, *limits).with_header(layout.header))
}

/// The layout with the kinds that the whole file allows.
fn settle(layout: &Layout, findings: &[Finding]) -> Layout {
    let mut settled = layout.clone();
    for (column, finding) in settled.columns.iter_mut().zip(findings) {
        column.kind = finding.kind;
    }
    settled
}

struct Table {
    connection: Connection,
    line_column: String,
    columns: usize,
}

impl Table {
    fn create(layout: &Layout, findings: &[Finding], limits: &Limits) -> Result<Self, Refusal> {
        let mut taken: HashSet<_> = layout.columns.iter().map(|column| column.name.to_lowercase()).collect();
        let line_column = first_free("line", &mut taken);
        let mut sql = format!("create table {TABLE} ({} INTEGER PRIMARY KEY", quoted(&line_column));
        for (column, finding) in layout.columns.iter().zip(findings) {
            sql.push_str(&format!(", {} {}", quoted(&column.name), finding.declared()));
        }
        sql.push(')');
        let connection = Connection::open_in_memory().map_err(|error| refused(error, limits))?;
        let pages = limits.image_bytes / PAGE_BYTES;
        let setup = format!(
            "pragma page_size = {PAGE_BYTES}; pragma max_page_count = {pages}; pragma journal_mode = off; {sql}; begin;"
        );
        connection.execute_batch(&setup).map_err(|error| refused(error, limits))?;
        Ok(Self { connection, line_column, columns: layout.columns.len() })
    }

    fn load<R: Read>(
        &mut self,
        mut records: Records<R>,
        layout: &Layout,
        findings: &[Finding],
        limits: &Limits,
    ) -> Result<Report, Refusal> {
        let marks = vec!["?"; self.columns + 1].join(",");
        let sql = format!("insert into {TABLE} values ({marks})");
        let mut insert = self.connection.prepare(&sql).map_err(|error| refused(error, limits))?;
        let mut report = Report::new(self.line_column.clone(), layout, findings);
        while let Some(record) = records.next_of_width(self.columns)? {
            match record {
                Record::Bad(problem) => report.problems.add(problem, limits.problems),
                Record::Row(row) => {
                    let cells = layout.columns.iter().zip(row.cells());
                    insert_row(&mut insert, row.line, cells, layout.trim, &mut report)
                        .map_err(|error| refused(error, limits))?;
                }
            }
        }
        report.blank_lines = records.blank_lines;
        Ok(report)
    }

    fn image(self, limits: &Limits) -> Result<SqliteImage, Refusal> {
        let owned = self.serialize().map_err(|error| refused(error, limits))?;
        Ok(SqliteImage { bytes: owned.to_vec() })
    }

    /// Drops SQLite's own pages before the caller copies the result.
    fn serialize(mut self) -> rusqlite::Result<OwnedData> {
        self.connection.execute_batch("commit")?;
        match self.connection.serialize("main")? {
            Data::Owned(owned) => Ok(owned),
            // Only a database that was itself deserialised is lent out.
            Data::Shared(_) => Err(rusqlite::Error::InvalidQuery),
        }
    }
}

impl Report {
    fn new(line_column: String, layout: &Layout, findings: &[Finding]) -> Self {
        let columns = layout.columns.iter().zip(findings).map(|(column, finding)| ColumnReport {
            name: column.name.clone(),
            kind: finding.kind,
            digits: finding.digits,
            nulls: 0,
            unreadable: 0,
            given_way: finding.given_way.clone(),
        });
        Self {
            rows: 0,
            problems: Problems::default(),
            blank_lines: 0,
            line_column,
            columns: columns.collect(),
            notes: layout.notes.clone(),
        }
    }
}

fn insert_row<'a>(
    insert: &mut Statement<'_>,
    line: u64,
    cells: impl Iterator<Item = (&'a Column, &'a str)>,
    trim: bool,
    report: &mut Report,
) -> rusqlite::Result<()> {
    insert.raw_bind_parameter(1, line as i64)?;
    for (place, ((column, text), report)) in cells.zip(&mut report.columns).enumerate() {
        let value = match read_cell(column, text, trim, report.digits) {
            Cell::Value(value) => value,
            Cell::Null => {
                report.nulls += 1;
                Stored::Null
            }
            Cell::Unreadable => {
                report.unreadable += 1;
                Stored::Null
            }
        };
        insert.raw_bind_parameter(place + 2, value)?;
    }
    insert.raw_execute()?;
    report.rows += 1;
    Ok(())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn refused(error: rusqlite::Error, limits: &Limits) -> Refusal {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Refusal::TableTooLarge { limit_bytes: limits.image_bytes },
        _ => Refusal::Table(error),
    }
}
