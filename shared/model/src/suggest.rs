//! A first model from a catalogue: object types from tables with a key, link types from foreign keys, link tables, and
//! columns that are called like the key of another type.
//!
//! It only guesses by keys and names; a person accepts each change or leaves it out. Types that the project has already
//! for a table are used, not suggested again. The same catalogue gives the same suggestions.

mod alike;
mod icons;
mod keys;
mod links;
mod names;
mod objects;

use access::SourceId;

pub use self::keys::is_naming;
use self::keys::{Key, key_of};
use crate::catalogue::{Catalogue, CatalogueTable, ForeignKey};
use crate::change::Change;
use crate::project::{Project, Table};

/// The most object types that are suggested at once; the tables behind them are named as left out.
const MOST_OBJECT_TYPES: usize = 200;

/// What could be added to a project.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggested {
    /// Changes, object types first, each with the reason in words.
    pub changes: Vec<(Change, String)>,
    /// Tables that become nothing, and why.
    pub left_out: Vec<(Table, String)>,
}

/// Suggests types for the tables of `source`, beside those that `project` has.
pub fn suggest(catalogue: &Catalogue, source: &SourceId, project: &Project) -> Suggested {
    let mut suggested = Suggested::default();
    let is_file = project.sources.get(source).is_some_and(|source| source.is_internal());
    let (object_tables, link_tables) = sort_out(catalogue, is_file, &mut suggested);
    let mut drafts = objects::Drafts::new(source, project);
    for (table, key) in object_tables {
        drafts.add(table, &key, &mut suggested);
    }
    let types = drafts.finish(&mut suggested);
    let mut links = links::Drafts::new(source, project, types);
    for table in &catalogue.tables {
        let joins = link_tables.iter().find(|(known, ..)| known.table == table.table);
        match joins {
            Some((_, key, from, to)) => links.add_table(table, key, from, to, &mut suggested),
            None => table.foreign_keys.iter().for_each(|key| links.add_key(table, key, &mut suggested)),
        }
    }
    alike::add(catalogue, &mut links, &mut suggested);
    suggested
}

/// A table with its key.
type Keyed<'a> = (&'a CatalogueTable, Key);
/// A table with its key and the two foreign keys that it joins.
type Joining<'a> = (&'a CatalogueTable, Vec<String>, &'a ForeignKey, &'a ForeignKey);

/// Which tables are objects, and which are links.
fn sort_out<'a>(
    catalogue: &'a Catalogue,
    is_file: bool,
    suggested: &mut Suggested,
) -> (Vec<Keyed<'a>>, Vec<Joining<'a>>) {
    let (mut objects, mut joining) = (Vec::new(), Vec::new());
    for table in &catalogue.tables {
        let Some(key) = key_of(table, is_file) else {
            suggested.left_out.push((table.table.clone(), no_key(table)));
            continue;
        };
        match joins(catalogue, table, &key.columns) {
            Some((from, to)) => joining.push((table, key.columns, from, to)),
            None => objects.push((table, key)),
        }
    }
    (objects, joining)
}

fn no_key(table: &CatalogueTable) -> String {
    let what = if table.view { "A view" } else { "A table" };
    format!("{what} without a key can be browsed, but its rows cannot be told apart on the graph.")
}

/// The two foreign keys that a link table joins: either its key is made of them, or it is an event between two objects
/// that nothing else points at.
fn joins<'a>(
    catalogue: &Catalogue,
    table: &'a CatalogueTable,
    key: &[String],
) -> Option<(&'a ForeignKey, &'a ForeignKey)> {
    let [one, other] = table.foreign_keys.as_slice() else { return None };
    let mut ends = catalogue.tables.iter().filter(|there| there.table == one.table || there.table == other.table);
    let pointed_at = catalogue.tables.iter().flat_map(|from| &from.foreign_keys).any(|key| key.table == table.table);
    if pointed_at
        || ends.any(|end| key_of(end, false).is_none())
        || one.columns.iter().any(|c| other.columns.contains(c))
    {
        return None;
    }
    let in_keys = |name: &String| one.columns.contains(name) || other.columns.contains(name);
    let made_of_them = key.iter().all(in_keys);
    let is_event = !objects::has_name(table) && (one.table == other.table || links::has_measure(table));
    (made_of_them || is_event).then(|| in_direction(table, one, other))
}

/// The two keys in the direction in which the link reads.
fn in_direction<'a>(
    table: &CatalogueTable,
    one: &'a ForeignKey,
    other: &'a ForeignKey,
) -> (&'a ForeignKey, &'a ForeignKey) {
    let side = |key: &ForeignKey| key.columns.first().map(|name| names::side(name)).unwrap_or_default();
    let place = |key: &ForeignKey| table.columns.iter().position(|column| key.columns.first() == Some(&column.name));
    let rank = |key| (side(key), place(key));
    if rank(other) < rank(one) { (other, one) } else { (one, other) }
}

#[cfg(test)]
mod tests;
