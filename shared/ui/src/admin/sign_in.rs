//! How people sign in: what the settings say, a trial of the issuer, and what some claims would give.

use wire::health::Finding;
use wire::set_up::{ClaimsTried, SignInNow, SignInSettings, TryClaims, TryIssuer};

use crate::app::{Model, Remote};
use crate::client::{Outbox, Streaming};

/// What is known of signing in.
#[derive(Default)]
pub struct SignInSetUp {
    /// What the settings say.
    pub now: Remote<SignInNow>,
    /// What the newest trial found.
    pub tried: Remote<Vec<Finding>>,
    /// What the newest claims would give.
    pub judged: Remote<ClaimsTried>,
    trying: Option<Streaming>,
}

/// What the page asks for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Ask what the settings say.
    Ask,
    /// Ask the issuer what people need.
    Try,
    /// That is no longer waited for.
    StopTry,
    /// Ask which roles these claims would give; without any, those of the own sign-in.
    Judge(Option<String>),
}

/// Carries out a command.
pub(super) fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    let room = &mut model.admin.sign_in;
    match command {
        Command::Ask => ask(model, outbox),
        Command::Try => {
            room.tried = Remote::Waiting(None);
            let trying = outbox.call_until(&TryIssuer {}, |model, _, reply| model.admin.sign_in.tried.answer(reply));
            model.admin.sign_in.trying = Some(trying);
        }
        Command::StopTry => (room.tried, room.trying) = (Remote::Idle, None),
        Command::Judge(claims) => {
            room.judged = Remote::Waiting(None);
            outbox.call(&TryClaims { claims }, |model, _, reply| model.admin.sign_in.judged.answer(reply));
        }
    }
}

pub(super) fn ask(model: &mut Model, outbox: &Outbox) {
    model.admin.sign_in.now.ask();
    outbox.call(&SignInSettings {}, |model, _, reply| model.admin.sign_in.now.answer(reply));
}
