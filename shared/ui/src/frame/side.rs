//! The side panel at the right: resizable, collapsible.

use super::surface;
use crate::look::{Look, SIDE_PANEL_MAX, SIDE_PANEL_MIN};
use crate::words::{Word, Words};
use egui::{Margin, Panel, Ui};

const NAME: &str = "clew side panel";

/// Draws it if `open`; dragging its edge far enough closes it, too. Its content has no margin. `points` is its width,
/// which is the caller's to remember.
pub fn side_panel<R>(
    ui: &mut Ui,
    words: Words,
    open: &mut bool,
    points: &mut f32,
    content: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    let look = Look::of(ui.ctx());
    let panel = Panel::right(NAME)
        .default_size(*points)
        .size_range(SIDE_PANEL_MIN..=SIDE_PANEL_MAX)
        .resizable(true)
        .frame(surface(look, Margin::ZERO));
    let edge = ui.scope_id().with(NAME).with("__resize");
    let shown = panel.show_collapsible(ui, open, content);
    if let Some(response) = ui.read_response(edge) {
        if response.dragged()
            && let Some(shown) = &shown
        {
            *points = shown.response.rect.width();
        }
        // egui names the edge in English.
        let _absent_when_nobody_listens: Option<()> =
            ui.ctx().accesskit_node_builder(edge, |node| node.set_label(words.t(Word::ResizeSide)));
    }
    shown.map(|shown| shown.inner)
}
