//! Choosing an icon: a button that shows the present one and opens a searchable grid of all.

use egui::{ScrollArea, Ui, Vec2};

use crate::look::{CONTROL, icons};
use crate::widgets::{Button, popover, search_box};
use crate::words::{Word, Words};

const ACROSS: usize = 10;
const TALLEST: f32 = 300.0;

/// What is searched for in the grid.
#[derive(Default)]
pub(super) struct Search {
    text: String,
}

/// Draws the button and, when open, the grid; true if another icon was chosen.
pub(super) fn ui(ui: &mut Ui, words: Words, search: &mut Search, icon: &mut String) -> bool {
    let shown = icons::by_name(icon).unwrap_or(icons::QUESTION_MARK);
    let name = words.with(Word::IconNamed, &[&readable(icon)]);
    let button = ui.add(Button::new(&name).icon(shown).trailing(icons::EXPAND_MORE));
    let before = icon.clone();
    popover(&button, words.t(Word::Icon), |ui| {
        let width = ACROSS as f32 * (CONTROL + 4.0);
        ui.set_width(width);
        let id = ui.scope_id().with("icon search");
        search_box(ui, words, id, &mut search.text, words.t(Word::SearchIcons), None, width);
        ui.add_space(6.0);
        if grid_ui(ui, &search.text, icon) {
            ui.close();
        }
    });
    *icon != before
}

fn grid_ui(ui: &mut Ui, text: &str, icon: &mut String) -> bool {
    let wanted = text.trim().to_lowercase();
    let found: Vec<&(&str, char)> =
        icons::ALL.iter().filter(|(name, _)| readable(name).contains(&wanted) || name.contains(&wanted)).collect();
    let mut chosen = false;
    ScrollArea::vertical().max_height(TALLEST).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(4.0);
        for row in found.chunks(ACROSS) {
            ui.horizontal(|ui| {
                for (name, sign) in row.iter().copied() {
                    let readable = readable(name);
                    let button = Button::icon_only(*sign, &readable).selected(*name == icon);
                    if ui.add(button).clicked() {
                        (*name).clone_into(icon);
                        chosen = true;
                    }
                }
            });
        }
    });
    chosen
}

/// "account_balance" as people read it.
fn readable(name: &str) -> String {
    name.replace('_', " ")
}
