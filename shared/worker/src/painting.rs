//! One picture at a time, painted of meshes that the page hands over.

use raster::{Sheet, Texture, Vertex};

use crate::session::Refused;

/// The longest side of a picture, in pixels.
const LONGEST_SIDE: u32 = 8_192;
/// The longest side of a texture, in texels, and the most corners and indices of one mesh.
const LONGEST_TEXTURE_SIDE: u32 = 8_192;
const MOST_NUMBERS: u32 = 32_000_000;

/// A picture, the textures, and the buffers through which they come. Wishes come in this order: textures as they change
/// (`reserve_texture`, fill, `take_texture`); then `begin`, and for each mesh `reserve`, fill, `paint`.
#[derive(Default)]
pub struct Painting {
    coverage: Vec<u8>,
    texture_size: [usize; 2],
    textures: Vec<Option<Texture>>,
    vertices: Vec<Vertex>,
    indices: Vec<u32>,
    sheet: Option<Sheet>,
}

impl Painting {
    /// Room for a texture that says how much is covered, a byte per texel.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn reserve_texture(&mut self, width: u32, height: u32) -> Result<(), Refused> {
        if width > LONGEST_TEXTURE_SIDE || height > LONGEST_TEXTURE_SIDE {
            return Err(Refused::TooMany);
        }
        self.texture_size = [width as usize, height as usize];
        self.coverage.clear();
        self.coverage.resize(width as usize * height as usize, 0);
        Ok(())
    }

    /// The bytes of the texture.
    pub fn coverage_mut(&mut self) -> &mut [u8] {
        &mut self.coverage
    }

    /// Keeps what was filled in under a number.
    ///
    /// # Errors
    /// `UnknownKind` for a number above 7.
    pub fn take_texture(&mut self, number: u32) -> Result<(), Refused> {
        if number > 7 {
            return Err(Refused::UnknownKind);
        }
        let number = number as usize;
        self.textures.resize_with(self.textures.len().max(number + 1), || None);
        let coverage = std::mem::take(&mut self.coverage);
        if let Some(slot) = self.textures.get_mut(number) {
            *slot = Some(Texture::of_coverage(self.texture_size, &coverage));
        }
        Ok(())
    }

    /// Begins a picture of one colour, whose corner lies at the point `origin`; a point is `scale` pixels long.
    ///
    /// # Errors
    /// `TooMany`; `BadNumber` for a scale or a place that is none.
    pub fn begin(&mut self, size: [u32; 2], colour: u32, scale: f32, origin: [f32; 2]) -> Result<(), Refused> {
        if size.iter().any(|side| *side > LONGEST_SIDE) {
            return Err(Refused::TooMany);
        }
        if !(scale.is_normal() && scale > 0.0) || origin.iter().any(|at| !at.is_finite()) {
            return Err(Refused::BadNumber);
        }
        let [red, green, blue, _] = colour.to_le_bytes();
        self.sheet = None;
        self.sheet = Some(Sheet::new(size.map(|side| side as usize), [red, green, blue], scale, origin));
        Ok(())
    }

    /// Room for a mesh.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn reserve(&mut self, vertices: u32, indices: u32) -> Result<(), Refused> {
        if vertices > MOST_NUMBERS || indices > MOST_NUMBERS {
            return Err(Refused::TooMany);
        }
        self.vertices.clear();
        self.vertices.resize(vertices as usize, Vertex::default());
        self.indices.clear();
        self.indices.resize(indices as usize, 0);
        Ok(())
    }

    /// Twenty bytes per corner: see `raster::Vertex`.
    pub fn vertices_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(&mut self.vertices)
    }

    pub fn indices_mut(&mut self) -> &mut [u32] {
        &mut self.indices
    }

    /// Paints the mesh with a texture.
    ///
    /// # Errors
    /// `NotStarted` where no picture was begun; `UnknownKind` where there is no such texture.
    pub fn paint(&mut self, texture: u32) -> Result<(), Refused> {
        let sheet = self.sheet.as_mut().ok_or(Refused::NotStarted)?;
        let texture = self.textures.get(texture as usize).and_then(Option::as_ref).ok_or(Refused::UnknownKind)?;
        let whole = sheet.whole();
        sheet.paint(&self.vertices, &self.indices, texture, &whole);
        Ok(())
    }

    /// The picture so far: four bytes per pixel.
    pub fn pixels(&self) -> &[u8] {
        self.sheet.as_ref().map_or(&[], |sheet| bytemuck::cast_slice(&sheet.pixels))
    }
}
