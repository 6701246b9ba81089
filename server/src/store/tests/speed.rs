//! Group commit: many small calls share one flush, in order; and a measurement, run by hand.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::world::{Clock as _, SystemClock};

both! {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    calls_in_flight_together_leave_a_whole_log;
    #[tokio::test]
    one_after_the_other_they_stand_in_their_order;
}

/// Begin and end of `calls` calls, `at_once` in flight.
async fn calls(store: &Arc<dyn Store>, calls: usize, at_once: usize) {
    let work = (0..at_once).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            for _ in 0..calls / at_once {
                let begun = store.append_audit(vec![entry("get", Phase::Begin, Outcome::Begun)]).await.unwrap();
                store.append_audit(vec![entry("", Phase::End { begun: begun[0] }, Outcome::Done)]).await.unwrap();
            }
        })
    });
    for done in futures::future::join_all(work).await {
        done.unwrap();
    }
}

async fn calls_in_flight_together_leave_a_whole_log(on: On) {
    let bed = Bed::new(on);
    let store = bed.store;
    calls(&store, 500, 50).await;
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 1000 }));
    assert_eq!(store.settle_audit(at(1)).await, Ok(0), "none is open");
}

async fn one_after_the_other_they_stand_in_their_order(on: On) {
    let bed = Bed::new(on);
    let waiting = (0..100).map(|n| bed.store.append_audit(vec![note(&n.to_string())]));
    let seqs: Vec<u64> = futures::future::join_all(waiting).await.into_iter().map(|seqs| seqs.unwrap()[0]).collect();
    assert_eq!(seqs, (1..=100).collect::<Vec<_>>());
    let found = bed.store.search_audit(AuditSearch { limit: 100, ..AuditSearch::default() }).await.unwrap().found;
    assert!(found.iter().rev().enumerate().all(|(n, entry)| entry.call == n.to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test -p server --release store::tests::speed -- --ignored --nocapture"]
async fn measure_calls_and_reads_on_sqlite() {
    measure_calls_and_reads(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test -p server --release store::tests::speed -- --ignored --nocapture"]
async fn measure_calls_and_reads_on_postgresql() {
    measure_calls_and_reads(On::PostgreSql).await;
}

async fn measure_calls_and_reads(on: On) {
    let folder = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
    let clock = SystemClock::new();
    let per_second = |count: usize, took: Duration| (count as f64 / took.as_secs_f64()) as u64;
    let places = [1, 10, 200, 50].map(|at_once| (at_once, place(on, folder.path(), &at_once.to_string())));
    for (at_once, place) in &places {
        let at_once = *at_once;
        let store = open(place, vault(KEY)).unwrap();
        let count = if at_once == 1 { 500 } else { 10_000 };
        let start = clock.monotonic();
        calls(&store, count, at_once).await;
        println!("{at_once} at once: {} begin+end per second", per_second(count, clock.monotonic() - start));
        let start = clock.monotonic();
        let verdict = store.verify_audit(vec![]).await.unwrap();
        println!("  verify: {} entries per second ({verdict:?})", per_second(count * 2, clock.monotonic() - start));
        store.close().await.unwrap();
    }
    let start = clock.monotonic();
    let store = open(&places[3].1, vault(KEY)).unwrap();
    println!("open: {:?}", clock.monotonic() - start);
    let start = clock.monotonic();
    for _ in 0..5_000 {
        store.revision().await.unwrap();
    }
    println!("revision: {:?} each", (clock.monotonic() - start) / 5_000);
    let body = Zeroizing::new(vec![7; 400]);
    let session = Session { hash: [1; 32], person: "ann".into(), created: at(1), last_seen: at(1), ends: at(2), body };
    store.put_session(session).await.unwrap();
    let start = clock.monotonic();
    for _ in 0..5_000 {
        store.session([1; 32]).await.unwrap().unwrap();
    }
    println!("session: {:?} each", (clock.monotonic() - start) / 5_000);
    let vault = vault(KEY);
    let place = || super::vault::Place { table: "t", row: "r".into(), column: "c", project: "p".into(), revision: 1 };
    let start = clock.monotonic();
    for _ in 0..20_000 {
        vault.seal(place(), &[7; 200]);
    }
    println!("seal 200 bytes: {:?} each", (clock.monotonic() - start) / 20_000);
}
