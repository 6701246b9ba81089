//! What SQLite promises of a table: columns that are never null, what is unique, and whether its rows have a number.

use model::kind::Kind;
use rusqlite::{Connection, OptionalExtension as _, Result};

use super::catalogue;
use crate::connectors::{Facts, RowId};

// Text is in the order of its code points where the table says nothing of another one.
const TABLE: &str = "select t.wr, s.sql not like '%collate%' from pragma_table_list t \
    join sqlite_schema s on s.type = 'table' and s.name = t.name \
    where t.schema = 'main' and t.type = 'table' and t.name = ?1 collate nocase";

// A primary key may hold nulls in a table with row numbers, unless it is the row number itself.
const FILLED: &str = "select name from pragma_table_xinfo(?1) where hidden <> 1 and (\"notnull\" = 1 or pk > 0 and (?2 \
    or upper(type) = 'INTEGER' and (select count(*) from pragma_table_xinfo(?1) where pk > 0) = 1 \
    and not exists (select 1 from pragma_index_list(?1) where origin = 'pk')))";

/// What a row's number may be called, unless a column has the name.
const NAMES: [&str; 3] = ["_rowid_", "rowid", "oid"];

/// Reads the facts of one table; of a view there are none.
pub(super) fn read(connection: &Connection, table: &str) -> Result<Facts> {
    let found = connection.query_row(TABLE, [table], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((without_numbers, by_code_point)): Option<(bool, bool)> = found else { return Ok(Facts::default()) };
    let mut statement = connection.prepare(FILLED)?;
    let filled = statement.query_map((table, without_numbers), |row| row.get(0))?.collect::<Result<_>>()?;
    let (columns, primary_key) = catalogue::columns(connection, table)?;
    let mut unique = catalogue::unique(connection, table)?;
    unique.push(primary_key);
    let free = |name: &&&str| !columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let name = NAMES.iter().find(free).filter(|_| !without_numbers);
    let row_id = name.map(|name| RowId { name, kind: Kind::Integer });
    let names = columns.into_iter().map(|column| column.name);
    let in_order = if by_code_point { names.collect() } else { Default::default() };
    Ok(Facts { filled, unique, in_order, row_id })
}
