//! A select: a button that shows the chosen option and opens the list of all.

use super::{
    button::Button,
    list_row::ListRow,
    menu::{menu, menu_row},
    paint,
};
use crate::look::{Look, icons};
use egui::{Popup, Response, RichText, Role, Ui};

/// A select without visible label (`name` is read out). True if another option was chosen.
pub fn select(ui: &mut Ui, name: &str, options: &[&str], chosen: &mut usize) -> bool {
    let shown = options.get(*chosen).copied().unwrap_or("");
    let button = Button::new(shown).trailing(icons::EXPAND_MORE);
    let response = ui.add(button);
    describe(ui, &response, name, shown);
    choose(&response, name, options, chosen)
}

/// The same, exactly `width` points wide, for rows and columns of a form.
pub fn select_of_width(ui: &mut Ui, name: &str, options: &[&str], chosen: &mut usize, width: f32) -> bool {
    let shown = options.get(*chosen).copied().unwrap_or("");
    let response = ui.add(Button::new(shown).trailing(icons::EXPAND_MORE).exact_width(width));
    describe(ui, &response, name, shown);
    choose(&response, name, options, chosen)
}

/// The same with its label above it, as wide as there is room.
pub fn labelled_select(ui: &mut Ui, label: &str, options: &[&str], chosen: &mut usize) -> bool {
    ui.vertical(|ui| {
        ui.label(RichText::new(label).color(Look::of(ui.ctx()).colours.dim));
        select(ui, label, options, chosen)
    })
    .inner
}

fn describe(ui: &Ui, response: &Response, name: &str, shown: &str) {
    let open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(response));
    paint::describe(ui, response, |node| {
        node.set_role(Role::ComboBox);
        node.set_label(name);
        node.set_value(shown);
        node.set_expanded(open);
    });
}

fn choose(response: &Response, name: &str, options: &[&str], chosen: &mut usize) -> bool {
    let before = *chosen;
    menu(response, name, |ui| {
        ui.set_min_width(response.rect.width());
        egui::ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
            for (number, option) in options.iter().enumerate() {
                if menu_row(ui, ListRow::new(option).selected(number == before)) {
                    *chosen = number;
                }
            }
        });
    });
    *chosen != before
}
