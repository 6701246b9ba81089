//! Uploaded files: a SQLite image in memory, shared by its readers and never on a disk.
//!
//! The table is called `rows`; how its values are kept is said by the declared types of its columns, as in SQLite files.
//! Opening copies the image and lets go of what it was given.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use rusqlite::backup::Backup;
use rusqlite::{Connection as Raw, OpenFlags};
use wire::form::About;
use wire::source::TestReport;
use zeroize::Zeroizing;

use super::form::Steps;
use super::sqlite::{Database, Sorting, failure_of, open_with};
use super::{Connection, Connector, Dialect, Failure, FailureKind, Target};

/// The connector.
pub(super) struct Upload;

impl Connector for Upload {
    fn kind(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> About {
        About {
            kind: "csv".to_owned(),
            name: "Uploaded file".to_owned(),
            help: "A table from a file that was uploaded to Clew.".to_owned(),
            internal: true,
            accounts: false,
            fields: Vec::new(),
        }
    }

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn open(&self, target: Target) -> BoxFuture<'_, Result<Arc<dyn Connection>, Failure>> {
        open(target).boxed()
    }

    fn test(&self, target: Target) -> BoxFuture<'_, TestReport> {
        async move {
            let mut steps = Steps::new();
            steps.note("Open the uploaded file", open(target).await, |_| "It can be read.".to_owned());
            steps.report()
        }
        .boxed()
    }
}

async fn open(target: Target) -> Result<Arc<dyn Connection>, Failure> {
    let Some(image) = target.image else {
        let sentence = "The uploaded file is not there any more.";
        return Err(Failure::new(FailureKind::Setting, sentence, "Upload it again.", "no image"));
    };
    let loaded = tokio::task::spawn_blocking(move || load(image)).await;
    let (name, anchor) = loaded.unwrap_or_else(|error| Err(unreadable(&error)))?;
    let anchor = Mutex::new(anchor);
    let make = move || {
        // The memory lives as long as somebody has it open: the first connection, which is never used again.
        let _anchor = anchor.lock().unwrap_or_else(PoisonError::into_inner);
        open_with(&name, Sorting::InMemory)
    };
    let database = Database::open(target.at_once, Box::new(make)).await?;
    Ok(Arc::new(database))
}

fn unreadable(cause: &(impl std::fmt::Display + ?Sized)) -> Failure {
    Failure::new(FailureKind::Broken, "The uploaded file cannot be read.", "Upload it again.", cause)
}

/// Copies an image into memory that several connections can read, under a name of its own in this process.
fn load(image: Zeroizing<Vec<u8>>) -> Result<(PathBuf, Raw), Failure> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = format!("file:/clew-upload-{}?vfs=memdb", NUMBER.fetch_add(1, Ordering::Relaxed));
    let uri = name.clone();
    let copied = move || -> rusqlite::Result<Raw> {
        let mut private = Raw::open_in_memory()?;
        private.deserialize_read_exact("main", image.as_slice(), image.len(), true)?;
        // Two copies at a time are enough.
        drop(image);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI;
        let mut shared = Raw::open_with_flags(&uri, flags)?;
        // All pages in one step.
        Backup::new(&private, &mut shared)?.step(-1)?;
        Ok(shared)
    };
    let shared = copied().map_err(|error| unreadable(&failure_of(&error).cause))?;
    Ok((PathBuf::from(name), shared))
}
