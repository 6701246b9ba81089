//! The store: what it is, whether it is whole, backups and putting one back.

use egui_kittest::kittest::Queryable as _;
use wire::Fault;
use wire::keeping::{
    BackupChecked, BackupLine, CheckNow, CheckStore, KindCount, MadeFor, StoreNow, StoreState, VerifyBackup,
};

use super::{AT, MAIN_KEY, NEW_KEY, answer, open, shots, wait_for};

fn backup(name: &str, opens: bool) -> BackupLine {
    let key = Some(if opens { MAIN_KEY } else { NEW_KEY }.to_owned());
    let (made_for, folder) = (MadeFor::Roll, Some("/opt/clew/data".to_owned()));
    BackupLine { name: name.to_owned(), folder, made_for, bytes: 48 << 20, made: Some(AT), key, opens }
}

fn store(check: CheckNow) -> StoreNow {
    let counts = [("audit entries", 48_211), ("credential", 4), ("draft", 31), ("file pieces", 220), ("grant", 12)];
    let counts = counts.into_iter().chain([("local_person", 3), ("person", 48), ("project", 5), ("sessions", 12)]);
    StoreNow {
        kind: "SQLite".to_owned(),
        place: "/opt/clew/data/clew.db".to_owned(),
        bytes: Some(312 << 20),
        free_bytes: Some(41 << 30),
        schema: Some(2),
        method: "aes-256-gcm".to_owned(),
        key: MAIN_KEY.to_owned(),
        counts: counts.map(|(kind, rows)| KindCount { kind: kind.to_owned(), rows }).collect(),
        check,
        folder: Some("/opt/clew/data".to_owned()),
        backups: vec![
            backup("clew.db.before-roll-20261119T080000.000000Z-key-00aa11bb22cc33dd", true),
            backup("clew.db.before-roll-20260119T080000.000000Z-key-44ee55ff66007711", false),
        ],
    }
}

/// Nothing is asked again.
pub(super) fn at_rest() -> StoreNow {
    store(CheckNow::Never)
}

#[test]
fn the_store_is_described_checked_with_a_way_out_and_the_result_stands_there() {
    let mut screen = open("store");
    answer::<StoreState>(&mut screen, &store(CheckNow::Never));
    for text in ["/opt/clew/data/clew.db", "version 2", "aes-256-gcm", MAIN_KEY, "48,211", "audit entries"] {
        assert!(screen.shows(text), "{text}");
    }
    assert!(screen.shows("Not checked since this server started."));
    screen.click("Check now");
    assert!(screen.server.waiting().contains(&"check_store") && !screen.shows("Check now"));
    wait_for(&mut screen, "store_state");
    answer::<StoreState>(&mut screen, &store(CheckNow::Running { began: AT, rows: 12_000 }));
    for _ in 0..12 {
        screen.harness.step();
    }
    assert!(screen.shows("Checking: 12,000 rows so far"));
    screen.click("Cancel");
    assert_eq!(screen.server.stopped(), ["check_store"]);
    answer::<StoreState>(&mut screen, &store(CheckNow::Never));
    screen.click("Check now");
    // The one that was stopped is still in the list of the test's server.
    let whole = CheckNow::Whole { at: AT, rows: 48_500 };
    screen.server.answer::<CheckStore>(&whole);
    screen.server.answer::<CheckStore>(&whole);
    screen.run();
    while screen.server.waiting().contains(&"store_state") {
        answer::<StoreState>(&mut screen, &store(whole.clone()));
    }
    assert!(screen.shows("48,500 rows, each as it was written. Checked 2026-11-20 09:30 UTC."));
    let broken = CheckNow::Broken { at: AT, rows: 48_500, faults: 1 };
    let mut screen = open("store");
    answer::<StoreState>(&mut screen, &store(broken));
    assert!(screen.shows("1 of 48,500 rows is not as it should be."));
    assert!(screen.shows("restore the newest backup that is whole"));
}

#[test]
fn a_backup_is_downloaded_and_those_on_the_server_are_verified_or_put_back_by_a_command() {
    let mut screen = open("store");
    answer::<StoreState>(&mut screen, &store(CheckNow::Never));
    screen.click("Download a backup");
    assert_eq!(screen.server.downloads(), [("back_up".to_owned(), "{}".to_owned())]);
    for _ in 0..12 {
        screen.harness.step();
    }
    assert!(screen.shows("Making the backup and reading it again"));
    screen.click("Cancel");
    assert!(screen.shows("Download a backup"));
    let name = "clew.db.before-roll-20261119T080000.000000Z-key-00aa11bb22cc33dd";
    screen.click(&format!("Verify {name}"));
    let checked = BackupChecked { name: name.to_owned(), rows: 900, faults: 0 };
    assert_eq!(answer::<VerifyBackup>(&mut screen, &checked).name, name);
    assert!(screen.shows("is whole: 900 rows, each as it was written."));
    screen.click(&format!("Verify {name}"));
    let fault = Fault::invalid("the backup is damaged: it was cut off or changed.", "take another backup.");
    screen.server.refuse::<VerifyBackup>(fault);
    screen.run();
    assert!(screen.shows("is damaged"));
    assert!(
        screen.shows("needs another key")
            && !screen.shows("Verify clew.db.before-roll-20260119T080000.000000Z-key-44ee55ff66007711")
    );
    assert!(screen.shows(&format!("Copy clew restore /opt/clew/data/{name}")));
    assert!(screen.shows("mv -n /opt/clew/data/clew.db$end /opt/clew/data/clew.db.replaced$end; done"));
}

#[test]
fn a_store_without_backups_says_so() {
    let mut screen = open("store");
    answer::<StoreState>(&mut screen, &StoreNow { backups: Vec::new(), ..store(CheckNow::Never) });
    assert!(screen.shows("None yet.") && screen.shows("Copy clew restore FILE.clew-backup"));
}

#[test]
fn the_store_in_pictures() {
    shots("store", "store", |screen| {
        answer::<StoreState>(screen, &store(CheckNow::Whole { at: AT, rows: 48_500 }));
    });
    shots("store_lower", "store", |screen| {
        answer::<StoreState>(screen, &store(CheckNow::Never));
        screen.harness.get_all_by_label_contains("clew.db.replaced").next().unwrap().scroll_to_me();
        screen.run();
    });
}

#[test]
fn backups_stand_under_their_folders_with_what_they_were_made_for_and_how_each_is_put_back() {
    let mut screen = open("store");
    let scheduled = "clew-20261129T031500Z-key-00aa11bb22cc33dd.backup";
    let mut now = store(CheckNow::Never);
    let folder = Some("/mnt/backups".to_owned());
    now.backups.push(BackupLine { folder, made_for: MadeFor::Schedule, ..backup(scheduled, true) });
    now.backups.push(BackupLine { made_for: MadeFor::Reset, ..backup("clew.db.before-reset-x", true) });
    answer::<StoreState>(&mut screen, &now);
    for text in ["On the server, in /opt/clew/data", "On the server, in /mnt/backups", "key roll", "reset", "schedule"]
    {
        assert!(screen.shows(text), "{text}");
    }
    let line = format!("Copy clew restore /mnt/backups/{scheduled}");
    assert!(screen.harness.query_by_label(&line).is_some(), "{line}");
}
