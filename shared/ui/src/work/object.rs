//! Objects as they were fetched: which one, what it is called, and its values as canonical text.

use std::collections::BTreeMap;

use access::{ObjectTypeId, PropertyId};
use arrow_array::RecordBatch;
use graph::{NewNode, NodeKey, cell_text};
use model::project::{ObjectType, title};
use model::query::{Field, Key};
use wire::frame::ColumnRole;

use super::roles::roles;

/// Which object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// Its type.
    pub object_type: ObjectTypeId,
    /// Its key.
    pub key: Key,
}

impl ObjectRef {
    /// The same, as the graph names it.
    pub fn node_key(&self) -> NodeKey {
        NodeKey { object_type: self.object_type.to_string(), key: self.key.clone() }
    }

    /// The object behind a node.
    pub fn of_node(node: &NodeKey) -> Option<Self> {
        Some(Self { object_type: ObjectTypeId::new(node.object_type.clone()).ok()?, key: node.key.clone() })
    }

    /// For the graph, where no source has the object: called by its key, and without a second line.
    pub(super) fn missing_node(&self) -> NewNode {
        NewNode { key: self.node_key(), label: self.key.join(" · "), sub_label: String::new() }
    }

    /// Whether this node came from no source; those that did have their type as second line.
    pub fn is_missing(node: &graph::Node) -> bool {
        node.sub_label.is_empty()
    }
}

/// An object with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Which one.
    pub is: ObjectRef,
    /// What it is called.
    pub title: String,
    /// Its values as canonical text, in the order of the answer; those without a value are left out.
    pub values: Vec<(PropertyId, String)>,
    /// The time of day when it was fetched.
    pub fetched: Option<String>,
    /// How many rows of its table have this key, as far as they came: 1 unless the key is not unique.
    pub rows: u64,
    /// Whether it was asked for by its key, so that all of its rows came; a search brings only those that fit.
    pub is_whole: bool,
}

impl Object {
    /// The same, to be put on the graph.
    pub fn node(&self, kind: &ObjectType) -> NewNode {
        NewNode { key: self.is.node_key(), label: self.title.clone(), sub_label: kind.name.clone() }
    }
}

/// The objects in a batch of a part with objects of this type; rows without a whole key are left out.
pub fn objects(batch: &RecordBatch, kind: &ObjectType, fetched: Option<&str>) -> Vec<Object> {
    let columns = columns(batch, kind);
    let read = |row: usize| {
        let mut key = vec![None; kind.key.len()];
        let mut values = Vec::new();
        for (column, (property, place)) in batch.columns().iter().zip(&columns) {
            let Some(text) = cell_text(column, row) else { continue };
            if let Some(slot) = place.and_then(|place| key.get_mut(place)) {
                *slot = Some(text.clone());
            }
            if let Some(property) = property {
                values.push((property.clone(), text));
            }
        }
        let key = key.into_iter().collect::<Option<Key>>().filter(|key| !key.is_empty())?;
        let is = ObjectRef { object_type: kind.id.clone(), key };
        let title = titled(kind, &is.key, &values);
        Some(Object { is, title, values, fetched: fetched.map(str::to_owned), rows: 1, is_whole: true })
    };
    (0..batch.num_rows()).filter_map(read).collect()
}

/// Rows with one key are one object: the first one, with the number of rows.
pub(super) fn once_each(objects: Vec<Object>) -> Vec<Object> {
    let mut places: BTreeMap<ObjectRef, usize> = BTreeMap::new();
    let mut once: Vec<Object> = Vec::with_capacity(objects.len());
    for object in objects {
        match places.get(&object.is).and_then(|place| once.get_mut(*place)) {
            Some(known) => known.rows += object.rows,
            None => {
                places.insert(object.is.clone(), once.len());
                once.push(object);
            }
        }
    }
    once
}

/// Which property each column holds, and which part of the key.
fn columns(batch: &RecordBatch, kind: &ObjectType) -> Vec<(Option<PropertyId>, Option<usize>)> {
    roles(&batch.schema())
        .into_iter()
        .map(|role| match role {
            Some(ColumnRole::Key(place)) => (kind.key.get(place).cloned(), Some(place)),
            Some(ColumnRole::Field(Field::Own(property))) => (Some(property), None),
            _ => (None, None),
        })
        .collect()
}

/// What an object is called; its key where the template gives nothing.
fn titled(kind: &ObjectType, key: &[String], values: &[(PropertyId, String)]) -> String {
    let value = |field: &str| values.iter().find(|(id, _)| id.as_str() == field).map(|(_, text)| text.clone());
    let title = title(&kind.title, value);
    if title.is_empty() { key.join(" · ") } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_one_key_are_one_object_with_their_number() {
        let object = |key: &str, title: &str| Object {
            is: ObjectRef { object_type: ObjectTypeId::new("person").expect("a slug"), key: vec![key.to_owned()] },
            title: title.to_owned(),
            values: Vec::new(),
            fetched: None,
            rows: 1,
            is_whole: true,
        };
        let rows = ["Ann", "Bo", "Anne", "Anna"].into_iter().zip(["1", "2", "1", "1"]);
        let once = once_each(rows.map(|(title, key)| object(key, title)).collect());
        let seen: Vec<_> = once.iter().map(|object| (object.title.as_str(), object.rows)).collect();
        assert_eq!(seen, [("Ann", 3), ("Bo", 1)]);
    }
}
