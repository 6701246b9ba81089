//! Places glide from where they were to where the layout wants them, unless motion is reduced.

use std::collections::HashMap;

use egui::Ui;
use graph::{Item, Place};

use super::scene::Drawn;
use crate::app::Model;
use crate::look::Look;

/// Places on their way from where they were to where the layout wants them; kept from frame to frame.
#[derive(Default)]
pub(super) struct Glide {
    /// Where those were seen that are on their way.
    from: HashMap<Item, Place>,
    items: Vec<Item>,
    places: Vec<Place>,
    /// The revisions of places and of nodes that this is of.
    of: (u64, u64),
    began_secs: f64,
    is_underway: bool,
    placing: u64,
}

impl Glide {
    /// Goes on to the places of this frame.
    pub(super) fn keep_up(&mut self, ui: &Ui, model: &Model, drawn: &Drawn) {
        let now = ui.input(|input| input.time);
        let of = (model.work.board.graph.places_revision(), drawn.wiring());
        if self.of == of && !self.is_underway {
            return;
        }
        let before = std::mem::replace(&mut self.of, of);
        if before.0 != of.0 {
            self.from = self.items.iter().copied().zip(self.places.iter().copied()).collect();
            self.began_secs = now;
        }
        let lasts = f64::from(Look::of(ui.ctx()).glide_secs());
        let share = if lasts > 0.0 { ((now - self.began_secs) / lasts).clamp(0.0, 1.0) as f32 } else { 1.0 };
        self.is_underway = share < 1.0 && !self.from.is_empty();
        self.placing += 1;
        self.places = drawn.places(model);
        self.items.clone_from(&drawn.items);
        if self.is_underway {
            ui.ctx().request_repaint();
            for (item, to) in self.items.iter().zip(&mut self.places) {
                if let Some([x, y]) = self.from.get(item) {
                    *to = [x + (to[0] - x) * share, y + (to[1] - y) * share];
                }
            }
        }
    }

    /// The places of this frame, in the order in which the nodes are drawn.
    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Changes whenever a node has another place.
    pub(super) fn placing(&self) -> u64 {
        self.placing
    }

    /// Nodes were put down by hand: there is nothing to glide.
    pub(super) fn put_down(&mut self, model: &Model, moved: &[(Item, Place)]) {
        self.of.0 = model.work.board.graph.places_revision() + 1;
        self.placing += 1;
        let moved: HashMap<Item, Place> = moved.iter().copied().collect();
        for (item, place) in self.items.iter().zip(&mut self.places) {
            if let Some(to) = moved.get(item) {
                *place = *to;
            }
        }
    }
}
