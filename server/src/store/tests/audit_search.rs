//! Searching the audit log: a clock that was put back, pages of long entries, and a million entries, by hand.

use std::time::Duration;

use super::*;
use crate::world::{Clock as _, SystemClock};

both! {
    #[tokio::test]
    entries_are_found_by_their_time_also_where_the_clock_was_put_back
    a_page_ends_where_its_entries_are_too_long_to_be_held_and_says_that_there_are_more
    what_ended_badly_is_found_by_the_number_of_what_began
    a_person_is_found_in_every_entry_new_or_old_pruned_or_restored
    a_time_lies_between_the_right_entries_whatever_the_clock_did;
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

fn prune_before(second: i64) -> PruneNote {
    PruneNote {
        at: at(9_000),
        person: "cli".into(),
        call: "audit prune",
        details: serde_json::Map::new(),
        before: at(second),
        most: u64::MAX,
    }
}

/// Page by page, the numbers of all that one of the people did.
async fn of_person(store: &dyn Store, person: &str, outcome: Option<Outcome>, limit: u32) -> Vec<u64> {
    let (mut before, mut found) = (None, Vec::new());
    loop {
        let search = AuditSearch { person: Some(person.into()), outcome, before, limit, ..AuditSearch::default() };
        let page = store.search_audit(search).await.unwrap();
        found.extend(seqs(&page));
        before = page.found.last().map(|last| last.seq);
        if !page.more {
            return found;
        }
    }
}

async fn a_person_is_found_in_every_entry_new_or_old_pruned_or_restored(on: On) {
    let bed = Bed::new(on);
    let people = ["ann", "bob", "eve"];
    for call in 0..2_000_usize {
        let person = people[call % 2 + usize::from(call % 700 == 0)].to_owned();
        let begin = NewAudit { person, at: at(call as i64), ..entry("search", Phase::Begin, Outcome::Begun) };
        let begun = 2 * call as u64 + 1;
        let outcome = if call % 9 == 0 { Outcome::Failed } else { Outcome::Done };
        let end = NewAudit { at: at(call as i64), ..entry("", Phase::End { begun }, outcome) };
        bed.store.append_audit(vec![begin]).await.unwrap();
        bed.store.append_audit(vec![end]).await.unwrap();
    }
    let expected = |from: u64, person: &str, of: Option<Outcome>| -> Vec<u64> {
        let is_meant = |call: usize| match of {
            None => true,
            Some(Outcome::Failed) => call.is_multiple_of(9),
            Some(_) => !call.is_multiple_of(9),
        };
        let calls = (0..2_000).rev().filter(|call| is_meant(*call));
        let own = calls.filter(|call| people[call % 2 + usize::from(call % 700 == 0)] == person);
        own.map(|call| 2 * call as u64 + 1).filter(|seq| *seq > from).collect()
    };
    let check = async |store: &dyn Store, from: u64| {
        for (person, outcome) in people
            .iter()
            .flat_map(|person| [None, Some(Outcome::Done), Some(Outcome::Failed)].map(|outcome| (*person, outcome)))
        {
            for limit in [7, 1_000] {
                let found = of_person(store, person, outcome, limit).await;
                assert_eq!(found, expected(from, person, outcome), "{person} {outcome:?} {limit}");
            }
        }
    };
    check(&*bed.store, 0).await;
    let pruned = bed.store.prune_audit(prune_before(750)).await.unwrap();
    assert_eq!(pruned.removed, 1_500);
    check(&*bed.store, pruned.removed).await;
    let file = bed.folder.path().join("backup");
    backup::save(&*bed.store, Arc::new(vault(KEY)), file.clone(), at(5), [3; 16]).await.unwrap();
    let other = bed.another("other");
    backup::restore(&*other, Arc::new(vault(KEY)), &file).await.unwrap();
    check(&*other, pruned.removed).await;
}

async fn a_time_lies_between_the_right_entries_whatever_the_clock_did(on: On) {
    let bed = Bed::new(on);
    // Forwards, with a step back every 900 entries, over more than three blocks.
    let times = Vec::from_iter((0..3_500_i64).map(|n| 1_000 + n - n / 900 * 600));
    bed.store
        .append_audit(times.iter().map(|time| NewAudit { at: at(*time), ..note("search") }).collect())
        .await
        .unwrap();
    let number = |place: usize| place as u64 + 1;
    for bound in [0, 999, 1_000, 1_001, 1_299, 1_300, 1_500, 1_899, 1_900, 2_400, 2_650, 2_699, 2_700, 9_000] {
        let span = bed.store.audit_span(Some(at(bound)), Some(at(bound))).await.unwrap();
        let first = times.iter().position(|time| *time >= bound).map_or(i64::MAX.unsigned_abs(), number);
        let last = times.iter().rposition(|time| *time < bound).map_or(0, number);
        assert_eq!(span, AuditSpan { least: first, most: last }, "{bound}");
    }
}

#[tokio::test]
async fn what_was_pruned_is_told_of_nobody() {
    let bed = Bed::new(On::Sqlite);
    bed.store.append_audit((0..1_500).map(|n| NewAudit { at: at(n), ..note("search") }).collect()).await.unwrap();
    bed.store.prune_audit(prune_before(1_000)).await.unwrap();
    let connection = rusqlite::Connection::open(bed.path()).unwrap();
    let told = "SELECT count(*), min(seq), max(seq), (SELECT count(*) FROM audit_block) FROM audit_told";
    let four = |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]);
    let told: [u64; 4] = connection.query_row(told, [], four).unwrap();
    assert_eq!(told, [3 * 24, 1_001, 1_024, 1]);
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
