//! What only PostgreSQL has.

use std::time::Duration;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int64Type;
use futures::StreamExt as _;
use model::kind::Kind;
use tokio::time::{Instant, sleep};

use super::postgres::server;
use crate::connectors::postgresql::PostgreSql;
use crate::connectors::{Bound, Bounds, Connector as _, FailureKind, OutColumn, Statement};

fn statement(text: &str, values: Vec<Bound>, kinds: &[Kind]) -> Statement {
    let column = |(place, kind): (usize, &Kind)| OutColumn {
        name: format!("c{place}"),
        kind: *kind,
        role: String::new(),
    };
    Statement { text: text.to_owned(), values, columns: kinds.iter().enumerate().map(column).collect() }
}

#[tokio::test]
async fn smoke() {
    let open = PostgreSql.open(server().target("postgres")).await.expect("open");
    eprintln!("{:?}", open.ability());
    let s = statement("select g::int8 from generate_series(1, $1::int) g", vec![Bound::One(Kind::Integer, "10000".into())], &[Kind::Integer]);
    let mut answer = open.run(s, Bounds::default()).await.expect("answer");
    let mut sizes = vec![];
    let mut sum = 0;
    while let Some(batch) = answer.batches.next().await {
        let batch = batch.expect("batch");
        sizes.push(batch.rows.num_rows());
        sum += batch.rows.column(0).as_primitive::<Int64Type>().values().iter().sum::<i64>();
    }
    assert_eq!(sum, 50_005_000);
    eprintln!("{sizes:?}");
    let t = Instant::now();
    for i in 0..2000 {
        let s = statement("select $1::text", vec![Bound::One(Kind::Text, i.to_string())], &[Kind::Text]);
        let mut answer = open.run(s, Bounds::default()).await.expect("answer");
        while let Some(batch) = answer.batches.next().await { batch.expect("batch"); }
    }
    eprintln!("{:?} per look-up", t.elapsed() / 2000);
    let report = PostgreSql.test(server().target("postgres")).await;
    eprintln!("{report:#?}");
    let s = statement("select pg_sleep(10)::text", vec![], &[Kind::Text]);
    let t = Instant::now();
    let r = open.run(s, Bounds { timeout: Duration::from_millis(300), rows_per_batch: 10 }).await;
    assert_eq!(r.err().map(|f| f.kind), Some(FailureKind::Slow));
    eprintln!("{:?}", t.elapsed());
    sleep(Duration::from_millis(10)).await;
}
