//! The fence of the connectors alone: the attacks of the check, sent past it through the connection, as the database's
//! superuser. What still does something is listed here, because only the check or the account's own rights stop it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use model::kind::Kind;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::super::Dialect;
use super::attacks::{expressions, statements, tails};
use super::legitimate::CASE;
use crate::connectors::tests::postgres::server;
use crate::connectors::{Bounds, Connection, OutColumn, Statement, Target, of_kind};
use crate::egress::tests::open_here;

/// A PostgreSQL with the case, for an account: `postgres` may do everything, `clew_reads` only reads.
pub(super) async fn postgresql(account: &str) -> Arc<dyn Connection> {
    static MADE: OnceCell<()> = OnceCell::const_new();
    MADE.get_or_init(|| async {
        let first = server().client("postgres").await;
        first.batch_execute("create role clew_reads login password 'secret'").await.expect("a role");
        first.batch_execute("create database reading").await.expect("a database");
        let inside = server().client("reading").await;
        inside.batch_execute(CASE).await.expect("a script");
        let rest = "create table t (id int primary key, name text); insert into t values (1, 'a'), (2, 'b'); \
            create sequence numbers; grant select on all tables in schema public to clew_reads; create extension dblink";
        inside.batch_execute(rest).await.expect("a script");
    })
    .await;
    let connector = of_kind("postgresql").expect("a connector");
    let target = server().target_as(account, "reading", &[("host", "127.0.0.1"), ("tls", "off")]);
    connector.open(target).await.expect("a database")
}

/// A SQLite file with the case, and the folder that it lies in.
pub(super) async fn sqlite() -> (Arc<dyn Connection>, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let made = rusqlite::Connection::open(folder.path().join("case.sqlite")).expect("a file");
    made.execute_batch(CASE).expect("a script");
    made.execute_batch("create table t (id integer primary key, name text); insert into t values (1, 'a'), (2, 'b')")
        .expect("a script");
    drop(made);
    let target = Target {
        settings: [("file".to_owned(), "case.sqlite".to_owned())].into(),
        secrets: [].into(),
        image: None,
        sqlite_dir: Some(folder.path().to_owned()),
        store_file: None,
        store_database: None,
        copy_database: None,
        egress: open_here(),
        at_once: 2,
    };
    let open = of_kind("sqlite").expect("a connector").open(target).await.expect("a file");
    (open, folder)
}

/// Runs a text that gives `width` columns, to its end.
async fn run(open: &dyn Connection, text: &str, width: usize) -> Result<u64, String> {
    let columns =
        (0..width).map(|place| OutColumn { name: format!("c{place}"), kind: Kind::Text, role: String::new() });
    let statement =
        Statement { text: text.to_owned(), values: Vec::new(), columns: columns.collect(), narrow: Vec::new() };
    let bounds = Bounds { timeout: Duration::from_millis(1_500), ..Bounds::default() };
    let mut answer = open.run(statement, bounds).await.map_err(|failure| failure.to_string())?;
    let mut rows = 0;
    while let Some(batch) = answer.batches.next().await {
        rows += batch.map_err(|failure| failure.to_string())?.rows.num_rows() as u64;
    }
    Ok(rows)
}

/// As a query of an object type is asked: its columns are read first, then its rows in brackets.
pub(super) async fn describe_and_run(open: &dyn Connection, text: &str) -> Result<u64, String> {
    let described = open.describe(text).await;
    let columns = described.map_err(|wrong| format!("{} {:?}", wrong.failure, wrong.said))?;
    run(open, &format!("select * from ({text}\n) o limit 1000"), columns.len()).await
}

/// The beginnings of the attacks that give rows although they were sent through the fence.
async fn through(open: &dyn Connection, dialect: Dialect, made: &str) -> BTreeSet<String> {
    let mut through = BTreeSet::new();
    let expressions = expressions(dialect).iter().map(|expression| (*expression, format!("select {expression}")));
    let tails = tails(dialect).iter().map(|tail| (*tail, format!("select id from t {tail}")));
    let whole = statements(dialect).into_iter().map(|statement| (statement, statement.to_owned()));
    for (name, text) in expressions.chain(tails).chain(whole.collect::<Vec<_>>()) {
        let text = text.replace("{made}", made);
        for width in 1..4 {
            if run(open, &text, width).await.is_ok() {
                through.insert(name.to_owned());
            }
        }
    }
    through
}

#[tokio::test]
async fn nothing_is_written_through_the_fence_of_sqlite_even_without_the_check() {
    let (open, folder) = sqlite().await;
    let file = folder.path().join("case.sqlite");
    let before = std::fs::read(&file).expect("a file");
    let made = folder.path().join("made");
    let through = through(&*open, Dialect::Sqlite, &made.to_string_lossy()).await;
    assert_eq!(through, BTreeSet::new());
    assert_eq!(std::fs::read(&file).expect("a file"), before);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "no other file was made");
    assert_eq!(run(&*open, "select id from t", 1).await, Ok(2), "the fence lets a question through");
}

/// A file that the database server could make: in its own folder, which goes with it.
async fn made_by_the_server() -> String {
    let client = server().client("postgres").await;
    let folder: String = client.query_one("show data_directory", &[]).await.expect("a folder").get(0);
    format!("{folder}/made")
}

#[tokio::test]
async fn nothing_is_written_into_tables_through_the_fence_of_postgresql_even_by_the_superuser() {
    let open = postgresql("postgres").await;
    let watcher = server().client("reading").await;
    let through = through(&*open, Dialect::PostgreSql, &made_by_the_server().await).await;
    let rows: i64 = watcher.query_one("select count(*) from t", &[]).await.expect("a count").get(0);
    assert_eq!(rows, 2);
    let made = "select count(*) from pg_class where relname = 'made'";
    assert_eq!(watcher.query_one(made, &[]).await.expect("a count").get::<_, i64>(0), 0);
    let expected: BTreeSet<String> =
        ONLY_THE_CHECK.iter().chain(ONLY_THE_CHECK_OR_THE_RIGHTS).map(|name| (*name).to_owned()).collect();
    assert_eq!(through, expected);
    assert_eq!(run(&*open, "select id from t", 1).await, Ok(2), "the fence lets a question through");
}

#[tokio::test]
async fn an_account_that_only_reads_reaches_nothing_through_the_fence_even_without_the_check() {
    let open = postgresql("clew_reads").await;
    let through = through(&*open, Dialect::PostgreSql, &made_by_the_server().await).await;
    let expected: BTreeSet<String> = ONLY_THE_CHECK.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(through, expected);
}

/// What anybody who may read can do in a read-only transaction; only the check stops it. Large objects are the one thing
/// that it writes, up to PostgreSQL 15; the rest waits, locks, tells others, or reads what the account may read anyway.
const ONLY_THE_CHECK: &[&str] = &[
    "(select umoptions from pg_user_mappings limit 1)",
    "database_to_xml(true, false, '')",
    "explain (analyze, buffers) select 1",
    "explain analyze select 1",
    "explain select 1",
    "lo_creat(-1)",
    "lo_create(0)",
    "lo_from_bytea(0, 'x')",
    "pg_advisory_lock(pg_backend_pid())",
    "pg_advisory_unlock_all()",
    "pg_advisory_xact_lock(pg_backend_pid())",
    "pg_cancel_backend(1)",
    "pg_current_xact_id()",
    "pg_export_snapshot()",
    "pg_logical_emit_message(false, 'a', 'b')",
    "pg_notify('a', 'b')",
    "pg_terminate_backend(1)",
    "pg_try_advisory_lock(1)",
    "query_to_xml_and_xmlschema('select 1', true, false, '')",
    "schema_to_xml('public', true, false, '')",
    "show all",
    "table_to_xml('t', true, false, '')",
    "ts_stat('select to_tsvector(name) from t')",
    "txid_current()",
];

/// What the superuser can do beside: only the check stops it, or an account with fewer rights.
const ONLY_THE_CHECK_OR_THE_RIGHTS: &[&str] = &[
    "('/'::text).pg_ls_dir",
    "('/etc/passwd'::text).pg_read_file",
    "(select data from pg_largeobject limit 1)",
    "(select passwd from pg_shadow limit 1)",
    "(select rolpassword from pg_authid limit 1)",
    "current_setting('data_directory')",
    "lo_import('/etc/passwd')",
    "pg_catalog.pg_read_file('/etc/passwd')",
    "pg_create_physical_replication_slot('a')",
    "pg_create_restore_point('a')",
    "pg_current_logfile()",
    "pg_hba_file_rules()",
    "pg_log_backend_memory_contexts(1)",
    "pg_ls_dir('/')",
    "pg_ls_tmpdir()",
    "pg_ls_waldir()",
    "pg_read_binary_file('/etc/passwd')",
    "pg_read_file('/etc/passwd')",
    "pg_read_file('/etc/passwd', 0, 10)",
    "pg_reload_conf()",
    "pg_rotate_logfile()",
    "pg_show_all_file_settings()",
    "pg_stat_file('/etc/passwd')",
    "pg_stat_reset()",
    "pg_switch_wal()",
    "select * from lateral pg_read_file('/etc/passwd') f",
    "select * from pg_ls_dir('/') with ordinality",
    "select * from rows from (pg_ls_dir('/')) as f",
    "set_config('log_statement', 'none', false)",
    "show data_directory",
];
