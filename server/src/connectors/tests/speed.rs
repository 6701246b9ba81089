//! How fast rows and look-ups are; not run by default: `cargo test --release -p server speed -- --ignored --nocapture`.

use futures::StreamExt as _;
use model::kind::Kind;
use tokio::time::Instant;

use super::fixture::{ask, peak_kib, statement};
use super::postgres::server;
use crate::connectors::postgresql::PostgreSql;
use crate::connectors::{Bound, Bounds, Connection, Connector as _};

const ROWS: usize = 1_000_000;

/// A million transfers of eight columns, about 80 MB as text.
const TRANSFERS: &str = "create table transfers (id bigint primary key, from_account text not null,
        to_account text not null, amount numeric(14,2) not null, currency char(3) not null,
        booked_at timestamptz not null, flagged boolean not null, note text);
    insert into transfers select i, 'NO' || lpad((hashint8(i * 7919) & 32767)::text, 11, '0'),
        'NO' || lpad((hashint8(i * 104729) & 32767)::text, 11, '0'),
        ((hashint8(i) & 1048575) / 100.0)::numeric(14,2), (array['NOK','EUR','USD','GBP'])[1 + (hashint8(i * 31) & 3)],
        timestamptz '2020-01-01 00:00:00+00' + (i % 157680000) * interval '1 second', (hashint8(i * 17) & 127) = 0,
        case when i % 3 = 0 then null else 'invoice ' || (i % 9973) end
    from generate_series(1::bigint, 1000000) as i;
    create index on transfers (from_account); analyze transfers";

const KINDS: [Kind; 8] =
    [Kind::Integer, Kind::Text, Kind::Text, Kind::Decimal, Kind::Text, Kind::Instant, Kind::Bool, Kind::Text];

const COLUMNS: &str = "select id, from_account, to_account, amount, currency, booked_at, flagged, note from transfers";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn a_million_rows_and_many_look_ups() {
    server().client("template1").await.batch_execute("create database speed").await.expect("a database");
    server().client("speed").await.batch_execute(TRANSFERS).await.expect("a table");
    let open = PostgreSql.open(server().target("speed")).await.expect("a database");
    println!("before: {} MB", peak_kib() / 1024);
    for _ in 0..5 {
        read(&*open).await;
    }
    let began = Instant::now();
    for number in 0..5_000 {
        let text = format!("{COLUMNS} where id = $1");
        let key = Bound::One(Kind::Integer, (number * 199 + 1).to_string());
        assert_eq!(ask(&*open, statement(&text, &[key], &KINDS)).await.expect("a row").rows.len(), 1);
    }
    println!("a look-up: {:?}", began.elapsed() / 5_000);
}

async fn read(open: &dyn Connection) {
    let began = Instant::now();
    let mut answer = open.run(statement(COLUMNS, &[], &KINDS), Bounds::default()).await.expect("an answer");
    let (mut rows, mut first) = (0, None);
    while let Some(batch) = answer.batches.next().await {
        first.get_or_insert_with(|| began.elapsed());
        rows += batch.expect("rows").rows.num_rows();
    }
    assert_eq!(rows, ROWS);
    println!(
        "{ROWS} rows: {:?}, first after {:?}, {} MB",
        began.elapsed(),
        first.unwrap_or_default(),
        peak_kib() / 1024
    );
}
