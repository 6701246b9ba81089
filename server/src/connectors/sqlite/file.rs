//! Finding a SQLite file by its bare name: inside the one folder, no way out of it, and never the store's own file.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::fence::failure_of;
use crate::connectors::form::wrong;
use crate::connectors::{Failure, FailureKind, Target};

/// The file called `name`, if a source may be there.
pub(super) fn find(name: &str, target: &Target) -> Result<PathBuf, Failure> {
    let Some(folder) = &target.sqlite_dir else {
        return Err(Failure::new(
            FailureKind::Setting,
            "SQLite files cannot be used here.",
            "Ask the operator to name a folder for them in CLEW_SQLITE_DIR.",
            "no folder",
        ));
    };
    let bare = !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0']);
    if !bare {
        return Err(wrong("File", "Enter the bare name of a file, without a path and not beginning with a point."));
    }
    // The folder itself may be reached through a link, which is the operator's choice; the file may not be one.
    let folder = folder.canonicalize().map_err(|error| absent(&error.to_string()))?;
    let path = folder.join(name);
    let found = path.symlink_metadata().map_err(|error| absent(&error.to_string()))?;
    if !found.is_file() || is_store(&path, &found, target.store_file.as_deref()) {
        return Err(absent("no plain file, or the store's own"));
    }
    Ok(path)
}

/// Refuses a file that ends within a page. SQLite takes what is missing for zeros, and would read rows without values
/// there. See "The Database Header" of its file format.
pub(super) fn has_all_its_pages(path: &Path) -> Result<(), Failure> {
    let Some((header, length)) = header(path) else { return Ok(()) };
    let [.., high, low] = header;
    let page_bytes = match u16::from_be_bytes([high, low]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    if header.starts_with(b"SQLite format 3\0") && length.checked_rem(page_bytes).is_some_and(|rest| rest > 0) {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(failure_of(&rusqlite::Error::SqliteFailure(code, Some("the file ends within a page".to_owned()))));
    }
    Ok(())
}

/// The beginning of a file, up to the size of its pages, and its length; what cannot be read SQLite itself complains of.
fn header(path: &Path) -> Option<([u8; 18], u64)> {
    let mut file = File::open(path).ok()?;
    let mut header = [0; 18];
    file.read_exact(&mut header).ok()?;
    Some((header, file.metadata().ok()?.len()))
}

/// One answer for all reasons, so that it says nothing of what else lies there.
fn absent(cause: &str) -> Failure {
    Failure::new(
        FailureKind::Setting,
        "There is no such file.",
        "Check its name; it must lie in the folder itself and be no link.",
        cause,
    )
}

/// Whether `found` at `path` is the store, by whatever name.
fn is_store(path: &Path, found: &Metadata, store: Option<&Path>) -> bool {
    let Some(store) = store else { return false };
    match store.metadata() {
        Ok(own) => same_file((path, found), (store, &own)),
        Err(_) => path == store,
    }
}

#[cfg(unix)]
fn same_file((_, one): (&Path, &Metadata), (_, other): (&Path, &Metadata)) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn same_file((one, _): (&Path, &Metadata), (other, _): (&Path, &Metadata)) -> bool {
    one.canonicalize().ok() == other.canonicalize().ok()
}
