//! Who am I, what may I, and goodbye.

use access::{Action, AppRole, Caller, Need, Policy, ProjectId};
use serde::{Deserialize, Serialize};

use crate::{Call, request};

/// Everything that the app needs to open: one round trip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhoAmI {}

request!(WhoAmI, "who_am_i", Quiet, |_call| vec![Need::instance(Action::SignIn)]);

impl Call for WhoAmI {
    type Reply = Me;
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The person's name for people.
    pub name: String,
    /// The person's e-mail, if the provider gave one; for display only.
    pub email: Option<String>,
    /// The person and roles, for deciding locally.
    pub caller: Caller,
    /// As much of the policy as the person may know, for deciding locally.
    pub policy: Policy,
    /// The projects that the person has.
    pub projects: Vec<ProjectCard>,
    /// The server's version.
    pub version: String,
    /// Whether the embedded issuer is in use, which is not meant for production.
    pub embedded_issuer: bool,
    /// App roles that are known here, for the screen that gives access.
    pub known_roles: Vec<AppRole>,
}

/// A project in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCard {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many sources the person may see.
    pub sources: usize,
    /// How many object types the person may see.
    pub object_types: usize,
}

/// Ends this session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignOut {}

request!(SignOut, "sign_out", Change, |_call| vec![]);

impl Call for SignOut {
    type Reply = SignedOut;
}

/// Where to go after signing out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    /// The provider's own sign-out page, if it has one.
    pub provider: Option<String>,
}
