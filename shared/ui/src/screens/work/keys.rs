//! The keys of the whole workspace, wherever the keyboard is.

use egui::{Key, Modifiers, Ui};
use graph::NoteKind;

use super::{Draft, export, go};
use crate::app::{Command as AppCommand, Commands, Model, View};
use crate::work::{Command, Grouping, Wanted};

const TABS: [Key; 9] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// Acts on the keys that belong to nobody else.
pub(super) fn act(ui: &Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    draft.search.keys(ui, model, commands);
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::P) {
        draft.palette.open(false);
    }
    if pressed(Modifiers::COMMAND, Key::F) && model.work.board.graph.shown().next().is_some() {
        draft.graph.find.open();
        go(model, View::Graph, commands);
    }
    if ui.ctx().text_edit_focused() || draft.palette.is_open() {
        return;
    }
    for (key, steps) in [(Key::ArrowLeft, -1), (Key::ArrowRight, 1)] {
        if pressed(Modifiers::ALT, key) {
            commands.send(AppCommand::Travel(steps));
        }
    }
    if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z) || pressed(Modifiers::COMMAND, Key::Y) {
        commands.work(Command::Redo);
    }
    if pressed(Modifiers::COMMAND, Key::Z) {
        commands.work(Command::Undo);
    }
    if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::G) {
        commands.work(Command::Group(Grouping::Ungroup(model.work.board.selected.iter().copied().collect())));
    }
    if pressed(Modifiers::COMMAND, Key::G) {
        commands.work(Command::Group(Grouping::Group(model.work.board.selected.iter().copied().collect())));
    }
    for (place, key) in TABS.into_iter().enumerate() {
        if pressed(Modifiers::COMMAND, key) {
            commands.work(Command::ShowTable(place));
        }
    }
    if pressed(Modifiers::SHIFT, Key::Questionmark) || pressed(Modifiers::NONE, Key::Questionmark) {
        draft.palette.open(true);
    }
    if pressed(Modifiers::NONE, Key::Num1) {
        go(model, View::Graph, commands);
    }
    if pressed(Modifiers::NONE, Key::Num2) {
        go(model, View::Table, commands);
    }
    let has_dialog = ui.memory(|memory| memory.top_modal_layer().is_some());
    if !has_dialog && pressed(Modifiers::NONE, Key::X) && export::is_possible(model) {
        draft.export.open();
    }
    without_focus(ui, model, draft, commands);
}

/// Keys that a focused widget has its own use for.
fn without_focus(ui: &Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    if ui.memory(|memory| memory.focused().is_some()) || egui::Popup::is_any_open(ui.ctx()) {
        return;
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::NONE, Key::Space) {
        draft.side_open = !draft.side_open;
    }
    if pressed(Modifiers::NONE, Key::T) && model.work.board.graph.shown().next().is_some() {
        draft.graph.add_note(model, NoteKind::Text, commands);
        go(model, View::Graph, commands);
    }
    if pressed(Modifiers::NONE, Key::R) && model.work.board.graph.shown_links().next().is_some() {
        draft.find_ways(Wanted::rings().ways);
    }
    if pressed(Modifiers::SHIFT, Key::F) {
        draft.graph.canvas.fit_selection();
    }
    if pressed(Modifiers::NONE, Key::F) {
        draft.graph.canvas.fit();
    }
}
