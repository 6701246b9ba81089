//! What only a store on PostgreSQL has: connections that break, several servers, accounts, and encryption.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::*;

/// What becomes of the next transaction that is to be committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Good,
    /// The word to commit never arrives.
    CutBefore,
    /// It arrives, and the answer does not.
    CutBehind,
    /// It arrives, and nothing passes from then on.
    CutForGood,
    /// Nothing passes, and nobody comes in.
    Down,
}

/// A line to the database that can be cut.
struct Wire {
    port: u16,
    line: Arc<Mutex<Line>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    #[expect(clippy::disallowed_methods, reason = "a test's own connection")]
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (line, open) = (Arc::new(Mutex::new(Line::Good)), Arc::new(Mutex::new(Vec::new())));
        let wire = Self { port, line: line.clone(), open: open.clone() };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if *line.lock().unwrap() == Line::Down {
                    continue;
                }
                let database = TcpStream::connect(("127.0.0.1", server().port)).unwrap();
                open.lock().unwrap().extend([client.try_clone().unwrap(), database.try_clone().unwrap()]);
                let (up, down) = (client.try_clone().unwrap(), database.try_clone().unwrap());
                let watched = line.clone();
                std::thread::spawn(move || passed(up, database, &watched));
                std::thread::spawn(move || passed(down, client, &Mutex::new(Line::Good)));
            }
        });
        wire
    }

    fn set(&self, line: Line) {
        *self.line.lock().unwrap() = line;
        if line == Line::Down {
            self.open.lock().unwrap().drain(..).for_each(|one| one.shutdown(Shutdown::Both).unwrap_or(()));
        }
    }

    /// A store behind this line.
    fn store(&self) -> (tempfile::TempDir, StorePlace, Arc<dyn Store>) {
        let folder = tempfile::tempdir().unwrap();
        let mut place = place(On::PostgreSql, folder.path(), "behind");
        changed(&mut place, |place| place.hosts = vec![("127.0.0.1".into(), self.port)]);
        let store = open(&place, vault(KEY)).unwrap();
        (folder, place, store)
    }
}

fn passed(mut from: TcpStream, mut to: TcpStream, line: &Mutex<Line>) {
    let mut bytes = [0; 1 << 16];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        let commits = bytes[..read].windows(7).any(|window| window == b"COMMIT\0");
        let now = *line.lock().unwrap();
        let is_cut = commits && matches!(now, Line::CutBefore | Line::CutBehind | Line::CutForGood);
        if is_cut {
            *line.lock().unwrap() = if now == Line::CutForGood { Line::Down } else { Line::Good };
            from.shutdown(Shutdown::Both).unwrap();
        }
        if is_cut && now == Line::CutBefore || to.write_all(&bytes[..read]).is_err() {
            break;
        }
        if is_cut {
            std::thread::sleep(Duration::from_millis(300));
            break;
        }
    }
    to.shutdown(Shutdown::Both).unwrap_or(());
    from.shutdown(Shutdown::Both).unwrap_or(());
}

fn changed(place: &mut StorePlace, change: impl FnOnce(&mut PostgreSqlPlace)) {
    let StorePlace::PostgreSql(place) = place else { panic!("a database") };
    change(place);
}

fn draft(id: &str) -> RecordKey {
    RecordKey::new(RecordKind::Draft, "", id)
}

/// Waits for what must come soon.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(10), what).await.expect("within ten seconds")
}

#[tokio::test]
async fn what_was_being_committed_when_the_line_broke_is_told_as_it_is() {
    let wire = Wire::new();
    let (_folder, _, store) = wire.store();
    store.keep(vec![Write::put(draft("before"), "x")], vec![note("before")]).await.unwrap();
    wire.set(Line::CutBehind);
    let kept = store.keep(vec![Write::put(draft("kept"), "x")], vec![note("kept")]).await;
    assert!(kept.is_ok(), "it was committed, and only the answer was lost: {kept:?}");
    assert!(store.get(draft("kept")).await.unwrap().is_some());
    wire.set(Line::CutBefore);
    let lost = store.keep(vec![Write::put(draft("lost"), "x")], vec![note("lost")]).await.unwrap_err();
    assert_eq!(lost.code(), "store_away", "it was not committed: {lost}");
    assert!(store.get(draft("lost")).await.unwrap().is_none());
    store.keep(vec![Write::put(draft("behind"), "x")], vec![note("behind")]).await.unwrap();
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 3 }));
    assert_eq!(*store.health().borrow(), Health::Fine);
}

#[tokio::test]
async fn what_cannot_be_known_is_not_called_saved_and_not_called_lost() {
    let wire = Wire::new();
    let (_folder, _, store) = wire.store();
    store.append_audit(vec![note("before")]).await.unwrap();
    wire.set(Line::CutForGood);
    assert_eq!(store.append_audit(vec![note("x")]).await, Err(StoreError::Uncertain));
    wire.set(Line::Good);
    let whole = store.verify_audit(vec![]).await.unwrap();
    assert!(matches!(whole, Verdict::Whole { entries: 1 | 2 }), "{whole:?}");
}

#[tokio::test]
async fn while_the_database_is_away_each_call_says_so_and_the_first_that_comes_through_makes_it_good() {
    let wire = Wire::new();
    let (_folder, _, store) = wire.store();
    store.claim(Claim::Serve).await.unwrap();
    store.append_audit(vec![note("before")]).await.unwrap();
    let mut health = store.health();
    wire.set(Line::Down);
    soon(health.wait_for(|health| matches!(health, Health::Away(_)))).await.expect("nobody needs to ask for that");
    let said = store.revision().await.unwrap_err();
    assert_eq!((said.code(), said.exit_code()), ("store_away", EXIT_STORAGE_FAILED), "{said}");
    assert!(said.to_string().contains(&format!("postgresql://127.0.0.1:{}/postgres", wire.port)), "{said}");
    assert_eq!(store.append_audit(vec![note("lost")]).await.unwrap_err().code(), "store_away");
    wire.set(Line::Good);
    soon(health.wait_for(|health| *health == Health::Fine)).await.expect("nobody needs to ask for that either");
    store.append_audit(vec![note("behind")]).await.unwrap();
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 2 }));
}

/// Two servers of one store.
async fn two() -> (Bed, Arc<dyn Store>) {
    let bed = Bed::new(On::PostgreSql);
    let other = open(&bed.place, vault(KEY)).unwrap();
    bed.store.claim(Claim::Serve).await.unwrap();
    other.claim(Claim::Serve).await.unwrap();
    (bed, other)
}

#[tokio::test]
async fn a_change_by_one_server_is_told_to_the_other_at_once() {
    let (bed, other) = two().await;
    let mut news = other.news();
    news.mark_unchanged();
    bed.store.commit(0, vec![Write::put(project("p"), "x")], vec![]).await.unwrap();
    soon(news.changed()).await.unwrap();
    assert_eq!(other.revision().await, Ok(1));
    let late = other.commit(0, vec![Write::put(project("p"), "y")], vec![]).await;
    assert_eq!(late, Err(StoreError::Conflict { expected: 0, actual: 1 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_write_at_once_make_one_whole_log() {
    let (bed, other) = two().await;
    let writing = [bed.store.clone(), other.clone()].into_iter().flat_map(|store| {
        (0..100).map(move |n| {
            let store = store.clone();
            tokio::spawn(async move {
                let begun = store.append_audit(vec![entry(&n.to_string(), Phase::Begin, Outcome::Begun)]).await?;
                store.append_audit(vec![entry("", Phase::End { begun: begun[0] }, Outcome::Done)]).await
            })
        })
    });
    for done in futures::future::join_all(writing).await {
        done.unwrap().unwrap();
    }
    assert_eq!(bed.store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 400 }));
    let anchor = bed.store.audit_anchor().await.unwrap();
    assert_eq!(other.verify_audit(vec![anchor]).await, Ok(Verdict::Whole { entries: 400 }));
}

#[tokio::test]
async fn of_two_servers_each_ends_what_the_other_left_open_once_that_is_gone_and_not_before() {
    let (bed, other) = two().await;
    let of_one = bed.store.append_audit(vec![entry("one", Phase::Begin, Outcome::Begun)]).await.unwrap();
    other.append_audit(vec![entry("other", Phase::Begin, Outcome::Begun)]).await.unwrap();
    other.put_chunk("of-other".into(), 0, 2, vec![1].into()).await.unwrap();
    bed.store.put_chunk("of-one".into(), 0, 2, vec![1].into()).await.unwrap();
    assert_eq!(bed.store.settle_audit(at(5)).await, Ok(0));
    assert_eq!(bed.store.settle_others(at(5)).await, Ok(0));
    assert_eq!(bed.store.uploads_of_nobody_else().await.unwrap(), ["of-one"]);
    drop(other);
    soon(async {
        while bed.store.settle_others(at(6)).await.unwrap() == 0 {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(bed.store.uploads_of_nobody_else().await.unwrap(), ["of-one", "of-other"]);
    let end = entry("", Phase::End { begun: of_one[0] }, Outcome::Done);
    bed.store.append_audit(vec![end]).await.expect("its own is still open");
    let search = AuditSearch { outcome: Some(Outcome::Unknown), limit: 9, ..AuditSearch::default() };
    let found = bed.store.search_audit(search).await.unwrap().found;
    assert_eq!(found.iter().map(|found| found.call.as_str()).collect::<Vec<_>>(), ["other"]);
}

#[tokio::test]
async fn who_wants_to_be_alone_waits_for_no_server_and_keeps_them_out() {
    let (bed, other) = two().await;
    let command = open(&bed.place, vault(KEY)).unwrap();
    let refused = command.claim(Claim::Alone).await.unwrap_err();
    assert_eq!((refused.code(), refused.exit_code()), ("store_in_use", EXIT_IN_USE), "{refused}");
    bed.store.close().await.unwrap();
    assert!(command.claim(Claim::Alone).await.is_err(), "one is still there");
    other.close().await.unwrap();
    command.claim(Claim::Alone).await.unwrap();
    let late = open(&bed.place, vault(KEY)).unwrap();
    assert_eq!(late.claim(Claim::Serve).await.unwrap_err().code(), "store_in_use");
}

#[tokio::test]
async fn while_one_server_rolls_the_key_the_other_refuses_changes_and_behind_it_writes_nothing_under_the_old_one() {
    let (bed, other) = two().await;
    other.commit(0, vec![Write::put(project("p"), "x")], vec![]).await.unwrap();
    let StorePlace::PostgreSql(place) = &bed.place else { panic!("a database") };
    let client = server().client("postgres").await;
    client.batch_execute(&format!("SET search_path = \"{}\"", place.schema)).await.unwrap();
    client.query(crate::store::postgresql::ROLL_LOCK, &[]).await.unwrap();
    let refused = other.commit(1, vec![Write::put(project("p"), "y")], vec![]).await;
    assert_eq!(refused, Err(StoreError::Rolling));
    other.append_audit(vec![note("searching goes on")]).await.unwrap();
    let rolling = open(&bed.place, Keyring::new(vault(KEY), Some(vault(OTHER_KEY)))).unwrap();
    let note_of_roll = || RollNote { at: at(5), person: "cli".into(), backup_id: [1; 16] };
    assert_eq!(rolling.roll_key(note_of_roll()).await, Err(StoreError::RollRuns));
    drop(client);
    soon(async {
        while rolling.roll_key(note_of_roll()).await.is_err_and(|error| error == StoreError::RollRuns) {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(rolling.key_id(), vault(OTHER_KEY).key_id());
    let mut health = other.health();
    let away = other.revision().await.unwrap_err();
    assert_eq!((away.code(), away.exit_code()), ("wrong_key", EXIT_KEY), "{away}");
    for late in [
        other.commit(1, vec![Write::put(project("p"), "y")], vec![]).await.map(|_| ()),
        other.append_audit(vec![note("late")]).await.map(|_| ()),
        other.get(project("p")).await.map(|_| ()),
        other.load().await.map(|_| ()),
    ] {
        assert_eq!(late.unwrap_err().code(), "wrong_key");
    }
    assert!(matches!(&*health.borrow_and_update(), Health::Away(StoreError::RollDone { .. })), "and it is not ready");
    rolling.commit(1, vec![Write::put(project("p"), "z")], vec![]).await.unwrap();
    assert_eq!(rolling.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 2 }));
    let again = open(&bed.place, vault(OTHER_KEY)).unwrap();
    assert_eq!(text(&again.get(project("p")).await.unwrap().unwrap()), "z");
}

fn roll_note(second: i64) -> RollNote {
    RollNote { at: at(second), person: "cli".into(), backup_id: [second as u8; 16] }
}

#[tokio::test]
async fn a_server_that_knows_both_keys_takes_the_new_one_when_another_has_rolled() {
    let bed = Bed::new(On::PostgreSql);
    bed.store.commit(0, vec![Write::put(project("p"), "x")], vec![]).await.unwrap();
    let ring = || Keyring::new(vault(KEY), Some(vault(OTHER_KEY)));
    let [one, other, third] = [(), (), ()].map(|()| open(&bed.place, ring()).unwrap());
    one.roll_key(roll_note(5)).await.unwrap();
    assert_eq!(text(&other.get(project("p")).await.unwrap().unwrap()), "x", "it can read");
    other.append_audit(vec![note("behind")]).await.expect("and write, the first time that it does");
    assert_eq!((other.key_id(), *other.health().borrow() == Health::Fine), (vault(OTHER_KEY).key_id(), true));
    assert!(matches!(*other.roll().borrow(), Roll::Done { .. }));
    assert_eq!(third.revision().await, Ok(1), "who only asks for the revision learns of it too");
    assert_eq!(third.key_id(), vault(OTHER_KEY).key_id());
    assert_eq!(other.roll_key(roll_note(6)).await, Err(StoreError::NoNewKey), "it is done");
    other.commit(1, vec![Write::put(project("p"), "y")], vec![]).await.expect("the configuration is open again");
    let again = open(&bed.place, vault(OTHER_KEY)).unwrap();
    assert_eq!(text(&again.get(project("p")).await.unwrap().unwrap()), "y");
    assert_eq!(again.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 2 }));
    assert_eq!(check(&*again, Arc::new(vault(OTHER_KEY)), vec![]).await.unwrap().faults, Vec::<String>::new());
}

/// A session of somebody who holds the end of the log, as a roll does to its end.
async fn holding_the_end(place: &PostgreSqlPlace) -> tokio_postgres::Client {
    let client = server().client("postgres").await;
    let hold = format!(
        "SET search_path = \"{}\"; BEGIN; SELECT value FROM meta WHERE name = 'audit_head' FOR UPDATE",
        place.schema
    );
    client.batch_execute(&hold).await.unwrap();
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_write_while_a_roll_holds_the_end_of_the_log_waits_for_it_up_to_a_bound_that_is_told() {
    let (bed, other) = two().await;
    let StorePlace::PostgreSql(place) = &bed.place else { panic!("a database") };
    let client = holding_the_end(place).await;
    assert_eq!(other.append_audit(vec![note("nobody rolls")]).await, Err(StoreError::Busy), "a lock of two seconds");
    client.query(crate::store::postgresql::ROLL_LOCK, &[]).await.unwrap();
    let (writer, bound) = (other.clone(), bed.store.clone());
    let waiting = tokio::spawn(async move { writer.append_audit(vec![note("it waits")]).await });
    sleep(Duration::from_secs(3)).await;
    assert!(!waiting.is_finished(), "longer than it waits for any other lock");
    assert_eq!(other.revision().await, Ok(0), "reading goes on");
    client.batch_execute("COMMIT").await.unwrap();
    assert_eq!(soon(waiting).await.unwrap(), Ok(vec![1]));
    client.batch_execute("BEGIN; SELECT value FROM meta WHERE name = 'audit_head' FOR UPDATE").await.unwrap();
    let told = soon(bound.append_audit(vec![note("too long")])).await.unwrap_err();
    assert!(told == StoreError::RollRuns && told.to_string().contains("wait until that is done"), "{told}");
    assert_eq!(*bound.health().borrow(), Health::Fine);
    client.batch_execute("COMMIT").await.unwrap();
    bound.append_audit(vec![note("behind")]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_a_roll_runs_each_request_of_another_server_with_both_keys_is_answered_and_written_down() {
    let bed = Bed::new(On::PostgreSql);
    let drafts = (0..2_000).map(|n| Write::put(draft(&n.to_string()), vec![7; 900])).collect();
    bed.store.keep(drafts, vec![]).await.unwrap();
    let ring = || Keyring::new(vault(KEY), Some(vault(OTHER_KEY)));
    let [one, other] = [(), ()].map(|()| open(&bed.place, ring()).unwrap());
    let mut roll = one.roll();
    let rolling = tokio::spawn(async move { one.roll_key(roll_note(5)).await });
    roll.wait_for(|roll| matches!(roll, Roll::Running { rows, .. } if *rows > 0)).await.unwrap();
    let mut written = 0;
    while !rolling.is_finished() {
        other.append_audit(vec![note("meanwhile")]).await.unwrap();
        assert!(other.get(draft("7")).await.unwrap().is_some() && other.load().await.is_ok());
        written += 1;
    }
    rolling.await.unwrap().unwrap();
    other.append_audit(vec![note("behind")]).await.unwrap();
    assert!(written > 0, "something was asked meanwhile");
    assert_eq!(other.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: written + 2 }));
    assert_eq!(check(&*other, Arc::new(vault(OTHER_KEY)), vec![]).await.unwrap().faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_database_that_turns_read_only_takes_a_right_away_or_is_held_by_somebody_says_so_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let mut place = place(On::PostgreSql, folder.path(), "faults");
    let account = format!("faults_{}", std::process::id());
    changed(&mut place, |place| {
        place.user.clone_from(&account);
        place.database.clone_from(&account);
    });
    let StorePlace::PostgreSql(inner) = &place else { panic!("a database") };
    let schema = inner.schema.clone();
    asked(format!("CREATE ROLE {account} LOGIN"));
    asked(format!("CREATE DATABASE {account} OWNER {account}"));
    let store = open(&place, vault(KEY)).unwrap();
    store.claim(Claim::Serve).await.unwrap();
    store.append_audit(vec![note("before")]).await.unwrap();
    let ended = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{account}'");

    asked(format!("ALTER DATABASE {account} SET default_transaction_read_only = on"));
    asked(ended.clone());
    let mut health = store.health();
    soon(health.wait_for(|health| matches!(health, Health::Away(_)))).await.expect("it is not ready");
    let said = store.append_audit(vec![note("lost")]).await.unwrap_err();
    assert!(said.code() == "store_away" && said.to_string().contains("it is tried again"), "{said}");
    asked(format!("ALTER DATABASE {account} RESET default_transaction_read_only"));
    soon(health.wait_for(|health| *health == Health::Fine)).await.expect("it is ready by itself");
    store.append_audit(vec![note("behind")]).await.unwrap();

    let client = server().client(&account).await;
    let [take, give] = ["REVOKE INSERT, UPDATE", "GRANT INSERT, UPDATE"].map(|what| {
        let way = if what.starts_with("REVOKE") { "FROM" } else { "TO" };
        format!("{what} ON \"{schema}\".audit, \"{schema}\".record {way} {account}")
    });
    client.batch_execute(&take).await.unwrap();
    let said = store.append_audit(vec![note("lost")]).await.unwrap_err();
    assert_eq!((said.code(), said.exit_code()), ("store_read_only", EXIT_CANNOT_WRITE), "{said}");
    assert!(
        said.to_string().contains("42501") && said.to_string().contains("give this process the right to"),
        "{said}"
    );
    client.batch_execute(&give).await.unwrap();
    store.append_audit(vec![note("granted")]).await.unwrap();

    let hold = format!("SET search_path = \"{schema}\"; BEGIN; LOCK TABLE audit IN EXCLUSIVE MODE");
    client.batch_execute(&hold).await.unwrap();
    let said = store.append_audit(vec![note("lost")]).await.unwrap_err();
    assert!(said == StoreError::Busy && said.to_string().contains("try again"), "{said}");
    client.batch_execute("COMMIT").await.unwrap();
    store.append_audit(vec![note("free")]).await.unwrap();
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 4 }), "nothing is lost or doubled");
    assert_eq!(store.verify_rows().await, Ok(vec![]));
}

#[tokio::test]
async fn a_schema_of_another_program_and_a_newer_one_are_left_untouched() {
    let bed = Bed::new(On::PostgreSql);
    let refused = |keyring: Vault| open(&bed.place, keyring).err().expect("refused");
    bed.shell("UPDATE meta SET number = 99 WHERE name = 'schema'");
    let newer = refused(vault(KEY));
    assert!(newer.to_string().contains("has schema 99, this program knows 3"), "{newer}");
    assert!(is_there(&bed.place).is_err());
    bed.shell("UPDATE meta SET number = 3 WHERE name = 'schema'");
    let wrong = refused(vault(OTHER_KEY));
    assert_eq!((wrong.code(), wrong.exit_code()), ("wrong_key", EXIT_KEY), "{wrong}");
    assert_eq!(is_there(&bed.place), Ok(true));
    bed.shell("ALTER TABLE meta RENAME TO other");
    let foreign = refused(vault(KEY));
    assert_eq!(foreign.code(), "store_foreign", "{foreign}");
    let nothing = place(On::PostgreSql, bed.folder.path(), "nothing");
    assert_eq!(is_there(&nothing), Ok(false));
    let StorePlace::PostgreSql(nothing) = nothing else { panic!("a database") };
    let made = format!("SELECT 1 FROM pg_namespace WHERE nspname = '{}'", nothing.schema);
    assert_eq!(asked(made), 0, "nothing is made to be looked at");
}

#[tokio::test]
async fn a_store_of_the_first_schema_becomes_one_of_this_program_and_loses_nothing() {
    let bed = Bed::new(On::PostgreSql);
    bed.store.commit(0, vec![Write::put(project("p"), "x")], vec![note("save")]).await.unwrap();
    bed.store.close().await.unwrap();
    bed.shell("DROP INDEX audit_call, audit_project, audit_outcome; UPDATE meta SET number = 1 WHERE name = 'schema'");
    assert_eq!(is_older(&bed.place), Ok(true));
    let copies = |place: &StorePlace| {
        let StorePlace::PostgreSql(place) = place else { panic!("a database") };
        crate::store::backup_files::all(&place.backup_stem(), None)
    };
    assert!(copies(&bed.place).is_empty());
    let mut unwritable = bed.place.clone();
    changed(&mut unwritable, |place| place.folder = "/proc/nowhere".into());
    let Err(refused) = open(&unwritable, vault(KEY)) else { panic!("it has no copy") };
    assert!(refused.to_string().contains("the store stays as it is until then"), "{refused}");
    assert_eq!(is_older(&bed.place), Ok(true), "and it does");
    let store = open(&bed.place, vault(KEY)).unwrap();
    assert_eq!(is_older(&bed.place), Ok(false));
    let copy = copies(&bed.place).pop().expect("the copy before it");
    assert_eq!(copy.made_for, crate::store::backup_files::MadeFor::Schema);
    let other = open(&place(On::Sqlite, bed.folder.path(), "there"), vault(KEY)).unwrap();
    backup::restore(&*other, Arc::new(vault(KEY)), &copy.path).await.unwrap();
    assert_eq!(text(&other.get(project("p")).await.unwrap().unwrap()), "x");
    open(&bed.place, vault(KEY)).unwrap();
    assert_eq!(copies(&bed.place).len(), 1, "one is enough");
    assert_eq!(text(&store.get(project("p")).await.unwrap().unwrap()), "x");
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 1 }));
    bed.shell("DROP INDEX audit_call");
}

#[tokio::test]
async fn an_account_that_owns_its_schema_alone_is_enough_and_one_with_less_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut place = place(On::PostgreSql, folder.path(), "least");
    let account = format!("clew_{}", std::process::id());
    changed(&mut place, |place| place.user.clone_from(&account));
    let StorePlace::PostgreSql(inner) = &place else { panic!("a database") };
    let schema = inner.schema.clone();
    asked(format!("CREATE ROLE {account} LOGIN; REVOKE CREATE ON DATABASE postgres FROM PUBLIC"));
    let without = open(&place, vault(KEY)).err().expect("refused");
    assert_eq!(without.exit_code(), EXIT_CANNOT_WRITE, "{without}");
    assert!(without.to_string().contains("cannot be written (42501 permission denied for database"), "{without}");
    asked(format!("CREATE SCHEMA \"{schema}\""));
    let foreign = open(&place, vault(KEY)).err().expect("refused");
    assert!(foreign.to_string().contains("the account may not use the schema"), "{foreign}");
    asked(format!("ALTER SCHEMA \"{schema}\" OWNER TO {account}"));
    let store = open(&place, Keyring::new(vault(KEY), Some(vault(OTHER_KEY)))).unwrap();
    store.claim(Claim::Serve).await.unwrap();
    store.append_audit(vec![note("x")]).await.unwrap();
    store.roll_key(RollNote { at: at(5), person: "cli".into(), backup_id: [1; 16] }).await.unwrap();
    store.commit(0, vec![Write::put(project("p"), "x")], vec![]).await.unwrap();
    asked(format!("REVOKE INSERT ON \"{schema}\".audit FROM {account}"));
    let less = store.append_audit(vec![note("x")]).await.unwrap_err();
    assert_eq!(less.exit_code(), EXIT_CANNOT_WRITE, "{less}");
}

/// A place that is reached over TLS.
fn encrypted(host: &str, authority: &str, encryption: StoreEncryption, port: u16) -> StorePlace {
    let folder = tempfile::tempdir().unwrap();
    let mut place = place(On::PostgreSql, folder.path(), "tls");
    changed(&mut place, |place| {
        place.hosts = vec![(host.to_owned(), port)];
        place.authorities.named = if authority.is_empty() { String::new() } else { server().pem(authority) };
        place.encryption = encryption;
    });
    place
}

#[tokio::test]
async fn an_encrypted_connection_is_checked_against_the_authority_and_the_name() {
    use StoreEncryption::{Unverified, Verified};
    let table = [
        ("localhost", "server", Verified, true),
        ("localhost", "authority", Verified, false),
        ("localhost", "", Verified, false),
        ("127.0.0.1", "server", Verified, false),
        ("127.0.0.1", "", Unverified, true),
    ];
    let mut of_instance = encrypted("localhost", "", Verified, server().port);
    changed(&mut of_instance, |place| place.authorities.instance = server().pem("server").into());
    assert!(open(&of_instance, vault(KEY)).is_ok(), "an authority of the instance is believed too");
    for (host, authority, encryption, expected) in table {
        let opened = open(&encrypted(host, authority, encryption, server().port), vault(KEY));
        let said = opened.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert_eq!(opened.is_ok(), expected, "{host} {authority} {encryption:?}: {said}");
        assert!(expected || said.contains("certificate"), "{said}");
    }
}

#[tokio::test]
async fn a_database_without_tls_is_never_spoken_to_in_clear() {
    for encryption in [StoreEncryption::Verified, StoreEncryption::Unverified] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stripping = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 8]).unwrap();
            stream.write_all(b"N").unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).unwrap_or_default();
            rest
        });
        let refused = open(&encrypted("127.0.0.1", "server", encryption, port), vault(KEY)).err().expect("refused");
        assert_eq!(refused.code(), "store_away", "{refused}");
        assert_eq!(stripping.join().unwrap(), b"", "not even the name of the user");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_without_it_and_without_the_account() {
    use crate::connectors::tests::postgres::CAREFUL;
    let folder = tempfile::tempdir().unwrap();
    let mut place = place(On::PostgreSql, folder.path(), "password");
    changed(&mut place, |place| {
        place.user = CAREFUL.into();
        place.password = Some(crate::settings::Secret::new("hunter2".into()));
    });
    let refused = open(&place, vault(KEY)).err().expect("refused");
    assert!(refused.to_string().contains("28P01"), "{refused}");
    assert!(!format!("{refused} {refused:?} {place:?} {place}").contains("hunter2"));
}

#[tokio::test]
async fn a_backup_goes_from_either_store_into_the_other_and_every_byte_with_it() {
    let keep = |rows: &mut Vec<Row>, row: &Row| {
        rows.push(row.clone());
        Ok(())
    };
    let key = || Arc::new(vault(KEY));
    for (from, to) in [(On::Sqlite, On::PostgreSql), (On::PostgreSql, On::Sqlite)] {
        let bed = Bed::new(from);
        // Names that order otherwise where letters are compared by a language.
        let names = ["a", "B", "ab", "a-b", "a b", "Å", "ä", "z", "Z", "\u{1F50E}"];
        let writes = names.map(|name| Write::put(RecordKey::new(RecordKind::Draft, name, name), name)).into();
        bed.store.keep(writes, vec![note("keep")]).await.unwrap();
        bed.store.commit(0, vec![Write::put(project("p"), vec![0, 255, 1])], vec![note("save")]).await.unwrap();
        put_image(&*bed.store, "file", vec![9; CHUNK_BYTES + 7].into()).await.unwrap();
        bed.store.append_audit(vec![entry("open", Phase::Begin, Outcome::Begun)]).await.unwrap();
        let file = bed.folder.path().join("backup");
        backup::save(&*bed.store, key(), file.clone(), at(5), [3; 16]).await.unwrap();
        let other = open(&place(to, bed.folder.path(), "there"), vault(KEY)).unwrap();
        backup::restore(&*other, key(), &file).await.unwrap();
        let rows = crate::store::whole::through(&*bed.store, Vec::new(), keep).await.unwrap();
        assert_eq!(crate::store::whole::through(&*other, Vec::new(), keep).await.unwrap(), rows);
        assert!(rows.len() > 15, "the comparison itself compares something");
        assert_eq!(other.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 3 }));
        assert_eq!(other.settle_audit(at(6)).await, Ok(1));
    }
}

#[tokio::test]
async fn every_commit_is_durable_when_it_returns_whatever_the_database_does_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let StorePlace::PostgreSql(mut place) = place(On::PostgreSql, folder.path(), "durable") else {
        panic!("a database")
    };
    place.user = format!("durable_{}", std::process::id());
    asked(format!("CREATE ROLE {0} LOGIN; ALTER ROLE {0} SET synchronous_commit = off", place.user));
    assert_eq!(crate::store::postgresql::setting_of(&place, "synchronous_commit"), "on");
    asked(format!("ALTER ROLE {} SET synchronous_commit = remote_apply", place.user));
    assert_eq!(crate::store::postgresql::setting_of(&place, "synchronous_commit"), "remote_apply", "more is left");
}
