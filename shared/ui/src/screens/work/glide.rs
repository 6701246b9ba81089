//! Places glide from where they were to where the layout wants them, unless motion is reduced.

use std::collections::HashMap;

use egui::Ui;
use graph::{NodeId, Place};

use super::scene::Drawn;
use crate::app::Model;
use crate::look::Look;

/// Places on their way from where they were to where the layout wants them.
#[derive(Default)]
pub(super) struct Glide {
    from: Vec<(NodeId, Place)>,
    shown: Vec<(NodeId, Place)>,
    revision: u64,
    began_secs: f64,
    /// Changes whenever a node has another place than in the frame before.
    placing: u64,
    is_underway: bool,
}

impl Glide {
    /// The places of this frame.
    pub(super) fn places(&mut self, ui: &Ui, model: &Model, drawn: &Drawn) -> Vec<Place> {
        let now = ui.input(|input| input.time);
        let board = &model.work.board;
        if self.revision != board.graph.places_revision() {
            self.revision = board.graph.places_revision();
            (self.from, self.began_secs) = (std::mem::take(&mut self.shown), now);
            self.is_underway = true;
        }
        let wanted = drawn.places(model);
        let lasts = f64::from(Look::of(ui.ctx()).glide_secs());
        let share = if lasts > 0.0 { ((now - self.began_secs) / lasts).clamp(0.0, 1.0) as f32 } else { 1.0 };
        // In the frame in which all have arrived, they have moved once more.
        self.placing += u64::from(self.is_underway);
        self.is_underway = share < 1.0 && !self.from.is_empty();
        let places = if self.is_underway {
            ui.ctx().request_repaint();
            let from: HashMap<NodeId, Place> = self.from.iter().copied().collect();
            let between = |(id, to): (&NodeId, &Place)| match from.get(id) {
                Some([x, y]) => [x + (to[0] - x) * share, y + (to[1] - y) * share],
                None => *to,
            };
            drawn.ids.iter().zip(&wanted).map(between).collect()
        } else {
            wanted
        };
        self.shown = drawn.ids.iter().copied().zip(places.iter().copied()).collect();
        places
    }

    /// Changes whenever a node has another place.
    pub(super) fn placing(&self) -> u64 {
        self.placing
    }

    /// Nodes were put down by hand: there is nothing to glide.
    pub(super) fn put_down(&mut self, model: &Model, moved: &[(NodeId, Place)]) {
        self.revision = model.work.board.graph.places_revision() + 1;
        self.placing += 1;
        for (id, place) in &mut self.shown {
            if let Some((_, to)) = moved.iter().find(|(other, _)| other == id) {
                *place = *to;
            }
        }
    }
}
