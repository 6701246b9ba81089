//! Which values a question asks columns for, for sources that can be asked little else.
//!
//! Only what must hold for every row of the answer counts: keys, and tests for equal values that stand alone or beside
//! others that must hold too. The statement itself still compares, so a source that gives more does no harm.

use model::project::{ObjectType, Project};
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
    let mut found = Vec::new();
    if let (Some(keys), [key]) = (keys, kind.key.as_slice())
        && let Some(column) = column(kind, key)
    {
        found.push(Narrow { column, values: keys.iter().flatten().cloned().collect() });
    }
    of_filter(kind, &query.filter, &mut found);
    found
}

fn of_filter(kind: &ObjectType, filter: &Filter, found: &mut Vec<Narrow>) {
    match filter {
        Filter::All(parts) => parts.iter().for_each(|part| of_filter(kind, part, found)),
        Filter::Is { field: Field::Own(property), test } => {
            let values = match test {
                Test::Equals(value) => vec![value.clone()],
                Test::In(values) => values.clone(),
                _ => return,
            };
            found.extend(column(kind, property).map(|column| Narrow { column, values }));
        }
        Filter::Is { .. } | Filter::Any(_) | Filter::Not(_) | Filter::Linked { .. } => {}
    }
}

fn column(kind: &ObjectType, property: &model::PropertyId) -> Option<String> {
    property_of(&kind.properties, property, &kind.name).ok().map(|property| property.column.clone())
}
