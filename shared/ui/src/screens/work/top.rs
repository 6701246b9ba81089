//! The top bar of the workspace and the menus that open in it.

use access::{Action, Need};
use egui::{Response, Ui};

use super::graph::{self, Exchange};
use super::{Draft, go};
use crate::app::{Command, Commands, Model, Route, View};
use crate::frame::{TopBar, top_bar};
use crate::look::icons;
use crate::screens::person::person_menu;
use crate::widgets::{ListRow, menu, menu_row};
use crate::words::Word;
use crate::work;

/// Draws the bar; the search box's response comes back, because its panel is drawn over everything else.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) -> Response {
    let name = model.project().map(|seen| seen.project.name.clone());
    let name = name.or_else(|| model.route.project().map(ToString::to_string)).unwrap_or_default();
    let person = model.me.value().map(|me| me.name.clone()).unwrap_or_default();
    let may_export = model.route.project().is_some_and(|id| model.may(&Need::project(Action::Export, id)).is_ok());
    let bar = TopBar {
        project: &name,
        place: "",
        unsaved: false,
        person: &person,
        show_share: false,
        show_export: may_export,
    };
    draft.search.take_over(ui, model, commands);
    let shown = top_bar(ui, model.words, bar, &mut draft.search.text);
    draft.search.heard(ui, model, &shown.search, commands);
    menu(&shown.project, model.words.t(Word::SwitchProject), |ui| projects_ui(ui, model, commands));
    if let Some(export) = &shown.export {
        menu(export, model.words.t(Word::Export), |ui| export_ui(ui, model, &mut draft.graph, commands));
    }
    person_menu(&shown.person, model, commands);
    shown.search.response
}

/// The menu of projects. In the workspace the one that is open does nothing; elsewhere it leads to its graph.
pub(in crate::screens) fn projects_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    ui.set_min_width(220.0);
    let is_work = matches!(model.route, Route::Work { .. });
    for card in model.me.value().map(|me| me.projects.as_slice()).unwrap_or_default() {
        let here = model.route.project() == Some(&card.id);
        if menu_row(ui, ListRow::new(&card.name).icon(icons::FOLDER).selected(here)) && !(here && is_work) {
            commands.send(Command::Go(Route::Work { project: card.id.clone(), view: View::Graph }));
        }
    }
    ui.separator();
    if menu_row(ui, ListRow::new(model.words.t(Word::Projects)).icon(icons::APPS)) {
        commands.send(Command::Go(Route::Projects));
    }
}

fn export_ui(ui: &mut Ui, model: &Model, graph: &mut graph::Draft, commands: &mut Commands) {
    ui.set_min_width(240.0);
    let words = model.words;
    let tab = model.work.tables.tab().filter(|tab| !tab.rows.is_empty());
    let csv = ListRow::new(words.t(Word::ExportCsv)).icon(icons::CSV).enabled(tab.is_some());
    if menu_row(ui, csv)
        && let Some(tab) = tab
    {
        commands.work(work::Command::ExportTable(tab.id));
    }
    let has_graph = model.work.board.graph.shown().next().is_some();
    if menu_row(ui, ListRow::new(words.t(Word::ExportPng)).icon(icons::IMAGE).enabled(has_graph)) {
        commands.work(work::Command::AnnouncePicture);
        go(model, View::Graph, commands);
    }
    if menu_row(ui, ListRow::new(words.t(Word::ExportGraph)).icon(icons::DOWNLOAD).keys("X").enabled(has_graph)) {
        graph.asked = Some(Exchange::Export);
        go(model, View::Graph, commands);
    }
}
