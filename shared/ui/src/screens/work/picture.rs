//! The graph as a PNG file, twice as sharp as the screen, with one line under it that says whose it is.

use egui::{Align2, Rect, Ui, pos2, vec2};

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
const STRIP: f32 = 28.0;

/// Draws the picture that was announced, and hands it over to be saved.
pub(super) fn act(ui: &Ui, model: &Model, commands: &mut Commands) {
    let Some(shot) = &model.work.shot else { return };
    let mut drawn = scene::Drawn::default();
    drawn.keep_up(model);
    let paint = paints::of_graph(ui, model.words);
    let links = drawn.links(None);
    let nodes = drawn.nodes(model, &drawn.places(model), false);
    let scene = Scene { nodes: &nodes, links: &links, wiring: 1 };
    let mut canvas = Canvas::default();
    let picture = of_ui(ui.ctx(), SIZE, SHARPNESS, paint.background, |ui| {
        let whole = ui.max_rect();
        let graph = Rect::from_min_max(whole.min, pos2(whole.max.x, whole.max.y - STRIP));
        ui.scope_builder(egui::UiBuilder::new().max_rect(graph), |ui| canvas.ui(ui, scene, &paint));
        let at = pos2(whole.min.x + 12.0, whole.max.y - STRIP / 2.0);
        ui.painter().text(at, Align2::LEFT_CENTER, &shot.line, TextSize::Small.regular(), paint.dim);
    });
    match picture.to_png() {
        Ok(png) => commands.work(work::Command::SavePicture(png)),
        Err(_) => commands.send(crate::app::Command::Work(work::Command::SavePicture(Vec::new()))),
    }
}
