//! The decision: a pure function of what is configured, who asks, and what is asked for.
//!
//! Deny is the start; a rule must allow. Whoever may not even know that a project or a source exists gets
//! [`Decision::Hide`], which every answer shows as "not found"; whoever knows it but lacks a right gets
//! [`Decision::Deny`] with that right named. Order never matters and nothing here can fail.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{Action, AppRole, InstanceRole, PersonId, ProjectId, ProjectRole, Rule, SourceId};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The person.
    pub person: PersonId,
    /// What the identity provider says the person is.
    pub roles: BTreeSet<AppRole>,
}

impl Caller {
    /// A caller with these app roles.
    pub fn new(person: PersonId, roles: impl IntoIterator<Item = AppRole>) -> Self {
        Self { person, roles: roles.into_iter().collect() }
    }

    /// Whether the caller has an instance role.
    pub fn is(&self, role: InstanceRole) -> bool {
        self.roles.iter().any(|held| held.as_str() == role.app_role())
    }
}

/// Who a grant is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// Everybody with this app role.
    Role(AppRole),
    /// One person.
    Person(PersonId),
    /// One person who has not signed in yet: bound at the first sign-in with this verified e-mail.
    Email(String),
}

/// A project role given to somebody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Who has it.
    pub to: Grantee,
    /// What they have.
    pub role: ProjectRole,
}

/// What the decision looks at in one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePolicy {
    /// The role that the source requires, if any.
    pub required_role: Option<AppRole>,
    /// The person whose own source it is; nobody else knows of it.
    pub private_to: Option<PersonId>,
}

/// What the decision looks at in one project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPolicy {
    /// Who has which role.
    pub grants: Vec<Grant>,
    /// What each source requires.
    pub sources: BTreeMap<SourceId, SourcePolicy>,
}

/// What the decision looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Every project that the reader of this policy may know.
    pub projects: BTreeMap<ProjectId, ProjectPolicy>,
    /// App roles that may create projects, besides instance managers.
    pub project_creators: BTreeSet<AppRole>,
}

/// What something is asked of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// The whole instance.
    Instance,
    /// One project.
    Project(ProjectId),
    /// One source of a project.
    Source(ProjectId, SourceId),
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Need {
    /// What is to be done.
    pub action: Action,
    /// To what.
    pub on: Resource,
}

impl Need {
    /// An action on the whole instance.
    pub fn instance(action: Action) -> Self {
        Self { action, on: Resource::Instance }
    }

    /// An action on a project.
    pub fn project(action: Action, project: &ProjectId) -> Self {
        Self { action, on: Resource::Project(project.clone()) }
    }

    /// An action on a source.
    pub fn source(action: Action, project: &ProjectId, source: &SourceId) -> Self {
        Self { action, on: Resource::Source(project.clone(), source.clone()) }
    }
}

/// The right that a refusal names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// One of these instance roles.
    InstanceRole(Vec<InstanceRole>),
    /// One of these roles in the project.
    ProjectRole(Vec<ProjectRole>),
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |names: Vec<&'static str>| names.join(" or ");
        match self {
            Self::InstanceRole(roles) => {
                write!(f, "the role {}", list(roles.iter().map(|role| role.app_role()).collect()))
            }
            Self::ProjectRole(roles) => {
                write!(f, "project {}", list(roles.iter().map(|role| role.name()).collect()))
            }
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allow,
    /// The caller may know of it, but lacks this right.
    Deny(Missing),
    /// The caller may not know of it: answer as if it did not exist.
    Hide,
}

impl Policy {
    /// Whether `caller` may do what `need` says.
    pub fn decide(&self, caller: &Caller, need: &Need) -> Decision {
        let rule = self.rule_for(caller, need);
        let place = match &need.on {
            Resource::Instance => Ok(None),
            Resource::Project(project) => self.roles_in(caller, project).map(Some),
            Resource::Source(project, source) => {
                if self.may_know_source(caller, project, source) {
                    self.roles_in(caller, project).map(Some)
                } else {
                    Err(Unknown)
                }
            }
        };
        let Ok(held) = place else { return Decision::Hide };
        if !self.has_instance_role(caller, need.action, rule.instance) {
            return Decision::Deny(Missing::InstanceRole(rule.instance.to_vec()));
        }
        match (rule.project, held) {
            (None, _) => Decision::Allow,
            // An action of a project that names no project: there is nothing to allow.
            (Some(wanted), None) => Decision::Deny(Missing::ProjectRole(wanted.to_vec())),
            (Some(wanted), Some(held)) if held.iter().any(|role| wanted.contains(role)) => Decision::Allow,
            (Some(wanted), Some(_)) => Decision::Deny(Missing::ProjectRole(wanted.to_vec())),
        }
    }

    /// The rule of an action; what is configured in a source of one's own is one's own configuration.
    fn rule_for(&self, caller: &Caller, need: &Need) -> Rule {
        match (&need.on, need.action) {
            (Resource::Source(project, source), Action::SaveConfiguration)
                if self.is_own_source(caller, project, source) =>
            {
                Action::ChangeOwnConfiguration.rule()
            }
            _ => need.action.rule(),
        }
    }

    fn is_own_source(&self, caller: &Caller, project: &ProjectId, source: &SourceId) -> bool {
        let known = self.projects.get(project).and_then(|project| project.sources.get(source));
        known.is_some_and(|source| source.private_to.as_ref() == Some(&caller.person))
    }

    /// The roles that `caller` holds in `project`, each once. Empty also when the project does not exist.
    pub fn project_roles(&self, caller: &Caller, project: &ProjectId) -> BTreeSet<ProjectRole> {
        let grants = self.projects.get(project).map(|known| known.grants.as_slice()).unwrap_or_default();
        grants.iter().filter(|grant| holds(caller, &grant.to)).map(|grant| grant.role).collect()
    }

    /// Whether the source exists for `caller`: in the project, not somebody else's, and its required role held.
    pub fn may_know_source(&self, caller: &Caller, project: &ProjectId, source: &SourceId) -> bool {
        let known = self.projects.get(project).and_then(|project| project.sources.get(source));
        known.is_some_and(|source| {
            source.required_role.as_ref().is_none_or(|role| caller.roles.contains(role))
                && source.private_to.as_ref().is_none_or(|person| *person == caller.person)
        })
    }

    fn roles_in(&self, caller: &Caller, project: &ProjectId) -> Result<BTreeSet<ProjectRole>, Unknown> {
        let roles = self.project_roles(caller, project);
        let has_any_instance_role = InstanceRole::ALL.into_iter().any(|role| caller.is(role));
        if roles.is_empty() || !has_any_instance_role { Err(Unknown) } else { Ok(roles) }
    }

    fn has_instance_role(&self, caller: &Caller, action: Action, wanted: &[InstanceRole]) -> bool {
        let creator = action == Action::CreateProject
            && caller.is(InstanceRole::Read)
            && caller.roles.iter().any(|role| self.project_creators.contains(role));
        creator || wanted.iter().any(|role| caller.is(*role))
    }
}

/// The caller may not know of it.
struct Unknown;

fn holds(caller: &Caller, grantee: &Grantee) -> bool {
    match grantee {
        Grantee::Role(role) => caller.roles.contains(role),
        Grantee::Person(person) => *person == caller.person,
        // Bound to a person at sign-in, never matched here: an e-mail address is no identity.
        Grantee::Email(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> ProjectId {
        ProjectId::new("bank").expect("a slug")
    }

    fn caller(roles: &[&str]) -> Caller {
        Caller::new(
            PersonId::new("ada").expect("a slug"),
            roles.iter().map(|role| AppRole::new(*role).expect("a role")),
        )
    }

    fn policy(role: ProjectRole) -> Policy {
        let source = |required: Option<&str>| SourcePolicy {
            required_role: required.map(|role| AppRole::new(role).expect("a role")),
            private_to: None,
        };
        let sources = [("open", None), ("closed", Some("Bank.Secret"))];
        let grants = vec![Grant { to: Grantee::Person(PersonId::new("ada").expect("a slug")), role }];
        let sources =
            sources.map(|(id, role)| (SourceId::new(id).expect("a slug"), source(role))).into_iter().collect();
        Policy { projects: [(project(), ProjectPolicy { grants, sources })].into(), ..Policy::default() }
    }

    #[test]
    fn every_action_stands_once_in_the_list() {
        let listed: BTreeSet<_> = Action::ALL.into_iter().collect();
        assert_eq!(listed.len(), Action::ALL.len());
        assert!(listed.contains(&Action::GiveAccess));
    }

    #[test]
    fn a_grant_without_an_instance_role_opens_nothing() {
        let policy = policy(ProjectRole::Own);
        for roles in [&[][..], &["Bank.Analyst"]] {
            let need = Need::project(Action::ReadData, &project());
            assert_eq!(policy.decide(&caller(roles), &need), Decision::Hide);
        }
    }

    #[test]
    fn a_project_without_a_grant_is_not_found_even_for_an_instance_manager() {
        let other = Caller::new(PersonId::new("bob").expect("a slug"), caller(&["Task.Manage"]).roles);
        let need = Need::project(Action::ReadConfiguration, &project());
        assert_eq!(policy(ProjectRole::Own).decide(&other, &need), Decision::Hide);
    }

    #[test]
    fn a_reader_is_told_which_right_is_missing() {
        let need = Need::project(Action::SaveConfiguration, &project());
        let decision = policy(ProjectRole::Read).decide(&caller(&["Task.Read"]), &need);
        let Decision::Deny(missing) = decision else { panic!("{decision:?}") };
        assert_eq!(missing.to_string(), "project Manage or Own");
    }

    #[test]
    fn external_sources_take_an_instance_manager_who_edits_the_project() {
        let need = Need::project(Action::ManageExternalSources, &project());
        let allowed = |role, roles: &[&str]| policy(role).decide(&caller(roles), &need) == Decision::Allow;
        assert!(allowed(ProjectRole::Manage, &["Task.Manage"]));
        assert!(!allowed(ProjectRole::Own, &["Task.Read"]));
        assert!(!allowed(ProjectRole::Read, &["Task.Manage"]));
    }

    #[test]
    fn a_reader_configures_a_source_of_ones_own_and_no_other() {
        let mut policy = policy(ProjectRole::Read);
        let own = SourcePolicy { required_role: None, private_to: Some(PersonId::new("ada").expect("a slug")) };
        let bank = policy.projects.get_mut(&project()).expect("the project");
        bank.sources.insert(SourceId::new("own").expect("a slug"), own);
        let decide = |action, source: &str, person: &str| {
            let caller = Caller::new(PersonId::new(person).expect("a slug"), caller(&["Task.Read"]).roles);
            policy.decide(&caller, &Need::source(action, &project(), &SourceId::new(source).expect("a slug")))
        };
        assert_eq!(decide(Action::SaveConfiguration, "own", "ada"), Decision::Allow);
        assert!(matches!(decide(Action::SaveConfiguration, "open", "ada"), Decision::Deny(_)));
        assert!(matches!(decide(Action::ManageExternalSources, "own", "ada"), Decision::Deny(_)));
        assert_eq!(decide(Action::SaveConfiguration, "own", "bob"), Decision::Hide);
    }

    #[test]
    fn a_source_with_a_required_role_does_not_exist_without_it() {
        let policy = policy(ProjectRole::Own);
        let need = |source: &str| Need::source(Action::ReadData, &project(), &SourceId::new(source).expect("a slug"));
        let plain = caller(&["Task.Read"]);
        assert_eq!(policy.decide(&plain, &need("open")), Decision::Allow);
        assert_eq!(policy.decide(&plain, &need("closed")), Decision::Hide);
        assert_eq!(policy.decide(&plain, &need("absent")), Decision::Hide);
        assert_eq!(policy.decide(&caller(&["Task.Read", "Bank.Secret"]), &need("closed")), Decision::Allow);
    }

    #[test]
    fn an_auditor_reads_the_log_and_nothing_else() {
        let auditor = caller(&["Task.Audit"]);
        let policy = policy(ProjectRole::Own);
        assert_eq!(policy.decide(&auditor, &Need::instance(Action::ReadAudit)), Decision::Allow);
        assert_ne!(policy.decide(&auditor, &Need::project(Action::ReadData, &project())), Decision::Allow);
        assert_ne!(policy.decide(&caller(&["Task.Manage"]), &Need::instance(Action::ReadAudit)), Decision::Allow);
    }
}
