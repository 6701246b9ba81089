//! Everything that can be done from anywhere, with its key; the palette lists it and carries it out.

use access::{Action, Need};
use egui::Ui;
use graph::{NoteKind, Parallel};

use super::graph::{Exchange, show_rows};
use super::graph_acts::GraphAct;
use super::side::Shows;
use super::{Draft, go, go_to_configuration};
use crate::app::{Command as AppCommand, Commands, ConfigPage, Model, Route, View};
use crate::look::{Appearance, Theme, icons};
use crate::words::{Language, Word, Words};
use crate::work::{Command, Shape, USUAL_RING_STEPS, Wanted, Ways};

/// What "find rings" opens the form with.
const RINGS: Ways = Ways::Rings { most_steps: USUAL_RING_STEPS, in_time: false };
/// How much one step of zooming comes nearer.
const ZOOM_STEP: f32 = 1.25;

/// What can be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Search,
    Find,
    Graph,
    Table,
    Side,
    Outline,
    Measures,
    Look,
    Legend,
    Back,
    Forward,
    Undo,
    Redo,
    Fit,
    FitSelection,
    ZoomIn,
    ZoomOut,
    SelectAll,
    Toggle,
    Push,
    Expand,
    Open,
    Hide,
    ShowHidden,
    Pin,
    Isolate,
    Neighbours,
    OnGraph(GraphAct),
    Added,
    Remove,
    Ways(Ways),
    WaysOfGraph,
    /// Opens the form for ways with this kind chosen.
    WaysForm(Ways),
    Common,
    NextLink,
    ShowRows,
    LayOutAgain,
    LayOut(Shape),
    AddNote(NoteKind),
    OpenTable,
    NextTab,
    TabLeft,
    TabRight,
    Beside,
    Together,
    CloseTable,
    Csv,
    Picture,
    Export,
    Import,
    CopyLink,
    Palette,
    Keys,
    Projects,
    Configuration,
    ViewAs,
    EndView,
    About,
    Theme(Theme),
    Calm,
    WithoutCard,
    Language(Language),
    SignOut,
}

/// One line of the palette.
pub(super) struct Line {
    pub(super) act: Act,
    pub(super) icon: char,
    word: Word,
    /// Empty where it has none.
    keys: &'static str,
}

const fn line(act: Act, icon: char, word: Word, keys: &'static str) -> Line {
    Line { act, icon, word, keys }
}

/// All of it, in the order of the list.
pub(super) const LINES: [Line; 92] = [
    line(Act::Search, icons::SEARCH, Word::KeySearch, "Ctrl K"),
    line(Act::Find, icons::SEARCH, Word::FindOnGraph, "Ctrl F"),
    line(Act::Palette, icons::KEYBOARD, Word::KeyPalette, "Ctrl Shift P"),
    line(Act::Graph, icons::HUB, Word::FocusGraph, "1"),
    line(Act::Table, icons::TABLE, Word::FocusTable, "2"),
    line(Act::Side, icons::DOCK_TO_RIGHT, Word::ToggleSide, "Space"),
    line(Act::Outline, icons::LIST, Word::OutlineOfGraph, ""),
    line(Act::Measures, icons::QUERY_STATS, Word::Measures, ""),
    line(Act::Look, icons::PALETTE, Word::LookOfGraph, ""),
    line(Act::WaysOfGraph, icons::ROUTE, Word::WaysOfGraph, ""),
    line(Act::Legend, icons::PALETTE, Word::ShowLegend, ""),
    line(Act::Back, icons::ARROW_BACK, Word::GoBackward, "Alt ←"),
    line(Act::Forward, icons::ARROW_FORWARD, Word::GoForward, "Alt →"),
    line(Act::Undo, icons::UNDO, Word::Undo, "Ctrl Z"),
    line(Act::Redo, icons::REDO, Word::Redo, "Ctrl Shift Z"),
    line(Act::Fit, icons::FIT_SCREEN, Word::Fit, "F"),
    line(Act::FitSelection, icons::CENTER_FOCUS_STRONG, Word::FitSelection, "Shift F"),
    line(Act::ZoomIn, icons::ZOOM_IN, Word::ZoomIn, "+"),
    line(Act::ZoomOut, icons::ZOOM_OUT, Word::ZoomOut, "-"),
    line(Act::SelectAll, icons::SELECT_ALL, Word::SelectAllOnGraph, "A"),
    line(Act::Toggle, icons::SELECT, Word::ToggleSelected, "Ctrl Space"),
    line(Act::Push, icons::DRAG_PAN, Word::PushSelected, "Ctrl ←↑→↓"),
    line(Act::Expand, icons::ACCOUNT_TREE, Word::Expand, "E"),
    line(Act::Open, icons::OPEN_IN_FULL, Word::OpenObject, "Enter"),
    line(Act::Hide, icons::VISIBILITY_OFF, Word::Hide, "H"),
    line(Act::ShowHidden, icons::VISIBILITY, Word::ShowHidden, ""),
    line(Act::Pin, icons::PUSH_PIN, Word::Pin, "P"),
    line(Act::Isolate, icons::FILTER_ALT, Word::Isolate, "I"),
    line(Act::Neighbours, icons::GROUP_WORK, Word::SelectNeighbours, "N"),
    line(Act::OnGraph(GraphAct::Within(2)), icons::GROUP_WORK, Word::SelectWithin, ""),
    line(Act::OnGraph(GraphAct::Within(3)), icons::GROUP_WORK, Word::SelectWithin, ""),
    line(Act::OnGraph(GraphAct::IsolateWithin(1)), icons::FILTER_ALT, Word::IsolateWithin, ""),
    line(Act::OnGraph(GraphAct::IsolateWithin(2)), icons::FILTER_ALT, Word::IsolateWithin, ""),
    line(Act::OnGraph(GraphAct::ShowBeside), icons::VISIBILITY, Word::ShowBeside, ""),
    line(Act::OnGraph(GraphAct::Collapse), icons::COLLAPSE_ALL, Word::Collapse, "C"),
    line(Act::OnGraph(GraphAct::TakeBack), icons::UNDO, Word::TakeBack, "Shift E"),
    line(Act::OnGraph(GraphAct::MakeGroup), icons::GROUPS, Word::MakeGroup, "Ctrl G"),
    line(Act::OnGraph(GraphAct::Ungroup), icons::CALL_SPLIT, Word::Ungroup, "Ctrl Shift G"),
    line(Act::OnGraph(GraphAct::ToggleGroup), icons::OPEN_IN_FULL, Word::ToggleGroup, "O"),
    line(Act::OnGraph(GraphAct::GroupByType), icons::GROUPS, Word::GroupByType, ""),
    line(Act::OnGraph(GraphAct::OpenAllGroups), icons::OPEN_IN_FULL, Word::OpenAllGroups, ""),
    line(Act::OnGraph(GraphAct::CloseAllGroups), icons::CONTRACT, Word::CloseAllGroups, ""),
    line(Act::OnGraph(GraphAct::Parallel(Parallel::Apart)), icons::SWAP_VERT, Word::LinksApart, ""),
    line(Act::OnGraph(GraphAct::Parallel(Parallel::AsOne)), icons::REMOVE, Word::LinksAsOne, ""),
    line(Act::Added, icons::ADD, Word::SelectAdded, ""),
    line(Act::Remove, icons::REMOVE, Word::RemoveFromPicture, "Delete"),
    line(Act::Ways(Ways::Shortest), icons::ROUTE, Word::ShortestPath, ""),
    line(Act::Ways(Ways::AllShortest), icons::ROUTE, Word::AllShortestWays, ""),
    line(Act::Ways(Ways::TenShortest), icons::ROUTE, Word::TenShortestWays, ""),
    line(Act::WaysForm(Ways::InTime), icons::ROUTE, Word::TimedWay, ""),
    line(Act::WaysForm(RINGS), icons::ROUTE, Word::FindRings, "R"),
    line(Act::Common, icons::GROUP_WORK, Word::SelectCommon, ""),
    line(Act::NextLink, icons::LINK, Word::NextLink, "L"),
    line(Act::ShowRows, icons::TABLE_ROWS, Word::ShowRows, "Enter"),
    line(Act::LayOutAgain, icons::GRAPH_3, Word::LayOutAgain, ""),
    line(Act::LayOut(Shape::Free), icons::GRAPH_3, Word::LayOutFree, ""),
    line(Act::LayOut(Shape::Layers), icons::LAN, Word::LayOutLayers, ""),
    line(Act::LayOut(Shape::Rings), icons::HUB, Word::LayOutRings, ""),
    line(Act::LayOut(Shape::Circles), icons::GROUP_WORK, Word::LayOutCircles, ""),
    line(Act::LayOut(Shape::Rows), icons::APPS, Word::LayOutRows, ""),
    line(Act::LayOut(Shape::Time), icons::TIMELINE, Word::LayOutTime, ""),
    line(Act::LayOut(Shape::Map), icons::MAP, Word::LayOutMap, ""),
    line(Act::AddNote(NoteKind::Text), icons::TEXT_FIELDS, Word::AddText, "T"),
    line(Act::AddNote(NoteKind::Arrow), icons::NORTH_EAST, Word::AddArrow, ""),
    line(Act::AddNote(NoteKind::Frame), icons::SELECT, Word::AddFrame, ""),
    line(Act::OpenTable, icons::TABLE, Word::OpenTable, ""),
    line(Act::NextTab, icons::TABLE, Word::NextTab, "Ctrl 1–9"),
    line(Act::TabLeft, icons::ARROW_BACK, Word::TabLeft, ""),
    line(Act::TabRight, icons::ARROW_FORWARD, Word::TabRight, ""),
    line(Act::Beside, icons::VIEW_COLUMN, Word::BesideTable, ""),
    line(Act::Together, icons::TABLE, Word::TogetherTable, ""),
    line(Act::CloseTable, icons::CLOSE, Word::CloseTable, ""),
    line(Act::Csv, icons::CSV, Word::ExportCsv, ""),
    line(Act::Picture, icons::IMAGE, Word::ExportPng, ""),
    line(Act::Export, icons::DOWNLOAD, Word::ExportGraph, "X"),
    line(Act::Import, icons::UPLOAD, Word::ImportGraph, ""),
    line(Act::CopyLink, icons::LINK, Word::CopyLink, ""),
    line(Act::Keys, icons::KEYBOARD, Word::KeyKeys, "?"),
    line(Act::Projects, icons::FOLDER, Word::Projects, ""),
    line(Act::Configuration, icons::SETTINGS, Word::OpenConfiguration, ""),
    line(Act::ViewAs, icons::VISIBILITY, Word::ViewAsEllipsis, ""),
    line(Act::EndView, icons::CLOSE, Word::EndViewNamed, ""),
    line(Act::About, icons::INFO, Word::AboutClew, ""),
    line(Act::Theme(Theme::System), icons::COMPUTER, Word::ThemeSystem, ""),
    line(Act::Theme(Theme::Dark), icons::DARK_MODE, Word::ThemeDark, ""),
    line(Act::Theme(Theme::Light), icons::LIGHT_MODE, Word::ThemeLight, ""),
    line(Act::Theme(Theme::HighContrast), icons::VISIBILITY, Word::ThemeHighContrast, ""),
    line(Act::Calm, icons::TUNE, Word::ReducedMotion, ""),
    line(Act::WithoutCard, icons::MEMORY, Word::WithoutCard, ""),
    line(Act::Language(Language::English), icons::LANGUAGE, Word::LanguageName, ""),
    line(Act::Language(Language::Norwegian), icons::LANGUAGE, Word::LanguageName, ""),
    line(Act::SignOut, icons::LOGOUT, Word::SignOut, ""),
];

impl Line {
    /// What it is called; colours and languages say so before their own name.
    pub(super) fn name(&self, model: &Model) -> String {
        let words = model.words;
        match self.act {
            Act::Pin => {
                let selected: Vec<_> = model.work.board.selected.iter().copied().collect();
                words.t(model.work.board.pin_word(&selected)).to_owned()
            }
            Act::OnGraph(act) => act.name(words).unwrap_or_else(|| words.t(self.word).to_owned()),
            Act::Theme(_) => words.with(Word::Theme, &[words.t(self.word)]),
            Act::Language(language) => words.with(Word::InLanguage, &[language.own_name()]),
            _ => words.t(self.word).to_owned(),
        }
    }

    /// Its key as it is called in the person's language; empty where it has none.
    pub(super) fn keys(&self, words: Words) -> &'static str {
        match self.keys {
            "Space" => words.t(Word::SpaceKey),
            "Ctrl Space" => words.t(Word::CtrlSpaceKey),
            keys => keys,
        }
    }

    /// Whether it belongs to the screen that is shown: outside of the workspace, what works everywhere and now.
    pub(super) fn is_offered(&self, model: &Model) -> bool {
        let is_of_project = matches!(
            self.act,
            Act::Graph | Act::Table | Act::CopyLink | Act::Configuration | Act::ViewAs | Act::EndView
        );
        let is_anywhere = matches!(
            self.act,
            Act::Palette
                | Act::Keys
                | Act::Back
                | Act::Forward
                | Act::Projects
                | Act::About
                | Act::Theme(_)
                | Act::Calm
                | Act::WithoutCard
                | Act::Language(_)
                | Act::SignOut
        );
        matches!(model.route, Route::Work { .. })
            || is_anywhere
            || (is_of_project && model.route.project().is_some() && self.is_possible(model))
    }

    /// Whether it has an effect now.
    pub(super) fn is_possible(&self, model: &Model) -> bool {
        let board = &model.work.board;
        let tables = &model.work.tables;
        match self.act {
            Act::Undo => board.history.undo_title().is_some(),
            Act::Redo => board.history.redo_title().is_some(),
            Act::Expand
            | Act::Open
            | Act::Hide
            | Act::Pin
            | Act::Isolate
            | Act::Neighbours
            | Act::Remove
            | Act::FitSelection
            | Act::Push => !board.selected.is_empty(),
            Act::OnGraph(act) => act.is_possible(model),
            Act::Added => !board.history.added().is_empty(),
            Act::Ways(_) => board.selected.len() == 2,
            Act::Common => board.selected.len() > 1,
            Act::ShowHidden => board.graph.nodes().any(|(id, _)| board.graph.flags(id).hidden),
            Act::ShowRows => board.link.is_some(),
            Act::WaysForm(_) | Act::NextLink => board.graph.shown_links().next().is_some(),
            Act::Fit
            | Act::SelectAll
            | Act::Toggle
            | Act::LayOutAgain
            | Act::LayOut(_)
            | Act::Find
            | Act::ZoomIn
            | Act::ZoomOut => board.graph.shown().next().is_some(),
            Act::Picture | Act::Export => super::export::is_possible(model),
            Act::CloseTable | Act::Csv => tables.tab().is_some(),
            Act::NextTab | Act::TabLeft | Act::TabRight | Act::Beside => tables.tabs.len() > 1,
            Act::Together => tables.beside.is_some(),
            Act::Configuration => super::may_configure(model),
            Act::ViewAs => view_as_route(model).is_some() && model.may(&Need::instance(Action::Administer)).is_ok(),
            Act::EndView => model.viewing.is_some(),
            _ => true,
        }
    }
}

/// Carries it out.
pub(super) fn carry_out(ui: &Ui, model: &Model, draft: &mut Draft, act: Act, commands: &mut Commands) {
    match act {
        Act::Search => draft.search.open(ui),
        Act::Find => {
            draft.graph.find.open();
            go(model, View::Graph, commands);
        }
        Act::Palette => draft.palette.open(false),
        Act::Keys => draft.palette.open(true),
        Act::Side => draft.side_open = !draft.side_open,
        Act::Outline => draft.show_side(Shows::Outline),
        Act::Measures => draft.show_side(Shows::Measures),
        Act::Look => draft.show_side(Shows::Look),
        Act::WaysOfGraph => draft.show_side(Shows::Ways),
        Act::WaysForm(ways) => draft.find_ways(ways),
        Act::AddNote(kind) if model.work.board.graph.shown().next().is_some() => {
            draft.graph.add_note(model, kind, commands);
            go(model, View::Graph, commands);
        }
        Act::Legend => {
            draft.graph.legend_open = Some(!draft.graph.shows_legend(model));
            go(model, View::Graph, commands);
        }
        Act::OpenTable | Act::NextTab | Act::TabLeft | Act::TabRight | Act::Beside | Act::Together => {
            on_tables(model, draft, act, commands);
        }
        Act::CloseTable | Act::Csv => on_tables(model, draft, act, commands),
        other => {
            anywhere(model, other, commands);
            on_graph(model, draft, other, commands);
        }
    }
}

/// Carries out what needs nothing of the workspace; nothing else has an effect.
pub(super) fn anywhere(model: &Model, act: Act, commands: &mut Commands) {
    match act {
        Act::Graph => go(model, View::Graph, commands),
        Act::Table => go(model, View::Table, commands),
        Act::Back => commands.send(AppCommand::Travel(-1)),
        Act::Forward => commands.send(AppCommand::Travel(1)),
        Act::CopyLink => commands.send(AppCommand::CopyLink(model.route.clone())),
        Act::Projects => commands.send(AppCommand::Go(Route::Projects)),
        Act::Configuration => go_to_configuration(model, commands),
        Act::ViewAs => {
            if let Some(route) = view_as_route(model) {
                commands.send(AppCommand::Go(route));
            }
        }
        Act::EndView => commands.send(AppCommand::EndView),
        Act::About => commands.send(AppCommand::Go(Route::About)),
        Act::Theme(theme) => commands.send(AppCommand::SetAppearance(Appearance { theme, ..model.appearance })),
        Act::Calm => {
            let reduced_motion = !model.appearance.reduced_motion;
            commands.send(AppCommand::SetAppearance(Appearance { reduced_motion, ..model.appearance }));
        }
        Act::WithoutCard => {
            let without_card = !model.appearance.without_card;
            commands.send(AppCommand::SetAppearance(Appearance { without_card, ..model.appearance }));
        }
        Act::Language(language) => commands.send(AppCommand::SetLanguage(language)),
        Act::SignOut => commands.send(AppCommand::SignOut),
        _ => {}
    }
}

/// Where it is chosen as whom to look at the project.
fn view_as_route(model: &Model) -> Option<Route> {
    let project = model.route.project()?.clone();
    Some(Route::Config { project, page: ConfigPage::ViewAs })
}

fn on_tables(model: &Model, draft: &mut Draft, act: Act, commands: &mut Commands) {
    let tables = &model.work.tables;
    if act == Act::OpenTable {
        draft.tables.open_menu();
        go(model, View::Table, commands);
    }
    let Some(tab) = tables.tab() else { return };
    let last = tables.tabs.len().saturating_sub(1);
    match act {
        Act::NextTab => commands.work(Command::ShowTable(if tables.shown >= last { 0 } else { tables.shown + 1 })),
        Act::TabLeft => commands.work(Command::MoveTable(tables.shown, tables.shown.saturating_sub(1))),
        Act::TabRight => commands.work(Command::MoveTable(tables.shown, (tables.shown + 1).min(last))),
        Act::Beside => commands.work(Command::Beside(Some(tab.id))),
        Act::Together => commands.work(Command::Beside(None)),
        Act::CloseTable => commands.work(Command::CloseTable(tab.id)),
        Act::Csv => commands.work(Command::ExportTable(tab.id)),
        _ => {}
    }
}

fn on_graph(model: &Model, draft: &mut Draft, act: Act, commands: &mut Commands) {
    let board = &model.work.board;
    let selected: Vec<_> = board.selected.iter().copied().collect();
    match act {
        Act::Undo => commands.work(Command::Undo),
        Act::Redo => commands.work(Command::Redo),
        Act::Fit => draft.graph.canvas.fit(),
        Act::FitSelection => draft.graph.canvas.fit_selection(),
        Act::ZoomIn => draft.graph.canvas.zoom(ZOOM_STEP),
        Act::ZoomOut => draft.graph.canvas.zoom(1.0 / ZOOM_STEP),
        Act::SelectAll => commands.work(Command::Select(board.graph.shown().map(|(id, _)| id).collect())),
        Act::Toggle => draft.graph.toggle_focused(model, commands),
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
        Act::Neighbours => commands.work(Command::SelectWithin(selected, 1)),
        Act::OnGraph(act) => act.carry_out(model, commands),
        Act::Added => commands.work(Command::SelectAdded),
        Act::Remove => commands.work(Command::Remove(selected)),
        Act::Ways(ways) => commands.work(Command::FindWays(Wanted::new(ways, false))),
        Act::Common => commands.work(Command::SelectCommon),
        Act::NextLink => {
            let links = draft.graph.next_link();
            if !links.is_empty() {
                commands.work(Command::SelectLinks(links.to_vec()));
            }
        }
        Act::ShowRows => {
            if let Some(link) = board.link {
                show_rows(model, link, commands);
            }
        }
        Act::LayOutAgain => commands.work(Command::LayOutAgain),
        Act::LayOut(shape) => commands.work(Command::LayOut(shape)),
        Act::Picture => commands.work(Command::AnnouncePicture),
        Act::Export => draft.graph.asked = Some(Exchange::Export),
        Act::Import => draft.graph.asked = Some(Exchange::Import),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: &str = include_str!("../../../web/boot.js");

    /// The letters of a set in the page's script.
    fn held_back(name: &str) -> &'static str {
        let set = BOOT.split_once(&format!("const {name} = new Set(\"")).expect("the set").1;
        set.split_once('"').expect("its end").0
    }

    #[test]
    fn the_browser_keeps_off_every_key_with_ctrl() {
        let (plain, with_shift) = (held_back("OWN_KEYS"), held_back("OWN_KEYS_WITH_SHIFT"));
        // Ctrl with the space bar or an arrow means nothing to a browser.
        let is_letters = |line: &&Line| !matches!(line.act, Act::Toggle | Act::Push);
        for line in LINES.iter().filter(|line| line.keys.starts_with("Ctrl ")).filter(is_letters) {
            let key = line.keys.trim_start_matches("Ctrl ");
            let (set, keys) = key.strip_prefix("Shift ").map_or((plain, key), |key| (with_shift, key));
            let wanted = if keys == "1–9" { "123456789".to_owned() } else { keys.to_lowercase() };
            assert!(wanted.chars().all(|key| set.contains(key)), "{}", line.keys);
        }
        assert!(plain.contains('a') && plain.contains('y'), "all rows, and the other key of redo");
        assert!(!plain.contains(['c', 'x', 'v']), "the clipboard is the browser's");
    }
}
