//! The menu of the right mouse button on the graph: of an object, of a link, of the ground.

use egui::{Id, Rect, Response, Ui, vec2};
use graph::NodeId;

use super::export;
use super::graph::{Draft, Exchange};
use crate::app::{Commands, Model};
use crate::canvas::{CanvasAsk, Over};
use crate::look::icons;
use crate::widgets::{ListRow, menu_row, popover_beside};
use crate::words::Word;
use crate::work::Command;

/// Draws it while it is open; what was chosen.
pub(super) fn ui(surface: &Response, model: &Model, draft: &mut Draft, commands: &mut Commands) -> Option<CanvasAsk> {
    let (over, at) = draft.menu?;
    let mut open = true;
    let beside = Rect::from_center_size(at, vec2(2.0, 2.0));
    let words = model.words;
    let chosen = popover_beside(surface, Id::unique("graph menu"), beside, &mut open, words.t(Word::More), |ui| {
        ui.set_min_width(230.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        match over {
            Over::Node(node) => node_menu_ui(ui, model, node),
            Over::Link(line) => {
                menu_row(ui, ListRow::new(words.t(Word::ShowRows)).icon(icons::TABLE_ROWS).keys("Enter"))
                    .then_some(CanvasAsk::OpenLink(line))
            }
            Over::Nothing => ground_menu_ui(ui, model, draft, commands),
        }
    });
    let chosen = chosen.flatten();
    if !open || chosen.is_some() {
        draft.menu = None;
    }
    chosen
}

fn node_menu_ui(ui: &mut Ui, model: &Model, node: u32) -> Option<CanvasAsk> {
    let words = model.words;
    let one = vec![node];
    let pin = of_selection(model, CanvasAsk::Pin(one.clone()));
    let pin_word = model.work.board.pin_word(&pinned_by(model, &pin));
    let lines = [
        (icons::OPEN_IN_FULL, Word::OpenObject, "Enter", CanvasAsk::Open(node)),
        (icons::ACCOUNT_TREE, Word::Expand, "E", CanvasAsk::Expand { node }),
        (icons::PUSH_PIN, pin_word, "P", pin),
        (icons::VISIBILITY_OFF, Word::Hide, "H", CanvasAsk::Hide(one.clone())),
        (icons::CENTER_FOCUS_STRONG, Word::Isolate, "I", CanvasAsk::Isolate(one.clone())),
        (icons::GROUP_WORK, Word::SelectNeighbours, "N", CanvasAsk::Neighbours(one.clone())),
        (icons::REMOVE, Word::RemoveFromPicture, "Delete", CanvasAsk::Remove(one)),
    ];
    let mut chosen = None;
    for (icon, word, keys, ask) in lines {
        if menu_row(ui, ListRow::new(words.t(word)).icon(icon).keys(keys)) {
            chosen = Some(of_selection(model, ask));
        }
    }
    let selected = selected(model);
    let is_selected = selected.contains(&node);
    let word = if is_selected { Word::TakeFromSelection } else { Word::AddToSelection };
    // The only selected one is taken out by a click beside it.
    let is_offered = selected.len() > usize::from(is_selected);
    if is_offered && menu_row(ui, ListRow::new(words.t(word)).icon(icons::SELECT).keys(words.t(Word::CtrlSpaceKey))) {
        let others = selected.into_iter().filter(|other| *other != node);
        chosen = Some(CanvasAsk::Select(others.chain((!is_selected).then_some(node)).collect()));
    }
    chosen
}

/// The places of the selected objects.
fn selected(model: &Model) -> Vec<u32> {
    let board = &model.work.board;
    (0u32..).zip(board.graph.shown()).filter(|(_, (id, _))| board.selected.contains(id)).map(|(at, _)| at).collect()
}

/// The nodes that an ask to pin is about.
fn pinned_by(model: &Model, ask: &CanvasAsk) -> Vec<NodeId> {
    let CanvasAsk::Pin(places) = ask else { return Vec::new() };
    let ids: Vec<NodeId> = model.work.board.graph.shown().map(|(id, _)| id).collect();
    places.iter().filter_map(|place| ids.get(*place as usize).copied()).collect()
}

/// What is chosen for one of several selected objects is meant for all of them.
fn of_selection(model: &Model, ask: CanvasAsk) -> CanvasAsk {
    let all = selected(model);
    let wanted = |one: Vec<u32>| if one.iter().all(|node| all.contains(node)) { all.clone() } else { one };
    match ask {
        CanvasAsk::Pin(one) => CanvasAsk::Pin(wanted(one)),
        CanvasAsk::Hide(one) => CanvasAsk::Hide(wanted(one)),
        CanvasAsk::Isolate(one) => CanvasAsk::Isolate(wanted(one)),
        CanvasAsk::Neighbours(one) => CanvasAsk::Neighbours(wanted(one)),
        CanvasAsk::Remove(one) => CanvasAsk::Remove(wanted(one)),
        other => other,
    }
}

fn ground_menu_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) -> Option<CanvasAsk> {
    let words = model.words;
    let row = |icon, word, keys| ListRow::new(words.t(word)).icon(icon).keys(keys);
    if menu_row(ui, row(icons::FIT_SCREEN, Word::Fit, "F")) {
        draft.canvas.fit();
        ui.close();
    }
    if menu_row(ui, row(icons::GRAPH_3, Word::LayOutAgain, "")) {
        commands.work(Command::LayOutAgain);
        ui.close();
    }
    let exchange = [
        (Exchange::Export, icons::DOWNLOAD, Word::ExportGraph, "X", export::is_possible(model)),
        (Exchange::Import, icons::UPLOAD, Word::ImportGraph, "", true),
    ];
    for (asked, icon, word, keys, is_possible) in exchange {
        if menu_row(ui, row(icon, word, keys).enabled(is_possible)) {
            draft.asked = Some(asked);
            ui.close();
        }
    }
    let all = (0u32..).zip(model.work.board.graph.shown()).map(|(at, _)| at);
    menu_row(ui, row(icons::SELECT_ALL, Word::SelectAll, "A")).then(|| CanvasAsk::Select(all.collect()))
}
