//! The roles that Clew itself knows: four in the instance, four in a project.

use serde::{Deserialize, Serialize};

use crate::AppRole;

/// A role in the whole instance. It comes from the identity provider as an app role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstanceRole {
    /// `Task.Read`: works in the projects that are shared with the person.
    Read,
    /// `Task.Manage`: instance manager. Does not contain `Audit`.
    Manage,
    /// `Task.Audit`: reads the audit log and nothing else.
    Audit,
    /// `Task.Orchestrate`: a machine that deploys configuration.
    Orchestrate,
}

impl InstanceRole {
    /// Every instance role, in the order of the permission matrix.
    pub const ALL: [Self; 4] = [Self::Read, Self::Manage, Self::Audit, Self::Orchestrate];

    /// The app role that carries it.
    pub const fn app_role(self) -> &'static str {
        match self {
            Self::Read => "Task.Read",
            Self::Manage => "Task.Manage",
            Self::Audit => "Task.Audit",
            Self::Orchestrate => "Task.Orchestrate",
        }
    }

    /// The instance role that an app role carries, if any.
    pub fn of(role: &AppRole) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.app_role() == role.as_str())
    }
}

/// A role in one project, given inside Clew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectRole {
    /// Reads data and configuration; changes configuration for oneself.
    Read,
    /// Also saves configuration for everyone.
    Manage,
    /// Also gives and takes project roles.
    Own,
    /// A machine that deploys configuration and sees no data.
    Orchestrate,
}

impl ProjectRole {
    /// Every project role, in the order of the permission matrix.
    pub const ALL: [Self; 4] = [Self::Read, Self::Manage, Self::Own, Self::Orchestrate];

    /// Its name in texts for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Manage => "Manage",
            Self::Own => "Own",
            Self::Orchestrate => "Orchestrate",
        }
    }
}
