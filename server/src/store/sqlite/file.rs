//! What a file is before SQLite may touch it: absent, ours, or something that is left as it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// "CLEW" in the header of every store.
pub(super) const APPLICATION_ID: i32 = 0x434C_4557;

const HEADER_BYTES: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What stands at a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// A store of ours, of this many bytes.
    Store {
        bytes: u64,
    },
}

/// Looks at the file without changing anything.
pub(super) fn examine(path: &Path, known_schema: u32) -> Result<Found, StoreError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(cannot_write(path, &error)),
    };
    let metadata = file.metadata().map_err(|error| cannot_write(path, &error))?;
    if !metadata.is_file() {
        return Err(foreign(path, "not a file"));
    }
    if metadata.len() == 0 {
        return Ok(Found::Nothing);
    }
    let mut header = [0; HEADER_BYTES];
    match file.read_exact(&mut header) {
        Ok(()) => check_header(path, &header, metadata.len(), known_schema),
        Err(_) if header.starts_with(MAGIC) => Err(damaged(path, "it ends within its header")),
        Err(_) => Err(foreign(path, "too short for a database")),
    }
}

/// The schema of the file as its header has it; nothing where there is no store of ours.
pub(super) fn schema(path: &Path) -> Option<u32> {
    let mut header = [0; HEADER_BYTES];
    File::open(path).ok()?.read_exact(&mut header).ok()?;
    let is_ours = header.starts_with(MAGIC) && number(&header, 68) == APPLICATION_ID.cast_unsigned();
    is_ours.then(|| number(&header, 60))
}

fn check_header(path: &Path, header: &[u8; HEADER_BYTES], bytes: u64, known: u32) -> Result<Found, StoreError> {
    if !header.starts_with(MAGIC) {
        return Err(foreign(path, "not a SQLite database"));
    }
    if number(header, 68) != APPLICATION_ID.cast_unsigned() {
        return Err(foreign(path, "a SQLite database of another program"));
    }
    let found = number(header, 60);
    if found > known {
        return Err(StoreError::Newer { file: path.display().to_string(), found, known });
    }
    // While a log lies beside it the file may be behind; SQLite looks after that.
    let has_log = fs::metadata(with_suffix(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let page = match number(header, 16) >> 16 {
        1 => 65_536,
        size => u64::from(size),
    };
    if !has_log && bytes < page * u64::from(number(header, 28)) {
        return Err(damaged(path, "it is shorter than it was, something cut it off"));
    }
    Ok(Found::Store { bytes })
}

/// The four bytes at `at`, big-endian, as SQLite's header has them.
fn number(header: &[u8; HEADER_BYTES], at: usize) -> u32 {
    header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// Makes the folder (0700) and the empty file (0600), so that nothing is ever readable by others; SQLite gives its
/// log the rights of the file.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| cannot_write(path, &error);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        create_folder(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(failed)?;
    keep_private(path).map_err(failed)
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes everybody else's rights to the file away; the folder's are its owner's business, but worth a word.
pub(super) fn keep_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        let folder = path.parent().and_then(|folder| fs::metadata(folder).ok());
        if folder.is_some_and(|folder| folder.permissions().mode() & 0o022 != 0) {
            tracing::warn!(path = %path.display(), "others may write to the folder of the store");
        }
    }
    Ok(())
}

/// The path with `suffix` behind it: SQLite's own files beside the store.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn cannot_write(path: &Path, error: &io::Error) -> StoreError {
    StoreError::CannotWrite { file: path.display().to_string(), cause: error.to_string() }
}

fn foreign(path: &Path, found: &str) -> StoreError {
    StoreError::Foreign { file: path.display().to_string(), found: found.to_owned() }
}

fn damaged(path: &Path, found: &str) -> StoreError {
    StoreError::Damaged { file: path.display().to_string(), found: found.to_owned() }
}
