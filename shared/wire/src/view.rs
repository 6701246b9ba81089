//! Looking at a project as somebody else: its configuration, and nobody's data.

use access::{Action, AppRole, Caller, Need, PersonId, Policy, ProjectId, ProjectRole};
use serde::{Deserialize, Serialize};

use crate::project::VisibleProject;
use crate::{Call, request};

/// The most app roles that a project is looked at with.
pub const MOST_VIEWED_ROLES: usize = 50;

/// Shows an instance manager the configuration of a project as somebody else would see it. What the manager may not see
/// is not in the answer either, nor are anybody's own changes, nor what lies in any source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewAs {
    /// Which project.
    pub project: ProjectId,
    /// As whom.
    pub viewer: Viewer,
}

request!(ViewAs, "view_as", Read, |call| vec![
    Need::instance(Action::Administer),
    Need::project(Action::ReadConfiguration, &call.project),
]);

impl Call for ViewAs {
    type Reply = ViewedAs;
}

/// As whom a project is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Viewer {
    /// Somebody with these roles and no grant in person.
    Roles {
        /// App roles, as the identity provider gives them; at most [`MOST_VIEWED_ROLES`].
        app: Vec<AppRole>,
        /// A role in the project beside those that the app roles were granted.
        #[serde(default)]
        project: Option<ProjectRole>,
    },
    /// A person who has signed in, with the roles as they were last seen.
    Person(PersonId),
}

/// A project as somebody else would see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewedAs {
    /// Who that is, for deciding what would be greyed out.
    pub caller: Caller,
    /// As much of the policy of the project as both may know.
    pub policy: Policy,
    /// The configuration; none where the project does not exist for them.
    pub project: Option<Box<VisibleProject>>,
}
