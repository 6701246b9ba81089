//! The tables: tabs, the strip above the rows, the rows, and how they go together with the graph.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Id, Margin, Pos2, Rect, RichText, Ui, vec2};
use graph::NodeId;
use model::query::{Direction, Field, Sort};

use super::{filter, go, table_bar, table_open, values};
use crate::app::{Command as AppCommand, Commands, Model, View};
use crate::frame::tab_bar;
use crate::look::{Look, TextSize, icons};
use crate::screens::paints;
use crate::table::{Header, Sorted, Table, TableAsk};
use crate::widgets::{ErrorText, ListRow, Tab as TabOf, empty_state, error_box, menu_row, popover_beside};
use crate::words::{Word, Words};
use crate::work::{About, Command, ObjectRef, Tab, Wishes, fields, roles};

/// The list of what can be opened, where no table is open, in points.
const NARROW: f32 = 420.0;
/// Rows that are looked at for objects that were selected on the graph.
const MOST_SEARCHED: usize = 100_000;
/// Selected rows whose objects are selected on the graph.
const MOST_SHARED: usize = 1_000;

/// The views of all tabs.
#[derive(Default)]
pub(super) struct Drafts {
    views: BTreeMap<u64, Draft>,
    adding: Option<Pos2>,
}

/// The view of one tab.
#[derive(Default)]
pub(super) struct Draft {
    table: Table,
    question: u64,
    columns: Vec<(String, Option<Field>)>,
    /// The selection on the graph that the rows show.
    seen: BTreeSet<NodeId>,
    pub(super) filter: filter::Draft,
    pub(super) bar: table_bar::Draft,
    row_menu: Option<(usize, Pos2)>,
}

impl Draft {
    /// Begins anew with every question, and learns the columns from the first rows.
    fn keep_up(&mut self, model: &Model, tab: &Tab) {
        if self.question != tab.question {
            self.question = tab.question;
            self.table.reset();
            self.columns.clear();
        }
        if self.columns.is_empty() {
            self.columns = columns(model, tab);
        }
    }

    fn headers<'a>(&'a self, tab: &Tab) -> Vec<Header<'a>> {
        let sorted = |field: &Option<Field>| {
            let rank = tab.wishes.sort.iter().position(|sort| Some(&sort.field) == field.as_ref())?;
            Some(Sorted { descending: tab.wishes.sort.get(rank)?.descending, rank })
        };
        let header = |(title, field): &'a (String, Option<Field>)| Header {
            title,
            sorted: sorted(field),
            can_sort: field.is_some(),
            can_filter: field.is_some(),
        };
        self.columns.iter().map(header).collect()
    }
}

impl Drafts {
    /// How many rows are selected, and their sums in words; none while fewer than two are.
    pub(super) fn selected(&mut self, model: &Model, tab: &Tab, most: usize) -> Option<(u64, Vec<String>)> {
        let view = self.views.get_mut(&tab.id).filter(|view| view.question == tab.question)?;
        let count = view.table.selection().count();
        if count == 0 {
            return None;
        }
        let keys: BTreeSet<usize> = key_places(tab);
        let sums = view.table.sums(&tab.rows);
        let named = view.columns.iter().zip(sums).enumerate().filter(|(place, _)| !keys.contains(place));
        let written = named.filter_map(|(_, ((title, _), sum))| sum.as_ref().map(|sum| format!("{title} {sum}")));
        let unit = tab.link_type(model).and_then(values::unit).unwrap_or_default();
        Some((count as u64, written.take(most).map(|text| format!("{unit} {text}").trim().to_owned()).collect()))
    }
}

/// Columns that name something: adding them up would mean nothing.
fn key_places(tab: &Tab) -> BTreeSet<usize> {
    let Some(schema) = tab.rows.schema() else { return BTreeSet::new() };
    let is_key = |role: &Option<wire::frame::ColumnRole>| {
        matches!(role, Some(wire::frame::ColumnRole::Key(_) | wire::frame::ColumnRole::EndKey(..)))
    };
    roles(&schema).iter().enumerate().filter(|(_, role)| is_key(role)).map(|(place, _)| place).collect()
}

/// Draws the pane.
pub(super) fn ui(ui: &mut Ui, model: &Model, drafts: &mut Drafts, commands: &mut Commands) {
    let words = model.words;
    let tables = &model.work.tables;
    drafts.views.retain(|id, _| tables.tabs.iter().any(|tab| tab.id == *id));
    let names: Vec<String> = tables.tabs.iter().map(|tab| name(model, tab)).collect();
    let tabs: Vec<TabOf<'_>> =
        names.iter().map(|name| TabOf { name, icon: Some(icons::TABLE), closable: true }).collect();
    let corner = ui.max_rect().min;
    let done = tab_bar(ui, words, "tables", &tabs, tables.shown);
    if let Some(place) = done.selected {
        commands.work(Command::ShowTable(place));
    }
    if let Some(tab) = done.closed.and_then(|place| tables.tabs.get(place)) {
        commands.work(Command::CloseTable(tab.id));
    }
    if done.maximised.is_some() {
        go(model, View::Table, commands);
    }
    if done.added {
        let pointer = ui.input(|input| input.pointer.interact_pos());
        drafts.adding = Some(pointer.unwrap_or(corner + vec2(40.0, 17.0)));
    }
    let surface = ui.interact(ui.available_rect_before_wrap(), ui.scope_id().with("rows"), egui::Sense::hover());
    table_open::ui(&surface, model, &mut drafts.adding, commands);
    match tables.tab() {
        Some(tab) => {
            let draft = drafts.views.entry(tab.id).or_default();
            ui.push_id(tab.id, |ui| tab_ui(ui, model, draft, tab, commands));
        }
        None => none_ui(ui, model, commands),
    }
}

fn none_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    ui.vertical_centered(|ui| {
        ui.set_max_width(NARROW);
        ui.add_space(32.0);
        ui.label(RichText::new(words.t(Word::NoTables)).font(TextSize::Heading.semibold()));
        ui.label(RichText::new(words.t(Word::NoTablesSentence)).color(Look::of(ui.ctx()).colours.dim));
        ui.add_space(12.0);
        if let Some(about) = table_open::choices_ui(ui, model, false) {
            commands.work(Command::OpenTable(about, Wishes::default()));
        }
    });
}

/// What a tab is called.
fn name(model: &Model, tab: &Tab) -> String {
    let object = |object: &ObjectRef| {
        let known = model.work.object(object).map(|object| object.title.clone());
        known.unwrap_or_else(|| object.key.join(" · "))
    };
    let plain = match &tab.about {
        About::Objects(id) => model.object_type(id).map(|kind| kind.plural.clone()),
        About::Links(id) => model.link_type(id).map(|link| link.plural.clone()),
        About::Neighbours(of, link, direction) => {
            model.link_type(link).map(|link| format!("{} · {}", object(of), link.label(*direction)))
        }
        About::Between(link, from, to) => {
            model.link_type(link).map(|link| format!("{} → {} · {}", from.join(" "), to.join(" "), link.plural))
        }
    };
    let plain = plain.unwrap_or_default();
    tab.wishes.text.as_ref().map_or(plain.clone(), |text| format!("{plain} · “{text}”"))
}

/// The titles of the columns, and the field behind each.
fn columns(model: &Model, tab: &Tab) -> Vec<(String, Option<Field>)> {
    let Some(schema) = tab.rows.schema() else { return Vec::new() };
    let kind = tab.object_type(model);
    let link = tab.link_type(model);
    let ends = [Direction::Backward, Direction::Forward].map(|end| model.object_type(link?.far(end)));
    let key = |kind: Option<&model::ObjectType>| kind.map(|kind| kind.key.clone()).unwrap_or_default();
    let [from, to] = ends;
    let known = fields(&schema, &key(kind), [&key(from), &key(to)]);
    let titled = |(place, field): (usize, Option<Field>)| {
        let title = field.as_ref().and_then(|field| title(model, tab, field));
        let title = title.or_else(|| schema.fields().get(place).map(|field| field.name().clone()));
        (title.unwrap_or_default(), field)
    };
    known.into_iter().enumerate().map(titled).collect()
}

/// What a field is called.
pub(super) fn title(model: &Model, tab: &Tab, field: &Field) -> Option<String> {
    let words = model.words;
    let name =
        |properties: &[model::Property], id| model::project::property(properties, id).map(|found| found.name.clone());
    match field {
        Field::Own(id) => match (tab.object_type(model), tab.link_type(model)) {
            (Some(kind), _) => name(&kind.properties, id),
            (None, Some(link)) => name(&link.properties, id),
            (None, None) => None,
        },
        Field::End { end, property } => {
            let kind = model.object_type(tab.link_type(model)?.far(*end))?;
            let which = words.t(if *end == Direction::Forward { Word::To } else { Word::From });
            let is_whole_key = kind.key.len() == 1 && kind.key.contains(property);
            let what = if is_whole_key { kind.name.clone() } else { name(&kind.properties, property)? };
            Some(format!("{which} {}", what.to_lowercase()))
        }
        Field::Through { .. } | Field::OfLink { .. } => None,
    }
}

fn tab_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    draft.keep_up(model, tab);
    table_bar::ui(ui, model, draft, tab, commands);
    if let Some(fault) = &tab.fault {
        egui::Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
            let button = Some(model.words.t(Word::TryAgain));
            let text = ErrorText { what: &fault.sentence, cause: "", remedy: &fault.remedy, button, code: "" };
            if error_box(ui, text) {
                commands.work(Command::AskAgain(tab.id));
            }
        });
    }
    match (tab.rows.is_empty(), tab.is_running) {
        (true, true) => {
            egui::Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| crate::screens::waiting_ui(ui, model));
        }
        (true, false) if tab.fault.is_none() => no_rows_ui(ui, model, tab, commands),
        (true, false) => {}
        (false, _) => rows_ui(ui, model, draft, tab, commands),
    }
}

fn no_rows_ui(ui: &mut Ui, model: &Model, tab: &Tab, commands: &mut Commands) {
    let words = model.words;
    let is_filtered = !tab.wishes.conditions.is_empty();
    let sentence = words.t(if is_filtered { Word::NoRowsSentence } else { Word::NoRowsAtAll });
    let button = is_filtered.then(|| words.t(Word::ClearFilters));
    if empty_state(ui, icons::TABLE, words.t(Word::NoRows), sentence, button) {
        commands.work(Command::Wish(tab.id, Wishes { conditions: Vec::new(), ..tab.wishes.clone() }));
    }
}

fn rows_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
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
            let field = draft.columns.get(column).and_then(|(_, field)| field.clone());
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
        TableAsk::Copied { rows, left_out } => commands.send(AppCommand::Tell(copied(model.words, rows, left_out))),
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
    let field = draft.columns.get(column)?.1.clone()?;
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
        if menu_row(ui, ListRow::new(words.t(Word::Copy)).icon(icons::CONTENT_COPY).detail("Ctrl C")) {
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
