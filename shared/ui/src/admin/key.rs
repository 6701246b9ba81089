//! The key of the store: under which it is, and rolling it to another one.

use wire::key::{KeyNow, KeyState, RollKey, RollNow};

use crate::app::{Model, Remote};
use crate::client::Outbox;

/// What is known of the key.
#[derive(Debug, Default)]
pub struct Key {
    /// Under which key the store is, and how far the roll is.
    pub now: Remote<KeyNow>,
    /// The newest roll that was begun here, as far as it has come.
    pub rolling: Remote<()>,
}

impl Key {
    /// Whether the key is being rolled, whoever began it.
    pub fn is_rolling(&self) -> bool {
        let now = self.now.value();
        self.rolling.is_waiting() || now.is_some_and(|now| matches!(now.roll, RollNow::Running { .. }))
    }
}

/// What the page asks for.
#[derive(Debug, Clone, Copy)]
pub enum Command {
    /// Ask how the key is.
    Ask,
    /// Roll it.
    Roll,
}

/// Carries out a command.
pub(super) fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    match command {
        Command::Ask => ask(model, outbox),
        Command::Roll => roll(model, outbox),
    }
}

pub(super) fn ask(model: &mut Model, outbox: &Outbox) {
    model.admin.key.now.ask();
    outbox.call(&KeyState {}, |model, _, reply| {
        // One look that fails while a roll runs says nothing of the roll.
        if let Some(fault) = model.admin.key.now.answer_or_keep(reply)
            && !model.admin.key.is_rolling()
        {
            model.admin.key.now = Remote::Failed(fault);
        }
    });
}

fn roll(model: &mut Model, outbox: &Outbox) {
    model.admin.key.rolling = Remote::Waiting(None);
    // It goes on to its end on the server, whether this page waits for it or not.
    outbox.call(&RollKey {}, |model, outbox, reply| {
        model.admin.key.rolling.answer(reply.map(|now| model.admin.key.now = Remote::Here(now)));
        if matches!(model.admin.key.rolling, Remote::Failed(_)) {
            ask(model, outbox);
        }
    });
}
