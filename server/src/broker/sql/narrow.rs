//! Which values a question asks columns for, for sources that can be asked little else.
//!
//! Only what must hold for every row of the answer counts: keys, and tests for equal values that stand alone or beside
//! others that must hold too. The statement itself still compares, so a source that gives more does no harm. A type that
//! comes from a query narrows nothing: its columns are the query's, and what they are called says nothing of the tables
//! behind it.

use model::project::{ObjectType, Project, Table};
use model::query::{Field, Filter, From, Query, Test};

use super::scope::property_of;
use crate::connectors::Narrow;

/// The columns of the asked table, and the only values of them that matter.
pub(super) fn narrow(project: &Project, query: &Query) -> Vec<Narrow> {
    let (kind, keys) = match &query.from {
        From::Objects(kind) => (kind, None),
        From::Keys { object_type, keys } => (object_type, Some(keys)),
        From::Links(_) | From::LinksOf { .. } | From::Neighbours { .. } => return Vec::new(),
    };
    let Some(kind) = project.object_types.get(kind) else { return Vec::new() };
    let Some(table) = kind.origin.table() else { return Vec::new() };
    let mut found = Vec::new();
    if let (Some(keys), [key]) = (keys, kind.key.as_slice())
        && let Some(column) = column(kind, key)
    {
        let values = keys.iter().flatten().cloned().collect();
        found.push(Narrow { table: table.name.clone(), column, values });
    }
    of_filter(kind, table, &query.filter, &mut found);
    found
}

fn of_filter(kind: &ObjectType, table: &Table, filter: &Filter, found: &mut Vec<Narrow>) {
    match filter {
        Filter::All(parts) => parts.iter().for_each(|part| of_filter(kind, table, part, found)),
        Filter::Is { field: Field::Own(property), test } => {
            let values = match test {
                Test::Equals(value) => vec![value.clone()],
                Test::In(values) => values.clone(),
                _ => return,
            };
            found.extend(column(kind, property).map(|column| Narrow { table: table.name.clone(), column, values }));
        }
        Filter::Is { .. } | Filter::Any(_) | Filter::Not(_) | Filter::Linked { .. } => {}
    }
}

fn column(kind: &ObjectType, property: &model::PropertyId) -> Option<String> {
    property_of(&kind.properties, property, &kind.name).ok().map(|property| property.column.clone())
}
