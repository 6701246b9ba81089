//! A link type while it is edited.

use access::{LinkTypeId, ObjectTypeId, PropertyId, SourceId};
use model::project::{ColumnPair, Join, LinkType, Matching, Project, PropertyPair};

use super::object_draft::{table_of, table_text};
use super::parts::Sending;
use super::properties::Rows;
use crate::app::slug::free_slug;

/// A link type while it is edited.
#[derive(Default)]
pub(super) struct LinkDraft {
    /// What is saved; none for a new one.
    pub(super) saved: Option<LinkType>,
    pub(super) name: String,
    pub(super) reverse: String,
    pub(super) plural: String,
    pub(super) from: Option<ObjectTypeId>,
    pub(super) to: Option<ObjectTypeId>,
    pub(super) undirected: bool,
    pub(super) by_table: bool,
    pub(super) folded: bool,
    /// Property of `from`, property of `to`.
    pub(super) pairs: Vec<(String, String)>,
    pub(super) source: Option<SourceId>,
    pub(super) table: String,
    /// Column of the link table, property of the `from` type.
    pub(super) from_columns: Vec<(String, String)>,
    /// Column of the link table, property of the `to` type.
    pub(super) to_columns: Vec<(String, String)>,
    pub(super) rows: Rows,
    pub(super) time: Option<u32>,
    pub(super) amount: Option<u32>,
    pub(super) currency: Option<u32>,
    pub(super) sending: Sending,
}

impl LinkDraft {
    /// A new one.
    pub(super) fn begin(project: &Project) -> Self {
        let first = project.object_types.keys().next().cloned();
        Self {
            from: first.clone(),
            to: project.object_types.keys().nth(1).cloned().or(first),
            source: project.sources.keys().next().cloned(),
            pairs: vec![Default::default()],
            from_columns: vec![Default::default()],
            to_columns: vec![Default::default()],
            ..Self::default()
        }
    }

    /// One that is saved.
    pub(super) fn edit(link: &LinkType) -> Self {
        let rows = Rows::of(&link.properties, &link.key);
        let mut draft = Self {
            saved: Some(link.clone()),
            name: link.name.clone(),
            reverse: link.reverse.clone(),
            plural: link.plural.clone(),
            from: Some(link.from.clone()),
            to: Some(link.to.clone()),
            undirected: !link.directed,
            time: rows.uid_of(link.time.as_ref()),
            amount: rows.uid_of(link.amount.as_ref()),
            currency: rows.uid_of(link.currency.as_ref()),
            rows,
            ..Self::default()
        };
        draft.take_join(&link.join);
        draft
    }

    fn take_join(&mut self, join: &Join) {
        let columns = |pairs: &[ColumnPair]| pairs.iter().map(|p| (p.column.clone(), p.property.to_string())).collect();
        match join {
            Join::Properties { pairs, matching } => {
                self.pairs = pairs.iter().map(|pair| (pair.from.to_string(), pair.to.to_string())).collect();
                self.folded = *matching == Matching::Folded;
            }
            Join::Table { source, table, from, to, matching } => {
                self.by_table = true;
                self.source = Some(source.clone());
                self.table = table_text(table);
                (self.from_columns, self.to_columns) = (columns(from), columns(to));
                self.folded = *matching == Matching::Folded;
            }
        }
    }

    /// The link type as it would be saved; `Err` is the text that cannot be an id.
    pub(super) fn built(&self, project: &Project) -> Result<LinkType, String> {
        let id = match &self.saved {
            Some(saved) => saved.id.clone(),
            None => self.new_id(project)?,
        };
        // Properties belong to a link table; without one there are none.
        let (key, properties) =
            if self.by_table { (self.rows.key(), self.rows.build()?) } else { (Vec::new(), Vec::new()) };
        let one = |uid| if self.by_table { self.rows.id_of(uid) } else { None };
        Ok(LinkType {
            id,
            name: self.name.trim().to_owned(),
            reverse: self.reverse.trim().to_owned(),
            plural: self.plural.trim().to_owned(),
            from: self.from.clone().ok_or_else(String::new)?,
            to: self.to.clone().ok_or_else(String::new)?,
            directed: !self.undirected,
            join: self.join()?,
            key,
            properties,
            time: one(self.time),
            amount: one(self.amount),
            currency: one(self.currency),
        })
    }

    fn new_id(&self, project: &Project) -> Result<LinkTypeId, String> {
        let from = self.from.as_ref().map_or("", ObjectTypeId::as_str);
        let name = if self.name.trim().is_empty() { String::new() } else { format!("{from} {}", self.name) };
        let taken = |id: &str| project.link_types.keys().any(|known| known.as_str() == id);
        LinkTypeId::new(free_slug(&name, '-', "link", taken)).map_err(|bad| bad.to_string())
    }

    fn join(&self) -> Result<Join, String> {
        let matching = if self.folded { Matching::Folded } else { Matching::Exact };
        if !self.by_table {
            let pair = |(from, to): &(String, String)| Ok(PropertyPair { from: property(from)?, to: property(to)? });
            let pairs = filled(&self.pairs).map(pair).collect::<Result<_, String>>()?;
            return Ok(Join::Properties { pairs, matching });
        }
        let column = |(column, id): &(String, String)| {
            Ok(ColumnPair { column: column.trim().to_owned(), property: property(id)? })
        };
        let saved = self.saved.as_ref().and_then(|saved| match &saved.join {
            Join::Table { table, .. } => Some(table),
            Join::Properties { .. } => None,
        });
        Ok(Join::Table {
            source: self.source.clone().ok_or_else(String::new)?,
            table: table_of(&self.table, saved),
            from: filled(&self.from_columns).map(column).collect::<Result<_, String>>()?,
            to: filled(&self.to_columns).map(column).collect::<Result<_, String>>()?,
            matching,
        })
    }
}

/// Pairs of which at least one side is filled in; an empty line is nothing.
fn filled(pairs: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    pairs.iter().filter(|(one, other)| !one.trim().is_empty() || !other.trim().is_empty())
}

fn property(id: &str) -> Result<PropertyId, String> {
    PropertyId::new(id.trim()).map_err(|_| id.to_owned())
}
