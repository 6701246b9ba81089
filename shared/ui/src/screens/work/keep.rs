//! The investigation is kept some seconds after the last change.

use std::time::Duration;

use egui::Ui;

use crate::app::{Commands, Model};
use crate::work;

/// How long nothing must change before it is kept.
const AFTER_SECS: f64 = 3.0;

/// The last change that was seen, and when.
#[derive(Default)]
pub(super) struct Draft {
    change: u64,
    since_secs: f64,
}

/// Asks for one frame when the time has come, and for none while nothing changed.
pub(super) fn act(ui: &Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let now = ui.input(|input| input.time);
    let work = &model.work;
    if work.change == work.kept_change || work.restoring.is_some() {
        return;
    }
    if draft.change != work.change {
        (draft.change, draft.since_secs) = (work.change, now);
    }
    let left = AFTER_SECS - (now - draft.since_secs);
    if left <= 0.0 {
        commands.work(work::Command::Keep);
        draft.since_secs = now;
    } else {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
    }
}
