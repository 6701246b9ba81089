//! Advisory locks: what only one may do at a time, and who is there. The database gives them back when their session ends,
//! however it ends.
//!
//! Each is called by two numbers; the first is that of one of our own relations, so two stores in one database never
//! meet.
//!
//! | lock | held by | |
//! |---|---|---|
//! | making and migrating the schema | whoever opens the store | for its transaction |
//! | using the store | each server, shared; a command that wants to be alone, exclusively | for as long as it lives |
//! | rolling the key | whoever rolls, exclusively; a change of the configuration, shared | a roll; a transaction |
//! | a server's number | that server | for as long as it lives |

use super::connect::Session;
use crate::store::StoreError;

/// Held by whoever makes or migrates the schema of this name, until the end of the transaction.
pub(super) const SCHEMA: &str = "SELECT pg_advisory_xact_lock(1129072983, hashtext($1))";
/// Takes the use of the store beside other servers; false while somebody is alone with it.
pub(super) const USE_SHARED: &str = "SELECT pg_try_advisory_lock_shared('meta'::regclass::oid::int4, 1)";
/// Takes the store for itself; false while a server uses it.
pub(super) const USE_ALONE: &str = "SELECT pg_try_advisory_lock('meta'::regclass::oid::int4, 1)";
/// The same until the end of the transaction.
pub(super) const ALONE_NOW: &str = "SELECT pg_try_advisory_xact_lock('meta'::regclass::oid::int4, 1)";
/// Takes the roll of the key; false while somebody else rolls.
pub(super) const ROLL: &str = "SELECT pg_try_advisory_lock('meta'::regclass::oid::int4, 2)";
/// Gives it back at once: a session that merely ends is noticed by the database a moment later.
pub(super) const ROLL_DONE: &str = "SELECT pg_advisory_unlock('meta'::regclass::oid::int4, 2)";
/// Keeps a roll from beginning until the end of the transaction; false while there is one.
pub(super) const NO_ROLL: &str = "SELECT pg_try_advisory_xact_lock_shared('meta'::regclass::oid::int4, 2)";
/// Takes the number of this server.
pub(super) const SERVER: &str = "SELECT pg_advisory_lock('server'::regclass::oid::int4, $1)";
/// True where the server with a number is gone.
pub(super) const IS_GONE: &str = "SELECT pg_try_advisory_xact_lock('server'::regclass::oid::int4, $1)";
/// A number that no server had before.
pub(super) const NEXT_SERVER: &str = "SELECT nextval('server')::int4";

/// Whether a lock was to be had.
pub(super) async fn is_taken(session: &Session, sql: &str) -> Result<bool, StoreError> {
    Ok(session.query_one(sql, &[]).await?.try_get(0).unwrap_or(false))
}
