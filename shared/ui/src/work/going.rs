//! What is under way beside the tables and the search: each can be seen, and stopped.

use wire::frame::Progress;

use super::streams::Lane;
use super::{finding, import};
use crate::app::Model;
use crate::client::{Outbox, Streaming};

/// Something that is under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Going {
    /// The number of its purpose among the streams.
    pub number: u64,
    /// What it is: "Expanding: received from".
    pub what: String,
    /// How far its source is, as that last said.
    pub progress: Progress,
    /// How many bytes of a file have come; none where it is no file.
    pub bytes: Option<u64>,
    /// How much of it is done, from 0 to 1, where that is known.
    pub share: Option<f32>,
}

/// Files that are being saved, by the number of what is under way. Dropping one stops it.
#[derive(Default)]
pub(super) struct Files {
    coming: Vec<(u64, Streaming)>,
}

impl Files {
    /// Keeps what stops a file.
    pub(super) fn keep(&mut self, number: u64, stop: Streaming) {
        self.coming.push((number, stop));
    }

    /// Whether any is on its way.
    pub(super) fn is_any_coming(&self) -> bool {
        !self.coming.is_empty()
    }
}

/// Notes that something began; its number.
pub(super) fn begin(model: &mut Model, what: String) -> u64 {
    let number = model.work.streams.number();
    model.work.going.push(Going { number, what, progress: Progress::default(), bytes: None, share: None });
    number
}

/// Notes how far it is.
pub(super) fn note(model: &mut Model, number: u64, progress: Progress) {
    if let Some(going) = model.work.going.iter_mut().find(|going| going.number == number) {
        going.progress = progress;
    }
}

/// Notes how much of it is done.
pub(super) fn note_share(model: &mut Model, number: u64, share: f32) {
    if let Some(going) = model.work.going.iter_mut().find(|going| going.number == number) {
        going.share = Some(share);
    }
}

/// Notes how much of its file has come.
pub(super) fn note_bytes(model: &mut Model, number: u64, bytes: u64) {
    if let Some(going) = model.work.going.iter_mut().find(|going| going.number == number) {
        going.bytes = Some(bytes);
    }
}

/// Notes that it ended; whether anybody still waited for it.
pub(super) fn end(model: &mut Model, number: u64) -> bool {
    let before = model.work.going.len();
    model.work.going.retain(|going| going.number != number);
    model.work.files.coming.retain(|(known, _)| *known != number);
    before != model.work.going.len()
}

/// Stops it: what it brought so far is not shown.
pub(super) fn stop(model: &mut Model, outbox: &Outbox, number: u64) {
    for lane in [Lane::Expand(number), Lane::Put(number)] {
        model.work.streams.stop(&lane, outbox);
    }
    import::stop_number(model, outbox, number);
    finding::stop(model, number);
    if model.work.shot.as_ref().is_some_and(|shot| shot.number == number) {
        model.work.shot = None;
    }
    model.work.desk.stop(number);
    end(model, number);
}
