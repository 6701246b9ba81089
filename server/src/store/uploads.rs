//! Uploads: one image of bytes per upload, in chunks of 1 MiB, each sealed for its place among the others.

use bytes::Bytes;
use zeroize::Zeroizing;

use super::records::{Answer, KEY_PART_LIMIT_BYTES, limit};
use super::vault::Place;

/// Every chunk but the last has this length.
pub const CHUNK_BYTES: usize = 1 << 20;
/// An upload has at most this many chunks: a 100 MB file as a SQLite image with room to spare.
pub const CHUNKS_LIMIT: u32 = 512;

/// Where a chunk belongs: upload, index and count, so that chunks cannot be reordered, dropped or mixed.
pub(super) fn place(upload: &str, index: u32, count: u32) -> Place {
    let row = format!("{upload}/{index}/{count}");
    Place { table: "upload_chunk", row, column: "body", project: String::new(), revision: 0 }
}

/// Refuses a chunk that no upload can have.
pub(super) fn check_chunk(upload: &str, index: u32, count: u32, bytes: &[u8]) -> Result<(), super::StoreError> {
    limit("an upload's id", upload.len(), KEY_PART_LIMIT_BYTES)?;
    limit("an upload's chunk", bytes.len(), CHUNK_BYTES)?;
    limit("the number of chunks of an upload", count as usize, CHUNKS_LIMIT as usize)?;
    if index < count { Ok(()) } else { Err(super::StoreError::Misuse("a chunk behind the last one")) }
}

/// The number of chunks of an image; at least one, so that an empty image is there too.
pub fn chunk_count(image_bytes: usize) -> u32 {
    u32::try_from(image_bytes.div_ceil(CHUNK_BYTES)).unwrap_or(u32::MAX).max(1)
}

/// Uploads on a store. An upload's id is unique for ever (random); which uploads exist is known by their records, so
/// chunks without a record are left-overs.
pub trait Uploads {
    /// Writes one chunk; durable when it returns. Write the upload's record last.
    fn put_chunk(&self, upload: String, index: u32, count: u32, bytes: Bytes) -> Answer<'_, ()>;

    /// Reads one chunk; `Missing` if there is none.
    fn chunk(&self, upload: String, index: u32, count: u32) -> Answer<'_, Zeroizing<Vec<u8>>>;

    /// Removes all chunks of an upload.
    fn drop_upload(&self, upload: String) -> Answer<'_, ()>;

    /// The ids of all uploads that have chunks.
    fn uploads(&self) -> Answer<'_, Vec<String>>;

    /// The same, without those that another server may be writing at this moment.
    fn uploads_of_nobody_else(&self) -> Answer<'_, Vec<String>> {
        self.uploads()
    }
}

/// Writes a whole image in chunks; gives their count.
pub async fn put_image(store: &dyn super::Store, upload: &str, image: Bytes) -> Result<u32, super::StoreError> {
    let count = chunk_count(image.len());
    for index in 0..count {
        let from = index as usize * CHUNK_BYTES;
        let part = image.slice(from..image.len().min(from + CHUNK_BYTES));
        store.put_chunk(upload.to_owned(), index, count, part).await?;
    }
    Ok(count)
}

/// Reads a whole image of `count` chunks.
pub async fn image(
    store: &dyn super::Store,
    upload: &str,
    count: u32,
) -> Result<Zeroizing<Vec<u8>>, super::StoreError> {
    let mut image = Zeroizing::new(Vec::with_capacity(count.min(CHUNKS_LIMIT) as usize * CHUNK_BYTES));
    for index in 0..count {
        image.extend_from_slice(&store.chunk(upload.to_owned(), index, count).await?);
    }
    Ok(image)
}
