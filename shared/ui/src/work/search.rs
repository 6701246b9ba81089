//! Search: what was typed or pasted, and what each object type answers, as it comes.

use access::{ObjectTypeId, SourceId};
use arrow_array::RecordBatch;
use model::{Cause, Extent};
use wire::Fault;
use wire::data::{LONGEST_SEARCH, SHORTEST_SEARCH, Search as Ask};
use wire::frame::{Close, Counted, PartRows, Progress};
use wire::project::MOST_KEPT_SEARCHES;

use super::listed::List;
use super::object::{Object, objects, once_each};
use super::streams::{self, Got, Lane};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};

/// The most hits per object type; a table shows the rest.
const MOST_HITS: u64 = 20;
/// The most hits per object type of a list, and how many of them are shown.
const MOST_LISTED: u64 = 1_000;
const SHOWN_LISTED: usize = 50;

/// One search.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// What was looked for; empty when nothing was, or a list.
    pub text: String,
    /// The values that were looked for, and what answers them, where it was a list.
    pub list: Option<List>,
    /// What each type answered, in the order in which the sources did.
    pub groups: Vec<Group>,
    /// Whether more may come.
    pub is_running: bool,
    /// Whether somebody stopped it.
    pub is_stopped: bool,
    /// Why the whole search failed.
    pub fault: Option<Fault>,
}

/// The hits of one object type.
#[derive(Debug, Clone)]
pub struct Group {
    part: u16,
    /// The type.
    pub object_type: ObjectTypeId,
    /// Where it comes from; none where the person may not know it.
    pub source: Option<SourceId>,
    /// The hits; exact matches of the key are first.
    pub hits: Vec<Object>,
    /// What else answers a list, beyond the hits that are shown.
    pub beyond: Vec<Object>,
    /// How far its source is.
    pub progress: Progress,
    /// What its source said at the end.
    pub close: Option<Close>,
}

impl Group {
    /// Whether the type is known by name only, and nothing was asked.
    pub fn is_withheld(&self) -> bool {
        let closed = self.close.as_ref();
        closed.is_some_and(|close| close.completeness.extent == Extent::Withheld)
    }

    /// How many hits the source has, as far as it has counted; those that are here while it has not.
    pub fn found(&self) -> Counted {
        let here = self.hits.len() as u64;
        self.close.as_ref().map_or(Counted { number: here, more: true }, |close| {
            close.found.unwrap_or(Counted { number: here, more: close.next.is_some() })
        })
    }
}

impl Search {
    /// How many hits there are so far.
    pub fn hits(&self) -> usize {
        self.groups.iter().map(|group| group.hits.len()).sum()
    }

    /// Whether every type gave everything that fits, so that what is not here is not there.
    pub fn is_whole(&self) -> bool {
        let is_ended = !self.is_running && !self.is_stopped && self.fault.is_none();
        let harmless = |cause: &Cause| {
            matches!(
                cause,
                Cause::DuplicateKeys(_) | Cause::EmptyKeys(_) | Cause::AccentsDiffer(_) | Cause::SeveralUnits(_)
            )
        };
        let is_whole = |close: &Close| close.fault.is_none() && close.completeness.causes.iter().all(harmless);
        is_ended && self.groups.iter().all(|group| group.close.as_ref().is_some_and(is_whole))
    }
}

/// Whether a text is long enough to be searched for.
pub fn is_long_enough(text: &str) -> bool {
    (SHORTEST_SEARCH..=LONGEST_SEARCH).contains(&text.trim().chars().count())
}

/// Whether a text is longer than what can be searched for.
pub fn is_too_long(text: &str) -> bool {
    text.trim().chars().count() > LONGEST_SEARCH
}

/// Looks for a text; an empty or short one only forgets what was found.
pub(super) fn run(model: &mut Model, outbox: &Outbox, text: &str) {
    let text = text.trim();
    let known = &model.work.search;
    if known.text == text && known.list.is_none() && known.fault.is_none() && !known.is_stopped {
        return;
    }
    model.work.search = Search::default();
    let Some(project) = model.route.project().cloned().filter(|_| is_long_enough(text)) else {
        model.work.streams.stop(&Lane::Search, outbox);
        return;
    };
    model.work.search = Search { text: text.to_owned(), is_running: true, ..Search::default() };
    let text = text.to_owned();
    let ask = Ask { project, text, texts: Vec::new(), object_types: Vec::new(), limit: MOST_HITS };
    streams::start(model, outbox, Lane::Search, ask, hear);
}

/// Looks for whole values.
pub(super) fn run_list(model: &mut Model, outbox: &Outbox, values: Vec<String>) {
    model.work.streams.stop(&Lane::Search, outbox);
    let Some(project) = model.route.project().cloned() else { return };
    let texts = values.clone();
    model.work.search = Search { list: Some(List::new(values)), is_running: true, ..Search::default() };
    let ask = Ask { project, text: String::new(), texts, object_types: Vec::new(), limit: MOST_LISTED };
    streams::start(model, outbox, Lane::Search, ask, hear);
}

/// Looks for the same again.
pub(super) fn again(model: &mut Model, outbox: &Outbox) {
    match model.work.search.list.clone() {
        Some(list) => run_list(model, outbox, list.values),
        None => {
            let text = model.work.search.text.clone();
            run(model, outbox, &text);
        }
    }
}

/// Stops looking; the hits so far stay.
pub(super) fn stop(model: &mut Model, outbox: &Outbox) {
    if model.work.streams.stop(&Lane::Search, outbox) {
        (model.work.search.is_running, model.work.search.is_stopped) = (false, true);
    }
}

/// Puts a search that led somewhere on top of the list of the last ones.
pub(super) fn remember(model: &mut Model) {
    let text = model.work.search.text.clone();
    if text.is_empty() {
        return;
    }
    let searches = &mut model.work.searches;
    searches.retain(|known| *known != text);
    searches.insert(0, text);
    searches.truncate(MOST_KEPT_SEARCHES);
    model.work.changed();
}

fn hear(model: &mut Model, outbox: &Outbox, got: Got) {
    let fetched = outbox.client().clock_time();
    match got {
        Got::Part(part, PartEvent::Open(open)) => {
            if let PartRows::Objects(object_type) = open.rows {
                let group = Group {
                    part,
                    object_type,
                    source: open.source,
                    hits: Vec::new(),
                    beyond: Vec::new(),
                    progress: Progress::default(),
                    close: None,
                };
                model.work.search.groups.push(group);
            }
        }
        Got::Part(part, PartEvent::Rows(batches)) => took(model, part, &batches, fetched.as_deref()),
        Got::Part(part, PartEvent::Close(close)) => {
            if let Some(group) = model.work.search.groups.iter_mut().find(|group| group.part == part) {
                group.close = Some(close);
            }
        }
        Got::Part(part, PartEvent::Progress(progress)) => {
            if let Some(group) = model.work.search.groups.iter_mut().find(|group| group.part == part) {
                group.progress = progress;
            }
        }
        Got::End(end) => {
            model.work.search.is_running = false;
            model.work.search.fault = end.err();
        }
    }
}

/// Rows came: the hits of a part grow, and a list learns which of its values they answer.
fn took(model: &mut Model, part: u16, batches: &[RecordBatch], fetched: Option<&str>) {
    let Some(at) = model.work.search.groups.iter().position(|group| group.part == part) else { return };
    let Some(group) = model.work.search.groups.get(at) else { return };
    let Some(kind) = model.object_type(&group.object_type).cloned() else { return };
    let hits = batches.iter().flat_map(|batch| objects(batch, &kind, fetched));
    let hits: Vec<Object> = hits.map(|hit| Object { is_whole: false, ..hit }).collect();
    let search = &mut model.work.search;
    let hits = match &mut search.list {
        Some(list) => list.take(&kind, batches, hits),
        None => hits,
    };
    let shown = if search.list.is_some() { SHOWN_LISTED } else { usize::MAX };
    if let Some(group) = search.groups.get_mut(at) {
        let known = std::mem::take(&mut group.hits).into_iter().chain(std::mem::take(&mut group.beyond));
        group.hits = once_each(known.chain(hits).collect());
        group.beyond = group.hits.split_off(shown.min(group.hits.len()));
    }
}
