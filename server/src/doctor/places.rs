//! Folders and files: whether they are there, whose they are, and who else may read or write them; room on the disk.

use std::fs::{self, Metadata, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rustix::fs::Access;

use super::Finding;
use crate::backups::{self, Schedule};
use crate::settings::{Settings, StorePlace, names};

/// Rights that others may not have.
const OF_OTHERS: u32 = 0o077;
/// Rights with which others could put something in place of the store.
const WRITING_OF_OTHERS: u32 = 0o022;
/// A folder that many share on purpose, such as the one for temporary files.
const STICKY: u32 = 0o1000;
/// Less room than this, in bytes, is too little to go on.
const LEAST_ROOM: u64 = 100 << 20;
/// Less room than this, in bytes, should be looked at.
const LITTLE_ROOM: u64 = 1 << 30;
/// Files that SQLite and the server keep beside the store.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", ".lock"];

/// Looks at the store's folder and files, the disk, and the folder of SQLite sources.
pub(super) fn examine(settings: &Settings, fix: bool, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let StorePlace::Sqlite(store) = &settings.store {
        findings.extend(of_store(settings, store, fix));
    }
    findings.extend(settings.sqlite_dir.as_deref().map(of_sources));
    findings.extend(settings.backups.as_ref().map(|schedule| of_backups(schedule, now)));
    findings
}

fn of_store(settings: &Settings, store: &Path, fix: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(folder) = store.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // A folder that may hold other things is not ours to close.
        let is_ours = store == settings.data.join("clew.db");
        findings.push(of_folder(folder, is_ours, fix));
        if folder.is_dir() {
            findings.push(room(folder));
        }
    }
    findings.extend(of_files(store, fix));
    findings
}

fn of_folder(folder: &Path, is_ours: bool, fix: bool) -> Finding {
    let check = "data folder";
    let shown = folder.display();
    let metadata = match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => return Finding::bad(check, format!("{shown} is not a folder."), other_place()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let said = format!("{shown} is not there yet.");
            return Finding::warn(check, said, "It is made by `clew serve`, if that may write to the folder above.");
        }
        Err(error) => return Finding::bad(check, format!("{shown} cannot be read ({error})."), other_place()),
    };
    if let Some(finding) = of_another(check, folder, &metadata) {
        return finding;
    }
    let mode = metadata.mode();
    if mode & OF_OTHERS == 0 {
        return Finding::ok(check, format!("{shown} is this account's alone."));
    }
    let may = if mode & WRITING_OF_OTHERS != 0 { "write to" } else { "look into" };
    let said = format!("Others may {may} {shown} (its mode is {:o}).", mode & 0o7777);
    if !is_ours || mode & STICKY != 0 {
        let remedy = format!("Give the store a folder of its own with {}.", names::DATA);
        return Finding::warn(check, said, remedy);
    }
    let make = if mode & WRITING_OF_OTHERS != 0 { Finding::bad } else { Finding::warn };
    repaired(folder, 0o700, fix, make(check, said, ""))
}

fn of_files(store: &Path, fix: bool) -> Vec<Finding> {
    let beside = BESIDE.map(|suffix| {
        let mut name = store.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    });
    let there = beside.into_iter().filter_map(|path| Some((fs::metadata(&path).ok()?, path)));
    let mut findings: Vec<Finding> = there.filter_map(|(metadata, path)| of_file(&path, &metadata, fix)).collect();
    if findings.is_empty() && store.exists() {
        findings.push(Finding::ok("files", "They are this account's alone."));
    }
    findings
}

/// What is wrong with a file, if anything is.
fn of_file(path: &Path, metadata: &Metadata, fix: bool) -> Option<Finding> {
    let check = "files";
    if let Some(finding) = of_another(check, path, metadata) {
        return Some(finding);
    }
    let mode = metadata.mode();
    if mode & OF_OTHERS == 0 {
        return None;
    }
    let said = format!("Others have rights to {} (its mode is {:o}).", path.display(), mode & 0o7777);
    Some(repaired(path, 0o600, fix, Finding::bad(check, said, "")))
}

/// A place of another account, where that account is not root's to use.
fn of_another(check: &str, path: &Path, metadata: &Metadata) -> Option<Finding> {
    let me = rustix::process::geteuid();
    if me.is_root() || metadata.uid() == me.as_raw() {
        return None;
    }
    let (owner, me) = (metadata.uid(), me.as_raw());
    let said = format!("{} belongs to account {owner}, and this is account {me}.", path.display());
    Some(Finding::bad(check, said, format!("Run `clew` as account {owner}, or `chown -R {me}` the folder.")))
}

/// Sets the mode where it was asked for; else says that `--fix` would.
fn repaired(path: &Path, mode: u32, fix: bool, finding: Finding) -> Finding {
    let shown = path.display();
    if !fix {
        return Finding { remedy: format!("`clew doctor --fix` sets its mode to {mode:o}."), ..finding };
    }
    match fs::set_permissions(path, Permissions::from_mode(mode)) {
        Ok(()) => Finding::ok(&finding.check, format!("{} Its mode is {mode:o} now.", finding.said)),
        Err(error) => {
            let said = format!("{} It could not be changed ({error}).", finding.said);
            Finding { said, remedy: format!("Run `chmod {mode:o} {shown}` as its owner."), ..finding }
        }
    }
}

fn room(folder: &Path) -> Finding {
    let check = "disk";
    let found = match rustix::fs::statvfs(folder) {
        Ok(found) => found.f_bavail.saturating_mul(found.f_frsize),
        Err(error) => {
            return Finding::warn(check, format!("Its room is not known ({error})."), "Look at it with `df -h`.");
        }
    };
    let said = format!("{} MB are free where the store is.", found >> 20);
    let remedy = "Make room; nothing that was saved is lost when a disk is full.";
    match found {
        0..LEAST_ROOM => Finding::bad(check, said, remedy),
        LEAST_ROOM..LITTLE_ROOM => Finding::warn(check, said, remedy),
        _ => Finding::ok(check, said),
    }
}

fn of_sources(folder: &Path) -> Finding {
    let check = "SQLite folder";
    match fs::read_dir(folder) {
        Ok(_) => Finding::ok(check, format!("{} can be read.", folder.display())),
        Err(error) => {
            let said = format!("{} names {}, which cannot be read ({error}).", names::SQLITE_DIR, folder.display());
            Finding::bad(check, said, "Name a folder that this account may read.")
        }
    }
}

fn of_backups(schedule: &Schedule, now: Timestamp) -> Finding {
    let (check, shown) = ("backups", schedule.folder.display());
    if let Err(error) = rustix::fs::access(&schedule.folder, Access::WRITE_OK | Access::EXEC_OK) {
        let said = format!("{} names {shown}, where nothing can be written ({error}).", names::BACKUP_DIR);
        return Finding::bad(check, said, "Name a folder that this account may write to.");
    }
    let late = SignedDuration::try_from(schedule.every.saturating_mul(2)).unwrap_or(SignedDuration::MAX);
    match backups::newest(&schedule.folder) {
        Some(newest) if now.duration_since(newest) < late => {
            Finding::ok(check, format!("The newest in {shown} was made at {newest:.0}."))
        }
        Some(newest) => {
            let said = format!("The newest in {shown} was made at {newest:.0}, which is long ago.");
            Finding::warn(check, said, "If the server ran since then, its log says why.")
        }
        None => {
            let said = format!("There is none in {shown} yet.");
            Finding::warn(
                check,
                said,
                "`clew serve` makes one within a minute; if it runs, its log says why it did not.",
            )
        }
    }
}

fn other_place() -> String {
    format!("Name another folder with {}.", names::DATA)
}
