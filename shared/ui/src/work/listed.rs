//! A list of values that is looked for: which hit answers which of them, and which were not found.
//!
//! The server compares by the rule of [`model::sought`] and sends every property that it compared; here the same rule says
//! which value a row answers.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use graph::cell_text;
use model::query::Field;
use model::{Kind, ObjectType, Property, PropertyId, sought};
use wire::frame::ColumnRole;

use super::object::{Object, ObjectRef};
use super::roles::roles;

/// A list, and what is known of it so far.
#[derive(Debug, Clone)]
pub struct List {
    /// The values, as they were pasted.
    pub values: Vec<String>,
    /// Which values a form of a kind stands for.
    forms: BTreeMap<(Kind, String), Vec<usize>>,
    /// The values that some row answers.
    found: BTreeSet<usize>,
    /// The values that each object answers.
    answers: BTreeMap<ObjectRef, BTreeSet<usize>>,
}

impl List {
    pub(super) fn new(values: Vec<String>) -> Self {
        let mut forms: BTreeMap<(Kind, String), Vec<usize>> = BTreeMap::new();
        for (place, value) in values.iter().enumerate() {
            for kind in Kind::ALL {
                if let Some(form) = sought::form(kind, value) {
                    forms.entry((kind, form)).or_default().push(place);
                }
            }
        }
        Self { values, forms, found: BTreeSet::new(), answers: BTreeMap::new() }
    }

    /// How many of the values were found.
    pub fn found(&self) -> usize {
        self.found.len()
    }

    /// The values that no row answers so far.
    pub fn missing(&self) -> Vec<&str> {
        let is_missing = |(place, _): &(usize, &String)| !self.found.contains(place);
        self.values.iter().enumerate().filter(is_missing).map(|(_, value)| value.as_str()).collect()
    }

    /// The values that an object answers.
    pub fn answered_by(&self, object: &ObjectRef) -> Vec<&str> {
        let places = self.answers.get(object).into_iter().flatten();
        places.filter_map(|place| self.values.get(*place)).map(String::as_str).collect()
    }

    fn places(&self, kind: Kind, text: &str) -> &[usize] {
        let form = sought::form(kind, text);
        form.and_then(|form| self.forms.get(&(kind, form))).map_or(&[], Vec::as_slice)
    }

    /// Notes what rows answer, also those that are no objects because they lack a key; the objects come back without what
    /// was sent for comparing only.
    pub(super) fn take(&mut self, kind: &ObjectType, batches: &[RecordBatch], mut hits: Vec<Object>) -> Vec<Object> {
        let compared: BTreeMap<&PropertyId, &Property> =
            sought::properties(kind).map(|property| (&property.id, property)).collect();
        for batch in batches {
            for (column, role) in batch.columns().iter().zip(roles(&batch.schema())) {
                let Some(property) = role.and_then(|role| compared.get(&own(kind, &role)?)) else { continue };
                let texts = (0..batch.num_rows()).filter_map(|row| cell_text(column, row));
                let found: Vec<usize> = texts.flat_map(|text| self.places(property.kind, &text).to_vec()).collect();
                self.found.extend(found);
            }
        }
        for hit in &mut hits {
            let values = hit.values.iter().filter_map(|(id, text)| Some((compared.get(id)?.kind, text)));
            let places: Vec<usize> = values.flat_map(|(kind, text)| self.places(kind, text).to_vec()).collect();
            self.answers.entry(hit.is.clone()).or_default().extend(places);
            hit.values.retain(|(id, _)| kind.key.contains(id) || !is_hidden(kind, id));
        }
        hits
    }
}

/// The property that a column holds.
fn own(kind: &ObjectType, role: &ColumnRole) -> Option<PropertyId> {
    match role {
        ColumnRole::Key(place) => kind.key.get(*place).cloned(),
        ColumnRole::Field(Field::Own(id)) => Some(id.clone()),
        _ => None,
    }
}

fn is_hidden(kind: &ObjectType, id: &PropertyId) -> bool {
    model::project::property(&kind.properties, id).is_some_and(|property| property.hidden)
}
