//! A panel over everything else, closed by Escape and by a click elsewhere.

use egui::{Area, Frame, Id, InnerResponse, Key, Margin, Modifiers, Order, Pos2, Rect, Ui};

use crate::look::RADIUS_LARGE;

/// Draws a panel with its corner at `at`, as wide as given.
pub(super) fn panel<R>(ui: &Ui, id: Id, at: Pos2, width: f32, content: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let area = Area::new(id).order(Order::Foreground).fixed_pos(at).constrain(true);
    area.show(ui.ctx(), |ui| {
        let frame = Frame::popup(ui.style()).corner_radius(RADIUS_LARGE).inner_margin(Margin::same(8));
        frame
            .show(ui, |ui| {
                ui.set_width(width - 16.0);
                // It may grow beyond what it was in the frame before.
                let most = ui.ctx().content_rect().bottom() - at.y - 48.0;
                ui.set_max_height(most.max(120.0));
                content(ui)
            })
            .inner
    })
}

/// Whether the person wants it closed: Escape, or a press outside of all of these.
pub(super) fn is_left(ui: &Ui, inside: &[Rect]) -> bool {
    let escaped = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    let pressed = ui.input(|input| input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten());
    escaped || pressed.is_some_and(|at| !inside.iter().any(|rect| rect.contains(at)))
}
