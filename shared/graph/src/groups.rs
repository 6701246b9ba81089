//! Groups that a person makes of nodes. An open one is a frame around its members; a closed one is drawn as one thing,
//! and layouts place it as one, while its members keep their places around its middle.
//!
//! A node is in one group at most. Groups keep their numbers as nodes do: one that goes leaves its number behind.

use std::collections::BTreeSet;

use crate::Place;
use crate::graph::{Graph, NodeId};
use crate::step::{Fault, Patch};

/// Nothing else lies nearer to a closed group than this, if there is room, in points at zoom 1.
const CLEARANCE: f32 = 80.0;
/// How far from the middle of its members it is drawn, where it has to be.
const RINGS: [f32; 2] = [60.0, 120.0];
/// How many places are tried around the middle in each ring.
const SPOTS: u8 = 8;
/// The most groups that a graph holds, dissolved ones included.
pub(crate) const LIMIT_GROUPS: usize = 100_000;

/// A group's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

/// Nodes that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub name: String,
    /// Ascending, hidden ones too.
    pub members: Vec<NodeId>,
    pub is_open: bool,
    /// How far beside the middle of its members it is drawn while it is closed, so that it covers nothing.
    pub aside: Place,
}

impl Group {
    /// A closed one; where it is drawn is found when it is made.
    pub fn closed(name: String, members: Vec<NodeId>) -> Self {
        Self { name, members, is_open: false, aside: [0.0, 0.0] }
    }
}

/// What is drawn in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    Node(NodeId),
    /// A closed group.
    Group(GroupId),
}

/// All groups, and which one each node is in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    list: Vec<Option<Group>>,
    of: Vec<Option<GroupId>>,
    /// Most graphs have none, and then nothing is to be looked up.
    closed: usize,
}

impl Groups {
    fn get(&self, id: GroupId) -> Option<&Group> {
        self.list.get(id.0 as usize)?.as_ref()
    }

    fn of(&self, node: NodeId) -> Option<GroupId> {
        self.of.get(node.0 as usize).copied().flatten()
    }

    fn put_aside(&mut self, id: GroupId, aside: Place) {
        if let Some(Some(group)) = self.list.get_mut(id.0 as usize) {
            group.aside = aside;
        }
    }

    /// Puts a group in the place of what was there, which it returns.
    fn set(&mut self, id: GroupId, group: Option<Group>) -> Option<Group> {
        while self.list.len() <= id.0 as usize {
            self.list.push(None);
        }
        let before = self.list.get_mut(id.0 as usize).and_then(Option::take);
        for member in before.iter().flat_map(|group| &group.members) {
            if let Some(of) = self.of.get_mut(member.0 as usize).filter(|of| **of == Some(id)) {
                *of = None;
            }
        }
        for member in group.iter().flat_map(|group| &group.members) {
            if self.of.len() <= member.0 as usize {
                self.of.resize(member.0 as usize + 1, None);
            }
            if let Some(of) = self.of.get_mut(member.0 as usize) {
                *of = Some(id);
            }
        }
        let is_closed = |group: &Option<Group>| usize::from(group.as_ref().is_some_and(|group| !group.is_open));
        self.closed = self.closed + is_closed(&group) - is_closed(&before);
        if let Some(slot) = self.list.get_mut(id.0 as usize) {
            *slot = group;
        }
        before
    }
}

impl Graph {
    /// A group, as long as it is there.
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(id)
    }

    /// All groups, those without a shown member too, ascending.
    pub fn groups(&self) -> impl Iterator<Item = (GroupId, &Group)> {
        self.groups.list.iter().enumerate().filter_map(|(id, group)| Some((GroupId(id as u32), group.as_ref()?)))
    }

    /// The group that a node is in.
    pub fn group_of(&self, node: NodeId) -> Option<GroupId> {
        self.groups.of(node)
    }

    /// Whether any group is closed, so that not every node is drawn by itself.
    pub fn has_closed(&self) -> bool {
        self.groups.closed > 0
    }

    /// What a shown node is drawn as: itself, or the closed group that it is in.
    pub fn item_of(&self, node: NodeId) -> Item {
        let closed = |id: &GroupId| self.groups.get(*id).is_some_and(|group| !group.is_open);
        self.groups.of(node).filter(closed).map_or(Item::Node(node), Item::Group)
    }

    /// What is drawn: the shown nodes, ascending, each closed group in the place of its first shown member.
    pub fn items(&self) -> Vec<Item> {
        if !self.has_closed() {
            return self.shown().map(|(id, _)| Item::Node(id)).collect();
        }
        let mut seen = BTreeSet::new();
        let items = self.shown().map(|(id, _)| self.item_of(id));
        items.filter(|item| matches!(item, Item::Node(_)) || seen.insert(*item)).collect()
    }

    /// The shown nodes that an item stands for, ascending.
    pub fn members(&self, item: Item) -> Vec<NodeId> {
        match item {
            Item::Node(id) => vec![id],
            Item::Group(id) => self.group_members(id),
        }
    }

    /// The shown members of a group, open or closed, ascending.
    pub fn group_members(&self, id: GroupId) -> Vec<NodeId> {
        let members = self.group(id).map_or(&[][..], |group| &group.members);
        members.iter().copied().filter(|id| self.is_shown(*id)).collect()
    }

    /// The first of the shown nodes that an item stands for.
    pub fn first_member(&self, item: Item) -> Option<NodeId> {
        match item {
            Item::Node(id) => Some(id).filter(|id| self.is_shown(*id)),
            Item::Group(id) => self.group(id)?.members.iter().copied().find(|id| self.is_shown(*id)),
        }
    }

    /// Whether something is so of every shown node that an item stands for.
    pub fn is_all(&self, item: Item, is_so: impl Fn(NodeId) -> bool) -> bool {
        match item {
            Item::Node(id) => is_so(id),
            Item::Group(id) => self.group_members(id).into_iter().all(is_so),
        }
    }

    /// Where an item is drawn: a closed group at the middle of its shown members, or beside what lies there.
    pub fn item_place(&self, item: Item) -> Place {
        let id = match item {
            Item::Node(id) => return self.place(id),
            Item::Group(id) => id,
        };
        let [right, down] = self.group(id).map(|group| group.aside).unwrap_or_default();
        let [x, y] = self.middle(id);
        [x + right, y + down]
    }

    fn middle(&self, id: GroupId) -> Place {
        let members = self.group_members(id);
        let sum = |axis: usize| -> f64 {
            members.iter().filter_map(|id| self.place(*id).get(axis).copied()).map(f64::from).sum()
        };
        let count = members.len().max(1) as f64;
        [(sum(0) / count) as f32, (sum(1) / count) as f32]
    }

    /// Where the nodes come to lie when items are put somewhere: the members of a closed group, hidden ones too, as they lay
    /// around its middle.
    pub fn moves(&self, items: impl IntoIterator<Item = (Item, Place)>) -> Vec<(NodeId, Place)> {
        let mut moves = Vec::new();
        for (item, to) in items {
            match item {
                Item::Node(id) => moves.push((id, to)),
                Item::Group(id) => {
                    let [x, y] = self.item_place(item);
                    let (right, down) = (to[0] - x, to[1] - y);
                    let members = self.group(id).into_iter().flat_map(|group| &group.members);
                    moves.extend(members.map(|member| {
                        let [x, y] = self.place(*member);
                        (*member, [x + right, y + down])
                    }));
                }
            }
        }
        moves
    }

    /// The groups that have any of these nodes, ascending.
    pub fn groups_of(&self, nodes: impl IntoIterator<Item = NodeId>) -> Vec<GroupId> {
        nodes.into_iter().filter_map(|id| self.group_of(id)).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Makes a group of each list of nodes; whoever was in another group leaves that, and one without members is dissolved.
/// Nodes that are not there are passed over, and so is a list without any.
pub(crate) fn group(graph: &mut Graph, before: &mut Patch, groups: Vec<Group>) -> Result<(), Fault> {
    if graph.groups.list.len() + groups.len() > LIMIT_GROUPS {
        return Err(Fault::TooManyGroups);
    }
    let mut made = Vec::new();
    for Group { name, mut members, is_open, aside } in groups {
        members.retain(|id| graph.node(*id).is_some());
        members.sort_unstable();
        members.dedup();
        if members.is_empty() {
            continue;
        }
        leave(graph, before, &members);
        let id = GroupId(graph.groups.list.len() as u32);
        before.set_group(graph, id, Some(Group { name, members, is_open, aside }));
        made.push(id);
    }
    put_aside(graph, &made);
    Ok(())
}

/// Shows the members of groups, or draws each as one.
pub(crate) fn set_open(graph: &mut Graph, before: &mut Patch, ids: &[GroupId], is_open: bool) {
    change(graph, before, ids, |group| Some(Group { is_open, ..group }));
    put_aside(graph, ids);
}

/// Finds where closed groups are drawn: at the middle of their members, or as near to it as nothing else lies. What they
/// were before was noted by who changed them.
fn put_aside(graph: &mut Graph, ids: &[GroupId]) {
    let ids: BTreeSet<GroupId> =
        ids.iter().copied().filter(|id| graph.group(*id).is_some_and(|group| !group.is_open)).collect();
    let others = graph.items().into_iter().filter(|item| !matches!(item, Item::Group(id) if ids.contains(id)));
    let mut taken: Vec<Place> = others.map(|item| graph.item_place(item)).collect();
    for id in ids {
        let [x, y] = graph.middle(id);
        let is_free = |[right, down]: &Place| {
            let near = |at: &Place| (at[0] - x - right).hypot(at[1] - y - down) < CLEARANCE;
            !taken.iter().any(near)
        };
        let [right, down] = spots().find(is_free).unwrap_or_default();
        taken.push([x + right, y + down]);
        graph.groups.put_aside(id, [right, down]);
    }
}

/// Takes nodes out of the groups that they are in.
pub(crate) fn leave(graph: &mut Graph, before: &mut Patch, nodes: &[NodeId]) {
    let gone: BTreeSet<NodeId> = nodes.iter().copied().collect();
    for id in graph.groups_of(nodes.iter().copied()) {
        let Some(mut group) = graph.group(id).cloned() else { continue };
        group.members.retain(|member| !gone.contains(member));
        before.set_group(graph, id, Some(group).filter(|group| !group.members.is_empty()));
    }
}

/// Changes groups, as far as they are there.
pub(crate) fn change(graph: &mut Graph, before: &mut Patch, ids: &[GroupId], set: impl Fn(Group) -> Option<Group>) {
    for &id in ids {
        if let Some(group) = graph.group(id).cloned() {
            before.set_group(graph, id, set(group));
        }
    }
}

/// The middle, and places around it, the nearest first.
fn spots() -> impl Iterator<Item = Place> {
    let around = |distance: f32| {
        (0..SPOTS).map(move |spot| {
            let angle = std::f32::consts::TAU * f32::from(spot) / f32::from(SPOTS);
            [distance * angle.cos(), distance * angle.sin()]
        })
    };
    std::iter::once([0.0, 0.0]).chain(RINGS.into_iter().flat_map(around))
}

impl Patch {
    pub(crate) fn set_group(&mut self, graph: &mut Graph, id: GroupId, group: Option<Group>) {
        let before = graph.groups.set(id, group);
        self.groups.push((id, before));
    }
}
