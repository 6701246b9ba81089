//! The rows of a table: selecting, sorting, opening, their menu; the selection is shared with the graph.

use std::collections::BTreeSet;

use egui::{Id, Rect, Ui, vec2};
use graph::NodeId;
use model::query::Sort;

use super::go;
use super::table::Draft;
use crate::app::{Command as AppCommand, Commands, Model, View};
use crate::look::icons;
use crate::screens::paints;
use crate::table::TableAsk;
use crate::widgets::{ListRow, menu_row, popover_beside};
use crate::words::{Word, Words};
use crate::work::{Command, ObjectRef, RowObjects, Tab, Wishes};

/// Rows that are looked at in one frame for objects that were selected on the graph; the next frame goes on.
const MOST_PER_FRAME: usize = 50_000;
/// The most selected rows whose objects are selected on the graph.
const MOST_FOLLOWED: usize = 200_000;
/// The most selected rows whose objects are put on the graph.
const MOST_PUT: usize = 10_000;

/// How far the rows have followed the selection on the graph.
#[derive(Default)]
pub(super) struct Following {
    /// The selection that the rows show.
    seen: BTreeSet<NodeId>,
    /// The row to go on with; none where the graph follows the rows.
    next: Option<usize>,
}

impl Following {
    /// The rows are others now: they are looked at from the first on.
    pub(super) fn begin_anew(&mut self) {
        self.next = (!self.seen.is_empty()).then_some(0);
    }
}

/// Draws them, and carries out what is asked of them.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    follow_graph(ui, model, draft, tab);
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

/// Selects the rows of what was selected on the graph, also of those that come later.
fn follow_graph(ui: &Ui, model: &Model, draft: &mut Draft, tab: &Tab) {
    let board = &model.work.board;
    if draft.following.seen != board.selected {
        draft.following.seen.clone_from(&board.selected);
        draft.following.begin_anew();
        draft.table.select([]);
    }
    let last = tab.rows.len();
    let Some(next) = draft.following.next.filter(|next| *next < last) else { return };
    let Some(objects) = RowObjects::of(model, tab) else { return };
    let end = last.min(next + MOST_PER_FRAME);
    let found = objects.rows_of(&tab.rows, next..end, &board.selected_objects());
    if !found.is_empty() {
        draft.table.select_also(found);
    }
    draft.following.next = Some(end);
    if end < last {
        ui.ctx().request_repaint();
    }
}

/// Selects on the graph what was selected in the rows.
fn lead_graph(model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    let board = &model.work.board;
    let selection = draft.table.selection();
    let of_rows = RowObjects::of(model, tab);
    let objects: Vec<ObjectRef> = match (of_rows, selection.count()) {
        (None, _) | (_, 0) => Vec::new(),
        (Some(of_rows), 1) => selection.rows().flat_map(|row| of_rows.at(&tab.rows, row)).collect(),
        (Some(of_rows), _) => {
            let shown: Vec<ObjectRef> = board.graph.shown().filter_map(|(id, _)| board.object(id)).collect();
            let among = selection.rows().take(MOST_FOLLOWED);
            of_rows.objects_of(&tab.rows, among, &shown).into_iter().cloned().collect()
        }
    };
    if selection.count() > MOST_FOLLOWED {
        say_first(model, Word::FirstRowsFollowed, MOST_FOLLOWED, selection.count(), commands);
    }
    let seen = objects.iter().filter_map(|object| board.shown(object)).collect();
    draft.following = Following { seen, next: None };
    commands.work(Command::SelectObjects(objects));
}

/// Says that only the first of all were taken.
fn say_first(model: &Model, word: Word, first: usize, all: usize, commands: &mut Commands) {
    let [first, all] = [first, all].map(|number| model.words.count(number as u64));
    commands.send(AppCommand::Say(model.words.with(word, &[&first, &all])));
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
            if let Some(object) = far_object(model, tab, row) {
                go(model, View::Object { object_type: object.object_type, key: object.key }, commands);
            }
        }
        TableAsk::Side(row) => {
            if let Some(object) = far_object(model, tab, row) {
                commands.work(Command::OpenObject(object));
            }
        }
        TableAsk::RowMenu { row, at } => draft.row_menu = Some((row, at)),
        TableAsk::Copied { rows, left_out } => commands.send(AppCommand::Say(copied(model.words, rows, left_out))),
    }
}

/// The object of a row, or the one that its link leads to.
fn far_object(model: &Model, tab: &Tab, row: usize) -> Option<ObjectRef> {
    RowObjects::of(model, tab)?.at(&tab.rows, row).pop()
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
    let of_rows = RowObjects::of(model, tab);
    let objects = of_rows.as_ref().map(|of_rows| of_rows.at(&tab.rows, row)).unwrap_or_default();
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
            put(model, draft, tab, row, commands);
            chosen = true;
        }
        if menu_row(ui, ListRow::new(words.t(Word::Copy)).icon(icons::CONTENT_COPY).keys("Ctrl C")) {
            let (text, rows, left_out) = draft.table.copied(&tab.rows, &draft.headers(tab), row);
            commands.send(AppCommand::Copy(text));
            commands.send(AppCommand::Say(copied(words, rows, left_out)));
            chosen = true;
        }
    });
    if chosen || !open {
        draft.row_menu = None;
    }
}

/// Puts the objects of the selected rows on the graph, or those of this row if it is not one of them.
fn put(model: &Model, draft: &Draft, tab: &Tab, row: usize, commands: &mut Commands) {
    let Some(of_rows) = RowObjects::of(model, tab) else { return };
    let selection = draft.table.selection();
    let is_selected = selection.contains(row);
    let rows: Vec<usize> = if is_selected { selection.rows().take(MOST_PUT).collect() } else { vec![row] };
    if is_selected && selection.count() > MOST_PUT {
        say_first(model, Word::FirstRowsPut, MOST_PUT, selection.count(), commands);
    }
    let objects: BTreeSet<ObjectRef> = rows.into_iter().flat_map(|row| of_rows.at(&tab.rows, row)).collect();
    commands.work(Command::Put(objects.into_iter().collect()));
}
