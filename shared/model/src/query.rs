//! The typed question. There is no SQL in a request: the server compiles this tree for each source, with bound values.
//!
//! Values are canonical text (see [`crate::kind`]); the property that they are compared with says what they are.

use access::{LinkTypeId, ObjectTypeId, PropertyId};
use serde::{Deserialize, Serialize};

/// The values of an object's key, one canonical text per key column.
pub type Key = Vec<String>;

/// The most keys in one question.
pub const MOST_KEYS: usize = 1_000;
/// The deepest nesting of filters.
pub const DEEPEST_FILTER: usize = 16;
/// The most parts of one filter.
pub const MOST_PARTS: usize = 200;
/// The most values in all the lists of one filter.
pub const MOST_VALUES: usize = 10_000;
/// The most levels of one order.
pub const MOST_SORTS: usize = 16;

/// One question to one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// What is asked for.
    pub from: From,
    /// Text that any searchable property contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What must hold.
    #[serde(default)]
    pub filter: Filter,
    /// What the answer looks like.
    pub answer: Answer,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum From {
    /// All objects of a type.
    Objects(ObjectTypeId),
    /// These objects of a type; at most [`MOST_KEYS`].
    Keys {
        /// The type.
        object_type: ObjectTypeId,
        /// The objects.
        keys: Vec<Key>,
    },
    /// All rows of a link table, with the objects at both ends as far as they are in the same source.
    Links(LinkTypeId),
    /// The links of these objects, one row per link.
    LinksOf {
        /// The link type.
        link: LinkTypeId,
        /// From the given objects, forward or backward.
        direction: Direction,
        /// The objects; at most [`MOST_KEYS`].
        keys: Vec<Key>,
    },
    /// The objects at the other end of the links of these objects, each once.
    Neighbours {
        /// The link type.
        link: LinkTypeId,
        /// From the given objects, forward or backward.
        direction: Direction,
        /// The objects; at most [`MOST_KEYS`].
        keys: Vec<Key>,
    },
}

/// Along a link or against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From its `from` end to its `to` end.
    Forward,
    /// From its `to` end to its `from` end.
    Backward,
}

impl Direction {
    /// The other one.
    pub const fn turned(self) -> Self {
        match self {
            Self::Forward => Self::Backward,
            Self::Backward => Self::Forward,
        }
    }
}

/// A value that a row has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Field {
    /// A property of the object or link itself.
    Own(PropertyId),
    /// A property of the object at one end of a link; only where links are asked for.
    End {
        /// Which end: forward is `to`, backward is `from`.
        end: Direction,
        /// The property of the object there.
        property: PropertyId,
    },
    /// A property of the objects one link away.
    Through {
        /// The link type.
        link: LinkTypeId,
        /// Forward or backward.
        direction: Direction,
        /// The property of the object there.
        property: PropertyId,
    },
    /// A property of the link itself, one link away: the amount of a person's transfers.
    OfLink {
        /// The link type.
        link: LinkTypeId,
        /// Forward or backward.
        direction: Direction,
        /// The property of the link.
        property: PropertyId,
    },
}

/// What must hold for a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Filter {
    /// All of them; none at all holds always.
    All(Vec<Filter>),
    /// At least one of them.
    Any(Vec<Filter>),
    /// The opposite.
    Not(Box<Filter>),
    /// A value passes a test.
    Is {
        /// Which value.
        field: Field,
        /// Which test.
        test: Test,
    },
    /// The object has a link of this type, or has none.
    Linked {
        /// The link type.
        link: LinkTypeId,
        /// Forward or backward.
        direction: Direction,
        /// Whether it must have one or must have none.
        present: bool,
    },
}

impl Default for Filter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// A test of one value. Null passes none of them but `Empty` and `Differs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// Equal.
    Equals(String),
    /// Not equal, or null.
    Differs(String),
    /// One of these; at most [`MOST_VALUES`].
    In(Vec<String>),
    /// Contains the text, ignoring case.
    Contains(String),
    /// Begins with the text, ignoring case.
    StartsWith(String),
    /// Smaller.
    Below(String),
    /// Smaller or equal.
    AtMost(String),
    /// Greater.
    Above(String),
    /// Greater or equal.
    AtLeast(String),
    /// Null.
    Empty,
    /// Not null.
    Filled,
}

/// What the answer looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// The rows themselves.
    Rows(Rows),
    /// How many there are.
    Count,
    /// One row per group, with measures.
    Groups(Groups),
}

/// Rows, page by page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// Which fields; none means every property that is not hidden. The key is always there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// In which order; the key comes last by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<Sort>,
    /// The most rows of this page.
    pub limit: u64,
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Cursor>,
}

/// Where a page ended; opaque, and good for the same question only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One level of an order. Nulls come last either way; text is ordered by code point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// By which value.
    pub field: Field,
    /// Greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// One row per distinct combination of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// The values that make a group; none makes one group of everything.
    #[serde(default)]
    pub by: Vec<Field>,
    /// What is computed for each group.
    pub measures: Vec<Measure>,
    /// In which order; the values of `by` come last by themselves.
    #[serde(default)]
    pub sort: Vec<GroupSort>,
    /// The most groups.
    pub limit: u64,
}

/// Something computed over a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// How many rows.
    Count,
    /// How many different values, null not counted.
    Distinct(Field),
    /// The sum, exact for integers and decimals.
    Sum(Field),
    /// The smallest value.
    Min(Field),
    /// The greatest value.
    Max(Field),
    /// The mean, as a float.
    Average(Field),
}

impl Measure {
    /// The value that is measured; none where rows are counted.
    pub const fn field(&self) -> Option<&Field> {
        match self {
            Self::Count => None,
            Self::Distinct(field) | Self::Sum(field) | Self::Min(field) | Self::Max(field) | Self::Average(field) => {
                Some(field)
            }
        }
    }
}

/// One level of an order of groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupSort {
    /// Which column.
    pub by: GroupColumn,
    /// Greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// A column of an answer in groups, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupColumn {
    /// One of `by`.
    Value(usize),
    /// One of `measures`.
    Measure(usize),
}

impl Query {
    /// Rows of a whole object type.
    pub fn rows(object_type: &ObjectTypeId, limit: u64) -> Self {
        Self::new(From::Objects(object_type.clone()), Answer::Rows(Rows::first(limit)))
    }

    /// How many objects of a type there are.
    pub fn count(object_type: &ObjectTypeId) -> Self {
        Self::new(From::Objects(object_type.clone()), Answer::Count)
    }

    /// A question without text and filter.
    pub fn new(from: From, answer: Answer) -> Self {
        Self { from, text: None, filter: Filter::default(), answer }
    }
}

impl Rows {
    /// The first page, all fields, in the order of the key.
    pub fn first(limit: u64) -> Self {
        Self { fields: Vec::new(), sort: Vec::new(), limit, after: None }
    }
}

impl Filter {
    /// A test of one of the row's own properties.
    pub fn own(property: &PropertyId, test: Test) -> Self {
        Self::Is { field: Field::Own(property.clone()), test }
    }

    /// How many values its lists name.
    pub fn values(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::values).sum(),
            Self::Not(part) => part.values(),
            Self::Is { test: Test::In(values), .. } => values.len(),
            Self::Is { .. } | Self::Linked { .. } => 0,
        }
    }

    /// How deep it is nested, and of how many parts it is made.
    pub fn size(&self) -> (usize, usize) {
        let fold = |parts: &[Self]| {
            let below = parts.iter().map(Self::size);
            below.fold((1, 1), |(deep, many), (d, m)| (deep.max(d + 1), many + m))
        };
        match self {
            Self::All(parts) | Self::Any(parts) => fold(parts),
            Self::Not(part) => fold(std::slice::from_ref(part)),
            Self::Is { .. } | Self::Linked { .. } => (1, 1),
        }
    }
}
