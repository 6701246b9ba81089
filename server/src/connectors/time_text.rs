//! Days and microseconds since 1970, and their ISO 8601 texts.
//!
//! The calendar is the proleptic Gregorian one; the arithmetic is Howard Hinnant's "chrono-Compatible Low-Level Date
//! Algorithms" (`days_from_civil`, `civil_from_days`), in eras of 400 years.

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// `2026-09-30` of days since 1970-01-01.
pub(super) fn date(days: i32) -> String {
    let (year, month, day) = civil(i64::from(days));
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-09-30T12:00:00`, with a fraction only where there is one.
pub(super) fn local_time(micros: i64) -> String {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    let (year, month, day) = civil(seconds.div_euclid(SECONDS_PER_DAY));
    let time = seconds.rem_euclid(SECONDS_PER_DAY);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    match micros.rem_euclid(MICROS_PER_SECOND) {
        0 => text,
        fraction => text + format!(".{fraction:06}").trim_end_matches('0'),
    }
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

/// Reads `2026-09-30`.
pub(super) fn read_date(text: &str) -> Option<i32> {
    let (date, rest) = split_date(text.as_bytes())?;
    rest.is_empty().then(|| i32::try_from(date).ok())?
}

/// Reads `2026-09-30T12:00:00.5`, with a space instead of the `T` if need be and without seconds if need be. Digits
/// behind the microseconds must be zeros.
pub(super) fn read_local_time(text: &str) -> Option<i64> {
    let (micros, rest) = split_time(text.as_bytes())?;
    rest.is_empty().then_some(micros)
}

/// Reads a local time with `Z` or an offset behind it; one without either is taken as UTC.
pub(super) fn read_instant(text: &str) -> Option<i64> {
    let Some((micros, rest)) = split_time(text.as_bytes()) else {
        return i64::from(read_date(text)?).checked_mul(SECONDS_PER_DAY * MICROS_PER_SECOND);
    };
    let offset_seconds = match rest {
        [] | b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), offset @ ..] => {
            let seconds = read_offset(offset)?;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    micros.checked_sub(offset_seconds * MICROS_PER_SECOND)
}

/// `02`, `0230` or `02:30`, in seconds.
fn read_offset(text: &[u8]) -> Option<i64> {
    let (hours, rest) = number::<2>(text)?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { number::<2>(rest)? };
    (hours < 24 && minutes < 60 && rest.is_empty()).then_some(hours * 3600 + minutes * 60)
}

fn split_date(text: &[u8]) -> Option<(i64, &[u8])> {
    let (year, rest) = number::<4>(text)?;
    let (month, rest) = number::<2>(rest.strip_prefix(b"-")?)?;
    let (day, rest) = number::<2>(rest.strip_prefix(b"-")?)?;
    let date = days(year, month, day);
    // A day that does not exist comes back as another one.
    ((1..=12).contains(&month) && civil(date) == (year, month, day)).then_some((date, rest))
}

fn split_time(text: &[u8]) -> Option<(i64, &[u8])> {
    let (date, rest) = split_date(text)?;
    let rest = rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b" "))?;
    let (hour, rest) = number::<2>(rest)?;
    let (minute, rest) = number::<2>(rest.strip_prefix(b":")?)?;
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => number::<2>(rest)?,
        None => (0, rest),
    };
    let (fraction, rest) = match rest.strip_prefix(b".") {
        Some(rest) => read_fraction(rest)?,
        None => (0, rest),
    };
    let seconds = date * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    (hour < 24 && minute < 60 && second < 60).then_some((seconds * MICROS_PER_SECOND + fraction, rest))
}

fn read_fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(length)?;
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10 + digits.get(place).map_or(0, |byte| i64::from(byte - b'0'));
    }
    let lost = digits.iter().skip(6).any(|byte| *byte != b'0');
    (length > 0 && !lost).then_some((micros, rest))
}

/// Exactly `N` digits.
fn number<const N: usize>(text: &[u8]) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<N>()?;
    let value = digits.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')));
    Some((value?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_many_eras_comes_back() {
        for day in (-800_000..3_000_000).step_by(7) {
            let text = date(day);
            let expected = (text.len() == 10 && !text.starts_with('-')).then_some(day);
            assert_eq!(read_date(&text), expected, "{text}");
        }
        assert_eq!([date(0), date(-1), date(20_726)], ["1970-01-01", "1969-12-31", "2026-09-30"]);
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        let noon = 20_726 * 86_400_000_000 + 12 * 3_600_000_000;
        for (text, local, instant) in [
            ("2026-09-30T12:00:00", Some(noon), Some(noon)),
            ("2026-09-30 12:00", Some(noon), Some(noon)),
            ("2026-09-30 12:00:00.000001", Some(noon + 1), Some(noon + 1)),
            ("2026-09-30T12:00:00.0000010", Some(noon + 1), Some(noon + 1)),
            ("2026-09-30T12:00:00.0000001", None, None),
            ("2026-09-30T12:00:00Z", None, Some(noon)),
            ("2026-09-30T14:00:00+02:00", None, Some(noon)),
            ("2026-09-30T11:30:00-0030", None, Some(noon)),
            ("2026-09-31T12:00:00", None, None),
            ("2026-09-30T24:00:00", None, None),
            ("2026-09-30T12:00:00.", None, None),
            ("30.09.2026", None, None),
        ] {
            assert_eq!((read_local_time(text), read_instant(text)), (local, instant), "{text}");
        }
    }

    #[test]
    fn a_fraction_is_written_only_where_there_is_one() {
        assert_eq!(local_time(0), "1970-01-01T00:00:00");
        assert_eq!(local_time(-1), "1969-12-31T23:59:59.999999");
        assert_eq!(local_time(500_000), "1970-01-01T00:00:00.5");
    }
}
