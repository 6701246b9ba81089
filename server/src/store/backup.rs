//! Backups: the whole store in one file, sealed, of one moment, made while the server runs.
//!
//! ```text
//! "clew-bak"  version 1   key id 8   made 8 (microseconds since 1970)   backup id 16
//! then pieces, each: length 4, sealed text; in the pieces one row after the other as a line of JSON
//! ```
//!
//! Each piece is sealed for its place: the backup's id, when it was made, the piece's number, and whether more follow. So
//! pieces cannot be exchanged, left out or taken from another backup, and a file that was cut off is known as such. The
//! key is never in the file; its id is, so that whoever puts the backup back knows which key is needed.
//!
//! A backup is written under another name and gets its own when it is complete and on the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::chain::Anchor;
use super::vault::{KeyId, Place, Sealed, Vault};
use super::whole::{self, Checked, Checker, Row};
use super::{Store, StoreError};
use crate::hash::hex;

const MAGIC: &[u8; 8] = b"clew-bak";
const VERSION: u8 = 1;
const HEAD_BYTES: usize = 8 + 1 + 8 + 8 + 16;
/// Plain bytes in a piece; only the last one has fewer.
const PIECE_BYTES: usize = 1 << 20;
/// A sealed piece is at most this long: what is read is never more than a little more than what was written.
const SEALED_LIMIT_BYTES: usize = PIECE_BYTES + 1024;
/// The longest line: a record of the greatest length, as base64, with room for its names.
const LINE_LIMIT_BYTES: usize = 32 << 20;

/// What a backup says of itself before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which key it needs.
    pub key: KeyId,
    /// When it was made.
    pub made: Timestamp,
    id: [u8; 16],
}

impl Head {
    fn to_bytes(&self) -> Vec<u8> {
        let made = self.made.as_microsecond().to_be_bytes();
        [MAGIC.as_slice(), &[VERSION], &self.key.to_bytes(), &made, &self.id].concat()
    }

    fn place(&self, index: u64, is_last: bool) -> Place {
        let end = if is_last { "last" } else { "more" };
        let row = format!("{}/{}/{index}/{end}", hex(&self.id), self.made.as_microsecond());
        Place { table: "backup", row, column: "piece", project: String::new(), revision: 0 }
    }
}

/// Writes a backup of `store` to `path`, which must not exist, and reads it again to see that it is whole. What is wrong with
/// the rows of the store is told with it.
///
/// # Errors
/// [`StoreError::Backup`] when the file cannot be written or exists; what the store says.
pub async fn save(
    store: &dyn Store,
    vault: Arc<Vault>,
    path: PathBuf,
    made: Timestamp,
    id: [u8; 16],
) -> Result<Checked, StoreError> {
    if path.exists() {
        return Err(fault(&path, "is there already; name another file"));
    }
    let writing = Writing::of(&path, vault.clone(), made, id)?;
    whole::through(store, writing, Writing::row).await?.finish()?;
    // A backup has no sums: what was put back into the store would come out of it as if it were right.
    whole::with_rows(store, check(&path, vault, Vec::new())?).await
}

/// Looks at every row of a backup; nothing is written.
///
/// # Errors
/// [`StoreError::Backup`] when the file is no backup, was cut off or changed; [`StoreError::BackupKey`] when it needs
/// another key.
pub fn check(path: &Path, vault: Arc<Vault>, anchors: Vec<Anchor>) -> Result<Checked, StoreError> {
    let mut reading = Reading::begin(path, vault.clone())?;
    let mut checker = Checker::new(vault, anchors);
    while let Some(row) = reading.row()? {
        checker.row(&row);
    }
    Ok(checker.finish())
}

/// Fills an empty store with a backup, which should have been checked before.
///
/// # Errors
/// The same as [`check`]; [`StoreError::NotEmpty`] when something is in the store.
pub async fn restore(store: &dyn Store, vault: Arc<Vault>, path: &Path) -> Result<(), StoreError> {
    let mut reading = Reading::begin(path, vault)?;
    store.fill(Box::new(move || reading.row())).await
}

/// What the file at `path` says of itself.
///
/// # Errors
/// [`StoreError::Backup`] when it is no backup, or one of a newer program.
pub fn head(path: &Path) -> Result<Head, StoreError> {
    read_head(path, &mut open(path)?)
}

fn fault(path: &Path, found: impl Into<String>) -> StoreError {
    StoreError::Backup { file: path.display().to_string(), found: found.into() }
}

fn unwritten(path: &Path, error: &io::Error) -> StoreError {
    fault(path, format!("cannot be written ({error}); make space, or name another place"))
}

fn damaged(path: &Path) -> StoreError {
    fault(path, "is damaged: it was cut off or changed; take another backup")
}

/// A backup that is being written.
pub(super) struct Writing {
    path: PathBuf,
    part: PathBuf,
    file: File,
    head: Head,
    vault: Arc<Vault>,
    waiting: Vec<u8>,
    pieces: u64,
}

impl Writing {
    /// Begins one, for whoever has the rows without a store.
    ///
    /// # Errors
    /// As [`save`].
    pub(super) fn of(path: &Path, vault: Arc<Vault>, made: Timestamp, id: [u8; 16]) -> Result<Self, StoreError> {
        Self::begin(path, Head { key: vault.key_id(), made, id }, vault)
    }

    fn begin(path: &Path, head: Head, vault: Arc<Vault>) -> Result<Self, StoreError> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let opened = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part);
        let mut file = opened.map_err(|error| unwritten(path, &error))?;
        file.write_all(&head.to_bytes()).map_err(|error| unwritten(path, &error))?;
        Ok(Self { path: path.to_owned(), part, file, head, vault, waiting: Vec::new(), pieces: 0 })
    }

    pub(super) fn row(&mut self, row: &Row) -> Result<(), StoreError> {
        serde_json::to_writer(&mut self.waiting, row).map_err(|_| StoreError::Misuse("a row that is no JSON"))?;
        self.waiting.push(b'\n');
        // More than one piece must wait, so that the last one is known to be the last.
        while self.waiting.len() > PIECE_BYTES {
            let rest = self.waiting.split_off(PIECE_BYTES);
            let piece = std::mem::replace(&mut self.waiting, rest);
            self.piece(&piece, false)?;
        }
        Ok(())
    }

    fn piece(&mut self, plain: &[u8], is_last: bool) -> Result<(), StoreError> {
        let sealed = self.vault.seal(self.head.place(self.pieces, is_last), plain);
        self.pieces += 1;
        let length = u32::try_from(sealed.bytes().len()).unwrap_or(u32::MAX).to_be_bytes();
        let written = self.file.write_all(&length).and_then(|()| self.file.write_all(sealed.bytes()));
        written.map_err(|error| unwritten(&self.path, &error))
    }

    /// Brings everything to the disk, then gives the file its name.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        let last = std::mem::take(&mut self.waiting);
        self.piece(&last, true)?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let named = self.file.sync_all().and_then(|()| fs::hard_link(&self.part, &self.path));
        let named = named.and_then(|()| File::open(folder)?.sync_all());
        named.map_err(|error| unwritten(&self.path, &error))
    }
}

impl Drop for Writing {
    /// What is not complete is not kept; what is complete has its own name by now.
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.part) {
            tracing::warn!(%error, path = %self.part.display(), "a part of a backup is left behind");
        }
    }
}

fn open(path: &Path) -> Result<BufReader<File>, StoreError> {
    let opened =
        File::open(path).map_err(|error| fault(path, format!("cannot be read ({error}); see its name and rights")));
    Ok(BufReader::new(opened?))
}

fn read_head(path: &Path, from: &mut impl Read) -> Result<Head, StoreError> {
    let mut bytes = [0; HEAD_BYTES];
    let no_backup = || fault(path, "is no backup of Clew; name a file that `clew backup` made");
    from.read_exact(&mut bytes).map_err(|_| no_backup())?;
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(no_backup)?;
    let (version, rest) = rest.split_first().ok_or_else(no_backup)?;
    if *version != VERSION {
        return Err(fault(path, "was made by a newer program; restore it with that one"));
    }
    let (key, rest) = rest.split_first_chunk::<8>().ok_or_else(no_backup)?;
    let (made, rest) = rest.split_first_chunk::<8>().ok_or_else(no_backup)?;
    let id = rest.first_chunk::<16>().ok_or_else(no_backup)?;
    let made = Timestamp::from_microsecond(i64::from_be_bytes(*made)).map_err(|_| damaged(path))?;
    Ok(Head { key: KeyId::from_bytes(*key), made, id: *id })
}

/// A backup that is being read, row by row.
struct Reading {
    path: PathBuf,
    file: BufReader<File>,
    head: Head,
    vault: Arc<Vault>,
    piece: u64,
    /// What is read and not yet given.
    waiting: Vec<u8>,
    /// How much of it is given already.
    given: usize,
    is_over: bool,
}

impl Reading {
    fn begin(path: &Path, vault: Arc<Vault>) -> Result<Self, StoreError> {
        let mut file = open(path)?;
        let head = read_head(path, &mut file)?;
        if head.key != vault.key_id() {
            let file = path.display().to_string();
            return Err(StoreError::BackupKey { file, needs: head.key, given: vault.key_id() });
        }
        Ok(Self { path: path.to_owned(), file, head, vault, piece: 0, waiting: Vec::new(), given: 0, is_over: false })
    }

    /// The next row; none behind the last one.
    fn row(&mut self) -> Result<Option<Row>, StoreError> {
        let mut looked_at = self.given;
        loop {
            let end = self.waiting.get(looked_at..).and_then(|bytes| bytes.iter().position(|byte| *byte == b'\n'));
            if let Some(end) = end {
                let line = self.waiting.get(self.given..looked_at + end).unwrap_or_default();
                let row = serde_json::from_slice(line).map_err(|_| damaged(&self.path))?;
                self.given = looked_at + end + 1;
                return Ok(Some(row));
            }
            if self.is_over {
                let is_all = self.given == self.waiting.len();
                return if is_all { Ok(None) } else { Err(damaged(&self.path)) };
            }
            self.waiting.drain(..self.given);
            self.given = 0;
            looked_at = self.waiting.len();
            if looked_at > LINE_LIMIT_BYTES {
                return Err(damaged(&self.path));
            }
            self.read_piece()?;
        }
    }

    fn read_piece(&mut self) -> Result<(), StoreError> {
        let mut length = [0; 4];
        self.file.read_exact(&mut length).map_err(|_| damaged(&self.path))?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > SEALED_LIMIT_BYTES {
            return Err(damaged(&self.path));
        }
        let mut sealed = vec![0; length];
        self.file.read_exact(&mut sealed).map_err(|_| damaged(&self.path))?;
        self.is_over = io::BufRead::fill_buf(&mut self.file).map_err(|_| damaged(&self.path))?.is_empty();
        let sealed = Sealed::from_stored(sealed, self.head.place(self.piece, self.is_over));
        let plain = self.vault.open(&sealed).map_err(|_| damaged(&self.path))?;
        self.waiting.extend_from_slice(&plain);
        self.piece += 1;
        Ok(())
    }
}
