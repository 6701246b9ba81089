//! How a graph looks: rules in order. Of all that say something about one thing, the first that applies decides.

use access::{LinkTypeId, ObjectTypeId, PropertyId};
use serde::{Deserialize, Serialize};

use crate::Kind;
use crate::query::Test;

/// The most rules of one graph.
pub const MOST_RULES: usize = 50;
/// The most bytes of a value that a rule compares with, and of the name of an icon.
pub const LONGEST_TEXT: usize = 500;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What it is about.
    pub of: Of,
    /// To which of them it applies; to all of them if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What it says.
    pub says: Says,
}

/// What a rule is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Of {
    /// Objects of this type, or all.
    Objects(Option<ObjectTypeId>),
    /// Links of this type, or all.
    Links(Option<LinkTypeId>),
}

/// A test of something that is known of an object or link. What is not known passes no test but `Empty` and `Differs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What is looked at.
    pub by: By,
    /// What must hold.
    pub test: Test,
}

/// Something that is known of an object or link.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum By {
    /// The value of a property of an object.
    Property(PropertyId),
    /// A measure of an object.
    Measure(Measuring),
    /// The type of an object or link.
    Type,
    /// How many rows stand behind a link.
    Rows,
    /// The sum of a link's amounts.
    Sum,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Says {
    /// This colour, by its number among the colours of types; larger ones begin again.
    Colour(u8),
    /// A colour for each of the values that occur most, or for numbers from the smallest to the largest.
    ColourBy(By),
    /// So much larger than usual, in steps; 0 is the usual size.
    Size(u8),
    /// The larger the number, the larger.
    SizeBy(By),
    /// This icon, by its name.
    Icon(String),
    /// What stands below it.
    Label(By),
}

/// What can be measured of the objects of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Links at the object.
    #[default]
    Links,
    /// Links that lead to it.
    LinksIn,
    /// Links that lead from it.
    LinksOut,
    /// How often who follows links at random comes by.
    PageRank,
    /// On how many of the shortest ways between others it lies.
    Betweenness,
    /// How near all others are.
    Closeness,
    /// The same, where not all can be reached.
    Harmonic,
    /// How deep in a dense part it lies.
    Core,
    /// How many of its neighbours are linked with each other.
    Clustering,
    /// To which community it belongs.
    Community,
    /// To which connected part it belongs.
    Part,
    /// Whether others would fall apart without it.
    Cut,
}

impl Measure {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 12] = [
        Self::Links,
        Self::LinksIn,
        Self::LinksOut,
        Self::Betweenness,
        Self::PageRank,
        Self::Closeness,
        Self::Harmonic,
        Self::Core,
        Self::Clustering,
        Self::Community,
        Self::Part,
        Self::Cut,
    ];

    /// Whether its numbers name groups, and are not more or less.
    pub fn is_group(self) -> bool {
        matches!(self, Self::Community | Self::Part | Self::Cut)
    }
}

/// A measure, and how it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measuring {
    /// What is measured.
    pub measure: Measure,
    /// Whether links count in their direction only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub directed: bool,
    /// Whether a link counts as often as there are rows behind it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_rows: bool,
    /// For communities, the resolution in hundredths; none for 1. The higher, the more and the smaller they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<u16>,
}

impl Measuring {
    /// A measure with nothing further said.
    pub fn of(measure: Measure) -> Self {
        Self { measure, ..Self::default() }
    }

    /// The resolution of communities.
    pub fn resolution(&self) -> f64 {
        self.resolution.map_or(1.0, |hundredths| f64::from(hundredths) / 100.0)
    }
}

impl Rule {
    /// What it says its thing by, and asks of it: all that must be known.
    pub fn asks(&self) -> impl Iterator<Item = &By> {
        let by = match &self.says {
            Says::ColourBy(by) | Says::SizeBy(by) | Says::Label(by) => Some(by),
            Says::Colour(_) | Says::Size(_) | Says::Icon(_) => None,
        };
        self.when.iter().map(|when| &when.by).chain(by)
    }

    /// Whether its texts are short enough.
    pub fn is_short(&self) -> bool {
        let condition = self.when.as_ref().map_or(0, |when| match &when.test {
            Test::In(values) => values.iter().map(String::len).sum(),
            Test::Equals(text)
            | Test::Differs(text)
            | Test::Contains(text)
            | Test::StartsWith(text)
            | Test::Below(text)
            | Test::AtMost(text)
            | Test::Above(text)
            | Test::AtLeast(text) => text.len(),
            Test::Empty | Test::Filled => 0,
        });
        let icon = if let Says::Icon(name) = &self.says { name.len() } else { 0 };
        condition <= LONGEST_TEXT && icon <= LONGEST_TEXT
    }
}

/// Whether a value of this kind, as canonical text, passes a test. Numbers are compared as numbers, everything else as text,
/// whose order is that of time for days and moments; upper and lower case matter only where the whole value is compared.
pub fn passes(test: &Test, kind: Kind, value: Option<&str>) -> bool {
    let Some(value) = value else { return matches!(test, Test::Empty | Test::Differs(_)) };
    let order = |text: &String| {
        let number = |text: &str| text.trim().parse::<f64>().ok();
        if kind.is_number() { number(value)?.partial_cmp(&number(text)?) } else { Some(value.cmp(text.trim())) }
    };
    let is =
        |text: &String| if kind.is_number() { order(text).is_some_and(|order| order.is_eq()) } else { value == text };
    let folded = || value.to_lowercase();
    match test {
        Test::Equals(text) => is(text),
        Test::Differs(text) => !is(text),
        Test::In(texts) => texts.iter().any(is),
        Test::Contains(text) => folded().contains(&text.to_lowercase()),
        Test::StartsWith(text) => folded().starts_with(&text.to_lowercase()),
        Test::Below(text) => order(text).is_some_and(|order| order.is_lt()),
        Test::AtMost(text) => order(text).is_some_and(|order| order.is_le()),
        Test::Above(text) => order(text).is_some_and(|order| order.is_gt()),
        Test::AtLeast(text) => order(text).is_some_and(|order| order.is_ge()),
        Test::Empty => false,
        Test::Filled => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers_and_days_in_the_order_of_time() {
        let at_least = |text: &str| Test::AtLeast(text.to_owned());
        assert!(passes(&at_least("9"), Kind::Integer, Some("10")));
        assert!(!passes(&at_least("9"), Kind::Text, Some("10")), "as text it comes before");
        assert!(passes(&at_least("2024-02-29"), Kind::Date, Some("2024-03-01")));
        assert!(passes(&Test::Equals("10.50".to_owned()), Kind::Decimal, Some("10.5")));
        assert!(!passes(&at_least("many"), Kind::Integer, Some("10")), "what is no number has no order");
    }

    #[test]
    fn what_is_not_known_passes_only_tests_for_that() {
        let text = || "NO".to_owned();
        for test in [Test::Equals(text()), Test::Contains(text()), Test::Below(text()), Test::Filled] {
            assert!(!passes(&test, Kind::Text, None), "{test:?}");
        }
        for test in [Test::Empty, Test::Differs(text())] {
            assert!(passes(&test, Kind::Text, None), "{test:?}");
        }
        assert!(passes(&Test::Contains("no".to_owned()), Kind::Text, Some("NORWAY")));
        assert!(!passes(&Test::Equals("no".to_owned()), Kind::Text, Some("NO")));
    }

    #[test]
    fn a_rule_reads_back_as_it_was_written() {
        let rule = Rule {
            of: Of::Objects(None),
            when: Some(Condition {
                by: By::Measure(Measuring { by_rows: true, resolution: Some(250), ..Measuring::of(Measure::Links) }),
                test: Test::AtLeast("5".to_owned()),
            }),
            says: Says::ColourBy(By::Property(PropertyId::new("country").expect("a slug"))),
        };
        let text = serde_json::to_string(&rule).expect("text");
        assert_eq!(serde_json::from_str::<Rule>(&text).expect("a rule"), rule, "{text}");
        assert_eq!(rule.asks().count(), 2);
        assert!(rule.is_short());
    }
}
