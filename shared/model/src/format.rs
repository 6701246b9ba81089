//! How the values of a property are written on screens. In files they are always written as they are.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// The digits as they are, for a number that names or dates something: the year 2019. It is never summed.
    Plain,
    /// Digits in groups of three: 1,234. What a number has by itself, unless it names something.
    Grouped,
    /// A share of one as a percentage: 0.125 is 12.5 %. It is never summed.
    Percent,
    /// The day of a moment, without the time of day.
    Day,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Grouped, Self::Percent, Self::Day];

    /// Its name, as in configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Grouped => "grouped",
            Self::Percent => "percent",
            Self::Day => "day",
        }
    }

    /// Whether values of this kind can be written so.
    pub const fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Plain | Self::Grouped => kind.is_number(),
            Self::Percent => matches!(kind, Kind::Decimal | Kind::Float),
            Self::Day => matches!(kind, Kind::Instant | Kind::LocalTime),
        }
    }

    /// Whether a sum of such numbers would be a fact: years and shares have none.
    pub const fn has_sum(self) -> bool {
        matches!(self, Self::Grouped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_called_in_text_as_in_code_and_fits_some_kind() {
        for format in Format::ALL {
            assert_eq!(serde_json::to_value(format).expect("JSON"), format.name());
            assert!(Kind::ALL.into_iter().any(|kind| format.fits(kind)), "{format:?}");
            assert!(!format.fits(Kind::Text) && !format.fits(Kind::Date), "{format:?}");
        }
    }
}
