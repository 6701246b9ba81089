//! Records, sessions and uploads: what is kept and what is refused.

use proptest::prelude::*;

use super::*;

both! {
    #[tokio::test]
    a_commit_is_there_after_a_restart_with_its_revision
    who_commits_on_an_old_revision_is_told_so_and_nothing_changes
    of_many_commits_on_one_revision_exactly_one_wins
    a_failing_write_takes_its_whole_commit_back_and_no_other
    records_of_the_configuration_cannot_be_kept_past_its_revision
    credentials_stay_sealed_until_they_are_used
    what_is_too_large_is_refused_with_its_limit
    sessions_are_found_seen_and_ended
    of_many_changes_of_what_a_session_keeps_one_wins_and_a_late_one_changes_nothing
    the_oldest_sessions_end_and_are_told
    an_image_comes_back_in_its_order
    a_missing_chunk_is_told_and_does_no_harm;
}

async fn a_commit_is_there_after_a_restart_with_its_revision(on: On) {
    let bed = Bed::new(on);
    assert_eq!(bed.store.revision().await, Ok(0));
    let writes = vec![Write::put(project("p1"), "one"), Write::put(project("p2"), "two")];
    assert_eq!(bed.store.commit(0, writes, vec![note("save")]).await, Ok(1));
    assert_eq!(bed.store.commit(1, vec![Write::put(project("p1"), "uno")], vec![]).await, Ok(2));
    let bed = bed.again().await;
    let loaded = bed.store.load().await.unwrap();
    let found: Vec<_> = loaded.records.iter().map(|r| (r.key.id.as_str(), r.revision, text(r))).collect();
    assert_eq!(loaded.revision, 2);
    assert_eq!(found, [("p1", 2, "uno"), ("p2", 1, "two")]);
}

async fn who_commits_on_an_old_revision_is_told_so_and_nothing_changes(on: On) {
    let bed = Bed::new(on);
    bed.store.commit(0, vec![Write::put(project("p1"), "one")], vec![]).await.unwrap();
    let late = bed.store.commit(0, vec![Write::put(project("p1"), "late")], vec![note("late")]).await;
    assert_eq!(late, Err(StoreError::Conflict { expected: 0, actual: 1 }));
    assert_eq!(text(&bed.store.get(project("p1")).await.unwrap().unwrap()), "one");
    assert_eq!(bed.store.audit_anchor().await.unwrap().seq, 0);
}

async fn of_many_commits_on_one_revision_exactly_one_wins(on: On) {
    let bed = Bed::new(on);
    let store = bed.store.clone();
    let tries = (0..40).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { store.commit(0, vec![Write::put(project("p"), format!("{n}"))], vec![]).await })
    });
    let results = futures::future::join_all(tries).await;
    assert_eq!(results.iter().filter(|result| result.as_ref().unwrap().is_ok()).count(), 1);
    assert_eq!(store.revision().await, Ok(1));
}

async fn a_failing_write_takes_its_whole_commit_back_and_no_other(on: On) {
    let bed = Bed::new(on);
    let token = RecordKey::new(RecordKind::IssuerGrant, "", "t");
    let first = bed.store.keep(vec![Write::put_when(token.clone(), "a", When::Absent)], vec![]).await.unwrap();
    let (used, again, other) = tokio::join!(
        bed.store.keep(vec![Write::put_when(token.clone(), "b", When::At(first))], vec![note("used")]),
        bed.store.keep(
            vec![
                Write::put(RecordKey::new(RecordKind::IssuerGrant, "", "x"), "x"),
                Write::put_when(token.clone(), "c", When::At(first))
            ],
            vec![note("again")]
        ),
        bed.store.keep(vec![Write::put(RecordKey::new(RecordKind::IssuerGrant, "", "y"), "y")], vec![note("other")]),
    );
    assert!(used.is_ok() && other.is_ok());
    assert_eq!(again, Err(StoreError::RowConflict { row: "issuer_grant /t".into() }));
    let kept = bed.store.list(RecordKind::IssuerGrant, None).await.unwrap();
    let kept: Vec<_> = kept.iter().map(|r| (r.key.id.as_str(), text(r))).collect();
    assert_eq!(kept, [("t", "b"), ("y", "y")]);
    assert_eq!(bed.store.revision().await, Ok(0), "these records are apart from the configuration");
    assert_eq!(bed.store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 2 }));
}

async fn records_of_the_configuration_cannot_be_kept_past_its_revision(on: On) {
    let bed = Bed::new(on);
    let error = bed.store.keep(vec![Write::put(project("p"), "x")], vec![]).await.unwrap_err();
    assert_eq!(error.code(), "internal");
}

async fn credentials_stay_sealed_until_they_are_used(on: On) {
    let bed = Bed::new(on);
    let key = RecordKey::new(RecordKind::Credential, "p1", "bank");
    bed.store.commit(0, vec![Write::put(key, "hunter2")], vec![]).await.unwrap();
    let loaded = bed.store.load().await.unwrap();
    let Body::Sealed(sealed) = &loaded.records[0].body else { panic!("opened") };
    assert!(!format!("{loaded:?}").contains("hunter2"));
    assert_eq!(bed.store.open(sealed).unwrap().as_slice(), b"hunter2");
}

async fn what_is_too_large_is_refused_with_its_limit(on: On) {
    let bed = Bed::new(on);
    let long_key = RecordKey::new(RecordKind::Project, "p", "x".repeat(257));
    let error = bed.store.commit(0, vec![Write::put(long_key, "")], vec![]).await.unwrap_err();
    assert_eq!(error.to_string(), "a part of a record's key is 257 bytes long, the limit is 256; make it smaller");
    let error = bed.store.commit(0, vec![Write::put(project("p"), vec![0; (16 << 20) + 1])], vec![]).await;
    assert_eq!(error.unwrap_err().code(), "too_large");
    let mut huge = note("x");
    huge.details = vec![0; DETAILS_LIMIT_BYTES + 1];
    assert_eq!(bed.store.append_audit(vec![huge]).await.unwrap_err().code(), "too_large");
}

fn session(n: u8, person: &str, ends: i64) -> Session {
    let body = zeroize::Zeroizing::new(format!("tokens of {person} {n}").into_bytes());
    Session { hash: [n; 32], person: person.into(), created: at(n.into()), last_seen: at(100), ends: at(ends), body }
}

async fn sessions_are_found_seen_and_ended(on: On) {
    let bed = Bed::new(on);
    for session in [session(1, "ann", 500), session(2, "ann", 900), session(3, "bob", 900)] {
        bed.store.put_session(session).await.unwrap();
    }
    let bed = bed.again().await;
    assert_eq!(bed.store.session([1; 32]).await.unwrap(), Some(session(1, "ann", 500)));
    assert_eq!(bed.store.session([9; 32]).await.unwrap(), None);
    assert!(bed.store.touch_session([1; 32], at(400)).await.unwrap());
    assert!(bed.store.touch_session([1; 32], at(300)).await.unwrap());
    assert!(!bed.store.touch_session([9; 32], at(300)).await.unwrap());
    assert_eq!(bed.store.session([1; 32]).await.unwrap().unwrap().last_seen, at(400));
    let newest_first: Vec<_> =
        bed.store.sessions(Some("ann".into())).await.unwrap().iter().map(|s| s.hash[0]).collect();
    assert_eq!(newest_first, [2, 1]);
    assert_eq!(bed.store.count_sessions().await, Ok(3));
    assert_eq!(bed.store.purge_sessions(at(600), at(0)).await, Ok(1));
    bed.shell("UPDATE session SET body = zeroblob(9)");
    assert_eq!(bed.store.count_sessions().await, Ok(2), "none is opened to be counted");
    assert_eq!(bed.store.end_sessions(Some("bob".into())).await, Ok(1));
    assert!(bed.store.end_session([2; 32]).await.unwrap());
    assert!(!bed.store.end_session([2; 32]).await.unwrap());
    assert_eq!(bed.store.end_sessions(None).await, Ok(0));
}

async fn of_many_changes_of_what_a_session_keeps_one_wins_and_a_late_one_changes_nothing(on: On) {
    let bed = Bed::new(on);
    bed.store.put_session(session(1, "ann", 500)).await.unwrap();
    let before = session(1, "ann", 500).body;
    let tries = (0..20_u8).map(|n| {
        let (store, before) = (bed.store.clone(), before.clone());
        tokio::spawn(async move { store.change_session([1; 32], before, vec![n].into()).await })
    });
    let results = futures::future::join_all(tries).await;
    let won: Vec<u8> =
        (0..).zip(&results).filter(|(_, won)| *won.as_ref().unwrap() == Ok(true)).map(|(n, _)| n).collect();
    assert_eq!(won.len(), 1, "{results:?}");
    let kept = bed.store.session([1; 32]).await.unwrap().unwrap();
    assert_eq!((kept.body.as_slice(), &kept.person, kept.ends), (won.as_slice(), &"ann".to_owned(), at(500)));
    assert_eq!(bed.store.change_session([1; 32], before.clone(), vec![99].into()).await, Ok(false), "it is late");
    assert_eq!(bed.store.change_session([1; 32], won.clone().into(), vec![7].into()).await, Ok(true));
    assert_eq!(bed.store.change_session([9; 32], before, vec![7].into()).await, Ok(false), "there is none");
    let huge = vec![0; 300 << 10];
    let refused = bed.store.change_session([1; 32], vec![7].into(), huge.into()).await;
    assert_eq!(refused.unwrap_err().code(), "too_large");
}

async fn the_oldest_sessions_end_and_are_told(on: On) {
    let bed = Bed::new(on);
    for n in 1..=4 {
        bed.store.put_session(session(n, "ann", 900)).await.unwrap();
    }
    bed.store.put_session(session(5, "bob", 900)).await.unwrap();
    let mut ended = bed.store.end_oldest_sessions(Some("ann".into()), [1; 32], 2).await.unwrap();
    ended.sort_by_key(|session| session.hash);
    assert_eq!(ended, [session(2, "ann", 900), session(3, "ann", 900)], "the one to keep is the oldest");
    assert_eq!(bed.store.end_oldest_sessions(Some("ann".into()), [1; 32], 2).await, Ok(vec![]));
    let left: Vec<u8> = bed.store.sessions(None).await.unwrap().iter().map(|session| session.hash[0]).collect();
    assert_eq!(left, [5, 4, 1]);
}

async fn an_image_comes_back_in_its_order(on: On) {
    let bed = Bed::new(on);
    let image: Vec<u8> = (0..CHUNK_BYTES * 2 + 17).map(|n| (n / 4096) as u8).collect();
    let count = put_image(&*bed.store, "u1", image.clone().into()).await.unwrap();
    assert_eq!(count, 3);
    assert_eq!(super::image(&*bed.store, "u1", 3).await.unwrap().as_slice(), image.as_slice());
    assert_eq!(super::image(&*bed.store, "u1", 2).await.unwrap_err().code(), "store_integrity", "cut short");
    let bed = Bed::new(on);
    assert_eq!(put_image(&*bed.store, "empty", bytes::Bytes::new()).await, Ok(1));
    assert_eq!(bed.store.uploads().await.unwrap(), ["empty"]);
    bed.store.drop_upload("empty".into()).await.unwrap();
    assert!(bed.store.uploads().await.unwrap().is_empty());
}

async fn a_missing_chunk_is_told_and_does_no_harm(on: On) {
    let bed = Bed::new(on);
    let error = bed.store.chunk("u".into(), 0, 1).await.unwrap_err();
    assert_eq!(error.to_string(), "chunk u/0/1 is not in the store; load the list again");
    let error = bed.store.put_chunk("u".into(), 2, 2, bytes::Bytes::new()).await.unwrap_err();
    assert_eq!(error, StoreError::Misuse("a chunk behind the last one"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))] // each makes a store

    #[test]
    fn numbers_keep_every_bit_through_json_and_the_store(
        floats in prop::collection::vec(any::<f64>().prop_filter("JSON has no others", |f| f.is_finite()), 0..50),
        signed in prop::collection::vec(any::<i64>(), 0..20),
        unsigned in prop::collection::vec(any::<u64>(), 0..20),
    ) {
        let mut given = serde_json::json!({ "f": floats, "i": signed, "u": unsigned });
        given["edges"] = serde_json::json!([i64::MAX, i64::MIN, u64::MAX, -0.0, f64::MIN_POSITIVE, f64::MAX]);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let back = runtime.block_on(async {
            let bed = Bed::new(On::Sqlite);
            bed.store.commit(0, vec![Write::put(project("p"), serde_json::to_vec(&given).unwrap())], vec![]).await.unwrap();
            let bed = bed.again().await;
            bed.store.get(project("p")).await.unwrap().unwrap()
        });
        let back: serde_json::Value = serde_json::from_slice(back.body.plain().unwrap()).unwrap();
        let found: Vec<u64> = back["f"].as_array().unwrap().iter().map(|f| f.as_f64().unwrap().to_bits()).collect();
        prop_assert_eq!(found, floats.iter().map(|f| f.to_bits()).collect::<Vec<_>>());
        prop_assert_eq!(back, given);
    }
}
