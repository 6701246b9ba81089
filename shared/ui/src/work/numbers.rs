//! Values as numbers, for scales and axes; not for showing.

use jiff::civil::{Date, DateTime};
use model::Kind;

/// The number of a canonical text: of days and moments the days since 1970. None where it has no place on a scale.
pub(crate) fn number(kind: Kind, text: &str) -> Option<f64> {
    const EPOCH: Date = Date::constant(1970, 1, 1);
    let days = |at: DateTime| at.duration_since(EPOCH.at(0, 0, 0, 0)).as_secs_f64() / 86_400.0;
    let number = match kind {
        Kind::Integer | Kind::Decimal | Kind::Float => text.parse().ok()?,
        Kind::Date => days(text.parse::<Date>().ok()?.at(0, 0, 0, 0)),
        Kind::Instant | Kind::LocalTime => days(text.trim_end_matches('Z').parse().ok()?),
        Kind::Text | Kind::Bool | Kind::Bytes => return None,
    };
    number.is_finite().then_some(number)
}

/// Whether values of a kind have a place on a scale.
pub(crate) fn has_scale(kind: Kind) -> bool {
    kind.is_number() || matches!(kind, Kind::Date | Kind::Instant | Kind::LocalTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_days_since_1970_and_text_is_nothing() {
        assert_eq!(number(Kind::Date, "1970-01-11"), Some(10.0));
        assert_eq!(number(Kind::Date, "1969-12-31"), Some(-1.0));
        assert_eq!(number(Kind::Instant, "1970-01-02T12:00:00Z"), Some(1.5));
        assert_eq!(number(Kind::Decimal, "-12.50"), Some(-12.5));
        for (kind, text) in [(Kind::Text, "12"), (Kind::Float, "NaN"), (Kind::Date, "soon"), (Kind::Integer, "")] {
            assert_eq!(number(kind, text), None, "{text}");
        }
    }
}
