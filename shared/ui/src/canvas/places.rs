//! Where nodes lie on the screen, worked out for those that are asked for.

use egui::{Pos2, Rect, Vec2, pos2, vec2};
use graph::{Area, Place};

use super::chosen::Chosen;
use super::drag::Drag;
use super::{Scene, View};

/// The places of one moment.
#[derive(Clone, Copy)]
pub(super) struct Places<'a> {
    pub(super) scene: Scene<'a>,
    pub(super) view: View,
    pub(super) pane: Rect,
    /// Nodes that are being moved, ascending.
    pub(super) held: &'a [u32],
    /// How far these were moved, in points.
    moved: Vec2,
    is_without_held: bool,
    has_hidden: bool,
}

impl<'a> Places<'a> {
    pub(super) fn new(scene: Scene<'a>, view: View, pane: Rect, drag: &'a Drag, chosen: &Chosen) -> Self {
        let (held, moved) = match drag {
            Drag::Nodes { nodes, moved } | Drag::Pushed { nodes, moved } => (nodes.as_slice(), *moved * view.zoom),
            Drag::Nothing | Drag::Picture | Drag::Box { .. } | Drag::Loop(_) => (&[][..], Vec2::ZERO),
        };
        Self { scene, view, pane, held, moved, is_without_held: false, has_hidden: chosen.has_hidden }
    }

    /// The same as if the nodes that are held were hidden.
    pub(super) fn without_held(self) -> Self {
        Self { is_without_held: true, ..self }
    }

    /// None for a hidden node and one that is nowhere or not there.
    pub(super) fn of(&self, node: u32) -> Option<Pos2> {
        let at = node as usize;
        let place = self.scene.places.get(at).filter(|_| at < self.scene.nodes.len())?;
        if self.has_hidden && self.scene.node(node).is_some_and(|node| node.hidden) {
            return None;
        }
        let mut place = self.on_screen(*place);
        if !self.held.is_empty() && self.held.binary_search(&node).is_ok() {
            if self.is_without_held {
                return None;
            }
            place += self.moved;
        }
        (!place.any_nan()).then_some(place)
    }

    pub(super) fn on_screen(&self, [x, y]: Place) -> Pos2 {
        self.view.to_screen(self.pane, x, y)
    }

    /// What of the graph lies in a part of the screen, with a little around it for what is rounded away.
    pub(super) fn area(&self, on_screen: Rect) -> Area {
        let on_screen = on_screen.expand(0.5);
        let middle = pos2(self.view.x, self.view.y);
        let at = |corner: Pos2| middle + (corner - self.pane.center()) / self.view.zoom;
        let (low, high) = (at(on_screen.min), at(on_screen.max));
        // Where numbers are so large that half a point is less than their last digit.
        let spare = vec2(low.x.abs().max(high.x.abs()), low.y.abs().max(high.y.abs())) * (2.0 * f32::EPSILON);
        let (low, high) = (low - spare, high + spare);
        [low.x, low.y, high.x, high.y]
    }
}
