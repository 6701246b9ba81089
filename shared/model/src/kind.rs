//! The kinds of values, and the one canonical text of each value.
//!
//! Keys, filters and cursors carry values as canonical text, compared byte by byte, so that no number loses a bit on
//! its way through JSON. The text of a kind:
//!
//! | kind | canonical text | Arrow type |
//! |---|---|---|
//! | text | itself | Utf8 |
//! | integer | decimal digits, `-` in front | Int64 |
//! | decimal | plain digits, no exponent, the scale kept | Decimal128(38, scale) |
//! | float | shortest text that reads back the same | Float64 |
//! | bool | `true`, `false` | Boolean |
//! | date | `2026-09-30` | Date32 |
//! | instant | `2026-09-30T12:00:00Z`, fraction only where needed | Timestamp(µs, UTC) |
//! | local time | `2026-09-30T12:00:00` | Timestamp(µs) |
//! | bytes | lower-case hexadecimal | Binary |

use serde::{Deserialize, Serialize};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text; the kind of everything that is not surely something else.
    #[default]
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// An exact number of up to 38 digits.
    Decimal,
    /// A binary floating-point number of 64 bits.
    Float,
    /// True or false.
    Bool,
    /// A day.
    Date,
    /// A moment in UTC, to the microsecond.
    Instant,
    /// A day and time of day without a zone, to the microsecond.
    LocalTime,
    /// Bytes.
    Bytes,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Integer,
        Self::Decimal,
        Self::Float,
        Self::Bool,
        Self::Date,
        Self::Instant,
        Self::LocalTime,
        Self::Bytes,
    ];

    /// Its name, as in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::LocalTime => "local_time",
            Self::Bytes => "bytes",
        }
    }

    /// Whether sums and averages make sense.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Float)
    }

    /// Whether it is a point in time.
    pub const fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Instant | Self::LocalTime)
    }

    /// Whether `text` could be the canonical text of a value of this kind.
    ///
    /// A first check before a source is asked; the source's own parser has the last word on dates.
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Text => !text.contains('\0'),
            Self::Integer => text.parse::<i64>().is_ok(),
            Self::Decimal => is_decimal(text),
            Self::Float => text.parse::<f64>().is_ok(),
            Self::Bool => matches!(text, "true" | "false"),
            Self::Date => is_date(text),
            Self::Instant => text.ends_with('Z') && is_time(text.trim_end_matches('Z')),
            Self::LocalTime => is_time(text),
            Self::Bytes => text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit()),
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(fraction) && whole.len() + fraction.len() <= 39
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    matches!(parts.as_slice(), [year, month, day] if number(year, 4) && number(month, 2) && number(day, 2))
}

fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    is_date(date) && time.len() == 8 && time.bytes().all(|b| b.is_ascii_digit() || b == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_knows_its_own_text() {
        let table = [
            (Kind::Integer, "9223372036854775807", true),
            (Kind::Integer, "9223372036854775808", false),
            (Kind::Integer, "", false),
            (Kind::Decimal, "-0.10", true),
            (Kind::Decimal, "1e5", false),
            (Kind::Decimal, ".5", false),
            (Kind::Bool, "true", true),
            (Kind::Bool, "1", false),
            (Kind::Date, "2026-09-30", true),
            (Kind::Date, "30.09.2026", false),
            (Kind::Instant, "2026-09-30T12:00:00Z", true),
            (Kind::Instant, "2026-09-30T12:00:00.5Z", true),
            (Kind::Instant, "2026-09-30T12:00:00", false),
            (Kind::LocalTime, "2026-09-30T12:00:00", true),
            (Kind::Bytes, "00ff", true),
            (Kind::Bytes, "0", false),
            (Kind::Text, "", true),
            (Kind::Text, "a\0b", false),
        ];
        for (kind, text, expected) in table {
            assert_eq!(kind.accepts(text), expected, "{kind:?} {text:?}");
        }
    }
}
