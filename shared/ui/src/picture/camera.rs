//! The camera: watches a context's textures and turns a frame into a picture.

use std::sync::{Arc, Mutex, PoisonError};

use egui::epaint::ClippedPrimitive;
use egui::{Color32, Context, FullOutput, RawInput, Rect, Ui, Vec2, ViewportId};

use super::negative::pixels;
use super::{Picture, Textures, draw};

/// Frames that egui gets to measure popups and text before the picture is taken.
const SETTLE_FRAMES: usize = 3;
/// Room for letters that are eight times as large as on the screen.
const TEXTURE_SIDE: usize = 8192;

/// Sees every frame of the context that it is added to (`ctx.add_plugin(camera.clone())`, before the first frame) and
/// can then turn any of its outputs into a picture. Clones share what they have seen.
#[derive(Clone, Default)]
pub struct Camera {
    textures: Arc<Mutex<Textures>>,
}

impl Camera {
    /// A picture of `output`, a frame of the watched context, as large as its viewport.
    pub fn shoot(&self, ctx: &Context, output: &FullOutput) -> Picture {
        let scale = output.pixels_per_point;
        let size = ctx.content_rect().max.to_vec2() * scale;
        let primitives = ctx.tessellate(output.shapes.clone(), scale);
        let textures = self.textures.lock().unwrap_or_else(PoisonError::into_inner);
        draw(&primitives, &textures, [size.x.ceil() as usize, size.y.ceil() as usize], scale, Color32::BLACK)
    }
}

impl egui::Plugin for Camera {
    fn debug_name(&self) -> &'static str {
        "camera"
    }

    fn output_hook(&mut self, _ctx: &Context, output: &mut FullOutput) {
        self.textures.lock().unwrap_or_else(PoisonError::into_inner).apply(&output.textures_delta);
    }
}

/// A picture of whatever `content` draws, with the fonts, theme and style of `ctx`, beside what is on the screen.
///
/// `size` is in points, `pixels_per_point` 2.0 gives the sharpness of print. Nothing in `ctx` is changed.
pub fn of_ui(
    ctx: &Context,
    size: Vec2,
    pixels_per_point: f32,
    background: Color32,
    content: impl FnMut(&mut Ui),
) -> Picture {
    let (primitives, textures) = laid_out(ctx, size, pixels_per_point, content);
    draw(&primitives, &textures, pixels(size, pixels_per_point), pixels_per_point, background)
}

/// What `content` draws, as triangles and their textures.
pub(super) fn laid_out(
    ctx: &Context,
    size: Vec2,
    pixels_per_point: f32,
    mut content: impl FnMut(&mut Ui),
) -> (Vec<ClippedPrimitive>, Textures) {
    let studio = Context::default();
    studio.set_fonts(ctx.fonts(|fonts| fonts.definitions().clone()));
    studio.set_theme(ctx.theme());
    studio.set_global_style(ctx.global_style());
    studio.set_pixels_per_point(pixels_per_point);
    let mut textures = Textures::default();
    let mut primitives = Vec::new();
    for _ in 0..SETTLE_FRAMES {
        let mut output = studio.run_ui(still_life(size), &mut content);
        textures.apply(&output.textures_delta);
        output.textures_delta.clear();
        primitives = studio.tessellate(output.shapes, output.pixels_per_point);
    }
    (primitives, textures)
}

/// An input without pointer, keys or passing time.
fn still_life(size: Vec2) -> RawInput {
    let screen_rect = Some(Rect::from_min_size(egui::Pos2::ZERO, size));
    let mut input = RawInput { screen_rect, max_texture_side: Some(TEXTURE_SIDE), ..RawInput::default() };
    if let Some(viewport) = input.viewports.get_mut(&ViewportId::ROOT) {
        viewport.native_pixels_per_point = Some(1.0);
    }
    input
}
