//! Exact decimals: a whole number and how many of its digits stand behind the point.
//!
//! `1.50` is (150, 2) and keeps its zero; it compares equal to `1.5`. At most 38 digits, as in Arrow's Decimal128.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The most digits that a decimal may have, before and behind the point together.
pub const DIGITS_LIMIT: u8 = 38;

/// A decimal number, exact. Ordered and compared by value.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    mantissa: i128,
    scale: u8,
}

impl Decimal {
    /// `mantissa / 10^scale`; nothing when it has more than [`DIGITS_LIMIT`] digits.
    pub fn new(mantissa: i128, scale: u8) -> Option<Self> {
        let fits = scale <= DIGITS_LIMIT && mantissa.unsigned_abs() < power(DIGITS_LIMIT).unsigned_abs();
        fits.then_some(Self { mantissa, scale })
    }

    /// Reads `-12.50`: an optional sign, digits, optionally a point and digits. No spaces, no exponent, no grouping.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        if whole.is_empty() || fraction.len() > usize::from(DIGITS_LIMIT) {
            return None;
        }
        let size = whole.bytes().chain(fraction.bytes()).try_fold(0_i128, push_digit)?;
        let mantissa = if text.starts_with('-') { -size } else { size };
        Self::new(mantissa, u8::try_from(fraction.len()).ok()?)
    }

    /// The digits as one whole number: 150 for `1.50`.
    pub fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// How many digits stand behind the point: 2 for `1.50`.
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// How many digits stand before the point; 0 for numbers under one.
    pub fn whole_digits(self) -> u8 {
        let mut rest = (self.mantissa / power(self.scale)).unsigned_abs();
        let mut count = 0;
        while rest > 0 {
            rest /= 10;
            count += 1;
        }
        count
    }

    /// The same value with `scale` digits behind the point; nothing when digits would be lost or there is no room.
    pub fn with_scale(self, scale: u8) -> Option<Self> {
        if scale >= self.scale {
            let factor = (scale <= DIGITS_LIMIT).then(|| power(scale - self.scale))?;
            return Self::new(self.mantissa.checked_mul(factor)?, scale);
        }
        let factor = power(self.scale - scale);
        (self.mantissa % factor == 0).then_some(Self { mantissa: self.mantissa / factor, scale })
    }

    /// The exact sum, with the longer of the two scales; nothing when it has more than [`DIGITS_LIMIT`] digits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.with_scale(scale)?, other.with_scale(scale)?);
        Self::new(a.mantissa.checked_add(b.mantissa)?, scale)
    }

    /// Without zeros at the end: the form that equal values share.
    pub fn reduced(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }

    /// Whole part and fraction, the fraction in units of 10^-38 so that two of them compare.
    fn parts(self) -> (i128, i128) {
        let unit = power(self.scale);
        (self.mantissa / unit, self.mantissa % unit * power(DIGITS_LIMIT - self.scale))
    }
}

fn power(exponent: u8) -> i128 {
    10_i128.pow(u32::from(exponent.min(DIGITS_LIMIT)))
}

fn push_digit(size: i128, byte: u8) -> Option<i128> {
    let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
    size.checked_mul(10)?.checked_add(digit)
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self { mantissa: i128::from(value), scale: 0 }
    }
}

impl fmt::Display for Decimal {
    /// Plain digits that read back as the same mantissa and scale; zero has no sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) = (power(self.scale).unsigned_abs(), self.mantissa.unsigned_abs());
        let sign = if self.mantissa < 0 { "-" } else { "" };
        match self.scale {
            0 => write!(f, "{sign}{size}"),
            scale => write!(f, "{sign}{}.{:0width$}", size / unit, size % unit, width = usize::from(scale)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let reduced = self.reduced();
        (reduced.mantissa, reduced.scale).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is not a decimal"))
    }

    #[test]
    fn reads_plain_digits_only() {
        let nines = "9".repeat(38);
        for (text, shown) in [
            ("0", "0"),
            ("1.50", "1.50"),
            ("-0.007", "-0.007"),
            ("+3", "3"),
            ("007.0", "7.0"),
            ("-0.0", "0.0"),
            (&nines, &nines),
        ] {
            assert_eq!(decimal(text).to_string(), shown);
        }
        for text in ["", "-", ".", "1.", ".5", "1,5", " 1", "1e5", "--1", "1.2.3", "½", &format!("1{nines}")] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn orders_by_value_at_any_scale() {
        let nines = "9".repeat(38);
        let tiny = format!("0.{}1", "0".repeat(37));
        for (less, more) in [("-2", "-1.99"), ("-0.5", "0"), ("1.5", "1.51"), ("0", &tiny), (&tiny, &nines)] {
            assert!(decimal(less) < decimal(more), "{less} < {more}");
        }
        assert_eq!(decimal("1.5"), decimal("1.50"));
        assert_eq!(decimal("-0.0"), decimal("0"));
    }

    #[test]
    fn adds_exactly_or_says_that_it_cannot() {
        for (a, b, sum) in [("0.1", "0.2", "0.3"), ("1.50", "-2", "-0.50"), ("99", "0.001", "99.001")] {
            assert_eq!(decimal(a).checked_add(decimal(b)).unwrap().to_string(), sum);
        }
        let nines = decimal(&"9".repeat(38));
        assert!(nines.checked_add(1.into()).is_none());
        assert!(nines.with_scale(1).is_none());
        assert!(decimal("1.50").with_scale(1).is_some_and(|d| d.to_string() == "1.5"));
        assert!(decimal("1.55").with_scale(1).is_none());
        assert_eq!([decimal("0.5").whole_digits(), decimal("-120").whole_digits()], [0, 3]);
    }

    proptest! {
        #[test]
        fn shown_and_read_again_is_the_same(mantissa in any::<i64>(), scale in 0_u8..=38) {
            let made = Decimal::new(i128::from(mantissa), scale).unwrap();
            let read = decimal(&made.to_string());
            prop_assert_eq!((read.mantissa(), read.scale()), (made.mantissa(), made.scale()));
        }

        #[test]
        fn order_is_that_of_whole_numbers(a in any::<i64>(), b in any::<i64>(), scale in 0_u8..=18, more in 0_u8..=18) {
            let left = Decimal::new(i128::from(a), scale).unwrap();
            let right = Decimal::new(i128::from(b), scale).unwrap();
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
            prop_assert_eq!(left.with_scale(scale + more).unwrap_or(left), left);
        }
    }
}
