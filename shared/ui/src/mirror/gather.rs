//! Walks AccessKit's tree in reading order and keeps what somebody should hear of, up to the limit.

use super::{Element, LIMIT_ELEMENTS, element::element};
use egui::accesskit::{Node, NodeId, TreeUpdate};
use std::collections::{HashMap, HashSet};

/// A tree this large is a fault somewhere; the rest of it is not looked at.
const LIMIT_VISITS: usize = 20_000;

/// The elements of a complete update, in reading order. `zoom` is CSS pixels per egui point.
pub fn gather(update: &TreeUpdate, zoom: f32) -> Vec<Element> {
    let nodes: HashMap<NodeId, &Node> = update.nodes.iter().map(|(id, node)| (*id, node)).collect();
    let Some(root) = update.tree.as_ref().map(|tree| tree.root) else { return Vec::new() };
    let mut out = Vec::new();
    let mut seen = HashSet::new();
    let mut stack = vec![root];
    while let Some(id) = stack.pop() {
        if out.len() >= LIMIT_ELEMENTS || seen.len() >= LIMIT_VISITS {
            break;
        }
        let Some(node) = nodes.get(&id).filter(|_| seen.insert(id)) else { continue };
        let name = name(node, &nodes);
        out.extend(element(id.0, node, name.as_deref(), update.focus == id, zoom));
        stack.extend(node.children().iter().rev());
    }
    out
}

/// Its own label, or the texts of what labels it.
fn name(node: &Node, nodes: &HashMap<NodeId, &Node>) -> Option<String> {
    if let Some(label) = node.label() {
        return Some(label.to_owned());
    }
    let labels = node.labelled_by().iter().filter_map(|id| nodes.get(id));
    let texts: Vec<&str> = labels.filter_map(|node| node.value().or_else(|| node.label())).collect();
    if texts.is_empty() { None } else { Some(texts.join(" ")) }
}
