//! Values in words: by kind, with their unit; icons and colours of types; how complete an answer is.

use egui::Color32;
use jiff::civil::{Date, DateTime};
use model::completeness::{Cause, Completeness, Extent};
use model::{Format, Kind, LinkType, ObjectType, Property};
use wire::frame::{Counted, NOT_COUNTED};

use crate::app::Model;
use crate::look::{Look, icons};
use crate::table;
use crate::words::{Total, Word, Words};
use crate::work::{ByCurrency, Row, may_differ};

/// The most sums in a label, and elsewhere.
const SHORT: usize = 2;
const LONG: usize = 4;

/// The value of a property, from its canonical text.
pub(super) fn value(model: &Model, kind: &ObjectType, property: &Property, text: &str) -> String {
    let words = model.words;
    let format = model.project().and_then(|seen| seen.project.format(kind, &property.id));
    if let (Some(Format::Percent), Some(share)) = (format, table::share(text, words.marks())) {
        return share;
    }
    let shown = match property.kind {
        Kind::Integer | Kind::Decimal | Kind::Float if format == Some(Format::Plain) => text.to_owned(),
        Kind::Integer => integer(words, text),
        Kind::Decimal | Kind::Float if text.contains('.') => words.amount(text),
        Kind::Decimal | Kind::Float => integer(words, text),
        Kind::Bool => words.t(if text == "true" { Word::Yes } else { Word::No }).to_owned(),
        Kind::Date => day(words, text),
        Kind::Instant | Kind::LocalTime if format == Some(Format::Day) => day(words, text),
        Kind::Instant | Kind::LocalTime => moment(words, text),
        Kind::Text | Kind::Bytes => text.to_owned(),
    };
    with_unit(shown, property.unit.as_deref())
}

fn integer(words: Words, text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("−", digits));
    digits.parse().map_or_else(|_| text.to_owned(), |number| format!("{sign}{}", words.count(number)))
}

/// The day of a date or moment.
fn day(words: Words, text: &str) -> String {
    let (day, _) = text.split_once('T').unwrap_or((text, ""));
    day.parse::<Date>().map_or_else(|_| text.to_owned(), |day| words.long_date(day))
}

fn moment(words: Words, text: &str) -> String {
    let plain = text.trim_end_matches('Z');
    let zone = if plain.len() == text.len() { "" } else { " UTC" };
    let written = |at: DateTime| format!("{} {}{zone}", words.long_date(at.date()), words.clock_time(at));
    plain.parse::<DateTime>().map_or_else(|_| text.to_owned(), written)
}

/// A currency stands before the number, another unit behind it.
fn with_unit(number: String, unit: Option<&str>) -> String {
    match unit {
        Some(unit) if unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase()) => {
            format!("{unit} {number}")
        }
        Some(unit) => format!("{number} {unit}"),
        None => number,
    }
}

/// A moment of a link, in microseconds since 1970 UTC.
pub(super) fn micros(words: Words, micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(
        |_| String::new(),
        |at| words.iso_minute(at.to_zoned(jiff::tz::TimeZone::UTC).datetime()).trim_end_matches(" 00:00").to_owned(),
    )
}

/// The icon of an object type.
pub(super) fn type_icon(kind: &ObjectType) -> char {
    icons::by_name(&kind.icon).unwrap_or(icons::CATEGORY)
}

/// The colour of an object type.
pub(super) fn type_colour(look: Look, kind: &ObjectType) -> Color32 {
    look.colours.type_colour(usize::from(kind.colour)).ring
}

/// The icon of a link type seen from one end: arrows for what carries amounts, otherwise what it leads to.
pub(super) fn link_icon(link: &LinkType, far: &ObjectType) -> char {
    if link.amount.is_some() { icons::SWAP_HORIZ } else { type_icon(far) }
}

/// What the amounts of a link type are in: their currency, where all have the same.
pub(super) fn unit(link: &LinkType) -> Option<&str> {
    let amount = link.amount.as_ref()?;
    model::project::property(&link.properties, amount)?.unit.as_deref()
}

/// An exact sum with the unit of its link type.
pub(super) fn sum(words: Words, link: &LinkType, sum: graph::Amount) -> String {
    in_unit(words, unit(link), sum)
}

fn in_unit(words: Words, unit: Option<&str>, sum: graph::Amount) -> String {
    let exact = sum.to_string();
    // Sums are kept with more places than money has.
    let short = if exact.contains('.') { exact.trim_end_matches('0') } else { exact.as_str() };
    with_unit(words.amount(short), unit.filter(|unit| !unit.is_empty()))
}

/// The amount of a row behind a link; empty where it is not known.
pub(super) fn row_amount(words: Words, link: &LinkType, row: &Row) -> String {
    let unit = Some(row.currency.as_str()).filter(|currency| !currency.is_empty()).or_else(|| unit(link));
    row.amount.map_or_else(String::new, |amount| in_unit(words, unit, amount))
}

/// Sums in words, one for each currency: "EUR 1,200.00 + USD 300.00".
fn by_currency(words: Words, sums: &ByCurrency) -> String {
    let one = |(currency, sum): (&String, &graph::Amount)| in_unit(words, Some(currency.as_str()), *sum);
    let mut text = sums.iter().take(LONG).map(one).collect::<Vec<_>>().join(" + ");
    if sums.len() > LONG {
        text.push_str(" + …");
    }
    text
}

/// The same for a label: "EUR 1200 + USD 300", at most two of them.
pub(super) fn short_by_currency(words: Words, sums: &ByCurrency) -> String {
    let one = |(currency, sum): (&String, &graph::Amount)| {
        let unit = Some(currency.as_str()).filter(|unit| !unit.is_empty());
        with_unit(words.short_sum(sum.to_f64()), unit)
    };
    let mut text = sums.iter().take(SHORT).map(one).collect::<Vec<_>>().join(" + ");
    if sums.len() > SHORT {
        text.push_str(" + …");
    }
    text
}

/// The sum of drawn links of one type in words, for each currency where there are several. Where these are not known,
/// that is said instead.
pub(super) fn sums(model: &Model, link: &LinkType, total: Option<graph::Amount>, links: &[graph::LinkId]) -> String {
    let words = model.words;
    if !may_differ(link) {
        return total.map(|amount| sum(words, link, amount)).unwrap_or_default();
    }
    match (model.work.money.of_all(links.iter().copied()), total) {
        (Some(sums), _) => by_currency(words, &sums),
        // What one link adds up at its source is in one currency.
        (None, Some(amount)) if links.len() == 1 => sum(words, link, amount),
        (None, _) => words.t(Word::CurrenciesMayDiffer).to_owned(),
    }
}

/// A number with what is known about it.
pub(super) fn total(number: u64, completeness: &Completeness) -> Total {
    match completeness.extent {
        Extent::Exact => Total::Exact(number),
        Extent::AtLeast => Total::AtLeast(number),
        Extent::Capped => Total::Capped(number),
        Extent::Sampled => Total::Sampled(number),
        // What is withheld has no rows to count; a number beside it is that of others.
        Extent::Partial | Extent::Withheld => Total::Partial(number),
    }
}

/// A number that may have been cut short: "412", "1,000+", "not counted".
pub(super) fn counted(words: Words, counted: Counted) -> String {
    if counted == NOT_COUNTED {
        return words.t(Word::NotCounted).to_owned();
    }
    words.count_at_least(counted.number, !counted.more)
}

/// Why an answer is less than exact, one sentence per cause.
pub(in crate::screens) fn causes(model: &Model, completeness: &Completeness) -> Vec<String> {
    let words = model.words;
    if completeness.causes.is_empty() {
        return vec![words.t(Word::ExactInWords).to_owned()];
    }
    completeness.causes.iter().map(|known| cause(model, words, known)).collect()
}

fn cause(model: &Model, words: Words, cause: &Cause) -> String {
    let count = |number: u64| words.count(number);
    match cause {
        Cause::RowLimit(limit) => words.with(Word::CauseLimit, &[&count(*limit)]),
        Cause::ByteLimit(limit) => words.with(Word::CauseBytes, &[&words.bytes(*limit)]),
        Cause::TimeLimit(secs) => words.with(Word::CauseTime, &[&words.duration_ms(secs.saturating_mul(1_000))]),
        Cause::CountLimit(limit) => words.with(Word::CauseCount, &[&count(*limit)]),
        Cause::SourceFailed { source, sentence } => {
            words.with(Word::CauseOfSource, &[source_name(model, source), sentence])
        }
        Cause::KeyLimit { limit, .. } => words.with(Word::CauseKeys, &[&count(*limit)]),
        Cause::RowsLeftOut { source, rows } => {
            words.with(Word::CauseRowsLeftOut, &[source_name(model, source), &count(*rows)])
        }
        Cause::UnreadableInFile { source, column, cells } => {
            words.with(Word::CauseUnreadableInFile, &[source_name(model, source), &count(*cells), column])
        }
        Cause::Unreadable { cells, .. } => words.with(Word::CauseUnreadable, &[&count(*cells)]),
        Cause::DuplicateKeys(rows) => words.with(Word::CauseDuplicates, &[&count(*rows)]),
        Cause::EmptyKeys(rows) => words.with(Word::CauseEmptyKeys, &[&count(*rows)]),
        Cause::SeveralUnits(_) => words.t(Word::CauseUnits).to_owned(),
        Cause::AccentsDiffer(source) => words.with(Word::CauseAccents, &[source_name(model, source)]),
        Cause::Withheld(id) => {
            let name = model.withheld().and_then(|known| known.object_type(id)).map(|kind| kind.plural.as_str());
            words.with(Word::CauseWithheld, &[name.unwrap_or(id.as_str())])
        }
        Cause::LinksWithheld(id) => {
            let name = model.withheld().and_then(|known| known.link_type(id)).map(|link| link.plural.as_str());
            words.with(Word::CauseWithheld, &[name.unwrap_or(id.as_str())])
        }
    }
}

/// What a source is called.
pub(super) fn source_name<'a>(model: &'a Model, id: &'a access::SourceId) -> &'a str {
    let source = model.project().and_then(|seen| seen.project.sources.get(id));
    source.map_or(id.as_str(), |source| source.name.as_str())
}

/// Those of the links that are of a type.
pub(super) fn of_type(model: &Model, links: &[graph::LinkId], wanted: graph::TypeId) -> Vec<graph::LinkId> {
    let graph = &model.work.board.graph;
    links.iter().copied().filter(|id| graph.link(*id).is_some_and(|link| link.link_type == wanted)).collect()
}

/// How many objects are selected, with the sum of the links among them where they have one.
pub(super) fn selected(model: &Model, count: u64) -> String {
    let words = model.words;
    let board = &model.work.board;
    let nodes: Vec<graph::NodeId> = board.selected.iter().copied().collect();
    let mut text = words.with(Word::Selected, &[&words.count(count)]);
    let within = board.graph.links_within(&nodes);
    for (link_type, total) in board.graph.sum_links(within.iter().copied()) {
        let link = access::LinkTypeId::new(board.graph.link_type(link_type)).ok();
        let Some(link) = link.and_then(|id| model.link_type(&id)) else { continue };
        let sums = sums(model, link, total.sum, &of_type(model, &within, link_type));
        if !sums.is_empty() {
            text.push_str(&format!(" · {sums}"));
        }
    }
    text
}
