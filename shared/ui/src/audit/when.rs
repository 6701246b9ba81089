//! Of which time entries are looked for. Everything is in UTC, as in the log.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

const DAY_SECS: i64 = 24 * 60 * 60;

/// Of which time entries are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Of the last days, today among them.
    Days(u8),
    /// Of whatever time.
    Ever,
    /// From one moment on and before another, in RFC 3339; none does not narrow.
    Between(Option<String>, Option<String>),
}

impl When {
    /// From which moment on, and before which; nothing is narrowed where nobody knows what time it is.
    pub(super) fn bounds(self, now_secs: Option<i64>) -> (Option<String>, Option<String>) {
        match self {
            Self::Ever => (None, None),
            Self::Between(from, until) => (from, until),
            Self::Days(days) => {
                let first = |now: i64| (now.div_euclid(DAY_SECS) + 1 - i64::from(days)) * DAY_SECS;
                let from = now_secs.and_then(|now| Timestamp::from_second(first(now)).ok());
                (from.map(|from| from.to_string()), None)
            }
        }
    }
}

/// A text that is no day and no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMoment;

/// Day and time as they were typed, in RFC 3339: `2026-11-20`, `2026-11-20 10:00`. A day alone begins at midnight; as the
/// end of a time (`to_its_end`) it ends at the next. An empty text is no moment.
pub fn moment(typed: &str, to_its_end: bool) -> Result<Option<String>, NoMoment> {
    let typed = typed.trim().trim_end_matches('Z');
    if typed.is_empty() {
        return Ok(None);
    }
    let at = match typed.parse::<Date>() {
        Ok(day) if !typed.contains(':') => {
            let day = if to_its_end { day.tomorrow().map_err(|_| NoMoment)? } else { day };
            day.at(0, 0, 0, 0)
        }
        _ => typed.parse::<DateTime>().map_err(|_| NoMoment)?,
    };
    at.to_zoned(TimeZone::UTC).map(|at| Some(at.timestamp().to_string())).map_err(|_| NoMoment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_becomes_a_moment_or_is_told_to_be_none() {
        let table = [
            ("2026-11-20", false, Ok(Some("2026-11-20T00:00:00Z"))),
            ("2026-11-20", true, Ok(Some("2026-11-21T00:00:00Z"))),
            (" 2026-11-20 10:05 ", false, Ok(Some("2026-11-20T10:05:00Z"))),
            ("2026-11-20T10:05:09Z", true, Ok(Some("2026-11-20T10:05:09Z"))),
            ("", true, Ok(None)),
            ("yesterday", false, Err(NoMoment)),
            ("2026-13-01", false, Err(NoMoment)),
        ];
        for (typed, to_its_end, expected) in table {
            let expected = expected.map(|text| text.map(str::to_owned));
            assert_eq!(moment(typed, to_its_end), expected, "{typed}");
        }
    }

    #[test]
    fn today_begins_at_midnight_and_seven_days_are_today_and_the_six_before() {
        let now = Some(1_795_170_600); // 2026-11-20T10:30:00Z
        assert_eq!(When::Days(1).bounds(now), (Some("2026-11-20T00:00:00Z".to_owned()), None));
        assert_eq!(When::Days(7).bounds(now), (Some("2026-11-14T00:00:00Z".to_owned()), None));
        assert_eq!(When::Days(7).bounds(None), (None, None));
        assert_eq!(When::Ever.bounds(now), (None, None));
    }
}
