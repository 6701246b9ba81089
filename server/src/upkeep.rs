//! What a running server does by itself. Once a minute: counts of refusals are written down, ended sessions and abandoned
//! files go. Once behind its start: it looks at everything that the start believed.

use std::sync::Arc;
use std::time::Duration;

use crate::Server;
use crate::store::{self, Checked, Health, RecordKey, RecordKind, Roll, StoreError, Write};

/// How often.
const EVERY: Duration = Duration::from_secs(60);

/// How many entries at the end of the audit log a start looks at; all of them is `clew audit verify`.
const ENTRIES: u64 = 10_000;
/// How long one waits before one looks again, where that could not be done or a roll of the key came between.
const AGAIN: Duration = Duration::from_secs(5);

/// Looks once at every row and at the end of the audit log, while the server already answers. Where something is not as it
/// was written, the store takes no more writes, and so the server ends: nobody is to build on it.
pub async fn look_through(server: &Server) {
    loop {
        match looked_through(server).await {
            Ok(checked) if checked.faults_total == 0 => {
                let rows: u64 = checked.counts.values().sum();
                tracing::info!(rows, "the store was looked through: every row is as it was written");
                return;
            }
            Ok(checked) => {
                for fault in &checked.faults {
                    tracing::error!(%fault, "the store is not as it was written");
                }
                return server.store.refuse(StoreError::found(&checked.faults, checked.faults_total));
            }
            Err(error) => tracing::debug!(%error, "the store is looked through later"),
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// What is found under the key of the store; `RollRuns` where that changed on the way, so that nothing can be said.
async fn looked_through(server: &Server) -> Result<Checked, StoreError> {
    let key = server.store.key_id();
    let checked = store::check_but_for_old_entries(&*server.store, server.console.keyring.of(key), ENTRIES).await?;
    if checked.faults_total > 0 {
        // Another server may have rolled the key; whoever asks for the revision learns of it.
        server.store.revision().await?;
        let is_rolling = matches!(*server.store.roll().borrow(), Roll::Running { .. });
        if is_rolling || server.store.key_id() != key {
            return Err(StoreError::RollRuns);
        }
    }
    Ok(checked)
}

/// Does it for ever.
pub async fn run(server: Arc<Server>) {
    loop {
        if let Err(error) = once(&server).await {
            tracing::error!(%error, "upkeep failed; it is tried again in a minute");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Does it once.
///
/// # Errors
/// [`StoreError`] when the store cannot be written; what was done stays done.
pub async fn once(server: &Server) -> Result<(), StoreError> {
    server.audit.flush_refusals(false).await.map_err(|unavailable| unavailable.0)?;
    let now = server.clock.now();
    // What other servers had begun that are gone.
    server.store.settle_others(now).await?;
    let idle_since = now.checked_sub(server.sessions.idle()).unwrap_or(now);
    server.store.purge_sessions(now, idle_since).await?;
    drop_abandoned_files(server).await?;
    drop_unknown_chunks(server).await
}

/// Files that nobody made a source of.
async fn drop_abandoned_files(server: &Server) -> Result<(), StoreError> {
    let config = server.keeper.current();
    let now_secs = server.clock.now().as_second();
    let abandoned: Vec<Write> = config
        .projects()
        .flat_map(|kept| {
            let old = kept.uploads.iter().filter(|(_, record)| record.is_late(now_secs));
            old.map(|(id, _)| Write::delete(RecordKey::new(RecordKind::Upload, kept.project.id.as_str(), id.as_str())))
        })
        .collect();
    if abandoned.is_empty() || server.store.roll().borrow().keeps_configuration() {
        return Ok(());
    }
    match server.keeper.commit(config.revision, abandoned, Vec::new()).await {
        // Somebody saved in this moment: the next round does it.
        Ok(_) | Err(StoreError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Chunks without a record: left by an upload that broke off. One that is being written has no record yet either, and one
/// whose writing has just ended may get it in this moment: only what was there in the round before as well is dropped.
async fn drop_unknown_chunks(server: &Server) -> Result<(), StoreError> {
    let config = server.keeper.current();
    let is_known = |id: &str| config.projects().any(|kept| kept.uploads.keys().any(|known| known.as_str() == id));
    let is_unknown = |id: &String| !is_known(id) && !server.uploading.has(id);
    let unknown: Vec<String> = server.store.uploads_of_nobody_else().await?.into_iter().filter(is_unknown).collect();
    let both_rounds = server.seen_without_record(&unknown);
    for id in both_rounds {
        server.store.drop_upload(id).await?;
    }
    Ok(())
}

/// Returns when the store can no longer be trusted with writes, with the reason.
pub async fn until_store_fails(server: &Server) -> StoreError {
    let mut health = server.store.health();
    loop {
        if let Health::Refusing(error) = &*health.borrow_and_update() {
            return error.clone();
        }
        if health.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
