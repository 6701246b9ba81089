//! What a person may see of a project: the one function that makes the type that may leave the server.
//!
//! A source that the person may not know of takes with it every object type that comes from it, every link type that
//! touches one of those or lies in its tables, and every change of the person that names one of these. What is left
//! does not show that anything is missing.
//!
//! Where such a source keeps its model visible, names and icons of its types stand beside the project, as
//! [`Withheld`]: never in it, so that no question can be about them.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use access::{Action, Caller, Decision, LinkTypeId, Need, ObjectTypeId, Policy, ProjectId, SourceId};
use model::Change;
use model::change::{Misfits, effective};
use model::project::{ObjectType, Origin, Project};
use model::withheld::Withheld;

use super::Kept;

/// A project reduced to what one person may see. Only [`visible`] makes one.
#[derive(Debug, Clone)]
pub struct Visible(Arc<Project>, Arc<Withheld>);

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

    /// Types that the person knows by name only.
    pub fn withheld(&self) -> &Withheld {
        &self.1
    }

    /// The same, with what an earlier look knew by name only.
    fn beside(self, earlier: Withheld) -> Self {
        let withheld = earlier.and((*self.1).clone()).beside(&self.0);
        Self(self.0, Arc::new(withheld))
    }
}

impl Visible {
    /// The project as it may leave the server: the text of a query only for those who may look into its source.
    pub fn told(&self, policy: &Policy, caller: &Caller) -> Project {
        self.told_to(&[(policy, caller)])
    }

    /// The same for who looks as somebody else: the text of a query only where each of them may look into its source.
    pub fn told_to(&self, readers: &[(&Policy, &Caller)]) -> Project {
        let mut told = (*self.0).clone();
        for (policy, caller) in readers {
            told.object_types.values_mut().for_each(|kind| keep_query_back(kind, &self.0.id, policy, caller));
        }
        told
    }
}

fn keep_query_back(kind: &mut ObjectType, project: &ProjectId, policy: &Policy, caller: &Caller) {
    if let Origin::Query(text) = &mut kind.origin
        && !may_look_into(&kind.source, project, policy, caller)
    {
        text.clear();
    }
}

/// Whether a person may see how a source is set up and what is in it.
pub fn may_look_into(source: &SourceId, project: &ProjectId, policy: &Policy, caller: &Caller) -> bool {
    policy.decide(caller, &Need::source(Action::SaveConfiguration, project, source)) == Decision::Allow
}

/// A change of one's own as it may leave the server.
pub fn told_change(change: Change, project: &ProjectId, policy: &Policy, caller: &Caller) -> Change {
    match change {
        Change::PutObjectType(mut kind) => {
            keep_query_back(&mut kind, project, policy, caller);
            Change::PutObjectType(kind)
        }
        other => other,
    }
}

/// Reduces `project` to what `caller` may see.
pub fn visible(project: &Arc<Project>, policy: &Policy, caller: &Caller) -> Visible {
    let may_know = |source: &SourceId| policy.may_know_source(caller, &project.id, source);
    let hidden: BTreeSet<&SourceId> = project.sources.keys().filter(|source| !may_know(source)).collect();
    let sees_grants = policy.decide(caller, &Need::project(Action::GiveAccess, &project.id)) == Decision::Allow;
    if hidden.is_empty() && sees_grants {
        return Visible(project.clone(), Arc::default());
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
    let withheld = Withheld::between(project, &reduced);
    Visible(Arc::new(reduced), Arc::new(withheld))
}

/// A project with one person's own changes over it, as that person may see both.
#[derive(Debug)]
pub struct Seen {
    /// The project.
    pub project: Visible,
    /// The person's own changes that name nothing hidden, each with its place in the list that is kept.
    pub own: Vec<(usize, Change)>,
    /// Those of them that do not fit, by their place in `own`.
    pub misfits: Misfits,
}

/// What `caller` sees of a project. The own changes are laid over what is visible and not over the whole, so that why
/// one of them does not fit names nothing that is hidden.
pub fn seen(kept: &Kept, policy: &Policy, caller: &Caller) -> Seen {
    let shared = visible(&kept.project, policy, caller);
    let own = kept.own.get(&caller.person).map(Vec::as_slice).unwrap_or_default();
    if own.is_empty() {
        return Seen { project: shared, own: Vec::new(), misfits: Vec::new() };
    }
    let mut hidden = Hidden::between(&kept.project, &shared);
    let own: Vec<(usize, Change)> =
        own.iter().cloned().enumerate().filter(|(_, change)| !hidden.is_named_by(change)).collect();
    let changes: Vec<Change> = own.iter().map(|(_, change)| change.clone()).collect();
    let may_write_queries = policy.decide(caller, &Need::project(Action::WriteQueries, &kept.project.id));
    let (project, misfits) = effective(&shared, &changes, may_write_queries == Decision::Allow);
    // An own source may have come to require a role.
    let project = visible(&Arc::new(project), policy, caller).beside((*shared.1).clone());
    Seen { project, own, misfits }
}

/// What `other` would see of the shared project, as far as `viewer` may see it, too: looking as somebody else shows
/// nobody more. Own changes of neither are in it.
pub fn as_other(kept: &Kept, policy: &Policy, viewer: &Caller, other: &Caller) -> Visible {
    let mine = visible(&kept.project, policy, viewer);
    visible(&mine.0, policy, other).beside((*mine.1).clone())
}

/// What a project has and a person may not know of.
struct Hidden {
    sources: BTreeSet<SourceId>,
    object_types: BTreeSet<ObjectTypeId>,
    link_types: BTreeSet<LinkTypeId>,
}

impl Hidden {
    fn between(whole: &Project, seen: &Project) -> Self {
        let sources = whole.sources.keys().filter(|id| !seen.sources.contains_key(*id));
        let object_types = whole.object_types.keys().filter(|id| !seen.object_types.contains_key(*id));
        let link_types = whole.link_types.keys().filter(|id| !seen.link_types.contains_key(*id));
        Self {
            sources: sources.cloned().collect(),
            object_types: object_types.cloned().collect(),
            link_types: link_types.cloned().collect(),
        }
    }

    /// Whether a change needs something hidden; what it adds itself is then hidden too, and known otherwise.
    fn is_named_by(&mut self, change: &Change) -> bool {
        match change {
            Change::RemoveSource(id) => self.sources.contains(id),
            Change::RemoveObjectType(id) => self.object_types.contains(id),
            Change::RemoveLinkType(id) => self.link_types.contains(id),
            Change::PutObjectType(kind) => {
                let hidden = self.sources.contains(&kind.source);
                if hidden {
                    self.object_types.insert(kind.id.clone());
                } else {
                    self.object_types.remove(&kind.id);
                }
                hidden
            }
            Change::PutLinkType(link) => {
                let ends_hidden = [&link.from, &link.to].iter().any(|end| self.object_types.contains(*end));
                ends_hidden || link.source().is_some_and(|source| self.sources.contains(source))
            }
            Change::PutSource(_) | Change::Describe { .. } | Change::PutGrant(_) | Change::RemoveGrant(_) => false,
        }
    }
}
