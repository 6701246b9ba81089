//! The sums of the rows on PostgreSQL: as they are stored, and counted anew.

use std::pin::pin;

use futures::TryStreamExt as _;

use super::connect::Session;
use super::failure;
use super::open::{count, get, mark, put_key_check, put_mark};
use super::readers::MOMENT;
use super::sessions::hash_of;
use crate::store::StoreError;
use crate::store::chain::Anchor;
use crate::store::keyring::Keys;
use crate::store::sessions::place;
use crate::store::sums::{self, Marks, Sums};
use crate::store::vault::{Place, Vault};
use crate::store::whole::unopened;

/// The mark of the sums.
pub(super) const MARK: &str = "sums";

/// The sums as they were written beside `end`.
pub(super) async fn stored(session: &Session, vault: &Vault, end: &Anchor) -> Result<Sums, StoreError> {
    Sums::opened(vault, end, mark(session, MARK).await?)
}

/// Writes the sums, whatever was there.
pub(super) async fn put(session: &Session, vault: &Vault, end: &Anchor, sums: &Sums) -> Result<(), StoreError> {
    put_mark(session, MARK, sums.sealed(vault, end).bytes()).await
}

/// Gives a store of an earlier program its sums, within the transaction at hand: from here on they are missed where they
/// are not.
pub(super) async fn begin(session: &Session, keys: &Keys) -> Result<(), StoreError> {
    let mut sums = Sums::default();
    records(session, &keys.marks, &mut sums).await?;
    sessions(session, &keys.marks, &mut sums, |_, _| {}).await?;
    let head = mark(session, "audit_head").await?.and_then(|head| keys.chain.head(&head));
    let head = head.ok_or_else(|| StoreError::Integrity { table: "meta", row: "audit_head".into() })?;
    put(session, &keys.vault, &head, &sums).await?;
    put_key_check(session, &keys.vault).await?;
    tracing::info!("the rows of the store have sums from now on");
    Ok(())
}

/// Counts anew, opens every session, and compares; a sentence for each fault.
pub(super) async fn verify(session: &Session, keys: &Keys) -> Result<Vec<String>, StoreError> {
    session.batch(MOMENT).await?;
    let faults = verified(session, keys).await?;
    session.batch("COMMIT").await?;
    Ok(faults)
}

async fn verified(session: &Session, keys: &Keys) -> Result<Vec<String>, StoreError> {
    let lost = || Ok(vec![sums::changed().to_string()]);
    let Some(head) = mark(session, "audit_head").await? else { return lost() };
    let Some((_, end)) = keys.head(&head) else { return lost() };
    let Ok(written) = Sums::opened(&keys.vault, &end, mark(session, MARK).await?) else { return lost() };
    let (marks, mut counted, mut faults) = (keys.marks_beside(&head), Sums::default(), Vec::new());
    records(session, marks, &mut counted).await?;
    let each = |place, body| faults.extend(unopened(&keys.vault, place, body));
    sessions(session, marks, &mut counted, each).await?;
    faults.extend(written.faults(&counted));
    Ok(faults)
}

async fn records(session: &Session, marks: &Marks, sums: &mut Sums) -> Result<(), StoreError> {
    let sql = "SELECT kind, project, id, revision, substring(body FROM 1 FOR 26) FROM record";
    let mut rows = pin!(session.stream(sql, &[]).await?);
    while let Some(row) = rows.try_next().await.map_err(|error| failure::of(&error))? {
        let (kind, project, id): (&str, &str, &str) = (get(&row, 0)?, get(&row, 1)?, get(&row, 2)?);
        sums.records.add(marks.record(kind, project, id, count(&row, 3)?, get(&row, 4)?));
    }
    Ok(())
}

async fn sessions(
    session: &Session,
    marks: &Marks,
    sums: &mut Sums,
    mut each: impl FnMut(Place, Vec<u8>),
) -> Result<(), StoreError> {
    let sql = "SELECT hash, person, created, last_seen, ends, body FROM session";
    let mut rows = pin!(session.stream(sql, &[]).await?);
    while let Some(row) = rows.try_next().await.map_err(|error| failure::of(&error))? {
        let (hash, person): (_, &str) = (hash_of(get(&row, 0)?)?, get(&row, 1)?);
        let times = [get(&row, 2)?, get(&row, 3)?, get(&row, 4)?];
        let body: Vec<u8> = get(&row, 5)?;
        sums.sessions.add(marks.session(&hash, person, times, &body));
        each(place(&hash, person, times[0], times[2]), body);
    }
    Ok(())
}
