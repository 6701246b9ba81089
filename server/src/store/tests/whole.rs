//! The store as a whole: backups, putting them back, and looking at everything.

use std::fs;

use super::*;

both! {
    #[tokio::test]
    a_backup_that_is_put_back_is_the_same_store_without_what_belongs_to_sign_ins
    a_backup_is_of_one_moment_while_others_write
    a_backup_says_nothing_to_whoever_has_no_key
    what_is_no_backup_was_cut_or_changed_is_refused_and_nothing_is_written
    a_backup_takes_no_name_that_is_taken_and_leaves_no_part_behind
    a_check_names_every_row_that_is_not_as_it_was_written;
}

/// A store with something of everything.
async fn filled(on: On) -> Bed {
    let bed = Bed::new(on);
    let writes = vec![Write::put(project("p1"), "one"), Write::put(project("p2"), "two")];
    bed.store.commit(0, writes, vec![note("save")]).await.unwrap();
    let apart = |kind, id: &str| Write::put(RecordKey::new(kind, "", id), id.to_owned());
    let writes = vec![apart(RecordKind::Person, "ann"), apart(RecordKind::IssuerGrant, "token")];
    bed.store.keep(writes, vec![]).await.unwrap();
    put_image(&*bed.store, "file", vec![7; 3 * CHUNK_BYTES + 5].into()).await.unwrap();
    let begun = bed.store.append_audit(vec![entry("ask", Phase::Begin, Outcome::Begun)]).await.unwrap();
    bed.store.append_audit(vec![entry("", Phase::End { begun: begun[0] }, Outcome::Done)]).await.unwrap();
    bed.store.append_audit(vec![entry("open", Phase::Begin, Outcome::Begun)]).await.unwrap();
    bed
}

fn shared() -> Arc<Vault> {
    Arc::new(vault(KEY))
}

async fn backed_up(bed: &Bed) -> (PathBuf, Checked) {
    let file = bed.folder.path().join("backup");
    let checked = backup::save(&*bed.store, shared(), file.clone(), at(5), [3; 16]).await.unwrap();
    (file, checked)
}

async fn a_backup_that_is_put_back_is_the_same_store_without_what_belongs_to_sign_ins(on: On) {
    let bed = filled(on).await;
    let session = Session {
        hash: [1; 32],
        person: "ann".into(),
        created: at(1),
        last_seen: at(1),
        ends: at(9),
        body: Zeroizing::new(vec![1]),
    };
    bed.store.put_session(session).await.unwrap();
    let (file, checked) = backed_up(&bed).await;
    let counts: Vec<_> = checked.counts.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(counts, [("audit entries", 4), ("file pieces", 4), ("person", 1), ("project", 2)]);
    assert_eq!((checked.faults_total, checked.audit_end), (0, Some(bed.store.audit_anchor().await.unwrap())));

    let other = bed.another("other");
    backup::restore(&*other, shared(), &file).await.unwrap();
    assert_eq!(store_check(&*other).await, checked, "every row is there and opens");
    assert_eq!(other.revision().await, Ok(1));
    assert_eq!(text(&other.get(project("p2")).await.unwrap().unwrap()), "two");
    assert_eq!(image(&*other, "file", 4).await.unwrap().len(), 3 * CHUNK_BYTES + 5);
    assert_eq!(other.session([1; 32]).await.unwrap(), None);
    assert!(other.list(RecordKind::IssuerGrant, None).await.unwrap().is_empty());
    assert_eq!(other.settle_audit(at(6)).await, Ok(1), "the call that was open is known as open");
    assert_eq!(other.commit(1, vec![Write::put(project("p1"), "uno")], vec![note("save")]).await, Ok(2));
    assert_eq!(other.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 6 }), "the chain goes on");
}

async fn store_check(store: &dyn Store) -> Checked {
    check(store, shared(), vec![]).await.unwrap()
}

async fn a_backup_is_of_one_moment_while_others_write(on: On) {
    let bed = filled(on).await;
    let store = bed.store.clone();
    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            for revision in 1..200 {
                let writes = vec![
                    Write::put(project("p1"), format!("{revision}")),
                    Write::put(project("p2"), format!("{revision}")),
                ];
                store.commit(revision, writes, vec![note("save")]).await.unwrap();
            }
        }
    });
    for n in 0..5 {
        let file = bed.folder.path().join(format!("backup {n}"));
        let checked = backup::save(&*store, shared(), file.clone(), at(n), [n as u8; 16]).await.unwrap();
        assert_eq!(checked.faults, Vec::<String>::new());
        let other = bed.another(&format!("other {n}"));
        backup::restore(&*other, shared(), &file).await.unwrap();
        let [one, two] = [project("p1"), project("p2")].map(|key| other.get(key));
        let (one, two) = (one.await.unwrap().unwrap(), two.await.unwrap().unwrap());
        assert!(text(&one) == text(&two) || (text(&one), text(&two)) == ("one", "two"));
    }
    writing.await.unwrap();
}

async fn a_backup_says_nothing_to_whoever_has_no_key(on: On) {
    let bed = filled(on).await;
    bed.store.append_audit(vec![note("canary-call")]).await.unwrap();
    let (file, _) = backed_up(&bed).await;
    let bytes = fs::read(&file).unwrap();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(holds(b"clew-bak"), "the search itself works");
    for word in [&b"canary-call"[..], b"audit_head", b"\"project\"", &KEY] {
        assert!(!holds(word), "{word:?}");
    }
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let needed = backup::check(&file, Arc::new(vault(OTHER_KEY)), vec![]).unwrap_err();
    assert_eq!((needed.code(), needed.exit_code()), ("wrong_key", EXIT_KEY));
    assert!(needed.to_string().contains(&vault(KEY).key_id().to_string()), "the id of the key is named: {needed}");
}

async fn what_is_no_backup_was_cut_or_changed_is_refused_and_nothing_is_written(on: On) {
    let bed = filled(on).await;
    let (file, _) = backed_up(&bed).await;
    let good = fs::read(&file).unwrap();
    let newer = [b"clew-bak\x02".as_slice(), &good[9..]].concat();
    let mut broken = vec![
        (b"".to_vec(), "is no backup"),
        (b"SQLite format 3\0 and more of what is something else".to_vec(), "is no backup"),
        (newer, "newer program"),
        ([good.as_slice(), b"more"].concat(), "damaged"),
    ];
    // A piece left out, and the last one.
    let first = 41 + 4 + u32::from_be_bytes(good[41..45].try_into().unwrap()) as usize;
    broken.push((good[..first].to_vec(), "damaged"));
    broken.push(([&good[..41], &good[first..]].concat(), "damaged"));
    for cut in [42, 60, first + 2, good.len() - 1] {
        broken.push((good[..cut].to_vec(), "damaged"));
    }
    for flipped in [20, 41, 50, 100, good.len() / 2, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[flipped] ^= 1;
        broken.push((bytes, "damaged"));
    }
    let other = bed.another("other");
    for (n, (bytes, said)) in broken.into_iter().enumerate() {
        let file = bed.folder.path().join(format!("broken {n}"));
        fs::write(&file, bytes).unwrap();
        let error = backup::check(&file, shared(), vec![]).unwrap_err();
        assert!(error.to_string().contains(said), "{n}: {error}");
        assert_eq!(backup::restore(&*other, shared(), &file).await, Err(error), "{n}");
        assert!(store_check(&*other).await.counts.is_empty(), "{n}: nothing is written");
    }
    backup::restore(&*other, shared(), &file).await.unwrap();
    let again = backup::restore(&*other, shared(), &file).await.unwrap_err();
    assert_eq!(again.code(), "store_not_empty");
}

async fn a_backup_takes_no_name_that_is_taken_and_leaves_no_part_behind(on: On) {
    let bed = filled(on).await;
    let (file, _) = backed_up(&bed).await;
    let before = fs::read(&file).unwrap();
    let error = backup::save(&*bed.store, shared(), file.clone(), at(6), [4; 16]).await.unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let nowhere = bed.folder.path().join("absent/backup");
    assert_eq!(backup::save(&*bed.store, shared(), nowhere, at(6), [4; 16]).await.unwrap_err().code(), "backup");
    bed.shell("DELETE FROM meta WHERE name = 'revision'");
    let failed = bed.folder.path().join("failed");
    assert!(backup::save(&*bed.store, shared(), failed.clone(), at(6), [4; 16]).await.is_err());
    let names: Vec<_> = fs::read_dir(bed.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let expected = if on == On::Sqlite { 2 } else { 1 };
    assert!(!failed.exists() && names.len() == expected, "the store's folder and the first backup: {names:?}");
}

async fn a_check_names_every_row_that_is_not_as_it_was_written(on: On) {
    let table = [
        (
            "UPDATE record SET body = zeroblob(60) WHERE id = 'p1'",
            vec!["record project/p1 does not open", "but not those"],
        ),
        ("UPDATE record SET revision = 9 WHERE id = 'p2'", vec!["record project/p2 does not open", "but not those"]),
        (
            "UPDATE record SET kind = 'later' WHERE id = 'ann'",
            vec!["of a kind that this program does not know", "but not those"],
        ),
        ("DELETE FROM upload_chunk WHERE idx = 3", vec!["file/0/3", "file/1/3", "file/2/3"]),
        ("UPDATE audit SET person = 'eve' WHERE seq = 2", vec!["entry 2 of the audit log"]),
        (
            "UPDATE audit SET body = zeroblob(60) WHERE seq = 3",
            vec!["audit 3 does not open", "entry 3 of the audit log"],
        ),
        ("DELETE FROM audit WHERE seq > 2", vec!["entry 3 of the audit log: it is missing"]),
    ];
    for (sql, expected) in table {
        let bed = filled(on).await;
        bed.shell(sql);
        let checked = store_check(&*bed.store).await;
        assert_eq!(checked.faults.len(), expected.len(), "{sql}: {:?}", checked.faults);
        for (fault, part) in checked.faults.iter().zip(expected) {
            assert!(fault.contains(part), "{sql}: {fault}");
        }
    }
}

#[test]
fn an_anchor_comes_back_from_its_text() {
    let anchor = Anchor { seq: 17, mark: [0xab; 32] };
    assert_eq!(anchor.to_string().parse(), Ok(anchor));
    for text in ["", "17", "17:", "x:00", "17:abab", &format!("-1:{}", "ab".repeat(32))] {
        assert_eq!(text.parse::<Anchor>(), Err(NoAnchor), "{text:?}");
    }
}
