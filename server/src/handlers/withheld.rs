//! What is asked of a type that the person knows by name only: it is refused, and the missing right is named.
//!
//! The role itself is not named: which one a source requires is a fact of the source.

use access::{LinkTypeId, ObjectTypeId};
use model::Change;
use model::query::Query;
use wire::{Code, Fault};

use crate::config::Visible;

/// Refuses a question that names such a type anywhere.
///
/// # Errors
/// [`Fault`] `Forbidden`.
pub(super) fn refuse_question(visible: &Visible, query: &Query) -> Result<(), Fault> {
    let (objects, links) = model::asked::named(query);
    objects.iter().try_for_each(|id| refuse_objects(visible, id))?;
    links.iter().try_for_each(|id| refuse_links(visible, id))
}

/// Refuses an object type that is known by name only.
///
/// # Errors
/// [`Fault`] `Forbidden`.
pub(super) fn refuse_objects(visible: &Visible, id: &ObjectTypeId) -> Result<(), Fault> {
    visible.withheld().object_type(id).map_or(Ok(()), |kind| Err(refused(&kind.plural)))
}

/// Refuses a link type that is known by name only.
///
/// # Errors
/// [`Fault`] `Forbidden`.
pub(super) fn refuse_links(visible: &Visible, id: &LinkTypeId) -> Result<(), Fault> {
    visible.withheld().link_type(id).map_or(Ok(()), |link| Err(refused(&link.plural)))
}

/// Refuses a change of such a type, or one that builds on it.
///
/// # Errors
/// [`Fault`] `Forbidden`.
pub(super) fn refuse_change(visible: &Visible, change: &Change) -> Result<(), Fault> {
    match change {
        Change::PutObjectType(kind) => refuse_objects(visible, &kind.id),
        Change::RemoveObjectType(id) => refuse_objects(visible, id),
        Change::RemoveLinkType(id) => refuse_links(visible, id),
        Change::PutLinkType(link) => {
            refuse_links(visible, &link.id)?;
            [&link.from, &link.to].into_iter().try_for_each(|end| refuse_objects(visible, end))
        }
        Change::Describe { .. }
        | Change::PutSource(_)
        | Change::RemoveSource(_)
        | Change::PutGrant(_)
        | Change::RemoveGrant(_) => Ok(()),
    }
}

fn refused(name: &str) -> Fault {
    Fault::new(
        Code::Forbidden,
        format!("\"{name}\" is shown here by name only: it needs the role that its source requires."),
        "Ask an Own of the project which role that is, and your administrator for it.",
    )
}
