//! The graph as a list, for who does not see it and for who looks for something: groups with their members, then the other
//! objects by type and name, under each the kinds of its links with how many objects they lead to, and under these the objects.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use access::{LinkTypeId, ObjectTypeId};
use egui::Ui;
use graph::{GroupId, LinkId, NodeId, TypeId};
use model::query::Direction;

use super::{group_side, values};
use crate::app::{Commands, Model};
use crate::look::icons;
use crate::widgets::{TreeLine, tree};
use crate::words::{Language, Word};
use crate::work::Command;

/// What is unfolded, and the lines that this makes.
#[derive(Default)]
pub(super) struct Draft {
    unfolded: HashSet<Fold>,
    lines: Vec<Line>,
    /// The graph, the project and the language that the lines are of.
    of: Option<(u64, u64, Language)>,
}

/// A line that has lines below it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Fold {
    Group(GroupId),
    Object(NodeId),
    /// Links of one type at an object, in one direction.
    Links(NodeId, TypeId, Direction),
}

struct Line {
    fold: Option<Fold>,
    /// The object that it stands for.
    object: Option<NodeId>,
    /// Whether the object stands there as what another one leads to.
    is_far: bool,
    /// The group that it stands for.
    group: Option<GroupId>,
    depth: u16,
    icon: char,
    name: String,
    detail: String,
}

impl Draft {
    fn keep_up(&mut self, model: &Model) {
        let project = model.project().map_or(0, |seen| seen.revision);
        let now = Some((model.work.board.graph.revision(), project, model.words.language));
        if self.of != now {
            self.of = now;
            self.lines = lines(model, &self.unfolded);
        }
    }

    fn toggle(&mut self, number: usize) {
        if let Some(fold) = self.lines.get(number).and_then(|line| line.fold) {
            if !self.unfolded.remove(&fold) {
                self.unfolded.insert(fold);
            }
            self.of = None;
        }
    }
}

/// Draws it; gives an object that was chosen and is to be seen on the graph.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) -> Option<NodeId> {
    draft.keep_up(model);
    let selected = &model.work.board.selected;
    let whole = group_side::selected(model);
    let line = |number: usize| {
        let line = draft.lines.get(number)?;
        let is_selected = !line.is_far && line.object.is_some_and(|object| selected.contains(&object));
        Some(TreeLine {
            name: &line.name,
            depth: line.depth,
            icon: line.icon,
            expanded: line.fold.map(|fold| draft.unfolded.contains(&fold)),
            selected: is_selected || line.group.is_some() && line.group == whole,
            detail: Some(&line.detail),
        })
    };
    let blank = TreeLine { name: "", depth: 0, icon: ' ', expanded: None, selected: false, detail: None };
    let name = model.words.t(Word::OutlineOfGraph);
    let done = tree(ui, name, draft.lines.len(), |number| line(number).unwrap_or(blank));
    let line = done.chosen.and_then(|number| draft.lines.get(number));
    let members = line.and_then(|line| line.group).map(|group| model.work.board.graph.group_members(group));
    let chosen = line.and_then(|line| line.object).or_else(|| members.as_ref()?.first().copied());
    if let Some(nodes) = members.or(chosen.map(|object| vec![object])) {
        commands.work(Command::Select(nodes));
    }
    // A line of links has nothing to choose: it unfolds.
    let links = done.chosen.filter(|_| chosen.is_none());
    if let Some(number) = done.toggled.or(links) {
        draft.toggle(number);
        ui.ctx().request_repaint();
    }
    chosen
}

fn lines(model: &Model, unfolded: &HashSet<Fold>) -> Vec<Line> {
    let graph = &model.work.board.graph;
    let types: BTreeMap<TypeId, (String, char)> = graph
        .shown()
        .map(|(_, node)| node.object_type)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|id| (id, type_of(model, graph.object_type(id))))
        .collect();
    let mut lines = Vec::new();
    for (id, group) in graph.groups() {
        let members = graph.group_members(id);
        if members.is_empty() {
            continue;
        }
        lines.push(Line {
            fold: Some(Fold::Group(id)),
            object: None,
            is_far: false,
            group: Some(id),
            depth: 0,
            icon: icons::GROUPS,
            name: group.name.clone(),
            detail: model.words.count(members.len() as u64),
        });
        if unfolded.contains(&Fold::Group(id)) {
            objects(model, members, &types, 1, unfolded, &mut lines);
        }
    }
    let alone = graph.shown().map(|(id, _)| id).filter(|id| graph.group_of(*id).is_none());
    objects(model, alone.collect(), &types, 0, unfolded, &mut lines);
    lines
}

/// Objects by type and name, with what is unfolded under them.
fn objects(
    model: &Model,
    ids: Vec<NodeId>,
    types: &BTreeMap<TypeId, (String, char)>,
    depth: u16,
    unfolded: &HashSet<Fold>,
    lines: &mut Vec<Line>,
) {
    let graph = &model.work.board.graph;
    let of = |id: TypeId| types.get(&id).map_or(("", icons::CATEGORY), |(name, icon)| (name.as_str(), *icon));
    let nodes = ids.into_iter().filter_map(|id| Some((id, graph.node(id)?)));
    let mut objects: Vec<(&str, String, NodeId)> =
        nodes.map(|(id, node)| (of(node.object_type).0, node.label.to_lowercase(), id)).collect();
    objects.sort_unstable();
    lines.reserve(objects.len());
    for (_, _, id) in objects {
        let Some(node) = graph.node(id) else { continue };
        let groups = groups(model, id);
        let links: usize = groups.values().map(BTreeSet::len).sum();
        lines.push(Line {
            fold: (!groups.is_empty()).then_some(Fold::Object(id)),
            object: Some(id),
            is_far: false,
            group: None,
            depth,
            icon: of(node.object_type).1,
            name: node.label.clone(),
            detail: model.words.count(links as u64),
        });
        if unfolded.contains(&Fold::Object(id)) {
            links_of(model, (id, depth + 1), groups, unfolded, lines, |id| of(id).1);
        }
    }
}

/// The kinds of links at an object, those that lead to most objects first, and these where they are unfolded.
fn links_of(
    model: &Model,
    (id, depth): (NodeId, u16),
    groups: BTreeMap<(TypeId, Direction), BTreeSet<NodeId>>,
    unfolded: &HashSet<Fold>,
    lines: &mut Vec<Line>,
    icon: impl Fn(TypeId) -> char,
) {
    let graph = &model.work.board.graph;
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, far)| Reverse(far.len()));
    for ((kind, direction), far) in groups {
        let fold = Fold::Links(id, kind, direction);
        lines.push(Line {
            fold: Some(fold),
            object: None,
            is_far: false,
            group: None,
            depth,
            icon: icons::LINK,
            name: said(model, graph.link_type(kind), direction),
            detail: model.words.count(far.len() as u64),
        });
        if !unfolded.contains(&fold) {
            continue;
        }
        let mut far: Vec<_> = far.into_iter().filter_map(|id| Some((graph.node(id)?, id))).collect();
        far.sort_by_key(|(node, _)| node.label.to_lowercase());
        for (node, id) in far {
            let (name, detail) = (node.label.clone(), String::new());
            let (is_far, depth, icon) = (true, depth + 1, icon(node.object_type));
            lines.push(Line { fold: None, object: Some(id), is_far, group: None, depth, icon, name, detail });
        }
    }
}

/// The objects that are shown at the far ends of an object's links, by type and direction.
fn groups(model: &Model, id: NodeId) -> BTreeMap<(TypeId, Direction), BTreeSet<NodeId>> {
    let graph = &model.work.board.graph;
    let mut groups: BTreeMap<_, BTreeSet<NodeId>> = BTreeMap::new();
    let links: BTreeSet<LinkId> = graph.links_at(id).collect();
    for link in links.into_iter().filter_map(|link| graph.link(link)) {
        let (far, direction) = match link.from == id {
            true => (link.to, Direction::Forward),
            false if link.directed => (link.from, Direction::Backward),
            false => (link.from, Direction::Forward),
        };
        if graph.is_shown(far) {
            groups.entry((link.link_type, direction)).or_default().insert(far);
        }
    }
    groups
}

fn type_of(model: &Model, slug: &str) -> (String, char) {
    let kind = ObjectTypeId::new(slug).ok().and_then(|id| model.object_type(&id));
    kind.map_or((slug.to_owned(), icons::CATEGORY), |kind| (kind.plural.clone(), values::type_icon(kind)))
}

fn said(model: &Model, slug: &str, direction: Direction) -> String {
    let kind = LinkTypeId::new(slug).ok().and_then(|id| model.link_type(&id));
    kind.map_or(slug, |kind| kind.label(direction)).to_owned()
}
