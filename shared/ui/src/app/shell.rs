//! The desktop program around the screens: which server it is for, and signing in by way of the system's browser.

use wire::Fault;

use super::{Model, executor};
use crate::client::{Outbox, SigningIn, Stop, told};

/// What the desktop program is set to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The server's address; none before somebody gave one.
    pub server: Option<String>,
    /// Whether the organisation has set it, so that nobody changes it here.
    pub is_locked: bool,
    /// What the person should know, such as that no sign-in is kept on this computer.
    pub note: Option<String>,
}

/// The desktop program, as the screens see it.
#[derive(Default)]
pub struct Shell {
    pub settings: Settings,
    pub step: Step,
    /// Whether another server is to be chosen.
    pub is_choosing: bool,
    stop: Option<Box<dyn Stop>>,
}

/// What it is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Step {
    #[default]
    Idle,
    /// Looks whether a server answers at an address.
    Connecting,
    /// Waits for somebody who signs in in the browser, whose page shows this number.
    SigningIn { number: String },
    /// It did not come to its end.
    Failed(Fault),
}

impl Shell {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Whether the server's address is to be asked for.
    pub fn asks_for_server(&self) -> bool {
        self.is_choosing || self.settings.server.is_none()
    }
}

/// Takes a server, if one answers there.
pub(super) fn connect(model: &mut Model, outbox: &Outbox, address: String) {
    let Some(shell) = &mut model.shell else { return };
    shell.step = Step::Connecting;
    let inbox = outbox.inbox().clone();
    outbox.client().connect(
        address,
        Box::new(move |answer| {
            inbox.put(move |model, outbox| {
                let words = model.words;
                let Some(shell) = &mut model.shell else { return };
                match answer {
                    Ok(settings) => {
                        (shell.settings, shell.step, shell.is_choosing) = (settings, Step::Idle, false);
                        executor::start(model, outbox);
                    }
                    Err(fault) => shell.step = Step::Failed(told(words, fault)),
                }
            });
        }),
    );
}

/// Has the browser of the system opened, and waits for whoever signs in there.
pub(super) fn sign_in(model: &mut Model, outbox: &Outbox) {
    let Some(shell) = &mut model.shell else { return };
    let inbox = outbox.inbox().clone();
    shell.stop = None;
    let hear = Box::new(move |heard| inbox.put(move |model, outbox| hear(model, outbox, heard)));
    shell.stop = Some(outbox.client().sign_in_outside(hear));
}

fn hear(model: &mut Model, outbox: &Outbox, heard: SigningIn) {
    let words = model.words;
    let Some(shell) = &mut model.shell else { return };
    match heard {
        SigningIn::Began { number } => shell.step = Step::SigningIn { number },
        SigningIn::Ended(ended) => {
            shell.stop = None;
            match ended {
                Ok(settings) => {
                    (shell.settings, shell.step) = (settings, Step::Idle);
                    executor::run(super::Command::AskAgain, model, outbox);
                }
                Err(fault) => shell.step = Step::Failed(told(words, fault)),
            }
        }
    }
}

/// Waits no more.
pub(super) fn give_up(model: &mut Model) {
    if let Some(shell) = &mut model.shell {
        (shell.stop, shell.step, shell.is_choosing) = (None, Step::Idle, false);
    }
}
