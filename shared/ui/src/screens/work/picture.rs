//! The graph as a PNG file, twice as sharp as the screen, with a line under it that says whose it is and how complete.

use egui::{Rect, Ui, pos2, vec2};

use super::scene;
use crate::app::{Commands, Model};
use crate::canvas::{Canvas, Scene};
use crate::look::TextSize;
use crate::picture::of_ui;
use crate::screens::paints;
use crate::work;

/// The size of the picture, in points.
const SIZE: egui::Vec2 = vec2(1600.0, 1000.0);
const SHARPNESS: f32 = 2.0;
/// The strip for the line under the graph, in points.
const STRIP: f32 = 44.0;

/// Draws the picture that was announced, and hands it over to be saved.
pub(super) fn act(ui: &Ui, model: &Model, commands: &mut Commands) {
    let Some(shot) = &model.work.shot else { return };
    let mut drawn = scene::Drawn::default();
    drawn.keep_up_without_selection(model);
    let paint = paints::of_graph(ui, model.words);
    let places = drawn.places(model);
    let scene = Scene { places: &places, wiring: 1, ..drawn.scene() };
    let mut canvas = Canvas::default();
    let picture = of_ui(ui.ctx(), SIZE, SHARPNESS, paint.background, |ui| {
        let whole = ui.max_rect();
        let graph = Rect::from_min_max(whole.min, pos2(whole.max.x, whole.max.y - STRIP));
        ui.scope_builder(egui::UiBuilder::new().max_rect(graph), |ui| canvas.ui(ui, scene, &paint));
        let at = pos2(whole.min.x + 12.0, whole.max.y - STRIP / 2.0);
        let line = ui.painter().layout(shot.line.clone(), TextSize::Small.regular(), paint.dim, SIZE.x - 24.0);
        let at = pos2(at.x, at.y - line.size().y / 2.0);
        ui.painter().galley(at, line, paint.dim);
    });
    match picture.to_png() {
        Ok(png) => commands.work(work::Command::SavePicture(png)),
        Err(_) => commands.send(crate::app::Command::Work(work::Command::SavePicture(Vec::new()))),
    }
}
