//! Files on their way to where a person wants them: whole or not at all.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::trouble::{Trouble, wrong_setting};

/// A file that is coming.
pub struct File {
    file: NamedTempFile,
    bytes: u64,
}

impl File {
    /// Begins one in the person's own temporary folder.
    ///
    /// # Errors
    /// What the system said.
    pub fn begin() -> io::Result<Self> {
        Ok(Self { file: NamedTempFile::new()?, bytes: 0 })
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// What the system said, such as that the disk is full.
    pub fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)?;
        self.bytes += piece.len() as u64;
        Ok(())
    }

    /// How many bytes have come.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Puts it where it is wanted, in the place of what is there.
    ///
    /// # Errors
    /// What the system said; what was there stays.
    pub fn end(self, place: &Path) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        // It may be another disk: then it is copied beside its place first, so that what was there is lost only for a whole one.
        let Err(kept) = self.file.persist(place) else { return Ok(()) };
        let mut beside = place.as_os_str().to_owned();
        beside.push(".part");
        let copied = fs::copy(kept.file.path(), &beside).and_then(|_| fs::rename(&beside, place));
        if copied.is_err() {
            // It may not even be there.
            drop(fs::remove_file(&beside));
        }
        copied
    }
}

/// A file could not be saved.
pub fn failed(name: &str, error: &io::Error) -> Trouble {
    let sentence = format!("{name} could not be saved: {error}.");
    wrong_setting(sentence, "Look whether the disk is full, or choose another folder; nothing was left half done.")
}

/// Nobody chose a place.
pub fn nowhere(name: &str) -> Trouble {
    wrong_setting(format!("{name} was not saved: no place was chosen for it."), "Export it again to choose one.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_when_it_is_whole_and_what_was_there_stays_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("rows.csv");
        fs::write(&place, "before").unwrap();
        let mut file = File::begin().unwrap();
        file.write(b"one,").unwrap();
        assert_eq!((file.len(), fs::read_to_string(&place).unwrap().as_str()), (4, "before"));
        file.write(b"two").unwrap();
        file.end(&place).unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "one,two");
        let lost = File::begin().unwrap().end(&folder.path().join("absent/rows.csv")).unwrap_err();
        assert!(failed("rows.csv", &lost).sentence.contains("rows.csv"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing lies beside it");
    }
}
