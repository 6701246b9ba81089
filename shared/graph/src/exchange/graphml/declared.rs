//! What a file declares about attributes, and the attributes of one element.

use std::borrow::Cow;
use std::collections::HashMap;

use super::fields::{self, Field};

/// The declaration of an attribute, while it is open.
#[derive(Default)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) domain: String,
    /// Its `attr.name`, or what yEd calls it.
    pub(super) name: String,
    /// Its `attr.type`, where it is said.
    pub(super) kind: String,
    pub(super) default: Option<String>,
}

/// What is declared for nodes, or for links.
#[derive(Default)]
pub(super) struct Declared {
    /// The meaning and the name of an attribute, by its id.
    pub(super) keys: HashMap<String, (Field, String)>,
    /// What elements have that say nothing else, once for each field.
    pub(super) defaults: Vec<(Field, String)>,
}

impl Declared {
    pub(super) fn declare(&mut self, key: &Key, of: fn(&str) -> Field) {
        // Another program's `count` may be a text: then it is something else than ours.
        let field = Some(of(&key.name)).filter(|field| fields::is_of_kind(*field, &key.kind)).unwrap_or(Field::Other);
        self.keys.insert(key.id.clone(), (field, key.name.clone()));
        if let Some(text) = key.default.clone().filter(|_| !matches!(field, Field::Graphics | Field::Other)) {
            self.defaults.retain(|(known, _)| *known != field);
            self.defaults.push((field, text));
        }
    }

    pub(super) fn default_bytes(&self) -> usize {
        self.defaults.iter().map(|(_, text)| text.len()).sum()
    }
}

/// The attributes of an element by their local names.
pub(super) struct Attributes<'a>(pub(super) Vec<(&'a str, Cow<'a, str>)>);

impl Attributes<'_> {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }
}
