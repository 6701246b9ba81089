//! The store as a whole: how it is, whether it is as it was written, and backups of it.

use std::io::Read as _;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use tokio::sync::OwnedSemaphorePermit;
use wire::keeping::{
    BackUp, BackupChecked, BackupLine, CheckNow, CheckStore, KindCount, StoreNow, StoreState, VerifyBackup,
};
use wire::{Code, Fault};

use crate::Server;
use crate::broker::{Piece, Pieces, StreamEnd};
use crate::console::Console;
use crate::gate::{Allowed, File};
use crate::store::backup_files::{self, Beside, MadeFor, Nameless};
use crate::store::{self, Checked, StoreError, backup};
use crate::world::random;

/// So many rows between two notes of how far a check is.
const TOLD_EVERY: u64 = 64;
/// Bytes of a file that are read at once.
const PIECE_BYTES: usize = 256 << 10;

/// How the store is.
///
/// # Errors
/// [`Fault`] `StoreUnavailable` when it cannot be read.
pub async fn store_state(server: Arc<Server>, _call: Allowed<StoreState>) -> Result<StoreNow, Fault> {
    let tally = server.store.tally().await?;
    let (kind, place) = server.console.store_place();
    let backups = server.console.backup_files();
    Ok(StoreNow {
        kind: kind.to_owned(),
        place,
        bytes: tally.bytes,
        free_bytes: server.console.free_bytes(),
        schema: tally.schema,
        method: server.console.settings.encryption_method.as_str().to_owned(),
        key: server.store.key_id().to_string(),
        counts: tally.counts.into_iter().map(|(kind, rows)| KindCount { kind, rows }).collect(),
        check: server.console.check.now(),
        folder: Some(server.console.work_folder().display().to_string()),
        backups: backups.into_iter().map(|file| line(&server, file)).collect(),
    })
}

fn line(server: &Server, file: Beside) -> BackupLine {
    let Beside { name, path, made_for, bytes, head } = file;
    let made_for = match made_for {
        MadeFor::Roll => wire::keeping::MadeFor::Roll,
        MadeFor::Reset => wire::keeping::MadeFor::Reset,
        MadeFor::Schema => wire::keeping::MadeFor::Schema,
        MadeFor::Schedule => wire::keeping::MadeFor::Schedule,
        MadeFor::Other => wire::keeping::MadeFor::Other,
    };
    BackupLine {
        name,
        folder: path.parent().map(|folder| folder.display().to_string()),
        made_for,
        bytes,
        made: head.as_ref().map(|head| head.made.as_second()),
        key: head.as_ref().map(|head| head.key.to_string()),
        opens: head.is_some_and(|head| server.console.keyring.has(head.key)),
    }
}

/// Opens everything in the store.
///
/// # Errors
/// [`Fault`] `Conflict` while another check runs; `StoreUnavailable` when the store cannot be read.
pub async fn check_store(server: Arc<Server>, _call: Allowed<CheckStore>) -> Result<CheckNow, Fault> {
    let begun = server.console.check.begin(server.clock.now()).map(Arc::new);
    let checking = begun
        .ok_or_else(|| Fault::new(Code::Conflict, "The store is being checked already.", "Wait until that is done."))?;
    let vault = server.console.keyring.of(server.store.key_id());
    // Whoever stops waiting lets go of the check, and so it ends.
    let told = Arc::downgrade(&checking);
    let each = move |rows: u64| {
        let Some(checking) = told.upgrade() else { return false };
        if rows.is_multiple_of(TOLD_EVERY) {
            checking.progress(rows);
        }
        true
    };
    let checked = store::check_telling(&*server.store, vault, each).await?;
    let (at, rows, faults) = (server.clock.now().as_second(), rows(&checked), checked.faults_total);
    log_faults("the store", &checked);
    let found = if faults == 0 { CheckNow::Whole { at, rows } } else { CheckNow::Broken { at, rows, faults } };
    Ok(match Arc::try_unwrap(checking) {
        Ok(checking) => checking.end(found),
        Err(_) => found,
    })
}

fn rows(checked: &Checked) -> u64 {
    checked.counts.values().sum()
}

/// They name rows, and whoever keeps the store need not know what is in it: the log has them.
fn log_faults(what: &str, checked: &Checked) {
    for fault in &checked.faults {
        tracing::error!(%fault, "{what} is not as it was written");
    }
}

/// Looks at a backup in the list.
///
/// # Errors
/// [`Fault`] `NotFound` when there is none of this name; `Invalid` when it is damaged or needs another key.
pub async fn verify_backup(server: Arc<Server>, call: Allowed<VerifyBackup>) -> Result<BackupChecked, Fault> {
    let all = server.console.backup_files();
    let file = all.into_iter().find(|file| file.name == call.request.name).ok_or_else(Fault::not_found)?;
    let head = file.head.clone().ok_or_else(|| unreadable(&file.name))?;
    let vault = server.console.keyring.of(head.key);
    let checking = tokio::task::spawn_blocking(move || backup::check(&file.path, vault, Vec::new()));
    let checked = checking.await.map_err(|_| unreadable(&call.request.name))?.map_err(|error| unfit(&error))?;
    log_faults(&call.request.name, &checked);
    Ok(BackupChecked { name: call.request.name.clone(), rows: rows(&checked), faults: checked.faults_total })
}

fn unreadable(name: &str) -> Fault {
    Fault::invalid(
        format!("{name} is no backup that this program can read."),
        "Restore it with the program that made it.",
    )
}

/// What a backup's own error says, for whoever keeps the store.
fn unfit(error: &StoreError) -> Fault {
    let said = error.to_string();
    let (sentence, remedy) = said.split_once("; ").unwrap_or((&said, "Take another backup."));
    Fault::invalid(format!("{sentence}."), format!("{remedy}."))
}

/// The whole store as a file.
///
/// # Errors
/// [`Fault`] `Conflict` while another backup is made or sent; `StoreUnavailable` when the store is not whole or the disk
/// has no room.
pub async fn back_up(server: Arc<Server>, _call: Allowed<BackUp>) -> Result<File, Fault> {
    let alone = server
        .console
        .backups
        .clone()
        .try_acquire_owned()
        .map_err(|_| Fault::new(Code::Conflict, "A backup is being made already.", "Wait until that is done."))?;
    let (made, id) = (server.clock.now(), random::<16>(server.dice.as_ref()));
    let key = server.store.key_id();
    let (making, runtime) = (server.clone(), tokio::runtime::Handle::current());
    let work = move || {
        let Console { keyring, .. } = &making.console;
        let folder = making.console.work_folder();
        let made = backup_files::to_be_sent(&runtime, &*making.store, keyring.of(key), &folder, (made, id));
        made.map(|file| (file, alone))
    };
    let (file, alone) = tokio::task::spawn_blocking(work).await.map_err(|error| broken(&error))?.map_err(|error| {
        tracing::error!(%error, "a backup could not be made");
        match &error {
            StoreError::Backup { .. } => unfit(&error),
            _ => Fault::from(error),
        }
    })?;
    if file.checked.faults_total > 0 {
        log_faults("the store", &file.checked);
        let remedy = "Keep the backups before this one; the server's log names what it is, `clew store verify` too.";
        return Err(Fault::new(Code::StoreUnavailable, "The store is not whole, and so is its backup.", remedy));
    }
    let name = format!("clew-{}-key-{key}.clew-backup", made.strftime("%Y%m%d-%H%M%S"));
    Ok(File { name, content_type: "application/octet-stream", pieces: pieces(file, alone) })
}

fn broken(error: &tokio::task::JoinError) -> Fault {
    tracing::error!(%error, "making a backup broke off");
    Fault::new(Code::Internal, "The backup broke off.", "Try again.")
}

/// The file, piece by piece; while it is sent, no other is made.
fn pieces(file: Nameless, alone: OwnedSemaphorePermit) -> Pieces {
    let rows = rows(&file.checked);
    let state = Some((Arc::new(file), alone, 0_u64));
    let stream = futures::stream::unfold(state, move |state| async move {
        let (file, alone, sent) = state?;
        match read_piece(file.clone()).await {
            Ok(piece) if piece.is_empty() => {
                let fault =
                    (sent != file.bytes).then(|| Fault::new(Code::Internal, "The backup broke off.", "Try again."));
                Some((Piece::End(StreamEnd { rows, bytes: sent, fault }), None))
            }
            Ok(piece) => {
                let sent = sent + piece.len() as u64;
                Some((Piece::Frames(Bytes::from(piece)), Some((file, alone, sent))))
            }
            Err(fault) => Some((Piece::End(StreamEnd { rows: 0, bytes: sent, fault: Some(fault) }), None)),
        }
    });
    stream.boxed()
}

async fn read_piece(file: Arc<Nameless>) -> Result<Vec<u8>, Fault> {
    let work = move || {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        (&file.file).take(PIECE_BYTES as u64).read_to_end(&mut piece).map(|_| piece)
    };
    let read = tokio::task::spawn_blocking(work).await.map_err(|error| broken(&error))?;
    read.map_err(|error| {
        tracing::error!(%error, "a backup cannot be read");
        Fault::new(Code::StoreUnavailable, "The backup cannot be read.", "Try again.")
    })
}
