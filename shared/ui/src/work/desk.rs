//! Where files are read and written: in the page by a worker whose module is fetched when it is needed, on a thread of the
//! desktop program's, elsewhere at once.

use graph::exchange::Errand;

use crate::app::Model;
use crate::client::Outbox;

/// What came of an errand: bytes, or a sentence that says why there are none.
pub(crate) type Done = Result<Vec<u8>, String>;
/// Hears what came of an errand, once.
pub(crate) type Hear = Box<dyn FnOnce(&mut Model, &Outbox, Done)>;

/// Errands that are under way, by their numbers. Dropping one ends it.
#[derive(Default)]
pub(super) struct Desk {
    #[cfg(target_arch = "wasm32")]
    errands: Vec<(u64, crate::web::ExchangeWorker)>,
    #[cfg(not(target_arch = "wasm32"))]
    errands: Vec<(u64, Hear)>,
}

impl Desk {
    /// Ends an errand; nobody hears of it any more.
    pub(super) fn stop(&mut self, number: u64) {
        self.errands.retain(|(known, _)| *known != number);
    }
}

/// Does an errand; `then` is called with what came of it, unless it is stopped before.
pub(super) fn ask(
    model: &mut Model,
    outbox: &Outbox,
    number: u64,
    errand: Errand,
    parts: &[Vec<u8>],
    then: impl FnOnce(&mut Model, &Outbox, Done) + 'static,
) {
    run(model, outbox, number, errand, parts, Box::new(then));
}

#[cfg(not(target_arch = "wasm32"))]
fn run(model: &mut Model, outbox: &Outbox, number: u64, errand: Errand, parts: &[Vec<u8>], then: Hear) {
    let Some(post) = outbox.inbox().post() else {
        return then(model, outbox, errand.run(parts).map_err(|fault| fault.to_string()));
    };
    model.work.desk.errands.push((number, then));
    if let Err(sentence) = super::threads::errand(post.clone(), number, errand, parts.to_vec()) {
        heard(model, outbox, number, Err(sentence));
    }
}

/// What came of an errand on a thread, for whoever still waits for it.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn heard(model: &mut Model, outbox: &Outbox, number: u64, done: Done) {
    let errands = &mut model.work.desk.errands;
    let place = errands.iter().position(|(known, _)| *known == number);
    if let Some((_, then)) = place.map(|place| errands.swap_remove(place)) {
        then(model, outbox, done);
    }
}

#[cfg(target_arch = "wasm32")]
fn run(model: &mut Model, outbox: &Outbox, number: u64, errand: Errand, parts: &[Vec<u8>], then: Hear) {
    let hear = move |model: &mut Model, outbox: &Outbox, done: Done| {
        model.work.desk.stop(number);
        then(model, outbox, done);
    };
    match crate::web::ExchangeWorker::start(outbox.inbox(), errand, parts, Box::new(hear)) {
        Ok(worker) => model.work.desk.errands.push((number, worker)),
        Err(hear) => hear(model, outbox, Err(model.words.t(crate::words::Word::ExchangeMissing).to_owned())),
    }
}
