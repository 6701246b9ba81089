//! The unsaved investigation: kept on the server some seconds after a change, and fetched again when the project opens.

use std::collections::{BTreeMap, BTreeSet};

use access::{LinkTypeId, ObjectTypeId};
use graph::{NewLink, NodeId, NodeKey, Place, Step};
use model::query::{Answer, Direction, From, Key, MOST_KEYS, Query, Rows as Page};
use wire::data::{Expand, ExpandOrder, RunQuery};
use wire::frame::PartRows;
use wire::project::{KeepWork, ReadWork, Work as Kept, WorkLink, WorkObject};
use wire::{Code, Fault};

use super::object::{Object, ObjectRef, objects};
use super::roles::merged_links;
use super::streams::{self, Got, Lane};
use super::{details, going, layout};
use crate::app::Model;
use crate::client::{Outbox, PartEvent};
use crate::words::Word;

/// The most objects that are kept; a larger graph is more than one wants to wait for.
const MOST_OBJECTS: usize = 5_000;
/// The most links that are kept.
const MOST_LINKS: usize = 10_000;

/// What is still on its way while an investigation is put together again.
#[derive(Debug, Clone, Default)]
pub struct Restoring {
    kept: Kept,
    /// Answers that have not ended.
    open: usize,
    objects: Vec<Object>,
    fault: Option<Fault>,
}

impl Restoring {
    /// Why it could not be put together. While this is so nothing is kept, because that would lose what was kept before.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }
}

/// Keeps what there is now.
pub(super) fn keep(model: &mut Model, outbox: &Outbox) {
    let Some(project) = model.route.project().cloned() else { return };
    // While it is being put together again, keeping it would lose what has not come.
    if model.work.restoring.is_some() || model.work.kept_change == model.work.change {
        return;
    }
    let change = model.work.change;
    model.work.kept_change = change;
    let work = written(model);
    outbox.call(&KeepWork { project, work }, move |model, _, reply| {
        if reply.is_err() {
            // The next change tries again; nothing on the screen is lost.
            model.work.kept_change = 0;
        }
    });
}

/// The investigation as it is kept: keys and places, no values.
fn written(model: &Model) -> Kept {
    let graph = &model.work.board.graph;
    let mut places: BTreeMap<NodeId, u32> = BTreeMap::new();
    let mut objects = Vec::new();
    for (id, node) in graph.shown().take(MOST_OBJECTS) {
        let Some(object) = ObjectRef::of_node(&node.key) else { continue };
        places.insert(id, objects.len() as u32);
        let [x, y] = graph.place(id);
        let pinned = graph.flags(id).pinned;
        objects.push(WorkObject { object_type: object.object_type, key: object.key, x, y, pinned });
    }
    let link = |(_, link): (_, &graph::Link)| {
        let id = LinkTypeId::new(graph.link_type(link.link_type)).ok()?;
        Some(WorkLink { link: id, from: *places.get(&link.from)?, to: *places.get(&link.to)? })
    };
    let links = graph.shown_links().filter_map(link).take(MOST_LINKS).collect();
    Kept { searches: model.work.searches.clone(), objects, links }
}

/// Asks for what was kept when the project opens.
pub(super) fn read(model: &mut Model, outbox: &Outbox) {
    let Some(project) = model.route.project().cloned() else { return };
    model.work.restoring = Some(Restoring::default());
    let asked_for = project.clone();
    outbox.call(&ReadWork { project }, move |model, outbox, reply| {
        if model.route.project() != Some(&asked_for) {
            return;
        }
        match reply {
            Ok(kept) => restore(model, outbox, kept),
            // Nothing was kept, or the person may not keep: one begins with an empty graph.
            Err(fault) if matches!(fault.code, Code::NotFound | Code::Forbidden) => model.work.restoring = None,
            Err(fault) => failed(model, fault),
        }
    });
}

/// It cannot be put together now; the screen says so and offers to try again.
fn failed(model: &mut Model, fault: Fault) {
    if let Some(restoring) = &mut model.work.restoring {
        restoring.fault.get_or_insert(fault);
    }
}

fn restore(model: &mut Model, outbox: &Outbox, kept: Kept) {
    if model.work.searches.is_empty() {
        model.work.searches.clone_from(&kept.searches);
    }
    let Some(project) = model.route.project().cloned().filter(|_| !kept.objects.is_empty()) else {
        model.work.restoring = None;
        return;
    };
    let mut wanted: BTreeMap<ObjectTypeId, Vec<Key>> = BTreeMap::new();
    for object in kept.objects.iter().filter(|object| model.object_type(&object.object_type).is_some()) {
        wanted.entry(object.object_type.clone()).or_default().push(object.key.clone());
    }
    let asks: Vec<RunQuery> = wanted
        .iter()
        .flat_map(|(object_type, keys)| keys.chunks(MOST_KEYS).map(move |keys| (object_type, keys)))
        .map(|(object_type, keys)| {
            let from = From::Keys { object_type: object_type.clone(), keys: keys.to_vec() };
            let answer = Answer::Rows(Page::first(MOST_KEYS as u64 * 2));
            RunQuery { project: project.clone(), query: Query::new(from, answer) }
        })
        .collect();
    model.work.restoring = Some(Restoring { kept, open: asks.len(), objects: Vec::new(), fault: None });
    for ask in asks {
        let From::Keys { object_type, .. } = ask.query.from.clone() else { continue };
        let lane = Lane::Put(model.work.streams.number());
        streams::start(model, outbox, lane, ask, move |model, outbox, got| {
            hear_objects(model, outbox, &object_type, got);
        });
    }
}

fn hear_objects(model: &mut Model, outbox: &Outbox, object_type: &ObjectTypeId, got: Got) {
    match got {
        Got::Part(_, PartEvent::Rows(batches)) => {
            let fetched = outbox.client().clock_time();
            let Some(kind) = model.object_type(object_type) else { return };
            let found: Vec<Object> =
                batches.iter().flat_map(|batch| objects(batch, kind, fetched.as_deref())).collect();
            if let Some(restoring) = &mut model.work.restoring {
                restoring.objects.extend(found);
            }
        }
        Got::Part(_, PartEvent::Close(close)) => {
            if let Some(fault) = close.fault {
                failed(model, fault);
            }
        }
        Got::End(end) => {
            if let Err(fault) = end {
                failed(model, fault);
            }
            let Some(restoring) = &mut model.work.restoring else { return };
            restoring.open = restoring.open.saturating_sub(1);
            if restoring.open == 0 && restoring.fault.is_none() {
                put_back(model, outbox);
            }
        }
        Got::Part(..) => {}
    }
}

/// All objects have come: they lie where they lay, then their links are asked for.
fn put_back(model: &mut Model, outbox: &Outbox) {
    let Some(Restoring { kept, objects, .. }) = model.work.restoring.take() else { return };
    let nodes =
        objects.iter().filter_map(|object| Some(object.node(model.object_type(&object.is.object_type)?))).collect();
    let found: BTreeSet<&ObjectRef> = objects.iter().map(|object| &object.is).collect();
    let missing = kept.objects.len().saturating_sub(found.len());
    let graph = &mut model.work.board.graph;
    // No step of the history: there is nothing before it to go back to.
    let added = Step::Add { nodes, links: Vec::new() }.apply(graph);
    let find = |object: &WorkObject| {
        graph.find(&NodeKey { object_type: object.object_type.to_string(), key: object.key.clone() })
    };
    let places: Vec<(NodeId, Place, bool)> =
        kept.objects.iter().filter_map(|object| Some((find(object)?, [object.x, object.y], object.pinned))).collect();
    let moved = Step::Move(places.iter().map(|(id, place, _)| (*id, *place)).collect()).apply(graph);
    let pinned = Step::Pin(places.iter().filter(|place| place.2).map(|place| place.0).collect()).apply(graph);
    if added.and(moved).and(pinned).is_err() || missing > 0 {
        model.notify(model.words.with(Word::ObjectsGone, &[&model.words.count(missing as u64)]));
    }
    details::remember(model, objects);
    layout::start(model, outbox, false);
    ask_links(model, outbox, &kept);
}

/// One expansion per link type, among what lies on the graph.
fn ask_links(model: &mut Model, outbox: &Outbox, kept: &Kept) {
    let Some(project) = model.route.project().cloned() else { return };
    let mut ends: BTreeMap<&LinkTypeId, (BTreeSet<&Key>, BTreeSet<&Key>)> = BTreeMap::new();
    for link in &kept.links {
        let at = |place: u32| kept.objects.get(place as usize).map(|object| &object.key);
        if let (Some(from), Some(to)) = (at(link.from), at(link.to)) {
            let (froms, tos) = ends.entry(&link.link).or_default();
            froms.insert(from);
            tos.insert(to);
        }
    }
    for (link, (froms, tos)) in ends {
        let (froms, tos): (Vec<Key>, Vec<Key>) = (froms.into_iter().cloned().collect(), tos.into_iter().cloned().collect());
        for keys in froms.chunks(MOST_KEYS) {
            for only in tos.chunks(MOST_KEYS) {
                let (keys, only) = (keys.to_vec(), only.to_vec());
                let (direction, order, limit) = (Direction::Forward, ExpandOrder::Count, MOST_KEYS as u64);
                let link = link.clone();
                let ask = Expand { project: project.clone(), link, direction, keys, order, limit, only };
                ask_links_of(model, outbox, ask);
            }
        }
    }
}

fn ask_links_of(model: &mut Model, outbox: &Outbox, ask: Expand) {
    let link = ask.link.clone();
    let number = going::begin(model, model.words.t(Word::PuttingBack).to_owned());
    let mut of_links: BTreeSet<u16> = BTreeSet::new();
    let mut links: Vec<NewLink> = Vec::new();
    streams::start(model, outbox, Lane::Expand(number), ask, move |model, outbox, got| match got {
        Got::Part(part, PartEvent::Open(open)) if matches!(open.rows, PartRows::MergedLinks { .. }) => {
            of_links.insert(part);
        }
        Got::Part(part, PartEvent::Rows(batches)) if of_links.contains(&part) => {
            let Some(kind) = model.link_type(&link) else { return };
            links.extend(batches.iter().flat_map(|batch| merged_links(batch, kind)));
        }
        Got::Part(_, PartEvent::Close(close)) => {
            if let Some(fault) = close.fault {
                model.notify_fault(&fault);
            }
        }
        Got::End(end) => {
            going::end(model, number);
            if let Err(fault) = end {
                model.notify_fault(&fault);
            }
            join(model, outbox, std::mem::take(&mut links));
        }
        Got::Part(..) => {}
    });
}

fn join(model: &mut Model, outbox: &Outbox, mut links: Vec<NewLink>) {
    let graph = &mut model.work.board.graph;
    links.retain(|link| graph.find(&link.from).is_some() && graph.find(&link.to).is_some());
    let step = Step::Add { nodes: Vec::new(), links };
    if step.apply(graph).is_ok() {
        layout::start(model, outbox, false);
    }
}
