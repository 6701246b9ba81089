//! Expanding objects along a link type: merged links and the objects at their other end, as one step.

use std::collections::BTreeMap;

use access::{LinkTypeId, ProjectId};
use graph::{History, NewLink, NewNode, NodeKey, Place};
use model::completeness::{Completeness, Extent};
use model::query::{Direction, Key, MOST_KEYS};
use wire::data::{Expand as Ask, ExpandOrder};
use wire::frame::{Counted, NOT_COUNTED, PartRows};
use wire::project::MOST_KEPT_EXPANSIONS;

use super::object::{Object, ObjectRef, objects};
use super::roles::merged_links;
use super::streams::{self, Got, Lane};
use super::take_back::{self, Brought};
use super::{Board, board, details, going, money, object};
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

/// What an expansion said about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The objects that were expanded.
    pub of: Vec<ObjectRef>,
    /// Along which link type.
    pub link: LinkTypeId,
    /// In which direction.
    pub direction: Direction,
    /// How many objects came.
    pub found: u64,
    /// How many there are, where they were counted.
    pub all: Option<Counted>,
    /// What the sources said.
    pub completeness: Completeness,
    /// Whether links among what lies on the graph were looked for, too.
    pub among: bool,
    /// Its number; later ones have larger ones.
    pub number: u64,
    /// The number of its step; none where it was kept from an earlier session.
    pub(super) step: Option<u64>,
    /// What it brought.
    pub(super) brought: Brought,
    /// The number of the step that took it back.
    pub(super) taken_back: Option<u64>,
}

impl Expanded {
    /// Whether all of it is there.
    pub fn is_whole(&self) -> bool {
        self.among && self.completeness.extent == Extent::Exact
    }

    /// Whether something is to be said of it.
    pub fn needs_a_word(&self) -> bool {
        !self.is_whole() || !self.completeness.causes.is_empty()
    }

    /// Whether it is of the same objects along the same links.
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.of, &self.link, self.direction) == (&other.of, &other.link, other.direction)
    }

    /// Whether its step is done, and not taken back.
    pub(super) fn is_done(&self, history: &History) -> bool {
        let is_taken_back = self.taken_back.is_some_and(|step| history.is_done(step));
        self.step.is_none_or(|step| history.is_done(step)) && !is_taken_back
    }

    /// Whether it is still to be seen: a step that was undone, or taken back, says nothing any more.
    pub fn is_on(&self, board: &Board) -> bool {
        if !self.is_done(&board.history) {
            return false;
        }
        let is_along =
            |id| board.graph.link(id).is_some_and(|link| board.graph.link_type(link.link_type) == self.link.as_str());
        let mut nodes = self.of.iter().filter_map(|object| board.shown(object));
        nodes.any(|id| self.found == 0 || board.graph.links_at(id).any(is_along))
    }
}

/// What has come of one expansion.
#[derive(Default)]
struct Gathered {
    parts: BTreeMap<u16, PartRows>,
    objects: Vec<Object>,
    links: Vec<NewLink>,
    failed: Option<wire::Fault>,
    completeness: Completeness,
    /// Links among what lies on the graph were not looked for.
    alone: bool,
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
            PartEvent::Close(close) => {
                self.failed = self.failed.take().or(close.fault);
                self.completeness.join(&close.completeness);
            }
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
    let keys: Vec<Key> = expand.objects.iter().map(|object| object.key.clone()).collect();
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
        gathered.alone = !is_cheap && from.len().min(to.len()) > 0;
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
        Got::End(end) => {
            // If this second look failed, the first one still stands.
            let mut whole = std::mem::take(&mut gathered);
            whole.links.append(&mut among.links);
            whole.completeness.join(&among.completeness);
            if let Some(fault) = end.err().or_else(|| among.failed.take()) {
                whole.alone = true;
                model.notify(model.words.with(Word::AmongFailed, &[&fault.sentence]));
            }
            finish(model, outbox, number, &expand, whole);
        }
    });
}

fn finish(model: &mut Model, outbox: &Outbox, number: u64, expand: &Expand, mut gathered: Gathered) {
    going::end(model, number);
    let Some(link) = model.link_type(&expand.link).cloned() else { return };
    let title = model.words.with(Word::ExpandOf, &[link.label(expand.direction)]);
    gathered.objects = object::once_each(gathered.objects);
    let found = gathered.objects.len() as u64;
    let nodes: Vec<NewNode> = gathered
        .objects
        .iter()
        .filter_map(|object| Some(object.node(model.object_type(&object.is.object_type)?)))
        .collect();
    let links = once_each(gathered.links);
    details::remember(model, gathered.objects);
    let anchor = anchor(model, expand);
    let pairs: Vec<(Key, Key)> = links.iter().map(|link| (link.from.key.clone(), link.to.key.clone())).collect();
    let brings = take_back::Brings::new(model, &nodes, &links);
    let Some(fresh) = board::add(model, outbox, &title, nodes, links, anchor) else { return };
    let brought = brings.done(model, &expand.objects);
    money::ask(model, outbox, &link.id, &pairs);
    let expanded = Expanded {
        of: expand.objects.clone(),
        link: expand.link.clone(),
        direction: expand.direction,
        found,
        all: neighbours(model, expand),
        completeness: gathered.completeness,
        among: !gathered.alone,
        number: model.work.expanded.iter().map(|known| known.number + 1).max().unwrap_or_default(),
        step: model.work.board.history.last(),
        brought,
        taken_back: None,
    };
    tell(model, &expanded, &link, fresh.len() as u64);
    remember(&mut model.work.expanded, expanded);
}

/// How many objects were counted at the other end.
fn neighbours(model: &Model, expand: &Expand) -> Option<Counted> {
    let counts = model.work.counts_of(&expand.objects)?;
    let all = counts.find(&expand.link, expand.direction)?.neighbours;
    Some(all).filter(|all| *all != NOT_COUNTED)
}

/// The newest is the last; an older one of the same is said again when the newest is undone.
fn remember(known: &mut Vec<Expanded>, new: Expanded) {
    if known.len() >= MOST_KEPT_EXPANSIONS {
        known.remove(0);
    }
    known.push(new);
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
fn tell(model: &mut Model, expand: &Expanded, link: &model::LinkType, fresh: u64) {
    let found = expand.found;
    let words = model.words;
    let kind = model.object_type(link.far(expand.direction));
    // One is called by the type's name, more by its plural.
    let far = |number: u64| {
        kind.map(|kind| if number == 1 { &kind.name } else { &kind.plural }.to_lowercase()).unwrap_or_default()
    };
    let text = match expand.all {
        _ if found == 0 => words.with(Word::NothingLinked, &[link.label(expand.direction)]),
        Some(all) if all.more || all.number > found => words.with(
            Word::ShowingSome,
            &[&words.count(found), &words.count_at_least(all.number, !all.more), &far(all.number)],
        ),
        _ => words.with(Word::Added, &[&words.count(fresh), &far(fresh)]),
    };
    let extent = match expand.completeness.extent {
        Extent::Partial | Extent::Withheld => Some(Word::Partial),
        Extent::Sampled => Some(Word::Sampled),
        // That a limit was reached shows in the numbers.
        Extent::Exact | Extent::AtLeast | Extent::Capped => None,
    };
    model.notify(extent.map_or(text.clone(), |word| format!("{text} · {}", words.t(word))));
}
