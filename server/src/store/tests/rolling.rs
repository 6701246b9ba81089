//! Rolling the key: all or nothing, every row, and the way on in the same process.

use std::fs;

use super::*;
use crate::store::roll::{backup_path, enough_room};

both! {
    #[tokio::test]
    everything_opens_under_the_new_key_alone_and_nothing_under_the_old
    each_pair_of_keys_before_and_after_the_roll_is_used_or_refused_as_the_table_says
    what_is_not_as_it_was_written_stops_the_roll_by_its_name_and_nothing_is_changed
    the_process_goes_on_under_the_new_key_and_what_it_had_sealed_before_still_opens
    a_process_that_has_the_old_key_writes_nothing_after_the_roll
    what_a_roll_that_was_ended_by_force_left_of_its_backup_goes_with_the_next
    what_a_roll_could_not_forget_is_forgotten_when_the_store_is_used_next;
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    of_two_rolls_at_once_one_is_done_while_others_read_and_write;
}

const THIRD_KEY: [u8; 32] = *b"\x05clew-test-key-number-3-32-byte\x06";

fn ring(main: [u8; 32], rolling: [u8; 32]) -> Keyring {
    Keyring::new(vault(main), Some(vault(rolling)))
}

fn roll_note(second: i64) -> RollNote {
    RollNote { at: at(second), person: "cli".into(), backup_id: [second as u8; 16] }
}

fn session(hash: u8) -> Session {
    Session {
        hash: [hash; 32],
        person: "ann".into(),
        created: at(1),
        last_seen: at(1),
        ends: at(9),
        body: Zeroizing::new(vec![hash; 40]),
    }
}

fn credential() -> RecordKey {
    RecordKey::new(RecordKind::Credential, "p1", "ledger")
}

/// A store with something of everything, closed; what broke off is in it too.
async fn filled(on: On) -> Bed {
    let bed = Bed::new(on);
    let mut writes: Vec<Write> = (0..300).map(|n| Write::put(project(&format!("q{n}")), vec![n as u8; 90])).collect();
    writes.push(Write::put(project("p1"), "one"));
    writes.push(Write::put(credential(), "secret"));
    writes.push(Write::put(RecordKey::new(RecordKind::Upload, "p1", "file"), "a file"));
    bed.store.commit(0, writes, vec![note("save")]).await.unwrap();
    let apart = |kind, id: &str| Write::put(RecordKey::new(kind, "", id), id.to_owned());
    let kinds = RecordKind::ALL.iter().filter(|kind| !kind.in_snapshot());
    bed.store.keep(kinds.map(|kind| apart(*kind, "x")).collect(), vec![]).await.unwrap();
    bed.store.put_session(session(1)).await.unwrap();
    bed.store.put_session(session(2)).await.unwrap();
    put_image(&*bed.store, "file", vec![7; 2 * CHUNK_BYTES + 5].into()).await.unwrap();
    bed.store.put_chunk("broke-off".into(), 0, 9, vec![1; 9].into()).await.unwrap();
    let begun = bed.store.append_audit(vec![entry("ask", Phase::Begin, Outcome::Begun)]).await.unwrap();
    bed.store.append_audit(vec![entry("", Phase::End { begun: begun[0] }, Outcome::Done)]).await.unwrap();
    bed.store.append_audit(vec![entry("open", Phase::Begin, Outcome::Begun)]).await.unwrap();
    bed.store.close().await.unwrap();
    bed
}

fn open_with(bed: &Bed, keyring: impl Into<Keyring>) -> Result<Arc<dyn Store>, StoreError> {
    open(&bed.place, keyring)
}

/// Where the backup before a roll at this second lies.
fn backup_at(bed: &Bed, second: i64) -> PathBuf {
    let store = match &bed.place {
        StorePlace::Sqlite(path) => path.clone(),
        StorePlace::PostgreSql(place) => place.folder.join("postgresql-postgres"),
    };
    backup_path(&store, at(second), vault(KEY).key_id())
}

/// Everything of the store that stands still.
fn stands(bed: &Bed) -> Vec<u8> {
    match bed.on() {
        On::Sqlite => fs::read(bed.path()).unwrap(),
        On::PostgreSql => Vec::new(),
    }
}

fn exit_and_words(bed: &Bed, keyring: impl Into<Keyring>) -> (u8, String) {
    let error = open_with(bed, keyring).err().expect("refused");
    (error.exit_code(), error.to_string())
}

async fn everything_opens_under_the_new_key_alone_and_nothing_under_the_old(on: On) {
    let bed = filled(on).await;
    assert!(bed.holds(&vault(KEY).key_id().to_bytes()), "the search itself works");
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    let before = store.audit_anchor().await.unwrap();
    let rolled = store.roll_key(roll_note(5)).await.unwrap();
    store.close().await.unwrap();
    assert_eq!((rolled.from, rolled.to), (vault(KEY).key_id(), vault(OTHER_KEY).key_id()));
    assert_eq!(rolled.end, before, "where the old chain ended");
    // 303 records of the configuration and one of each of the 11 kinds apart, 2 sessions, 3 pieces, 4 entries.
    assert_eq!(rolled.rows, 303 + 11 + 2 + 3 + 4);
    assert!(!bed.holds(&vault(KEY).key_id().to_bytes()), "not even in what is free");

    let store = open_with(&bed, vault(OTHER_KEY)).unwrap();
    let checked = check(&*store, Arc::new(vault(OTHER_KEY)), vec![]).await.unwrap();
    assert_eq!(checked.faults, Vec::<String>::new());
    let old = check(&*store, Arc::new(vault(KEY)), vec![]).await.unwrap();
    assert!(old.faults_total >= old.counts.values().sum::<u64>(), "none opens under the old key: {old:?}");
    assert_eq!(text(&store.get(project("p1")).await.unwrap().unwrap()), "one");
    assert_eq!(store.sessions(None).await.unwrap(), [session(1), session(2)]);
    assert_eq!(image(&*store, "file", 3).await.unwrap().len(), 2 * CHUNK_BYTES + 5);
    assert_eq!(store.uploads().await.unwrap(), ["file"], "what broke off is gone");
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 5 }));
    let search = AuditSearch { call: Some(ROLLED_CALL.into()), limit: 9, ..AuditSearch::default() };
    let found = store.search_audit(search).await.unwrap().found;
    let details: serde_json::Value = serde_json::from_slice(&found[0].details).unwrap();
    assert_eq!(details["end"], before.to_string());
    assert_eq!(details["from"], rolled.from.to_string());
    assert_eq!(store.settle_audit(at(6)).await, Ok(1), "the call that was open is known as open");

    let backup = backup::check(&rolled.backup, Arc::new(vault(KEY)), vec![before]).unwrap();
    assert_eq!((backup.faults_total, backup.audit_end), (0, Some(before)), "the backup is under the old key");
}

async fn each_pair_of_keys_before_and_after_the_roll_is_used_or_refused_as_the_table_says(on: On) {
    let bed = filled(on).await;
    let (old, new) = (vault(KEY).key_id(), vault(OTHER_KEY).key_id());
    let used = |keyring: Keyring| {
        let store = open_with(&bed, keyring).unwrap();
        (store.key_id(), *store.roll().borrow())
    };
    assert_eq!(used(vault(KEY).into()), (old, Roll::Unwanted));
    assert_eq!(used(ring(KEY, OTHER_KEY)), (old, Roll::Prepared { to: new }));
    assert_eq!(used(ring(KEY, KEY)), (old, Roll::Unwanted), "the same key twice is one");
    assert!(exit_and_words(&bed, ring(OTHER_KEY, KEY)).1.contains("which is in CONFIG_B64_ENCRYPTION_KEY_ROLLING"));
    assert!(exit_and_words(&bed, ring(OTHER_KEY, THIRD_KEY)).1.contains("records are under key id"));
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    store.roll_key(roll_note(5)).await.unwrap();
    store.close().await.unwrap();

    let before = stands(&bed);
    let refused = [
        (Keyring::from(vault(KEY)), "unset CONFIG_B64_ENCRYPTION_KEY_ROLLING"),
        (ring(KEY, THIRD_KEY), "set CONFIG_B64_ENCRYPTION_KEY to the new key"),
        (ring(OTHER_KEY, KEY), "was rolled away from"),
        (ring(THIRD_KEY, OTHER_KEY), "which is in CONFIG_B64_ENCRYPTION_KEY_ROLLING"),
        (ring(THIRD_KEY, KEY), "records are under key id"),
        (vault(THIRD_KEY).into(), "records are under key id"),
    ];
    for (keyring, part) in refused {
        let (exit, said) = exit_and_words(&bed, keyring);
        assert!(exit == EXIT_KEY && said.contains(part), "{exit} {said}");
    }
    assert_eq!(stands(&bed), before, "told before anything is written");
    assert_eq!(used(ring(KEY, OTHER_KEY)), (new, Roll::Done { from: old }));
    assert_eq!(used(vault(OTHER_KEY).into()), (new, Roll::Unwanted));
    assert_eq!(used(ring(OTHER_KEY, OTHER_KEY)), (new, Roll::Unwanted));
    assert_eq!(used(ring(OTHER_KEY, THIRD_KEY)), (new, Roll::Prepared { to: vault(THIRD_KEY).key_id() }));
}

async fn what_is_not_as_it_was_written_stops_the_roll_by_its_name_and_nothing_is_changed(on: On) {
    let table = [
        ("UPDATE record SET body = zeroblob(60) WHERE id = 'p1'", "record project/p1 does not open"),
        (
            "UPDATE session SET ends = 5000000 WHERE hash = (SELECT hash FROM session ORDER BY hash DESC LIMIT 1)",
            "session 0202",
        ),
        ("DELETE FROM upload_chunk WHERE upload = 'file' AND idx = 2", "upload_chunk file/0/2 does not open"),
        ("UPDATE audit SET person = 'eve' WHERE seq = 2", "entry 2 of the audit log"),
        ("DELETE FROM audit WHERE seq = 4", "entry 4 of the audit log: it is missing"),
        ("UPDATE meta SET value = zeroblob(72) WHERE name = 'audit_head'", "the end of the log was changed"),
    ];
    for (sql, part) in table {
        let bed = filled(on).await;
        let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
        bed.shell(sql);
        let dumped = rows(&*store).await;
        let error = store.roll_key(roll_note(5)).await.unwrap_err();
        assert!(error.to_string().contains(part) && error.code() == "store_integrity", "{sql}: {error}");
        assert_eq!(rows(&*store).await, dumped, "{sql}");
        assert!(!backup_at(&bed, 5).exists(), "a backup of what is not whole is not kept");
        assert!(matches!(*store.roll().borrow(), Roll::Prepared { .. }), "{sql}");
        store.close().await.unwrap();
        assert!(open_with(&bed, vault(KEY)).is_ok(), "{sql}: still under the old key");
    }
}

async fn rows(store: &dyn Store) -> Vec<Row> {
    let keep = |rows: &mut Vec<Row>, row: &Row| {
        // What broke off may go in any case.
        if !matches!(row, Row::Chunk { upload, .. } if upload == "broke-off") {
            rows.push(row.clone());
        }
        Ok(())
    };
    crate::store::whole::through(store, Vec::new(), keep).await.unwrap()
}

async fn the_process_goes_on_under_the_new_key_and_what_it_had_sealed_before_still_opens(on: On) {
    let bed = filled(on).await;
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    let refused = store.commit(1, vec![Write::put(project("p1"), "uno")], vec![note("save")]).await;
    assert_eq!(refused, Err(StoreError::Rolling), "the configuration stays as it is");
    store.keep(vec![Write::put(RecordKey::new(RecordKind::Draft, "", "y"), "z")], vec![note("keep")]).await.unwrap();
    store.put_session(session(3)).await.unwrap();
    let record = store.get(credential()).await.unwrap().unwrap();
    let Body::Sealed(sealed) = record.body else { panic!("a credential stays sealed") };

    store.roll_key(roll_note(5)).await.unwrap();
    assert_eq!(*store.roll().borrow(), Roll::Done { from: vault(KEY).key_id() });
    assert_eq!(store.key_id(), vault(OTHER_KEY).key_id());
    assert_eq!(store.open(&sealed).unwrap().as_slice(), b"secret", "what is still in memory");
    assert_eq!(store.commit(1, vec![Write::put(project("p1"), "uno")], vec![note("save")]).await, Ok(2));
    store.put_session(session(4)).await.unwrap();
    put_image(&*store, "later", vec![1; 9].into()).await.unwrap();
    assert_eq!(store.roll_key(roll_note(6)).await, Err(StoreError::NoNewKey));
    let entries = 4 + 1 + 1 + 1;
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries }));
    store.close().await.unwrap();
    let store = open_with(&bed, vault(OTHER_KEY)).unwrap();
    assert_eq!(check(&*store, Arc::new(vault(OTHER_KEY)), vec![]).await.unwrap().faults, Vec::<String>::new());
    assert_eq!(store.sessions(None).await.unwrap().len(), 4);
}

async fn of_two_rolls_at_once_one_is_done_while_others_read_and_write(on: On) {
    let bed = filled(on).await;
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    let busy = (0..4).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            for _ in 0..40 {
                store.append_audit(vec![note(&n.to_string())]).await.unwrap();
                assert_eq!(text(&store.get(project("p1")).await.unwrap().unwrap()), "one");
                store.audit_anchor().await.unwrap();
                assert_eq!(store.load().await.unwrap().records.len(), 303);
            }
        })
    });
    let busy: Vec<_> = busy.collect();
    let both = [5, 6].map(|second| {
        let store = store.clone();
        tokio::spawn(async move { store.roll_key(roll_note(second)).await })
    });
    let both = futures::future::join_all(both).await.into_iter().map(|rolled| rolled.unwrap());
    let (done, refused): (Vec<_>, Vec<_>) = both.partition(Result::is_ok);
    assert_eq!(done.len(), 1, "{refused:?}");
    assert!(matches!(refused[0], Err(StoreError::RollRuns | StoreError::NoNewKey)), "{refused:?}");
    for one in busy {
        one.await.unwrap();
    }
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 4 + 1 + 160 }));
    assert_eq!(*store.health().borrow(), Health::Fine);
    store.close().await.unwrap();
    let store = open_with(&bed, vault(OTHER_KEY)).unwrap();
    assert_eq!(check(&*store, Arc::new(vault(OTHER_KEY)), vec![]).await.unwrap().faults, Vec::<String>::new());
}

async fn a_process_that_has_the_old_key_writes_nothing_after_the_roll(on: On) {
    let bed = filled(on).await;
    let beside = open_with(&bed, vault(KEY)).unwrap();
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    store.roll_key(roll_note(5)).await.unwrap();
    let late = beside.keep(vec![Write::put(RecordKey::new(RecordKind::Draft, "", "late"), "x")], vec![]).await;
    assert_eq!(late.unwrap_err().code(), "wrong_key");
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 5 }));
    assert!(store.get(RecordKey::new(RecordKind::Draft, "", "late")).await.unwrap().is_none());
}

async fn what_a_roll_that_was_ended_by_force_left_of_its_backup_goes_with_the_next(on: On) {
    let bed = filled(on).await;
    let mut part = backup_at(&bed, 4).into_os_string();
    part.push(".part");
    fs::create_dir_all(Path::new(&part).parent().unwrap()).unwrap();
    fs::write(&part, "half").unwrap();
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    let rolled = store.roll_key(roll_note(5)).await.unwrap();
    assert!(!Path::new(&part).exists() && rolled.backup.exists());
    let name = rolled.backup.file_name().unwrap().to_str().unwrap();
    let key = vault(KEY).key_id();
    let store = if on == On::Sqlite { "clew.db" } else { "postgresql-postgres" };
    assert_eq!(name, format!("{store}.before-roll-19700101T000005.000000Z-key-{key}"));
}

/// Whether anything of the store on the disk holds these bytes, also what is free.
fn lies_on_the_disk(bed: &Bed, needle: &[u8]) -> bool {
    let StorePlace::PostgreSql(place) = &bed.place else { return bed.holds(needle) };
    let hex: String = needle.iter().map(|byte| format!("{byte:02x}")).collect();
    asked("CHECKPOINT".to_owned());
    let of_tables = format!("SELECT oid FROM pg_class WHERE relnamespace = '\"{}\"'::regnamespace", place.schema);
    let found = format!(
        "SELECT 1 FROM pg_class WHERE (oid IN ({of_tables}) OR oid IN (SELECT reltoastrelid FROM pg_class WHERE oid IN ({of_tables})))
         AND relkind IN ('r', 't') AND position('\\x{hex}'::bytea IN pg_read_binary_file(pg_relation_filepath(oid))) > 0"
    );
    asked(found) > 0
}

async fn what_a_roll_could_not_forget_is_forgotten_when_the_store_is_used_next(on: On) {
    let bed = filled(on).await;
    let old = vault(KEY).key_id().to_bytes();
    assert!(lies_on_the_disk(&bed, &old), "the search itself works");
    // Somebody who reads for long keeps what he reads from being forgotten, as an end by force does.
    let reader = match &bed.place {
        StorePlace::Sqlite(path) => {
            let connection = rusqlite::Connection::open(path).unwrap();
            connection.execute_batch("BEGIN; SELECT count(*) FROM record").unwrap();
            (Some(connection), None)
        }
        StorePlace::PostgreSql(place) => {
            let client = server().client("postgres").await;
            let lock = format!("BEGIN; LOCK TABLE \"{}\".record IN ACCESS SHARE MODE", place.schema);
            client.batch_execute(&lock).await.unwrap();
            (None, Some(client))
        }
    };
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    store.roll_key(roll_note(5)).await.expect("it is done nevertheless");
    assert!(lies_on_the_disk(&bed, &old), "what was replaced still lies there");
    drop(reader);
    store.close().await.unwrap();
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    store.claim(Claim::Alone).await.unwrap();
    assert!(!lies_on_the_disk(&bed, &old), "not even in what is free");
    assert_eq!(check(&*store, Arc::new(vault(OTHER_KEY)), vec![]).await.unwrap().faults, Vec::<String>::new());
    store.close().await.unwrap();
}

#[test]
fn a_disk_without_room_for_a_backup_and_the_log_is_told_before() {
    let mb = 1 << 20;
    assert_eq!(enough_room(100 * mb, 351 * mb), Ok(()));
    let error = enough_room(100 * mb, 350 * mb).unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("store_full", EXIT_CANNOT_WRITE));
    assert!(error.to_string().contains("351 MB") && error.to_string().contains("350 MB are free"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test -p server --release store::tests::rolling -- --ignored --nocapture"]
async fn measure_a_roll_of_a_million_rows_on_sqlite() {
    measure_a_roll_of_a_million_rows(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement: cargo test -p server --release store::tests::rolling -- --ignored --nocapture"]
async fn measure_a_roll_of_a_million_rows_on_postgresql() {
    measure_a_roll_of_a_million_rows(On::PostgreSql).await;
}

async fn measure_a_roll_of_a_million_rows(on: On) {
    use crate::world::{Clock as _, SystemClock};
    let bed = Bed::new(on);
    let clock = Arc::new(SystemClock::new());
    for part in 0..100_usize {
        let key = |n: usize| RecordKey::new(RecordKind::Draft, "p1", format!("{part}-{n}"));
        let writes = (0..8_000).map(|n| Write::put(key(n), vec![7; 1_000])).collect();
        let entries = (0..2_000).map(|_| note("save")).collect();
        bed.store.keep(writes, entries).await.unwrap();
    }
    bed.store.close().await.unwrap();
    let store = open_with(&bed, ring(KEY, OTHER_KEY)).unwrap();
    let mut roll = store.roll();
    // The most memory is counted anew from here on.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let began = clock.monotonic();
    let watching = clock.clone();
    let watched = tokio::spawn(async move {
        roll.wait_for(|roll| matches!(roll, Roll::Running { rows, .. } if *rows > 0)).await.map(|_| ()).unwrap();
        watching.monotonic()
    });
    let rolled = store.roll_key(roll_note(5)).await.unwrap();
    let backed_up = watched.await.unwrap() - began;
    let all = clock.monotonic() - began;
    println!("{} rows: backup {backed_up:?}, all {all:?}", rolled.rows);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap());
}
