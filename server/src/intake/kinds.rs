//! The kinds of value that a file can hold: how each is read from text, written as text, and kept in SQLite.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use model::kind::Kind;
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::decimal::Decimal;

/// How a person wants numbers and dates of one column to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// `1.234,50` instead of `1234.50`.
    pub decimal_comma: bool,
    /// `12/31/2026` instead of `31/12/2026`. ISO dates are read either way.
    pub month_first: bool,
}

/// A value as SQLite keeps it.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a str),
    Made(String),
}

impl ToSql for Stored<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Made(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Kinds that detection may choose, the narrowest first. Bytes have no form in a text file.
pub const GUESSES: [Kind; 7] =
    [Kind::Bool, Kind::Integer, Kind::Decimal, Kind::Float, Kind::Date, Kind::Instant, Kind::LocalTime];

/// The declared type of a column of this kind, without digits (see the table in `intake`).
pub fn declared(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "TEXT",
        Kind::Integer => "INTEGER",
        Kind::Decimal => "DECIMAL_TEXT",
        Kind::Float => "REAL",
        Kind::Bool => "BOOLEAN",
        Kind::Date => "DATE",
        Kind::Instant => "INSTANT",
        Kind::LocalTime => "LOCALTIME",
        Kind::Bytes => "BLOB",
    }
}

/// The kind behind a declared type that [`declared`] wrote, with or without digits in brackets.
pub fn from_declared(declared: &str) -> Option<Kind> {
    let name = declared.split('(').next().unwrap_or_default().trim();
    Kind::ALL.into_iter().find(|kind| self::declared(*kind).eq_ignore_ascii_case(name))
}

/// Whether nothing is lost when `text` is kept as this kind: written again it is the same, character by character.
/// (Of a local time the `T` between date and time may be a space.)
pub fn round_trips(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Integer => text.parse::<i64>().is_ok_and(|value| value.to_string() == text),
        Kind::Decimal => Decimal::parse(text).is_some_and(|value| value.to_string() == text),
        Kind::Float => text.parse::<f64>().is_ok_and(|value| value.is_finite() && float_text(value) == text),
        Kind::Bool => matches!(text, "true" | "false"),
        Kind::Date => date(text).is_some_and(|value| value.to_string() == text),
        Kind::Instant => instant(text).is_some_and(|value| instant_text(value, fraction_digits(text)) == text),
        Kind::LocalTime => local_time(text)
            .is_some_and(|value| local_time_text(value, fraction_digits(text)) == text.replacen(' ', "T", 1)),
        Kind::Bytes => false,
    }
}

/// The value of `text` as it is kept; nothing when it is not of this kind. Reads more forms than [`round_trips`]
/// allows, because here a person has chosen the kind. `digits`: of the fraction of a second, for the whole column.
pub fn read<'a>(kind: Kind, text: &'a str, reading: Reading, digits: u8) -> Option<Stored<'a>> {
    match kind {
        Kind::Text => Some(Stored::Text(text)),
        Kind::Integer => plain_number(text, reading).parse().ok().map(Stored::Integer),
        Kind::Decimal => Decimal::parse(&plain_number(text, reading)).map(|value| Stored::Made(value.to_string())),
        Kind::Float => finite(&plain_number(text, reading)).map(Stored::Real),
        Kind::Bool => truth(text).map(|value| Stored::Integer(i64::from(value))),
        Kind::Date => any_date(text, reading).map(|value| Stored::Made(value.to_string())),
        Kind::Instant => instant(text).map(|value| Stored::Made(instant_text(value, digits))),
        Kind::LocalTime => any_local_time(text, reading).map(|value| Stored::Made(local_time_text(value, digits))),
        Kind::Bytes => None,
    }
}

/// A float as text: the shortest form that reads back as the same bits, `1.0` and `1e-7` among them.
pub fn float_text(value: f64) -> String {
    format!("{value:?}")
}

/// Moments are kept to the microsecond, as in Arrow; more digits do not fit.
pub const FRACTION_DIGITS: u8 = 6;

/// Reads `2026-09-30`.
pub fn date(text: &str) -> Option<Date> {
    // Lengths are checked because the parser also takes times and week dates.
    (text.len() == 10).then(|| text.parse().ok())?
}

/// Reads an RFC 3339 time with an offset or `Z`.
pub fn instant(text: &str) -> Option<Timestamp> {
    (text.len() >= 20 && !text.contains('[')).then(|| text.parse().ok())?
}

/// Writes an RFC 3339 time in UTC with `digits` (0 to 6) of the fraction of a second.
pub fn instant_text(value: Timestamp, digits: u8) -> String {
    format!("{value:.width$}", width = usize::from(digits.min(FRACTION_DIGITS)))
}

/// Reads `2026-09-30T12:00:00`, with a space instead of the `T` if need be, and up to six digits of a fraction.
pub fn local_time(text: &str) -> Option<DateTime> {
    let shaped = text.len() >= 19 && matches!(text.as_bytes().get(10), Some(b'T' | b' '));
    let zoned = text.get(19..).is_some_and(|tail| tail.contains(['Z', 'z', '+', '-', '[']));
    (shaped && !zoned).then(|| text.parse().ok())?
}

/// Writes a local time with a `T` and `digits` (0 to 6) of the fraction of a second.
pub fn local_time_text(value: DateTime, digits: u8) -> String {
    format!("{value:.width$}", width = usize::from(digits.min(FRACTION_DIGITS)))
}

/// How many digits of a fraction of a second `text` shows.
pub fn fraction_digits(text: &str) -> u8 {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
    u8::try_from(count).unwrap_or(u8::MAX)
}

fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" | "ja" | "j" => Some(true),
        "false" | "f" | "no" | "n" | "0" | "nei" | "nein" => Some(false),
        _ => None,
    }
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// `1 234,50` and `1.234,50` as `1234.50` when the column is read with a decimal comma; otherwise untouched.
fn plain_number(text: &str, reading: Reading) -> String {
    if !reading.decimal_comma {
        return text.to_owned();
    }
    let grouped = |c: char| matches!(c, '.' | ' ' | '\u{a0}' | '\u{202f}' | '\'');
    text.chars().filter(|c| !grouped(*c)).map(|c| if c == ',' { '.' } else { c }).collect()
}

fn any_date(text: &str, reading: Reading) -> Option<Date> {
    date(text).or_else(|| european_or_american(text, reading))
}

fn european_or_american(text: &str, reading: Reading) -> Option<Date> {
    let mut parts = text.split(['.', '/', '-']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let short = |part: &str| (1..=2).contains(&part.len()) && digits(part);
    if parts.next().is_some() || year.len() != 4 || !digits(year) || !short(first) || !short(second) {
        return None;
    }
    let (day, month) = if reading.month_first { (second, first) } else { (first, second) };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn any_local_time(text: &str, reading: Reading) -> Option<DateTime> {
    let written = local_time(text);
    written.or_else(|| {
        let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
        Some(any_date(day, reading)?.to_datetime(time.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_of_a_kind_only_if_it_is_written_the_same_again() {
        for (kind, yes, no) in [
            (Kind::Integer, "0|-7|9223372036854775807", "007|+1|-0| 1|1.0|9223372036854775808|"),
            (Kind::Decimal, "1.50|0.001|-3|163.3", "01.5|.5|1.|-0.0|1,5|1e3|"),
            (Kind::Float, "1e-7|0.5|1.0", "5|1E-7|NaN|inf|1.50"),
            (Kind::Bool, "true|false", "TRUE|yes|1|"),
            (Kind::Date, "2026-09-30|1900-01-01", "2026-9-30|30.09.2026|2026-02-30|20260930|2026-09-30T10:00:00"),
            (
                Kind::Instant,
                "2026-09-30T12:00:00Z|2026-09-30T12:00:00.500Z",
                "2026-09-30T12:00:00+02:00|2026-09-30T12:00:00.1234567Z|2026-09-30T12:00:00|2026-09-30 12:00:00Z|2026-09-30",
            ),
            (
                Kind::LocalTime,
                "2026-09-30T12:00:00|2026-09-30 12:00:00|2026-09-30 12:00:00.120",
                "2026-09-30T12:00:00Z|2026-09-30 12:00|2026-09-30|2026-09-30 25:00:00",
            ),
        ] {
            for text in yes.split('|') {
                assert!(round_trips(kind, text), "{kind:?} takes {text:?}");
                assert!(read(kind, text, Reading::default(), 0).is_some(), "{kind:?} reads {text:?}");
            }
            for text in no.split('|') {
                assert!(!round_trips(kind, text), "{kind:?} refuses {text:?}");
            }
        }
    }

    #[test]
    fn a_chosen_kind_reads_the_forms_that_people_write() {
        let comma = Reading { decimal_comma: true, month_first: false };
        let month = Reading { decimal_comma: false, month_first: true };
        let plain = Reading::default();
        for (kind, text, reading, kept) in [
            (Kind::Integer, "007", plain, Some(Stored::Integer(7))),
            (Kind::Integer, " 7", plain, None),
            (Kind::Decimal, "1 234,50", comma, Some(Stored::Made("1234.50".into()))),
            (Kind::Decimal, "1.234,50", comma, Some(Stored::Made("1234.50".into()))),
            (Kind::Decimal, "1,5", plain, None),
            (Kind::Float, "NaN", plain, None),
            (Kind::Bool, "Ja", plain, Some(Stored::Integer(1))),
            (Kind::Date, "2/08/2017", plain, Some(Stored::Made("2017-08-02".into()))),
            (Kind::Date, "2/08/2017", month, Some(Stored::Made("2017-02-08".into()))),
            (Kind::Date, "31.12.2026", plain, Some(Stored::Made("2026-12-31".into()))),
            (Kind::Date, "32.12.2026", plain, None),
            (Kind::Instant, "2026-09-30T12:00:00+02:00", plain, Some(Stored::Made("2026-09-30T10:00:00Z".into()))),
            (Kind::LocalTime, "30.09.2026 12:30", plain, Some(Stored::Made("2026-09-30T12:30:00".into()))),
        ] {
            assert_eq!(read(kind, text, reading, 0), kept, "{kind:?} {text:?}");
        }
    }

    #[test]
    fn every_declared_type_names_its_kind() {
        for kind in Kind::ALL {
            assert_eq!(from_declared(declared(kind)), Some(kind));
        }
        assert_eq!(from_declared("decimal_text(38,2)"), Some(Kind::Decimal));
        assert_eq!(from_declared("VARCHAR(20)"), None);
    }
}
