//! What is under way beside the tables and the search: each can be seen, and stopped.

use wire::frame::Progress;

use super::streams::Lane;
use crate::app::Model;
use crate::client::Outbox;

/// Something that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// The number of its purpose among the streams.
    pub number: u64,
    /// What it is: "Expanding: received from".
    pub what: String,
    /// How far its source is, as that last said.
    pub progress: Progress,
}

/// Notes that something began; its number.
pub(super) fn begin(model: &mut Model, what: String) -> u64 {
    let number = model.work.streams.number();
    model.work.going.push(Going { number, what, progress: Progress::default() });
    number
}

/// Notes how far it is.
pub(super) fn note(model: &mut Model, number: u64, progress: Progress) {
    if let Some(going) = model.work.going.iter_mut().find(|going| going.number == number) {
        going.progress = progress;
    }
}

/// Notes that it ended.
pub(super) fn end(model: &mut Model, number: u64) {
    model.work.going.retain(|going| going.number != number);
}

/// Stops it: what it brought so far is not shown.
pub(super) fn stop(model: &mut Model, outbox: &Outbox, number: u64) {
    model.work.streams.stop(&Lane::Expand(number), outbox);
    end(model, number);
}
