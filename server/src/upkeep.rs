//! What a running server does by itself, once a minute: counts of refusals are written down, ended sessions and
//! abandoned files go.

use std::sync::Arc;
use std::time::Duration;

use crate::Server;
use crate::store::{Health, RecordKey, RecordKind, StoreError, Write};

/// How often.
const EVERY: Duration = Duration::from_secs(60);

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
