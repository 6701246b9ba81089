//! The lists of names against what the databases themselves say of their functions.

use super::super::{Dialect, check};
use crate::connectors::tests::postgres::server;

/// Functions with effects, as PostgreSQL marks them, whose effect is a value: chance, the clock, the query's own text;
/// and the two ways of taking a sample.
const HARMLESS: [&str; 7] =
    ["clock_timestamp", "current_query", "gen_random_uuid", "random", "timeofday", "system", "bernoulli"];

#[tokio::test]
async fn every_function_with_effects_that_postgresql_has_is_refused() {
    let client = server().client("postgres").await;
    let volatile = "select distinct proname::text from pg_proc where provolatile = 'v' and prokind in ('f', 'a', 'w') \
        and pronamespace = 'pg_catalog'::regnamespace and prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)";
    let names: Vec<String> =
        client.query(volatile, &[]).await.expect("functions").iter().map(|row| row.get(0)).collect();
    assert!(names.len() > 150, "{}", names.len());
    let taken: Vec<&String> = names
        .iter()
        .filter(|name| check(Dialect::PostgreSql, &format!("select {name}()")).is_ok())
        .filter(|name| !HARMLESS.contains(&name.as_str()))
        .collect();
    assert_eq!(taken, Vec::<&String>::new());
    for name in &HARMLESS[..5] {
        assert_eq!(check(Dialect::PostgreSql, &format!("select {name}()")), Ok(()), "{name}");
    }
}

#[tokio::test]
async fn every_function_of_the_extensions_that_reach_outside_is_refused() {
    let client = server().client("postgres").await;
    client.batch_execute("create schema if not exists outside").await.expect("a schema");
    for extension in ["dblink", "adminpack", "pageinspect", "tablefunc", "xml2", "lo", "file_fdw", "postgres_fdw"] {
        let made = client.batch_execute(&format!("create extension if not exists {extension} schema outside")).await;
        if made.is_err() {
            // `adminpack` and `pg_*` extensions name their own schema.
            client.batch_execute(&format!("create extension if not exists {extension}")).await.expect(extension);
        }
    }
    let reach = "select distinct p.proname::text from pg_proc p join pg_depend d on d.objid = p.oid and d.deptype = 'e' \
        join pg_extension e on e.oid = d.refobjid where e.extname in ('dblink', 'adminpack', 'postgres_fdw', 'file_fdw')";
    let names = client.query(reach, &[]).await.expect("functions");
    assert!(names.len() > 30);
    for row in names {
        let name: String = row.get(0);
        assert!(check(Dialect::PostgreSql, &format!("select outside.{name}('a')")).is_err(), "{name}");
    }
}

/// Functions of our SQLite that make a value out of values.
const SQLITE_VALUES: &str = "\
    -> ->> abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling changes char clew_fold clew_lower clew_sum \
    coalesce concat concat_ws cos cosh count cume_dist current_date current_time current_timestamp date datetime degrees \
    dense_rank exp first_value floor format fts3_tokenizer glob group_concat hex if ifnull iif instr json json_array \
    json_array_insert json_array_length json_error_position json_extract json_group_array json_group_object json_insert \
    json_object json_patch json_pretty json_quote json_remove json_replace json_set json_type json_valid jsonb \
    jsonb_array jsonb_array_insert jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert jsonb_object \
    jsonb_patch jsonb_remove jsonb_replace jsonb_set julianday lag last_insert_rowid last_value lead length like \
    likelihood likely ln log log10 log2 lower ltrim match matchinfo max median min mod nth_value ntile nullif \
    octet_length offsets optimize percent_rank percentile percentile_cont percentile_disc pi pow power printf quote \
    radians random rank regexp replace round row_number rtreecheck rtreedepth rtreenode rtrim sign sin sinh snippet soundex \
    sqlite_compileoption_get sqlite_compileoption_used sqlite_source_id sqlite_version sqrt strftime string_agg substr \
    substring subtype sum tan tanh time timediff total total_changes trim trunc typeof unhex unicode unistr \
    unistr_quote unixepoch unlikely upper highlight bm25 fts5 fts5_source_id fts5_locale fts5_get_locale fts5_insttoken \
    geopoly_area geopoly_blob geopoly_json geopoly_svg geopoly_within geopoly_contains_point geopoly_overlap \
    geopoly_debug geopoly_bbox geopoly_xform geopoly_regular geopoly_ccw geopoly_group_bbox";

#[test]
fn every_function_of_our_sqlite_is_refused_or_known_to_make_a_value() {
    let connection = rusqlite::Connection::open_in_memory().expect("a database");
    let mut statement = connection.prepare("select distinct name from pragma_function_list").expect("a statement");
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("names");
    assert!(names.len() > 100, "{}", names.len());
    let known: Vec<&str> = SQLITE_VALUES.split_whitespace().collect();
    let unknown: Vec<&String> = names
        .iter()
        .filter(|name| check(Dialect::Sqlite, &format!("select \"{name}\"(1)")).is_ok())
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert_eq!(unknown, Vec::<&String>::new());
}
