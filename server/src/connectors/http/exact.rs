//! Numbers of JSON digit by digit: which of them a binary number gives back, so that none is rounded unseen.
//!
//! What reads JSON makes a binary floating-point number of whatever is no whole number of 64 bits. [`kept`] puts those
//! that would come back as another number between quotes, so that their digits reach the column as text; there [`whole`],
//! [`plain`] and [`float`] read them, or leave them as they are where they do not fit.

use std::borrow::Cow;

use serde_json::Number;

use super::walk::text_end;
use crate::intake::kinds::float_text;

/// No number with more digits than this is written out; a decimal has 38.
const MOST_DIGITS: usize = 80;
/// So many characters without an exponent are at most fifteen digits, which every binary number gives back.
const SHORT: usize = 15;
/// With so many digits a binary number is told from every other one.
const WHOLE: usize = 17;

/// A number: its digits without zeros at either end, times a power of ten.
#[derive(Debug, PartialEq, Eq)]
struct Exact {
    is_negative: bool,
    digits: String,
    power: i64,
}

impl Exact {
    /// Reads `-12.50e3`; nothing of what is no number.
    fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (number, power) = match unsigned.split_once(['e', 'E']) {
            Some((number, power)) => (number, power.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all = format!("{whole}{fraction}");
        if whole.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = all.trim_end_matches('0');
        let behind = i64::try_from(fraction.len()).ok()?;
        let zeros = i64::try_from(all.len() - digits.len()).ok()?;
        let power = power.checked_sub(behind)?.checked_add(zeros)?;
        let digits = digits.trim_start_matches('0').to_owned();
        let is_negative = text.starts_with('-');
        Some(if digits.is_empty() {
            Self { is_negative, digits, power: 0 }
        } else {
            Self { is_negative, digits, power }
        })
    }

    /// Plain digits without an exponent, where they are not too many.
    fn plain(&self) -> Option<String> {
        let Self { is_negative, digits, power } = self;
        let size = usize::try_from(power.unsigned_abs()).ok().filter(|size| size + digits.len() <= MOST_DIGITS)?;
        let sign = if *is_negative && !digits.is_empty() { "-" } else { "" };
        if digits.is_empty() {
            return Some("0".to_owned());
        }
        if *power >= 0 {
            return Some(format!("{sign}{digits}{}", "0".repeat(size)));
        }
        let padded = format!("{digits:0>width$}", width = size + 1);
        let (whole, fraction) = padded.split_at_checked(padded.len() - size)?;
        Some(format!("{sign}{whole}.{fraction}"))
    }
}

/// A number without an exponent and without zeros at its end: `12.5` of `1.250e1`.
pub(super) fn plain(text: &str) -> Option<String> {
    Exact::parse(text)?.plain()
}

/// A whole number, however it is written: 5 of `5.0` and of `5`.
pub(super) fn whole(text: &str) -> Option<i64> {
    plain(text)?.parse().ok()
}

/// A binary number that stands for exactly this text: the nearest one, written again, is the same number, at once or with
/// as many digits behind the point as there are.
pub(super) fn float(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    let exact = Exact::parse(text)?;
    if Exact::parse(&float_text(value))? == exact {
        return Some(value);
    }
    let behind = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let is_long = exact.digits.len() >= WHOLE && behind <= MOST_DIGITS;
    (is_long && format!("{value:.behind$}") == text).then_some(value)
}

/// Whether whatever reads JSON keeps every digit of this number.
fn is_kept(literal: &str) -> bool {
    let has_power = literal.contains(['e', 'E']);
    if !has_power && literal.len() <= SHORT {
        return true;
    }
    if !has_power && !literal.contains('.') {
        return literal.parse::<i64>().is_ok() || literal.parse::<u64>().is_ok();
    }
    let Some(exact) = Exact::parse(literal) else { return false };
    let nearest = literal.parse().ok().filter(|value: &f64| value.is_finite());
    nearest.is_some_and(|value| {
        // Two numbers of sixteen digits may be equally near; the library and ours write a different one of them.
        let library = Number::from_f64(value).map(|number| number.to_string());
        let ours = float_text(value);
        [library, Some(ours)].iter().all(|again| again.as_deref().and_then(Exact::parse).as_ref() == Some(&exact))
    })
}

/// The same JSON, and between quotes every number that would not be kept. The text must be valid JSON.
pub(super) fn kept(text: &str) -> Cow<'_, str> {
    let mut made: Option<String> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        at = match byte {
            b'"' => text_end(text, at),
            b'-' | b'0'..=b'9' => {
                let rest = text.as_bytes().get(at..).unwrap_or_default();
                let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                let end = at + rest.iter().take_while(is_part).count();
                let literal = text.get(at..end).unwrap_or_default();
                if !is_kept(literal) {
                    let made = made.get_or_insert_default();
                    made.push_str(text.get(copied..at).unwrap_or_default());
                    made.extend(["\"", literal, "\""]);
                    copied = end;
                }
                end
            }
            _ => at + 1,
        };
    }
    match made {
        None => Cow::Borrowed(text),
        Some(mut made) => {
            made.push_str(text.get(copied..).unwrap_or_default());
            Cow::Owned(made)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_come_back_stay_numbers_and_the_others_become_text() {
        let stays = "0 -0 7 -7 1.5 1.50 0.1 -0.25 1e3 1E+3 -2.5e-7 123456.789 59.91386880000001 1e22 5e-324 \
            9223372036854775807 -9223372036854775808 9223372036854775808 18446744073709551615 1.7976931348623157e308";
        for literal in stays.split_whitespace() {
            assert_eq!(kept(literal), literal);
        }
        let changes = "12345678901234567890123 18446744073709551616 -9223372036854775809 12345678901234567.89 \
            -12345678901234567.89 0.10000000000000000001 1e400 -1e400 1e-400 9007199254740993.0 1.00000000000000000001e5 \
            1e99999999999999999999";
        for literal in changes.split_whitespace() {
            assert_eq!(kept(literal), format!("\"{literal}\""));
        }
        let text = "{\"1e400\":[1e400,\"\\\"1e400\",2],\"æ\":18446744073709551616}";
        assert_eq!(
            kept(text),
            "{\"1e400\":[\"1e400\",\"\\\"1e400\",2],\"æ\":\"18446744073709551616\"}",
            "texts stay as they are"
        );
    }

    #[test]
    fn what_is_kept_is_what_the_reader_of_json_gives_back() {
        let numbers =
            (-400..400).flat_map(|power| ["1", "9.007199254740993", "-123456789.25"].map(|n| format!("{n}e{power}")));
        let mut quoted = 0;
        for literal in numbers {
            match serde_json::from_str(&kept(&literal)).expect("valid, even where no number holds it") {
                serde_json::Value::Number(number) => {
                    assert_eq!(Exact::parse(&number.to_string()), Exact::parse(&literal), "{literal}");
                }
                _ => quoted += 1,
            }
        }
        assert!(quoted > 200, "{quoted}");
    }

    #[test]
    fn digits_are_written_out_whole_or_not_at_all() {
        for (text, expected) in [
            ("1.250e1", Some("12.5")),
            ("-12e-4", Some("-0.0012")),
            ("1e17", Some("100000000000000000")),
            ("0e5", Some("0")),
            ("-0.0", Some("0")),
            ("1e79", Some(&*format!("1{}", "0".repeat(79)))),
            ("1e80", None),
            ("1e-400", None),
            ("1.", Some("1")),
            (".5", None),
            ("1e", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(plain(text).as_deref(), expected, "{text}");
        }
        assert_eq!(
            (whole("5.0"), whole("5.5"), whole("9223372036854775808"), whole("-1e18")),
            (Some(5), None, None, Some(-10_i64.pow(18)))
        );
        for (text, expected) in [
            ("0.1", Some(0.1)),
            ("3.14159265358979311600", Some(std::f64::consts::PI)),
            ("9223372036854775808", Some(9_223_372_036_854_775_808.0)),
            ("9007199254740993", None),
            ("900719925474099.3", Some(900_719_925_474_099.3)),
            ("900719925474099.2", None),
            ("12345678901234567.89", None),
            ("1e400", None),
            ("inf", None),
            ("NaN", None),
        ] {
            assert_eq!(float(text), expected, "{text}");
        }
    }
}
