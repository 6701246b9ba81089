//! The settings by their names, and what changed from start to start.

use wire::environment::{EnvironmentNow, ReadEnvironment};

use crate::app::{Model, Remote};
use crate::client::Outbox;

/// What is known of the environment.
pub type Environment = Remote<EnvironmentNow>;

pub(super) fn ask(model: &mut Model, outbox: &Outbox) {
    model.admin.environment.ask();
    outbox.call(&ReadEnvironment {}, |model, _, reply| model.admin.environment.answer(reply));
}
