//! The tools over the graph: how dragging works, undo and redo, what is seen.

use egui::{Margin, Rect, Ui, vec2};
use graph::Parallel;

use super::export;
use super::graph::{Draft, Exchange};
use crate::app::{Commands, Model};
use crate::canvas::Dragging;
use crate::look::icons;
use crate::widgets::{Button, ListRow, Segment, menu, menu_heading, menu_row, segmented, tool_group, tool_row};
use crate::words::Word;
use crate::work::{Axis, Command, Shape, axes, has_coordinates, name_of_time};

/// What the tools take at the top of the graph, in points.
pub(super) const HEIGHT: f32 = 58.0;

/// Draws the tools over the graph.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, pane: Rect, commands: &mut Commands) {
    let place = Rect::from_min_size(pane.min, vec2(pane.width(), HEIGHT));
    ui.scope_builder(egui::UiBuilder::new().id_salt("tools").max_rect(place), |ui| {
        egui::Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
            tool_row(ui, |ui| {
                dragging_ui(ui, model, draft);
                steps_ui(ui, model, commands);
                view_ui(ui, model, draft, commands);
            });
        });
    });
}

fn dragging_ui(ui: &mut Ui, model: &Model, draft: &mut Draft) {
    const ALL: [Dragging; 3] = [Dragging::Moves, Dragging::Boxes, Dragging::Loops];
    let words = model.words;
    let tools = [
        Segment::icon(icons::ARROW_SELECTOR_TOOL, words.t(Word::PanTool), None),
        Segment::icon(icons::SELECT, words.t(Word::SelectTool), Some("Shift")),
        Segment::icon(icons::LASSO_SELECT, words.t(Word::LoopTool), Some("Shift Alt")),
    ];
    let mut tool = ALL.iter().position(|known| *known == draft.canvas.dragging).unwrap_or(0);
    segmented(ui, words.t(Word::SelectTool), &tools, &mut tool);
    draft.canvas.dragging = ALL.get(tool).copied().unwrap_or_default();
}

fn steps_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let history = &model.work.board.history;
    let named = |title: Option<&str>, plain: Word, of: Word| {
        title.map_or_else(|| words.t(plain).to_owned(), |title| words.with(of, &[title]))
    };
    let undo = named(history.undo_title(), Word::Undo, Word::UndoStep);
    let redo = named(history.redo_title(), Word::Redo, Word::RedoStep);
    let steps =
        [Segment::icon(icons::UNDO, &undo, Some("Ctrl Z")), Segment::icon(icons::REDO, &redo, Some("Ctrl Shift Z"))];
    match tool_group(ui, words.t(Word::Undo), &steps) {
        Some(0) => commands.work(Command::Undo),
        Some(_) => commands.work(Command::Redo),
        None => {}
    }
}

fn layouts_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    if ui.add(Button::new(words.t(Word::LayOutAgain)).icon(icons::GRAPH_3)).clicked() {
        commands.work(Command::LayOutAgain);
    }
    let more = ui.add(Button::icon_only(icons::EXPAND_MORE, words.t(Word::LayOut)));
    menu(&more, words.t(Word::LayOut), |ui| {
        let arranging = &model.work.board.arranging;
        for shape in Shape::ALL.into_iter().filter(|shape| *shape != Shape::Time) {
            let can = shape != Shape::Map || has_coordinates(model);
            let row = ListRow::new(words.t(shape.word())).icon(shape_icon(shape)).enabled(can);
            if menu_row(ui, row.selected(arranging.shape() == shape)) {
                commands.work(Command::LayOut(shape));
            }
        }
        for axis in axes(model) {
            let is_last = arranging.shape() == Shape::Time && arranging.axis() == Some(&axis);
            let name = axis_name(model, &axis);
            if menu_row(ui, ListRow::new(&name).icon(shape_icon(Shape::Time)).selected(is_last)) {
                commands.work(Command::LayOutAlong(axis));
            }
        }
        ui.separator();
        menu_heading(ui, words.t(Word::LinksBetween));
        for (parallel, word) in [(Parallel::Apart, Word::LinksApart), (Parallel::AsOne, Word::LinksAsOne)] {
            let is_chosen = model.work.board.parallel == parallel;
            if menu_row(ui, ListRow::new(words.t(word)).icon(icons::LINK).selected(is_chosen)) {
                commands.work(Command::DrawParallel(parallel));
            }
        }
    });
}

/// What laying out along a time is called: "By time: Registered".
pub(super) fn axis_name(model: &Model, axis: &Axis) -> String {
    let words = model.words;
    let name = match axis {
        Axis::FirstLink => words.t(Word::FirstLink),
        Axis::LastLink => words.t(Word::LastLink),
        Axis::Property(id) => name_of_time(model, id).unwrap_or(id.as_str()),
    };
    words.with(Word::LayOutAlong, &[name])
}

/// The graph as a file, and a file as a graph.
fn exchange_ui(ui: &mut Ui, model: &Model, draft: &mut Draft) {
    let words = model.words;
    let why_not = (!export::is_possible(model)).then(|| words.t(Word::NothingToExport));
    let tools = [
        Segment::icon(icons::DOWNLOAD, words.t(Word::ExportGraph), Some("X")).unless(why_not),
        Segment::icon(icons::UPLOAD, words.t(Word::ImportGraph), None),
    ];
    match tool_group(ui, words.t(Word::ExportGraph), &tools) {
        Some(0) if why_not.is_none() => draft.asked = Some(Exchange::Export),
        Some(1) => draft.asked = Some(Exchange::Import),
        _ => {}
    }
}

/// The picture of a shape.
pub(super) fn shape_icon(shape: Shape) -> char {
    match shape {
        Shape::Free => icons::GRAPH_3,
        Shape::Layers => icons::LAN,
        Shape::Rings => icons::HUB,
        Shape::Circles => icons::GROUP_WORK,
        Shape::Rows => icons::APPS,
        Shape::Time => icons::TIMELINE,
        Shape::Map => icons::MAP,
    }
}

fn view_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let views = [
        Segment::icon(icons::FIT_SCREEN, words.t(Word::Fit), Some("F")),
        Segment::icon(icons::CENTER_FOCUS_STRONG, words.t(Word::FitSelection), Some("Shift F")),
        Segment::icon(icons::SEARCH, words.t(Word::FindOnGraph), Some("Ctrl F")),
    ];
    match tool_group(ui, words.t(Word::Fit), &views) {
        Some(0) => draft.canvas.fit(),
        Some(1) => draft.canvas.fit_selection(),
        Some(_) => draft.find.open(),
        None => {}
    }
    layouts_ui(ui, model, commands);
    exchange_ui(ui, model, draft);
    let graph = &model.work.board.graph;
    let has_hidden = graph.nodes().any(|(id, _)| graph.flags(id).hidden);
    if has_hidden && ui.add(Button::new(words.t(Word::ShowHidden)).icon(icons::VISIBILITY)).clicked() {
        commands.work(Command::ShowAll);
    }
}
