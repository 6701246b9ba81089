//! A graph in a plain form of its own: what is exchanged with files, and what becomes one step.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::json::bounded;
use super::{Fault, LIMIT_KEY_PARTS, LIMIT_LINKS, LIMIT_NODES, LIMIT_TEXT, LIMIT_TYPES};
use crate::{Amount, Graph, Link, NewLink, NewNode, Node, NodeId, NodeKey, Place, Standing, Step};

/// Nodes, and links between them. Two nodes never have the same type and key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// What a reader must know of all of it: who took it from where, when, and what is missing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// How many expansions to be seen in it did not bring everything.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cut_expansions: u64,
    #[serde(default, deserialize_with = "bounded::<_, _, LIMIT_NODES>")]
    pub nodes: Vec<DrawnNode>,
    #[serde(default, deserialize_with = "bounded::<_, _, LIMIT_LINKS>")]
    pub links: Vec<DrawnLink>,
}

/// A node. Its field names are those of the JSON format.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DrawnNode {
    /// The slug of its object type.
    #[serde(rename = "type")]
    pub object_type: String,
    /// One canonical text per key column, as `NodeKey` has them; at least one.
    #[serde(deserialize_with = "bounded::<_, _, LIMIT_KEY_PARTS>")]
    pub key: Vec<String>,
    #[serde(default)]
    pub label: String,
    /// The second line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sub_label: String,
    /// In pixels at zoom 1, y down; none where nobody placed it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub pinned: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
}

/// A link. Its field names are those of the JSON format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawnLink {
    /// The slug of its link type.
    #[serde(rename = "type")]
    pub link_type: String,
    /// Positions in the list of nodes, from 0.
    pub from: u32,
    pub to: u32,
    #[serde(default = "yes")]
    pub directed: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// How many rows stand behind it.
    #[serde(default = "one")]
    pub count: u64,
    /// A decimal number as text, so that no digit is lost: `-1250.00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
    /// Of a link with a sum, how many of its rows are not in the sum.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsummed: u64,
    /// Microseconds since 1970 UTC of the first and the last row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_micros: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_micros: Option<i64>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn yes() -> bool {
    true
}

fn one() -> u64 {
    1
}

/// A node or link by its position from 0, for saying where a fault lies.
#[derive(Clone, Copy)]
pub(super) enum Element {
    Node(usize),
    Link(usize),
}

impl Drawing {
    /// The whole graph, hidden nodes too, in its order.
    pub fn of(graph: &Graph) -> Self {
        Self::of_nodes(graph, |_| true)
    }

    /// Of the graph only the wanted nodes, and the links between them.
    pub fn of_nodes(graph: &Graph, is_wanted: impl Fn(NodeId) -> bool) -> Self {
        let mut positions = HashMap::new();
        let mut drawing = Self::default();
        for (id, node) in graph.nodes().filter(|(id, _)| is_wanted(*id)) {
            positions.insert(id, drawing.nodes.len() as u32);
            drawing.nodes.push(drawn_node(graph, id, node));
        }
        let position = |id: NodeId| positions.get(&id).copied();
        let links = graph
            .links()
            .filter_map(|(_, link)| Some(drawn_link(graph, link, position(link.from)?, position(link.to)?)));
        drawing.links = links.collect();
        drawing
    }

    /// What is drawn of it: without hidden nodes and their links.
    pub fn shown(self) -> Self {
        let mut next = 0..;
        let positions: Vec<Option<u32>> =
            self.nodes.iter().map(|node| if node.hidden { None } else { next.next() }).collect();
        let position = |end: u32| positions.get(end as usize).copied().flatten();
        let links = self
            .links
            .into_iter()
            .filter_map(|link| Some(DrawnLink { from: position(link.from)?, to: position(link.to)?, ..link }));
        let links = links.collect();
        Self { links, nodes: self.nodes.into_iter().filter(|node| !node.hidden).collect(), ..self }
    }

    /// The one step that puts it on a graph, which undo takes back as one. What is on the graph already takes the labels,
    /// counts and sums from here and stays where it is.
    ///
    /// # Errors
    /// As `check`.
    pub fn into_step(self) -> Result<Step, Fault> {
        self.check()?;
        let links = self.links.iter().flat_map(|link| new_links(&self.nodes, link)).collect();
        let nodes = self.nodes.into_iter().map(new_node).collect();
        Ok(Step::Import { nodes, links })
    }

    /// Whether it keeps the limits, has no node twice, no number that cannot be drawn or summed, and no link without ends.
    ///
    /// # Errors
    /// The first fault; nodes and links are named by their number from 1.
    pub fn check(&self) -> Result<(), Fault> {
        self.check_at(&|element| match element {
            Element::Node(at) => format!("node {}{}", at + 1, self.nodes.get(at).map(named).unwrap_or_default()),
            Element::Link(at) => format!("link {}", at + 1),
        })
    }

    /// As `check`, with a way of one's own to say where an element is.
    pub(super) fn check_at(&self, at: &dyn Fn(Element) -> String) -> Result<(), Fault> {
        if self.nodes.len() > LIMIT_NODES {
            return Err(Fault::TooManyNodes);
        }
        if self.links.len() > LIMIT_LINKS {
            return Err(Fault::TooManyLinks);
        }
        check_text(&self.note, "note", &|| "the graph".to_owned())?;
        check_types(self.nodes.iter().map(|node| node.object_type.as_str()))?;
        check_types(self.links.iter().map(|link| link.link_type.as_str()))?;
        let mut known = HashMap::with_capacity(self.nodes.len());
        for (position, node) in self.nodes.iter().enumerate() {
            check_node(node, &|| at(Element::Node(position)))?;
            if let Some(first) = known.insert((&node.object_type, &node.key), position) {
                let (at, first) = (at(Element::Node(position)), at(Element::Node(first)));
                return Err(Fault::DuplicateNode { at, first });
            }
        }
        for (position, link) in self.links.iter().enumerate() {
            check_link(link, self.nodes.len(), &|| at(Element::Link(position)))?;
        }
        Ok(())
    }
}

fn check_types<'a>(types: impl Iterator<Item = &'a str>) -> Result<(), Fault> {
    let mut known = HashSet::new();
    for name in types {
        if known.insert(name) && known.len() > LIMIT_TYPES {
            return Err(Fault::TooManyTypes);
        }
    }
    Ok(())
}

/// What tells a person which node is meant.
fn named(node: &DrawnNode) -> String {
    let key: String = node.key.join(" · ").chars().take(40).collect();
    format!(" ({} {key})", node.object_type)
}

fn check_node(node: &DrawnNode, at: &dyn Fn() -> String) -> Result<(), Fault> {
    if node.key.is_empty() || node.key.len() > LIMIT_KEY_PARTS {
        return Err(Fault::BadKey { at: at(), parts: node.key.len() });
    }
    check_text(&node.object_type, "type", at)?;
    check_text(&node.label, "label", at)?;
    check_text(&node.sub_label, "sub_label", at)?;
    node.key.iter().try_for_each(|part| check_text(part, "key", at))?;
    match node.place.into_iter().flatten().find(|number| !number.is_finite()) {
        Some(number) => Err(Fault::BadNumber { at: at(), field: "place", text: number.to_string() }),
        None => Ok(()),
    }
}

fn check_link(link: &DrawnLink, nodes: usize, at: &dyn Fn() -> String) -> Result<(), Fault> {
    if let Some(end) = [link.from, link.to].into_iter().find(|&end| end as usize >= nodes) {
        return Err(Fault::UnknownNode { at: at(), node: end.to_string() });
    }
    check_text(&link.link_type, "type", at)?;
    check_text(&link.label, "label", at)?;
    if let Some(sum) = link.sum.as_ref().filter(|sum| Amount::parse(sum).is_none()) {
        return Err(Fault::BadNumber { at: at(), field: "sum", text: sum.chars().take(40).collect() });
    }
    if link.unsummed > link.count {
        return Err(Fault::BadNumber { at: at(), field: "unsummed", text: link.unsummed.to_string() });
    }
    Ok(())
}

fn check_text(text: &str, field: &'static str, at: &dyn Fn() -> String) -> Result<(), Fault> {
    if text.len() > LIMIT_TEXT { Err(Fault::LongText { at: at(), field }) } else { Ok(()) }
}

fn drawn_node(graph: &Graph, id: NodeId, node: &Node) -> DrawnNode {
    let (flags, place) = (graph.flags(id), graph.place(id));
    // While a layout runs, nodes have places that it has not called final; only the origin means that there is none.
    let is_placed = flags.placed || place != [0.0, 0.0];
    DrawnNode {
        object_type: node.key.object_type.clone(),
        key: node.key.key.clone(),
        label: node.label.clone(),
        sub_label: node.sub_label.clone(),
        place: Some(place).filter(|place| is_placed && place.iter().all(|number| number.is_finite())),
        pinned: flags.pinned,
        hidden: flags.hidden,
    }
}

fn drawn_link(graph: &Graph, link: &Link, from: u32, to: u32) -> DrawnLink {
    DrawnLink {
        link_type: graph.link_type(link.link_type).to_owned(),
        from,
        to,
        directed: link.directed,
        label: link.label.clone(),
        count: link.count,
        sum: link.sum.map(|sum| sum.to_string()),
        unsummed: if link.sum.is_some() { link.unsummed.min(link.count) } else { 0 },
        first_micros: link.first_micros,
        last_micros: link.last_micros,
    }
}

fn new_node(node: DrawnNode) -> (NewNode, Standing) {
    let standing = Standing { place: node.place, pinned: node.pinned, hidden: node.hidden };
    let key = NodeKey { object_type: node.object_type, key: node.key };
    (NewNode { key, label: node.label, sub_label: node.sub_label }, standing)
}

/// A link whose sum leaves rows out becomes two, which the step puts together again: that is how rows without an amount
/// come to a graph.
fn new_links(nodes: &[DrawnNode], link: &DrawnLink) -> Vec<NewLink> {
    let key = |end: u32| {
        let node = nodes.get(end as usize)?;
        Some(NodeKey { object_type: node.object_type.clone(), key: node.key.clone() })
    };
    let (Some(from), Some(to)) = (key(link.from), key(link.to)) else { return Vec::new() };
    let whole = NewLink {
        link_type: link.link_type.clone(),
        from,
        to,
        directed: link.directed,
        label: link.label.clone(),
        count: link.count,
        sum: link.sum.as_deref().and_then(Amount::parse),
        first_micros: link.first_micros,
        last_micros: link.last_micros,
    };
    if link.unsummed == 0 || whole.sum.is_none() {
        return vec![whole];
    }
    let rest = NewLink { count: link.unsummed, sum: None, ..whole.clone() };
    vec![NewLink { count: link.count - link.unsummed, ..whole }, rest]
}
