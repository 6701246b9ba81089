//! Changes as values. Applying one answers with the step that takes it back, made from what was there before: undo never
//! asks a source again.

use std::collections::HashSet;
use std::sync::Arc;

use crate::graph::{Flags, Graph, Link, LinkId, NewLink, NewNode, Node, NodeId, NodeKey, TypeId};
use crate::groups::{self, Group, GroupId};
use crate::notes::{Belonging, LONGEST_NOTE, MOST_NOTES, Note, NoteId};
use crate::{Amount, Place, layout};

/// The most nodes and links that a graph holds, removed ones included.
const LIMIT_NODES: usize = layout::LIMIT_NODES;
const LIMIT_LINKS: usize = layout::LIMIT_LINKS;

/// One change of the graph.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Puts objects and links on the graph. What is there already takes the new label, count and sum (an answer
    /// replaces the one before, it is not added to it) and keeps place and flags; a hidden node stays hidden.
    Add {
        nodes: Vec<NewNode>,
        links: Vec<NewLink>,
    },
    /// As `Add`, for a graph that was kept in a file: each object that was not there stands as the file says.
    Import {
        /// Each with how it stands; one that is there already keeps its place and flags.
        nodes: Vec<(NewNode, Standing)>,
        links: Vec<NewLink>,
    },
    /// Takes nodes, with all their links, and links away.
    Remove {
        nodes: Vec<NodeId>,
        links: Vec<LinkId>,
    },
    Hide(Vec<NodeId>),
    Show(Vec<NodeId>),
    /// Puts nodes somewhere by hand; they count as placed.
    Move(Vec<(NodeId, Place)>),
    /// The same for a layout of everything: notes go along with what they lie at.
    LayOut(Vec<(NodeId, Place)>),
    Pin(Vec<NodeId>),
    Unpin(Vec<NodeId>),
    /// Writes notes, in place of those of the same numbers; none takes one away.
    Note(Vec<(NoteId, Option<Note>)>),
    /// Says how the graph is to look; see [`Graph::style`].
    Style(Option<Arc<str>>),
    /// Makes groups; whoever is in another group leaves that.
    Group(Vec<Group>),
    /// Dissolves groups; their members stay.
    Ungroup(Vec<GroupId>),
    /// Shows the members of groups.
    OpenGroups(Vec<GroupId>),
    /// Draws each group as one.
    CloseGroups(Vec<GroupId>),
    /// Calls a group something else.
    NameGroup(GroupId, String),
    /// Sets back what another step changed.
    Restore(Patch),
}

impl Step {
    /// The nodes that it would take away because they were not there before: of a step that takes another back, what that
    /// one added.
    pub fn takes_away(&self) -> Vec<NodeId> {
        match self {
            Step::Restore(patch) => patch.nodes.iter().filter(|(_, node)| node.is_none()).map(|(id, _)| *id).collect(),
            Step::Remove { nodes, .. } => nodes.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether the same nodes and links are shown afterwards.
    fn shows_nothing_else(&self) -> bool {
        let is_of_places = matches!(
            self,
            Step::Move(_) | Step::LayOut(_) | Step::Pin(_) | Step::Unpin(_) | Step::Note(_) | Step::Style(_)
        );
        is_of_places || matches!(self, Step::Group(_) | Step::Ungroup(_) | Step::OpenGroups(_) | Step::CloseGroups(_))
    }
}

/// How an imported node stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// Known places only; a layout finds the others.
    pub place: Option<Place>,
    pub pinned: bool,
    pub hidden: bool,
}

/// What stood in the places that a step changed. `None` is a node or link that was not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    nodes: Vec<(NodeId, Option<Node>)>,
    flags: Vec<(NodeId, Flags)>,
    places: Vec<(NodeId, Place)>,
    links: Vec<(LinkId, Option<Link>)>,
    notes: Vec<(NoteId, Option<Note>)>,
    /// Where it was changed, what it was.
    style: Option<Option<Arc<str>>>,
    pub(crate) groups: Vec<(GroupId, Option<Group>)>,
}

/// Why a step was not applied. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the link type {link_type} names the object {key:?} of type {object_type}, which is not on the graph")]
    UnknownEnd { link_type: String, object_type: String, key: Vec<String> },
    #[error("the graph holds at most {LIMIT_NODES} objects and {LIMIT_LINKS} links; start a new one or add fewer")]
    TooMany,
    #[error("the graph holds at most {} groups; make fewer at once, or begin a new one", groups::LIMIT_GROUPS)]
    TooManyGroups,
    #[error("the graph holds at most 65,536 types")]
    TooManyTypes,
    #[error("a graph holds at most {MOST_NOTES} notes of {LONGEST_NOTE} bytes; take some away or write less")]
    TooManyNotes,
}

impl Step {
    /// Changes the graph and returns the step that takes it back.
    ///
    /// # Errors
    /// If a link's end is unknown or a limit is passed; the graph is as before.
    pub fn apply(self, graph: &mut Graph) -> Result<Step, Fault> {
        let mut before = Patch::default();
        let only_moves = self.shows_nothing_else();
        let set_flags = |graph: &mut Graph, before: &mut Patch, ids: Vec<NodeId>, set: fn(&mut Flags)| {
            ids.into_iter().for_each(|id| before.set_flags(graph, id, set));
        };
        match self {
            Step::Add { nodes, links } => add(graph, &mut before, nodes, links)?,
            Step::Import { nodes, links } => import(graph, &mut before, nodes, links)?,
            Step::Remove { nodes, links } => remove(graph, &mut before, &nodes, links),
            Step::Hide(ids) => set_flags(graph, &mut before, ids, |flags| flags.hidden = true),
            Step::Show(ids) => set_flags(graph, &mut before, ids, |flags| flags.hidden = false),
            Step::Pin(ids) => set_flags(graph, &mut before, ids, |flags| (flags.pinned, flags.placed) = (true, true)),
            Step::Unpin(ids) => set_flags(graph, &mut before, ids, |flags| flags.pinned = false),
            Step::Move(moves) => before.set_places(graph, moves),
            Step::LayOut(moves) => {
                let notes = Belonging::of_all(graph);
                before.set_places(graph, moves);
                for (id, note) in notes.iter().filter_map(|note| note.moved(graph)).collect::<Vec<_>>() {
                    before.set_note(graph, id, note);
                }
            }
            Step::Note(notes) => set_notes(graph, &mut before, notes)?,
            Step::Style(style) => before.style = Some(std::mem::replace(&mut graph.style, style)),
            Step::Group(made) => groups::group(graph, &mut before, made)?,
            Step::Ungroup(ids) => groups::change(graph, &mut before, &ids, |_| None),
            Step::OpenGroups(ids) => groups::set_open(graph, &mut before, &ids, true),
            Step::CloseGroups(ids) => groups::set_open(graph, &mut before, &ids, false),
            Step::NameGroup(id, name) => {
                groups::change(graph, &mut before, &[id], |group| Some(Group { name: name.clone(), ..group }));
            }
            Step::Restore(patch) => restore(graph, &mut before, patch),
        }
        if only_moves {
            graph.moved();
        } else {
            graph.changed();
        }
        before.in_reverse();
        Ok(Step::Restore(before))
    }
}

impl Patch {
    /// One thing may be changed twice in a step; set back in reverse order, the oldest wins.
    fn in_reverse(&mut self) {
        self.nodes.reverse();
        self.flags.reverse();
        self.places.reverse();
        self.links.reverse();
        self.notes.reverse();
        self.groups.reverse();
    }

    fn set_flags(&mut self, graph: &mut Graph, id: NodeId, set: impl FnOnce(&mut Flags)) {
        if let Some(flags) = graph.flags.get_mut(id.0 as usize) {
            self.flags.push((id, *flags));
            set(flags);
        }
    }

    fn set_place(&mut self, graph: &mut Graph, id: NodeId, place: Place) {
        if let Some(at) = graph.at.get_mut(id.0 as usize) {
            self.places.push((id, *at));
            *at = place;
        }
    }

    fn set_places(&mut self, graph: &mut Graph, moves: Vec<(NodeId, Place)>) {
        for (id, place) in moves {
            self.set_place(graph, id, place);
            self.set_flags(graph, id, |flags| flags.placed = true);
        }
    }

    fn set_node(&mut self, graph: &mut Graph, id: NodeId, node: Option<Node>) {
        if let Some(slot) = graph.nodes.get_mut(id.0 as usize) {
            self.nodes.push((id, std::mem::replace(slot, node)));
        }
    }

    fn set_note(&mut self, graph: &mut Graph, id: NoteId, note: Option<Note>) {
        let was = match note {
            Some(note) => graph.notes.insert(id, note),
            None => graph.notes.remove(&id),
        };
        self.notes.push((id, was));
    }

    fn set_link(&mut self, graph: &mut Graph, id: LinkId, link: Option<Link>) {
        if let Some(slot) = graph.links.get_mut(id.0 as usize) {
            self.links.push((id, std::mem::replace(slot, link)));
        }
    }
}

fn set_notes(graph: &mut Graph, before: &mut Patch, notes: Vec<(NoteId, Option<Note>)>) -> Result<(), Fault> {
    let is_new = |id: &NoteId, note: &Option<Note>| note.is_some() && graph.note(*id).is_none();
    let new = notes.iter().filter(|(id, note)| is_new(id, note)).count();
    let is_sound = notes.iter().filter_map(|(_, note)| note.as_ref()).all(Note::is_sound);
    if !is_sound || graph.notes.len() + new > MOST_NOTES {
        return Err(Fault::TooManyNotes);
    }
    notes.into_iter().for_each(|(id, note)| before.set_note(graph, id, note));
    Ok(())
}

fn restore(graph: &mut Graph, before: &mut Patch, patch: Patch) {
    for (id, node) in patch.nodes {
        // Where a node goes and comes back, its place and flags go with it, whoever set them in between.
        before.set_flags(graph, id, |_| {});
        before.set_place(graph, id, graph.place(id));
        before.set_node(graph, id, node);
    }
    patch.flags.into_iter().for_each(|(id, flags)| before.set_flags(graph, id, |now| *now = flags));
    patch.places.into_iter().for_each(|(id, place)| before.set_place(graph, id, place));
    patch.links.into_iter().for_each(|(id, link)| before.set_link(graph, id, link));
    patch.notes.into_iter().for_each(|(id, note)| before.set_note(graph, id, note));
    before.style = patch.style.map(|style| std::mem::replace(&mut graph.style, style));
    patch.groups.into_iter().for_each(|(id, group)| before.set_group(graph, id, group));
}

fn remove(graph: &mut Graph, before: &mut Patch, nodes: &[NodeId], mut links: Vec<LinkId>) {
    let gone: HashSet<NodeId> = nodes.iter().copied().collect();
    let hanging = graph.links().filter(|(_, link)| gone.contains(&link.from) || gone.contains(&link.to));
    links.extend(hanging.map(|(id, _)| id));
    links.into_iter().for_each(|id| before.set_link(graph, id, None));
    groups::leave(graph, before, nodes);
    for &id in nodes {
        before.set_flags(graph, id, |flags| *flags = Flags::default());
        before.set_node(graph, id, None);
    }
}

fn add(graph: &mut Graph, before: &mut Patch, nodes: Vec<NewNode>, links: Vec<NewLink>) -> Result<(), Fault> {
    check(graph, &nodes, &links)?;
    for node in nodes {
        add_node(graph, before, node)?;
    }
    let mut fresh = HashSet::new();
    for link in links {
        add_link(graph, before, &mut fresh, link)?;
    }
    Ok(())
}

fn import(
    graph: &mut Graph,
    before: &mut Patch,
    nodes: Vec<(NewNode, Standing)>,
    links: Vec<NewLink>,
) -> Result<(), Fault> {
    let fresh: Vec<(NodeKey, Standing)> = nodes
        .iter()
        .filter(|(node, _)| graph.find(&node.key).is_none())
        .map(|(node, standing)| (node.key.clone(), *standing))
        .collect();
    add(graph, before, nodes.into_iter().map(|(node, _)| node).collect(), links)?;
    for (key, standing) in fresh {
        let Some(id) = graph.find(&key) else { continue };
        if let Some(place) = standing.place {
            before.set_place(graph, id, place);
        }
        let Standing { pinned, hidden, .. } = standing;
        before.set_flags(graph, id, |flags| {
            *flags = Flags { placed: standing.place.is_some() || pinned, pinned, hidden };
        });
    }
    Ok(())
}

/// Everything that could make `add` fail is looked at before it changes anything.
fn check(graph: &mut Graph, nodes: &[NewNode], links: &[NewLink]) -> Result<(), Fault> {
    let too_many = graph.nodes.len() + nodes.len() > LIMIT_NODES || graph.links.len() + links.len() > LIMIT_LINKS;
    if too_many {
        return Err(Fault::TooMany);
    }
    let new: HashSet<&NodeKey> = nodes.iter().map(|node| &node.key).collect();
    for link in links {
        graph.link_types.intern(&link.link_type).ok_or(Fault::TooManyTypes)?;
        for end in [&link.from, &link.to] {
            if !new.contains(end) && graph.find(end).is_none() {
                return Err(unknown_end(&link.link_type, end));
            }
        }
    }
    for node in nodes {
        graph.object_types.intern(&node.key.object_type).ok_or(Fault::TooManyTypes)?;
    }
    Ok(())
}

fn unknown_end(link_type: &str, end: &NodeKey) -> Fault {
    let (object_type, key) = (end.object_type.clone(), end.key.clone());
    Fault::UnknownEnd { link_type: link_type.to_owned(), object_type, key }
}

fn add_node(graph: &mut Graph, before: &mut Patch, new: NewNode) -> Result<(), Fault> {
    let object_type = graph.object_types.intern(&new.key.object_type).ok_or(Fault::TooManyTypes)?;
    let id = match graph.ids.get(&new.key) {
        Some(&id) => id,
        None => {
            let id = NodeId(graph.nodes.len() as u32);
            graph.ids.insert(Arc::new(new.key.clone()), id);
            graph.nodes.push(None);
            graph.flags.push(Flags::default());
            graph.at.push([0.0, 0.0]);
            id
        }
    };
    let is_back = graph.node(id).is_none();
    if is_back {
        before.set_flags(graph, id, |flags| *flags = Flags::default());
    }
    let key = graph.ids.get_key_value(&new.key).map_or_else(|| Arc::new(new.key.clone()), |(key, _)| Arc::clone(key));
    let node = Node { key, object_type, label: new.label, sub_label: new.sub_label };
    before.set_node(graph, id, Some(node));
    Ok(())
}

/// Rows of one link within one step add up; a link of an earlier step is replaced.
fn add_link(graph: &mut Graph, before: &mut Patch, fresh: &mut HashSet<LinkId>, new: NewLink) -> Result<(), Fault> {
    let link_type = graph.link_types.intern(&new.link_type).ok_or(Fault::TooManyTypes)?;
    let end = |key: &NodeKey| graph.find(key).ok_or_else(|| unknown_end(&new.link_type, key));
    let (mut from, mut to) = (end(&new.from)?, end(&new.to)?);
    if !new.directed && from > to {
        (from, to) = (to, from);
    }
    let id = *graph.link_ids.entry((link_type, from, to)).or_insert_with(|| {
        graph.links.push(None);
        LinkId(graph.links.len() as u32 - 1)
    });
    let link = new_link(link_type, from, to, new);
    match graph.links.get_mut(id.0 as usize) {
        Some(Some(known)) if fresh.contains(&id) => merge(known, link),
        _ => {
            fresh.insert(id);
            before.set_link(graph, id, Some(link));
        }
    }
    Ok(())
}

fn new_link(link_type: TypeId, from: NodeId, to: NodeId, new: NewLink) -> Link {
    Link {
        link_type,
        from,
        to,
        directed: new.directed,
        label: new.label,
        count: new.count,
        sum: new.sum,
        unsummed: if new.sum.is_none() { new.count } else { 0 },
        first_micros: new.first_micros,
        last_micros: new.last_micros,
    }
}

fn merge(link: &mut Link, more: Link) {
    link.count = link.count.saturating_add(more.count);
    let (sum, left_out) = add_sums((link.sum, link.unsummed), (more.sum, more.unsummed, more.count));
    (link.sum, link.unsummed) = (sum, left_out);
    link.first_micros = [link.first_micros, more.first_micros].into_iter().flatten().min();
    link.last_micros = [link.last_micros, more.last_micros].into_iter().flatten().max();
    if link.label.is_empty() {
        link.label = more.label;
    }
}

/// Adds (sum, rows left out, rows) to (sum, rows left out). What does not fit counts as left out.
pub(crate) fn add_sums(
    (sum, left_out): (Option<Amount>, u64),
    (more, more_left_out, rows): (Option<Amount>, u64, u64),
) -> (Option<Amount>, u64) {
    match (sum, more) {
        (Some(a), Some(b)) => match a.checked_add(b) {
            Some(total) => (Some(total), left_out + more_left_out),
            None => (Some(a), left_out + rows),
        },
        (sum, more) => (sum.or(more), left_out + more_left_out),
    }
}
