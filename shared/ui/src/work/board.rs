//! The graph of the investigation: what is on it, what is selected, and every step that can be taken back.

use std::collections::BTreeSet;

use graph::layout as limits;
use graph::{Follow, Graph, History, LinkId, NewLink, NewNode, NodeId, NodeKey, Path, Place, Step};

use super::details;
use super::layout::{self, Arranging};
use super::object::{Object, ObjectRef};
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
    /// The search for places.
    pub arranging: Arranging,
    /// The shortest way that was asked for.
    way: Option<Path>,
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

    /// The shortest way that was asked for, as long as it is there and everything selected lies on it.
    pub fn way(&self) -> Option<&Path> {
        self.way.as_ref().filter(|way| {
            let is_there = way.nodes.iter().all(|id| self.graph.is_shown(*id))
                && way.links.iter().all(|id| self.graph.link(*id).is_some());
            let is_selected = match self.link {
                Some(link) => way.links.contains(&link),
                None => !self.selected.is_empty() && self.selected.iter().all(|id| way.nodes.contains(id)),
            };
            is_there && is_selected
        })
    }

    /// Forgets the way once something else is selected.
    pub(super) fn keep_way(&mut self) {
        if self.way().is_none() {
            self.way = None;
        }
    }

    fn keep_selection(&mut self) {
        let graph = &self.graph;
        self.selected.retain(|id| graph.is_shown(*id));
        self.link = self.link.filter(|id| graph.link(*id).is_some());
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
    model.work.changed();
    layout::start(model, outbox, None);
}

/// Adds objects and links in one step. New objects begin beside `anchor`. The numbers of those that are new.
pub(super) fn add(
    model: &mut Model,
    outbox: &Outbox,
    title: &str,
    nodes: Vec<NewNode>,
    links: Vec<NewLink>,
    anchor: Option<Place>,
) -> Vec<NodeId> {
    let nodes = with_missing_ends(&model.work.board.graph, nodes, &links);
    let keys: Vec<NodeKey> = nodes.iter().map(|node| node.key.clone()).collect();
    let before = &model.work.board.graph;
    let is_new: Vec<bool> = keys.iter().map(|key| before.find(key).is_none()).collect();
    if !run(model, outbox, title, Step::Add { nodes, links }) {
        return Vec::new();
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
    fresh
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
    board.selected = keys.iter().filter_map(|key| board.graph.find(key)).collect();
    board.link = None;
}

/// Selects these and nothing else; one object alone is opened at the side.
pub(super) fn select(model: &mut Model, outbox: &Outbox, nodes: impl IntoIterator<Item = NodeId>) {
    let board = &mut model.work.board;
    board.selected = nodes.into_iter().filter(|id| board.graph.is_shown(*id)).collect();
    board.link = None;
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

/// Finds and selects the shortest way between the two selected objects, within what is on the graph.
pub(super) fn shortest_path(model: &mut Model) {
    let board = &mut model.work.board;
    let ends: Vec<NodeId> = board.selected.iter().copied().collect();
    let [from, to] = ends.as_slice() else {
        model.notify(model.words.t(Word::PathNeedsTwo));
        return;
    };
    match board.graph.shortest_path(*from, *to, Follow::Any) {
        Some(path) => {
            let hops = path.nodes.len().saturating_sub(1) as u64;
            board.selected = path.nodes.iter().copied().collect();
            board.way = Some(path);
            model.notify(model.words.with(Word::PathFound, &[&model.words.count(hops)]));
        }
        None => model.notify(model.words.t(Word::NoPath)),
    }
}
