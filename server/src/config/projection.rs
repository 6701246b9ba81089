//! What a person may see of a project: the one function that makes the type that may leave the server.
//!
//! A source that the person may not know of takes with it every object type that comes from it, every link type that
//! touches one of those or lies in its tables, and every change of the person that names one of these. What is left
//! does not show that anything is missing.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use access::{Action, Caller, Decision, Need, Policy, SourceId};
use model::project::Project;

/// A project reduced to what one person may see. Only [`visible`] makes one.
#[derive(Debug, Clone)]
pub struct Visible(Arc<Project>);

impl Deref for Visible {
    type Target = Project;
    fn deref(&self) -> &Project {
        &self.0
    }
}

impl Visible {
    /// The project, to be shared with what runs a question.
    pub fn shared(&self) -> Arc<Project> {
        self.0.clone()
    }
}

/// Reduces `project` to what `caller` may see.
pub fn visible(project: &Arc<Project>, policy: &Policy, caller: &Caller) -> Visible {
    let may_know = |source: &SourceId| policy.may_know_source(caller, &project.id, source);
    let hidden: BTreeSet<&SourceId> = project.sources.keys().filter(|source| !may_know(source)).collect();
    let sees_grants = policy.decide(caller, &Need::project(Action::GiveAccess, &project.id)) == Decision::Allow;
    if hidden.is_empty() && sees_grants {
        return Visible(project.clone());
    }
    let mut reduced = (**project).clone();
    if !sees_grants {
        reduced.grants.clear();
    }
    reduced.sources.retain(|id, _| !hidden.contains(id));
    reduced.object_types.retain(|_, kind| !hidden.contains(&kind.source));
    let types = &reduced.object_types;
    reduced.link_types.retain(|_, link| {
        let ends_are_there = types.contains_key(&link.from) && types.contains_key(&link.to);
        ends_are_there && link.source().is_none_or(|source| !hidden.contains(source))
    });
    Visible(Arc::new(reduced))
}
