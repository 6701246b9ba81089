//! Sessions: found by the hash of their id, so that who steals the database holds no usable cookie.

use std::fmt;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::StoreError;
use super::records::{Answer, limit};
use super::vault::Place;

/// A session's body is at most this long.
pub(super) const SESSION_BODY_LIMIT_BYTES: usize = 256 << 10;

/// SHA-256 of the id that the browser holds.
pub type SessionHash = [u8; 32];

/// What a session keeps, opened.
pub(super) type Body = Zeroizing<Vec<u8>>;

/// One session. Person, creation and end are bound to the sealed body: nobody who can write to the file can lengthen a
/// session or give it to somebody else.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub hash: SessionHash,
    pub person: String,
    pub created: Timestamp,
    pub last_seen: Timestamp,
    /// When it ends in any case.
    pub ends: Timestamp,
    /// What sign-in needs to know, such as roles and tokens.
    pub body: Body,
}

impl Session {
    pub(super) fn check(&self) -> Result<(), StoreError> {
        limit("a person's id", self.person.len(), 1024)?;
        check_body(&self.body)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({}, {} to {})", self.person, self.created, self.ends)
    }
}

pub(super) fn check_body(body: &[u8]) -> Result<(), StoreError> {
    limit("a session", body.len(), SESSION_BODY_LIMIT_BYTES)
}

/// Where a session's body belongs.
pub(super) fn place(hash: &SessionHash, person: &str, created_us: i64, ends_us: i64) -> Place {
    let mut row: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    row.push_str(&format!("/{created_us}/{ends_us}"));
    Place { table: "session", row, column: "body", project: person.to_owned(), revision: 0 }
}

/// Sessions on a store. All changes are durable when they return.
pub trait Sessions {
    /// Writes a session; one with the same hash is replaced.
    fn put_session(&self, session: Session) -> Answer<'_, ()>;

    /// The session with this hash, whether it has ended or not: the caller knows the time.
    fn session(&self, hash: SessionHash) -> Answer<'_, Option<Session>>;

    /// Replaces what a session keeps (new roles and tokens), where it still keeps `before`; false if it is gone or keeps
    /// something else by now, because another request or server was first.
    fn change_session(&self, hash: SessionHash, before: Body, after: Body) -> Answer<'_, bool>;

    /// Notes when a session was last seen; false if it is gone. Costs a write: once a minute is enough.
    fn touch_session(&self, hash: SessionHash, seen: Timestamp) -> Answer<'_, bool>;

    /// Removes a session; false if there was none.
    fn end_session(&self, hash: SessionHash) -> Answer<'_, bool>;

    /// Removes all sessions of a person, or of everybody; gives their number.
    fn end_sessions(&self, person: Option<String>) -> Answer<'_, u64>;

    /// Removes the oldest sessions of a person, or of everybody, until `most` are left; never the one to `keep`. Gives
    /// those that are gone, but such whose body cannot be opened.
    fn end_oldest_sessions(&self, person: Option<String>, keep: SessionHash, most: u32) -> Answer<'_, Vec<Session>>;

    /// The sessions of a person, or of everybody, newest first, at most 10,000.
    fn sessions(&self, person: Option<String>) -> Answer<'_, Vec<Session>>;

    /// How many sessions there are. Opens none of them, so it may be asked often.
    fn count_sessions(&self) -> Answer<'_, u64>;

    /// Removes sessions that ended before `now` or were last seen before `idle_since`; gives their number.
    fn purge_sessions(&self, now: Timestamp, idle_since: Timestamp) -> Answer<'_, u64>;
}
