//! Dates: ISO in tables, the language's own way in prose.

use super::{Language, Words};
use jiff::civil::{Date, DateTime};

const MONTHS_ENGLISH: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTHS_NORWEGIAN: [&str; 12] =
    ["jan.", "feb.", "mars", "apr.", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."];

impl Words {
    /// "2019-03-14", the same in every language.
    pub fn iso_date(self, date: Date) -> String {
        date.to_string()
    }

    /// "2024-03-14 09:12"; seconds are added only where there are any.
    pub fn iso_minute(self, at: DateTime) -> String {
        let minute = format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute());
        if at.second() == 0 { minute } else { format!("{minute}:{:02}", at.second()) }
    }

    /// "14 Mar 2019", "14. mars 2019".
    pub fn long_date(self, date: Date) -> String {
        let number = usize::try_from(date.month() - 1).unwrap_or(0);
        let (months, dot) = match self.language {
            Language::English => (&MONTHS_ENGLISH, ""),
            Language::Norwegian => (&MONTHS_NORWEGIAN, "."),
        };
        let month = months.get(number).copied().unwrap_or("");
        format!("{}{dot} {month} {}", date.day(), date.year())
    }

    /// The time of day, "10:42".
    pub fn clock_time(self, at: DateTime) -> String {
        format!("{:02}:{:02}", at.hour(), at.minute())
    }
}
