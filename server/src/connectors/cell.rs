//! One value on its way from a source into a column, and what of it fits which kind.
//!
//! A connector turns what its driver gives into a [`Cell`]; [`Cell::canonical`] and the readings below turn a cell of
//! one kind into another, but only where nothing is lost. What does not fit is null and counted by the caller.

use super::time_text;
use crate::hash::hex;

/// A value, borrowed from the row where it can be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    /// A value that the connector cannot express at all.
    Unreadable,
    Text(&'a str),
    Integer(i64),
    Decimal(Decimal),
    Float(f64),
    Bool(bool),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01 00:00:00 UTC.
    Instant(i64),
    /// Microseconds since 1970-01-01 00:00:00 of the same zone, whichever it is.
    LocalTime(i64),
    Bytes(&'a [u8]),
}

/// `mantissa / 10^scale`, fewer than 39 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) mantissa: i128,
    pub(super) scale: u8,
}

/// The most digits of a decimal.
const MOST_DIGITS: u8 = 38;
const MICROS_PER_DAY: i64 = 86_400_000_000;

impl Decimal {
    /// Reads `-12.50`, `+3`, `.5` and `1.5e3`; nothing when it has more than 38 digits or is no number.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, digits.strip_prefix('+').unwrap_or(digits)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let size = whole.bytes().chain(fraction.bytes()).try_fold(0_i128, push_digit)?;
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        Self::shifted(if negative { -size } else { size }, scale)
    }

    /// `mantissa / 10^scale` for a scale that may be negative or too large; nothing when it cannot be had.
    pub(super) fn shifted(mantissa: i128, scale: i32) -> Option<Self> {
        if scale < 0 {
            let factor = power(u8::try_from(scale.unsigned_abs()).ok()?)?;
            return Self { mantissa: mantissa.checked_mul(factor)?, scale: 0 }.bounded();
        }
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > i32::from(MOST_DIGITS) && mantissa % 10 == 0 && mantissa != 0 {
            mantissa /= 10;
            scale -= 1;
        }
        let scale = if mantissa == 0 { scale.min(i32::from(MOST_DIGITS)) } else { scale };
        Self { mantissa, scale: u8::try_from(scale).ok()? }.bounded()
    }

    fn bounded(self) -> Option<Self> {
        let fits = self.scale <= MOST_DIGITS && self.mantissa.unsigned_abs() < power(MOST_DIGITS)?.unsigned_abs();
        fits.then_some(self)
    }

    /// The mantissa of the same value at another scale; nothing when digits would be lost or there is no room.
    pub(super) fn at_scale(self, scale: u8) -> Option<i128> {
        if scale == self.scale {
            return Some(self.mantissa);
        }
        if scale > self.scale {
            let mantissa = self.mantissa.checked_mul(power(scale - self.scale)?)?;
            return Self { mantissa, scale }.bounded().map(|value| value.mantissa);
        }
        let factor = power(self.scale - scale)?;
        (self.mantissa % factor == 0).then_some(self.mantissa / factor)
    }

    /// The exact sum, at the longer of the two scales; nothing when it has more than 38 digits.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        Self { mantissa: self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?, scale }.bounded()
    }

    /// The whole part, and the fraction in units of 10^-38, so that two of them compare by value.
    pub(super) fn parts(self) -> (i128, i128) {
        let unit = power(self.scale).unwrap_or(1);
        let rest = power(MOST_DIGITS.saturating_sub(self.scale)).unwrap_or(1);
        (self.mantissa / unit, self.mantissa % unit * rest)
    }

    /// Plain digits; the scale is kept.
    pub(super) fn text(self) -> String {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let size = self.mantissa.unsigned_abs();
        match power(self.scale).map(i128::unsigned_abs) {
            Some(unit) if self.scale > 0 => {
                format!("{sign}{}.{:0width$}", size / unit, size % unit, width = usize::from(self.scale))
            }
            _ => format!("{sign}{size}"),
        }
    }
}

fn push_digit(size: i128, byte: u8) -> Option<i128> {
    let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
    size.checked_mul(10)?.checked_add(digit)
}

/// 10 to the power of `exponent`, up to 38.
pub(super) fn power(exponent: u8) -> Option<i128> {
    10_i128.checked_pow(u32::from(exponent))
}

impl Cell<'_> {
    /// The canonical text of the value (see [`model::kind`]); nothing for null and unreadable.
    pub(super) fn canonical(&self) -> Option<String> {
        Some(match self {
            Self::Null | Self::Unreadable => return None,
            Self::Text(text) => (*text).to_owned(),
            Self::Integer(value) => value.to_string(),
            Self::Decimal(value) => value.text(),
            Self::Float(value) => float_text(*value),
            Self::Bool(value) => value.to_string(),
            Self::Date(days) => time_text::date(*days),
            Self::Instant(micros) => time_text::local_time(*micros) + "Z",
            Self::LocalTime(micros) => time_text::local_time(*micros),
            Self::Bytes(bytes) => hex(bytes),
        })
    }

    pub(super) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Decimal(value) => i64::try_from(value.at_scale(0)?).ok(),
            Self::Float(value) => whole(*value),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(value) => Some(*value),
            Self::Integer(value) => Some(Decimal { mantissa: i128::from(*value), scale: 0 }),
            // The shortest text is what people wrote: 0.1 is meant, not 0.1000000000000000055.
            Self::Float(value) => Decimal::parse(&value.to_string()),
            Self::Text(text) => Decimal::parse(text),
            _ => None,
        }
    }

    pub(super) fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            #[expect(clippy::cast_precision_loss, reason = "only what comes back unchanged is taken")]
            Self::Integer(value) => Some(*value as f64).filter(|float| whole(*float) == Some(*value)),
            Self::Decimal(value) => value.text().parse().ok(),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Integer(0) | Self::Text("false" | "f" | "0") => Some(false),
            Self::Integer(1) | Self::Text("true" | "t" | "1") => Some(true),
            _ => None,
        }
    }

    pub(super) fn as_date(&self) -> Option<i32> {
        match self {
            Self::Date(days) => Some(*days),
            Self::Instant(micros) | Self::LocalTime(micros) => midnight(*micros),
            Self::Text(text) => match time_text::read_date(text) {
                None => midnight(time_text::read_local_time(text)?),
                days => days,
            },
            _ => None,
        }
    }

    /// A time without a zone is taken as UTC: whoever chose the kind knows it.
    pub(super) fn as_instant(&self) -> Option<i64> {
        match self {
            Self::Text(text) => time_text::read_instant(text),
            other => other.as_local_time(),
        }
    }

    pub(super) fn as_local_time(&self) -> Option<i64> {
        match self {
            Self::Instant(micros) | Self::LocalTime(micros) => Some(*micros),
            Self::Date(days) => i64::from(*days).checked_mul(MICROS_PER_DAY),
            Self::Text(text) => match time_text::read_local_time(text) {
                None => i64::from(time_text::read_date(text)?).checked_mul(MICROS_PER_DAY),
                micros => micros,
            },
            _ => None,
        }
    }
}

/// The day, if a time is exactly its beginning.
fn midnight(micros: i64) -> Option<i32> {
    (micros.rem_euclid(MICROS_PER_DAY) == 0).then(|| i32::try_from(micros.div_euclid(MICROS_PER_DAY)).ok())?
}

/// The whole number that a float is, if it is one.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
fn whole(value: f64) -> Option<i64> {
    // 2^63 itself does not fit; everything below it is a whole number that does.
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value);
    (fits && value.fract() == 0.0).then_some(value as i64)
}

/// The shortest text that reads back the same.
pub(super) fn float_text(value: f64) -> String {
    format!("{value:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_and_written_exactly_or_not_at_all() {
        let nines = "9".repeat(38);
        for (text, shown) in [
            ("-12.50", "-12.50"),
            ("+3", "3"),
            (".5", "0.5"),
            ("1.5e3", "1500"),
            ("25e-4", "0.0025"),
            ("-0.0", "0.0"),
            (&nines, &nines),
        ] {
            assert_eq!(Decimal::parse(text).map(Decimal::text).as_deref(), Some(shown), "{text}");
        }
        for text in ["", "-", ".", "1,5", " 1", "NaN", "1e99", "1e", &format!("1{nines}")] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        let value = Decimal::parse("12.50").expect("a decimal");
        assert_eq!([value.at_scale(1), value.at_scale(4), value.at_scale(0)], [Some(125), Some(125_000), None]);
    }

    #[test]
    fn a_value_changes_its_kind_only_where_nothing_is_lost() {
        assert_eq!(Cell::Float(3.0).as_integer(), Some(3));
        assert_eq!(Cell::Float(3.5).as_integer(), None);
        assert_eq!(Cell::Float(9_223_372_036_854_775_808.0).as_integer(), None);
        assert_eq!(Cell::Integer(9_007_199_254_740_993).as_float(), None);
        assert_eq!(Cell::Integer(2).as_bool(), None);
        assert_eq!(Cell::LocalTime(86_400_000_000).as_date(), Some(1));
        assert_eq!(Cell::LocalTime(1).as_date(), None);
        assert_eq!(Cell::Text("2026-09-30 12:00:00").as_date(), None);
    }
}
