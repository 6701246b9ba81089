//! Changes of a project as values: checked against a project, applied to a copy, and never half done.
//!
//! A person's own changes are a list over the shared project. At every new shared revision the list is applied again;
//! a change that no longer fits is shown, never dropped.

use access::{Grant, Grantee, LinkTypeId, ObjectTypeId, ProjectRole, SourceId};
use serde::{Deserialize, Serialize};

use crate::project::{LinkType, ObjectType, Project, Source};

/// One change of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Name and describe the project.
    Describe {
        /// The new name.
        name: String,
        /// The new description.
        description: String,
    },
    /// Add a source, or replace the one with the same id.
    PutSource(Box<Source>),
    /// Remove a source. Types that need it must go first.
    RemoveSource(SourceId),
    /// Add an object type, or replace the one with the same id.
    PutObjectType(Box<ObjectType>),
    /// Remove an object type. Link types that need it must go first.
    RemoveObjectType(ObjectTypeId),
    /// Add a link type, or replace the one with the same id.
    PutLinkType(Box<LinkType>),
    /// Remove a link type.
    RemoveLinkType(LinkTypeId),
    /// Give a role; replaces the role that the same grantee had.
    PutGrant(Grant),
    /// Take a grantee's role away.
    RemoveGrant(Grantee),
}

/// Why a change does not fit the project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Misfit {
    /// It names something that is not there.
    #[error("There is no {what} \"{id}\" in this project. Somebody may have removed it.")]
    Absent {
        /// What kind of thing.
        what: String,
        /// Its id.
        id: String,
    },
    /// Something else still needs it.
    #[error("\"{id}\" is still needed by {by}. Change or remove that first.")]
    Needed {
        /// What cannot go.
        id: String,
        /// What needs it.
        by: String,
    },
    /// The project would be left without an Own.
    #[error("The last Own of a project cannot be taken away. Give Own to somebody else first.")]
    LastOwn,
    /// Access is shared by its nature.
    #[error("Access and the project's name cannot be changed for oneself only.")]
    NotPersonal,
    /// A query of one's own takes the right to write one.
    #[error(
        "Only an instance manager may have an object type of their own that comes from a query. Forget this change."
    )]
    TakesQueryRight,
}

impl Change {
    /// The query that it would put into the project.
    pub fn query(&self) -> Option<&str> {
        match self {
            Self::PutObjectType(kind) => kind.origin.query(),
            _ => None,
        }
    }

    /// Whether a person may have it as a change of their own.
    pub const fn may_be_personal(&self) -> bool {
        !matches!(self, Self::PutGrant(_) | Self::RemoveGrant(_) | Self::Describe { .. })
    }

    /// Makes the change.
    ///
    /// # Errors
    /// [`Misfit`] when it does not fit; the project is then as it was.
    pub fn apply(&self, project: &mut Project) -> Result<(), Misfit> {
        match self {
            Self::Describe { name, description } => {
                project.name.clone_from(name);
                project.description.clone_from(description);
            }
            Self::PutSource(source) => {
                project.sources.insert(source.id.clone(), (**source).clone());
            }
            Self::PutObjectType(kind) => {
                require(project.sources.contains_key(&kind.source), "source", kind.source.as_str())?;
                project.object_types.insert(kind.id.clone(), (**kind).clone());
            }
            Self::PutLinkType(link) => {
                for end in [&link.from, &link.to] {
                    require(project.object_types.contains_key(end), "object type", end.as_str())?;
                }
                if let Some(source) = link.source() {
                    require(project.sources.contains_key(source), "source", source.as_str())?;
                }
                project.link_types.insert(link.id.clone(), (**link).clone());
            }
            Self::RemoveSource(id) => remove_source(project, id)?,
            Self::RemoveObjectType(id) => remove_object_type(project, id)?,
            Self::RemoveLinkType(id) => {
                let gone = project.link_types.remove(id);
                require(gone.is_some(), "link type", id.as_str())?;
            }
            Self::PutGrant(grant) => {
                let mut grants = without(project, &grant.to);
                grants.push(grant.clone());
                set_grants(project, grants)?;
            }
            Self::RemoveGrant(grantee) => {
                let grants = without(project, grantee);
                require(grants.len() < project.grants.len(), "grant for", &name_of(grantee))?;
                set_grants(project, grants)?;
            }
        }
        Ok(())
    }
}

/// A person's changes that no longer fit, each with its place in the list and the reason.
pub type Misfits = Vec<(usize, Misfit)>;

/// The project as one person sees it: the shared one with the person's own changes over it. Queries among them count only
/// for a person who `may_write_queries`.
pub fn effective(shared: &Project, own: &[Change], may_write_queries: bool) -> (Project, Misfits) {
    let mut project = shared.clone();
    let mut misfits = Vec::new();
    for (place, change) in own.iter().enumerate() {
        let applied = match change {
            _ if !change.may_be_personal() => Err(Misfit::NotPersonal),
            _ if change.query().is_some() && !may_write_queries => Err(Misfit::TakesQueryRight),
            _ => change.apply(&mut project),
        };
        if let Err(misfit) = applied {
            misfits.push((place, misfit));
        }
    }
    (project, misfits)
}

fn require(holds: bool, what: &str, id: &str) -> Result<(), Misfit> {
    if holds { Ok(()) } else { Err(Misfit::Absent { what: what.to_owned(), id: id.to_owned() }) }
}

fn remove_source(project: &mut Project, id: &SourceId) -> Result<(), Misfit> {
    require(project.sources.contains_key(id), "source", id.as_str())?;
    let by_type = project.object_types.values().find(|kind| kind.source == *id).map(|kind| kind.name.clone());
    let by_link = project.link_types.values().find(|link| link.source() == Some(id)).map(|link| link.name.clone());
    match by_type.or(by_link) {
        Some(by) => Err(Misfit::Needed { id: id.to_string(), by }),
        None => {
            project.sources.remove(id);
            Ok(())
        }
    }
}

fn remove_object_type(project: &mut Project, id: &ObjectTypeId) -> Result<(), Misfit> {
    require(project.object_types.contains_key(id), "object type", id.as_str())?;
    match project.link_types.values().find(|link| link.from == *id || link.to == *id) {
        Some(link) => Err(Misfit::Needed { id: id.to_string(), by: link.name.clone() }),
        None => {
            project.object_types.remove(id);
            Ok(())
        }
    }
}

fn without(project: &Project, grantee: &Grantee) -> Vec<Grant> {
    project.grants.iter().filter(|grant| grant.to != *grantee).cloned().collect()
}

fn set_grants(project: &mut Project, mut grants: Vec<Grant>) -> Result<(), Misfit> {
    if has_own(&project.grants) && !has_own(&grants) {
        return Err(Misfit::LastOwn);
    }
    grants.sort();
    project.grants = grants;
    Ok(())
}

/// Whether somebody owns a project with these grants. An address that nobody has come with yet is nobody: it may have
/// been mistyped. Whether a person can still sign in, and whether anybody holds a role, is not known here: the server looks at
/// that too.
pub fn has_own(grants: &[Grant]) -> bool {
    grants.iter().any(|grant| grant.role == ProjectRole::Own && !matches!(grant.to, Grantee::Email(_)))
}

fn name_of(grantee: &Grantee) -> String {
    match grantee {
        Grantee::Role(role) => role.to_string(),
        Grantee::Person(person) => person.to_string(),
        Grantee::Email(email) => email.clone(),
    }
}
