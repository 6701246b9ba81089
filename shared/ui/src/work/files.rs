//! Files that the server makes: how much has come, what was saved, and what broke off.

use wire::Download;

use super::going;
use crate::app::Model;
use crate::client::{Outbox, Saving};
use crate::words::Word;

/// Saves what a download answers; it is seen among what is under way, and can be stopped there.
pub(super) fn save(model: &mut Model, outbox: &Outbox, request: &impl Download) {
    let number = going::begin(model, model.words.t(Word::Exporting).to_owned());
    going::note_bytes(model, number, 0);
    let stop = outbox.download(request, move |model, saving| match saving {
        Saving::Came(bytes) => going::note_bytes(model, number, bytes),
        // It is on the disk also where it came too fast to be stopped.
        Saving::Saved { name, bytes } => {
            going::end(model, number);
            model.notify(model.words.with(Word::FileSaved, &[&name, &model.words.bytes(bytes)]));
        }
        Saving::Failed(fault) => {
            if going::end(model, number) {
                model.notify_fault(&fault);
            }
        }
    });
    model.work.files.keep(number, stop);
}

/// Another project is opened: what is on its way does not come to its end, and that is said.
pub(super) fn leave(model: &mut Model) {
    if model.work.files.is_any_coming() {
        model.notify(model.words.t(Word::ExportStopped));
    }
}
