//! Uploads on SQLite.

use bytes::Bytes;
use rusqlite::{OptionalExtension as _, params};
use zeroize::Zeroizing;

use super::SqliteStore;
use crate::store::StoreError;
use crate::store::records::Answer;
use crate::store::uploads::{Uploads, check_chunk, place};
use crate::store::vault::Sealed;

impl Uploads for SqliteStore {
    fn put_chunk(&self, upload: String, index: u32, count: u32, bytes: Bytes) -> Answer<'_, ()> {
        let vault = self.keys.get().vault;
        // Sealed here and not by the writer, which would keep small calls waiting meanwhile.
        let sealed =
            check_chunk(&upload, index, count, &bytes).map(|()| vault.seal(place(&upload, index, count), &bytes));
        self.write(move |writing| {
            let mut sealed = sealed?;
            if sealed.key_id() != Some(writing.vault.key_id()) {
                // The key was rolled while it waited.
                sealed = writing.vault.seal(place(&upload, index, count), &writing.vault.open(&sealed)?);
            }
            let sql = "INSERT OR REPLACE INTO upload_chunk (rowid, upload, idx, body)
                       VALUES ((SELECT rowid FROM upload_chunk WHERE upload = ?1 AND idx = ?2), ?1, ?2, ?3)";
            writing.connection.prepare_cached(sql)?.execute(params![upload, index, sealed.bytes()])?;
            Ok(())
        })
    }

    fn chunk(&self, upload: String, index: u32, count: u32) -> Answer<'_, Zeroizing<Vec<u8>>> {
        self.read(move |connection, vault| {
            let sql = "SELECT body FROM upload_chunk WHERE upload = ? AND idx = ?";
            let mut statement = connection.prepare_cached(sql)?;
            let body: Option<Vec<u8>> = statement.query_row(params![upload, index], |row| row.get(0)).optional()?;
            let place = place(&upload, index, count);
            let body = body.ok_or_else(|| StoreError::Missing { row: format!("chunk {}", place.row) })?;
            vault.open(&Sealed::from_stored(body, place))
        })
    }

    fn drop_upload(&self, upload: String) -> Answer<'_, ()> {
        self.write(move |writing| {
            writing.connection.prepare_cached("DELETE FROM upload_chunk WHERE upload = ?")?.execute([upload])?;
            Ok(())
        })
    }

    fn uploads(&self) -> Answer<'_, Vec<String>> {
        self.read(|connection, _| {
            let mut statement =
                connection.prepare_cached("SELECT DISTINCT upload FROM upload_chunk ORDER BY upload")?;
            let ids = statement.query_map([], |row| row.get(0))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }
}
