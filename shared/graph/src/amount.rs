//! Decimal numbers that add without losing a digit, for sums of money.

use std::fmt;

/// A decimal number: `units / 10^scale`. Up to 38 digits in all; what does not fit is `None`, never rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    units: i128,
    scale: u8,
}

/// 10^38 is the largest power of ten in an `i128`.
const SCALE_LIMIT: u8 = 38;

impl Amount {
    /// From an Arrow decimal. A negative scale counts trailing zeros.
    pub fn from_units(units: i128, scale: i8) -> Option<Self> {
        match u8::try_from(scale) {
            Ok(scale) => (scale <= SCALE_LIMIT).then_some(Self { units, scale }),
            Err(_) => Some(Self { units: units.checked_mul(power_of_ten(scale.unsigned_abs())?)?, scale: 0 }),
        }
    }

    /// From plain text: a sign, digits, a point and digits. No exponent, no grouping, no blanks.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + part.len() == 0 || !all_digits(whole) || !all_digits(part) {
            return None;
        }
        let units = [whole, part].concat().parse::<i128>().ok()?;
        let scale = u8::try_from(part.len()).ok().filter(|&scale| scale <= SCALE_LIMIT)?;
        Some(Self { units: if negative { -units } else { units }, scale })
    }

    /// From a float: the shortest decimal that reads back as the same float.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then(|| Self::parse(&value.to_string())).flatten()
    }

    /// The exact sum, with the longer of both scales.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let units = self.units_at(scale)?.checked_add(other.units_at(scale)?)?;
        Some(Self { units, scale })
    }

    /// Whether it is as large as another one or larger.
    pub fn is_at_least(self, other: Self) -> bool {
        let scale = self.scale.max(other.scale);
        // What has too many digits for one scale differs long before the last of them.
        let units = self.units_at(scale).zip(other.units_at(scale));
        units.map_or_else(|| self.to_f64() >= other.to_f64(), |(one, other)| one >= other)
    }

    fn units_at(self, scale: u8) -> Option<i128> {
        self.units.checked_mul(power_of_ten(scale - self.scale)?)
    }

    /// The nearest float, for widths and sorting; not for showing.
    pub fn to_f64(self) -> f64 {
        // Correctly rounded: a division of two rounded numbers would be off by a bit.
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Amount {
    /// All digits of the scale, zeros included: `-0.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = scale + 1);
        match digits.split_at_checked(digits.len() - scale) {
            Some((whole, part)) if !part.is_empty() => write!(f, "{sign}{whole}.{part}"),
            _ => write!(f, "{sign}{digits}"),
        }
    }
}

fn power_of_ten(exponent: u8) -> Option<i128> {
    10i128.checked_pow(u32::from(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_and_sums_are_exact() {
        let table = [
            ("0.1", "0.2", Some("0.3")),
            ("1.50", "2.5", Some("4.00")),
            ("-0.05", "0.05", Some("0.00")),
            ("999999999999999999.99", "0.01", Some("1000000000000000000.00")),
            ("-3", "1", Some("-2")),
            ("170141183460469231731687303715884105727", "1", None),
            ("100000000000000000000000000000000000000", "0.01", None),
        ];
        for (a, b, sum) in table {
            let (a, b) = (Amount::parse(a).unwrap(), Amount::parse(b).unwrap());
            assert_eq!(a.checked_add(b).map(|sum| sum.to_string()).as_deref(), sum, "{a} + {b}");
        }
    }

    #[test]
    fn amounts_of_any_scale_are_compared_by_their_value() {
        let table = [
            ("1.50", "1.5", true),
            ("1.4999999", "1.5", false),
            ("-1", "-2", true),
            ("100000000000000000000000000000000000000", "0.01", true),
            ("0.01", "100000000000000000000000000000000000000", false),
        ];
        for (one, other, is_at_least) in table {
            let [a, b] = [one, other].map(|text| Amount::parse(text).unwrap());
            assert_eq!(a.is_at_least(b), is_at_least, "{one} {other}");
        }
    }

    #[test]
    fn only_plain_numbers_are_read() {
        for text in ["", "-", ".", "1e5", "1,000", " 1", "1 ", "--1", "0x10", "١", "1.2.3", "NaN"] {
            assert_eq!(Amount::parse(text), None, "{text:?}");
        }
        for (text, shown) in [("+7", "7"), (".5", "0.5"), ("-.5", "-0.5"), ("5.", "5"), ("-0", "0"), ("007", "7")] {
            assert_eq!(Amount::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn arrow_decimals_and_floats_keep_their_value() {
        assert_eq!(Amount::from_units(-12345, 2).unwrap().to_string(), "-123.45");
        assert_eq!(Amount::from_units(12, -3).unwrap().to_string(), "12000");
        assert_eq!(Amount::from_units(i128::MAX, -1), None);
        assert_eq!(Amount::from_f64(0.1).unwrap().to_string(), "0.1");
        assert_eq!(Amount::from_f64(1e22).unwrap().to_string(), "10000000000000000000000");
        assert_eq!(Amount::from_f64(f64::INFINITY), None);
        assert_eq!(Amount::from_f64(1e300), None);
        assert_eq!(Amount::parse("123456.789").unwrap().to_f64(), 123456.789);
    }
}
