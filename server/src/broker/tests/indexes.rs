//! A page in the middle of a large table is found by an index: neither database reads the table from its start.

use std::sync::Arc;

use model::Project;
use model::query::{Answer, Query, Rows, Sort};

use super::bank::*;
use super::{Case, UPLOAD_MEMORY_BYTES, databases, files};
use crate::broker::sql::{Place, Rendered};
use crate::broker::{Broker, question};
use crate::connectors::tests::postgres::server;
use crate::connectors::{Bound, Statement};
use crate::world::SystemClock;

const TABLES: &str = "
CREATE TABLE things (id INTEGER PRIMARY KEY, country TEXT NOT NULL, number INTEGER NOT NULL, score INTEGER,
  UNIQUE (country, number));
CREATE INDEX by_score ON things (score, id);
INSERT INTO things SELECT i, CASE WHEN i % 2 = 0 THEN 'NO' ELSE 'SE' END, i, CASE WHEN i % 10 > 0 THEN i END FROM ";

fn project() -> Arc<Project> {
    let fields = ["id:integer", "country", "number:integer", "score:integer"];
    let things = vec![
        object_type("thing", "deep", "things", &["id"], &fields),
        object_type("place", "deep", "things", &["country", "number"], &fields),
    ];
    Arc::new(project_of("sqlite", &["deep"], things, Vec::new()))
}

/// The statements of the page behind a place.
async fn statements(
    case: &Case,
    project: &Arc<Project>,
    kind: &str,
    sort: &[(&str, bool)],
    values: &[&str],
) -> Vec<Statement> {
    let levels = sort.iter().map(|(id, descending)| Sort { field: own(id), descending: *descending });
    let answer = Answer::Rows(Rows { sort: levels.collect(), ..Rows::first(3) });
    let query = Query::new(model::query::From::Objects(object(kind)), answer);
    let asking = case.broker.asking(project.clone(), case.targets());
    let seat = asking.seat(&source("deep")).await.expect("a seat");
    let place = Place { values: values.iter().map(|value| Some((*value).to_owned())).collect(), row: None };
    let rendered = question::rendered(&asking, &seat, &query, Some(&place)).await.expect("a statement");
    let Rendered { statement, then, .. } = rendered;
    [Some(statement), then].into_iter().flatten().collect()
}

type Page = (&'static str, &'static [(&'static str, bool)], &'static [&'static str], &'static [&'static str]);

#[tokio::test]
async fn sqlite_searches_and_does_not_scan() {
    let rows = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n)";
    let case = files(&[("deep", &format!("{TABLES}{rows};"))]);
    let target = case.targets().target(&source("deep")).await.expect("a target");
    let file = target.sqlite_dir.expect("a folder").join("deep.sqlite");
    let file = rusqlite::Connection::open(file).expect("a file");
    let table: [Page; 4] = [
        ("thing", &[], &["4000"], &["INTEGER PRIMARY KEY (rowid>?)"]),
        ("thing", &[("id", true)], &["4000"], &["INTEGER PRIMARY KEY (rowid<?)"]),
        ("place", &[], &["NO", "4000"], &["INDEX sqlite_autoindex_things_1 ((country,number)>(?,?))"]),
        ("thing", &[("score", false)], &["40", "4000"], &["INDEX by_score (score>?)", "INDEX by_score (score=?)"]),
    ];
    for (kind, sort, values, expected) in table {
        let asked = statements(&case, &project(), kind, sort, values).await;
        let plans = asked.iter().map(|statement| {
            let mut explain = file.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.text)).expect("a plan");
            let lines = explain.raw_query().mapped(|row| row.get::<_, String>(3));
            lines.collect::<Result<Vec<_>, _>>().expect("lines").join("; ")
        });
        let expected: Vec<String> = expected.iter().map(|index| format!("SEARCH o USING {index}")).collect();
        assert_eq!(plans.collect::<Vec<_>>(), expected, "{kind} {sort:?}");
    }
}

#[tokio::test]
async fn postgresql_begins_with_an_index_condition() {
    let first = server().client("postgres").await;
    first.batch_execute("CREATE DATABASE case_deep").await.expect("a database");
    let inside = server().client("case_deep").await;
    let script = format!("{TABLES}generate_series(1, 5000) AS i; ANALYZE things;");
    inside.batch_execute(&script).await.expect("a script");
    let broker = Broker::new(Arc::new(SystemClock::new()), UPLOAD_MEMORY_BYTES);
    let case = Case { broker, targets: Arc::new(databases::Databases) };
    let mut project = (*project()).clone();
    project.sources.values_mut().for_each(|source| source.kind = "postgresql".to_owned());
    let project = Arc::new(project);
    let table: [Page; 4] = [
        ("thing", &[], &["4000"], &["(id > '4000'::bigint)"]),
        ("thing", &[("id", true)], &["4000"], &["(id < '4000'::bigint)"]),
        ("place", &[], &["NO", "4000"], &["(ROW(country, number) > ROW('NO'::text, '4000'::bigint))"]),
        (
            "thing",
            &[("score", false)],
            &["40", "4000"],
            &["(ROW(score, id) > ROW('40'::bigint, '4000'::bigint))", "(score IS NULL)"],
        ),
    ];
    for (kind, sort, values, expected) in table {
        let asked = statements(&case, &project, kind, sort, values).await;
        let mut plans = Vec::new();
        for statement in asked {
            let texts: Vec<String> = statement.values.iter().map(literal).collect();
            let given = if texts.is_empty() { String::new() } else { format!("({})", texts.join(", ")) };
            let explain =
                format!("PREPARE page AS {}; EXPLAIN (COSTS OFF) EXECUTE page{given}; DEALLOCATE page", statement.text);
            let lines = inside.simple_query(&explain).await.expect("a plan");
            let lines = lines.iter().filter_map(|line| match line {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            });
            plans.push(lines.collect::<Vec<_>>().join("\n"));
        }
        assert_eq!(plans.len(), expected.len(), "{kind} {sort:?}");
        for (plan, condition) in plans.iter().zip(expected) {
            assert!(plan.contains(&format!("Index Cond: {condition}")), "{kind} {sort:?}: {plan}");
            assert!(!plan.contains("Sort") && !plan.contains("Seq Scan"), "{kind} {sort:?}: {plan}");
        }
    }
}

fn literal(bound: &Bound) -> String {
    match bound {
        Bound::One(_, text) => format!("'{text}'"),
        Bound::Many(..) => panic!("a page binds no lists"),
    }
}
