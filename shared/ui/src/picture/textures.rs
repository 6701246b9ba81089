//! The textures that egui has handed out so far, kept where the rasteriser can read them.

use std::collections::HashMap;

use egui::{Color32, ColorImage, ImageData, TextureFilter, TextureId, TexturesDelta};

/// One texture and whether it is smoothed when drawn larger or smaller than it is.
#[derive(Clone)]
pub(super) struct Texture {
    pub(super) image: ColorImage,
    pub(super) smooth: bool,
}

/// All textures in use, kept up to date by giving every frame's changes to [`Textures::apply`].
#[derive(Clone, Default)]
pub struct Textures {
    by_id: HashMap<TextureId, Texture>,
}

impl Textures {
    /// Takes over one frame's new, changed and freed textures.
    pub fn apply(&mut self, delta: &TexturesDelta) {
        for (id, changes) in &delta.set {
            for change in changes {
                let ImageData::Color(image) = &change.image;
                match change.pos {
                    Some(at) => self.patch(*id, at, image),
                    None => {
                        let smooth = change.options.magnification == TextureFilter::Linear;
                        self.by_id.insert(*id, Texture { image: image.as_ref().clone(), smooth });
                    }
                }
            }
        }
        for id in &delta.free {
            self.by_id.remove(id);
        }
    }

    pub(super) fn get(&self, id: TextureId) -> Option<&Texture> {
        self.by_id.get(&id)
    }

    /// Makes the font texture equal to the one of `ctx`, for a picture whose frames were not all seen.
    pub fn take_fonts(&mut self, ctx: &egui::Context) {
        let image = ctx.fonts(|fonts| fonts.image());
        self.by_id.insert(TextureId::default(), Texture { image, smooth: true });
    }

    fn patch(&mut self, id: TextureId, [x, y]: [usize; 2], patch: &ColorImage) {
        let Some(texture) = self.by_id.get_mut(&id) else { return };
        let width = texture.image.size[0];
        let patch_width = patch.size[0];
        for (row, source) in patch.pixels.chunks_exact(patch_width.max(1)).enumerate() {
            let start = (y + row) * width + x;
            if let Some(target) = texture.image.pixels.get_mut(start..start + patch_width) {
                target.copy_from_slice(source);
            }
        }
    }
}

impl Texture {
    /// The colour at texture coordinates from 0 to 1, premultiplied, each channel from 0 to 255.
    pub(super) fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let [width, height] = self.image.size;
        let (x, y) = (u * width as f32, v * height as f32);
        if !self.smooth {
            return self.texel(x.floor(), y.floor());
        }
        let (left, top) = ((x - 0.5).floor(), (y - 0.5).floor());
        let (fx, fy) = (x - 0.5 - left, y - 0.5 - top);
        let upper = mix(self.texel(left, top), self.texel(left + 1.0, top), fx);
        let lower = mix(self.texel(left, top + 1.0), self.texel(left + 1.0, top + 1.0), fx);
        mix(upper, lower, fy)
    }

    fn texel(&self, x: f32, y: f32) -> [f32; 4] {
        let [width, height] = self.image.size;
        // `as usize` saturates, so what lies outside is clamped to the edge.
        let (x, y) = ((x.max(0.0) as usize).min(width - 1), (y.max(0.0) as usize).min(height - 1));
        let colour = self.image.pixels.get(y * width + x).copied().unwrap_or(Color32::TRANSPARENT);
        colour.to_array().map(f32::from)
    }
}

fn mix(a: [f32; 4], b: [f32; 4], t: f32) -> [f32; 4] {
    std::array::from_fn(|i| {
        let (a, b) = (a.get(i).copied().unwrap_or(0.0), b.get(i).copied().unwrap_or(0.0));
        a + (b - a) * t
    })
}
