//! Counts, exact decimals, sizes and durations as people of the language write them.

use super::{Language, Word, Words};
use crate::table::Marks;

impl Words {
    /// A whole number in groups of three: "1,203", "1 203".
    pub fn count(self, number: u64) -> String {
        group(&number.to_string(), self.group_mark())
    }

    /// "1,203" or, where it is only a lower bound, "1,203+".
    pub fn count_at_least(self, number: u64, exact: bool) -> String {
        let plus = if exact { "" } else { "+" };
        format!("{}{plus}", self.count(number))
    }

    /// An exact decimal ("-480000.5") in groups and with at least two decimals; digits are never cut or rounded.
    /// Text that is no plain decimal comes back unchanged.
    pub fn amount(self, decimal: &str) -> String {
        let (sign, digits) = match decimal.strip_prefix('-') {
            Some(rest) => ("−", rest),
            None => ("", decimal),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(part) {
            return decimal.to_owned();
        }
        format!("{sign}{}{}{part:0<2}", group(whole, self.group_mark()), self.decimal_mark())
    }

    /// How the cells of a table write numbers, yes and no.
    pub fn marks(self) -> Marks {
        let (yes, no) = (self.t(Word::Yes), self.t(Word::No));
        Marks { group: self.group_mark(), decimal: self.decimal_mark(), yes, no }
    }

    /// A number as somebody typed it, without groups and with a point: "50,000.5", "50 000,5". Text that is no number
    /// comes back without its spaces.
    pub fn canonical_number(self, typed: &str) -> String {
        let spaces = |letter: &char| !letter.is_whitespace();
        let text: String = typed.chars().filter(spaces).collect::<String>().replace('−', "-");
        match self.language {
            Language::English => text.replace(',', ""),
            Language::Norwegian => text.replace(',', "."),
        }
    }

    /// A sum in few letters, for a label: "18.2M", "18,2 mill.".
    pub fn short_sum(self, sum: f64) -> String {
        let units = match self.language {
            Language::English => ["bn", "M", "k"],
            Language::Norwegian => ["\u{a0}mrd.", "\u{a0}mill.", "k"],
        };
        for (least, unit) in [1e9, 1e6, 1e3].into_iter().zip(units) {
            // Four digits are read as easily as written with a unit.
            if sum.abs() >= least && sum.abs() >= 1e4 {
                let value = sum / least;
                let digits = usize::from(value.abs() < 100.0);
                return format!("{value:.digits$}").replace('.', self.decimal_mark()) + unit;
            }
        }
        format!("{sum:.0}")
    }

    /// A size in decimal units with one decimal from kilobytes on: "812 B", "1.4 MB".
    pub fn bytes(self, bytes: u64) -> String {
        const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
        if bytes < 1_000 {
            return format!("{bytes} B");
        }
        let mut value = bytes as f64 / 1_000.0;
        let mut unit = "kB";
        for larger in UNITS.into_iter().skip(1) {
            if value < 1_000.0 {
                break;
            }
            value /= 1_000.0;
            unit = larger;
        }
        format!("{} {unit}", self.one_decimal(value))
    }

    /// A duration: "350 ms", "2.1 s", "3 min 20 s", "2 h 5 min".
    pub fn duration_ms(self, millis: u64) -> String {
        let secs = millis / 1_000;
        let (hour, minute) = match self.language {
            Language::English => ("h", "min"),
            Language::Norwegian => ("t", "min"),
        };
        match secs {
            0 => format!("{millis} ms"),
            1..60 => format!("{} s", self.one_decimal(millis as f64 / 1_000.0)),
            60..3_600 => format!("{} {minute} {} s", secs / 60, secs % 60),
            _ => format!("{} {hour} {} {minute}", self.count(secs / 3_600), secs % 3_600 / 60),
        }
    }

    /// A share between 0 and 1 as whole per cent, never saying 100 % before everything is there.
    pub fn per_cent(self, share: f32) -> String {
        let shown = (share.clamp(0.0, 1.0) * 100.0).floor();
        match self.language {
            Language::English => format!("{shown}%"),
            Language::Norwegian => format!("{shown}\u{a0}%"),
        }
    }

    fn one_decimal(self, value: f64) -> String {
        // Cut, not rounded: 59.99 s must not read as 60.0 s.
        let tenths = (value * 10.0).floor() / 10.0;
        format!("{tenths:.1}").replace('.', self.decimal_mark())
    }

    fn group_mark(self) -> &'static str {
        match self.language {
            Language::English => ",",
            Language::Norwegian => "\u{a0}",
        }
    }

    fn decimal_mark(self) -> &'static str {
        match self.language {
            Language::English => ".",
            Language::Norwegian => ",",
        }
    }
}

fn group(digits: &str, mark: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push_str(mark);
        }
        out.push(digit);
    }
    out
}
