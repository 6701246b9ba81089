//! How much room the parts of the workspace take: as the person left it, kept a moment after it was changed.

use std::time::Duration;

use egui::Ui;
use wire::session::Panels;

use super::Draft as Workspace;
use crate::app::{Command, Commands, Model};

/// How long nothing must change before it is kept.
const AFTER_SECS: f64 = 1.0;
const WHOLE: f32 = 1_000.0;

/// What is kept, and what was seen last.
#[derive(Default)]
pub(super) struct Draft {
    /// None before anything was taken over.
    kept: Option<Panels>,
    seen: Option<Panels>,
    since_secs: f64,
}

/// Takes over what was kept, once.
pub(super) fn take(model: &Model, draft: &mut Workspace) {
    let Some(preferences) = model.preferences.filter(|_| draft.panels.kept.is_none()) else { return };
    if let Some(panels) = preferences.panels {
        draft.side_open = panels.side_open;
        draft.side_points = f32::from(panels.side_points);
        draft.share = f32::from(panels.graph_thousandths) / WHOLE;
        draft.tables.share = f32::from(panels.left_table_thousandths) / WHOLE;
    }
    draft.panels.kept = Some(now(draft));
}

fn now(draft: &Workspace) -> Panels {
    let whole = |number: f32| number.round().clamp(0.0, f32::from(u16::MAX)) as u16;
    Panels {
        side_open: draft.side_open,
        side_points: whole(draft.side_points),
        graph_thousandths: whole(draft.share * WHOLE),
        left_table_thousandths: whole(draft.tables.share * WHOLE),
    }
}

/// Keeps what was changed once it has come to rest; asks for one frame until then, and for none while nothing changed.
pub(super) fn keep(ui: &Ui, draft: &mut Workspace, commands: &mut Commands) {
    let now = now(draft);
    let draft = &mut draft.panels;
    if draft.kept.is_none_or(|kept| kept == now) {
        return;
    }
    let (at_secs, is_held) = ui.input(|input| (input.time, input.pointer.any_down()));
    if draft.seen != Some(now) || is_held {
        (draft.seen, draft.since_secs) = (Some(now), at_secs);
    }
    let left = AFTER_SECS - (at_secs - draft.since_secs);
    if left <= 0.0 {
        commands.send(Command::KeepPanels(now));
        draft.kept = Some(now);
    } else {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
    }
}
