//! Somebody who can write to the database puts a whole row back as it was, takes one away, or brings one again: each row
//! opens, and what is missed is that it is not the newest.

use super::*;

both! {
    #[tokio::test]
    a_row_that_was_put_back_brought_again_or_taken_away_is_missed_on_each_table
    the_sums_survive_every_kind_of_write
    what_was_put_back_is_missed_after_more_writes_too
    sums_of_an_earlier_moment_do_not_hold_beside_a_later_end_of_the_log
    a_roll_and_a_backup_tell_of_a_row_that_was_put_back
    a_store_of_the_schema_before_gets_its_sums_and_one_that_lost_them_is_refused;
}

fn session(hash: u8, body: &str) -> Session {
    let person = if hash < 3 { "ann" } else { "bob" };
    Session {
        hash: [hash; 32],
        person: person.into(),
        created: at(i64::from(hash)),
        last_seen: at(50),
        ends: at(100),
        body: Zeroizing::new(body.into()),
    }
}

async fn faults(store: &dyn Store) -> Vec<String> {
    let key = if store.key_id() == vault(KEY).key_id() { KEY } else { OTHER_KEY };
    let checked = check(store, Arc::new(vault(key)), vec![]).await.unwrap();
    assert_eq!(checked.faults.len() as u64, checked.faults_total);
    let again = check_but_for_old_entries(store, Arc::new(vault(key)), 10).await.unwrap();
    assert_eq!(again.faults, checked.faults, "a start sees the same");
    checked.faults
}

/// Some rows, copied as they are, and then others: each of them opens before and behind.
async fn changed_since_copied(on: On) -> Bed {
    let bed = Bed::new(on);
    let writes = ["p1", "p2", "p3"].map(|id| Write::put(project(id), "one")).into();
    bed.store.commit(0, writes, vec![note("save")]).await.unwrap();
    for hash in [1, 2, 3] {
        bed.store.put_session(session(hash, "roles")).await.unwrap();
    }
    bed.shell("CREATE TABLE old_record AS SELECT * FROM record; CREATE TABLE old_session AS SELECT * FROM session");
    let writes = vec![Write::put(project("p1"), "without eve"), Write::delete(project("p2"))];
    bed.store.commit(1, writes, vec![note("revoke")]).await.unwrap();
    let body = |text: &str| Zeroizing::new(text.as_bytes().to_vec());
    assert!(bed.store.change_session([1; 32], body("roles"), body("fewer roles")).await.unwrap());
    assert!(bed.store.end_session([2; 32]).await.unwrap());
    assert_eq!(faults(&*bed.store).await, Vec::<String>::new(), "so far all is well");
    bed
}

async fn a_row_that_was_put_back_brought_again_or_taken_away_is_missed_on_each_table(on: On) {
    let back = |table: &str, row: &str| {
        format!("DELETE FROM {table} WHERE {row}; INSERT INTO {table} SELECT * FROM old_{table} WHERE {row}")
    };
    // PostgreSQL compares bytes with bytes, SQLite has another way to write them.
    let hash = |n: u8| match on {
        On::Sqlite => format!("hash = x'{}'", format!("{n:02x}").repeat(32)),
        On::PostgreSql => format!("hash = decode('{}', 'hex')", format!("{n:02x}").repeat(32)),
    };
    let table = [
        (back("record", "id = 'p1'"), "2 records are there, as many as were written, but not those"),
        (back("record", "id = 'p2'"), "3 records are there and 2 were written"),
        ("DELETE FROM record WHERE id = 'p3'".to_owned(), "1 records are there and 2 were written"),
        (back("session", &hash(1)), "2 sessions are there, as many as were written, but not those"),
        (back("session", &hash(2)), "3 sessions are there and 2 were written"),
        (format!("DELETE FROM session WHERE {}", hash(3)), "1 sessions are there and 2 were written"),
        ("UPDATE session SET last_seen = last_seen + 9".to_owned(), "2 sessions are there, as many as were written"),
        ("DELETE FROM meta WHERE name = 'sums'".to_owned(), "the stored meta sums is not as it was written"),
    ];
    for (sql, expected) in table {
        let bed = changed_since_copied(on).await;
        bed.shell(&sql);
        assert!(bed.store.load().await.is_ok() && bed.store.sessions(None).await.is_ok(), "{sql}: every row opens");
        let found = faults(&*bed.store).await;
        assert!(found.len() == 1 && found[0].contains(expected), "{sql}: {found:?}");
    }
}

async fn the_sums_survive_every_kind_of_write(on: On) {
    let bed = Bed::new(on);
    let store = &bed.store;
    let draft = |n: u64| RecordKey::new(RecordKind::Draft, "p", format!("{}", n % 7));
    for n in 0..40 {
        let write = if n % 5 == 4 { Write::delete(draft(n)) } else { Write::put(draft(n), vec![n as u8; 3_000]) };
        store.keep(vec![write, Write::put(draft(n + 3), "x"), Write::delete(draft(n + 3))], vec![]).await.unwrap();
    }
    store.keep(vec![Write::delete(RecordKey::new(RecordKind::Draft, "p", "never"))], vec![]).await.unwrap();
    store.commit(0, vec![Write::put(project("p1"), "one")], vec![note("save")]).await.unwrap();
    let fails = vec![Write::put(project("p2"), "x"), Write::put_when(project("p1"), "x", When::Absent)];
    assert!(store.commit(1, fails, vec![note("lost")]).await.is_err(), "and leaves nothing behind");
    for hash in 1..=9 {
        store.put_session(session(hash, "roles")).await.unwrap();
    }
    store.put_session(session(1, "again")).await.unwrap();
    let body = |text: &str| Zeroizing::new(text.as_bytes().to_vec());
    assert!(store.change_session([2; 32], body("roles"), body("others")).await.unwrap());
    assert!(!store.change_session([2; 32], body("roles"), body("late")).await.unwrap());
    assert!(store.touch_session([3; 32], at(60)).await.unwrap() && store.touch_session([4; 32], at(1)).await.unwrap());
    assert!(!store.touch_session([99; 32], at(60)).await.unwrap() && !store.end_session([99; 32]).await.unwrap());
    assert!(store.end_session([5; 32]).await.unwrap());
    assert_eq!(store.end_oldest_sessions(Some("bob".into()), [9; 32], 3).await.unwrap().len(), 3);
    assert_eq!(store.end_sessions(Some("ann".into())).await, Ok(2));
    assert_eq!(
        store.purge_sessions(at(5), at(55)).await,
        Ok(3 - u64::from(store.session([3; 32]).await.unwrap().is_some()))
    );
    assert_eq!(faults(&**store).await, Vec::<String>::new());
    store
        .prune_audit(PruneNote {
            at: at(9),
            person: "cli".into(),
            call: "audit prune",
            details: serde_json::Map::new(),
            before: at(2_000),
            most: 1,
        })
        .await
        .unwrap();
    assert_eq!(faults(&**store).await, Vec::<String>::new(), "a prune");
    let file = bed.folder.path().join("backup");
    backup::save(&**store, Arc::new(vault(KEY)), file.clone(), at(5), [3; 16]).await.unwrap();
    let other = bed.another("other");
    backup::restore(&*other, Arc::new(vault(KEY)), &file).await.unwrap();
    assert_eq!(faults(&*other).await, Vec::<String>::new(), "a restore");
    let bed = bed.again().await;
    assert_eq!(faults(&*bed.store).await, Vec::<String>::new(), "another start");
    bed.store.close().await.unwrap();
    let rolling = open(&bed.place, Keyring::new(vault(KEY), Some(vault(OTHER_KEY)))).unwrap();
    rolling.roll_key(RollNote { at: at(6), person: "cli".into(), backup_id: [1; 16] }).await.unwrap();
    assert_eq!(faults(&*rolling).await, Vec::<String>::new(), "a roll");
    rolling.commit(1, vec![Write::delete(project("p1"))], vec![note("gone")]).await.unwrap();
    rolling.end_sessions(None).await.unwrap();
    assert_eq!(faults(&*rolling).await, Vec::<String>::new(), "and what comes behind it");
}

async fn what_was_put_back_is_missed_after_more_writes_too(on: On) {
    let bed = changed_since_copied(on).await;
    bed.shell("DELETE FROM record WHERE id = 'p1'; INSERT INTO record SELECT * FROM old_record WHERE id = 'p1'");
    bed.store.commit(2, vec![Write::put(project("p1"), "newer")], vec![note("save")]).await.unwrap();
    bed.store.commit(3, vec![Write::delete(project("p1"))], vec![note("save")]).await.unwrap();
    let bed = bed.again().await;
    let found = faults(&*bed.store).await;
    assert!(found.len() == 1 && found[0].contains("records are there"), "{found:?}");
}

async fn sums_of_an_earlier_moment_do_not_hold_beside_a_later_end_of_the_log(on: On) {
    let bed = changed_since_copied(on).await;
    bed.shell("CREATE TABLE old_meta AS SELECT * FROM meta");
    bed.shell("DROP TABLE old_record; CREATE TABLE old_record AS SELECT * FROM record");
    bed.store.commit(2, vec![Write::put(project("p1"), "nobody")], vec![note("revoke")]).await.unwrap();
    bed.shell(
        "DELETE FROM record; INSERT INTO record SELECT * FROM old_record;
         DELETE FROM meta WHERE name = 'sums'; INSERT INTO meta SELECT * FROM old_meta WHERE name = 'sums'",
    );
    let found = faults(&*bed.store).await;
    assert!(found.len() == 1 && found[0].contains("meta sums is not as it was written"), "{found:?}");
    let refused = bed.store.commit(3, vec![Write::put(project("p1"), "x")], vec![note("save")]).await.unwrap_err();
    assert_eq!(refused.code(), "store_integrity", "nothing is built on it: {refused}");
}

async fn a_roll_and_a_backup_tell_of_a_row_that_was_put_back(on: On) {
    let bed = changed_since_copied(on).await;
    bed.shell("DELETE FROM record WHERE id = 'p1'; INSERT INTO record SELECT * FROM old_record WHERE id = 'p1'");
    let file = bed.folder.path().join("backup");
    let checked = backup::save(&*bed.store, Arc::new(vault(KEY)), file, at(5), [3; 16]).await.unwrap();
    assert!(checked.faults[0].contains("but not those"), "{:?}", checked.faults);
    bed.store.close().await.unwrap();
    let rolling = open(&bed.place, Keyring::new(vault(KEY), Some(vault(OTHER_KEY)))).unwrap();
    let error = rolling.roll_key(RollNote { at: at(6), person: "cli".into(), backup_id: [1; 16] }).await.unwrap_err();
    assert!(error.to_string().contains("but not those") && error.code() == "store_integrity", "{error}");
    assert_eq!(rolling.key_id(), vault(KEY).key_id());
}

async fn a_store_of_the_schema_before_gets_its_sums_and_one_that_lost_them_is_refused(on: On) {
    let bed = changed_since_copied(on).await;
    // The check of the key as it was before there were sums.
    let before = vault(KEY).seal(
        super::super::vault::Place {
            table: "meta",
            row: "key_check".into(),
            column: "value",
            project: String::new(),
            revision: 0,
        },
        b"this store is sealed under the key that opens this",
    );
    let hex: String = before.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let (bytes, schema) = match on {
        On::Sqlite => (format!("x'{hex}'"), "PRAGMA user_version = 2"),
        On::PostgreSql => (format!("decode('{hex}', 'hex')"), "UPDATE meta SET number = 2 WHERE name = 'schema'"),
    };
    bed.store.close().await.unwrap();
    bed.shell(&format!("DELETE FROM meta WHERE name = 'sums'; {schema}"));
    let lost = open(&bed.place, vault(KEY)).unwrap();
    assert!(faults(&*lost).await[0].contains("meta sums"), "an older schema alone does not bring them back");
    lost.close().await.unwrap();
    bed.shell(&format!("UPDATE meta SET value = {bytes} WHERE name = 'key_check'; {schema}"));
    assert_eq!(is_older(&bed.place), Ok(true));
    let store = open(&bed.place, vault(KEY)).unwrap();
    assert_eq!(faults(&*store).await, Vec::<String>::new());
    store.commit(2, vec![Write::delete(project("p3"))], vec![note("gone")]).await.unwrap();
    assert!(store.end_session([1; 32]).await.unwrap());
    assert_eq!(faults(&*store).await, Vec::<String>::new(), "they are kept from then on");
    bed.shell("INSERT INTO record SELECT * FROM old_record WHERE id = 'p2'");
    assert_eq!(faults(&*store).await.len(), 1);
}
