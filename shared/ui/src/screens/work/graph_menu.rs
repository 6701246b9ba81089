//! The menu of the right mouse button on the graph: of an object or a closed group, of a link, of the ground.

use egui::{Id, Rect, Response, Ui, vec2};
use graph::{Item, NodeId, NoteKind};

use super::graph::{Draft, Exchange};
use super::scene::Drawn;
use super::{expansions, export};
use crate::app::{Commands, Model};
use crate::canvas::{CanvasAsk, Over};
use crate::look::icons;
use crate::widgets::{ListRow, menu_row, popover_beside};
use crate::words::Word;
use crate::work::{Command, Grouping, Wanted};

/// How far "within some steps" goes in the menu.
const STEPS: usize = 2;

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
            Over::Node(node) => node_menu_ui(ui, model, &draft.drawn, node, commands),
            Over::Link(line) => {
                menu_row(ui, ListRow::new(words.t(Word::ShowRows)).icon(icons::TABLE_ROWS).keys("Enter"))
                    .then_some(CanvasAsk::OpenLink(line))
            }
            Over::Hull(_) => {
                groups_menu_ui(ui, model, &selected_nodes(model), commands);
                None
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

fn selected_nodes(model: &Model) -> Vec<NodeId> {
    model.work.board.selected.iter().copied().collect()
}

fn node_menu_ui(ui: &mut Ui, model: &Model, drawn: &Drawn, node: u32, commands: &mut Commands) -> Option<CanvasAsk> {
    let items = drawn.items_at(&[node]);
    let is_group = matches!(items.as_slice(), [Item::Group(_)]);
    let mut chosen = if is_group { None } else { object_ui(ui, model, drawn, node, commands) };
    let one = vec![node];
    let pin = of_selection(drawn, CanvasAsk::Pin(one.clone()));
    let pin_word = model.work.board.pin_word(&nodes_of(model, drawn, &pin));
    let lines = [
        (icons::PUSH_PIN, pin_word, "P", pin),
        (icons::VISIBILITY_OFF, Word::Hide, "H", CanvasAsk::Hide(one.clone())),
        (icons::CENTER_FOCUS_STRONG, Word::Isolate, "I", CanvasAsk::Isolate(one.clone())),
        (icons::REMOVE, Word::RemoveFromPicture, "Delete", CanvasAsk::Remove(one.clone())),
        (icons::GROUP_WORK, Word::SelectNeighbours, "N", CanvasAsk::Neighbours(one.clone())),
    ];
    for (icon, word, keys, ask) in lines {
        if menu_row(ui, ListRow::new(model.words.t(word)).icon(icon).keys(keys)) {
            chosen = Some(of_selection(drawn, ask));
        }
    }
    let meant = nodes_of(model, drawn, &of_selection(drawn, CanvasAsk::Pin(one)));
    if near_menu_ui(ui, model, &meant, commands) {
        ui.close();
    }
    groups_menu_ui(ui, model, &meant, commands);
    chosen.or_else(|| selection_ui(ui, model, drawn, node))
}

/// What can be done with an object alone.
fn object_ui(ui: &mut Ui, model: &Model, drawn: &Drawn, node: u32, commands: &mut Commands) -> Option<CanvasAsk> {
    let lines = [
        (icons::OPEN_IN_FULL, Word::OpenObject, "Enter", CanvasAsk::Open(node)),
        (icons::ACCOUNT_TREE, Word::Expand, "E", CanvasAsk::Expand { node }),
        (icons::COLLAPSE_ALL, Word::Collapse, "C", of_selection(drawn, CanvasAsk::Collapse(vec![node]))),
    ];
    let mut chosen = None;
    for (icon, word, keys, ask) in lines {
        if menu_row(ui, ListRow::new(model.words.t(word)).icon(icon).keys(keys)) {
            chosen = Some(ask);
        }
    }
    let object = drawn.items_at(&[node]).first().and_then(|item| model.work.board.graph.first_member(*item));
    let object = object.and_then(|id| model.work.board.object(id));
    if object.is_some_and(|object| expansions::menu_ui(ui, model, &object, commands)) {
        ui.close();
    }
    ui.separator();
    chosen
}

/// What lies near; true when something was chosen.
fn near_menu_ui(ui: &mut Ui, model: &Model, meant: &[NodeId], commands: &mut Commands) -> bool {
    let words = model.words;
    let steps = words.with(Word::SelectWithin, &[&words.count(STEPS as u64)]);
    if menu_row(ui, ListRow::new(&steps).icon(icons::GROUP_WORK)) {
        commands.work(Command::SelectWithin(meant.to_vec(), STEPS));
        return true;
    }
    if menu_row(ui, ListRow::new(words.t(Word::FindRingsHere)).icon(icons::ROUTE)) {
        // Rings lead through what is selected.
        commands.work(Command::Select(meant.to_vec()));
        commands.work(Command::FindWays(Wanted::rings()));
        return true;
    }
    let graph = &model.work.board.graph;
    let has_hidden = graph.nodes().any(|(id, _)| graph.flags(id).hidden);
    if has_hidden && menu_row(ui, ListRow::new(words.t(Word::ShowBeside)).icon(icons::VISIBILITY)) {
        commands.work(Command::ShowBeside(meant.to_vec()));
        return true;
    }
    false
}

/// Making, opening and dissolving groups, as far as there is something to do with these.
fn groups_menu_ui(ui: &mut Ui, model: &Model, meant: &[NodeId], commands: &mut Commands) {
    let words = model.words;
    let graph = &model.work.board.graph;
    let groups = graph.groups_of(meant.iter().copied());
    let has_closed = groups.iter().any(|id| graph.group(*id).is_some_and(|group| !group.is_open));
    let is_one_group = groups.len() == 1 && meant.iter().all(|id| graph.group_of(*id).is_some());
    let nodes = || meant.to_vec();
    let lines = [
        (meant.len() > 1 && !is_one_group, icons::GROUPS, Word::MakeGroup, "Ctrl G", Grouping::Group(nodes())),
        (has_closed, icons::OPEN_IN_FULL, Word::OpenGroup, "O", Grouping::Toggle(nodes())),
        (!groups.is_empty() && !has_closed, icons::CONTRACT, Word::CloseGroup, "O", Grouping::Toggle(nodes())),
        (!groups.is_empty(), icons::CALL_SPLIT, Word::Ungroup, "Ctrl Shift G", Grouping::Ungroup(nodes())),
    ];
    for (_, icon, word, keys, grouping) in lines.into_iter().filter(|(is_offered, ..)| *is_offered) {
        if menu_row(ui, ListRow::new(words.t(word)).icon(icon).keys(keys)) {
            commands.work(Command::Group(grouping));
            ui.close();
        }
    }
}

/// Adding to the selection, and taking out of it.
fn selection_ui(ui: &mut Ui, model: &Model, drawn: &Drawn, node: u32) -> Option<CanvasAsk> {
    let words = model.words;
    let selected = drawn.selected();
    let is_selected = selected.contains(&node);
    let word = if is_selected { Word::TakeFromSelection } else { Word::AddToSelection };
    // The only selected one is taken out by a click beside it.
    let is_offered = selected.len() > usize::from(is_selected);
    let row = ListRow::new(words.t(word)).icon(icons::SELECT).keys(words.t(Word::CtrlSpaceKey));
    let others = selected.into_iter().filter(|other| *other != node);
    (is_offered && menu_row(ui, row)).then(|| CanvasAsk::Select(others.chain((!is_selected).then_some(node)).collect()))
}

/// The nodes that an ask to pin is about.
fn nodes_of(model: &Model, drawn: &Drawn, ask: &CanvasAsk) -> Vec<NodeId> {
    let CanvasAsk::Pin(places) = ask else { return Vec::new() };
    drawn.items_at(places).into_iter().flat_map(|item| model.work.board.graph.members(item)).collect()
}

/// What is chosen for one of several selected objects is meant for all of them.
fn of_selection(drawn: &Drawn, ask: CanvasAsk) -> CanvasAsk {
    let all = drawn.selected();
    let wanted = |one: Vec<u32>| if one.iter().all(|node| all.contains(node)) { all.clone() } else { one };
    match ask {
        CanvasAsk::Pin(one) => CanvasAsk::Pin(wanted(one)),
        CanvasAsk::Hide(one) => CanvasAsk::Hide(wanted(one)),
        CanvasAsk::Isolate(one) => CanvasAsk::Isolate(wanted(one)),
        CanvasAsk::Neighbours(one) => CanvasAsk::Neighbours(wanted(one)),
        CanvasAsk::Remove(one) => CanvasAsk::Remove(wanted(one)),
        CanvasAsk::Collapse(one) => CanvasAsk::Collapse(wanted(one)),
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
    let notes = [
        (icons::TEXT_FIELDS, Word::AddText, "T", NoteKind::Text),
        (icons::NORTH_EAST, Word::AddArrow, "", NoteKind::Arrow),
        (icons::SELECT, Word::AddFrame, "", NoteKind::Frame),
    ];
    for (icon, word, keys, kind) in notes {
        if menu_row(ui, row(icon, word, keys)) {
            draft.add_note(model, kind, commands);
            ui.close();
        }
    }
    let graph = &model.work.board.graph;
    let has = |is_open: bool| graph.groups().any(|(_, group)| group.is_open == is_open);
    let groups = [
        (true, icons::GROUPS, Word::GroupByType, Grouping::ByType(Vec::new())),
        (has(false), icons::OPEN_IN_FULL, Word::OpenAllGroups, Grouping::OpenAll),
        (has(true), icons::CONTRACT, Word::CloseAllGroups, Grouping::CloseAll),
    ];
    for (_, icon, word, grouping) in groups.into_iter().filter(|(is_offered, ..)| *is_offered) {
        if menu_row(ui, row(icon, word, "")) {
            commands.work(Command::Group(grouping));
            ui.close();
        }
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
    menu_row(ui, row(icons::SELECT_ALL, Word::SelectAll, "A")).then(|| CanvasAsk::Select(draft.drawn.all()))
}
