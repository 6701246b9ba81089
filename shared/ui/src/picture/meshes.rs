//! egui's triangles, painted without a graphics card.

use egui::epaint::{ClippedPrimitive, Mesh, Primitive};
use egui::{Color32, ColorImage};
use raster::{Sheet, Texture, Window};

use super::{LONGEST_SIDE_PX, Picture, Textures};

/// Draws tessellated primitives over `background` into a picture of `size_px` pixels (at most [`LONGEST_SIDE_PX`] a side).
///
/// Positions are in points and become pixels by `pixels_per_point`. A pixel is covered when its centre lies in the
/// triangle; the smooth edges are the ones that egui's feathering put into the mesh. Callbacks to a graphics card are
/// left out.
pub fn draw(
    primitives: &[ClippedPrimitive],
    textures: &Textures,
    size_px: [usize; 2],
    pixels_per_point: f32,
    background: Color32,
) -> Picture {
    let [width, height] = size_px.map(|side| side.clamp(1, LONGEST_SIDE_PX));
    let [red, green, blue, _] = background.to_array();
    let mut sheet = Sheet::new([width, height], [red, green, blue], pixels_per_point, [0.0; 2]);
    for primitive in primitives {
        if let Primitive::Mesh(mesh) = &primitive.primitive
            && let Some(texture) = textures.get(mesh.texture_id)
        {
            let window = sheet.window(primitive.clip_rect.min.into(), primitive.clip_rect.max.into());
            paint(&mut sheet, mesh, texture, &window);
        }
    }
    Picture { width, height, rgba: bytemuck::cast_slice(&sheet.pixels).to_vec() }
}

/// Paints one mesh.
pub(crate) fn paint(sheet: &mut Sheet, mesh: &Mesh, texture: &Texture, window: &Window) {
    sheet.paint(bytemuck::cast_slice(&mesh.vertices), &mesh.indices, texture, window);
}

/// What was painted, as egui takes it.
pub(crate) fn image(sheet: Sheet) -> ColorImage {
    ColorImage::new([sheet.width, sheet.height], bytemuck::cast_vec(sheet.pixels))
}
