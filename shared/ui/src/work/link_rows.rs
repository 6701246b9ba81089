//! The rows behind links, with their times: asked for when ways are to follow time.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use access::LinkTypeId;
use arrow_array::RecordBatch;
use graph::{Amount, LinkId, TypeId};
use model::LinkType;
use model::query::{Answer, Direction, Field, Filter, From, Key, MOST_KEYS, MOST_VALUES, Query, Rows as Page, Test};
use wire::Fault;
use wire::data::RunQuery;

use super::roles::link_rows;
use super::streams::{self, Got, Lane};
use super::ways::Row;
use super::{finding, going};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};

/// The most rows that are asked for in one search.
pub(super) const MOST_ROWS: u64 = 100_000;

/// What is still to be asked.
#[derive(Default)]
pub(super) struct Asking {
    waiting: VecDeque<Ask>,
    wanted: HashSet<LinkId>,
    least: Option<Amount>,
    /// How many have come.
    came: u64,
    is_cut: bool,
}

/// Links of a type from these objects to those, and more of the same that are not wanted.
struct Ask {
    link: LinkTypeId,
    from: BTreeSet<Key>,
    to: BTreeSet<Key>,
}

impl Asking {
    /// For the rows of these links of at least this amount.
    pub(super) fn of(model: &Model, links: &[LinkId], least: Option<Amount>) -> Self {
        let graph = &model.work.board.graph;
        let key = |id| graph.node(id).map(|node| node.key.key.clone());
        let mut by_type: BTreeMap<TypeId, BTreeMap<Key, BTreeSet<Key>>> = BTreeMap::new();
        for link in links.iter().filter_map(|id| graph.link(*id)) {
            let Some((from, to)) = key(link.from).zip(key(link.to)) else { continue };
            let ends = by_type.entry(link.link_type).or_default();
            if !link.directed {
                // Its rows may lie either way round.
                ends.entry(to.clone()).or_default().insert(from.clone());
            }
            ends.entry(from).or_default().insert(to);
        }
        let mut waiting = VecDeque::new();
        for (number, ends) in by_type {
            let Ok(link) = LinkTypeId::new(graph.link_type(number)) else { continue };
            let ends: Vec<(Key, BTreeSet<Key>)> = ends.into_iter().collect();
            waiting.extend(ends.chunks(MOST_KEYS).map(|ends| Ask {
                link: link.clone(),
                from: ends.iter().map(|(from, _)| from.clone()).collect(),
                to: ends.iter().flat_map(|(_, to)| to.iter().cloned()).collect(),
            }));
        }
        Self { waiting, wanted: links.iter().copied().collect(), least, came: 0, is_cut: false }
    }
}

/// Asks the next question of the search that is under way; false where there is none.
pub(super) fn ask(model: &mut Model, outbox: &Outbox) -> bool {
    let Some(run) = model.work.finding.run.as_mut() else { return false };
    let (number, asking) = (run.number, &mut run.asking);
    let left = MOST_ROWS.saturating_sub(asking.came);
    let next = asking.waiting.pop_front();
    asking.is_cut |= next.is_some() && left == 0;
    if asking.is_cut {
        run.gaps.cut_rows = Some(asking.came);
    }
    let (Some(next), Some(project)) = (next.filter(|_| left > 0), model.route.project().cloned()) else {
        return false;
    };
    let least = asking.least;
    let query = model.link_type(&next.link).and_then(|link| query(model, link, &next, least, left));
    let Some(query) = query else { return ask(model, outbox) };
    let (link, mut fault): (_, Option<Fault>) = (next.link, None);
    let request = RunQuery { project, query };
    streams::start(model, outbox, Lane::Put(number), request, move |model, outbox, got| match got {
        Got::Part(_, PartEvent::Rows(batches)) => batches.iter().for_each(|batch| take(model, &link, batch)),
        Got::Part(_, PartEvent::Progress(progress)) => going::note(model, number, progress),
        Got::Part(_, PartEvent::Close(close)) => {
            if let Some(run) = model.work.finding.run.as_mut() {
                run.asking.is_cut |= !close.completeness.gave_all();
            }
            fault = fault.take().or(close.fault);
        }
        Got::Part(_, PartEvent::Open(_)) => {}
        Got::End(end) => match end.err().or_else(|| fault.take()) {
            Some(fault) => {
                finding::stop(model, number);
                going::end(model, number);
                model.notify_fault(&fault);
            }
            None => finding::go_on(model, outbox),
        },
    });
    true
}

fn query(model: &Model, link: &LinkType, ask: &Ask, least: Option<Amount>, limit: u64) -> Option<Query> {
    let time = link.time.clone()?;
    let mut filters = Vec::new();
    let far = model.object_type(link.far(Direction::Forward))?;
    if let ([property], true) = (far.key.as_slice(), ask.to.len() <= MOST_VALUES) {
        let field = Field::End { end: Direction::Forward, property: property.clone() };
        let values = ask.to.iter().filter_map(|key| key.first().cloned()).collect();
        filters.push(Filter::Is { field, test: Test::In(values) });
    }
    if let Some((amount, least)) = link.amount.as_ref().zip(least) {
        filters.push(Filter::own(amount, Test::AtLeast(least.to_string())));
    }
    let fields = [Some(time), link.amount.clone(), link.currency.clone()].into_iter().flatten().map(Field::Own);
    let page = Page { fields: fields.collect(), ..Page::first(limit) };
    let keys = ask.from.iter().cloned().collect();
    let from = From::LinksOf { link: link.id.clone(), direction: Direction::Forward, keys };
    Some(Query { from, text: None, filter: Filter::All(filters), answer: Answer::Rows(page) })
}

fn take(model: &mut Model, link: &LinkTypeId, batch: &RecordBatch) {
    let Some(kind) = model.link_type(link) else { return };
    let rows = link_rows(batch, kind);
    let work = &mut model.work;
    let Some(run) = work.finding.run.as_mut() else { return };
    run.asking.came += batch.num_rows() as u64;
    for row in rows {
        let id = work.board.graph.find_link(&row.link_type, [&row.from, &row.to], row.directed);
        let Some((id, at)) = id.filter(|id| run.asking.wanted.contains(id)).zip(row.first_micros) else { continue };
        run.rows.entry(id).or_default().push(Row { at, amount: row.sum, currency: row.label });
    }
}
