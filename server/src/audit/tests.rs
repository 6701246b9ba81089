//! The audit log from the gate's side: durable before and after, nothing left open, nothing flooded.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::*;
use crate::settings::{MasterKey, StorePlace};
use crate::store::{self, Vault};
use crate::world::SystemDice;

struct HeldClock(AtomicI64);

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

struct Bed {
    folder: tempfile::TempDir,
    store: Arc<dyn Store>,
    clock: Arc<HeldClock>,
    audit: Audit,
}

impl Bed {
    fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap())
    }

    fn on(folder: tempfile::TempDir) -> Self {
        let vault = Vault::new(MasterKey::from_random([5; 32]), Arc::new(SystemDice));
        let store = store::open(&StorePlace::Sqlite(folder.path().join("clew.db")), vault).unwrap();
        let clock = Arc::new(HeldClock(AtomicI64::new(6_000)));
        Self { audit: Audit::new(store.clone(), clock.clone()), folder, store, clock }
    }

    async fn again(self) -> Self {
        self.store.close().await.unwrap();
        Self::on(self.folder)
    }

    /// Everything found, as lines, oldest first.
    async fn lines(&self, search: AuditSearch) -> Vec<String> {
        let mut found = self.audit.search(AuditSearch { limit: 100, ..search }).await.unwrap();
        found.reverse();
        found
            .iter()
            .map(|entry| {
                // By name: which order the fields stand in depends on how the JSON library was built.
                let text = |bytes: &[u8]| {
                    if bytes.is_empty() {
                        return String::new();
                    }
                    let fields: BTreeMap<String, Value> = serde_json::from_slice(bytes).unwrap();
                    serde_json::to_string(&fields).unwrap()
                };
                let end = entry.end.as_ref().map(|end| text(&end.details)).unwrap_or_default();
                let (who, call, outcome) = (&entry.person, &entry.call, entry.outcome.as_str());
                format!("{} {who} {call} {outcome} {} {end}", entry.seq, text(&entry.details))
            })
            .collect()
    }
}

fn entry(person: &str, call: &str) -> Entry {
    Entry { person: person.into(), call: call.into(), project: "p1".into(), details: json!({ "text": "Meyer" }) }
}

fn ending(outcome: Outcome) -> Ending {
    Ending { outcome, rows: 3, bytes: 900, millis: 12, note: None, reason: None, changed: None }
}

#[tokio::test]
async fn a_call_is_found_with_its_end_and_one_without_becomes_unknown_at_the_next_start() {
    let bed = Bed::new();
    let done = bed.audit.begin(entry("ann", "search")).await.unwrap();
    let lost = bed.audit.begin(entry("bob", "search")).await.unwrap();
    bed.audit.end(done, ending(Outcome::Done)).await.unwrap();
    bed.audit.note(entry("eve", "get_object"), Outcome::Hidden).await.unwrap();
    assert_eq!(lost.seq(), 2);
    let open = AuditSearch { outcome: Some(Outcome::Begun), ..AuditSearch::default() };
    assert_eq!(bed.lines(open.clone()).await, ["2 bob search begun {\"text\":\"Meyer\"} "]);
    let bed = bed.again().await;
    assert_eq!(bed.audit.settle_unfinished().await, Ok(1));
    assert_eq!(bed.audit.settle_unfinished().await, Ok(0));
    assert!(bed.lines(open).await.is_empty());
    assert_eq!(
        bed.lines(AuditSearch::default()).await,
        [
            "1 ann search done {\"text\":\"Meyer\"} {\"bytes\":900,\"millis\":12,\"rows\":3}",
            "2 bob search unknown {\"text\":\"Meyer\"} ",
            "4 eve get_object hidden {\"text\":\"Meyer\"} ",
        ]
    );
    assert_eq!(bed.audit.verify(vec![]).await, Ok(Verdict::Whole { entries: 5 }));
}

#[tokio::test]
async fn entries_are_found_by_time_person_call_project_and_outcome_page_by_page() {
    let bed = Bed::new();
    for n in 0..10 {
        bed.clock.0.store(6_000 + n, Ordering::Relaxed);
        let person = if n % 2 == 0 { "ann" } else { "bob" };
        let outcome = if n < 5 { Outcome::Done } else { Outcome::Denied };
        bed.audit.note(entry(person, if n == 9 { "export" } else { "search" }), outcome).await.unwrap();
    }
    let at = |second| Some(Timestamp::from_second(second).unwrap());
    let seqs = async |search: AuditSearch| {
        let found = bed.audit.search(search).await.unwrap();
        found.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    let all = || AuditSearch { limit: 100, ..AuditSearch::default() };
    let (ann, export) = (Some("ann".to_owned()), Some("export".to_owned()));
    assert_eq!(seqs(AuditSearch { from: at(6_002), until: at(6_004), ..all() }).await, [4, 3]);
    assert_eq!(seqs(AuditSearch { person: ann, ..all() }).await, [9, 7, 5, 3, 1]);
    assert_eq!(seqs(AuditSearch { call: export, ..all() }).await, [10]);
    assert_eq!(seqs(AuditSearch { outcome: Some(Outcome::Denied), limit: 2, ..all() }).await, [10, 9]);
    assert_eq!(seqs(AuditSearch { before: Some(9), limit: 2, ..all() }).await, [8, 7]);
    assert_eq!(seqs(AuditSearch { project: Some("p2".into()), ..all() }).await, [0_u64; 0]);
}

#[tokio::test]
async fn refusals_of_nobody_are_one_entry_per_address_and_minute() {
    let bed = Bed::new();
    let address = |text: &str| text.parse().unwrap();
    for _ in 0..500 {
        bed.audit.refused(address("203.0.113.9"), "search");
    }
    bed.audit.refused(address("203.0.113.9"), "get_object");
    bed.audit.refused(address("2001:db8::1"), "search");
    bed.audit.refused(address("2001:db8::2"), "search");
    bed.audit.flush_refusals(false).await.unwrap();
    assert!(bed.lines(AuditSearch::default()).await.is_empty(), "the minute is not over");
    bed.clock.0.store(6_060, Ordering::Relaxed);
    bed.audit.refused(address("203.0.113.9"), "search");
    bed.audit.flush_refusals(false).await.unwrap();
    bed.audit.flush_refusals(true).await.unwrap();
    assert_eq!(
        bed.lines(AuditSearch::default()).await,
        [
            "1  refused denied {\"address\":\"203.0.113.9\",\"calls\":[\"get_object\",\"search\"],\"count\":501} ",
            "2  refused denied {\"address\":\"2001:db8::\",\"calls\":[\"search\"],\"count\":2} ",
            "3  refused denied {\"address\":\"203.0.113.9\",\"calls\":[\"search\"],\"count\":1} ",
        ]
    );
}

#[tokio::test]
async fn a_flood_from_everywhere_stays_within_its_limit() {
    let bed = Bed::new();
    for n in 0..12_000_u32 {
        bed.audit.refused(IpAddr::from(n.to_be_bytes()), "x");
    }
    bed.audit.flush_refusals(true).await.unwrap();
    let found = bed.audit.search(AuditSearch { limit: 2, ..AuditSearch::default() }).await.unwrap();
    assert_eq!(found[0].seq, 10_001);
    let others = bed.audit.search(AuditSearch { before: Some(2), limit: 1, ..AuditSearch::default() }).await.unwrap();
    assert!(String::from_utf8_lossy(&others[0].details).contains("\"address\":\"others\""));
}

#[tokio::test]
async fn without_a_log_no_call_begins_and_refusals_are_kept_for_later() {
    let bed = Bed::new();
    let begun = bed.audit.begin(entry("ann", "search")).await.unwrap();
    bed.store.close().await.unwrap();
    let said = bed.audit.begin(entry("ann", "search")).await.unwrap_err();
    assert_eq!(Unavailable::CODE, "audit_unavailable");
    assert!(said.to_string().starts_with("this cannot be written down in the audit log"), "{said}");
    assert!(bed.audit.end(begun, ending(Outcome::Done)).await.is_err());
    bed.audit.refused("203.0.113.9".parse().unwrap(), "x");
    assert!(bed.audit.flush_refusals(true).await.is_err());
    let bed = Bed { audit: bed.audit, ..bed }.again().await;
    assert_eq!(bed.audit.settle_unfinished().await, Ok(1));
}

#[tokio::test]
async fn a_call_cannot_end_twice() {
    let bed = Bed::new();
    let begun = bed.audit.begin(entry("ann", "search")).await.unwrap();
    let twin = Begun { seq: begun.seq() };
    bed.audit.end(begun, ending(Outcome::Done)).await.unwrap();
    assert!(bed.audit.end(twin, ending(Outcome::Failed)).await.is_err());
    assert_eq!(bed.lines(AuditSearch::default()).await.len(), 1);
}

#[tokio::test]
async fn the_chain_is_checked_by_one_person_at_a_time() {
    let bed = Bed::new();
    let other = bed.audit.verifying.clone().try_lock_owned().unwrap();
    assert_eq!(bed.audit.verify_alone(vec![]).await, None);
    drop(other);
    assert_eq!(bed.audit.verify_alone(vec![]).await, Some(Ok(Verdict::Whole { entries: 0 })));
    assert_eq!(bed.audit.verify_alone(vec![]).await, Some(Ok(Verdict::Whole { entries: 0 })));
}

#[tokio::test]
async fn a_clock_that_was_put_back_is_an_entry_once_and_numbers_go_on() {
    let bed = Bed::new();
    bed.audit.note(entry("ann", "search"), Outcome::Done).await.unwrap();
    for second in [5_000, 5_001, 5_000, 5_002, 6_500] {
        bed.clock.0.store(second, Ordering::Relaxed);
        bed.audit.note(entry("ann", "search"), Outcome::Done).await.unwrap();
    }
    let steps = bed.lines(AuditSearch { call: Some(CLOCK_BACK.to_owned()), ..AuditSearch::default() }).await;
    let told = "{\"from\":\"1970-01-01T01:40:00Z\",\"seconds\":1000,\"to\":\"1970-01-01T01:23:20Z\"}";
    assert_eq!(steps, [format!("2 server clock_back done {told} ")]);
    assert_eq!(bed.audit.verify(vec![]).await, Ok(Verdict::Whole { entries: 7 }));

    // Also from one start to the next.
    let bed = bed.again().await;
    bed.clock.0.store(2_000, Ordering::Relaxed);
    bed.audit.settle_unfinished().await.unwrap();
    bed.audit.note(entry("ann", "search"), Outcome::Done).await.unwrap();
    let steps = bed.lines(AuditSearch { call: Some(CLOCK_BACK.to_owned()), ..AuditSearch::default() }).await;
    assert_eq!(steps.len(), 2, "{steps:?}");
}
