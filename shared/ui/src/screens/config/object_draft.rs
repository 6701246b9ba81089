//! An object type while it is edited: texts as they are typed, until they make an object type.

use access::{ObjectTypeId, SourceId};
use model::catalogue::{Catalogue, CatalogueTable};
use model::project::{ObjectType, Origin, Project, Table};

use super::icon_picker::Search;
use super::parts::Sending;
use super::properties::Rows;
use crate::app::slug::free_slug;

/// An object type while it is edited.
#[derive(Default)]
pub(super) struct ObjectDraft {
    /// What is saved; none for a new one.
    pub(super) saved: Option<ObjectType>,
    pub(super) name: String,
    pub(super) plural: String,
    pub(super) icon: String,
    pub(super) colour: u8,
    pub(super) source: Option<SourceId>,
    /// `schema.table`, or the table alone.
    pub(super) table: String,
    /// Whether its rows come from a query.
    pub(super) from_query: bool,
    /// The query.
    pub(super) query: String,
    pub(super) title: String,
    pub(super) rows: Rows,
    pub(super) icons: Search,
    pub(super) sending: Sending,
}

impl ObjectDraft {
    /// A new one, in the colour that is used least.
    pub(super) fn begin(project: &Project) -> Self {
        let used = |colour: u8| project.object_types.values().filter(|kind| kind.colour == colour).count();
        Self {
            icon: "category".to_owned(),
            colour: (0..6).min_by_key(|colour| used(*colour)).unwrap_or(0),
            source: project.sources.keys().next().cloned(),
            ..Self::default()
        }
    }

    /// One that is saved.
    pub(super) fn edit(kind: &ObjectType) -> Self {
        Self {
            saved: Some(kind.clone()),
            name: kind.name.clone(),
            plural: kind.plural.clone(),
            icon: kind.icon.clone(),
            colour: kind.colour,
            source: Some(kind.source.clone()),
            table: kind.origin.table().map(table_text).unwrap_or_default(),
            from_query: kind.origin.query().is_some(),
            query: kind.origin.query().unwrap_or_default().to_owned(),
            title: kind.title.clone(),
            rows: Rows::of(&kind.properties, &kind.key),
            ..Self::default()
        }
    }

    /// The object type as it would be saved; `Err` is what cannot be saved, as the id or field it is about.
    pub(super) fn built(&self, project: &Project) -> Result<ObjectType, String> {
        let id = match &self.saved {
            Some(saved) => saved.id.clone(),
            None => {
                let taken = |id: &str| project.object_types.keys().any(|known| known.as_str() == id);
                ObjectTypeId::new(free_slug(&self.name, '-', "type", taken)).map_err(|bad| bad.to_string())?
            }
        };
        Ok(ObjectType {
            id,
            name: self.name.trim().to_owned(),
            plural: self.plural.trim().to_owned(),
            icon: self.icon.clone(),
            colour: self.colour,
            source: self.source.clone().ok_or_else(String::new)?,
            origin: self.origin(),
            key: self.rows.key(),
            title: self.title.clone(),
            properties: self.rows.build()?,
        })
    }
}

impl ObjectDraft {
    fn origin(&self) -> Origin {
        if self.from_query {
            Origin::Query(self.query.clone())
        } else {
            Origin::Table(table_of(&self.table, self.saved.as_ref().and_then(|saved| saved.origin.table())))
        }
    }
}

/// `schema.table`, or the table alone.
pub(super) fn table_text(table: &Table) -> String {
    match &table.schema {
        Some(schema) => format!("{schema}.{}", table.name),
        None => table.name.clone(),
    }
}

/// The table that a text means. One that is unchanged keeps its shape, whatever dots are in it.
pub(super) fn table_of(text: &str, saved: Option<&Table>) -> Table {
    let text = text.trim();
    if let Some(saved) = saved
        && table_text(saved) == text
    {
        return saved.clone();
    }
    match text.split_once('.') {
        Some((schema, name)) => Table { schema: Some(schema.to_owned()), name: name.to_owned() },
        None => Table { schema: None, name: text.to_owned() },
    }
}

/// The table of a catalogue that a text means.
pub(super) fn known_table<'a>(catalogue: Option<&'a Catalogue>, text: &str) -> Option<&'a CatalogueTable> {
    catalogue?.tables.iter().find(|known| table_text(&known.table) == text)
}

/// The tables of a catalogue, for a select.
pub(super) fn table_names(catalogue: Option<&Catalogue>) -> Vec<String> {
    catalogue
        .map(|catalogue| catalogue.tables.iter().map(|known| table_text(&known.table)).collect())
        .unwrap_or_default()
}
