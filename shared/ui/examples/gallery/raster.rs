//! Draws egui's triangles without a graphics card, for pictures to look at: slow, exact enough, the same everywhere.

use egui::{ClippedPrimitive, Color32, ImageData, Pos2, Rect, TextureId, TexturesDelta, epaint::Primitive};
use std::collections::HashMap;

/// A texture as rows of premultiplied colours.
struct Texture {
    width: usize,
    height: usize,
    pixels: Vec<Color32>,
}

/// A picture that grows frame by frame with its textures.
pub(crate) struct Raster {
    width: usize,
    height: usize,
    pixels: Vec<Color32>,
    textures: HashMap<TextureId, Texture>,
}

impl Raster {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![Color32::BLACK; width * height], textures: HashMap::new() }
    }

    /// Takes over new textures (mostly letters).
    pub(crate) fn update(&mut self, delta: &mut TexturesDelta) {
        for (id, change) in delta.set.drain().flat_map(|(id, changes)| changes.into_iter().map(move |c| (id, c))) {
            let ImageData::Color(image) = &change.image;
            let (at_x, at_y) = change.pos.map_or((0, 0), |pos| (pos[0], pos[1]));
            let texture = self.textures.entry(id).or_insert(Texture { width: 0, height: 0, pixels: Vec::new() });
            if change.pos.is_none() {
                let [width, height] = image.size;
                *texture = Texture { width, height, pixels: vec![Color32::TRANSPARENT; width * height] };
            }
            for (row, pixels) in image.pixels.chunks(image.size[0].max(1)).enumerate() {
                let start = (at_y + row) * texture.width + at_x;
                if let Some(place) = texture.pixels.get_mut(start..start + pixels.len()) {
                    place.copy_from_slice(pixels);
                }
            }
        }
        delta.clear();
    }

    /// Draws the triangles, one point being one pixel.
    pub(crate) fn draw(&mut self, primitives: &[ClippedPrimitive]) {
        for clipped in primitives {
            let Primitive::Mesh(mesh) = &clipped.primitive else { continue };
            for triangle in mesh.indices.chunks_exact(3) {
                let corner = |number: usize| {
                    let vertex = mesh.vertices[triangle[number] as usize];
                    Corner { pos: vertex.pos, uv: vertex.uv, colour: vertex.color.to_array().map(f32::from) }
                };
                self.triangle([corner(0), corner(1), corner(2)], clipped.clip_rect, mesh.texture_id);
            }
        }
    }

    /// Three bytes a pixel.
    pub(crate) fn rgb(&self) -> Vec<u8> {
        self.pixels.iter().flat_map(|colour| [colour.r(), colour.g(), colour.b()]).collect()
    }

    fn triangle(&mut self, [a, b, c]: [Corner; 3], clip: Rect, texture: TextureId) {
        let area = cross(a.pos, b.pos, c.pos);
        if area == 0.0 {
            return;
        }
        let bounds = Rect::from_points(&[a.pos, b.pos, c.pos]).intersect(clip);
        let steps =
            |low: f32, high: f32, limit: usize| low.floor().max(0.0) as usize..(high.ceil() as usize).min(limit);
        for y in steps(bounds.top(), bounds.bottom(), self.height) {
            for x in steps(bounds.left(), bounds.right(), self.width) {
                let at = Pos2::new(x as f32 + 0.5, y as f32 + 0.5);
                let parts =
                    [cross(b.pos, c.pos, at) / area, cross(c.pos, a.pos, at) / area, cross(a.pos, b.pos, at) / area];
                if clip.contains(at) && parts.iter().all(|part| *part >= 0.0) {
                    self.blend(x, y, [&a, &b, &c], parts, texture);
                }
            }
        }
    }

    fn blend(&mut self, x: usize, y: usize, corners: [&Corner; 3], parts: [f32; 3], texture: TextureId) {
        let sum =
            |value: &dyn Fn(&Corner) -> f32| corners.iter().zip(parts).map(|(c, part)| value(c) * part).sum::<f32>();
        let texel = self.textures.get(&texture).map_or([255.0; 4], |t| t.sample(sum(&|c| c.uv.x), sum(&|c| c.uv.y)));
        let source: [f32; 4] = std::array::from_fn(|part| sum(&|c| c.colour[part]) * texel[part] / 255.0);
        let under = self.pixels[y * self.width + x].to_array().map(f32::from);
        let out = std::array::from_fn(|part| (source[part] + under[part] * (1.0 - source[3] / 255.0)).round() as u8);
        let [r, g, b, a] = out;
        self.pixels[y * self.width + x] = Color32::from_rgba_premultiplied(r, g, b, a);
    }
}

struct Corner {
    pos: Pos2,
    uv: Pos2,
    colour: [f32; 4],
}

/// Twice the area of the triangle, with its sense of rotation.
fn cross(a: Pos2, b: Pos2, c: Pos2) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

impl Texture {
    /// Between the four nearest texels.
    fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let texel = |share: f32, size: usize| (share * size as f32 - 0.5).clamp(0.0, size as f32 - 1.0);
        let (x, y) = (texel(u, self.width), texel(v, self.height));
        let (across, down) = (x - x.floor(), y - y.floor());
        let at = |dx: usize, dy: usize| {
            let column = (x as usize + dx).min(self.width - 1);
            let row = (y as usize + dy).min(self.height - 1);
            self.pixels[row * self.width + column].to_array().map(f32::from)
        };
        let (a, b, c, d) = (at(0, 0), at(1, 0), at(0, 1), at(1, 1));
        std::array::from_fn(|part| {
            let top = a[part] * (1.0 - across) + b[part] * across;
            let bottom = c[part] * (1.0 - across) + d[part] * across;
            top * (1.0 - down) + bottom * down
        })
    }
}
