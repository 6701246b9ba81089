//! The key of the store: how a roll stands, and rolling it in the running server.

use std::sync::Arc;

use wire::Fault;
use wire::key::{KeyNow, KeyState, RollKey, RollNow};

use crate::Server;
use crate::gate::Allowed;
use crate::store::{Roll, RollNote};
use crate::world::random;

/// Under which key the store is, and how far the roll is.
///
/// # Errors
/// None of its own.
pub async fn key_state(server: Arc<Server>, _call: Allowed<KeyState>) -> Result<KeyNow, Fault> {
    Ok(now(&server))
}

/// Rolls the key; the server goes on under the new one.
///
/// # Errors
/// [`Fault`] `NotFound` where the settings name no new key; `Conflict` when it is rolled already at this moment;
/// `StoreUnavailable` when there is no room or a row is not as it was written. Nothing is changed then.
pub async fn roll_key(server: Arc<Server>, call: Allowed<RollKey>) -> Result<KeyNow, Fault> {
    let roll = *server.store.roll().borrow();
    match roll {
        Roll::Unwanted => return Err(Fault::not_found()),
        Roll::Done { .. } => return Ok(now(&server)),
        Roll::Prepared { .. } | Roll::Running { .. } => {}
    }
    let person = call.who.caller.person.to_string();
    let note = RollNote { at: server.clock.now(), person, backup_id: random(server.dice.as_ref()) };
    let rolled = server.store.roll_key(note).await?;
    // What is sealed in the snapshot is under the old key, which opens until the next start; the new one holds less.
    server.keeper.refresh().await?;
    let (from, to, rows) = (rolled.from, rolled.to, rolled.rows);
    tracing::warn!(%from, %to, rows, end = %rolled.end, backup = %rolled.backup.display(), "the key is rolled");
    Ok(now(&server))
}

fn now(server: &Server) -> KeyNow {
    let roll = match *server.store.roll().borrow() {
        Roll::Unwanted => RollNow::Unwanted,
        Roll::Prepared { to } => RollNow::Prepared { to: to.to_string() },
        Roll::Running { to, done, rows } => RollNow::Running { to: to.to_string(), done, rows },
        Roll::Done { from } => RollNow::Done { from: from.to_string() },
    };
    KeyNow { key: server.store.key_id().to_string(), roll }
}
