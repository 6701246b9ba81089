//! Tables, columns and keys from SQLite's own tables and pragmas.

use model::catalogue::{Catalogue, CatalogueTable, Column, ForeignKey};
use model::kind::Kind;
use model::project::Table;
use rusqlite::{Connection, Result, Row};

/// The most tables and views.
const MOST_TABLES: u16 = 2_000;

const TABLES: &str = "select name, type = 'view' from pragma_table_list \
    where schema = 'main' and type in ('table', 'view', 'virtual') and name not like 'sqlite\\_%' escape '\\' \
    order by name limit ?1";

// Hidden columns are of virtual tables, and no values of theirs.
const COLUMNS: &str = "select name, type, \"notnull\" = 0 and pk = 0, pk from pragma_table_xinfo(?1) where hidden <> 1";

const UNIQUE: &str = "select i.name, c.name from pragma_index_list(?1) i, pragma_index_info(i.name) c \
    where i.\"unique\" and not i.partial and i.origin <> 'pk' and c.name is not null order by i.seq, c.seqno";

// Without columns there it points at the primary key.
const FOREIGN: &str = "select id, \"table\", \"from\", coalesce(\"to\", '') from pragma_foreign_key_list(?1) \
    order by id, seq";

/// Reads what the database says of itself.
pub(super) fn read(connection: &Connection) -> Result<Catalogue> {
    let mut statement = connection.prepare(TABLES)?;
    let names = statement.query_map([MOST_TABLES + 1], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let names = names.collect::<Result<Vec<(String, bool)>>>()?;
    let tables = names.iter().take(usize::from(MOST_TABLES)).map(|(name, view)| table(connection, name, *view));
    let mut tables = tables.collect::<Result<Vec<_>>>()?;
    point_at_keys(&mut tables);
    Ok(Catalogue { tables, cut: names.len() > usize::from(MOST_TABLES) })
}

fn table(connection: &Connection, name: &str, view: bool) -> Result<CatalogueTable> {
    let (columns, primary_key) = columns(connection, name)?;
    Ok(CatalogueTable {
        table: Table { schema: None, name: name.to_owned() },
        view,
        rows_about: None,
        columns,
        primary_key,
        unique: unique(connection, name)?,
        foreign_keys: foreign_keys(connection, name)?,
    })
}

pub(super) fn columns(connection: &Connection, table: &str) -> Result<(Vec<Column>, Vec<String>)> {
    let mut statement = connection.prepare_cached(COLUMNS)?;
    let mut rows = statement.query([table])?;
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let column = column(row)?;
        if let place @ 1.. = row.get::<_, i64>(3)? {
            key.push((place, column.name.clone()));
        }
        columns.push(column);
    }
    key.sort();
    Ok((columns, key.into_iter().map(|(_, name)| name).collect()))
}

fn column(row: &Row<'_>) -> Result<Column> {
    let native: String = row.get(1)?;
    Ok(Column { name: row.get(0)?, kind: kind(&native), native, nullable: row.get(2)? })
}

pub(super) fn unique(connection: &Connection, table: &str) -> Result<Vec<Vec<String>>> {
    let mut statement = connection.prepare_cached(UNIQUE)?;
    let mut rows = statement.query([table])?;
    let mut sets: Vec<(String, Vec<String>)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (index, column): (String, String) = (row.get(0)?, row.get(1)?);
        match sets.last_mut() {
            Some((known, columns)) if *known == index => columns.push(column),
            _ => sets.push((index, vec![column])),
        }
    }
    Ok(sets.into_iter().map(|(_, columns)| columns).collect())
}

fn foreign_keys(connection: &Connection, table: &str) -> Result<Vec<ForeignKey>> {
    let mut statement = connection.prepare_cached(FOREIGN)?;
    let mut rows = statement.query([table])?;
    let mut keys: Vec<(i64, ForeignKey)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, there, near, far): (i64, String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        if keys.last().is_none_or(|(known, _)| *known != id) {
            let table = Table { schema: None, name: there };
            keys.push((id, ForeignKey { columns: Vec::new(), table, referenced: Vec::new() }));
        }
        if let Some((_, key)) = keys.last_mut() {
            key.columns.push(near);
            key.referenced.extend(Some(far).filter(|name| !name.is_empty()));
        }
    }
    // SQLite counts them from the last to the first.
    Ok(keys.into_iter().rev().map(|(_, key)| key).collect())
}

/// Completes foreign keys that name no columns, takes the spelling of the table that they mean, and leaves out those
/// that point at nothing.
fn point_at_keys(tables: &mut [CatalogueTable]) {
    let known: Vec<_> = tables.iter().map(|table| (table.table.clone(), table.primary_key.clone())).collect();
    for key in tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
        let there = known.iter().find(|(table, _)| table.name.eq_ignore_ascii_case(&key.table.name));
        if let Some((table, primary_key)) = there {
            key.table = table.clone();
            if key.referenced.is_empty() {
                key.referenced.clone_from(primary_key);
            }
        }
    }
    for table in tables.iter_mut() {
        table.foreign_keys.retain(|key| key.referenced.len() == key.columns.len());
    }
}

/// The kind that fits a declared type: ours and the usual names first, then SQLite's own rules of affinity.
pub(super) fn kind(declared: &str) -> Kind {
    let name = declared.split('(').next().unwrap_or_default().trim().to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    match name.as_str() {
        "BOOLEAN" | "BOOL" => Kind::Bool,
        "DATE" => Kind::Date,
        "INSTANT" | "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => Kind::Instant,
        "LOCALTIME" | "DATETIME" | "TIMESTAMP" => Kind::LocalTime,
        _ if has(&["DECIMAL", "NUMERIC", "MONEY"]) => Kind::Decimal,
        _ if has(&["CHAR", "CLOB", "TEXT"]) => Kind::Text,
        _ if has(&["INT", "SERIAL"]) => Kind::Integer,
        _ if has(&["BLOB", "BINARY"]) => Kind::Bytes,
        _ if has(&["REAL", "FLOA", "DOUB"]) => Kind::Float,
        _ => Kind::Text,
    }
}
