//! Searching the audit log: a clock that was put back, pages of long entries, and a million entries, by hand.

use std::time::Duration;

use super::*;
use crate::world::{Clock as _, SystemClock};

both! {
    #[tokio::test]
    entries_are_found_by_their_time_also_where_the_clock_was_put_back
    a_page_ends_where_its_entries_are_too_long_to_be_held_and_says_that_there_are_more
    what_ended_badly_is_found_by_the_number_of_what_began;
}

fn seqs(page: &AuditPage) -> Vec<u64> {
    page.found.iter().map(|found| found.seq).collect()
}

async fn entries_are_found_by_their_time_also_where_the_clock_was_put_back(on: On) {
    let bed = Bed::new(on);
    let seconds = [100, 101, 102, 50, 51, 103, 104];
    let entries = seconds.map(|second| NewAudit { at: at(second), ..note("search") });
    bed.store.append_audit(entries.to_vec()).await.unwrap();
    let search =
        |from, until| AuditSearch { from: Some(at(from)), until: Some(at(until)), limit: 10, ..AuditSearch::default() };
    for (from, until, expected) in
        [(101, 104, &[6, 3, 2][..]), (50, 52, &[5, 4]), (0, 60, &[5, 4]), (105, 200, &[]), (0, 10, &[])]
    {
        let found = bed.store.search_audit(search(from, until)).await.unwrap();
        assert_eq!(seqs(&found), expected, "{from} to {until}");
        assert!(!found.more);
    }
    let span = bed.store.audit_span(Some(at(51)), Some(at(102))).await.unwrap();
    assert_eq!(span, AuditSpan { least: 1, most: 5 });
}

async fn a_page_ends_where_its_entries_are_too_long_to_be_held_and_says_that_there_are_more(on: On) {
    let bed = Bed::new(on);
    let long = || NewAudit { details: vec![b'x'; DETAILS_LIMIT_BYTES], ..note("search") };
    bed.store.append_audit((0..5).map(|_| long()).collect()).await.unwrap();
    let (mut before, mut pages) = (None, Vec::new());
    loop {
        let search = AuditSearch { before, limit: 1_000, ..AuditSearch::default() };
        let page = bed.store.search_audit(search).await.unwrap();
        pages.push(seqs(&page));
        before = page.found.last().map(|last| last.seq);
        if !page.more {
            break;
        }
    }
    assert_eq!(pages, [vec![5, 4, 3], vec![2, 1]], "the one that goes beyond is the last");
    let exactly =
        bed.store.search_audit(AuditSearch { limit: 5, call: Some("search".into()), ..AuditSearch::default() });
    assert!(exactly.await.unwrap().more, "cut by length");
    let none =
        bed.store.search_audit(AuditSearch { before: Some(1), limit: 5, ..AuditSearch::default() }).await.unwrap();
    assert!(none.found.is_empty() && !none.more);
}

async fn what_ended_badly_is_found_by_the_number_of_what_began(on: On) {
    let bed = Bed::new(on);
    for outcome in [Outcome::Done, Outcome::Failed, Outcome::Stopped, Outcome::Failed] {
        let begun = bed.store.append_audit(vec![entry("get", Phase::Begin, Outcome::Begun)]).await.unwrap();
        bed.store.append_audit(vec![entry("", Phase::End { begun: begun[0] }, outcome)]).await.unwrap();
    }
    bed.store.append_audit(vec![entry("get", Phase::Begin, Outcome::Begun)]).await.unwrap();
    bed.store.append_audit(vec![entry("sign_in", Phase::Note, Outcome::Failed)]).await.unwrap();
    for (outcome, expected) in [
        (Outcome::Failed, &[10, 7, 3][..]),
        (Outcome::Done, &[1]),
        (Outcome::Stopped, &[5]),
        (Outcome::Begun, &[9]),
        (Outcome::Denied, &[]),
    ] {
        let search = AuditSearch { outcome: Some(outcome), limit: 10, ..AuditSearch::default() };
        assert_eq!(seqs(&bed.store.search_audit(search).await.unwrap()), expected, "{outcome:?}");
    }
    let next = AuditSearch { outcome: Some(Outcome::Failed), before: Some(7), limit: 10, ..AuditSearch::default() };
    assert_eq!(seqs(&bed.store.search_audit(next).await.unwrap()), [3]);
}

/// A million entries as half a million calls of a hundred people, a thousandth of them refused.
async fn fill(store: &dyn Store) {
    const CALLS: i64 = 500_000;
    const AT_ONCE: i64 = 5_000;
    for first in (0..CALLS).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let turn = first..first + AT_ONCE;
        let begins = turn.clone().map(|n| NewAudit {
            at: at(n),
            person: format!("person-{}", n % 100),
            call: ["search", "run_query", "expand", "count_links"][usize::try_from(n % 4).unwrap()].to_owned(),
            project: format!("p{}", n % 7),
            details: vec![b'x'; 300],
            ..entry("", Phase::Begin, Outcome::Begun)
        });
        let seqs = store.append_audit(begins.collect()).await.unwrap();
        let ends = turn.zip(seqs).map(|(n, begun)| NewAudit {
            at: at(n),
            details: vec![b'x'; 60],
            ..entry("", Phase::End { begun }, if n % 1_000 == 7 { Outcome::Denied } else { Outcome::Done })
        });
        store.append_audit(ends.collect()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test -p server store::tests::audit_search -- --ignored --nocapture"]
async fn measure_searches_in_a_million_entries_on_sqlite() {
    measure_searches_in_a_million_entries(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test -p server store::tests::audit_search -- --ignored --nocapture"]
async fn measure_searches_in_a_million_entries_on_postgresql() {
    measure_searches_in_a_million_entries(On::PostgreSql).await;
}

async fn measure_searches_in_a_million_entries(on: On) {
    let bed = Bed::new(on);
    let store = bed.store;
    let clock = SystemClock::new();
    let start = clock.monotonic();
    fill(&*store).await;
    println!("filled: {:?}", clock.monotonic() - start);
    let text = |text: &str| Some(text.to_owned());
    let none = AuditSearch::default;
    let (denied, done) = (Some(Outcome::Denied), Some(Outcome::Done));
    let searches = [
        ("everything", none()),
        ("everything, in the middle", AuditSearch { before: Some(500_000), ..none() }),
        ("an old hour", AuditSearch { from: Some(at(1_000)), until: Some(at(4_600)), ..none() }),
        ("the last hour", AuditSearch { from: Some(at(496_400)), ..none() }),
        ("one of a hundred people", AuditSearch { person: text("person-5"), ..none() }),
        ("a person, an old hour", AuditSearch { person: text("person-5"), until: Some(at(3_600)), ..none() }),
        ("a call", AuditSearch { call: text("expand"), ..none() }),
        ("a project", AuditSearch { project: text("p3"), ..none() }),
        ("refused", AuditSearch { outcome: denied, ..none() }),
        ("refused, of a person", AuditSearch { outcome: denied, person: text("person-7"), ..none() }),
        ("done, of a project", AuditSearch { outcome: done, project: text("p3"), ..none() }),
        ("a person who never did that call", AuditSearch { person: text("person-4"), call: text("expand"), ..none() }),
        ("a call that never was", AuditSearch { call: text("absent"), ..none() }),
        ("a call never done in a project", AuditSearch { call: text("search"), project: text("absent"), ..none() }),
    ];
    for (what, search) in searches {
        for limit in [200, 1_000] {
            let start = clock.monotonic();
            let page = store.search_audit(AuditSearch { limit, ..search.clone() }).await.unwrap();
            let took: Duration = clock.monotonic() - start;
            println!("{what:>34}: {:>4} entries of {limit:>4} in {took:?}", page.found.len());
        }
    }
    let start = clock.monotonic();
    let verdict = store.verify_audit(vec![]).await.unwrap();
    println!("verify: {verdict:?} in {:?}", clock.monotonic() - start);
    let start = clock.monotonic();
    let (mut before, mut count) = (None, 0);
    loop {
        let search = AuditSearch { before, limit: 1_000, least: Some(0), ..none() };
        let page = store.search_audit(search).await.unwrap();
        (before, count) = (page.found.last().map(|last| last.seq), count + page.found.len());
        if !page.more {
            break;
        }
    }
    println!("all {count} in pages of 1,000: {:?}", clock.monotonic() - start);
}
