//! Opening: what stands at the path, and what is left untouched.

use std::fs;

use super::*;

/// The exit code and sentence of a refused opening, with the folder's name taken out.
fn refused(path: &Path, key: [u8; 32]) -> (u8, String) {
    let error = SqliteStore::open(path, vault(key)).err().expect("refused");
    let folder = path.parent().unwrap().display().to_string();
    (error.exit_code(), error.to_string().replace(&folder, "..."))
}

async fn with_content() -> (tempfile::TempDir, PathBuf) {
    let bed = Bed::new(On::Sqlite);
    bed.store.commit(0, vec![Write::put(project("p"), "x"), Write::put(project("q"), "y")], vec![]).await.unwrap();
    bed.store.close().await.unwrap();
    let path = bed.path();
    (bed.folder, path)
}

#[tokio::test]
async fn a_wrong_key_is_told_before_anything_is_written() {
    let (_folder, path) = with_content().await;
    let before = fs::read(&path).unwrap();
    let (exit, said) = refused(&path, OTHER_KEY);
    let (stored, given) = (vault(KEY).key_id(), vault(OTHER_KEY).key_id());
    assert_eq!(exit, 4);
    assert_eq!(
        said,
        format!("2 records are under key id {stored}, you gave {given}; start with the key that belongs to this store")
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    open_at(&path).close().await.unwrap();
}

#[tokio::test]
async fn files_that_are_no_store_are_left_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    let text = folder.path().join("text.db");
    fs::write(&text, "x".repeat(5_000)).unwrap();
    let short = folder.path().join("short.db");
    fs::write(&short, "hello").unwrap();
    let header = folder.path().join("header.db");
    fs::write(&header, b"SQLite format 3\0 and no more").unwrap();
    let table = [
        (
            &foreign,
            ".../foreign.db is a SQLite database of another program, not a store of Clew, and was left untouched; name another file",
        ),
        (&text, ".../text.db is not a SQLite database, not a store of Clew, and was left untouched; name another file"),
        (
            &short,
            ".../short.db is too short for a database, not a store of Clew, and was left untouched; name another file",
        ),
        (&header, ".../header.db is damaged (it ends within its header); restore a backup"),
    ];
    for (path, expected) in table {
        let before = fs::read(path).unwrap();
        assert_eq!(refused(path, KEY), (71, expected.to_owned()));
        assert_eq!(fs::read(path).unwrap(), before);
    }
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 4, "nothing was put beside them");
    assert_eq!(refused(folder.path(), KEY).0, 71, "a folder");
}

#[tokio::test]
async fn a_newer_schema_is_left_untouched() {
    let (_folder, path) = with_content().await;
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let expected =
        ".../clew.db has schema 99, this program knows 4, and it was left untouched; start the newer program";
    assert_eq!(refused(&path, KEY), (71, expected.to_owned()));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_newer_schema_that_still_lies_in_the_log_is_left_untouched() {
    let bed = Bed::new(On::Sqlite);
    bed.shell("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version = 99;");
    let copy = bed.folder.path().join("copy.db");
    fs::copy(bed.path(), &copy).unwrap();
    fs::copy(bed.path().with_extension("db-wal"), copy.with_extension("db-wal")).unwrap();
    let before = (fs::read(&copy).unwrap(), fs::read(copy.with_extension("db-wal")).unwrap());
    assert!(refused(&copy, KEY).1.contains("has schema 99"));
    assert_eq!((fs::read(&copy).unwrap(), fs::read(copy.with_extension("db-wal")).unwrap()), before);
}

#[tokio::test]
async fn a_truncated_file_is_told() {
    let (_folder, path) = with_content().await;
    let whole = fs::read(&path).unwrap();
    for kept in [whole.len() - 4096, whole.len() / 2, 4096, 101] {
        fs::write(&path, &whole[..kept]).unwrap();
        let (exit, said) = refused(&path, KEY);
        assert_eq!(exit, 71, "{kept}: {said}");
        assert!(said.starts_with(".../clew.db is damaged ("), "{kept}: {said}");
    }
    fs::write(&path, &whole).unwrap();
    open_at(&path).close().await.unwrap();
}

#[tokio::test]
async fn a_broken_structure_is_told() {
    let (_folder, path) = with_content().await;
    let mut bytes = fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(4096).step_by(7) {
        *byte ^= 0x55;
    }
    fs::write(&path, &bytes).unwrap();
    let (exit, said) = refused(&path, KEY);
    assert_eq!(exit, 71, "{said}");
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let path = folder.path().join("file/clew.db");
    let (exit, said) = refused(&path, KEY);
    assert_eq!(exit, 73);
    assert!(said.starts_with(".../clew.db cannot be written ("), "{said}");
}

#[tokio::test]
async fn an_empty_file_becomes_a_store_and_a_crash_while_making_it_is_healed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clew.db");
    fs::write(&path, "").unwrap();
    open_at(&path).close().await.unwrap();
    let begun = folder.path().join("begun.db");
    let connection = rusqlite::Connection::open(&begun).unwrap();
    connection.pragma_update(None, "application_id", 0x434C_4557).unwrap();
    drop(connection);
    open_at(&begun).close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn file_and_folder_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let bed = Bed::new(On::Sqlite);
    bed.store.keep(vec![], vec![note("x")]).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(bed.path().parent().unwrap()), 0o700);
    for name in ["db", "db-wal", "db-shm"] {
        assert_eq!(mode(&bed.path().with_extension(name)), 0o600, "{name}");
    }
    let path = bed.path();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let bed = bed.again().await;
    assert_eq!(mode(&bed.path()), 0o600);
}

#[tokio::test]
async fn while_another_program_holds_the_file_a_write_says_that_it_is_busy_and_goes_on_afterwards() {
    let bed = Bed::new(On::Sqlite);
    bed.store.append_audit(vec![note("before")]).await.unwrap();
    let beside = rusqlite::Connection::open(bed.path()).unwrap();
    beside.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let refused = bed.store.append_audit(vec![note("lost")]).await.unwrap_err();
    assert!(refused == StoreError::Busy && refused.to_string().contains("busy with another process; try again"));
    assert_eq!(bed.store.revision().await, Ok(0), "reading goes on");
    assert_eq!(*bed.store.health().borrow(), Health::Fine);
    beside.execute_batch("COMMIT").unwrap();
    assert_eq!(bed.store.append_audit(vec![note("behind")]).await, Ok(vec![2]));
    assert_eq!(bed.store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 2 }));
}

#[tokio::test]
async fn a_process_that_is_gone_without_closing_loses_nothing_that_was_acknowledged() {
    let bed = Bed::new(On::Sqlite);
    let begun = bed.store.append_audit(vec![entry("search", Phase::Begin, Outcome::Begun)]).await.unwrap();
    bed.store.commit(0, vec![Write::put(project("p"), "x")], vec![note("save")]).await.unwrap();
    let copy = bed.folder.path().join("copy.db");
    for (from, to) in [("db", "db"), ("db-wal", "db-wal")] {
        fs::copy(bed.path().with_extension(from), copy.with_extension(to)).unwrap();
    }
    let store = open_at(&copy);
    assert_eq!(text(&store.get(project("p")).await.unwrap().unwrap()), "x");
    assert_eq!(store.settle_audit(at(9)).await, Ok(begun.len() as u64));
    assert_eq!(store.verify_audit(vec![]).await, Ok(Verdict::Whole { entries: 3 }));
}
