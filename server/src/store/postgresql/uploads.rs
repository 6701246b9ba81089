//! Uploads on PostgreSQL.

use bytes::Bytes;
use zeroize::Zeroizing;

use super::open::get;
use super::{PostgreSqlStore, locks};
use crate::store::StoreError;
use crate::store::records::Answer;
use crate::store::uploads::{Uploads, check_chunk, place};
use crate::store::vault::Sealed;

impl Uploads for PostgreSqlStore {
    fn put_chunk(&self, upload: String, index: u32, count: u32, bytes: Bytes) -> Answer<'_, ()> {
        let (vault, server) = (self.shared.keys.get().vault, self.shared.server());
        // Sealed here and not by the writer, which would keep small calls waiting meanwhile.
        let sealed =
            check_chunk(&upload, index, count, &bytes).map(|()| vault.seal(place(&upload, index, count), &bytes));
        self.write(Box::new(move |writing| {
            Box::pin(async move {
                let mut sealed = sealed?;
                let vault = &writing.keys.vault;
                if sealed.key_id() != Some(vault.key_id()) {
                    // The key was rolled while it waited.
                    sealed = vault.seal(place(&upload, index, count), &vault.open(&sealed)?);
                }
                let sql = "INSERT INTO upload_chunk (upload, idx, body, server) VALUES ($1, $2, $3, $4)
                           ON CONFLICT (upload, idx) DO UPDATE SET body = excluded.body, server = excluded.server";
                writing.execute(sql, &[&upload, &i64::from(index), &sealed.bytes(), &server]).await?;
                Ok(())
            })
        }))
    }

    fn chunk(&self, upload: String, index: u32, count: u32) -> Answer<'_, Zeroizing<Vec<u8>>> {
        self.read(Box::new(move |session, vault| {
            Box::pin(async move {
                let sql = "SELECT body FROM upload_chunk WHERE upload = $1 AND idx = $2";
                let row = session.query_opt(sql, &[&upload, &i64::from(index)]).await?;
                let place = place(&upload, index, count);
                let row = row.ok_or_else(|| StoreError::Missing { row: format!("chunk {}", place.row) })?;
                vault.open(&Sealed::from_stored(get(&row, 0)?, place))
            })
        }))
    }

    fn drop_upload(&self, upload: String) -> Answer<'_, ()> {
        self.write(Box::new(move |writing| {
            Box::pin(async move {
                writing.execute("DELETE FROM upload_chunk WHERE upload = $1", &[&upload]).await?;
                Ok(())
            })
        }))
    }

    fn uploads(&self) -> Answer<'_, Vec<String>> {
        self.read(Box::new(|session, _| {
            Box::pin(async move {
                let rows = session.query("SELECT DISTINCT upload FROM upload_chunk ORDER BY upload", &[]).await?;
                rows.iter().map(|row| get(row, 0)).collect()
            })
        }))
    }

    fn uploads_of_nobody_else(&self) -> Answer<'_, Vec<String>> {
        let own = self.shared.server();
        self.read(Box::new(move |session, _| {
            Box::pin(async move {
                // The locks of those who are gone are given back with the transaction.
                session.batch("BEGIN").await?;
                let mut uploads = Vec::new();
                let sql = "SELECT DISTINCT upload, server FROM upload_chunk ORDER BY upload";
                for row in session.query(sql, &[]).await? {
                    let server: Option<i32> = get(&row, 1)?;
                    let is_free = match server.filter(|server| Some(*server) != own) {
                        Some(other) => get(&session.query_one(locks::IS_GONE, &[&other]).await?, 0)?,
                        None => true,
                    };
                    if is_free {
                        uploads.push(get(&row, 0)?);
                    }
                }
                session.batch("COMMIT").await?;
                uploads.dedup();
                Ok(uploads)
            })
        }))
    }
}
