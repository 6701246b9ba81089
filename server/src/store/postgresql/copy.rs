//! The copy that is made before a store on PostgreSQL is brought to a newer schema: a backup like any other, in the folder
//! where those before a roll lie too.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::connect::Session;
use super::open::{SCHEMA, get};
use super::whole::dump;
use crate::settings::names;
use crate::store::backup::{self, Writing};
use crate::store::backup_files::made_before;
use crate::store::vault::Vault;
use crate::store::whole::lent;
use crate::store::{StoreError, time};

/// Makes it and reads it again; gives where it is.
///
/// # Errors
/// [`StoreError::Backup`] when it cannot be written; the store is left as it is then.
pub(super) async fn make(session: &Session, vault: Arc<Vault>, stem: &Path) -> Result<PathBuf, StoreError> {
    let now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    let made = time(get(&session.query_one(now, &[]).await?, 0)?)?;
    let path = made_before(&format!("schema-{SCHEMA}"), stem, made, vault.key_id());
    make_folder(&path)?;
    write(session, vault.clone(), &path, made).await?;
    let checked = backup::check(&path, vault, Vec::new())?;
    if checked.faults_total > 0 {
        // Bringing it up to date takes nothing away, so what is damaged is not worse off by it.
        tracing::error!(
            faults = checked.faults_total,
            "the store is not whole, and so is the copy; run `clew store verify`"
        );
    }
    Ok(path)
}

async fn write(session: &Session, vault: Arc<Vault>, path: &Path, made: Timestamp) -> Result<(), StoreError> {
    let writing = Writing::of(path, vault.clone(), made, vault.random_id())?;
    let (mut take, back) = lent(writing, Writing::row);
    dump(session, &mut take).await?;
    back()?.finish()
}

/// A server that keeps everything in a database may have no folder of its own yet.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| StoreError::Backup {
        file: path.display().to_string(),
        found: format!(
            "cannot be written ({error}); name a folder with {}, the store stays as it is until then",
            names::DATA
        ),
    })
}
