//! Paints textured triangles into pixels on the processor: one thread, premultiplied colours, blended in gamma space as egui
//! does. For pictures of the screen, and for screens that no graphics card draws. Knows neither egui nor the graph.
//!
//! - `sheet` holds the pixels and takes meshes apart into triangles and quads;
//! - `span` finds the pixels of a row that a polygon covers;
//! - `shade` colours them, by the cheapest way that gives the same picture;
//! - `texture` is what is sampled.
//!
//! A pixel is covered when its centre lies inside; of two polygons that share an edge exactly one covers a pixel on it.
//! Smooth edges are in the meshes (feathered triangles) or in the textures (a disc, a line across).

mod shade;
mod sheet;
mod span;
mod texture;

pub use sheet::{Pixel, Sheet, Window};
pub use texture::Texture;

/// One corner, with the layout in memory of egui's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Vertex {
    /// In points, x to the right, y down.
    pub at: [f32; 2],
    /// From 0 to 1 across the texture.
    pub uv: [f32; 2],
    /// Red, green, blue and alpha; the first three multiplied with the last.
    pub colour: [u8; 4],
}
