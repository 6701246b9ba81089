//! The rows of a table: selecting, sorting, opening, their menu; the selection is shared with the graph.

use std::collections::BTreeSet;

use egui::{Id, Rect, Ui, vec2};
use model::query::{Direction, Sort};

use super::go;
use super::table::Draft;
use crate::app::{Command as AppCommand, Commands, Model, View};
use crate::look::icons;
use crate::screens::paints;
use crate::table::TableAsk;
use crate::widgets::{ListRow, menu_row, popover_beside};
use crate::words::{Word, Words};
use crate::work::{Command, ObjectRef, Tab, Wishes};

/// Rows that are looked at for objects that were selected on the graph.
const MOST_SEARCHED: usize = 100_000;
/// Selected rows whose objects are selected on the graph.
const MOST_SHARED: usize = 1_000;

/// Draws them, and carries out what is asked of them.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    follow_graph(model, draft, tab);
    let paint = paints::of_table(ui, model.words, Word::Table);
    let mut table = std::mem::take(&mut draft.table);
    let surface = ui.interact(ui.available_rect_before_wrap(), ui.scope_id().with("menu"), egui::Sense::hover());
    let asks = table.ui(ui, &tab.rows, &draft.headers(tab), &paint);
    draft.table = table;
    for ask in asks {
        act(model, draft, tab, &ask, commands);
    }
    row_menu_ui(&surface, model, draft, tab, commands);
}

/// Selects the rows of what was selected on the graph.
fn follow_graph(model: &Model, draft: &mut Draft, tab: &Tab) {
    let board = &model.work.board;
    if draft.seen == board.selected {
        return;
    }
    draft.seen.clone_from(&board.selected);
    let rows = tab.rows_of(model, &board.selected_objects(), MOST_SEARCHED);
    draft.table.select(rows);
}

/// Selects on the graph what was selected in the rows.
fn lead_graph(model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    let mut objects: Vec<ObjectRef> = Vec::new();
    for row in draft.table.selection().rows().take(MOST_SHARED) {
        for end in [Direction::Backward, Direction::Forward] {
            objects.extend(tab.object_at(model, row, end).filter(|object| !objects.contains(object)));
        }
    }
    draft.seen = objects.iter().filter_map(|object| model.work.board.shown(object)).collect();
    commands.work(Command::SelectObjects(objects));
}

fn act(model: &Model, draft: &mut Draft, tab: &Tab, ask: &TableAsk, commands: &mut Commands) {
    match *ask {
        TableAsk::Sort { column, additive, descending } => {
            if let Some(sort) = sorted(draft, tab, column, additive, descending) {
                commands.work(Command::Wish(tab.id, Wishes { sort, ..tab.wishes.clone() }));
            }
        }
        TableAsk::Filter { column, .. } => {
            let field = draft.columns.get(column).and_then(|column| column.field.clone());
            draft.filter.open(field);
        }
        TableAsk::SelectionChanged => lead_graph(model, draft, tab, commands),
        TableAsk::Open(row) => {
            if let Some(object) = tab.object_at(model, row, Direction::Forward) {
                go(model, View::Object { object_type: object.object_type, key: object.key }, commands);
            }
        }
        TableAsk::Side(row) => {
            if let Some(object) = tab.object_at(model, row, Direction::Forward) {
                commands.work(Command::OpenObject(object));
            }
        }
        TableAsk::RowMenu { row, at } => draft.row_menu = Some((row, at)),
        TableAsk::Copied { rows, left_out } => commands.send(AppCommand::Say(copied(model.words, rows, left_out))),
    }
}

fn copied(words: Words, rows: usize, left_out: usize) -> String {
    let count = |number: usize| words.count(number as u64);
    match left_out {
        0 => words.with(Word::CopiedRows, &[&count(rows)]),
        _ => words.with(Word::CopiedSome, &[&count(rows), &count(left_out)]),
    }
}

fn sorted(draft: &Draft, tab: &Tab, column: usize, additive: bool, descending: Option<bool>) -> Option<Vec<Sort>> {
    let field = draft.columns.get(column)?.field.clone()?;
    let before = tab.wishes.sort.iter().find(|sort| sort.field == field).map(|sort| sort.descending);
    let descending = descending.unwrap_or(before == Some(false));
    let mut sort = if additive { tab.wishes.sort.clone() } else { Vec::new() };
    match sort.iter_mut().find(|sort| sort.field == field) {
        Some(known) => known.descending = descending,
        None => sort.push(Sort { field, descending }),
    }
    Some(sort)
}

fn row_menu_ui(surface: &egui::Response, model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    let Some((row, at)) = draft.row_menu else { return };
    let words = model.words;
    let mut open = true;
    let mut chosen = false;
    let beside = Rect::from_center_size(at, vec2(2.0, 2.0));
    let mut objects: Vec<ObjectRef> = Vec::new();
    for end in [Direction::Backward, Direction::Forward] {
        objects.extend(tab.object_at(model, row, end).filter(|object| !objects.contains(object)));
    }
    popover_beside(surface, Id::unique("row menu"), beside, &mut open, words.t(Word::More), |ui| {
        ui.set_min_width(230.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for object in &objects {
            let name = if objects.len() > 1 {
                format!("{} {}", words.t(Word::Open), object.key.join(" · "))
            } else {
                words.t(Word::Open).to_owned()
            };
            if menu_row(ui, ListRow::new(&name).icon(icons::OPEN_IN_FULL)) {
                go(model, View::Object { object_type: object.object_type.clone(), key: object.key.clone() }, commands);
                chosen = true;
            }
        }
        let can_put = !objects.is_empty();
        if menu_row(ui, ListRow::new(words.t(Word::PutOnGraph)).icon(icons::HUB).enabled(can_put)) {
            commands.work(Command::Put(selected_objects(model, draft, tab, row)));
            chosen = true;
        }
        if menu_row(ui, ListRow::new(words.t(Word::Copy)).icon(icons::CONTENT_COPY).keys("Ctrl C")) {
            commands.send(AppCommand::Copy(row_text(tab, row)));
            chosen = true;
        }
    });
    if chosen || !open {
        draft.row_menu = None;
    }
}

/// The objects of the selected rows, or of this row if it is not one of them.
fn selected_objects(model: &Model, draft: &Draft, tab: &Tab, row: usize) -> Vec<ObjectRef> {
    let selection = draft.table.selection();
    let rows: Vec<usize> =
        if selection.contains(row) { selection.rows().take(MOST_SHARED).collect() } else { vec![row] };
    let mut objects = BTreeSet::new();
    for row in rows {
        for end in [Direction::Backward, Direction::Forward] {
            objects.extend(tab.object_at(model, row, end));
        }
    }
    objects.into_iter().collect()
}

fn row_text(tab: &Tab, row: usize) -> String {
    let Some((batch, at)) = tab.rows.at(row) else { return String::new() };
    let cell = |column| crate::table::text(column, at, crate::table::Style::File).unwrap_or_default();
    batch.columns().iter().map(cell).collect::<Vec<_>>().join("\t")
}
