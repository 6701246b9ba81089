//! How the server is: what could keep it from working, and the main numbers.

use wire::health::{Figures, HealthSeen, LookAtHealth, ReadFigures};

use crate::app::{Model, Remote};
use crate::client::{Outbox, Streaming};

/// What is known of the server's health.
#[derive(Default)]
pub struct Health {
    /// What was found.
    pub seen: Remote<HealthSeen>,
    /// The main numbers.
    pub figures: Remote<Figures>,
    looking: Option<Streaming>,
}

/// What the page asks for.
#[derive(Debug, Clone, Copy)]
pub enum Command {
    /// Look; again, although there is an answer from before.
    Look {
        /// Whether the server looks anew.
        again: bool,
    },
    /// That is no longer waited for.
    StopLook,
    /// Ask for the numbers.
    Figures,
}

/// Carries out a command.
pub(super) fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    match command {
        Command::Look { again } => look(model, outbox, again),
        Command::StopLook => {
            let health = &mut model.admin.health;
            health.looking = None;
            health.seen = match std::mem::take(&mut health.seen) {
                Remote::Waiting(Some(before)) => Remote::Here(before),
                _ => Remote::Idle,
            };
        }
        Command::Figures => figures(model, outbox),
    }
}

pub(super) fn look(model: &mut Model, outbox: &Outbox, again: bool) {
    model.admin.health.seen.ask();
    let looking = outbox.call_until(&LookAtHealth { again }, |model, _, reply| model.admin.health.seen.answer(reply));
    model.admin.health.looking = Some(looking);
}

pub(super) fn figures(model: &mut Model, outbox: &Outbox) {
    model.admin.health.figures.ask();
    outbox.call(&ReadFigures {}, |model, _, reply| model.admin.health.figures.answer(reply));
}
