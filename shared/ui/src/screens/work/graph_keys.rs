//! The keys of the graph that work on the selection also while nothing has the keyboard.

use egui::{Key, Modifiers, Ui};

use super::scene::Drawn;
use crate::app::Model;
use crate::canvas::{CanvasAsk, next_link};

/// The letters work on the selection also while nothing has the keyboard: after opening something from the search.
pub(super) fn of_selection(ui: &Ui, model: &Model, drawn: &Drawn) -> Option<CanvasAsk> {
    if ui.memory(|memory| memory.focused().is_some()) || egui::Popup::is_any_open(ui.ctx()) {
        return None;
    }
    if !ui.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Key { pressed: true, .. }))) {
        return None;
    }
    let nodes = drawn.selected();
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::A) {
        return Some(CanvasAsk::Select(drawn.all()));
    }
    let link = model.work.board.link;
    if pressed(Key::L) {
        return next_link(drawn.scene(), &nodes).map(CanvasAsk::SelectLink);
    }
    if let Some(line) = link.and_then(|link| drawn.line_of(link))
        && pressed(Key::Enter)
    {
        return Some(CanvasAsk::OpenLink(line));
    }
    let one = *nodes.first()?;
    let acts = [
        (Key::E, CanvasAsk::Expand { node: one }),
        (Key::Enter, CanvasAsk::Open(one)),
        (Key::H, CanvasAsk::Hide(nodes.clone())),
        (Key::P, CanvasAsk::Pin(nodes.clone())),
        (Key::I, CanvasAsk::Isolate(nodes.clone())),
        (Key::N, CanvasAsk::Neighbours(nodes.clone())),
        (Key::C, CanvasAsk::Collapse(nodes.clone())),
        (Key::O, CanvasAsk::ToggleGroup(nodes.clone())),
        (Key::Delete, CanvasAsk::Remove(nodes.clone())),
    ];
    if ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::E)) {
        return Some(CanvasAsk::TakeBack(nodes));
    }
    acts.into_iter().find(|(key, _)| pressed(*key)).map(|(_, ask)| ask)
}
