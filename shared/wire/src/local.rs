//! People of the embedded issuer, for instance managers. A one-time link is in the reply and nowhere else.

use access::{Action, AppRole, Need};
use serde::{Deserialize, Serialize};

use crate::project::Kept;
use crate::{Call, request};

/// Adds a person, or gives a new link to one who has not set a password yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddPerson {
    /// The name to sign in with; also shown.
    pub name: String,
    /// An e-mail address, which whoever adds the person vouches for.
    #[serde(default)]
    pub email: Option<String>,
    /// App roles.
    pub roles: Vec<AppRole>,
}

request!(AddPerson, "add_person", Change, |_call| vec![Need::instance(Action::Administer)]);

impl Call for AddPerson {
    type Reply = OneTimeLink;
}

/// Gives a person other roles, which whoever is signed in has within five minutes. Nobody changes the own ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPersonRoles {
    /// The name to sign in with.
    pub name: String,
    /// All of them.
    pub roles: Vec<AppRole>,
}

request!(SetPersonRoles, "set_person_roles", Change, |_call| vec![Need::instance(Action::Administer)]);

impl Call for SetPersonRoles {
    type Reply = Kept;
}

/// Lets a person sign in no longer, and ends the person's sessions; or lets the person in again. Nobody disables the own
/// name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisablePerson {
    /// The name to sign in with.
    pub name: String,
    /// Whether the person cannot sign in from now on.
    pub disabled: bool,
}

request!(DisablePerson, "disable_person", Change, |_call| vec![Need::instance(Action::Administer)]);

impl Call for DisablePerson {
    type Reply = Kept;
}

/// Takes a person's password away, and ends the person's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetPerson {
    /// The name to sign in with.
    pub name: String,
}

request!(ResetPerson, "reset_person", Change, |_call| vec![Need::instance(Action::Administer)]);

impl Call for ResetPerson {
    type Reply = OneTimeLink;
}

/// Takes a person's second step at sign-in away, and ends the person's sessions. Nobody does so to oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetSecondFactor {
    /// The name to sign in with.
    pub name: String,
}

request!(ResetSecondFactor, "reset_second_factor", Change, |_call| vec![Need::instance(Action::Administer)]);

impl Call for ResetSecondFactor {
    type Reply = Kept;
}

/// The address that sets a password, once, within a day.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeLink {
    /// The address; whoever has it is that person.
    pub link: String,
}

impl std::fmt::Debug for OneTimeLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeLink(•••)")
    }
}
