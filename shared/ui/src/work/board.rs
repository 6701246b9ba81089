//! The graph of the investigation: what is on it, what is selected, and every step that can be taken back.

use std::collections::BTreeSet;

use graph::layout as limits;
use graph::{Graph, History, LinkId, NewLink, NewNode, NodeId, NodeKey, Parallel, Place, Step};

use super::layout::{self, Arranging};
use super::object::{Object, ObjectRef};
use super::style::Rules;
use super::ways::{Found, Way};
use super::{details, measuring, take_back};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::{Word, Words};

/// How far from the object that they hang on new ones begin, in points.
const BEGIN_BESIDE: f32 = 60.0;

/// The graph of the investigation.
#[derive(Default)]
pub struct Board {
    /// What is on it.
    pub graph: Graph,
    /// What was done to it.
    pub history: History,
    /// The selected objects.
    pub selected: BTreeSet<NodeId>,
    /// The selected link; none while objects are selected.
    pub link: Option<LinkId>,
    /// All links of the selected line, where it stands for several.
    pub links: Vec<LinkId>,
    /// How links between the same two are drawn.
    pub parallel: Parallel,
    /// The search for places.
    pub arranging: Arranging,
    /// The way that is shown.
    way: Option<Way>,
    /// All that were found with it.
    found: Found,
    rules: Rules,
}

impl Board {
    /// The object behind a node.
    pub fn object(&self, id: NodeId) -> Option<ObjectRef> {
        ObjectRef::of_node(&self.graph.node(id)?.key)
    }

    /// The objects behind the selected nodes.
    pub fn selected_objects(&self) -> Vec<ObjectRef> {
        self.selected.iter().filter_map(|id| self.object(*id)).collect()
    }

    /// The node of an object, if it is there and not hidden.
    pub fn shown(&self, object: &ObjectRef) -> Option<NodeId> {
        self.graph.find(&object.node_key()).filter(|id| self.graph.is_shown(*id))
    }

    /// What pinning these does: nodes that are all pinned are let loose.
    pub fn pin_word(&self, nodes: &[NodeId]) -> Word {
        let all_pinned = !nodes.is_empty() && nodes.iter().all(|id| self.graph.flags(*id).pinned);
        if all_pinned { Word::Unpin } else { Word::Pin }
    }

    /// The way that was asked for, as long as it is there and everything selected lies on it.
    pub fn way(&self) -> Option<&Way> {
        self.way.as_ref().filter(|way| {
            let is_there = way.nodes.iter().all(|id| self.graph.is_shown(*id))
                && way.links().all(|id| self.graph.link(id).is_some());
            let is_selected = match self.link {
                Some(link) => way.links().any(|id| id == link),
                None => !self.selected.is_empty() && self.selected.iter().all(|id| way.nodes.contains(id)),
            };
            is_there && is_selected
        })
    }

    /// The ways or rings that were found last; the one that is shown is among them.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// Whether the graph is still the one that they were found in.
    pub fn is_found_here(&self) -> bool {
        self.found.structure == self.graph.structure()
    }

    /// Between which objects, or through which, ways are meant to lead: the selected ones but for those that are left out.
    /// While a way is shown and nothing else is meant, those of the search that found it.
    pub fn meant(&self, without: &BTreeSet<NodeId>) -> Vec<NodeId> {
        let meant: Vec<NodeId> = self.selected.difference(without).copied().collect();
        let is_same = self.way().is_some_and(|way| meant.is_empty() || way.is_within(&self.selected));
        if is_same { self.found.meant.clone() } else { meant }
    }

    /// Keeps what was found.
    pub(super) fn take_ways(&mut self, found: Found) {
        (self.way, self.found) = (None, found);
    }

    /// Shows another one of the ways that were found.
    pub(super) fn show_way(&mut self, number: usize) {
        if let Some(way) = self.found.ways.get(number).cloned() {
            self.select(way.nodes.iter().copied());
            self.select_links(Vec::new());
            self.way = Some(way);
        }
    }

    /// How it looks: the first rule that says something decides.
    pub fn rules(&self) -> &[model::style::Rule] {
        self.rules.all()
    }

    /// Reads the rules where a step has changed them.
    pub(super) fn keep_rules(&mut self) {
        self.rules.keep_up(self.graph.style());
    }

    /// Selects the links of a line, and nothing else of them.
    pub(super) fn select_links(&mut self, links: Vec<LinkId>) {
        self.link = links.first().copied();
        self.links = if links.len() > 1 { links } else { Vec::new() };
    }

    /// Forgets the way once something else is selected.
    pub(super) fn keep_way(&mut self) {
        if self.way().is_none() {
            self.way = None;
        }
    }

    fn keep_selection(&mut self) {
        self.select(self.selected.clone());
        self.link = self.link.filter(|id| self.graph.link(*id).is_some());
        self.links.retain(|id| self.graph.link(*id).is_some());
    }

    /// Selects the shown ones of these, and nothing else; a closed group is selected as a whole.
    pub(super) fn select(&mut self, nodes: impl IntoIterator<Item = NodeId>) {
        let graph = &self.graph;
        let shown: BTreeSet<NodeId> = nodes.into_iter().filter(|id| graph.is_shown(*id)).collect();
        self.selected = match graph.has_closed() {
            true => shown.iter().flat_map(|id| graph.members(graph.item_of(*id))).collect(),
            false => shown,
        };
    }
}

/// Carries out a step, remembers it, and looks for places where it brought something new.
pub(super) fn step(model: &mut Model, outbox: &Outbox, title: Word, step: Step) {
    run(model, outbox, model.words.t(title), step);
}

/// The same; false where it could not be done, which the person was told.
pub(super) fn run(model: &mut Model, outbox: &Outbox, title: &str, step: Step) -> bool {
    let board = &mut model.work.board;
    match board.history.run(&mut board.graph, title, step) {
        Ok(()) => after(model, outbox),
        Err(fault) => {
            model.notify(sentence(model.words, &fault));
            return false;
        }
    }
    true
}

fn sentence(words: Words, fault: &graph::Fault) -> String {
    match fault {
        graph::Fault::TooMany => {
            let (objects, links) = (limits::LIMIT_NODES as u64, limits::LIMIT_LINKS as u64);
            words.with(Word::StepTooMany, &[&words.count(objects), &words.count(links)])
        }
        other => words.with(Word::StepFailed, &[&other.to_string()]),
    }
}

fn after(model: &mut Model, outbox: &Outbox) {
    model.work.board.keep_selection();
    model.work.board.keep_rules();
    model.work.changed();
    measuring::keep_up(model, outbox);
    layout::start(model, outbox, None);
}

/// Adds objects and links in one step. New objects begin beside `anchor`. The numbers of those that are new; none where it
/// could not be done.
pub(super) fn add(
    model: &mut Model,
    outbox: &Outbox,
    title: &str,
    nodes: Vec<NewNode>,
    links: Vec<NewLink>,
    anchor: Option<Place>,
) -> Option<Vec<NodeId>> {
    let nodes = with_missing_ends(&model.work.board.graph, nodes, &links);
    let keys: Vec<NodeKey> = nodes.iter().map(|node| node.key.clone()).collect();
    let before = &model.work.board.graph;
    let is_new: Vec<bool> = keys.iter().map(|key| before.find(key).is_none()).collect();
    if !run(model, outbox, title, Step::Add { nodes, links }) {
        return None;
    }
    let board = &mut model.work.board;
    let fresh: Vec<NodeId> =
        keys.iter().zip(is_new).filter(|(_, is_new)| *is_new).filter_map(|(key, _)| board.graph.find(key)).collect();
    if let Some([x, y]) = anchor {
        let around = fresh.iter().enumerate().map(|(number, id)| {
            let angle = number as f32 * 2.4;
            (*id, [x + BEGIN_BESIDE * angle.cos(), y + BEGIN_BESIDE * angle.sin()])
        });
        let around: Vec<_> = around.collect();
        board.graph.set_places(around);
        layout::start(model, outbox, None);
    }
    Some(fresh)
}

/// A link may lead to an object that its source no longer has: it is shown by its key.
fn with_missing_ends(graph: &Graph, mut nodes: Vec<NewNode>, links: &[NewLink]) -> Vec<NewNode> {
    let mut known: BTreeSet<NodeKey> = nodes.iter().map(|node| node.key.clone()).collect();
    for end in links.iter().flat_map(|link| [&link.from, &link.to]) {
        if graph.find(end).is_none() && known.insert(end.clone()) {
            nodes.extend(ObjectRef::of_node(end).map(|is| is.missing_node()));
        }
    }
    nodes
}

/// Puts fetched objects on the graph, and selects them.
pub(super) fn put(model: &mut Model, outbox: &Outbox, objects: Vec<Object>) {
    let nodes: Vec<NewNode> =
        objects.iter().filter_map(|object| Some(object.node(model.object_type(&object.is.object_type)?))).collect();
    let keys: Vec<NodeKey> = nodes.iter().map(|node| node.key.clone()).collect();
    let title = match objects.as_slice() {
        [one] => model.words.with(Word::StepOpen, &[&one.title]),
        many => model.words.with(Word::StepOpenMany, &[&model.words.count(many.len() as u64)]),
    };
    details::remember(model, objects);
    take_back::put_by_hand(model, &keys);
    let known =
        keys.iter().all(|key| model.work.board.graph.find(key).is_some_and(|id| model.work.board.graph.is_shown(id)));
    if !known {
        let hidden: Vec<NodeId> = keys.iter().filter_map(|key| model.work.board.graph.find(key)).collect();
        add(model, outbox, &title, nodes, Vec::new(), None);
        if !hidden.is_empty() {
            run(model, outbox, model.words.t(Word::StepShow), Step::Show(hidden));
        }
    }
    let board = &mut model.work.board;
    let put: Vec<NodeId> = keys.iter().filter_map(|key| board.graph.find(key)).collect();
    board.select(put);
    board.select_links(Vec::new());
}

/// Selects these and nothing else; one object alone is opened at the side.
pub(super) fn select(model: &mut Model, outbox: &Outbox, nodes: impl IntoIterator<Item = NodeId>) {
    let board = &mut model.work.board;
    board.select(nodes);
    board.select_links(Vec::new());
    if let [one] = board.selected_objects().as_slice() {
        details::open(model, outbox, one);
    }
}

/// Undo, or redo: what was done is taken from what was kept, never from a source.
pub(super) fn replay(model: &mut Model, outbox: &Outbox, forward: bool) {
    let board = &mut model.work.board;
    let done = if forward { board.history.redo(&mut board.graph) } else { board.history.undo(&mut board.graph) };
    match done {
        Ok(Some(_)) => after(model, outbox),
        Ok(None) => {}
        Err(fault) => model.notify(sentence(model.words, &fault)),
    }
}

/// Hides everything but these.
pub(super) fn isolate(model: &mut Model, outbox: &Outbox, nodes: &BTreeSet<NodeId>) {
    let others: Vec<NodeId> =
        model.work.board.graph.shown().map(|(id, _)| id).filter(|id| !nodes.contains(id)).collect();
    if !others.is_empty() {
        run(model, outbox, model.words.t(Word::Isolate), Step::Hide(others));
    }
}

/// Shows what is hidden and joined to these.
pub(super) fn show_beside(model: &mut Model, outbox: &Outbox, nodes: &[NodeId]) {
    let hidden = model.work.board.graph.hidden_beside(nodes);
    if hidden.is_empty() {
        model.notify(model.words.t(Word::NothingHiddenBeside));
    } else {
        run(model, outbox, model.words.t(Word::ShowBeside), Step::Show(hidden));
    }
}

/// Shows everything that was hidden.
pub(super) fn show_all(model: &mut Model, outbox: &Outbox) {
    let graph = &model.work.board.graph;
    let hidden: Vec<NodeId> = graph.nodes().map(|(id, _)| id).filter(|id| graph.flags(*id).hidden).collect();
    if !hidden.is_empty() {
        run(model, outbox, model.words.t(Word::ShowHidden), Step::Show(hidden));
    }
}

/// Pins these, or, when all of them are pinned, lets them loose.
pub(super) fn pin(model: &mut Model, outbox: &Outbox, nodes: Vec<NodeId>) {
    let (title, step) = if model.work.board.pin_word(&nodes) == Word::Unpin {
        (Word::Unpin, Step::Unpin(nodes))
    } else {
        (Word::Pin, Step::Pin(nodes))
    };
    run(model, outbox, model.words.t(title), step);
}
