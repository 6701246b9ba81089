//! The sums of drawn links for each currency, where the amounts of a link type are in several: no source adds those up.
//!
//! They are asked for once links lie on the graph. Where they are not known, or not wholly, nothing is said of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::LinkTypeId;
use arrow_array::RecordBatch;
use graph::{Amount, LinkId, NodeId, NodeKey, cell_text};
use model::LinkType;
use model::query::{Answer, Direction, Field, Filter, From, Groups, Key, MOST_KEYS, MOST_VALUES, Measure, Query, Test};
use wire::data::RunQuery;

use super::streams::{self, Got, Lane};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};

/// The most pairs and currencies in one answer.
const MOST_GROUPS: u64 = 10_000;
/// The most questions at once.
const MOST_QUESTIONS: usize = 8;

/// A sum for each currency; one without a name where a row says none.
pub type ByCurrency = BTreeMap<String, Amount>;

/// The sums that are known.
#[derive(Default)]
pub struct Money {
    sums: HashMap<LinkId, ByCurrency>,
}

impl Money {
    /// The sums of a link.
    pub fn of(&self, link: LinkId) -> Option<&ByCurrency> {
        self.sums.get(&link)
    }

    /// The sums of all of these; none where those of one are not known.
    pub fn of_all(&self, links: impl IntoIterator<Item = LinkId>) -> Option<ByCurrency> {
        let mut all = ByCurrency::new();
        for link in links {
            for (currency, sum) in self.of(link)? {
                add(&mut all, currency, *sum)?;
            }
        }
        Some(all)
    }
}

fn add(all: &mut ByCurrency, currency: &str, more: Amount) -> Option<()> {
    let sum = match all.get(currency) {
        Some(sum) => sum.checked_add(more)?,
        None => more,
    };
    all.insert(currency.to_owned(), sum);
    Some(())
}

/// Whether the amounts of a link type may be in different currencies.
pub fn may_differ(link: &LinkType) -> bool {
    let unit = link.amount.as_ref().and_then(|amount| model::project::property(&link.properties, amount));
    link.currency.is_some() && unit.is_some_and(|amount| amount.unit.is_none())
}

/// Asks for the sums of links between these keys, `from` and `to`, if they may be in different currencies.
pub(super) fn ask(model: &mut Model, outbox: &Outbox, link: &LinkTypeId, pairs: &[(Key, Key)]) {
    let Some(project) = model.route.project().cloned() else { return };
    let Some(link) = model.link_type(link).filter(|link| may_differ(link)).cloned() else { return };
    let from: BTreeSet<&Key> = pairs.iter().map(|(from, _)| from).collect();
    let from: Vec<Key> = from.into_iter().cloned().collect();
    for keys in from.chunks(MOST_KEYS).take(MOST_QUESTIONS) {
        let Some(query) = query(model, &link, keys.to_vec(), pairs) else { return };
        let lane = Lane::Money(model.work.streams.number());
        let (link, mut batches, mut is_whole) = (link.clone(), Vec::new(), true);
        let request = RunQuery { project: project.clone(), query };
        streams::start(model, outbox, lane, request, move |model, _, got| match got {
            Got::Part(_, PartEvent::Rows(more)) => batches.extend(more),
            Got::Part(_, PartEvent::Close(close)) => {
                is_whole &= close.fault.is_none() && close.completeness.gave_all();
            }
            Got::End(Ok(())) if is_whole => take(model, &link, &batches),
            Got::End(_) | Got::Part(..) => {}
        });
    }
}

/// One group for each pair and currency.
fn query(model: &Model, link: &LinkType, keys: Vec<Key>, pairs: &[(Key, Key)]) -> Option<Query> {
    let key = |end: Direction| Some(&model.object_type(link.far(end))?.key);
    let (from, to) = (key(Direction::Backward)?, key(Direction::Forward)?);
    let at = |end: Direction| move |property: &access::PropertyId| Field::End { end, property: property.clone() };
    let ends = from.iter().map(at(Direction::Backward)).chain(to.iter().map(at(Direction::Forward)));
    let by = ends.chain([Field::Own(link.currency.clone()?)]).collect();
    let mut values: Vec<String> = pairs.iter().filter_map(|(_, to)| to.first().cloned()).collect();
    values.sort_unstable();
    values.dedup();
    let filter = match to.as_slice() {
        [one] if values.len() <= MOST_VALUES => {
            Filter::Is { field: at(Direction::Forward)(one), test: Test::In(values) }
        }
        _ => Filter::default(),
    };
    let measures = vec![Measure::Sum(Field::Own(link.amount.clone()?))];
    let answer = Answer::Groups(Groups { by, measures, sort: Vec::new(), limit: MOST_GROUPS });
    let from = From::LinksOf { link: link.id.clone(), direction: Direction::Forward, keys };
    Some(Query { from, text: None, filter, answer })
}

fn take(model: &mut Model, link: &LinkType, batches: &[RecordBatch]) {
    let Some((from, to)) = model.object_type(&link.from).zip(model.object_type(&link.to)) else { return };
    let lengths = (from.key.len(), to.key.len());
    let graph = &model.work.board.graph;
    let of_type = graph.links().filter(|(_, known)| graph.link_type(known.link_type) == link.id.as_str());
    let lines: HashMap<(NodeId, NodeId), LinkId> = of_type.map(|(id, known)| ((known.from, known.to), id)).collect();
    let mut sums: HashMap<LinkId, Option<ByCurrency>> = HashMap::new();
    for (batch, row) in batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row))) {
        let Some(group) = group(batch, row, lengths) else { continue };
        let node = |kind: &access::ObjectTypeId, key| graph.find(&NodeKey { object_type: kind.to_string(), key });
        let Some((from, to)) = node(&link.from, group.from).zip(node(&link.to, group.to)) else { continue };
        // A link without direction may lie the other way round.
        let turned = || lines.get(&(to, from)).filter(|_| !link.directed);
        let Some(line) = lines.get(&(from, to)).or_else(turned) else { continue };
        let known = sums.entry(*line).or_insert_with(|| Some(ByCurrency::new()));
        let is_added = match (known.as_mut(), group.sum) {
            (Some(sums), Some(sum)) => add(sums, &group.currency, sum).is_some(),
            (Some(_), None) => true,
            (None, _) => false,
        };
        if !is_added {
            *known = None;
        }
    }
    let known = sums.into_iter().filter_map(|(line, sums)| Some((line, sums?)));
    model.work.money.sums.extend(known);
    model.work.counts_change += 1;
}

/// A row of the answer.
struct Group {
    from: Key,
    to: Key,
    currency: String,
    sum: Option<Amount>,
}

fn group(batch: &RecordBatch, row: usize, (from, to): (usize, usize)) -> Option<Group> {
    let mut cells = batch.columns().iter().map(|column| cell_text(column, row));
    let from = cells.by_ref().take(from).collect::<Option<Key>>()?;
    let to = cells.by_ref().take(to).collect::<Option<Key>>()?;
    let currency = cells.next()?.unwrap_or_default();
    let number = |text: String| Amount::parse(&text).or_else(|| Amount::from_f64(text.parse().ok()?));
    Some(Group { from, to, currency, sum: cells.next()?.and_then(number) })
}
