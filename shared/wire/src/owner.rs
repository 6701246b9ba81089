//! Projects that nobody owns, for instance managers.

use access::{Action, Grantee, Need, ProjectId};
use serde::{Deserialize, Serialize};

use crate::project::Saved;
use crate::{Call, request};

/// Which projects nobody owns: their only Own, if any, is an address that nobody has come with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectsWithoutOwner {}

request!(ProjectsWithoutOwner, "projects_without_owner", Read, |_call| vec![Need::instance(Action::Administer)]);

impl Call for ProjectsWithoutOwner {
    type Reply = Vec<ProjectName>;
}

/// All that an instance manager is told of such a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectName {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
}

/// Gives a project that nobody owns to somebody, who is not the person that asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameOwner {
    /// Which project.
    pub project: ProjectId,
    /// Who owns it from now on.
    pub to: Grantee,
}

request!(NameOwner, "name_owner", Change, |_call| vec![Need::instance(Action::Administer)]);

impl Call for NameOwner {
    type Reply = Saved;
}
