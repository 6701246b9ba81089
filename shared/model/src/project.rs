//! A project: what it knows of its sources, and the objects and links that people see in them.

use std::collections::BTreeMap;

use access::{AppRole, Grant, LinkTypeId, ObjectTypeId, PersonId, ProjectId, PropertyId, SourceId, UploadId};
use serde::{Deserialize, Serialize};

use crate::format::Format;
use crate::kind::Kind;
pub use crate::origin::Origin;
use crate::query::Direction;

/// A project's whole configuration, without any credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Its id, unique in the instance.
    pub id: ProjectId,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where its data is.
    #[serde(default)]
    pub sources: BTreeMap<SourceId, Source>,
    /// What it shows as objects.
    #[serde(default)]
    pub object_types: BTreeMap<ObjectTypeId, ObjectType>,
    /// What it shows as links.
    #[serde(default)]
    pub link_types: BTreeMap<LinkTypeId, LinkType>,
    /// Who may work in it.
    #[serde(default)]
    pub grants: Vec<Grant>,
}

impl Project {
    /// Whether the values of a property name something and are no amounts: it is part of its type's key, or a link joins
    /// on it.
    pub fn names_something(&self, kind: &ObjectType, property: &PropertyId) -> bool {
        let points = |end: &ObjectTypeId, pairs: &[ColumnPair]| {
            *end == kind.id && pairs.iter().any(|pair| pair.property == *property)
        };
        let joins = |link: &LinkType| match &link.join {
            Join::Properties { pairs, .. } => pairs.iter().any(|pair| {
                (link.from == kind.id && pair.from == *property) || (link.to == kind.id && pair.to == *property)
            }),
            Join::Table { from, to, .. } => points(&link.from, from) || points(&link.to, to),
        };
        kind.key.contains(property) || self.link_types.values().any(joins)
    }

    /// How the values of a property are written on screens; a number that names something is written plainly by itself.
    pub fn format(&self, kind: &ObjectType, id: &PropertyId) -> Option<Format> {
        property(&kind.properties, id)?.written(self.names_something(kind, id))
    }
}

/// Where data is: a database outside Clew, or an uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its id, unique in the project.
    pub id: SourceId,
    /// Its name for people.
    pub name: String,
    /// The connector that reads it: `postgresql`, `sqlite`, `csv`.
    pub kind: String,
    /// The answers to the connector's form, but no secret: host, port, database.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// Secrets that come from the environment: field of the form to variable name ([`is_variable_of`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets_from: BTreeMap<String, String>,
    /// The uploaded file that an internal source reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadId>,
    /// The role without which the source does not exist for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_role: Option<AppRole>,
    /// Whether type names, icons and field names stay visible to people without the required role.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_model_visible: bool,
    /// The person whose own source it is; only in that person's changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_to: Option<PersonId>,
    /// Ceilings of every question.
    #[serde(default)]
    pub limits: Limits,
}

impl Source {
    /// Whether it is kept inside Clew.
    pub fn is_internal(&self) -> bool {
        self.upload.is_some()
    }

    /// Whether it leads to the same place with the same encryption as `other`: only then its secrets belong to both.
    pub fn has_address_of(&self, other: &Self) -> bool {
        const ADDRESS: [&str; 5] = ["host", "port", "tls", "ca", "url"];
        let part = |source: &Self, field: &str| source.settings.get(field).cloned().unwrap_or_default();
        self.kind == other.kind && ADDRESS.iter().all(|field| part(self, field) == part(other, field))
    }
}

/// What the names of a project's environment variables begin with. Two underscores end the project's id, so that the
/// variables of `bank` are not those of `bank-2`.
///
/// ```
/// let bank = access::ProjectId::new("bank-2").unwrap();
/// assert_eq!(model::project::variable_prefix(&bank), "CLEW_SOURCE_BANK_2__");
/// ```
pub fn variable_prefix(project: &ProjectId) -> String {
    format!("CLEW_SOURCE_{}__", project.as_str().replace('-', "_").to_ascii_uppercase())
}

/// Whether a project may use an environment variable: whoever configures a source may point its host at himself, so a
/// variable's name says whose it is.
pub fn is_variable_of(project: &ProjectId, variable: &str) -> bool {
    let name = variable.strip_prefix(&variable_prefix(project));
    name.is_some_and(|name| !name.is_empty() && !name.starts_with('_') && !name.contains("__"))
}

/// Ceilings of one question to one source. An instance manager may raise them, up to [`Limits::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The most rows of one answer.
    pub rows: u64,
    /// The most bytes of one answer, as Arrow.
    pub megabytes: u64,
    /// The longest time of one question.
    pub seconds: u64,
    /// The most questions at once.
    pub at_once: u32,
}

impl Limits {
    /// How far they can be raised: a hundred million rows, 64 GB, a day, a hundred questions.
    pub const MOST: Self = Self { rows: 100_000_000, megabytes: 65_536, seconds: 86_400, at_once: 100 };

    /// The nearest limits that can be used.
    #[must_use]
    pub fn within_reason(self) -> Self {
        Self {
            rows: self.rows.clamp(1, Self::MOST.rows),
            megabytes: self.megabytes.clamp(1, Self::MOST.megabytes),
            seconds: self.seconds.clamp(1, Self::MOST.seconds),
            at_once: self.at_once.clamp(1, Self::MOST.at_once),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 1_000_000, megabytes: 512, seconds: 60, at_once: 8 }
    }
}

/// A table or view in a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The schema, where the source has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The table's own name.
    pub name: String,
}

/// A field of an object or link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// Its id, unique in the type.
    pub id: PropertyId,
    /// Its name for people.
    pub name: String,
    /// The column it comes from.
    pub column: String,
    /// What its values are.
    #[serde(default)]
    pub kind: Kind,
    /// How it is written on screens: `plain`, `grouped`, `percent`, `day`. None: as its kind is usually written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// What the number counts: `NOK`, `km`, `%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether the search box looks here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub searchable: bool,
    /// Whether screens leave it out unless asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}

impl Property {
    /// How its values are written on screens, if they are no amounts when they `names_something`.
    fn written(&self, names_something: bool) -> Option<Format> {
        let own = self.format.filter(|format| format.fits(self.kind));
        own.or_else(|| (names_something && self.kind.is_number()).then_some(Format::Plain))
    }
}

/// A kind of thing: person, company, account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "crate::origin::Written", into = "crate::origin::Written")]
pub struct ObjectType {
    /// Its id, unique in the project.
    pub id: ObjectTypeId,
    /// One of them.
    pub name: String,
    /// Many of them.
    pub plural: String,
    /// Its icon, by name.
    pub icon: String,
    /// Its colour: 0 to 5, one of the six of the house look.
    pub colour: u8,
    /// The source that it comes from.
    pub source: SourceId,
    /// What its rows are there.
    pub origin: Origin,
    /// The properties whose values together name one object. Empty: it can be browsed but not put on the graph.
    pub key: Vec<PropertyId>,
    /// How one of them is called: `{first_name} {last_name}`.
    pub title: String,
    /// Its fields, in the order of the screens.
    pub properties: Vec<Property>,
}

/// How two objects are linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "by")]
pub enum Join {
    /// Both objects carry equal values.
    Properties {
        /// Property of the `from` side and property of the `to` side, all of which must be equal.
        pairs: Vec<PropertyPair>,
        /// How values are compared.
        #[serde(default)]
        matching: Matching,
    },
    /// A table has one row per link.
    Table {
        /// The source of the link table.
        source: SourceId,
        /// The link table.
        table: Table,
        /// Columns that name the `from` object.
        from: Vec<ColumnPair>,
        /// Columns that name the `to` object.
        to: Vec<ColumnPair>,
        /// How values are compared.
        #[serde(default)]
        matching: Matching,
    },
}

/// Two properties that must be equal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyPair {
    /// Property of the `from` object type.
    pub from: PropertyId,
    /// Property of the `to` object type.
    pub to: PropertyId,
}

/// A column of a link table that must equal a property of the object at that end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnPair {
    /// Column of the link table.
    pub column: String,
    /// Property of the object type at that end; most often its key.
    pub property: PropertyId,
}

/// How values of two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// Byte by byte.
    #[default]
    Exact,
    /// Ignoring case, and accents where the source can.
    Folded,
}

/// A kind of link: owns, paid, lives at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkType {
    /// Its id, unique in the project.
    pub id: LinkTypeId,
    /// Read forward: "paid to".
    pub name: String,
    /// Read backward: "received from".
    pub reverse: String,
    /// What one link is called in the plural: "transfers".
    pub plural: String,
    /// The object type it starts at.
    pub from: ObjectTypeId,
    /// The object type it ends at.
    pub to: ObjectTypeId,
    /// Whether the direction means something.
    pub directed: bool,
    /// Where the links are found.
    pub join: Join,
    /// Properties that name one link of a link table. Empty: a link has no identity of its own.
    #[serde(default)]
    pub key: Vec<PropertyId>,
    /// Fields of a link table.
    #[serde(default)]
    pub properties: Vec<Property>,
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<PropertyId>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<PropertyId>,
    /// In which currency. Amounts in several currencies are never summed: their sum is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<PropertyId>,
}

impl LinkType {
    /// The object type that one comes from when going in `direction`.
    pub fn near(&self, direction: Direction) -> &ObjectTypeId {
        match direction {
            Direction::Forward => &self.from,
            Direction::Backward => &self.to,
        }
    }

    /// The object type that one arrives at when going in `direction`.
    pub fn far(&self, direction: Direction) -> &ObjectTypeId {
        self.near(direction.turned())
    }

    /// How the link reads in `direction`.
    pub fn label(&self, direction: Direction) -> &str {
        match direction {
            Direction::Forward => &self.name,
            Direction::Backward => &self.reverse,
        }
    }

    /// Whether the values of a property of the link name something and are no amounts: it is part of the link's key, or
    /// its column points at an object.
    pub fn names_something(&self, id: &PropertyId) -> bool {
        let points = |column: &String| match &self.join {
            Join::Properties { .. } => false,
            Join::Table { from, to, .. } => from.iter().chain(to).any(|pair| pair.column == *column),
        };
        self.key.contains(id) || property(&self.properties, id).is_some_and(|property| points(&property.column))
    }

    /// How the values of a property of the link are written on screens, as [`Project::format`].
    pub fn format(&self, id: &PropertyId) -> Option<Format> {
        property(&self.properties, id)?.written(self.names_something(id))
    }

    /// The link table's source, for links that have one.
    pub fn source(&self) -> Option<&SourceId> {
        match &self.join {
            Join::Properties { .. } => None,
            Join::Table { source, .. } => Some(source),
        }
    }
}

/// Finds a property by id.
pub fn property<'a>(properties: &'a [Property], id: &PropertyId) -> Option<&'a Property> {
    properties.iter().find(|property| property.id == *id)
}

/// The properties named in a title template, in order, each once.
///
/// ```
/// assert_eq!(model::project::title_fields("{first_name} {last_name}"), ["first_name", "last_name"]);
/// ```
pub fn title_fields(template: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    for part in template.split('{').skip(1) {
        if let Some((field, _)) = part.split_once('}')
            && !fields.contains(&field)
        {
            fields.push(field);
        }
    }
    fields
}

/// Fills a title template; a field without a value is left out, and what is left is trimmed.
///
/// ```
/// let title = model::project::title("{name} ({city})", |field| (field == "name").then(|| "Ada".to_owned()));
/// assert_eq!(title, "Ada");
/// ```
pub fn title(template: &str, value_of: impl Fn(&str) -> Option<String>) -> String {
    let mut parts = template.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (field, rest) = part.split_once('}').unwrap_or(("", part));
        filled.push_str(&value_of(field).unwrap_or_default());
        filled.push_str(rest);
    }
    filled.replace("()", "").split_whitespace().collect::<Vec<_>>().join(" ")
}
