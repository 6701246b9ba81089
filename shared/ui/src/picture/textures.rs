//! The textures that egui has handed out so far, kept where the rasteriser can read them.

use std::collections::HashMap;

use egui::{ColorImage, ImageData, TextureFilter, TextureId, TexturesDelta};
use raster::Texture;

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
                        self.by_id.insert(*id, texture(image, smooth));
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

    fn patch(&mut self, id: TextureId, at: [usize; 2], patch: &ColorImage) {
        if let Some(texture) = self.by_id.get_mut(&id) {
            texture.patch(at, patch.size[0], bytemuck::cast_slice(&patch.pixels));
        }
    }
}

/// The letters and signs that were laid out so far.
pub(crate) fn fonts(ctx: &egui::Context) -> Texture {
    texture(&ctx.fonts(|fonts| fonts.image()), true)
}

/// A picture as the rasteriser reads it.
pub(crate) fn texture(image: &ColorImage, smooth: bool) -> Texture {
    Texture::new(image.size, bytemuck::cast_slice(&image.pixels).to_vec(), smooth)
}
