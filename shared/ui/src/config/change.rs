//! Saving: one save at a time is followed, and the project is read again after it.

use access::ProjectId;
use model::change::Change;
use wire::Fault;
use wire::project::{ChangeProject, Saved, Scope};

use super::{base, of};
use crate::app::Model;
use crate::client::Outbox;

/// Changes the project.
pub(super) fn change(
    model: &mut Model,
    outbox: &Outbox,
    project: ProjectId,
    scope: Scope,
    changes: Vec<Change>,
    forget: Vec<usize>,
) {
    let number = begin(model);
    let call = ChangeProject { project: project.clone(), scope, base: base(model), changes, forget };
    outbox.call(&call, move |model, outbox, reply| end(model, outbox, &project, number, reply));
}

/// Counts a save that begins; returns its number.
pub(super) fn begin(model: &mut Model) -> u64 {
    model.config.saves += 1;
    model.config.save.ask();
    model.config.saves
}

/// Takes the answer of a save; rights and project may be others now, so both are asked for again.
pub(super) fn end(model: &mut Model, outbox: &Outbox, project: &ProjectId, number: u64, reply: Result<Saved, Fault>) {
    let saved = reply.is_ok();
    if let Some(config) = of(model, project)
        && config.saves == number
    {
        config.save.answer(reply);
    }
    if saved {
        model.configuration_closed = false;
        crate::app::ask_again(model, outbox);
    }
}
