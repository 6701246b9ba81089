//! Groups: made by hand, by type or from numbers, opened, closed, named and dissolved, each as a step.

use std::collections::BTreeMap;

use access::{ObjectTypeId, PropertyId};
use graph::{Graph, Group, GroupId, NodeId, Step};

use super::board;
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// The longest name of a group, in characters.
pub const LONGEST_NAME: usize = 80;

/// What is to be done with groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grouping {
    /// Put these into one group, which is closed.
    Group(Vec<NodeId>),
    /// Put these into a closed group for each object type with several of them; everything that is shown where they are fewer
    /// than two.
    ByType(Vec<NodeId>),
    /// Put these into a closed group for each value of a property that several of them share; those that have none, or were not
    /// fetched, stay as they are.
    ByProperty(Vec<NodeId>, PropertyId),
    /// Put each of these into a closed group of this name; one object alone stays as it is.
    Named(Vec<(String, Vec<NodeId>)>),
    /// Dissolve the groups that have any of these.
    Ungroup(Vec<NodeId>),
    /// Open the closed groups that have any of these; where none is closed, close them.
    Toggle(Vec<NodeId>),
    /// Open all groups.
    OpenAll,
    /// Close all groups.
    CloseAll,
    /// Call a group something else.
    Name(GroupId, String),
}

/// Carries it out.
pub(super) fn run(model: &mut Model, outbox: &Outbox, grouping: Grouping) {
    match grouping {
        Grouping::Group(nodes) => by_hand(model, outbox, nodes),
        Grouping::ByType(nodes) => by_type(model, outbox, nodes),
        Grouping::ByProperty(nodes, property) => by_property(model, outbox, &nodes, &property),
        Grouping::Named(groups) => named(model, outbox, groups),
        Grouping::Ungroup(nodes) => {
            let groups = model.work.board.graph.groups_of(nodes);
            if !groups.is_empty() {
                board::step(model, outbox, Word::Ungroup, Step::Ungroup(groups));
            }
        }
        Grouping::Toggle(nodes) => {
            let groups = model.work.board.graph.groups_of(nodes);
            toggle(model, outbox, groups);
        }
        Grouping::OpenAll => set_open(model, outbox, true),
        Grouping::CloseAll => set_open(model, outbox, false),
        Grouping::Name(id, name) => rename(model, outbox, id, &name),
    }
}

fn by_hand(model: &mut Model, outbox: &Outbox, members: Vec<NodeId>) {
    if members.len() < 2 {
        model.notify(model.words.t(Word::GroupNeedsTwo));
        return;
    }
    let name = name_of(model, &members);
    make(model, outbox, Word::MakeGroup, vec![Group::closed(name, members)]);
}

fn by_type(model: &mut Model, outbox: &Outbox, nodes: Vec<NodeId>) {
    let graph = &model.work.board.graph;
    let nodes = if nodes.len() < 2 { graph.shown().map(|(id, _)| id).collect() } else { nodes };
    let mut types: BTreeMap<graph::TypeId, Vec<NodeId>> = BTreeMap::new();
    for id in nodes {
        if let Some(node) = graph.node(id) {
            types.entry(node.object_type).or_default().push(id);
        }
    }
    let several = types.into_values().filter(|members| members.len() > 1);
    let groups: Vec<Group> = several.map(|members| Group::closed(name_of(model, &members), members)).collect();
    if groups.is_empty() {
        model.notify(model.words.t(Word::NoTypeTwice));
        return;
    }
    make(model, outbox, Word::GroupByType, groups);
}

/// Named by the value.
fn by_property(model: &mut Model, outbox: &Outbox, nodes: &[NodeId], property: &PropertyId) {
    let mut shared: BTreeMap<&str, Vec<NodeId>> = BTreeMap::new();
    for id in nodes {
        let object = model.work.board.object(*id).and_then(|object| model.work.object(&object));
        let value = object.and_then(|object| object.values.iter().find(|(known, _)| known == property));
        if let Some((_, value)) = value.filter(|(_, value)| !value.trim().is_empty()) {
            shared.entry(value).or_default().push(*id);
        }
    }
    let several = shared.into_iter().filter(|(_, members)| members.len() > 1);
    let name = |value: &str| value.trim().chars().take(LONGEST_NAME).collect();
    let groups: Vec<Group> = several.map(|(value, members)| Group::closed(name(value), members)).collect();
    if groups.is_empty() {
        model.notify(model.words.t(Word::NoValueTwice));
        return;
    }
    make(model, outbox, Word::MakeGroups, groups);
}

/// The largest first, named by their place.
fn named(model: &mut Model, outbox: &Outbox, groups: Vec<(String, Vec<NodeId>)>) {
    let several = groups.into_iter().filter(|(_, members)| members.len() > 1);
    let groups: Vec<Group> = several.map(|(name, members)| Group::closed(name, members)).collect();
    if groups.is_empty() {
        model.notify(model.words.t(Word::GroupNeedsTwo));
    } else {
        make(model, outbox, Word::MakeGroups, groups);
    }
}

fn make(model: &mut Model, outbox: &Outbox, title: Word, groups: Vec<Group>) {
    let (count, objects) = (groups.len(), groups.iter().map(|group| group.members.len() as u64).sum::<u64>());
    let name = groups.first().map(|group| group.name.clone()).unwrap_or_default();
    if !board::run(model, outbox, model.words.t(title), Step::Group(groups)) {
        return;
    }
    let words = model.words;
    let said = match count {
        1 => words.with(Word::GroupMade, &[&name, &words.count(objects)]),
        many => words.with(Word::GroupsMade, &[&words.count(many as u64), &words.count(objects)]),
    };
    model.notify(said);
}

/// What the objects are called where all are of one type, or else a number that no group has.
fn name_of(model: &Model, members: &[NodeId]) -> String {
    let graph = &model.work.board.graph;
    let types = graph.count_types(members);
    let plural = match types.keys().collect::<Vec<_>>().as_slice() {
        [one] => ObjectTypeId::new(graph.object_type(**one)).ok().and_then(|id| model.object_type(&id)),
        _ => None,
    };
    let numbered = || {
        let name = |number: u64| model.words.with(Word::GroupNumber, &[&model.words.count(number)]);
        (1..).map(name).find(|name| !is_name(graph, name)).unwrap_or_default()
    };
    plural.map_or_else(numbered, |kind| kind.plural.clone())
}

fn is_name(graph: &Graph, name: &str) -> bool {
    graph.groups().any(|(_, group)| group.name == name)
}

fn toggle(model: &mut Model, outbox: &Outbox, groups: Vec<GroupId>) {
    let graph = &model.work.board.graph;
    let is_closed = |id: &GroupId| graph.group(*id).is_some_and(|group| !group.is_open);
    let closed: Vec<GroupId> = groups.iter().copied().filter(is_closed).collect();
    if !closed.is_empty() {
        open(model, outbox, closed);
    } else if !groups.is_empty() {
        board::step(model, outbox, Word::CloseGroup, Step::CloseGroups(groups));
    }
}

fn open(model: &mut Model, outbox: &Outbox, groups: Vec<GroupId>) {
    board::step(model, outbox, Word::OpenGroup, Step::OpenGroups(groups));
}

fn set_open(model: &mut Model, outbox: &Outbox, is_open: bool) {
    let others = model.work.board.graph.groups().filter(|(_, group)| group.is_open != is_open);
    let others: Vec<GroupId> = others.map(|(id, _)| id).collect();
    match (others.is_empty(), is_open) {
        (true, _) => {}
        (false, true) => open(model, outbox, others),
        (false, false) => board::step(model, outbox, Word::CloseAllGroups, Step::CloseGroups(others)),
    }
}

/// Opens the closed groups that nodes are in, and says so.
pub(super) fn open_around(model: &mut Model, outbox: &Outbox, nodes: &[NodeId]) {
    let graph = &model.work.board.graph;
    let all = graph.groups_of(nodes.iter().copied()).into_iter();
    let closed: Vec<(GroupId, String)> = all
        .filter_map(|id| Some((id, graph.group(id)?)))
        .filter(|(_, group)| !group.is_open)
        .map(|(id, group)| (id, group.name.clone()))
        .collect();
    if closed.is_empty() {
        return;
    }
    let names: Vec<&str> = closed.iter().map(|(_, name)| name.as_str()).collect();
    let said = model.words.with(Word::GroupOpened, &[&names.join(", ")]);
    open(model, outbox, closed.into_iter().map(|(id, _)| id).collect());
    model.notify(said);
}

fn rename(model: &mut Model, outbox: &Outbox, id: GroupId, name: &str) {
    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
    let is_new = model.work.board.graph.group(id).is_some_and(|group| group.name != name);
    if is_new && !name.is_empty() {
        board::step(model, outbox, Word::NameGroup, Step::NameGroup(id, name));
    }
}
