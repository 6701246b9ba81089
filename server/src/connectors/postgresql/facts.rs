//! What PostgreSQL promises of a table: columns that are never null, what is unique, and whether `ctid` tells rows apart.

use std::sync::Arc;

use model::kind::Kind;
use model::project::Table;

use super::catalogue::{get, indexes, keys};
use super::pool::Pool;
use crate::connectors::{Facts, Failure, RowId};

/// A table that others inherit from, and a partitioned one, has the same `ctid` several times. `ctid` needs the right
/// to read the whole table. The order of `uuid` is that of its text; text has it under the collations named here.
const FACTS: &str = "select c.oid, \
        c.relkind::text in ('r', 'm') and not c.relhassubclass and has_table_privilege(c.oid, 'select'), \
        array(select a.attname::text from pg_attribute a \
            where a.attrelid = c.oid and a.attnum > 0 and a.attnotnull and not a.attisdropped), \
        array(select a.attname::text from pg_attribute a left join pg_collation o on o.oid = a.attcollation \
            cross join (select datcollate, coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') as provider \
                from pg_database d where datname = current_database()) as own \
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and (a.atttypid = 'uuid'::regtype \
                or a.atttypid in ('text'::regtype, 'varchar'::regtype) and (o.collname in ('C', 'POSIX', 'ucs_basic') \
                    or o.collname = 'default' and own.provider <> 'i' \
                        and own.datcollate in ('C', 'POSIX', 'C.UTF-8', 'C.utf8')))) \
    from pg_class c where c.oid = to_regclass($1)";

/// Reads the facts of one table.
pub(super) async fn read(pool: &Arc<Pool>, table: &Table) -> Result<Facts, Failure> {
    let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
    let path: Vec<String> = table.schema.iter().chain([&table.name]).map(quoted).collect();
    let rows = pool.ask(FACTS, &[&path.join(".")]).await?;
    let Some(row) = rows.first() else { return Ok(Facts::default()) };
    let oid = vec![get::<u32>(row, 0)?];
    let row_id = get::<bool>(row, 1)?.then_some(RowId { name: "ctid", kind: Kind::Text });
    let (filled, in_order) = (get::<Vec<String>>(row, 2)?, get::<Vec<String>>(row, 3)?);
    let mut unique: Vec<Vec<String>> = Vec::new();
    for row in pool.ask(&keys(), &[&oid]).await? {
        if ["p", "u"].contains(&get::<String>(&row, 1)?.as_str()) {
            unique.push(get(&row, 2)?);
        }
    }
    for row in pool.ask(&indexes(), &[&oid]).await? {
        unique.push(get(&row, 1)?);
    }
    Ok(Facts { filled: filled.into_iter().collect(), unique, in_order: in_order.into_iter().collect(), row_id })
}
