//! Everything that can be asked for, and which roles it takes: the permission matrix as a table.

use serde::{Deserialize, Serialize};

use crate::InstanceRole::{self, Audit, Manage, Orchestrate, Read};
use crate::ProjectRole;

/// One row of the permission matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    // In the instance.
    /// Open a session.
    SignIn,
    /// See which projects one has.
    ListProjects,
    /// See and end one's own sessions.
    ManageOwnSessions,
    /// Create a project, and so own it.
    CreateProject,
    /// End other people's sessions.
    EndSessions,
    /// See how fast and how loaded everything is.
    MonitorPerformance,
    /// See who uses what, in numbers.
    SeeUsage,
    /// Deploy between instances.
    Orchestrate,
    /// Run the set-up wizard.
    SetUp,
    /// See which environment variables changed, by name.
    SeeEnvironment,
    /// Roll the key, back up, restore, reset.
    KeepStore,
    /// People, local accounts, view as, kill switch, planes, branding, support bundle.
    Administer,
    /// Make API tokens and webhooks within one's own rights.
    MakeOwnTokens,
    /// Search, export and verify the audit log.
    ReadAudit,
    // In a project.
    /// Ask the sources.
    ReadData,
    /// Read the configuration as far as it is visible.
    ReadConfiguration,
    /// Change configuration for oneself; add an internal source for oneself.
    ChangeOwnConfiguration,
    /// Offer a change to everybody.
    Propose,
    /// Save configuration for everyone, internal sources among it.
    SaveConfiguration,
    /// Save configuration for everyone by deploy.
    Deploy,
    /// Add, change or remove a source outside Clew.
    ManageExternalSources,
    /// Write, change or remove the query of an object type.
    WriteQueries,
    /// Save, share and open investigations, reports, alerts and "same as".
    KeepInvestigations,
    /// Sign off and lock a report.
    LockReport,
    /// Take rows or pictures out.
    Export,
    /// Set the role that a source requires.
    SetSourceRole,
    /// Run a declared write to a connected system.
    RunAction,
    /// Give and take project roles.
    GiveAccess,
}

/// The roles that an action takes: one of `instance`, and one of `project` where it happens in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Any of these instance roles.
    pub instance: &'static [InstanceRole],
    /// Any of these roles in the project; `None` for an action of the whole instance.
    pub project: Option<&'static [ProjectRole]>,
}

const PEOPLE: &[InstanceRole] = &[Read, Manage];
const ANYBODY: &[InstanceRole] = &[Read, Manage, Audit];
const MANAGERS: &[InstanceRole] = &[Manage];
const MACHINES: &[InstanceRole] = &[Orchestrate];

const MEMBERS: &[ProjectRole] = &[ProjectRole::Read, ProjectRole::Manage, ProjectRole::Own];
const READERS: &[ProjectRole] = &[ProjectRole::Read, ProjectRole::Manage, ProjectRole::Own, ProjectRole::Orchestrate];
const EDITORS: &[ProjectRole] = &[ProjectRole::Manage, ProjectRole::Own];
const OWNERS: &[ProjectRole] = &[ProjectRole::Own];
const DEPLOYERS: &[ProjectRole] = &[ProjectRole::Orchestrate];

impl Action {
    /// Every action, in the order of the permission matrix.
    pub const ALL: [Self; 28] = [
        Self::SignIn,
        Self::ListProjects,
        Self::ManageOwnSessions,
        Self::CreateProject,
        Self::EndSessions,
        Self::MonitorPerformance,
        Self::SeeUsage,
        Self::Orchestrate,
        Self::SetUp,
        Self::SeeEnvironment,
        Self::KeepStore,
        Self::Administer,
        Self::MakeOwnTokens,
        Self::ReadAudit,
        Self::ReadData,
        Self::ReadConfiguration,
        Self::ChangeOwnConfiguration,
        Self::Propose,
        Self::SaveConfiguration,
        Self::Deploy,
        Self::ManageExternalSources,
        Self::WriteQueries,
        Self::KeepInvestigations,
        Self::LockReport,
        Self::Export,
        Self::SetSourceRole,
        Self::RunAction,
        Self::GiveAccess,
    ];

    /// The roles it takes.
    pub const fn rule(self) -> Rule {
        let (instance, project) = match self {
            Self::SignIn | Self::ManageOwnSessions | Self::MakeOwnTokens => (ANYBODY, None),
            Self::ListProjects => (PEOPLE, None),
            Self::CreateProject
            | Self::EndSessions
            | Self::MonitorPerformance
            | Self::SeeUsage
            | Self::Orchestrate
            | Self::SetUp
            | Self::SeeEnvironment
            | Self::KeepStore
            | Self::Administer => (MANAGERS, None),
            Self::ReadAudit => (&[Audit] as &[_], None),
            Self::ReadConfiguration => (&[Read, Manage, Orchestrate] as &[_], Some(READERS)),
            Self::ReadData | Self::ChangeOwnConfiguration | Self::Propose | Self::KeepInvestigations | Self::Export => {
                (PEOPLE, Some(MEMBERS))
            }
            Self::SaveConfiguration | Self::LockReport | Self::RunAction => (PEOPLE, Some(EDITORS)),
            Self::Deploy => (MACHINES, Some(DEPLOYERS)),
            Self::ManageExternalSources | Self::WriteQueries => (MANAGERS, Some(EDITORS)),
            Self::SetSourceRole | Self::GiveAccess => (PEOPLE, Some(OWNERS)),
        };
        Rule { instance, project }
    }
}
