//! The icon of an object type on its colour: a disc as in the graph, or a square as in the side panel.

use super::paint;
use crate::look::{DISC, DISC_RING, Look, RADIUS_LARGE};
use egui::{Response, Sense, Stroke, Ui, Vec2};

/// The shape behind the icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backing {
    Disc,
    Square,
}

/// Draws the icon of the `number`-th type of the project, `size` points wide. Not read out: the text beside it is.
pub fn type_icon(ui: &mut Ui, icon: char, number: usize, backing: Backing, size: f32) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size), Sense::hover());
    let look = Look::of(ui.ctx());
    let colour = look.colours.type_colour(number);
    match backing {
        Backing::Disc => {
            let ring = DISC_RING * size / DISC;
            ui.painter().circle(rect.center(), size / 2.0 - ring / 2.0, colour.disc, Stroke::new(ring, colour.ring));
        }
        Backing::Square => {
            ui.painter().rect_filled(rect, RADIUS_LARGE, look.colours.tint(colour.ring));
        }
    }
    paint::icon_at(ui, rect.center(), icon, size * 0.5, colour.ring);
    response
}
