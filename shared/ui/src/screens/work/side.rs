//! The side panel: the open object, a selection, or a link.

use egui::{Margin, ScrollArea, Ui};

use super::{link_side, object_side, section, selection_side, way_side};
use crate::app::{Commands, Model};
use crate::look::icons;
use crate::widgets::empty_state;
use crate::words::Word;

/// Draws what belongs at the side now.
pub(super) fn ui(ui: &mut Ui, model: &Model, sections: &mut section::Drafts, commands: &mut Commands) {
    let board = &model.work.board;
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        egui::Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            if let Some(way) = board.way().filter(|way| board.selected.len() < way.nodes.len()) {
                way_side::back_ui(ui, model, way, commands);
            }
            if let Some(link) = board.link {
                link_side::ui(ui, model, link, commands);
            } else if board.selected.len() > 1 {
                selection_side::ui(ui, model, commands);
            } else if model.work.details.open.is_some() {
                object_side::ui(ui, model, sections, commands);
            } else {
                let words = model.words;
                empty_state(ui, icons::INFO, words.t(Word::NothingSelected), words.t(Word::SelectSomething), None);
            }
        });
    });
}
