//! The first of two passes over a file: do the guessed kinds hold for every value, and how wide are the numbers?

use std::borrow::Cow;

use model::kind::Kind;
use model::suggest::is_naming;

use super::cell::meant;
use super::distinct::Distinct;
use super::kinds::{self, Stored};
use super::layout::{Column, Layout};
use super::problems::Refusal;
use super::records::{Record, Records, excerpt};
use crate::decimal::{DIGITS_LIMIT, Decimal};

/// The most columns that get an index: of a million rows, one takes a second for numbers in order and four for random
/// ones.
const MOST_INDEXES: usize = 2;

/// A guess that did not hold for the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenWay {
    /// The kind that was guessed.
    pub guessed: Kind,
    /// The first line with a value that would not have survived it.
    pub line: u64,
    /// How that value begins.
    pub excerpt: String,
}

/// What the whole file says about one column.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) kind: Kind,
    pub(super) given_way: Option<GivenWay>,
    whole_digits: u8,
    /// Behind the point, or of the fraction of a second; the most in the column.
    pub(super) digits: u8,
    /// Whether every cell is filled and no two are alike.
    pub(super) names_rows: bool,
}

impl Finding {
    fn new(column: &Column) -> Self {
        Self { kind: column.kind, given_way: None, whole_digits: 0, digits: 0, names_rows: false }
    }

    /// The declared type, with digits where they matter: `DECIMAL_TEXT(38,2)`, `INSTANT(3)`, `TEXT NOT NULL UNIQUE`.
    pub(super) fn declared(&self) -> String {
        let name = kinds::declared(self.kind);
        match (self.kind, self.digits) {
            _ if self.names_rows => format!("{name} NOT NULL UNIQUE"),
            (Kind::Decimal, scale) => format!("{name}({DIGITS_LIMIT},{scale})"),
            (Kind::Instant | Kind::LocalTime, digits @ 1..) => format!("{name}({digits})"),
            _ => name.to_owned(),
        }
    }

    fn see(&mut self, column: &Column, line: u64, text: &str) {
        if column.chosen {
            self.measure(column, text);
            return;
        }
        if !kinds::round_trips(self.kind, text) {
            // Whole numbers are decimals, too: `7` among `7.5`.
            let wider = self.kind == Kind::Integer && kinds::round_trips(Kind::Decimal, text);
            self.give_way(if wider { Kind::Decimal } else { Kind::Text }, line, text);
        }
        self.measure(column, text);
        if self.whole_digits + self.digits.min(DIGITS_LIMIT) > DIGITS_LIMIT && self.kind == Kind::Decimal {
            self.give_way(Kind::Text, line, text);
        }
    }

    fn give_way(&mut self, kind: Kind, line: u64, text: &str) {
        let guessed = self.given_way.as_ref().map_or(self.kind, |earlier| earlier.guessed);
        self.given_way = Some(GivenWay { guessed, line, excerpt: excerpt(text.as_bytes()) });
        self.kind = kind;
    }

    fn measure(&mut self, column: &Column, text: &str) {
        match self.kind {
            Kind::Decimal | Kind::Integer => {
                let value = match kinds::read(Kind::Decimal, text, column.reading, 0) {
                    Some(Stored::Made(digits)) => Decimal::parse(&digits),
                    _ => None,
                };
                let Some(value) = value else { return };
                self.whole_digits = self.whole_digits.max(value.whole_digits());
                self.digits = self.digits.max(value.scale());
            }
            Kind::Instant | Kind::LocalTime => {
                self.digits = self.digits.max(kinds::fraction_digits(text).min(kinds::FRACTION_DIGITS));
            }
            _ => {}
        }
    }
}

/// Reads all rows once.
pub(super) fn survey<R: std::io::Read>(mut records: Records<R>, layout: &Layout) -> Result<Vec<Finding>, Refusal> {
    let mut findings: Vec<_> = layout.columns.iter().map(Finding::new).collect();
    let mut distinct = Distinct::new(findings.len());
    while let Some(record) = records.next_of_width(layout.columns.len())? {
        let Record::Row(row) = record else { continue };
        for (place, ((finding, column), text)) in findings.iter_mut().zip(&layout.columns).zip(row.cells()).enumerate()
        {
            let is_followed = distinct.follows(place);
            if finding.kind == Kind::Text && !is_followed {
                continue;
            }
            let text = meant(column, text, layout.trim);
            if is_followed {
                distinct.see(place, text.and_then(|text| as_key(column, text)).as_deref());
            }
            if let (Some(text), true) = (text, finding.kind != Kind::Text) {
                finding.see(column, row.line, text);
            }
        }
    }
    let may = |place: usize| findings.get(place).is_some_and(|found| matches!(found.kind, Kind::Text | Kind::Integer));
    let mut found = distinct.found(may);
    // Those that are called like an id first.
    found.sort_by_key(|place| !layout.columns.get(*place).is_some_and(|column| is_naming(&column.name)));
    for place in found.into_iter().take(MOST_INDEXES) {
        if let Some(finding) = findings.get_mut(place) {
            finding.names_rows = true;
        }
    }
    Ok(findings)
}

/// What tells a value from others once it is read. A guessed kind keeps texts that differ apart; a chosen one may not.
fn as_key<'a>(column: &Column, text: &'a str) -> Option<Cow<'a, str>> {
    match column.kind {
        Kind::Integer if column.chosen => match kinds::read(Kind::Integer, text, column.reading, 0)? {
            Stored::Integer(number) => Some(number.to_string().into()),
            _ => None,
        },
        _ => Some(text.into()),
    }
}
