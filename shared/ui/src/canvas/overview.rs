//! The whole graph small in a corner, while only a part of it is in view: with the part framed, and the view following the
//! pointer that is pressed there.

use egui::accesskit::Role;
use egui::{
    Color32, ColorImage, CursorIcon, Pos2, Rect, Sense, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use graph::Place;

use super::{Canvas, Paint, Scene, View, view};

/// The most that it takes of the screen, and of the pane, in points.
const MOST: Vec2 = vec2(168.0, 116.0);
const MOST_OF_PANE: f32 = 0.3;
/// Between it and the edges of the pane, and between its edge and the graph.
const ASIDE: f32 = 12.0;
const INSIDE: f32 = 6.0;
/// Fewer objects are seen at a glance.
const LEAST_NODES: usize = 12;
/// Each node is a dot of so many pixels across.
const DOT: usize = 2;

/// The small picture.
#[derive(Default)]
pub(super) struct Overview {
    kept: Option<Kept>,
}

struct Kept {
    texture: TextureHandle,
    of: (u64, u64, u64, Color32, [usize; 2]),
    /// What of the graph it shows.
    bounds: Rect,
}

/// Draws it if it helps, and moves the view where it is pressed.
pub(super) fn ui(canvas: &mut Canvas, ui: &mut Ui, pane: Rect, scene: Scene<'_>, paint: &Paint) {
    let shown = || scene.places_of(|_| true);
    if !canvas.has_overview || shown().take(LEAST_NODES).count() < LEAST_NODES {
        return;
    }
    let around = if canvas.chosen.has_hidden { view::around(shown()) } else { canvas.ground.bounds(scene) };
    let Some(bounds) = around.map(not_flat) else { return };
    let seen = seen(canvas.view, pane);
    let most = MOST.min(pane.size() * MOST_OF_PANE) - Vec2::splat(2.0 * INSIDE);
    if seen.contains_rect(bounds) || most.min_elem() < 20.0 {
        return;
    }
    let scale = (most / bounds.size()).min_elem();
    let size = bounds.size() * scale + Vec2::splat(2.0 * INSIDE);
    let place = Rect::from_min_size(pane.max - size - Vec2::splat(ASIDE), size);
    let inner = place.shrink(INSIDE);
    let response = ui.interact(place, ui.scope_id().with("overview"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, paint.words.overview));
    if let Some(at) = response.interact_pointer_pos() {
        let there = (at - inner.min) / scale + bounds.min.to_vec2();
        (canvas.view.x, canvas.view.y) = (there.x, there.y);
    }
    let response = response.on_hover_cursor(CursorIcon::Move);
    let painter = ui.painter().with_clip_rect(place);
    painter.rect(place, 6.0, paint.panel, Stroke::new(1.0, paint.line), StrokeKind::Inside);
    canvas.overview.draw(ui, scene, paint, bounds, inner);
    let on_it = |at: Pos2| inner.min + (at - bounds.min) * scale;
    let frame = Rect::from_min_max(on_it(seen.min), on_it(seen.max)).intersect(place.shrink(1.5));
    let width = if response.hovered() || response.dragged() { 2.0 } else { 1.2 };
    painter.rect(frame, 2.0, paint.accent.gamma_multiply(0.12), Stroke::new(width, paint.accent), StrokeKind::Inside);
}

impl Overview {
    /// Draws the dots, made anew where they are others.
    fn draw(&mut self, ui: &Ui, scene: Scene<'_>, paint: &Paint, bounds: Rect, place: Rect) {
        let scale = ui.ctx().pixels_per_point();
        let size = [place.width(), place.height()].map(|side| ((side * scale).round() as usize).max(1));
        let of = (scene.wiring, scene.look, scene.placing, paint.panel, size);
        let is_same = |kept: &Kept| kept.of == of && kept.bounds == bounds;
        if !self.kept.as_ref().is_some_and(is_same) {
            let image = dots(scene, paint, bounds, size);
            let texture = match self.kept.take() {
                Some(mut kept) => {
                    kept.texture.set(image, TextureOptions::LINEAR);
                    kept.texture
                }
                None => ui.ctx().load_texture("overview", image, TextureOptions::LINEAR),
            };
            self.kept = Some(Kept { texture, of, bounds });
        }
        if let Some(kept) = &self.kept {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(kept.texture.id(), place, whole, Color32::WHITE);
        }
    }
}

/// The nodes as dots, those that are selected last and in the colour of the selection.
fn dots(scene: Scene<'_>, paint: &Paint, bounds: Rect, [width, height]: [usize; 2]) -> ColorImage {
    let mut image = ColorImage::filled([width, height], paint.panel);
    let scale = vec2(width as f32, height as f32) / bounds.size();
    let mut dot = |[x, y]: Place, colour: Color32| {
        let at = (pos2(x, y) - bounds.min) * scale;
        let first = [at.x, at.y].map(|along| (along.max(0.0) as usize).saturating_sub(DOT / 2));
        for row in first[1]..(first[1] + DOT).min(height) {
            for column in first[0]..(first[0] + DOT).min(width) {
                image.pixels.get_mut(row * width + column).into_iter().for_each(|pixel| *pixel = colour);
            }
        }
    };
    for is_selected in [false, true] {
        for (node, place) in scene.nodes.iter().zip(scene.places) {
            if !node.hidden && node.selected == is_selected {
                dot(*place, if is_selected { paint.accent } else { paint.type_colour(node.colour) });
            }
        }
    }
    image
}

/// What of the graph is in view.
fn seen(view: View, pane: Rect) -> Rect {
    Rect::from_center_size(pos2(view.x, view.y), pane.size() / view.zoom)
}

/// With room for nodes on one line.
fn not_flat(bounds: Rect) -> Rect {
    let least = bounds.width().max(bounds.height()).max(1.0) * 0.2;
    Rect::from_center_size(bounds.center(), bounds.size().max(Vec2::splat(least)))
}
