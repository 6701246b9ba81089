//! The expansions of an object that are to be seen on the graph, each to be taken back.

use egui::{RichText, Ui};

use super::values;
use crate::app::{Commands, Model};
use crate::look::{TextSize, icons};
use crate::widgets::{ListRow, menu_row};
use crate::words::Word;
use crate::work::{Command, Expanded, ObjectRef};

/// The most that are offered in a menu.
const MOST_IN_MENU: usize = 3;

/// Draws them under the links of the object, if there are any.
pub(super) fn ui(ui: &mut Ui, model: &Model, object: &ObjectRef, commands: &mut Commands) {
    let known = model.work.expansions_of(object);
    if known.is_empty() {
        return;
    }
    ui.separator();
    ui.label(RichText::new(model.words.t(Word::Expansions)).font(TextSize::Body.semibold()));
    ui.spacing_mut().item_spacing.y = 0.0;
    for expanded in known {
        let total = model.words.total(values::total(expanded.found, &expanded.completeness));
        let name = name(model, expanded);
        let row = ListRow::new(&name).icon(icons::UNDO).detail(&total);
        if ui.push_id(expanded.number, |ui| ui.add(row)).inner.clicked() {
            commands.work(Command::TakeBack(expanded.number));
        }
    }
}

/// The same in the menu of an object, the newest first.
pub(super) fn menu_ui(ui: &mut Ui, model: &Model, object: &ObjectRef, commands: &mut Commands) -> bool {
    let mut is_chosen = false;
    for (number, expanded) in model.work.expansions_of(object).into_iter().take(MOST_IN_MENU).enumerate() {
        let name = name(model, expanded);
        let row = ListRow::new(&name).icon(icons::UNDO);
        if menu_row(ui, if number == 0 { row.keys("Shift E") } else { row }) {
            commands.work(Command::TakeBack(expanded.number));
            is_chosen = true;
        }
    }
    is_chosen
}

/// Take back “directed by”
fn name(model: &Model, expanded: &Expanded) -> String {
    let label = model.link_type(&expanded.link).map(|link| link.label(expanded.direction)).unwrap_or_default();
    model.words.with(Word::TakeBackOf, &[label])
}
