//! Rules, measures and their values in words.

use jiff::civil::Date;
use model::Kind;
use model::query::Test;
use model::style::{By, Measure, Of, Rule, Says};

use super::values;
use crate::app::Model;
use crate::words::{Word, Words};

/// What a measure is called, and what it means.
pub(super) fn of_measure(measure: Measure) -> (Word, Word) {
    match measure {
        Measure::Links => (Word::MeasureLinks, Word::MeasureLinksWhy),
        Measure::LinksIn => (Word::MeasureLinksIn, Word::MeasureLinksInWhy),
        Measure::LinksOut => (Word::MeasureLinksOut, Word::MeasureLinksOutWhy),
        Measure::PageRank => (Word::MeasurePageRank, Word::MeasurePageRankWhy),
        Measure::Betweenness => (Word::MeasureBetweenness, Word::MeasureBetweennessWhy),
        Measure::Closeness => (Word::MeasureCloseness, Word::MeasureClosenessWhy),
        Measure::Harmonic => (Word::MeasureHarmonic, Word::MeasureHarmonicWhy),
        Measure::Core => (Word::MeasureCore, Word::MeasureCoreWhy),
        Measure::Clustering => (Word::MeasureClustering, Word::MeasureClusteringWhy),
        Measure::Community => (Word::MeasureCommunity, Word::MeasureCommunityWhy),
        Measure::Part => (Word::MeasurePart, Word::MeasurePartWhy),
        Measure::Cut => (Word::MeasureCut, Word::MeasureCutWhy),
    }
}

/// A number that was measured: whole ones with all digits, others with four that count.
pub(super) fn measured(words: Words, measure: Measure, value: f64) -> String {
    match measure {
        Measure::Community => return words.with(Word::CommunityNumber, &[&words.count(value as u64)]),
        Measure::Part => return words.with(Word::PartNumber, &[&words.count(value as u64)]),
        Measure::Cut => return words.t(if value > 0.0 { Word::SinglePoint } else { Word::NotSinglePoint }).to_owned(),
        _ => {}
    }
    plain(words, value)
}

/// A number without a meaning of its own.
pub(super) fn plain(words: Words, value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        let digits = words.count(value.abs() as u64);
        return if value < 0.0 { format!("−{digits}") } else { digits };
    }
    let before = value.abs().log10().floor() as i32;
    let places = (3 - before).clamp(0, 9) as usize;
    let text = format!("{value:.places$}");
    words.amount(text.trim_end_matches('0').trim_end_matches('.'))
}

/// What a rule goes by.
pub(super) fn by(model: &Model, of: &Of, by: &By) -> String {
    let words = model.words;
    match by {
        By::Property(id) => property(model, of, id).map_or_else(|| id.to_string(), |property| property.name.clone()),
        By::Measure(of) => {
            let name = words.t(of_measure(of.measure).0);
            let resolution = of.resolution.map(|_| plain(words, of.resolution()));
            resolution.map_or_else(|| name.to_owned(), |at| words.with(Word::AtResolution, &[name, &at]))
        }
        By::Type => words.t(Word::RuleByType).to_owned(),
        By::Rows => words.t(Word::ByRows).to_owned(),
        By::Sum => words.t(Word::ByItsSum).to_owned(),
    }
}

/// The property that a rule means, of its type or of the first type that has it.
fn property<'a>(model: &'a Model, of: &Of, id: &access::PropertyId) -> Option<&'a model::Property> {
    let Of::Objects(wanted) = of else { return None };
    let kinds = model.project()?.project.object_types.values();
    let mut kinds = kinds.filter(|kind| wanted.as_ref().is_none_or(|wanted| *wanted == kind.id));
    kinds.find_map(|kind| kind.properties.iter().find(|property| property.id == *id))
}

/// What a rule is about.
pub(super) fn of(model: &Model, of: &Of) -> String {
    let words = model.words;
    match of {
        Of::Objects(None) => words.t(Word::AllObjects).to_owned(),
        Of::Links(None) => words.t(Word::AllLinks).to_owned(),
        Of::Objects(Some(id)) => model.object_type(id).map_or_else(|| id.to_string(), |kind| kind.plural.clone()),
        Of::Links(Some(id)) => model.link_type(id).map_or_else(|| id.to_string(), |link| link.name.clone()),
    }
}

/// What it shows: its first word.
pub(super) fn says(says: &Says, of: &Of) -> Word {
    match says {
        Says::Colour(_) | Says::ColourBy(_) => Word::SaysColour,
        Says::Size(_) | Says::SizeBy(_) if matches!(of, Of::Links(_)) => Word::SaysWidth,
        Says::Size(_) | Says::SizeBy(_) => Word::SaysSize,
        Says::Icon(_) => Word::SaysIcon,
        Says::Label(_) => Word::SaysLabel,
    }
}

/// A rule in one line: "Colour · Companies · Country".
pub(super) fn rule(model: &Model, rule: &Rule) -> String {
    let words = model.words;
    let mut parts = vec![words.t(says(&rule.says, &rule.of)).to_owned(), of(model, &rule.of)];
    match &rule.says {
        Says::ColourBy(by_what) | Says::SizeBy(by_what) | Says::Label(by_what) => {
            parts.push(by(model, &rule.of, by_what));
        }
        Says::Colour(_) | Says::Size(_) | Says::Icon(_) => {}
    }
    parts.join(" · ")
}

/// Where it applies: "Country is NO"; none where that is everywhere.
pub(super) fn condition(model: &Model, rule: &Rule) -> Option<String> {
    let when = rule.when.as_ref()?;
    let (word, value) = test(&when.test);
    let by = by(model, &rule.of, &when.by);
    let words = model.words;
    Some(format!("{by} {} {value}", words.t(word)).trim_end().to_owned())
}

/// A test in words, with its value.
pub(super) fn test(test: &Test) -> (Word, String) {
    match test {
        Test::Equals(text) => (Word::TestIs, text.clone()),
        Test::In(texts) => (Word::TestIs, texts.join(", ")),
        Test::Differs(text) => (Word::TestIsNot, text.clone()),
        Test::Contains(text) | Test::StartsWith(text) => (Word::Contains, text.clone()),
        Test::Above(text) | Test::AtLeast(text) => (Word::TestAtLeast, text.clone()),
        Test::Below(text) | Test::AtMost(text) => (Word::TestAtMost, text.clone()),
        Test::Empty => (Word::TestEmpty, String::new()),
        Test::Filled => (Word::TestFilled, String::new()),
    }
}

/// A value that a rule tells apart, as it is written elsewhere.
pub(super) fn value(model: &Model, of_what: &Of, by: &By, text: &str) -> String {
    match by {
        By::Measure(of) => {
            text.parse().map_or_else(|_| text.to_owned(), |value| measured(model.words, of.measure, value))
        }
        By::Property(id) => {
            let known = property(model, of_what, id).filter(|property| property.kind != Kind::Text);
            let kind = match of_what {
                Of::Objects(Some(id)) => model.object_type(id),
                _ => model.project().and_then(|seen| seen.project.object_types.values().next()),
            };
            known
                .zip(kind)
                .map_or_else(|| text.to_owned(), |(property, kind)| values::value(model, kind, property, text))
        }
        By::Type | By::Rows | By::Sum => text.to_owned(),
    }
}

/// A number on the scale of a rule; days where it goes by time.
pub(super) fn on_scale(model: &Model, of: &Of, by: &By, at: f64) -> String {
    let words = model.words;
    let kind = if let By::Property(id) = by { property(model, of, id).map(|property| property.kind) } else { None };
    match (by, kind) {
        (By::Measure(of), _) => measured(words, of.measure, at),
        (By::Sum, _) => words.short_sum(at),
        (_, Some(Kind::Date | Kind::Instant | Kind::LocalTime)) => day(words, at),
        (By::Property(_), Some(_)) => value(model, of, by, &at.to_string()),
        _ => plain(words, at),
    }
}

fn day(words: Words, days: f64) -> String {
    let after = jiff::Span::new().try_days(days.floor() as i64);
    let day = after.and_then(|span| Date::constant(1970, 1, 1).checked_add(span));
    day.map_or_else(|_| String::new(), |day| words.iso_date(day))
}
