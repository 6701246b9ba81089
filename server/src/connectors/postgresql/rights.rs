//! What the account may do beside reading, as the database itself says.

use std::sync::Arc;

use wire::source::AccountRights;

use super::catalogue::get;
use super::failure;
use super::pool::Pool;
use crate::connectors::Failure;

/// The most tables that are named.
const MOST_NAMED: i64 = 20;

const ROLE: &str = "select coalesce(r.rolsuper, false), \
        pg_has_role(current_user, 'pg_execute_server_program', 'member'), \
        pg_has_role(current_user, 'pg_write_server_files', 'member'), \
        pg_has_role(current_user, 'pg_read_server_files', 'member'), \
        current_user::text, current_database()::text \
    from pg_roles r where r.rolname = current_user";

/// Rights on a whole table, or on some of its columns.
const WRITABLE: &str = "select n.nspname::text, c.relname::text, count(*) over () \
    from pg_class c join pg_namespace n on n.oid = c.relnamespace \
    where c.relkind in ('r', 'p', 'v', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' \
        and has_schema_privilege(n.oid, 'usage') \
        and (has_table_privilege(c.oid, 'insert,update,delete,truncate') \
            or has_any_column_privilege(c.oid, 'insert,update')) \
    order by 1, 2 limit $1";

/// Asks the database.
pub(super) async fn read(pool: &Arc<Pool>) -> Result<AccountRights, Failure> {
    let roles = pool.ask(ROLE, &[]).await?;
    let role = roles.first().ok_or_else(failure::unexpected)?;
    let tables = pool.ask(WRITABLE, &[&MOST_NAMED]).await?;
    let mut named = Vec::new();
    let mut schemas: Vec<String> = Vec::new();
    for row in &tables {
        let (schema, table): (String, String) = (get(row, 0)?, get(row, 1)?);
        named.push(format!("{schema}.{table}"));
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    let writable = match tables.first() {
        Some(row) => u64::try_from(get::<i64>(row, 2)?).unwrap_or_default(),
        None => 0,
    };
    let (user, database): (String, String) = (get(role, 4)?, get(role, 5)?);
    let mut rights = AccountRights {
        at: 0,
        account: user,
        superuser: get(role, 0)?,
        runs_programs: get(role, 1)?,
        writes_files: get(role, 2)?,
        reads_files: get(role, 3)?,
        writable,
        tables: named,
        remedy: Vec::new(),
        taken: false,
    };
    if !rights.only_reads() {
        rights.remedy = remedy(&database, &schemas);
    }
    Ok(rights)
}

/// What makes an account that only reads. Names that are not plain are quoted.
fn remedy(database: &str, schemas: &[String]) -> Vec<String> {
    let mut lines = vec![
        "CREATE ROLE clew_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '...';".to_owned(),
        format!("GRANT CONNECT ON DATABASE {} TO clew_reader;", quoted(database)),
    ];
    let public = ["public".to_owned()];
    for schema in if schemas.is_empty() { public.as_slice() } else { schemas } {
        let schema = quoted(schema);
        lines.push(format!("GRANT USAGE ON SCHEMA {schema} TO clew_reader;"));
        lines.push(format!("GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO clew_reader;"));
    }
    lines
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
