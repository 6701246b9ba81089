//! Taking from the graph what an expansion added, and what hangs on an object alone.
//!
//! An expansion answers for what it brought: objects and links that were not there before, or were there only because other
//! expansions had brought them. What is put on the graph by hand afterwards is the person's own. Taking an expansion back
//! removes what no other one answers for; an object stays where a link that stays leads to it, or where it is pinned.

use std::collections::BTreeSet;

use graph::{Graph, LinkId, NewLink, NewNode, NodeId, NodeKey, Step};

use super::board;
use super::expand::Expanded;
use super::object::ObjectRef;
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// What an expansion answers for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Brought {
    pub(super) nodes: BTreeSet<NodeId>,
    pub(super) links: BTreeSet<LinkId>,
}

/// What an expansion is about to bring.
pub(super) struct Brings {
    keys: BTreeSet<NodeKey>,
    links: Vec<NewLink>,
    /// What is there already, and no expansion answers for.
    own: Brought,
}

impl Brings {
    /// To be asked for before it is added.
    pub(super) fn new(model: &Model, nodes: &[NewNode], links: &[NewLink]) -> Self {
        let graph = &model.work.board.graph;
        let ends = links.iter().flat_map(|link| [&link.from, &link.to]);
        let keys: BTreeSet<NodeKey> = nodes.iter().map(|node| &node.key).chain(ends).cloned().collect();
        let known = all_of(on(model));
        let nodes = keys.iter().filter_map(|key| graph.find(key)).filter(|id| !known.nodes.contains(id)).collect();
        let of_links = links.iter().filter_map(|link| find_link(graph, link));
        let own = Brought { nodes, links: of_links.filter(|id| !known.links.contains(id)).collect() };
        Self { keys, links: links.to_vec(), own }
    }

    /// To be asked for when it was added. Not for the objects that were expanded.
    pub(super) fn done(self, model: &Model, of: &[ObjectRef]) -> Brought {
        let graph = &model.work.board.graph;
        let of: BTreeSet<NodeId> = of.iter().filter_map(|object| graph.find(&object.node_key())).collect();
        let nodes = self.keys.iter().filter_map(|key| graph.find(key));
        let links = self.links.iter().filter_map(|link| find_link(graph, link));
        Brought {
            nodes: nodes.filter(|id| !self.own.nodes.contains(id) && !of.contains(id)).collect(),
            links: links.filter(|id| !self.own.links.contains(id)).collect(),
        }
    }
}

fn find_link(graph: &Graph, link: &NewLink) -> Option<LinkId> {
    graph.find_link(&link.link_type, [&link.from, &link.to], link.directed)
}

/// The expansions whose steps are done and not taken back, also those that are not to be seen now.
fn on(model: &Model) -> impl Iterator<Item = &Expanded> {
    model.work.expanded.iter().filter(|known| known.is_done(&model.work.board.history))
}

fn all_of<'a>(expanded: impl Iterator<Item = &'a Expanded>) -> Brought {
    let mut all = Brought::default();
    for known in expanded {
        all.nodes.extend(&known.brought.nodes);
        all.links.extend(&known.brought.links);
    }
    all
}

/// What the person puts on the graph is no expansion's any more.
pub(super) fn put_by_hand(model: &mut Model, keys: &[NodeKey]) {
    let ids: Vec<NodeId> = keys.iter().filter_map(|key| model.work.board.graph.find(key)).collect();
    for known in &mut model.work.expanded {
        known.brought.nodes.retain(|id| !ids.contains(id));
    }
}

/// Removes what this expansion and older ones of the same alone brought, as one step.
pub(super) fn run(model: &mut Model, outbox: &Outbox, number: u64) {
    let Some(wanted) = model.work.expanded.iter().find(|known| known.number == number).cloned() else { return };
    let board = &model.work.board;
    let alone = all_of(on(model).filter(|known| known.is_like(&wanted)));
    let others = all_of(on(model).filter(|known| !known.is_like(&wanted)));
    let links: BTreeSet<LinkId> =
        alone.links.difference(&others.links).copied().filter(|id| board.graph.link(*id).is_some()).collect();
    let staying = board.graph.links().filter(|(id, _)| !links.contains(id));
    let held: BTreeSet<NodeId> = staying.flat_map(|(_, link)| [link.from, link.to]).collect();
    let is_gone = |id: &NodeId| {
        let is_there = board.graph.node(*id).is_some() && !board.graph.flags(*id).pinned;
        is_there && !others.nodes.contains(id) && !held.contains(id)
    };
    let nodes: Vec<NodeId> = alone.nodes.iter().copied().filter(is_gone).collect();
    if nodes.is_empty() && links.is_empty() {
        model.notify(model.words.t(Word::NothingToTakeBack));
        return;
    }
    let label = model.link_type(&wanted.link).map(|link| link.label(wanted.direction)).unwrap_or_default();
    let title = model.words.with(Word::TakeBackOf, &[label]);
    let (objects, gone) = (nodes.len() as u64, links.len() as u64);
    let links = links.into_iter().collect();
    if !board::run(model, outbox, &title, Step::Remove { nodes, links }) {
        return;
    }
    let taken_back = model.work.board.history.last();
    for known in model.work.expanded.iter_mut().filter(|known| known.is_like(&wanted)) {
        known.taken_back = taken_back;
    }
    let words = model.words;
    model.notify(words.with(Word::TakenBack, &[&words.count(objects), &words.count(gone)]));
}

/// The same for the newest expansion of any of these.
pub(super) fn newest(model: &mut Model, outbox: &Outbox, nodes: &[NodeId]) {
    let objects: Vec<ObjectRef> = nodes.iter().filter_map(|id| model.work.board.object(*id)).collect();
    let of_these = model.work.on_graph().filter(|known| known.of.iter().any(|object| objects.contains(object)));
    match of_these.map(|known| known.number).max() {
        Some(number) => run(model, outbox, number),
        None => model.notify(model.words.t(Word::NothingExpanded)),
    }
}

/// Removes the objects that hang on these alone.
pub(super) fn collapse(model: &mut Model, outbox: &Outbox, nodes: &[NodeId]) {
    let leaves = model.work.board.graph.hanging_on(nodes);
    if leaves.is_empty() {
        model.notify(model.words.t(Word::NothingToCollapse));
        return;
    }
    let count = leaves.len() as u64;
    let step = Step::Remove { nodes: leaves, links: Vec::new() };
    if board::run(model, outbox, model.words.t(Word::Collapse), step) {
        model.notify(model.words.with(Word::Collapsed, &[&model.words.count(count)]));
    }
}
