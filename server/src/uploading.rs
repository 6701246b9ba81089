//! Uploads whose pieces are being written and that nothing in the configuration names yet: upkeep leaves them alone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::UploadId;

/// Every upload under way in this process.
#[derive(Debug, Clone, Default)]
pub struct Uploading(Arc<Mutex<BTreeSet<UploadId>>>);

/// One of them, until this is dropped.
#[derive(Debug)]
pub struct UnderWay {
    all: Uploading,
    upload: UploadId,
}

impl Uploading {
    /// Notes that pieces of `upload` are about to be written.
    pub fn begin(&self, upload: &UploadId) -> UnderWay {
        self.lock().insert(upload.clone());
        UnderWay { all: self.clone(), upload: upload.clone() }
    }

    /// Whether pieces of this upload are being written.
    pub fn has(&self, upload: &str) -> bool {
        self.lock().iter().any(|under_way| under_way.as_str() == upload)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<UploadId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.all.lock().remove(&self.upload);
    }
}
