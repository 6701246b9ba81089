//! All commands with their keys: found by typing (Ctrl+Shift+P), or as a list (?).

use egui::{Id, Key, Modifiers, ScrollArea, TextEdit, Ui, pos2};

use super::{Draft as WorkDraft, go, popup};
use crate::app::{Command as AppCommand, Commands, Model, View};
use crate::look::icons;
use crate::widgets::{ListRow, menu_heading};
use crate::words::Word;
use crate::work::Command;

const WIDTH: f32 = 520.0;

/// The palette.
#[derive(Default)]
pub(super) struct Draft {
    is_open: bool,
    only_keys: bool,
    text: String,
    highlighted: usize,
    /// The first frame gives the field the keyboard.
    is_new: bool,
}

impl Draft {
    /// Opens it; `only_keys` lists what has a key.
    pub(super) fn open(&mut self, only_keys: bool) {
        *self = Self { is_open: true, only_keys, is_new: true, ..Self::default() };
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }
}

/// What can be done from anywhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Search,
    Graph,
    Table,
    Side,
    Undo,
    Redo,
    Fit,
    FitSelection,
    SelectAll,
    Expand,
    Open,
    Hide,
    ShowHidden,
    Pin,
    Isolate,
    Remove,
    ShortestPath,
    LayOutAgain,
    Picture,
    Keys,
    Projects,
    SignOut,
}

const ACTS: [(Act, char, Word, &str); 22] = [
    (Act::Search, icons::SEARCH, Word::KeySearch, "Ctrl K"),
    (Act::Graph, icons::HUB, Word::FocusGraph, "1"),
    (Act::Table, icons::TABLE, Word::FocusTable, "2"),
    (Act::Side, icons::DOCK_TO_RIGHT, Word::ToggleSide, "Space"),
    (Act::Undo, icons::UNDO, Word::Undo, "Ctrl Z"),
    (Act::Redo, icons::REDO, Word::Redo, "Ctrl Shift Z"),
    (Act::Fit, icons::FIT_SCREEN, Word::Fit, "F"),
    (Act::FitSelection, icons::CENTER_FOCUS_STRONG, Word::FitSelection, "Shift F"),
    (Act::SelectAll, icons::SELECT_ALL, Word::SelectAllOnGraph, "A"),
    (Act::Expand, icons::ACCOUNT_TREE, Word::Expand, "E"),
    (Act::Open, icons::OPEN_IN_FULL, Word::OpenObject, "Enter"),
    (Act::Hide, icons::VISIBILITY_OFF, Word::Hide, "H"),
    (Act::ShowHidden, icons::VISIBILITY, Word::ShowHidden, ""),
    (Act::Pin, icons::PUSH_PIN, Word::Pin, "P"),
    (Act::Isolate, icons::FILTER_ALT, Word::Isolate, "I"),
    (Act::Remove, icons::REMOVE, Word::RemoveFromPicture, "Delete"),
    (Act::ShortestPath, icons::ROUTE, Word::ShortestPath, ""),
    (Act::LayOutAgain, icons::GRAPH_3, Word::LayOutAgain, ""),
    (Act::Picture, icons::IMAGE, Word::ExportPng, ""),
    (Act::Keys, icons::KEYBOARD, Word::KeyKeys, "?"),
    (Act::Projects, icons::FOLDER, Word::Projects, ""),
    (Act::SignOut, icons::LOGOUT, Word::SignOut, ""),
];

/// Draws it while it is open.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut WorkDraft, commands: &mut Commands) {
    if !draft.palette.is_open {
        return;
    }
    let screen = ui.ctx().content_rect();
    let at = pos2(screen.center().x - WIDTH / 2.0, screen.top() + 72.0);
    let shown = popup::panel(ui, Id::unique("palette"), at, WIDTH, |ui| content_ui(ui, model, &mut draft.palette));
    if let Some(act) = shown.inner {
        draft.palette.is_open = false;
        carry_out(ui, model, draft, act, commands);
    } else if popup::is_left(ui, &[shown.response.rect]) && !draft.palette.is_new {
        draft.palette.is_open = false;
    }
    draft.palette.is_new = false;
}

fn content_ui(ui: &mut Ui, model: &Model, palette: &mut Draft) -> Option<Act> {
    let words = model.words;
    let mut chosen = None;
    if palette.only_keys {
        menu_heading(ui, words.t(Word::Keys));
    } else {
        let edit = TextEdit::singleline(&mut palette.text).hint_text(words.t(Word::WhatToDo)).char_limit(100);
        let response = ui.add(edit.desired_width(f32::INFINITY)).accessible_name(words.t(Word::Commands));
        if palette.is_new {
            response.request_focus();
        }
    }
    let text = palette.text.trim().to_lowercase();
    let fits = |(_, _, word, keys): &&(Act, char, Word, &str)| {
        words.t(*word).to_lowercase().contains(&text) && (!palette.only_keys || !keys.is_empty())
    };
    let lines: Vec<&(Act, char, Word, &str)> = ACTS.iter().filter(fits).collect();
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        palette.highlighted += 1;
    }
    if pressed(Key::ArrowUp) {
        palette.highlighted = palette.highlighted.saturating_sub(1);
    }
    palette.highlighted = palette.highlighted.min(lines.len().saturating_sub(1));
    if pressed(Key::Enter) {
        chosen = lines.get(palette.highlighted).map(|(act, ..)| *act);
    }
    ScrollArea::vertical().max_height(520.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (number, (act, icon, word, keys)) in lines.into_iter().enumerate() {
            let row = ListRow::new(words.t(*word)).icon(*icon).detail(keys).selected(number == palette.highlighted);
            if ui.push_id(number, |ui| ui.add(row)).inner.clicked() {
                chosen = Some(*act);
            }
        }
    });
    chosen
}

fn carry_out(ui: &Ui, model: &Model, draft: &mut WorkDraft, act: Act, commands: &mut Commands) {
    let board = &model.work.board;
    let selected: Vec<graph::NodeId> = board.selected.iter().copied().collect();
    match act {
        Act::Search => draft.search.open(ui),
        Act::Graph => go(model, View::Graph, commands),
        Act::Table => go(model, View::Table, commands),
        Act::Side => draft.side_open = !draft.side_open,
        Act::Undo => commands.work(Command::Undo),
        Act::Redo => commands.work(Command::Redo),
        Act::Fit => draft.graph.canvas.fit(),
        Act::FitSelection => draft.graph.canvas.fit_selection(),
        Act::SelectAll => commands.work(Command::Select(board.graph.shown().map(|(id, _)| id).collect())),
        Act::Expand => draft.graph.open_expand(model, commands),
        Act::Open => {
            if let Some(object) = selected.first().and_then(|id| board.object(*id)) {
                go(model, View::Object { object_type: object.object_type, key: object.key }, commands);
            }
        }
        Act::Hide => commands.work(Command::Hide(selected)),
        Act::ShowHidden => commands.work(Command::ShowAll),
        Act::Pin => commands.work(Command::Pin(selected)),
        Act::Isolate => commands.work(Command::Isolate(selected.into_iter().collect())),
        Act::Remove => commands.work(Command::Remove(selected)),
        Act::ShortestPath => commands.work(Command::ShortestPath),
        Act::LayOutAgain => commands.work(Command::LayOutAgain),
        Act::Picture => commands.work(Command::AnnouncePicture),
        Act::Keys => draft.palette.open(true),
        Act::Projects => commands.send(AppCommand::Go(crate::app::Route::Projects)),
        Act::SignOut => commands.send(AppCommand::SignOut),
    }
}
