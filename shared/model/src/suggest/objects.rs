//! Object types from tables with a key.

use std::collections::BTreeMap;

use access::{ObjectTypeId, PropertyId, SourceId};

use super::keys::Key;
use super::names::{self, words};
use super::{MOST_OBJECT_TYPES, Suggested, icons};
use crate::catalogue::{CatalogueTable, Column};
use crate::change::Change;
use crate::check::MOST_PROPERTIES;
use crate::format::Format;
use crate::kind::Kind;
use crate::project::{ObjectType, Origin, Project, Property, Table};

/// Columns that name a thing, the best first.
const NAMING: [&str; 8] = ["name", "title", "label", "caption", "subject", "number", "code", "description"];
/// Words of columns that people search in.
const SEARCHED: [&str; 22] = [
    "name",
    "title",
    "label",
    "email",
    "mail",
    "phone",
    "mobile",
    "address",
    "street",
    "city",
    "company",
    "iban",
    "account",
    "plate",
    "vin",
    "passport",
    "number",
    "reference",
    "alias",
    "owner",
    "url",
    "code",
];

/// Object types by their tables, those of the project among them.
pub(super) type Types = BTreeMap<Table, ObjectType>;

/// The object types so far.
pub(super) struct Drafts<'a> {
    source: &'a SourceId,
    project: &'a Project,
    types: Types,
    made: Vec<(ObjectType, String)>,
}

impl<'a> Drafts<'a> {
    pub(super) fn new(source: &'a SourceId, project: &'a Project) -> Self {
        let own = project.object_types.values().filter(|kind| kind.source == *source);
        let types = own.filter_map(|kind| Some((kind.origin.table()?.clone(), kind.clone()))).collect();
        Self { source, project, types, made: Vec::new() }
    }

    pub(super) fn add(&mut self, table: &CatalogueTable, key: &Key, suggested: &mut Suggested) {
        let left_out = match self.types.get(&table.table) {
            Some(known) => Some(format!("It is already there as \"{}\".", known.name)),
            None if self.made.len() >= MOST_OBJECT_TYPES => {
                Some(format!("Only {MOST_OBJECT_TYPES} types are suggested at once. Save these, then ask again."))
            }
            None => None,
        };
        if let Some(reason) = left_out {
            suggested.left_out.push((table.table.clone(), reason));
            return;
        }
        if let Some(kind) = self.draft(table, &key.columns) {
            self.types.insert(table.table.clone(), kind.clone());
            self.made.push((kind, key.reason.clone()));
        }
    }

    /// The changes, and all types for the links to use.
    pub(super) fn finish(self, suggested: &mut Suggested) -> Types {
        let changes = self.made.into_iter().map(|(kind, reason)| (Change::PutObjectType(Box::new(kind)), reason));
        suggested.changes.extend(changes);
        self.types
    }

    fn draft(&self, table: &CatalogueTable, key: &[String]) -> Option<ObjectType> {
        // A file has one table, whose name says nothing; its source is called like the file.
        let file = self.project.sources.get(self.source).filter(|source| source.is_internal());
        let called = file.map_or_else(|| table.table.name.clone(), |source| names::of_file(&source.name));
        let name = names::singular(&called);
        let words = words(&name);
        let taken = |id: &str| {
            let used = |kind: &ObjectType| kind.id.as_str() == id;
            self.project.object_types.values().any(used) || self.made.iter().any(|(kind, _)| used(kind))
        };
        let mut properties = properties(&table.columns);
        let pointing: Vec<_> = table.foreign_keys.iter().flat_map(|key| &key.columns).collect();
        let title = title(&properties, key);
        for property in &mut properties {
            let points = pointing.contains(&&property.column) && !key.contains(&property.column);
            property.hidden |= points;
            property.searchable = property.kind == Kind::Text
                && !points
                && (is_searched(&property.column)
                    || key.contains(&property.column)
                    || title.contains(&format!("{{{}}}", property.id)));
        }
        let (icon, colour) = icons::icon(&words, self.types.len());
        Some(ObjectType {
            id: ObjectTypeId::new(names::fresh(&names::slug(&words), taken)).ok()?,
            plural: names::plural(&called),
            name,
            icon: icon.to_owned(),
            colour,
            source: self.source.clone(),
            origin: Origin::Table(table.table.clone()),
            key: key.iter().filter_map(|column| of_column(&properties, column)).map(|p| p.id.clone()).collect(),
            title,
            properties,
        })
    }
}

/// A property for every column, in order. Bytes are left out of screens.
pub(super) fn properties(columns: &[Column]) -> Vec<Property> {
    let mut properties: Vec<Property> = Vec::new();
    for column in columns.iter().take(MOST_PROPERTIES) {
        let taken = |id: &str| properties.iter().any(|property| property.id.as_str() == id);
        let id = names::fresh(&names::slug(&words(&column.name)), taken);
        let Ok(id) = PropertyId::new(id) else { continue };
        properties.push(Property {
            id,
            name: names::column(&column.name),
            column: column.name.clone(),
            kind: column.kind,
            format: (column.kind == Kind::Integer && names::is_year(&column.name)).then_some(Format::Plain),
            unit: None,
            searchable: false,
            hidden: column.kind == Kind::Bytes,
        });
    }
    properties
}

/// The property of a column.
pub(super) fn of_column<'a>(properties: &'a [Property], column: &str) -> Option<&'a Property> {
    properties.iter().find(|property| property.column == column)
}

fn is_searched(column: &str) -> bool {
    words(column).iter().any(|word| SEARCHED.contains(&word.as_str()))
}

/// Whether a table has a column that names its rows.
pub(super) fn has_name(table: &CatalogueTable) -> bool {
    let naming = |column: &Column| {
        let words = words(&column.name);
        column.kind == Kind::Text && words.iter().any(|word| matches!(word.as_str(), "name" | "title" | "label"))
    };
    table.columns.iter().any(naming)
}

/// How one of them is called: by a name, by first and last name, by something like a name, or by its key.
fn title(properties: &[Property], key: &[String]) -> String {
    let texts = || properties.iter().filter(|property| property.kind == Kind::Text);
    let called = |name: &[&str]| texts().find(|property| words(&property.column) == name);
    let first = called(&["first", "name"]).or_else(|| called(&["given", "name"])).or_else(|| called(&["firstname"]));
    let last = called(&["last", "name"]).or_else(|| called(&["family", "name"])).or_else(|| called(&["surname"]));
    let last = last.or_else(|| called(&["lastname"]));
    if let (Some(first), Some(last), None) = (first, last, called(&["name"])) {
        return format!("{{{}}} {{{}}}", first.id, last.id);
    }
    let whole = NAMING.iter().find_map(|name| called(&[name]));
    let ending = |name: &str| texts().find(|property| words(&property.column).last().is_some_and(|word| word == name));
    if let Some(naming) = whole.or_else(|| NAMING.iter().find_map(|name| ending(name))) {
        return format!("{{{}}}", naming.id);
    }
    let of_key = key.iter().filter_map(|column| of_column(properties, column));
    of_key.map(|property| format!("{{{}}}", property.id)).collect::<Vec<_>>().join(" ")
}
