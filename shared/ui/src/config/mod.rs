//! The configuration screens of a project: what is being edited, tested, uploaded.

use crate::app::Model;
use crate::client::Outbox;

/// What the configuration screens are working on.
#[derive(Default)]
pub struct Config {}

/// What the configuration screens ask for.
#[derive(Debug, Clone)]
pub enum Command {}

/// Carries out a command.
pub fn run(command: Command, _model: &mut Model, _outbox: &Outbox) {
    match command {}
}

/// The route leads into a project; `changed` when it is another one than before.
pub fn shown(_model: &mut Model, _outbox: &Outbox, _changed: bool) {}
