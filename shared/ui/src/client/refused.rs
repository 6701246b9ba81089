//! Requests that were refused because the session had ended: they wait, and are sent again once the same person is
//! signed in again.

use access::PersonId;
use wire::project::KeepWork;
use wire::session::{SignOut, WhoAmI};
use wire::{Code, Fault, Request};

use super::Outbox;
use crate::app::Model;

/// The most requests that wait; more are told at once that they were refused.
const MOST_WAITING: usize = 256;
/// Requests that nothing is lost of: who asks is what is being found out, and what is kept is written anew.
const NOT_REPEATED: [&str; 3] = [WhoAmI::NAME, SignOut::NAME, KeepWork::NAME];

/// Sends a request again, or, with a fault, tells whoever waits for it.
pub(super) type Repeat = Box<dyn FnOnce(&mut Model, &Outbox, Option<Fault>)>;

/// Requests that wait for somebody to sign in again, oldest first.
#[derive(Default)]
pub struct Refused {
    waiting: Vec<(PersonId, Fault, Repeat)>,
}

impl Refused {
    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// Who asked, if a request that was refused with this fault is to wait.
pub(super) fn waits(model: &Model, name: &str, fault: &Fault) -> Option<PersonId> {
    let is_one = fault.code == Code::SignedOut && !NOT_REPEATED.contains(&name);
    let asked_by = model.caller().map(|caller| caller.person.clone());
    asked_by.filter(|_| is_one && model.refused.len() < MOST_WAITING)
}

/// Lets a request wait.
pub(super) fn wait(model: &mut Model, asked_by: PersonId, fault: Fault, repeat: Repeat) {
    model.refused.waiting.push((asked_by, fault, repeat));
}

/// Somebody is signed in again. What another person asked for is not sent in this one's name.
pub(crate) fn send_again(model: &mut Model, outbox: &Outbox) {
    let now = model.caller().map(|caller| caller.person.clone());
    for (asked_by, fault, repeat) in std::mem::take(&mut model.refused.waiting) {
        let fault = (now.as_ref() != Some(&asked_by)).then_some(fault);
        repeat(model, outbox, fault);
    }
}
