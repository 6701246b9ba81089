//! The side panel at the right: 372 points at first, resizable, collapsible.

use super::surface;
use crate::look::{Look, SIDE_PANEL, SIDE_PANEL_MAX, SIDE_PANEL_MIN};
use egui::{Margin, Panel, Ui};

/// Draws it if `open`; dragging its edge far enough closes it, too. Its content has no margin.
pub fn side_panel<R>(ui: &mut Ui, open: &mut bool, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let look = Look::of(ui.ctx());
    let panel = Panel::right("clew side panel")
        .default_size(SIDE_PANEL)
        .size_range(SIDE_PANEL_MIN..=SIDE_PANEL_MAX)
        .resizable(true)
        .frame(surface(look, Margin::ZERO));
    panel.show_collapsible(ui, open, content).map(|shown| shown.inner)
}
