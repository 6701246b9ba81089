//! Projects that nobody owns, for instance managers: which there are, and who is to own one.

use std::collections::BTreeMap;

use access::{Action, Grantee, Need, ProjectId};
use wire::owner::{NameOwner, ProjectName, ProjectsWithoutOwner};

use super::{Model, Remote};
use crate::client::Outbox;

/// What is known of projects that nobody owns.
#[derive(Debug, Default)]
pub struct Ownerless {
    /// Which there are; asked for only where the person may know.
    pub projects: Remote<Vec<ProjectName>>,
    /// Who was named for a project, and how that went.
    pub named: BTreeMap<ProjectId, (Grantee, Remote<()>)>,
}

/// Asks which projects nobody owns, if the person may know.
pub(super) fn ask(model: &mut Model, outbox: &Outbox) {
    if model.may(&Need::instance(Action::Administer)).is_err() {
        return;
    }
    model.ownerless.projects.ask();
    outbox.call(&ProjectsWithoutOwner {}, |model, _, reply| model.ownerless.projects.answer(reply));
}

/// Gives a project that nobody owns to somebody.
pub(super) fn name(model: &mut Model, outbox: &Outbox, project: ProjectId, to: Grantee) {
    model.ownerless.named.insert(project.clone(), (to.clone(), Remote::Waiting(None)));
    let id = project.clone();
    outbox.call(&NameOwner { project, to }, move |model, outbox, reply| {
        let is_done = reply.is_ok();
        if let Some((_, going)) = model.ownerless.named.get_mut(&id) {
            going.answer(reply.map(|_| ()));
        }
        if is_done {
            ask(model, outbox);
        }
    });
}
