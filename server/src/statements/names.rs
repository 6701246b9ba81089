//! Names that may not be in a query, whether quoted, as a call, behind a point or anywhere else.
//!
//! PostgreSQL calls a function for `('/etc/passwd'::text).pg_read_file` too, so it does not matter where a name stands. Of
//! the names that begin with `pg_` only those on a short list may be used; a test compares the lists with every function
//! that PostgreSQL itself says has effects.

use super::words::{Kind, Token};
use super::{Dialect, Refusal};

/// Names that may not be used.
struct Refused {
    /// Whole names.
    names: &'static [&'static str],
    /// How names begin.
    starts: &'static [&'static str],
    /// Names that may not be called, and may be columns.
    calls: &'static [&'static str],
    /// Names before a point: schemas.
    schemas: &'static [&'static str],
}

const POSTGRESQL: Refused = Refused {
    names: &[
        "set_config",
        "current_setting",
        "setseed",
        "nextval",
        "setval",
        "currval",
        "lastval",
        "currtid2",
        "ts_stat",
        "ts_rewrite",
        "xpath_table",
        "xslt_process",
        "connectby",
        "gin_clean_pending_list",
        "lo_close",
        "lo_creat",
        "lo_create",
        "lo_export",
        "lo_from_bytea",
        "lo_get",
        "lo_import",
        "lo_import_with_oid",
        "lo_lseek",
        "lo_lseek64",
        "lo_manage",
        "lo_open",
        "lo_put",
        "lo_tell",
        "lo_tell64",
        "lo_truncate",
        "lo_truncate64",
        "lo_unlink",
        "loread",
        "lowrite",
        "heap_tableam_handler",
        "get_raw_page",
        "fsm_page_contents",
        "http_get",
        "http_post",
        "http_put",
        "http_patch",
        "http_delete",
        "http_head",
        "http_set_curlopt",
        "urlencode_http",
        "amvalidate",
        "brinhandler",
        "bthandler",
        "dsnowball_init",
        "dsnowball_lexize",
        "ginhandler",
        "gisthandler",
        "hashhandler",
        "spghandler",
    ],
    starts: &[
        "pg_",
        "dblink",
        "query_to_xml",
        "table_to_xml",
        "schema_to_xml",
        "database_to_xml",
        "cursor_to_xml",
        "binary_upgrade_",
        "brin_",
        "plpgsql_",
        "txid_",
        "crosstab",
        "postgres_fdw_",
        "file_fdw_",
        "run_command_on_",
        "master_run_on_",
        "dbms_",
        "utl_",
    ],
    calls: &["http"],
    schemas: &["cron", "aws_s3", "aws_lambda", "aws_commons", "net", "vault", "pgagent"],
};

/// Of the names that begin with `pg_`, those that tell of the catalogue and of values, and do nothing.
const POSTGRESQL_TAKEN: &[&str] = &[
    "pg_catalog",
    "pg_attribute",
    "pg_class",
    "pg_column_size",
    "pg_collation_for",
    "pg_constraint",
    "pg_description",
    "pg_enum",
    "pg_get_constraintdef",
    "pg_get_expr",
    "pg_get_indexdef",
    "pg_get_userbyid",
    "pg_get_viewdef",
    "pg_indexes",
    "pg_inherits",
    "pg_matviews",
    "pg_namespace",
    "pg_size_bytes",
    "pg_size_pretty",
    "pg_tables",
    "pg_type",
    "pg_typeof",
    "pg_views",
];

const SQLITE: Refused = Refused {
    names: &[
        "load_extension",
        "fts3_tokenizer",
        "readfile",
        "writefile",
        "fsdir",
        "lsdir",
        "lsmode",
        "zipfile",
        "sqlite_log",
        "sqlite_dbpage",
        "sqlite_dbdata",
        "sqlite_dbptr",
        "sqlite_stmt",
        "dbstat",
        "vfsstat",
        "bytecode",
        "tables_used",
        "zeroblob",
        "randomblob",
        "fts5_decode",
        "fts5vocab",
        "fts3_exprtest",
    ],
    starts: &["pragma_"],
    calls: &["edit", "shell", "system", "eval", "csv"],
    schemas: &[],
};

const MARIADB: Refused = Refused {
    names: &[
        "load_file",
        "benchmark",
        "get_lock",
        "release_lock",
        "release_all_locks",
        "is_free_lock",
        "is_used_lock",
        "master_pos_wait",
        "master_gtid_wait",
        "source_pos_wait",
        "wait_until_sql_thread_after_gtids",
        "wait_for_executed_gtid_set",
        "sys_exec",
        "sys_eval",
        "sys_get",
        "sys_set",
        "nextval",
        "setval",
        "lastval",
        "last_insert_id",
        "mroonga_command",
        "outfile",
        "dumpfile",
    ],
    starts: &["spider_", "lib_mysqludf_", "http_", "wsrep_"],
    calls: &["sleep", "system", "shell"],
    schemas: &["mysql", "sys", "performance_schema"],
};

/// Refuses a query with a name that may not be in it.
pub(super) fn check(dialect: Dialect, tokens: &[Token]) -> Result<(), Refusal> {
    for (at, token) in tokens.iter().enumerate() {
        let Kind::Name { name, quoted } = &token.kind else { continue };
        let next = tokens.get(at + 1);
        let follows = |sign| next.is_some_and(|next| next.is(sign));
        if !quoted && name == "into" {
            let remedy = "Leave INTO away; the rows come to Clew.";
            return Err(Refusal::at(token.place, "INTO would write what is read somewhere else.", remedy));
        }
        if is_refused(dialect, name, follows('('), follows('.')) {
            let sentence = format!(
                "\"{name}\" may not be used: it would do more than read tables, or is not known to do nothing else."
            );
            return Err(Refusal::at(token.place, sentence, "Leave it away, or make a view in the source."));
        }
    }
    Ok(())
}

fn is_refused(dialect: Dialect, name: &str, called: bool, before_point: bool) -> bool {
    let refused = match dialect {
        Dialect::PostgreSql => POSTGRESQL,
        Dialect::Sqlite => SQLITE,
        Dialect::MariaDb => MARIADB,
    };
    if dialect == Dialect::PostgreSql && POSTGRESQL_TAKEN.contains(&name) {
        return false;
    }
    refused.names.contains(&name)
        || refused.starts.iter().any(|start| name.starts_with(start))
        || (called && refused.calls.contains(&name))
        || (before_point && refused.schemas.contains(&name))
}
