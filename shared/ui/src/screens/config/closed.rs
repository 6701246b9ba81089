//! The line that says that nothing can be changed at the moment: a new key is given and the store is not rolled to it yet.

use egui::{Frame, Margin, RichText, Role, Ui};

use crate::app::Model;
use crate::look::Look;
use crate::widgets::{Tone, paint};
use crate::words::Word;

/// Draws it, once a change was refused for that reason, until one is saved again.
pub(super) fn ui(ui: &mut Ui, model: &Model) {
    if !model.configuration_closed {
        return;
    }
    let look = Look::of(ui.ctx());
    let colour = Tone::Warn.colour(look);
    let frame = Frame::new().fill(look.colours.tint(colour)).inner_margin(Margin::symmetric(20, 6));
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(Tone::Warn.icon()).size(16.0).color(colour));
            ui.label(model.words.t(Word::ConfigurationClosed));
        });
    });
    paint::describe(ui, &shown.response, |node| node.set_role(Role::Status));
    let rect = shown.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, paint::hairline(look));
}
