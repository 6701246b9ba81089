//! Somebody who can read or write the file: what is seen, what is noticed, and that it is never an empty value.

use std::fs;

use super::*;

both! {
    #[tokio::test]
    a_planted_secret_never_stands_in_any_table_or_file
    swapped_or_older_bodies_do_not_open
    a_session_cannot_be_lengthened_or_given_to_somebody_else
    every_flipped_byte_of_a_body_is_noticed
    every_attack_on_the_audit_log_names_the_first_broken_entry
    the_end_of_the_audit_log_is_looked_at_without_what_is_before_it;
}

const CANARY: &str = "canary-8c1f-planted";

async fn a_planted_secret_never_stands_in_any_table_or_file(on: On) {
    let bed = Bed::new(on);
    let body = || format!("before {CANARY} after");
    let writes = RecordKind::ALL.iter().filter(|kind| kind.in_snapshot());
    let writes = writes.map(|kind| Write::put(RecordKey::new(*kind, "p", "x"), body())).collect();
    let mut audit = note("x");
    audit.details = body().into_bytes();
    bed.store.commit(0, writes, vec![audit]).await.unwrap();
    let session = Session {
        hash: [1; 32],
        person: "ann".into(),
        created: at(1),
        last_seen: at(1),
        ends: at(2),
        body: Zeroizing::new(body().into_bytes()),
    };
    bed.store.put_session(session).await.unwrap();
    put_image(&*bed.store, "u", body().into()).await.unwrap();
    assert!(bed.holds(&vault(KEY).key_id().to_bytes()), "the search itself works");
    assert!(!bed.holds(CANARY.as_bytes()));
    assert!(!bed.holds(&KEY));
    if on == On::PostgreSql {
        return;
    }
    let files: Vec<_> =
        fs::read_dir(bed.path().parent().unwrap()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 3, "{files:?}");
    let holds = |needle: &[u8]| {
        files.iter().any(|file| fs::read(file).unwrap().windows(needle.len()).any(|window| window == needle))
    };
    assert!(holds(b"upload_chunk") && holds(b"ann"), "the search itself works");
    assert!(!holds(CANARY.as_bytes()));
    assert!(!holds(&KEY));
}

async fn swapped_or_older_bodies_do_not_open(on: On) {
    let bed = Bed::new(on);
    let writes = vec![Write::put(project("p1"), "one"), Write::put(project("p2"), "two")];
    bed.store.commit(0, writes, vec![]).await.unwrap();
    bed.shell("CREATE TABLE old AS SELECT * FROM record");
    bed.store.commit(1, vec![Write::put(project("p1"), "uno")], vec![]).await.unwrap();
    bed.shell("UPDATE record SET body = (SELECT body FROM old WHERE old.id = record.id) WHERE id = 'p1'");
    let error = bed.store.load().await.unwrap_err();
    assert_eq!(error, StoreError::Integrity { table: "record", row: "project/p1".into() });
    let refused = bed.store.commit(2, vec![Write::put(project("p3"), "x")], vec![]).await.unwrap_err();
    assert_eq!(refused.code(), "store_failed", "after that nothing more is written");
    assert!(matches!(&*bed.store.health().borrow(), Health::Refusing(StoreError::Integrity { .. })));
    let bed = bed.again().await;
    bed.shell("UPDATE record SET body = (SELECT body FROM old WHERE old.id = 'p1') WHERE id = 'p2'");
    assert_eq!(bed.store.get(project("p2")).await.unwrap_err().code(), "store_integrity");
}

async fn a_session_cannot_be_lengthened_or_given_to_somebody_else(on: On) {
    for change in ["ends = ends + 1", "person = 'eve'", "created = created - 1"] {
        let bed = Bed::new(on);
        let session = Session {
            hash: [1; 32],
            person: "ann".into(),
            created: at(1),
            last_seen: at(1),
            ends: at(2),
            body: Zeroizing::new(b"roles".to_vec()),
        };
        bed.store.put_session(session).await.unwrap();
        bed.shell(&format!("UPDATE session SET {change}"));
        assert_eq!(bed.store.session([1; 32]).await.unwrap_err().code(), "store_integrity", "{change}");
    }
}

async fn every_flipped_byte_of_a_body_is_noticed(on: On) {
    let bed = Bed::new(on);
    bed.store.keep(vec![Write::put(RecordKey::new(RecordKind::Person, "", "a"), "hello")], vec![]).await.unwrap();
    for at in 1..=(38 + 5 + 16) {
        let flip = |bed: &Bed| match on {
            On::Sqlite => {
                let connection = rusqlite::Connection::open(bed.path()).unwrap();
                let mut body: Vec<u8> = connection.query_row("SELECT body FROM record", [], |row| row.get(0)).unwrap();
                body[at - 1] ^= 0x10;
                connection.execute("UPDATE record SET body = ?", [body]).unwrap();
            }
            On::PostgreSql => {
                let n = at - 1;
                bed.shell(&format!("UPDATE record SET body = set_byte(body, {n}, get_byte(body, {n}) # 16)"));
            }
        };
        flip(&bed);
        assert!(bed.store.list(RecordKind::Person, None).await.is_err(), "byte {at}");
        flip(&bed);
    }
    assert!(bed.store.list(RecordKind::Person, None).await.is_ok(), "each flip was taken back");
}

/// A log of 20 entries, attacked.
async fn attacked(on: On, sql: &str) -> Bed {
    let bed = Bed::new(on);
    for n in 0..10 {
        let begun =
            bed.store.append_audit(vec![entry(&format!("call {n}"), Phase::Begin, Outcome::Begun)]).await.unwrap();
        let end = entry("", Phase::End { begun: begun[0] }, Outcome::Done);
        bed.store.append_audit(vec![end]).await.unwrap();
    }
    assert_eq!(bed.store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 20 }));
    bed.shell(sql);
    bed
}

async fn every_attack_on_the_audit_log_names_the_first_broken_entry(on: On) {
    let copy = "INSERT INTO audit SELECT 21, at, phase, NULL, person, call, project, outcome, body, chain FROM audit WHERE seq = 19";
    let table = [
        ("SELECT 1", None),
        ("UPDATE audit SET person = 'eve' WHERE seq = 7", Some(7)),
        ("UPDATE audit SET outcome = 'failed' WHERE seq = 20", Some(20)),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1", Some(1)),
        ("UPDATE audit SET body = zeroblob(60) WHERE seq = 3", Some(3)),
        ("UPDATE audit SET begun = NULL WHERE seq = 4", Some(4)),
        ("DELETE FROM audit WHERE seq = 7", Some(7)),
        ("DELETE FROM audit WHERE seq = 1", Some(1)),
        ("DELETE FROM audit WHERE seq = 20", Some(20)),
        ("DELETE FROM audit WHERE seq > 5", Some(6)),
        ("DELETE FROM audit", Some(1)),
        ("DELETE FROM audit WHERE seq = 7; UPDATE audit SET seq = seq - 1 WHERE seq > 7", Some(7)),
        ("UPDATE audit SET seq = -1 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 7; UPDATE audit SET seq = 7 WHERE seq = -1", Some(5)),
        ("UPDATE audit SET seq = 7000 + seq WHERE seq >= 7; UPDATE audit SET seq = seq - 6999 WHERE seq > 7000;
          INSERT INTO audit SELECT 7, at, phase, NULL, person, call, project, outcome, body, chain FROM audit WHERE seq = 1", Some(7)),
        (copy, Some(21)),
        ("DELETE FROM audit WHERE seq > 5; DELETE FROM meta WHERE name = 'audit_head'", Some(6)),
    ];
    for (sql, broken) in table {
        let bed = attacked(on, sql).await;
        match (bed.store.verify_audit(vec![]).await.unwrap(), broken) {
            (Verdict::Whole { entries: 20 }, None) => {}
            (Verdict::Broken { seq, .. }, Some(expected)) => assert_eq!(seq, expected, "{sql}"),
            (verdict, _) => panic!("{sql}: {verdict:?}"),
        }
    }
}

async fn the_end_of_the_audit_log_is_looked_at_without_what_is_before_it(on: On) {
    let table = [
        ("SELECT 1", None),
        ("UPDATE audit SET person = 'eve' WHERE seq = 7", None),
        ("UPDATE audit SET person = 'eve' WHERE seq = 16", Some(16)),
        ("DELETE FROM audit WHERE seq = 15", Some(15)),
        ("DELETE FROM audit WHERE seq = 18", Some(18)),
        ("DELETE FROM audit WHERE seq = 20", Some(20)),
        ("DELETE FROM audit", Some(1)),
        ("DELETE FROM meta WHERE name = 'audit_head'", Some(21)),
    ];
    for (sql, broken) in table {
        let bed = attacked(on, sql).await;
        match (bed.store.verify_audit_end(5).await.unwrap(), broken) {
            (Verdict::Whole { entries: 20 }, None) => {}
            (Verdict::Broken { seq, .. }, Some(expected)) => assert_eq!(seq, expected, "{sql}"),
            (verdict, _) => panic!("{sql}: {verdict:?}"),
        }
    }
    let bed = attacked(on, "UPDATE audit SET person = 'eve' WHERE seq = 7").await;
    let all = bed.store.verify_audit_end(100).await.unwrap();
    assert!(matches!(all, Verdict::Broken { seq: 7, .. }), "a log that is shorter is looked at as a whole: {all:?}");
}

#[tokio::test]
async fn an_older_copy_of_the_whole_file_is_seen_by_an_anchor() {
    let bed = Bed::new(On::Sqlite);
    bed.store.append_audit(vec![note("a"), note("b")]).await.unwrap();
    let bed = bed.again().await;
    let old = fs::read(bed.path()).unwrap();
    bed.store.append_audit(vec![note("c")]).await.unwrap();
    let anchor = bed.store.audit_anchor().await.unwrap();
    bed.store.close().await.unwrap();
    fs::write(bed.path(), old).unwrap();
    let store = open_at(&bed.path());
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 2 }));
    assert_eq!(store.verify_audit(vec![anchor]).await, Ok(Verdict::Broken { seq: 3, why: "it is missing" }));
    store.append_audit(vec![note("other")]).await.unwrap();
    let verdict = store.verify_audit(vec![anchor]).await.unwrap();
    assert_eq!(verdict, Verdict::Broken { seq: 3, why: "it differs from the anchor that was kept" });
}
