//! The side panel: the open object, a selection, or a link; or the graph as a list.

use egui::{Margin, ScrollArea, Ui};
use graph::NodeId;

use super::scene::Drawn;
use super::{
    group_side, line_side, link_side, look_side, measures_side, object_side, outline, section, selection_side,
    way_side, ways_side,
};
use crate::app::{Commands, Model};
use crate::look::icons;
use crate::widgets::{Segment, empty_state, segmented};
use crate::words::Word;

/// What the panel shows.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shows {
    #[default]
    Details,
    Outline,
    Measures,
    Look,
    Ways,
}

impl Shows {
    const ALL: [Self; 5] = [Self::Details, Self::Outline, Self::Measures, Self::Ways, Self::Look];

    fn word(self) -> Word {
        match self {
            Self::Details => Word::Details,
            Self::Outline => Word::Outline,
            Self::Measures => Word::Measures,
            Self::Look => Word::LookOfGraph,
            Self::Ways => Word::WaysOfGraph,
        }
    }
}

/// What is shown, and what is half typed there.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) shows: Shows,
    outline: outline::Draft,
    measures: measures_side::Draft,
    look: look_side::Draft,
    pub(super) ways: ways_side::Draft,
    group: group_side::Draft,
}

/// Draws what belongs at the side now; gives an object that is to be seen on the graph.
pub(super) fn ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut Draft,
    drawn: &Drawn,
    sections: &mut section::Drafts,
    commands: &mut Commands,
) -> Option<NodeId> {
    if model.work.board.graph.shown().next().is_some() {
        egui::Frame::new().inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 0 }).show(ui, |ui| {
            let words = model.words;
            let views = Shows::ALL.map(|shows| Segment::text(words.t(shows.word())));
            let mut shown = Shows::ALL.iter().position(|shows| *shows == draft.shows).unwrap_or(0);
            segmented(ui, words.t(Word::SidePanelShows), &views, &mut shown);
            draft.shows = Shows::ALL.get(shown).copied().unwrap_or_default();
            ui.add_space(if draft.shows == Shows::Details { 0.0 } else { 8.0 });
        });
        match draft.shows {
            Shows::Details => {}
            Shows::Outline => return outline::ui(ui, model, &mut draft.outline, commands),
            Shows::Measures => return measures_side::ui(ui, model, &mut draft.measures, commands),
            Shows::Ways => {
                ways_side::ui(ui, model, &mut draft.ways, commands);
                return None;
            }
            Shows::Look => {
                look_side::ui(ui, model, &mut draft.look, drawn.legend(), commands);
                return None;
            }
        }
    }
    details_ui(ui, model, draft, sections, commands);
    None
}

fn details_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, sections: &mut section::Drafts, commands: &mut Commands) {
    let board = &model.work.board;
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        egui::Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            if let Some(way) = board.way().filter(|way| !way.is_within(&board.selected)) {
                way_side::back_ui(ui, model, way, commands);
            }
            if let Some(group) = group_side::selected(model) {
                group_side::ui(ui, model, &mut draft.group, group, commands);
            }
            if !board.links.is_empty() {
                line_side::ui(ui, model, &board.links, commands);
            } else if let Some(link) = board.link {
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
