//! What is left of the model of a source for people without the role that it requires, where its switch keeps the model
//! visible: names and icons, and nothing that leads to the data.

use std::collections::BTreeSet;

use access::{LinkTypeId, ObjectTypeId, SourceId};
use serde::{Deserialize, Serialize};

use crate::project::{LinkType, ObjectType, Project, Property};

/// The types that a person knows by name only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Withheld {
    /// Object types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub object_types: Vec<WithheldObjectType>,
    /// Link types; each end is an object type of the project or one of those above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub link_types: Vec<WithheldLinkType>,
}

/// An object type by name only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithheldObjectType {
    /// Its id.
    pub id: ObjectTypeId,
    /// One of them.
    pub name: String,
    /// Many of them.
    pub plural: String,
    /// Its icon, by name.
    pub icon: String,
    /// The names of its fields, in the order of the screens.
    pub fields: Vec<String>,
}

/// A link type by name only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithheldLinkType {
    /// Its id.
    pub id: LinkTypeId,
    /// Read forward.
    pub name: String,
    /// Read backward.
    pub reverse: String,
    /// What one link is called in the plural.
    pub plural: String,
    /// The object type it starts at.
    pub from: ObjectTypeId,
    /// The object type it ends at.
    pub to: ObjectTypeId,
    /// The names of its fields.
    pub fields: Vec<String>,
}

impl Withheld {
    /// What is kept of `whole` for somebody who sees `seen` of it. A type is kept when every source that it needs and that
    /// is not seen keeps its model visible; a link type also needs both of its ends.
    pub fn between(whole: &Project, seen: &Project) -> Self {
        let keeps = |id: &SourceId| {
            let source = whole.sources.get(id);
            seen.sources.contains_key(id)
                || source.is_some_and(|source| source.keep_model_visible && source.private_to.is_none())
        };
        let hidden_types = whole.object_types.values().filter(|kind| !seen.object_types.contains_key(&kind.id));
        let object_types = hidden_types.filter(|kind| keeps(&kind.source)).map(WithheldObjectType::of).collect();
        let hidden_links = whole.link_types.values().filter(|link| !seen.link_types.contains_key(&link.id));
        let link_types =
            hidden_links.filter(|link| link.source().is_none_or(keeps)).map(WithheldLinkType::of).collect();
        Self { object_types, link_types }.beside(seen)
    }

    /// Only what does not stand in `seen` itself, and links only between what is there.
    #[must_use]
    pub fn beside(mut self, seen: &Project) -> Self {
        self.object_types.retain(|kind| !seen.object_types.contains_key(&kind.id));
        let named: BTreeSet<ObjectTypeId> = self.object_types.iter().map(|kind| kind.id.clone()).collect();
        let is_there = |id: &ObjectTypeId| seen.object_types.contains_key(id) || named.contains(id);
        self.link_types
            .retain(|link| !seen.link_types.contains_key(&link.id) && is_there(&link.from) && is_there(&link.to));
        self
    }

    /// Both together, each type once.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let known: BTreeSet<ObjectTypeId> = self.object_types.iter().map(|kind| kind.id.clone()).collect();
        self.object_types.extend(other.object_types.into_iter().filter(|kind| !known.contains(&kind.id)));
        let known: BTreeSet<LinkTypeId> = self.link_types.iter().map(|link| link.id.clone()).collect();
        self.link_types.extend(other.link_types.into_iter().filter(|link| !known.contains(&link.id)));
        self
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.object_types.is_empty() && self.link_types.is_empty()
    }

    /// An object type by name only.
    pub fn object_type(&self, id: &ObjectTypeId) -> Option<&WithheldObjectType> {
        self.object_types.iter().find(|kind| kind.id == *id)
    }

    /// A link type by name only.
    pub fn link_type(&self, id: &LinkTypeId) -> Option<&WithheldLinkType> {
        self.link_types.iter().find(|link| link.id == *id)
    }
}

impl WithheldObjectType {
    fn of(kind: &ObjectType) -> Self {
        Self {
            id: kind.id.clone(),
            name: kind.name.clone(),
            plural: kind.plural.clone(),
            icon: kind.icon.clone(),
            fields: names(&kind.properties),
        }
    }
}

impl WithheldLinkType {
    fn of(link: &LinkType) -> Self {
        Self {
            id: link.id.clone(),
            name: link.name.clone(),
            reverse: link.reverse.clone(),
            plural: link.plural.clone(),
            from: link.from.clone(),
            to: link.to.clone(),
            fields: names(&link.properties),
        }
    }
}

fn names(properties: &[Property]) -> Vec<String> {
    properties.iter().map(|property| property.name.clone()).collect()
}
