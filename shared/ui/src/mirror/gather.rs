//! Walks AccessKit's tree in reading order and keeps what somebody should hear of, up to the limit, and what is in what.

use super::{Element, LIMIT_ELEMENTS, element::element};
use egui::accesskit::{Node, NodeId, Role, TreeUpdate};
use std::collections::{HashMap, HashSet};

/// A tree this large is a fault somewhere; the rest of it is not looked at.
const LIMIT_VISITS: usize = 20_000;

/// What the page should have.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The elements, in reading order. What is in what stands in their `aria-owns`.
    pub elements: Vec<Element>,
    /// The element that has the keyboard; always one of those.
    pub focus: Option<u64>,
}

/// The elements of a complete update. `zoom` is CSS pixels per egui point.
pub fn gather(update: &TreeUpdate, zoom: f32) -> Gathered {
    let nodes: HashMap<NodeId, &Node> = update.nodes.iter().map(|(id, node)| (*id, node)).collect();
    let Some(root) = update.tree.as_ref().map(|tree| tree.root) else { return Gathered::default() };
    let focus = focus(update, &nodes);
    let one = |id: NodeId, node: &Node| element(id.0, node, name(node, &nodes).as_deref(), focus == id, zoom);
    let mut elements: Vec<Element> = Vec::new();
    let mut owned: HashMap<usize, Vec<u64>> = HashMap::new();
    let mut seen = HashSet::new();
    let mut stack = vec![(root, None)];
    while let Some((id, within)) = stack.pop() {
        if elements.len() >= LIMIT_ELEMENTS || seen.len() >= LIMIT_VISITS {
            break;
        }
        let Some(node) = nodes.get(&id).filter(|_| seen.insert(id)) else { continue };
        let mut inside = within;
        if let Some(made) = one(id, node) {
            if let Some(within) = within {
                owned.entry(within).or_default().push(id.0);
            }
            if holds(node.role()) {
                inside = Some(elements.len());
            }
            elements.push(made);
        }
        stack.extend(node.children().iter().rev().map(|child| (*child, inside)));
    }
    let focus = with_focus(&mut elements, &mut owned, focus, nodes.get(&focus).and_then(|node| one(focus, node)));
    for (place, ids) in owned {
        if let Some(owner) = elements.get_mut(place) {
            own(owner, &ids);
        }
    }
    Gathered { elements, focus }
}

/// What has the keyboard: in a graph or a list that moves it itself, the part that it is on.
fn focus(update: &TreeUpdate, nodes: &HashMap<NodeId, &Node>) -> NodeId {
    let active = nodes.get(&update.focus).and_then(|node| node.active_descendant());
    active.filter(|id| nodes.contains_key(id)).unwrap_or(update.focus)
}

/// What has the keyboard is heard of also where there is too much on the screen: it takes the place of the last.
fn with_focus(
    elements: &mut Vec<Element>,
    owned: &mut HashMap<usize, Vec<u64>>,
    focus: NodeId,
    made: Option<Element>,
) -> Option<u64> {
    if !elements.iter().any(|element| element.id == focus.0) {
        let made = made?;
        if elements.len() >= LIMIT_ELEMENTS
            && let Some(last) = elements.pop()
        {
            owned.values_mut().for_each(|ids| ids.retain(|id| *id != last.id));
            owned.remove(&elements.len());
        }
        elements.push(made);
    }
    Some(focus.0)
}

/// Says what is in an element, in order; attributes stay sorted by name.
fn own(owner: &mut Element, ids: &[u64]) {
    let ids: Vec<String> = ids.iter().map(|id| format!("m{id}")).collect();
    if !ids.is_empty() {
        let place = owner.attributes.partition_point(|(key, _)| *key < OWNS);
        owner.attributes.insert(place, (OWNS, ids.join(" ")));
    }
}

const OWNS: &str = "aria-owns";

/// Whether readers look into an element of this role; what is in others is beside them.
fn holds(role: Role) -> bool {
    !matches!(
        role,
        Role::Button
            | Role::DefaultButton
            | Role::CheckBox
            | Role::Switch
            | Role::RadioButton
            | Role::TextInput
            | Role::MultilineTextInput
            | Role::PasswordInput
            | Role::NumberInput
            | Role::EmailInput
            | Role::UrlInput
            | Role::SearchInput
            | Role::ComboBox
            | Role::EditableComboBox
            | Role::MenuItem
            | Role::MenuListOption
            | Role::Tab
            | Role::ListBoxOption
            | Role::ProgressIndicator
            | Role::Slider
            | Role::SpinButton
            | Role::Splitter
            | Role::Image
            | Role::Canvas
            | Role::GraphicsSymbol
            | Role::Label
            | Role::Paragraph
    )
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
