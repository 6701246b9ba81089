//! Attacks on the audit log by chance: six kinds, each again and again on a log of 200 entries, and the first entry that is
//! not as it was written is named each time.
//!
//! `CLEW_ATTACKS=1000 cargo test -p server --lib store::tests::audit_attacks` does each kind 1,000 times; without it, 100.

use super::*;
use crate::store::chain::{self, Chain};
use crate::world::random;

both! {
    #[tokio::test]
    attacks_of_six_kinds_at_random_places_are_each_seen_and_named;
}

const ENTRIES: u64 = 200;

#[expect(clippy::disallowed_methods, reason = "a test has no settings; it asks for one number")]
fn rounds() -> u32 {
    std::env::var("CLEW_ATTACKS").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

/// A number from `from` on, below `until`, by chance.
fn between(from: u64, until: u64) -> u64 {
    from + u64::from_be_bytes(random(&SystemDice)) % (until - from)
}

/// A log, and how it is written in the shell of its database.
struct Log {
    bed: Bed,
    rows: Vec<Row>,
}

/// What is done in the shell, and which entry is the first that is not as it was written.
type Attack = fn(&Log) -> (String, u64);

const COLUMNS: &str = "seq, at, phase, begun, person, call, project, outcome, body, chain";

impl Log {
    async fn new(on: On) -> Self {
        let bed = Bed::new(on);
        let mut entries: Vec<NewAudit> = (0..ENTRIES - 60).map(|n| note(&format!("call {n}"))).collect();
        entries.extend((0..30).map(|n| entry(&format!("asked {n}"), Phase::Begin, Outcome::Begun)));
        let begun = bed.store.append_audit(entries).await.unwrap().split_off(ENTRIES as usize - 60);
        let end = |begun: &u64| entry("", Phase::End { begun: *begun }, Outcome::Done);
        bed.store.append_audit(begun.iter().map(end).collect()).await.unwrap();
        let keep = |rows: &mut Vec<Row>, row: &Row| {
            rows.extend(matches!(row, Row::Audit { .. }).then(|| row.clone()));
            Ok(())
        };
        let rows = crate::store::whole::through(&*bed.store, Vec::new(), keep).await.unwrap();
        bed.shell("CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE kept_meta AS SELECT * FROM meta");
        assert_eq!(rows.len() as u64, ENTRIES);
        Self { bed, rows }
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self.bed.on() {
            On::Sqlite => format!("x'{hex}'"),
            On::PostgreSql => format!("decode('{hex}', 'hex')"),
        }
    }

    /// Something of one entry is changed.
    fn edited(&self) -> (String, u64) {
        let seq = between(1, ENTRIES + 1);
        let flipped = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let at = between(0, bytes.len() as u64) as usize;
            bytes[at] ^= 1 << between(0, 8);
            self.bytes(&bytes)
        };
        let Row::Audit { body, mark, .. } = &self.rows[seq as usize - 1] else { panic!("an entry") };
        let change = match between(0, 8) {
            0 => "person = 'eve'".to_owned(),
            1 => "call = call || 'x'".to_owned(),
            2 => "project = 'other'".to_owned(),
            3 => "outcome = 'denied'".to_owned(),
            4 => format!("at = at + {}", between(1, 1_000_000)),
            5 => "phase = phase % 3 + 1".to_owned(),
            6 => format!("body = {}", flipped(body)),
            _ => format!("chain = {}", flipped(mark)),
        };
        (format!("UPDATE audit SET {change} WHERE seq = {seq}"), seq)
    }

    /// Entries in the middle go; with or without the others moving up.
    fn removed(&self) -> (String, u64) {
        let first = between(1, ENTRIES - 1);
        let last = between(first, ENTRIES);
        let closed = format!(
            "; UPDATE audit SET seq = -seq WHERE seq > {last}; UPDATE audit SET seq = -seq - {} WHERE seq < 0",
            last - first + 1
        );
        let moves_up = between(0, 2) == 1;
        let closed = if moves_up { closed.as_str() } else { "" };
        (format!("DELETE FROM audit WHERE seq BETWEEN {first} AND {last}{closed}"), first)
    }

    /// The end goes.
    fn cut(&self) -> (String, u64) {
        let first = between(1, ENTRIES + 1);
        (format!("DELETE FROM audit WHERE seq >= {first}"), first)
    }

    /// Two entries change places.
    fn reordered(&self) -> (String, u64) {
        let first = between(1, ENTRIES);
        let second = between(first + 1, ENTRIES + 1);
        let sql = format!(
            "UPDATE audit SET seq = -1 WHERE seq = {first}; UPDATE audit SET seq = {first} WHERE seq = {second};
             UPDATE audit SET seq = {second} WHERE seq = -1"
        );
        (sql, first)
    }

    /// A copy of an entry stands somewhere, also behind the end.
    fn inserted(&self) -> (String, u64) {
        let place = between(1, ENTRIES + 2);
        // Another one than the one that stood there, which would be right where it is.
        let copied = (place + between(1, ENTRIES - 1) - 1) % ENTRIES + 1;
        let sql = format!(
            "UPDATE audit SET seq = -seq WHERE seq >= {place}; UPDATE audit SET seq = 1 - seq WHERE seq < 0;
             INSERT INTO audit ({COLUMNS}) SELECT {place}, at, phase, NULL, person, call, project, outcome, body, chain
             FROM kept WHERE seq = {copied}"
        );
        (sql, place)
    }

    /// From one entry on a new chain is made, with a new end, by somebody who has another key.
    fn chained_anew(&self) -> (String, u64) {
        let first = between(1, ENTRIES + 1);
        let other = Chain::new(&random(&SystemDice));
        let (mut end, mut sql) = (other.genesis(), String::new());
        for row in &self.rows {
            let Row::Audit { seq, at_us, phase, begun, person, call, project, outcome, body, mark } = row else {
                panic!("an entry")
            };
            if *seq < first {
                end = Anchor { seq: *seq, mark: mark.as_slice().try_into().unwrap() };
                continue;
            }
            let person = if *seq == first { "eve" } else { person };
            let (seq, at_us, phase, begun) = (*seq, *at_us, *phase, *begun);
            end = other.next(&end, &chain::Row { seq, at_us, phase, begun, person, call, project, outcome, body });
            let mark = self.bytes(&end.mark);
            sql.push_str(&format!("UPDATE audit SET person = '{person}', chain = {mark} WHERE seq = {seq};"));
        }
        let head = self.bytes(&other.head_bytes(&end));
        (format!("{sql} UPDATE meta SET value = {head} WHERE name = 'audit_head'"), first)
    }
}

async fn attacks_of_six_kinds_at_random_places_are_each_seen_and_named(on: On) {
    let log = Log::new(on).await;
    let kinds: [(&str, Attack); 6] = [
        ("edited", Log::edited),
        ("removed", Log::removed),
        ("cut", Log::cut),
        ("reordered", Log::reordered),
        ("inserted", Log::inserted),
        ("chained anew", Log::chained_anew),
    ];
    let back = "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept;
                DELETE FROM meta; INSERT INTO meta SELECT * FROM kept_meta;";
    for (kind, attack) in kinds {
        for _ in 0..rounds() {
            let (sql, first) = attack(&log);
            log.bed.shell(&format!("{back} {sql}"));
            let verdict = log.bed.store.verify_audit(vec![]).await.unwrap();
            let named = matches!(verdict, Verdict::Broken { seq, .. } if seq == first);
            assert!(named, "{kind}: {verdict:?} and not {first} after {sql}");
        }
    }
    log.bed.shell(back);
    assert_eq!(log.bed.store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: ENTRIES }), "all was taken back");
}
