//! The tables: panes with tabs, and in each the strip above the rows and the rows.

use std::collections::BTreeMap;

use egui::{Margin, Pos2, Rect, RichText, Sense, Ui, vec2};
use model::Format;
use model::query::Field;

use super::table_names::Column;
use super::{filter, go, table_bar, table_names, table_open, table_rows, values};
use crate::app::{Commands, Model, View};
use crate::frame::{Direction as Side, split, tab_bar};
use crate::look::{Look, TextSize, icons};
use crate::screens::fault_box;
use crate::table::{Header, Sorted, Sum, Table};
use crate::widgets::{Tab as TabOf, TabsResponse, empty_state};
use crate::words::Word;
use crate::work::{Command, Tab, Tables, Wishes};

/// The list of what can be opened, where no table is open, in points.
const NARROW: f32 = 420.0;

/// The views of all tabs.
pub(super) struct Drafts {
    views: BTreeMap<u64, Draft>,
    adding: Option<Pos2>,
    /// The menu of what can be opened was asked for by key.
    wants_menu: bool,
    /// How much of the width the left of two panes takes.
    pub(super) share: f32,
}

impl Default for Drafts {
    fn default() -> Self {
        Self { views: BTreeMap::new(), adding: None, wants_menu: false, share: 0.5 }
    }
}

/// The view of one tab.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) table: Table,
    question: u64,
    pub(super) columns: Vec<Column>,
    pub(super) following: table_rows::Following,
    pub(super) filter: filter::Draft,
    pub(super) bar: table_bar::Draft,
    pub(super) row_menu: Option<(usize, Pos2)>,
}

impl Draft {
    /// Begins anew with every question, and learns the columns from the first rows.
    fn keep_up(&mut self, model: &Model, tab: &Tab) {
        if self.question != tab.question {
            self.question = tab.question;
            self.table.reset();
            self.columns.clear();
            self.following.begin_anew();
        }
        if self.columns.is_empty() {
            self.columns = table_names::columns(model, tab);
        }
    }

    pub(super) fn headers<'a>(&'a self, tab: &Tab) -> Vec<Header<'a>> {
        let sorted = |field: &Option<Field>| {
            let rank = tab.wishes.sort.iter().position(|sort| Some(&sort.field) == field.as_ref())?;
            Some(Sorted { descending: tab.wishes.sort.get(rank)?.descending, rank })
        };
        let header = |column: &'a Column| Header {
            title: &column.title,
            sorted: sorted(&column.field),
            can_sort: column.field.is_some(),
            can_filter: column.field.is_some(),
            format: column.format,
        };
        self.columns.iter().map(header).collect()
    }
}

impl Drafts {
    /// Opens the menu of what can be opened.
    pub(super) fn open_menu(&mut self) {
        self.wants_menu = true;
    }

    /// How many rows are selected, and their sums in words; none while fewer than two are.
    pub(super) fn selected(&mut self, model: &Model, tab: &Tab) -> Option<(u64, Vec<String>)> {
        let view = self.views.get_mut(&tab.id).filter(|view| view.question == tab.question)?;
        let count = view.table.selection().count();
        if count == 0 {
            return None;
        }
        if count > 1
            && let Some(sums) = sums_by_currency(model, tab, view)
        {
            return Some((count as u64, sums));
        }
        let sums = view.table.sums(&tab.rows);
        // Adding up what names something, or years, or shares, would mean nothing.
        let summed = |column: &Column| column.format.is_none_or(Format::has_sum);
        let named = view.columns.iter().zip(sums).filter(|(column, _)| summed(column));
        let link = tab.link_type(model);
        let amount = link.and_then(|link| Some((Field::Own(link.amount.clone()?), values::unit(link)?)));
        let marks = model.words.marks();
        let written = named.filter_map(|(Column { title, field, .. }, sum)| {
            // An amount is named by its currency, everything else by its column.
            let unit = amount.as_ref().filter(|(of, _)| Some(of) == field.as_ref()).map(|(_, unit)| *unit);
            let sum = sum.as_ref().filter(|_| count > 1)?.written(marks);
            Some(match unit {
                Some(unit) => format!("{unit} {sum}"),
                None => model.words.with(Word::SumOf, &[title, &sum]),
            })
        });
        Some((count as u64, written.collect()))
    }
}

/// The sums of the amounts for each currency; none where all amounts have the same.
fn sums_by_currency(model: &Model, tab: &Tab, view: &mut Draft) -> Option<Vec<String>> {
    let link = tab.link_type(model).filter(|link| values::unit(link).is_none())?;
    let (amount, currency) = link.amount.clone().zip(link.currency.clone())?;
    let place = |wanted: access::PropertyId| {
        let wanted = Some(Field::Own(wanted));
        view.columns.iter().position(|column| column.field == wanted)
    };
    let column = place(amount)?;
    let Some(by) = place(currency) else {
        return Some(vec![model.words.t(Word::CurrenciesMayDiffer).to_owned()]);
    };
    let title = view.columns.get(column).map(|column| column.title.clone()).unwrap_or_default();
    let marks = model.words.marks();
    let sums = view.table.sums_by(&tab.rows, column, by);
    let written = |(currency, sum): &(String, Sum)| {
        let unit = if currency.is_empty() { &title } else { currency };
        format!("{unit} {}", sum.written(marks))
    };
    Some(sums.iter().map(written).collect())
}

/// Draws the pane, or two of them side by side.
pub(super) fn ui(ui: &mut Ui, model: &Model, drafts: &mut Drafts, commands: &mut Commands) {
    let tables = &model.work.tables;
    drafts.views.retain(|id, _| tables.tabs.iter().any(|tab| tab.id == *id));
    let Some(beside) = tables.beside() else {
        let all: Vec<usize> = (0..tables.tabs.len()).collect();
        pane_ui(ui, model, drafts, ("tables", &all, tables.shown), commands);
        return;
    };
    let (right, left): (Vec<usize>, Vec<usize>) =
        (0..tables.tabs.len()).partition(|place| tables.tabs.get(*place).is_some_and(|tab| tab.id == beside.id));
    let mut share = drafts.share;
    // Both panes draw from one set of views and send into one list; the split draws one after the other.
    let both = std::cell::RefCell::new((drafts, commands));
    let pane = |ui: &mut Ui, name: &str, list: &[usize], shown: usize| {
        let mut both = both.borrow_mut();
        let (drafts, commands) = &mut *both;
        pane_ui(ui, model, drafts, (name, list, shown), commands);
    };
    split(
        ui,
        model.words,
        "tables side by side",
        Side::SideBySide,
        &mut share,
        |ui| pane(ui, "tables", &left, tables.shown),
        |ui| pane(ui, "table beside", &right, right.first().copied().unwrap_or(0)),
    );
    both.borrow_mut().0.share = share;
}

/// One pane: the tabs at these places, and the rows of the one that is shown.
fn pane_ui(
    ui: &mut Ui,
    model: &Model,
    drafts: &mut Drafts,
    (name, list, shown): (&str, &[usize], usize),
    commands: &mut Commands,
) {
    let tables = &model.work.tables;
    let listed: Vec<&Tab> = list.iter().filter_map(|place| tables.tabs.get(*place)).collect();
    let names: Vec<String> = listed.iter().map(|tab| table_names::name(model, tab)).collect();
    let tabs: Vec<TabOf<'_>> =
        names.iter().map(|name| TabOf { name, icon: Some(icons::TABLE), closable: true }).collect();
    let pane = ui.max_rect();
    let at = list.iter().position(|place| *place == shown).unwrap_or(0);
    let done = tab_bar(ui, model.words, name, &tabs, at);
    tabs_done(ui, model, drafts, list, &done, pane, commands);
    let surface = ui.interact(ui.available_rect_before_wrap(), ui.scope_id().with((name, "rows")), Sense::hover());
    if name == "tables" {
        table_open::ui(&surface, model, &mut drafts.adding, commands);
    }
    match listed.get(at) {
        Some(tab) => {
            let draft = drafts.views.entry(tab.id).or_default();
            ui.push_id(tab.id, |ui| tab_ui(ui, model, draft, tab, commands));
        }
        None => none_ui(ui, model, commands),
    }
}

fn tabs_done(
    ui: &Ui,
    model: &Model,
    drafts: &mut Drafts,
    list: &[usize],
    done: &TabsResponse,
    pane: Rect,
    commands: &mut Commands,
) {
    let tables = &model.work.tables;
    let place = |at: usize| list.get(at).copied();
    if let Some(place) = done.selected.and_then(place) {
        commands.work(Command::ShowTable(place));
    }
    if let Some(tab) = done.closed.and_then(place).and_then(|place| tables.tabs.get(place)) {
        commands.work(Command::CloseTable(tab.id));
    }
    if done.maximised.is_some() {
        let view = if model.route.view() == Some(&View::Table) { View::Graph } else { View::Table };
        go(model, view, commands);
    }
    if let Some((from, to)) = done.moved
        && let (Some(from), Some(to)) = (place(from), place(to))
    {
        commands.work(Command::MoveTable(from, to));
    }
    if let Some((from, at)) = done.dropped
        && let Some(tab) = place(from).and_then(|place| tables.tabs.get(place))
    {
        drop_tab(tables, tab.id, at, pane, commands);
    }
    if done.added || std::mem::take(&mut drafts.wants_menu) {
        let pointer = ui.input(|input| input.pointer.interact_pos()).filter(|_| done.added);
        drafts.adding = Some(pointer.unwrap_or(pane.min + vec2(40.0, 17.0)));
    }
}

/// A tab let go over the right half of its pane gets a pane of its own there; the one that has its own goes back when it
/// is let go at the left of it.
fn drop_tab(tables: &Tables, id: u64, at: Pos2, pane: Rect, commands: &mut Commands) {
    match tables.beside {
        Some(beside) if beside == id && at.x < pane.left() => commands.work(Command::Beside(None)),
        Some(beside) if beside == id => {}
        _ if at.x > pane.center().x && at.y > pane.top() => commands.work(Command::Beside(Some(id))),
        _ => {}
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

fn tab_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    ui.spacing_mut().item_spacing.y = 0.0;
    draft.keep_up(model, tab);
    table_bar::ui(ui, model, draft, tab, commands);
    if let Some(fault) = &tab.fault {
        egui::Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
            if fault_box(ui, model, fault) {
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
        (false, _) => table_rows::ui(ui, model, draft, tab, commands),
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
