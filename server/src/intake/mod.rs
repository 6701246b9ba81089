//! Takes in a CSV file: detects how it is to be read, shows that for confirmation, and makes a SQLite image of it.
//!
//! Pure functions over bytes and readers; no store, no network, no clock. Nothing is dropped silently: a row is taken in
//! or listed with its line and the reason, a cell is a value, null, or counted as unreadable. Nothing is trimmed unless
//! a person says so, and empty text is null only where the layout lists it.
//!
//! ```
//! # use server::intake::{build, detect};
//! # fn main() -> Result<(), server::intake::Refusal> {
//! let file = b"id,name,paid\n1,Anna,12.50\n2,Bo,7\n3,Cai\n";
//! let layout = detect(file, true)?;
//! let (image, report) = build(std::io::Cursor::new(file), &layout)?;
//! assert!(image.bytes.starts_with(b"SQLite format 3"));
//! assert_eq!((report.rows, report.problems.count()), (2, 1));
//! assert_eq!(report.problems.listed[0].to_string(), "line 4: 2 cells instead of 3");
//! # Ok(())
//! # }
//! ```
//!
//! # The image
//! One table `rows`. Its key is the line of the file (`line`, or `line_2` where the file has a column of that name). Up to
//! two columns of text or integers whose cells are all filled and all different are declared so, with an index; those that
//! are called like an id come first.
//!
//! | kind | declared type | kept as | example |
//! |---|---|---|---|
//! | text | `TEXT` | text | `0047` |
//! | integer | `INTEGER` | integer | `-7` |
//! | decimal | `DECIMAL_TEXT(38,s)` | text, plain digits as written, at most `s` behind the point | `1.50` |
//! | float | `REAL` | float | `1e-7` |
//! | bool | `BOOLEAN` | integer 0 or 1 | `1` |
//! | date | `DATE` | text | `2026-09-30` |
//! | instant | `INSTANT` or `INSTANT(n)` | text, RFC 3339 in UTC, `n` digits of a fraction in every cell | `2026-09-30T12:00:00Z` |
//! | local time | `LOCALTIME` or `LOCALTIME(n)` | text, the same without zone | `2026-09-30T12:00:00` |
//! | bytes | `BLOB` | blob; never from a CSV file | |
//!
//! `DECIMAL_TEXT`, because a column declared `DECIMAL` has numeric affinity and SQLite would turn `1.50` into the float
//! 1.5; with `TEXT` in the name it keeps every digit. Such text neither orders nor adds up by itself: a connector reads it
//! with [`crate::decimal::Decimal`] and registers a collation and a sum. Dates and times of one column have one length,
//! so they order as text.

mod build;
mod cell;
mod decode;
mod detect;
mod distinct;
mod form;
mod guess;
pub mod kinds;
mod layout;
mod preview;
mod problems;
mod records;
mod survey;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_real;

pub use build::{ColumnReport, Report, SqliteImage, TABLE, build, build_within};
pub use detect::{Settled, detect, detect_with};
pub use form::{from_form, settled, to_form, to_problems, to_report};
pub use kinds::Reading;
pub use layout::{Column, Layout, Limits, Note};
pub use preview::{Fate, Preview, PreviewCell, PreviewRow, preview};
pub use problems::{Flaw, Problem, Problems, Refusal};
pub use survey::GivenWay;
