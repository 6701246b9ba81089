//! The workspace of a project: what is searched, which objects are open, what is on the graph and in the tables.

use crate::app::Model;
use crate::client::Outbox;

/// The workspace of the project that is open.
#[derive(Default)]
pub struct Work {}

/// What the screens of the workspace ask for.
#[derive(Debug, Clone)]
pub enum Command {}

/// Carries out a command.
pub fn run(command: Command, _model: &mut Model, _outbox: &Outbox) {
    match command {}
}

/// The route leads into a project; `changed` when it is another one than before.
pub fn shown(_model: &mut Model, _outbox: &Outbox, _changed: bool) {}

/// A project's configuration has arrived or changed.
pub fn project_arrived(_model: &mut Model, _outbox: &Outbox) {}
