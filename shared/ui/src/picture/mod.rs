//! Pictures of what egui drew, made without a graphics card: for the PNG export and for tests that look at screens.

mod camera;
mod meshes;
mod negative;
mod textures;

pub use camera::{Camera, of_ui};
pub use meshes::draw;
pub(crate) use meshes::{image, paint};
pub use negative::{Development, LONGEST_BANDED_SIDE_PX, MOST_BANDED_PX, Negative, fits, pixels};
pub use textures::Textures;
pub(crate) use textures::{fonts, texture};

/// The longest side of a picture in pixels: 8192 x 8192 x 4 bytes is the most memory that one picture may take.
pub const LONGEST_SIDE_PX: usize = 8192;

/// A finished picture: `rgba` holds `width * height` opaque pixels, row by row from the top, four bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub rgba: Vec<u8>,
}

impl Picture {
    /// The picture as the bytes of a PNG file.
    pub fn to_png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut bytes = Vec::new();
        let (width, height) = (side_u32(self.width), side_u32(self.height));
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.rgba)?;
        Ok(bytes)
    }

    /// The colour at a pixel, or none outside the picture.
    pub fn at(&self, x: usize, y: usize) -> Option<[u8; 4]> {
        if x >= self.width {
            return None;
        }
        let start = (y * self.width + x) * 4;
        self.rgba.get(start..start + 4).and_then(|pixel| pixel.try_into().ok())
    }
}

fn side_u32(side: usize) -> u32 {
    u32::try_from(side).unwrap_or(u32::MAX)
}
