//! `numeric` from its binary form: digits to the base 10,000, most significant first.
//!
//! Source: `numeric_send` in PostgreSQL's `src/backend/utils/adt/numeric.c`: four 16-bit numbers (how many digits, the
//! weight of the first, the sign, the digits shown behind the point), then the digits.

use crate::connectors::cell::{Cell, Decimal};

const NEGATIVE: u16 = 0x4000;
const POSITIVE: u16 = 0;

/// The value; infinities, not-a-number and more than 38 digits are unreadable.
pub(super) fn read(wire: &[u8]) -> Cell<'static> {
    decimal(wire).map_or(Cell::Unreadable, Cell::Decimal)
}

fn decimal(wire: &[u8]) -> Option<Decimal> {
    let (head, digits) = wire.split_first_chunk::<8>()?;
    let [a, b, c, d, e, f, g, h] = *head;
    let (count, weight) = (usize::from(u16::from_be_bytes([a, b])), i16::from_be_bytes([c, d]));
    let (sign, shown) = (u16::from_be_bytes([e, f]), i32::from(u16::from_be_bytes([g, h])));
    if digits.len() != count * 2 || !matches!(sign, POSITIVE | NEGATIVE) {
        return None;
    }
    let (size, last) = match small(digits) {
        Some(size) => (i128::from(size), count),
        None => (large(digits)?, count),
    };
    // The last digit stands for 10,000 to this power.
    let place = i32::from(weight) - i32::try_from(last).ok()? + 1;
    let mantissa = if sign == NEGATIVE { -size } else { size };
    as_shown(mantissa, -4 * place, shown)
}

/// Up to four digits fit a machine word, and most numbers have no more.
fn small(digits: &[u8]) -> Option<i64> {
    (digits.len() <= 8).then(|| digits.chunks_exact(2).fold(0, |sum, pair| sum * 10_000 + digit(pair)))
}

fn large(digits: &[u8]) -> Option<i128> {
    let mut pairs = digits.chunks_exact(2).map(|pair| i128::from(digit(pair)));
    pairs.try_fold(0_i128, |sum, digit| sum.checked_mul(10_000)?.checked_add(digit))
}

fn digit(pair: &[u8]) -> i64 {
    if let [high, low] = pair { i64::from(u16::from_be_bytes([*high, *low])) } else { 0 }
}

/// The value with as many digits behind the point as the database shows.
fn as_shown(mantissa: i128, scale: i32, shown: i32) -> Option<Decimal> {
    // Zeros that fill the last digit to the base 10,000 go; those that the database shows and does not send come.
    match (i64::try_from(mantissa), u32::try_from(scale - shown)) {
        (Ok(small), Ok(surplus @ 0..=3)) => Decimal::shifted(i128::from(small / 10_i64.pow(surplus)), shown),
        (_, Ok(surplus)) => Decimal::shifted(mantissa / 10_i128.checked_pow(surplus)?, shown),
        (_, Err(_)) => {
            let missing = u32::try_from(shown - scale).ok()?;
            Decimal::shifted(mantissa.checked_mul(10_i128.checked_pow(missing)?)?, shown)
        }
    }
}

/// The scale of a `numeric` column, by its type modifier; nothing when it has none.
pub(super) fn scale(modifier: i32) -> Option<i32> {
    // Eleven bits with a sign since PostgreSQL 15; the same bits before, never negative.
    (modifier >= 4).then(|| (((modifier - 4) & 0x7ff) ^ 1_024) - 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(weight: i16, sign: u16, shown: u16, digits: &[u16]) -> Vec<u8> {
        let count = u16::try_from(digits.len()).expect("few digits");
        let head = [count.to_be_bytes(), weight.to_be_bytes(), sign.to_be_bytes(), shown.to_be_bytes()].concat();
        digits.iter().fold(head, |bytes, digit| [bytes, digit.to_be_bytes().to_vec()].concat())
    }

    #[test]
    fn digits_to_the_base_ten_thousand_become_a_decimal() {
        for (bytes, expected) in [
            (wire(0, 0, 2, &[]), Some("0.00")),
            (wire(0, 0, 2, &[12, 5_000]), Some("12.50")),
            (wire(1, NEGATIVE, 0, &[1]), Some("-10000")),
            (wire(-1, 0, 4, &[1]), Some("0.0001")),
            (wire(-3, 0, 10, &[5_100]), Some("0.0000000051")),
            (wire(4, 0, 2, &[1, 2, 3, 4, 5, 6_700]), Some("10002000300040005.67")),
            (wire(0, 0xc000, 0, &[]), None),
            (wire(0, 0xd000, 0, &[]), None),
            (wire(20, 0, 0, &[1]), None),
            (vec![0, 9], None),
            (vec![0, 9, 0, 0, 0, 0, 0, 0, 1], None),
        ] {
            let text = decimal(&bytes).map(Decimal::text);
            assert_eq!(text.as_deref(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_modifier_says_the_scale() {
        let modifier = |precision: i32, scale: i32| ((precision << 16) | (scale & 0x7ff)) + 4;
        assert_eq!(scale(-1), None);
        assert_eq!(
            [scale(modifier(14, 2)), scale(modifier(38, 0)), scale(modifier(5, -3))],
            [Some(2), Some(0), Some(-3)]
        );
    }
}
