//! What has to be done to the page so that it has the new elements, in as few operations as a simple pass finds.

use super::{Element, Tag};
use std::collections::{HashMap, HashSet};

/// One change of the page. `after` is the element that stands before it, `None` for the first place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomOp {
    Create { element: Element, after: Option<u64> },
    Move { id: u64, after: Option<u64> },
    SetAttribute { id: u64, key: &'static str, value: String },
    RemoveAttribute { id: u64, key: &'static str },
    SetValue { id: u64, value: String },
    SetText { id: u64, text: String },
    Place { id: u64, bounds: [i32; 4] },
    Remove { id: u64 },
}

/// What the page has.
#[derive(Debug, Default)]
pub struct Kept {
    order: Vec<u64>,
    elements: HashMap<u64, Element>,
}

impl Kept {
    /// The changes from what the page has to `new`; afterwards they count as done.
    pub fn diff(&mut self, new: Vec<Element>) -> Vec<DomOp> {
        let mut ops = Vec::new();
        let wanted: HashMap<u64, Tag> = new.iter().map(|element| (element.id, element.tag)).collect();
        self.remove_missing(&wanted, &mut ops);
        let order: Vec<u64> = new.iter().map(|element| element.id).collect();
        let mut old = self.order.iter().copied().peekable();
        let mut moved = HashSet::new();
        let mut after = None;
        for element in new {
            let id = element.id;
            while old.next_if(|next| moved.contains(next)).is_some() {}
            match self.elements.get(&id) {
                None => ops.push(DomOp::Create { element: element.clone(), after }),
                Some(kept) => {
                    if old.next_if_eq(&id).is_none() {
                        moved.insert(id);
                        ops.push(DomOp::Move { id, after });
                    }
                    changes(kept, &element, &mut ops);
                }
            }
            self.elements.insert(id, element);
            after = Some(id);
        }
        self.order = order;
        ops
    }

    /// The element with this number, as the page has it.
    pub fn get(&self, id: u64) -> Option<&Element> {
        self.elements.get(&id)
    }

    /// An element that became another kind of HTML element is removed too, and made anew.
    fn remove_missing(&mut self, wanted: &HashMap<u64, Tag>, ops: &mut Vec<DomOp>) {
        let elements = &mut self.elements;
        self.order.retain(|id| {
            let stays = elements.get(id).is_some_and(|kept| wanted.get(id) == Some(&kept.tag));
            if !stays {
                elements.remove(id);
                ops.push(DomOp::Remove { id: *id });
            }
            stays
        });
    }
}

fn changes(old: &Element, new: &Element, ops: &mut Vec<DomOp>) {
    let id = new.id;
    for (key, value) in &new.attributes {
        if !old.attributes.iter().any(|(old_key, old_value)| old_key == key && old_value == value) {
            ops.push(DomOp::SetAttribute { id, key, value: value.clone() });
        }
    }
    for (key, _) in &old.attributes {
        if !new.attributes.iter().any(|(new_key, _)| new_key == key) {
            ops.push(DomOp::RemoveAttribute { id, key });
        }
    }
    if old.value != new.value {
        ops.push(DomOp::SetValue { id, value: new.value.clone().unwrap_or_default() });
    }
    if old.text != new.text {
        ops.push(DomOp::SetText { id, text: new.text.clone().unwrap_or_default() });
    }
    if old.bounds != new.bounds {
        ops.push(DomOp::Place { id, bounds: new.bounds });
    }
}
