//! A server that has more to do than it can: what only reads is asked again after a while, and the person is told once.
//!
//! A change is not: whoever sent it decides, and sees at once that it was not made.

use wire::{Code, Fault, Record, Request};

use crate::app::Model;
use crate::words::Word;

/// How long to wait before each further try, in milliseconds; afterwards the refusal is told.
const WAITS_MS: [u32; 4] = [2_000, 4_000, 8_000, 16_000];
/// The most requests that wait; more are told at once that they were refused.
const MOST_WAITING: usize = 64;

/// What is asked, and how often the server has refused it.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) name: &'static str,
    record: Record,
    refused: usize,
}

impl Asked {
    pub(super) fn of<R: Request>() -> Self {
        Self { name: R::NAME, record: R::RECORD, refused: 0 }
    }

    pub(super) fn again(self) -> Self {
        Self { refused: self.refused + 1, ..self }
    }

    /// How long it waits before it is asked again; none when this fault is told.
    pub(super) fn waits(self, model: &Model, fault: &Fault) -> Option<u32> {
        let may = fault.code == Code::Busy && self.record != Record::Change && model.waiting_for_server < MOST_WAITING;
        WAITS_MS.get(self.refused).copied().filter(|_| may)
    }
}

/// One more waits: the first of them is told.
pub(super) fn begin(model: &mut Model) {
    model.waiting_for_server += 1;
    if model.waiting_for_server == 1 {
        model.notify(model.words.t(Word::ServerIsBusy));
    }
}

/// One has waited.
pub(super) fn end(model: &mut Model) {
    model.waiting_for_server = model.waiting_for_server.saturating_sub(1);
}
