//! Expanding objects along a link type: merged links and the objects at their other end, as one step.

use std::collections::BTreeMap;

use access::{LinkTypeId, ProjectId};
use graph::{NewLink, NodeKey, Place};
use model::query::{Direction, Key, MOST_KEYS};
use wire::data::{Expand as Ask, ExpandOrder};
use wire::frame::PartRows;

use super::object::{Object, ObjectRef, objects};
use super::roles::merged_links;
use super::streams::{self, Got, Lane};
use super::{board, details, going};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};
use crate::words::Word;

/// Links among what is on the graph are asked for while there are no more objects than this on either side.
const CHEAP_OBJECTS: usize = 300;

/// One expansion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expand {
    /// The objects, of one type.
    pub objects: Vec<ObjectRef>,
    /// Along which link type.
    pub link: LinkTypeId,
    /// In which direction.
    pub direction: Direction,
    /// Which neighbours first.
    pub order: ExpandOrder,
    /// The most neighbours.
    pub limit: u64,
}

/// What has come of one expansion.
#[derive(Default)]
struct Gathered {
    parts: BTreeMap<u16, PartRows>,
    objects: Vec<Object>,
    links: Vec<NewLink>,
    failed: Option<wire::Fault>,
}

impl Gathered {
    fn take(&mut self, model: &Model, outbox: &Outbox, part: u16, event: PartEvent) {
        match event {
            PartEvent::Open(open) => drop(self.parts.insert(part, open.rows)),
            PartEvent::Rows(batches) => match self.parts.get(&part) {
                Some(PartRows::Objects(id)) => {
                    let fetched = outbox.client().clock_time();
                    let Some(kind) = model.object_type(id) else { return };
                    self.objects.extend(batches.iter().flat_map(|batch| objects(batch, kind, fetched.as_deref())));
                }
                Some(PartRows::MergedLinks { link }) => {
                    let Some(link) = model.link_type(link) else { return };
                    self.links.extend(batches.iter().flat_map(|batch| merged_links(batch, link)));
                }
                _ => {}
            },
            PartEvent::Close(close) => self.failed = self.failed.take().or(close.fault),
            // How far it is was noted before.
            PartEvent::Progress(_) => {}
        }
    }
}

/// Notes how far an expansion is.
fn note(model: &mut Model, number: u64, event: &PartEvent) {
    if let PartEvent::Progress(progress) = event {
        going::note(model, number, progress.clone());
    }
}

/// Asks for the links and neighbours, then puts them on the graph.
pub(super) fn run(model: &mut Model, outbox: &Outbox, expand: Expand) {
    let Some(project) = model.route.project().cloned() else { return };
    let keys: Vec<Key> = expand.objects.iter().map(|object| object.key.clone()).take(MOST_KEYS).collect();
    if keys.is_empty() {
        return;
    }
    let ask = ask(&project, &expand, expand.direction, keys, Vec::new(), expand.limit);
    let label = model.link_type(&expand.link).map(|link| link.label(expand.direction).to_owned()).unwrap_or_default();
    let number = going::begin(model, model.words.with(Word::ExpandingAlong, &[&label]));
    let mut gathered = Gathered::default();
    streams::start(model, outbox, Lane::Expand(number), ask, move |model, outbox, got| match got {
        Got::Part(part, event) => {
            note(model, number, &event);
            gathered.take(model, outbox, part, event);
        }
        Got::End(end) => {
            let mut gathered = std::mem::take(&mut gathered);
            gathered.failed = end.err().or(gathered.failed);
            match gathered.failed.take() {
                Some(fault) => {
                    going::end(model, number);
                    model.notify_fault(&fault);
                }
                None => link_up(model, outbox, number, &project, &expand, gathered),
            }
        }
    });
}

fn ask(project: &ProjectId, expand: &Expand, direction: Direction, keys: Vec<Key>, only: Vec<Key>, limit: u64) -> Ask {
    Ask { project: project.clone(), link: expand.link.clone(), direction, keys, order: expand.order, limit, only }
}

/// Asks for the links of the same type among the new objects and those on the graph, while that is cheap.
fn link_up(
    model: &mut Model,
    outbox: &Outbox,
    number: u64,
    project: &ProjectId,
    expand: &Expand,
    mut gathered: Gathered,
) {
    let Some(link) = model.link_type(&expand.link).cloned() else {
        going::end(model, number);
        return;
    };
    let of_type = |wanted: &access::ObjectTypeId| {
        let on_graph = model.work.board.graph.nodes().map(|(_, node)| (*node.key).clone());
        let new = gathered.objects.iter().map(|object| object.is.node_key());
        let mut keys: Vec<Key> =
            on_graph.chain(new).filter(|key| key.object_type == wanted.as_str()).map(|key| key.key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let (from, to) = (of_type(&link.from), of_type(&link.to));
    let is_cheap = (1..=CHEAP_OBJECTS).contains(&from.len()) && (1..=CHEAP_OBJECTS).contains(&to.len());
    // One object alone was just asked for all of its links.
    if !is_cheap || from.len().min(to.len()) <= expand.objects.len() && link.from != link.to {
        finish(model, outbox, number, expand, gathered);
        return;
    }
    let ask = ask(project, expand, Direction::Forward, from, to, MOST_KEYS as u64);
    let mut among = Gathered::default();
    let expand = expand.clone();
    streams::start(model, outbox, Lane::Expand(number), ask, move |model, outbox, got| match got {
        Got::Part(part, event) => {
            note(model, number, &event);
            among.take(model, outbox, part, event);
        }
        Got::End(_) => {
            // If this second look failed, the first one still stands.
            let mut whole = std::mem::take(&mut gathered);
            whole.links.append(&mut among.links);
            finish(model, outbox, number, &expand, whole);
        }
    });
}

fn finish(model: &mut Model, outbox: &Outbox, number: u64, expand: &Expand, gathered: Gathered) {
    going::end(model, number);
    let Some(link) = model.link_type(&expand.link).cloned() else { return };
    let title = model.words.with(Word::ExpandOf, &[link.label(expand.direction)]);
    let found = gathered.objects.len() as u64;
    let nodes = gathered
        .objects
        .iter()
        .filter_map(|object| Some(object.node(model.object_type(&object.is.object_type)?)))
        .collect();
    let links = once_each(gathered.links);
    details::remember(model, gathered.objects);
    let anchor = anchor(model, expand);
    let fresh = board::add(model, outbox, &title, nodes, links, anchor);
    tell(model, expand, &link, found, fresh.len() as u64);
}

/// The same pair may have come twice: from expanding, and from looking among what is there.
fn once_each(links: Vec<NewLink>) -> Vec<NewLink> {
    let mut seen: BTreeMap<(String, NodeKey, NodeKey), NewLink> = BTreeMap::new();
    for link in links {
        seen.entry((link.link_type.clone(), link.from.clone(), link.to.clone())).or_insert(link);
    }
    seen.into_values().collect()
}

fn anchor(model: &Model, expand: &Expand) -> Option<Place> {
    let graph = &model.work.board.graph;
    let first = expand.objects.first()?;
    graph.find(&first.node_key()).map(|id| graph.place(id))
}

/// Says how many of how many are shown.
fn tell(model: &mut Model, expand: &Expand, link: &model::LinkType, found: u64, fresh: u64) {
    let words = model.words;
    let kind = model.object_type(link.far(expand.direction));
    // One is called by the type's name, more by its plural.
    let far = |number: u64| {
        kind.map(|kind| if number == 1 { &kind.name } else { &kind.plural }.to_lowercase()).unwrap_or_default()
    };
    let counted = model.work.counts_of(&expand.objects).and_then(|counts| counts.find(&expand.link, expand.direction));
    let text = match counted.map(|count| count.neighbours) {
        _ if found == 0 => words.with(Word::NothingLinked, &[link.label(expand.direction)]),
        Some(all) if all.more || all.number > found => {
            words.with(Word::ShowingSome, &[&words.count(found), &words.count_at_least(all.number, !all.more), &far(all.number)])
        }
        _ => words.with(Word::Added, &[&words.count(fresh), &far(fresh)]),
    };
    model.notify(text);
}
