//! A plain triangle rasteriser for egui's meshes: one thread, texture sampling, premultiplied blending in gamma space.

use egui::epaint::{ClippedPrimitive, Mesh, Primitive, Vertex, WHITE_UV};
use egui::{Color32, Rect};

use super::textures::Texture;
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
    let mut sheet = Sheet { width, height, pixels: vec![background.to_opaque().to_array(); width * height] };
    for primitive in primitives {
        if let Primitive::Mesh(mesh) = &primitive.primitive
            && let Some(texture) = textures.get(mesh.texture_id)
        {
            let window = sheet.window(primitive.clip_rect, pixels_per_point);
            sheet.mesh(mesh, texture, &window, pixels_per_point);
        }
    }
    Picture { width, height, rgba: sheet.pixels.into_flattened() }
}

struct Sheet {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

/// Pixel columns and rows, from and up to but not including.
struct Window {
    columns: [usize; 2],
    rows: [usize; 2],
}

/// A corner in pixels with what is interpolated between corners.
#[derive(Clone, Copy)]
struct Corner {
    x: f32,
    y: f32,
    u: f32,
    v: f32,
    colour: [f32; 4],
}

impl Corner {
    fn new(vertex: &Vertex, pixels_per_point: f32) -> Self {
        Self {
            x: vertex.pos.x * pixels_per_point,
            y: vertex.pos.y * pixels_per_point,
            u: vertex.uv.x,
            v: vertex.uv.y,
            colour: vertex.color.to_array().map(f32::from),
        }
    }
}

impl Sheet {
    fn window(&self, clip: Rect, pixels_per_point: f32) -> Window {
        let edge = |value: f32, limit: usize| ((value * pixels_per_point).round().max(0.0) as usize).min(limit);
        Window {
            columns: [edge(clip.min.x, self.width), edge(clip.max.x, self.width)],
            rows: [edge(clip.min.y, self.height), edge(clip.max.y, self.height)],
        }
    }

    fn mesh(&mut self, mesh: &Mesh, texture: &Texture, window: &Window, pixels_per_point: f32) {
        for triangle in mesh.indices.chunks_exact(3) {
            let mut corners = triangle
                .iter()
                .filter_map(|&index| mesh.vertices.get(index as usize))
                .map(|vertex| Corner::new(vertex, pixels_per_point));
            if let (Some(a), Some(b), Some(c)) = (corners.next(), corners.next(), corners.next()) {
                self.triangle([a, b, c], texture, window);
            }
        }
    }

    fn triangle(&mut self, [a, b, c]: [Corner; 3], texture: &Texture, window: &Window) {
        let area = edge(a, b, c.x, c.y);
        if area == 0.0 || !area.is_finite() {
            return;
        }
        // One winding order from here on, so that an edge shared by two triangles is drawn by exactly one of them.
        let (b, c, area) = if area < 0.0 { (c, b, -area) } else { (b, c, area) };
        let span = |low: f32, high: f32, [from, to]: [usize; 2]| {
            (low.floor().max(0.0) as usize).max(from)..(high.ceil().max(0.0) as usize).min(to)
        };
        let white = [a, b, c].iter().all(|corner| corner.u == WHITE_UV.x && corner.v == WHITE_UV.y);
        for row in span(a.y.min(b.y).min(c.y), a.y.max(b.y).max(c.y), window.rows) {
            let y = row as f32 + 0.5;
            // Long thin triangles would otherwise be asked about every pixel of the box around them.
            let [left, right] = crossed([a, b, c], y);
            for column in span(left - 1.0, right + 1.0, window.columns) {
                let x = column as f32 + 0.5;
                let sides = [(b, c), (c, a), (a, b)].map(|(from, to)| (edge(from, to, x, y), is_top_left(from, to)));
                if sides.iter().all(|&(side, keeps_edge)| side > 0.0 || (side == 0.0 && keeps_edge)) {
                    let [wa, wb, wc] = sides.map(|(side, _)| side / area);
                    let source = shade([(a, wa), (b, wb), (c, wc)], (!white).then_some(texture));
                    self.blend(column, row, source);
                }
            }
        }
    }

    fn blend(&mut self, column: usize, row: usize, source: [f32; 4]) {
        let Some(pixel) = self.pixels.get_mut(row * self.width + column) else { return };
        let [red, green, blue, alpha] = source;
        let keep = 1.0 - alpha / 255.0;
        for (channel, add) in pixel.iter_mut().zip([red, green, blue]) {
            *channel = (add + f32::from(*channel) * keep + 0.5) as u8;
        }
    }
}

/// The leftmost and rightmost x at which the triangle meets the line at `y`.
fn crossed([a, b, c]: [Corner; 3], y: f32) -> [f32; 2] {
    let mut range = [f32::INFINITY, f32::NEG_INFINITY];
    for (from, to) in [(a, b), (b, c), (c, a)] {
        if (from.y <= y) != (to.y <= y) {
            let x = from.x + (y - from.y) / (to.y - from.y) * (to.x - from.x);
            range = [range[0].min(x), range[1].max(x)];
        }
    }
    range
}

/// Twice the signed area of the triangle `from`, `to`, (x, y); to the bit the negative of that of `to`, `from`, so that
/// no pixel on a shared edge is lost to rounding.
fn edge(from: Corner, to: Corner, x: f32, y: f32) -> f32 {
    let area = |from: Corner, to: Corner| (to.x - from.x) * (y - from.y) - (to.y - from.y) * (x - from.x);
    if (from.y, from.x) <= (to.y, to.x) { area(from, to) } else { -area(to, from) }
}

fn is_top_left(from: Corner, to: Corner) -> bool {
    (from.y == to.y && to.x > from.x) || to.y < from.y
}

/// The corner colours mixed by weight, multiplied with the texture where there is one.
fn shade(corners: [(Corner, f32); 3], texture: Option<&Texture>) -> [f32; 4] {
    let mut colour = [0.0; 4];
    let (mut u, mut v) = (0.0, 0.0);
    for (corner, weight) in corners {
        for (mixed, channel) in colour.iter_mut().zip(corner.colour) {
            *mixed += channel * weight;
        }
        u += corner.u * weight;
        v += corner.v * weight;
    }
    if let Some(texture) = texture {
        for (mixed, channel) in colour.iter_mut().zip(texture.sample(u, v)) {
            *mixed *= channel / 255.0;
        }
    }
    colour
}
