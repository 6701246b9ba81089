//! Sessions and people: one's own sessions for everybody, and everybody's for instance managers.
//!
//! A session is called by a name that is derived from it and opens nothing. Times are seconds since 1970.

use access::{Action, AppRole, Need, PersonId};
use serde::{Deserialize, Serialize};

use crate::{Call, request};

/// Which sessions one has oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MySessions {}

request!(MySessions, "my_sessions", Read, |_call| vec![Need::instance(Action::ManageOwnSessions)]);

impl Call for MySessions {
    type Reply = Vec<SessionLine>;
}

/// Ends one of one's own sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndMySession {
    /// Its name.
    pub session: String,
}

request!(EndMySession, "end_my_session", Change, |_call| vec![Need::instance(Action::ManageOwnSessions)]);

impl Call for EndMySession {
    type Reply = Ended;
}

/// Ends all of one's own sessions but the one that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndMyOtherSessions {}

request!(EndMyOtherSessions, "end_my_other_sessions", Change, |_call| vec![Need::instance(Action::ManageOwnSessions)]);

impl Call for EndMyOtherSessions {
    type Reply = Ended;
}

/// Everybody who has signed in, and everybody whom the embedded issuer knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {}

request!(People, "people", Read, |_call| vec![Need::instance(Action::Administer)]);

impl Call for People {
    type Reply = Vec<PersonLine>;
}

/// Which sessions a person has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsOf {
    /// Whose.
    pub person: PersonId,
}

request!(SessionsOf, "sessions_of", Read, |_call| vec![Need::instance(Action::EndSessions)]);

impl Call for SessionsOf {
    type Reply = Vec<SessionLine>;
}

/// Ends one session of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndSession {
    /// Whose.
    pub person: PersonId,
    /// Its name.
    pub session: String,
}

request!(EndSession, "end_session", Change, |_call| vec![Need::instance(Action::EndSessions)]);

impl Call for EndSession {
    type Reply = Ended;
}

/// Ends every session of a person, whose next sign-in asks for the password anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndSessionsOf {
    /// Whose.
    pub person: PersonId,
}

request!(EndSessionsOf, "end_sessions_of", Change, |_call| vec![Need::instance(Action::EndSessions)]);

impl Call for EndSessionsOf {
    type Reply = Ended;
}

/// Ends every session of everybody, the one that asks among them; every next sign-in asks for the password anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndAllSessions {}

request!(EndAllSessions, "end_all_sessions", Change, |_call| vec![Need::instance(Action::EndSessions)]);

impl Call for EndAllSessions {
    type Reply = Ended;
}

/// How many sessions were ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Their number.
    pub sessions: u64,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    /// What it is called here; no cookie and nothing that leads to one.
    pub name: String,
    /// When it began.
    pub created: i64,
    /// When it was last used, to the minute.
    pub last_seen: i64,
    /// When it ends in any case.
    pub ends: i64,
    /// Whether it is the one that asks.
    pub is_this: bool,
    /// The address that it began from.
    #[serde(default)]
    pub address: Option<String>,
    /// What the browser called itself when it began.
    #[serde(default)]
    pub agent: Option<String>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLine {
    /// Clew's own name for the person; none for one who has never signed in.
    pub person: Option<PersonId>,
    /// The name for people.
    pub name: String,
    /// The e-mail, for display.
    pub email: Option<String>,
    /// The roles as they were last seen; those of the embedded issuer where it is in use.
    pub roles: Vec<AppRole>,
    /// How many sessions the person has now.
    pub sessions: u64,
    /// When the person was last seen, where that is known.
    pub last_seen: Option<i64>,
    /// What the embedded issuer says of the person, if it knows the person.
    #[serde(default)]
    pub local: Option<Local>,
}

/// What the embedded issuer says of one of its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Local {
    /// The name to sign in with.
    pub name: String,
    /// Whether the person cannot sign in, whatever the password.
    pub disabled: bool,
    /// Whether the person has set a password.
    pub has_password: bool,
    /// Whether the person has a second step at sign-in.
    #[serde(default)]
    pub second_factor: bool,
}
