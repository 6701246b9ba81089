//! The workspace: search, graph, tables, objects, around them the frame.

mod acts;
mod expand_guard;
mod expand_menu;
mod expansions;
mod export;
mod filter;
mod find;
mod glide;
mod going;
mod graph;
mod graph_acts;
mod graph_keys;
mod graph_menu;
mod graph_tools;
mod group_side;
mod grouped;
mod import;
mod keep;
mod keys;
mod legend;
mod line_side;
mod link_side;
mod list_search;
mod look_side;
mod measures_side;
mod notes;
mod object_page;
mod object_side;
mod outline;
mod palette;
mod panels;
mod picture;
mod picture_legend;
mod popup;
mod restoring;
mod rule_words;
mod scene;
mod search;
mod section;
mod selection_side;
mod side;
mod status;
mod table;
mod table_bar;
mod table_names;
mod table_open;
mod table_rows;
mod time_axis;
mod top;
mod values;
mod way_side;
mod ways_side;
mod whole;
mod withheld;

pub(super) use palette::{Draft as Palette, outside_ui};
pub(super) use status::states as source_states;
pub(super) use top::projects_ui;
pub(super) use values::causes;

use access::{Action, Need};
use egui::Ui;

use crate::app::{Command, Commands, ConfigPage, Model, Remote, Route, View};
use crate::frame::{self, Direction, RailClick, RailItem};
use crate::look::{SIDE_PANEL, icons};
use crate::widgets::empty_state;
use crate::words::Word;
use crate::work::{self, About, Wishes};

/// How much of the centre the graph takes at first.
const GRAPH_SHARE: f32 = 0.62;

/// What is half typed or open in the workspace.
pub(super) struct Draft {
    search: search::Draft,
    graph: graph::Draft,
    tables: table::Drafts,
    sections: section::Drafts,
    side: side::Draft,
    palette: palette::Draft,
    export: export::Draft,
    import: import::Draft,
    picture: picture::Draft,
    keep: keep::Draft,
    panels: panels::Draft,
    side_open: bool,
    side_points: f32,
    share: f32,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            search: search::Draft::default(),
            graph: graph::Draft::default(),
            tables: table::Drafts::default(),
            sections: section::Drafts::default(),
            side: side::Draft::default(),
            palette: palette::Draft::default(),
            export: export::Draft::default(),
            import: import::Draft::default(),
            picture: picture::Draft::default(),
            keep: keep::Draft::default(),
            panels: panels::Draft::default(),
            side_open: true,
            side_points: SIDE_PANEL,
            share: GRAPH_SHARE,
        }
    }
}

impl Draft {
    fn show_side(&mut self, shows: side::Shows) {
        (self.side_open, self.side.shows) = (true, shows);
    }

    /// Opens the form for ways at the side, with this kind chosen and its button under the keyboard.
    fn find_ways(&mut self, ways: work::Ways) {
        self.show_side(side::Shows::Ways);
        self.side.ways.choose(ways);
    }
}

/// Draws the workspace.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let Route::Work { project, view } = &model.route else { return };
    panels::take(model, draft);
    keys::act(ui, model, draft, commands);
    let search_box = top::ui(ui, model, draft, commands);
    status::ui(ui, model, draft, commands);
    rail_ui(ui, model, view, draft, commands);
    let is_object = matches!(view, View::Object { .. });
    let is_there = !matches!(model.projects.get(project), Some(Remote::Failed(_)));
    if !is_object && is_there {
        let Draft { side_open, side_points, .. } = draft;
        let mut chosen = None;
        frame::side_panel(ui, model.words, side_open, side_points, |ui| {
            chosen = side::ui(ui, model, &mut draft.side, &draft.graph.drawn, &mut draft.sections, commands);
        });
        if let Some(object) = chosen {
            draft.graph.show(model, object);
        }
    }
    frame::centre(ui, |ui| match model.projects.get(project) {
        Some(Remote::Failed(fault)) => {
            egui::Frame::new()
                .inner_margin(20)
                .show(ui, |ui| super::fault_ui(ui, model, fault, Command::AskAgain, commands));
        }
        Some(Remote::Here(_) | Remote::Waiting(Some(_))) if has_types(model) => {
            centre_ui(ui, model, view, draft, commands);
        }
        Some(Remote::Here(_) | Remote::Waiting(Some(_))) => no_types_ui(ui, model, commands),
        _ => super::waiting_ui(ui, model),
    });
    search::panel_ui(ui, model, &mut draft.search, &search_box, commands);
    palette::ui(ui, model, draft, commands);
    keep::act(ui, model, &mut draft.keep, commands);
    panels::keep(ui, draft, commands);
    match draft.graph.asked.take() {
        Some(graph::Exchange::Export) => draft.export.open(),
        Some(graph::Exchange::Import) => draft.import.is_open = true,
        None => {}
    }
    export::ui(ui, model, &mut draft.export, &draft.graph, commands);
    import::ui(ui, model, &mut draft.import, &mut draft.graph.canvas, commands);
    picture::act(ui, model, &mut draft.picture, &draft.graph, commands);
}

fn has_types(model: &Model) -> bool {
    model.project().is_some_and(|seen| !seen.project.object_types.is_empty())
}

fn centre_ui(ui: &mut Ui, model: &Model, view: &View, draft: &mut Draft, commands: &mut Commands) {
    let pane = ui.available_rect_before_wrap();
    match view {
        View::Table => table::ui(ui, model, &mut draft.tables, commands),
        View::Object { .. } => object_page::ui(ui, model, &mut draft.sections, commands),
        View::Graph => {
            let Draft { graph, tables, share, .. } = draft;
            if model.work.tables.tabs.is_empty() {
                graph::ui(ui, model, graph, commands);
                return;
            }
            // Both panes send into one list; the split draws one after the other.
            let sent = std::cell::RefCell::new(&mut *commands);
            frame::split(
                ui,
                model.words,
                "graph and tables",
                Direction::Stacked,
                share,
                |ui| graph::ui(ui, model, graph, &mut sent.borrow_mut()),
                |ui| table::ui(ui, model, tables, &mut sent.borrow_mut()),
            );
        }
    }
    // The graph says it at its own foot.
    if *view != View::Graph {
        going::ui(ui, model, pane, commands);
    }
}

fn no_types_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let may = may_configure(model);
    let sentence = words.t(if may { Word::NoTypesSentence } else { Word::NoTypesAsk });
    let button = may.then(|| words.t(Word::OpenConfiguration));
    if empty_state(ui, icons::DATABASE, words.t(Word::NoTypes), sentence, button) {
        go_to_configuration(model, commands);
    }
}

fn may_configure(model: &Model) -> bool {
    let may = |action| model.route.project().is_some_and(|id| model.may(&Need::project(action, id)).is_ok());
    may(Action::ChangeOwnConfiguration) || may(Action::SaveConfiguration) || may(Action::GiveAccess)
}

fn go_to_configuration(model: &Model, commands: &mut Commands) {
    if let Some(project) = model.route.project().cloned() {
        commands.send(Command::Go(Route::Config { project, page: ConfigPage::default() }));
    }
}

fn go(model: &Model, view: View, commands: &mut Commands) {
    if let Some(project) = model.route.project().cloned() {
        let route = Route::Work { project, view };
        if route != model.route {
            commands.send(Command::Go(route));
        }
    }
}

/// Opens a table where it is seen: the page of an object has no room for one.
fn show_table(model: &Model, about: About, wishes: Wishes, commands: &mut Commands) {
    commands.work(work::Command::OpenTable(about, wishes));
    if let Some(View::Object { .. }) = model.route.view() {
        go(model, View::Table, commands);
    }
}

fn rail_ui(ui: &mut Ui, model: &Model, view: &View, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let item = |icon, word, keys, active| RailItem { icon, name: words.t(word), keys: Some(keys), active };
    let upper = [
        item(icons::SEARCH, Word::Search, "Ctrl K", draft.search.is_open),
        // While one searches, that is where one is: one item alone is marked.
        item(icons::HUB, Word::Graph, "1", *view == View::Graph && !draft.search.is_open),
        item(icons::TABLE, Word::Table, "2", *view == View::Table && !draft.search.is_open),
    ];
    let configuration =
        RailItem { icon: icons::SETTINGS, name: words.t(Word::Configuration), keys: None, active: false };
    let configuration = may_configure(model).then_some(configuration);
    let administration = super::admin::rail_item(model);
    let lower: Vec<RailItem<'_>> = configuration.into_iter().chain(administration).collect();
    match frame::rail(ui, words, &upper, &lower) {
        Some(RailClick::Upper(0)) => draft.search.open(ui),
        Some(RailClick::Upper(1)) => go(model, View::Graph, commands),
        Some(RailClick::Upper(_)) => go(model, View::Table, commands),
        Some(RailClick::Lower(0)) if configuration.is_some() => go_to_configuration(model, commands),
        Some(RailClick::Lower(_)) => super::admin::go(model, commands),
        None => {}
    }
}
