//! Tables, columns and keys from `pg_catalog`: what the account may read, and nothing of the system's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::catalogue::{Catalogue, CatalogueTable, Column, ForeignKey};
use model::kind::Kind;
use model::project::Table;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use super::failure;
use super::pool::Pool;
use crate::connectors::Failure;

/// The most tables and views.
pub(super) const MOST_TABLES: i64 = 2_000;

// Partitions are left out: their parent has all their rows.
const TABLES: &str = "select c.oid, n.nspname::text, c.relname::text, c.relkind::text in ('v', 'm'), \
        case when c.reltuples >= 0 and c.relkind <> 'v' then c.reltuples::int8 end \
    from pg_class c join pg_namespace n on n.oid = c.relnamespace \
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition \
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' \
        and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select') \
    order by 2, 3 limit $1";

const COLUMNS: &str = "select a.attrelid, a.attname::text, format_type(a.atttypid, a.atttypmod), \
        coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text, not a.attnotnull \
    from pg_attribute a join pg_type t on t.oid = a.atttypid \
    where a.attrelid = any($1) and a.attnum > 0 and not a.attisdropped \
        and has_column_privilege(a.attrelid, a.attnum, 'select') \
    order by a.attrelid, a.attnum";

/// The names of some columns of a table, in the order of their numbers in a constraint.
fn names(table: &str, numbers: &str) -> String {
    format!(
        "array(select a.attname::text from unnest({numbers}) with ordinality as u(number, place) \
        join pg_attribute a on a.attrelid = {table} and a.attnum = u.number order by u.place)"
    )
}

pub(super) fn keys() -> String {
    let (here, there) = (names("k.conrelid", "k.conkey"), names("k.confrelid", "k.confkey"));
    format!(
        "select k.conrelid, k.contype::text, {here}, k.confrelid, {there} from pg_constraint k \
        where k.conrelid = any($1) and k.contype in ('p', 'u', 'f') order by k.conrelid, k.conname"
    )
}

/// Unique indexes that are no constraint: whole columns, all rows.
pub(super) fn indexes() -> String {
    let columns = names("i.indrelid", "i.indkey::int2[]");
    format!(
        "select i.indrelid, {columns} from pg_index i where i.indrelid = any($1) and i.indisunique \
        and not i.indisprimary and i.indpred is null and i.indexprs is null and i.indisvalid \
        and not exists(select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u')) \
        order by i.indexrelid"
    )
}

/// Reads what the account may see.
pub(super) async fn read(pool: &Arc<Pool>) -> Result<Catalogue, Failure> {
    let rows = pool.ask(TABLES, &[&(MOST_TABLES + 1)]).await?;
    let mut tables = BTreeMap::new();
    let mut order = Vec::new();
    let wanted = usize::try_from(MOST_TABLES).unwrap_or(usize::MAX);
    for row in rows.iter().take(wanted) {
        let oid: u32 = get(row, 0)?;
        order.push(oid);
        tables.insert(oid, table(row)?);
    }
    for row in pool.ask(COLUMNS, &[&order]).await? {
        if let Some(table) = tables.get_mut(&get(&row, 0)?) {
            table.columns.push(column(&row)?);
        }
    }
    read_keys(pool, &order, &mut tables).await?;
    let tables = order.iter().filter_map(|oid| tables.remove(oid)).collect();
    Ok(Catalogue { tables, cut: rows.len() > wanted })
}

async fn read_keys(
    pool: &Arc<Pool>,
    order: &Vec<u32>,
    tables: &mut BTreeMap<u32, CatalogueTable>,
) -> Result<(), Failure> {
    for row in pool.ask(&keys(), &[order]).await? {
        let there = tables.get(&get(&row, 3)?).map(|table| table.table.clone());
        let Some(table) = tables.get_mut(&get(&row, 0)?) else { continue };
        let columns: Vec<String> = get(&row, 2)?;
        match (get::<String>(&row, 1)?.as_str(), there) {
            ("p", _) => table.primary_key = columns,
            ("u", _) => table.unique.push(columns),
            ("f", Some(there)) => {
                table.foreign_keys.push(ForeignKey { columns, table: there, referenced: get(&row, 4)? });
            }
            // It points at a table that the account may not see.
            _ => {}
        }
    }
    for row in pool.ask(&indexes(), &[order]).await? {
        if let Some(table) = tables.get_mut(&get(&row, 0)?) {
            table.unique.push(get(&row, 1)?);
        }
    }
    Ok(())
}

pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, place: usize) -> Result<T, Failure> {
    row.try_get(place).map_err(|error| failure::of(&error))
}

fn table(row: &Row) -> Result<CatalogueTable, Failure> {
    let rows: Option<i64> = get(row, 4)?;
    Ok(CatalogueTable {
        table: Table { schema: Some(get(row, 1)?), name: get(row, 2)? },
        view: get(row, 3)?,
        rows_about: rows.and_then(|rows| u64::try_from(rows).ok()),
        columns: Vec::new(),
        primary_key: Vec::new(),
        unique: Vec::new(),
        foreign_keys: Vec::new(),
    })
}

fn column(row: &Row) -> Result<Column, Failure> {
    let base: String = get(row, 3)?;
    Ok(Column { name: get(row, 1)?, kind: kind(&base), native: get(row, 2)?, nullable: get(row, 4)? })
}

/// The kind that fits a type of PostgreSQL.
fn kind(native: &str) -> Kind {
    match native {
        "smallint" | "integer" | "bigint" | "oid" => Kind::Integer,
        "numeric" => Kind::Decimal,
        "real" | "double precision" => Kind::Float,
        "boolean" => Kind::Bool,
        "date" => Kind::Date,
        "timestamp with time zone" => Kind::Instant,
        "timestamp without time zone" => Kind::LocalTime,
        "bytea" => Kind::Bytes,
        _ => Kind::Text,
    }
}
