//! The graph that a person builds: nodes and links under numbers that stay the same as long as it lives.
//!
//! What is removed leaves its number behind, and takes it again when it comes back; so selection, bookmarks and undo may
//! hold numbers. Only `step` changes what is in it; places and flags alone may be set directly, while something moves.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::groups::{Groups, Item};
use crate::layout::Places;
use crate::names::Names;
use crate::notes::{Note, NoteId};
use crate::{Amount, Place};

/// A node's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A link's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u32);

/// The number of an object type or of a link type; the two are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u16);

/// Which object a node is: its type and its key, one canonical text per key column (see `cell_text`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeKey {
    pub object_type: String,
    pub key: Vec<String>,
}

/// A node to add.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNode {
    pub key: NodeKey,
    pub label: String,
    pub sub_label: String,
}

/// A link to add. Links of one type between the same two ends are one, with their counts and sums added.
#[derive(Clone, Debug, PartialEq)]
pub struct NewLink {
    pub link_type: String,
    pub from: NodeKey,
    pub to: NodeKey,
    /// Whether `from` and `to` may be told apart; if not, (a, b) and (b, a) are the same link.
    pub directed: bool,
    pub label: String,
    /// How many rows of the source stand behind it.
    pub count: u64,
    pub sum: Option<Amount>,
    /// Microseconds since 1970 UTC of the first and the last row.
    pub first_micros: Option<i64>,
    pub last_micros: Option<i64>,
}

/// A node of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub key: Arc<NodeKey>,
    pub object_type: TypeId,
    pub label: String,
    pub sub_label: String,
}

/// What a person or a layout decided about a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Its place is known; layouts leave it there.
    pub placed: bool,
    /// A person holds it there, also against "lay out again".
    pub pinned: bool,
    /// Not drawn, and out of every measure.
    pub hidden: bool,
}

/// A link of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub link_type: TypeId,
    pub from: NodeId,
    pub to: NodeId,
    pub directed: bool,
    pub label: String,
    pub count: u64,
    pub sum: Option<Amount>,
    /// Rows whose amount is missing or made the sum too large: if not 0, `sum` is not the whole.
    pub unsummed: u64,
    pub first_micros: Option<i64>,
    pub last_micros: Option<i64>,
}

/// One way out of a node: over which link, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) link: LinkId,
    pub(crate) to: NodeId,
}

/// Nodes and links in flat arrays, in the order in which they first came. See the head of this file.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(crate) nodes: Vec<Option<Node>>,
    pub(crate) flags: Vec<Flags>,
    pub(crate) at: Vec<Place>,
    pub(crate) ids: HashMap<Arc<NodeKey>, NodeId>,
    pub(crate) links: Vec<Option<Link>>,
    pub(crate) link_ids: HashMap<(TypeId, NodeId, NodeId), LinkId>,
    pub(crate) object_types: Names,
    pub(crate) link_types: Names,
    pub(crate) groups: Groups,
    way_starts: Vec<u32>,
    ways: Vec<Way>,
    pub(crate) notes: BTreeMap<NoteId, Note>,
    pub(crate) style: Option<Arc<str>>,
    revision: u64,
    places_revision: u64,
    structure: u64,
}

impl Graph {
    /// Changes whenever nodes, links or flags change; a cache keeps it beside what it kept.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Changes whenever a node moves.
    pub fn places_revision(&self) -> u64 {
        self.places_revision
    }

    /// Changes whenever nodes or links are added, removed, shown or hidden: what measures are of.
    pub fn structure(&self) -> u64 {
        self.structure
    }

    /// How it is to look, in the words of who draws it; nothing reads it here.
    pub fn style(&self) -> Option<&Arc<str>> {
        self.style.as_ref()
    }

    /// What is written and drawn onto it, ascending.
    pub fn notes(&self) -> impl Iterator<Item = (NoteId, &Note)> {
        self.notes.iter().map(|(id, note)| (*id, note))
    }

    /// One of them.
    pub fn note(&self, id: NoteId) -> Option<&Note> {
        self.notes.get(&id)
    }

    /// A number that no note has.
    pub fn new_note(&self) -> NoteId {
        NoteId(self.notes.last_key_value().map_or(0, |(id, _)| id.0 + 1))
    }

    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)?.as_ref()
    }

    /// What an object is called; nothing where it is not there.
    pub fn label(&self, id: NodeId) -> &str {
        self.node(id).map_or("", |node| node.label.as_str())
    }

    pub fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.0 as usize)?.as_ref()
    }

    /// The node of an object, if it is on the graph (hidden or not).
    pub fn find(&self, key: &NodeKey) -> Option<NodeId> {
        self.ids.get(key).copied().filter(|&id| self.node(id).is_some())
    }

    /// The link of a type between two objects, if it is on the graph; either way round where it has no direction.
    pub fn find_link(&self, link_type: &str, [from, to]: [&NodeKey; 2], directed: bool) -> Option<LinkId> {
        let (mut from, mut to) = (self.find(from)?, self.find(to)?);
        if !directed && from > to {
            (from, to) = (to, from);
        }
        let id = *self.link_ids.get(&(self.link_type_id(link_type)?, from, to))?;
        self.link(id).map(|_| id)
    }

    /// All nodes that were not removed, hidden ones too, ascending.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().filter_map(|(id, node)| Some((NodeId(id as u32), node.as_ref()?)))
    }

    /// All links that were not removed, also those with a hidden end, ascending.
    pub fn links(&self) -> impl Iterator<Item = (LinkId, &Link)> {
        self.links.iter().enumerate().filter_map(|(id, link)| Some((LinkId(id as u32), link.as_ref()?)))
    }

    /// The nodes to draw, ascending.
    pub fn shown(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes().filter(|(id, _)| !self.flags(*id).hidden)
    }

    /// The links to draw, ascending: both ends are shown.
    pub fn shown_links(&self) -> impl Iterator<Item = (LinkId, &Link)> {
        self.links().filter(|(_, link)| self.is_shown(link.from) && self.is_shown(link.to))
    }

    pub fn is_shown(&self, id: NodeId) -> bool {
        self.node(id).is_some() && !self.flags(id).hidden
    }

    pub fn flags(&self, id: NodeId) -> Flags {
        self.flags.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The node's place; the origin for a node that does not exist.
    pub fn place(&self, id: NodeId) -> Place {
        self.at.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The slug of an object type that occurs on a node.
    pub fn object_type(&self, id: TypeId) -> &str {
        self.object_types.name(id)
    }

    /// The slug of a link type that occurs on a link.
    pub fn link_type(&self, id: TypeId) -> &str {
        self.link_types.name(id)
    }

    /// The number of an object type, if a node ever had it.
    pub fn object_type_id(&self, slug: &str) -> Option<TypeId> {
        self.object_types.find(slug)
    }

    /// The number of a link type, if a link ever had it.
    pub fn link_type_id(&self, slug: &str) -> Option<TypeId> {
        self.link_types.find(slug)
    }

    /// Moves nodes without a step: while they are dragged, or as a layout goes on. Unknown numbers are passed over.
    pub fn set_places(&mut self, moved: impl IntoIterator<Item = (NodeId, Place)>) {
        for (id, place) in moved {
            if let Some(at) = self.at.get_mut(id.0 as usize) {
                *at = place;
            }
        }
        self.places_revision += 1;
    }

    /// Says that a layout is done with these nodes; the next one leaves them where they are.
    pub fn set_placed(&mut self, ids: &[NodeId]) {
        for id in ids {
            if let Some(flags) = self.flags.get_mut(id.0 as usize) {
                flags.placed = true;
            }
        }
        self.revision += 1;
    }

    /// What a layout needs: what is drawn (see [`Graph::items`]), its places, and one pair of positions in that list for every
    /// two that are linked. With `again`, only pinned ones count as fixed.
    pub fn layout_input(&self, again: bool, has_directions: bool) -> (Vec<Item>, Places, Vec<[u32; 2]>) {
        let items = self.items();
        let mut positions = vec![0u32; self.nodes.len()];
        let mut places = Places::default();
        let is_pinned = |id: NodeId| self.flags(id).pinned;
        let is_fixed = |id: NodeId| is_pinned(id) || (self.flags(id).placed && !again);
        let mut note = |id: NodeId, position: usize| {
            if let Some(slot) = positions.get_mut(id.0 as usize) {
                *slot = position as u32;
            }
        };
        for (position, item) in items.iter().enumerate() {
            match *item {
                Item::Node(id) => note(id, position),
                Item::Group(id) => self.group_members(id).into_iter().for_each(|id| note(id, position)),
            }
            places.at.push(self.item_place(*item));
            // One pinned member holds its whole group.
            places.fixed.push(!self.is_all(*item, |id| !is_pinned(id)) || self.is_all(*item, is_fixed));
        }
        let position = |id: NodeId| positions.get(id.0 as usize).copied().unwrap_or_default();
        let mut pairs: Vec<[u32; 2]> = self
            .shown_links()
            .map(|(_, link)| (position(link.from), position(link.to)))
            .filter(|(a, b)| a != b)
            .map(|(a, b)| if has_directions { [a, b] } else { [a.min(b), a.max(b)] })
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        (items, places, pairs)
    }

    /// The ways out of a shown node, over shown links, by link number.
    pub(crate) fn ways(&self, id: NodeId) -> &[Way] {
        let start = |at: usize| self.way_starts.get(at).map_or(0, |&start| start as usize);
        self.ways.get(start(id.0 as usize)..start(id.0 as usize + 1)).unwrap_or_default()
    }

    /// To be called after a change of places and flags that shows and hides nothing.
    pub(crate) fn moved(&mut self) {
        self.revision += 1;
        self.places_revision += 1;
    }

    /// To be called after every change of nodes, links or hiding.
    pub(crate) fn changed(&mut self) {
        self.moved();
        self.structure += 1;
        let mut starts = vec![0u32; self.nodes.len() + 2];
        let both = |ends: &Link| [Some((ends.from, ends.to)), (ends.from != ends.to).then_some((ends.to, ends.from))];
        // Counted two slots on, summed, filled one slot on: then `starts[v]` is where the ways of `v` begin.
        for (here, _) in self.shown_links().flat_map(|(_, ends)| both(ends)).flatten() {
            count(&mut starts, here.0 as usize + 2);
        }
        let mut sum = 0;
        starts.iter_mut().for_each(|start| {
            sum += *start;
            *start = sum;
        });
        let mut ways = vec![Way { link: LinkId(0), to: NodeId(0) }; sum as usize];
        for (link, ends) in self.shown_links() {
            for (here, to) in both(ends).into_iter().flatten() {
                let slot = count(&mut starts, here.0 as usize + 1);
                if let Some(way) = ways.get_mut(slot as usize) {
                    *way = Way { link, to };
                }
            }
        }
        (self.way_starts, self.ways) = (starts, ways);
    }
}

/// Adds one to a counter and returns what it was.
fn count(counters: &mut [u32], at: usize) -> u32 {
    counters.get_mut(at).map_or(0, |counter| std::mem::replace(counter, *counter + 1))
}
