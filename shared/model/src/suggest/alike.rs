//! Links that nothing declares: a column that is called like the key of another type, also in another source.

use super::Suggested;
use super::keys::{is_general, is_naming};
use super::links::Drafts;
use super::names::words;
use crate::catalogue::{Catalogue, CatalogueTable};
use crate::project::{ObjectType, Property, property};

/// The most links that are suggested for their names.
const MOST_LINKS: usize = 100;
/// The most types that one column is taken to point at.
const MOST_TARGETS: usize = 3;

/// Suggests a link for every column of a type that is called like the single key of another one, of the same kind; one of
/// the two types is of the source.
pub(super) fn add(catalogue: &Catalogue, links: &mut Drafts<'_>, suggested: &mut Suggested) {
    let own: Vec<ObjectType> = links.types.values().cloned().collect();
    let is_own = |kind: &ObjectType| own.iter().any(|known| known.id == kind.id);
    let others = links.project.object_types.values().filter(|kind| !is_own(kind)).cloned();
    let all: Vec<ObjectType> = own.iter().cloned().chain(others).collect();
    let before = suggested.changes.len();
    for from in &all {
        for column in from.properties.iter().filter(|column| !(is_own(from) && declared(catalogue, from, column))) {
            let pointed_at = |to: &&ObjectType| {
                let key = single_key(to);
                (is_own(from) || is_own(to)) && to.id != from.id && key.is_some_and(|key| is_alike(column, to, key))
            };
            for to in all.iter().filter(pointed_at).take(MOST_TARGETS) {
                if suggested.changes.len() - before >= MOST_LINKS {
                    return;
                }
                if let Some(key) = single_key(to) {
                    links.add_alike((from, column), (to, key), suggested);
                }
            }
        }
    }
}

/// Whether the source says itself where a column points.
fn declared(catalogue: &Catalogue, kind: &ObjectType, column: &Property) -> bool {
    let points = |table: &CatalogueTable| table.foreign_keys.iter().any(|key| key.columns.contains(&column.column));
    catalogue.tables.iter().any(|table| Some(&table.table) == kind.origin.table() && points(table))
}

fn single_key(kind: &ObjectType) -> Option<&Property> {
    let [id] = kind.key.as_slice() else { return None };
    property(&kind.properties, id)
}

/// `customer_id` is like the key `customer_id` of anything, and like the key `id` of a customer.
fn is_alike(column: &Property, to: &ObjectType, key: &Property) -> bool {
    if column.kind != key.kind || !is_naming(&key.column) {
        return false;
    }
    let key_words = words(&key.column);
    let wanted = if is_general(&key_words) { [words(&to.name), key_words].concat() } else { key_words };
    words(&column.column) == wanted
}
