//! Looking for whole values: which properties of an object are compared with what somebody wrote, and when the two are
//! equal.
//!
//! A text is equal to a value that differs from it in upper and lower case alone; accents count. A number, a day or a
//! yes-or-no is equal to what is the same value, however it is written: `007` is 7, `12.50` is 12.5.

use crate::kind::Kind;
use crate::project::{ObjectType, Property};

/// The properties that are compared: the key, where it is a single property, and all that are searchable. Moments and
/// bytes are left out, because nobody writes them as their sources do.
pub fn properties(kind: &ObjectType) -> impl Iterator<Item = &Property> {
    let key = match kind.key.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    let is_compared = move |property: &&Property| {
        let is_written = !matches!(property.kind, Kind::Instant | Kind::LocalTime | Kind::Bytes);
        is_written && (property.searchable || key == Some(&property.id))
    };
    kind.properties.iter().filter(is_compared)
}

/// What somebody wrote as the canonical text of a value of this kind; none where it cannot be one.
///
/// ```
/// use model::{Kind, sought::value};
/// assert_eq!(value(Kind::Integer, "007").as_deref(), Some("7"));
/// assert_eq!(value(Kind::Integer, "Ada"), None);
/// ```
pub fn value(kind: Kind, written: &str) -> Option<String> {
    let written = written.trim();
    match kind {
        Kind::Text => (!written.is_empty() && kind.accepts(written)).then(|| written.to_owned()),
        Kind::Integer => written.parse::<i64>().ok().map(|number| number.to_string()),
        Kind::Decimal => kind.accepts(written).then(|| shortest(written)),
        Kind::Float => written.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number.to_string()),
        Kind::Bool => kind.accepts(written).then(|| written.to_owned()),
        Kind::Date => (kind.accepts(written) && is_day(written)).then(|| written.to_owned()),
        Kind::Instant | Kind::LocalTime | Kind::Bytes => None,
    }
}

/// The form in which two values of a kind are equal: that of a value in a row, or of what somebody wrote. None where it
/// cannot be a value of this kind.
pub fn form(kind: Kind, text: &str) -> Option<String> {
    let value = value(kind, text)?;
    Some(if kind == Kind::Text { value.to_lowercase() } else { value })
}

/// A decimal without zeros that say nothing.
fn shortest(decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    match (whole, part) {
        ("0", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

/// Whether there is such a day; the text has the shape of one. Sources refuse a question about one that there is not.
fn is_day(text: &str) -> bool {
    let mut parts = text.split('-').filter_map(|part| part.parse::<u16>().ok());
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_writes_is_equal_to_the_same_value_written_otherwise() {
        let table = [
            (Kind::Text, "ÅSE", "åse", true),
            (Kind::Text, " Ada ", "ada", true),
            (Kind::Text, "José", "Jose", false),
            (Kind::Text, "007", "7", false),
            (Kind::Integer, "007", "7", true),
            (Kind::Integer, "+7", "7", true),
            (Kind::Decimal, "12.50", "12.5", true),
            (Kind::Decimal, "-0.00", "0", true),
            (Kind::Decimal, "012", "12", true),
            (Kind::Float, "1.0", "1", true),
            (Kind::Date, "2024-02-29", "2024-02-29", true),
            (Kind::Bool, "true", "true", true),
        ];
        for (kind, one, other, expected) in table {
            assert_eq!(form(kind, one) == form(kind, other), expected, "{kind:?} {one:?} {other:?}");
            assert!(form(kind, one).is_some(), "{kind:?} {one:?}");
        }
    }

    #[test]
    fn what_cannot_be_of_a_kind_is_none_of_its_values() {
        let table = [
            (Kind::Text, "  "),
            (Kind::Text, "a\0b"),
            (Kind::Integer, "1.5"),
            (Kind::Decimal, "1e5"),
            (Kind::Float, "inf"),
            (Kind::Float, "x"),
            (Kind::Bool, "1"),
            (Kind::Date, "2023-02-29"),
            (Kind::Date, "2023-13-01"),
            (Kind::Date, "0000-01-01"),
            (Kind::Date, "1.2.2023"),
            (Kind::Instant, "2026-09-30T12:00:00Z"),
            (Kind::Bytes, "00ff"),
        ];
        for (kind, text) in table {
            assert_eq!(value(kind, text), None, "{kind:?} {text:?}");
        }
    }
}
