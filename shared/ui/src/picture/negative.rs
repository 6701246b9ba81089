//! A picture that is painted band by band: a large one takes little memory at once, and no frame waits for all of it.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use egui::epaint::{ClippedPrimitive, Primitive};
use egui::{Color32, Context, Ui, Vec2};
use raster::Sheet;

use super::meshes::paint;
use super::{Textures, camera, side_u32};

/// The longest side of a picture that is painted in bands, in pixels: beyond it programs that show pictures give up.
pub const LONGEST_BANDED_SIDE_PX: usize = 16_384;
/// The most pixels of one, some 540 MB where a program unpacks it.
pub const MOST_BANDED_PX: usize = 134_217_728;
/// So many pixels are painted at once: 8 MB.
const BAND_PX: usize = 2_000_000;

/// What is to be painted: everything is laid out, and nothing has a colour yet.
pub struct Negative {
    primitives: Vec<ClippedPrimitive>,
    textures: Textures,
    size_px: [usize; 2],
    pixels_per_point: f32,
    background: Color32,
}

impl Negative {
    /// Of whatever `content` draws, with the fonts, theme and style of `ctx`, beside what is on the screen. None where it
    /// would be larger than a picture may be.
    pub fn of_ui(
        ctx: &Context,
        size: Vec2,
        pixels_per_point: f32,
        background: Color32,
        content: impl FnMut(&mut Ui),
    ) -> Option<Self> {
        let size_px = pixels(size, pixels_per_point);
        if !fits(size_px) {
            return None;
        }
        let (primitives, textures) = camera::laid_out(ctx, size, pixels_per_point, content);
        Some(Self { primitives, textures, size_px, pixels_per_point, background })
    }

    /// Paints some rows: four bytes for each pixel, row by row from the top.
    fn rows(&self, from: usize, count: usize) -> Sheet {
        let [width, _] = self.size_px;
        let [red, green, blue, _] = self.background.to_array();
        let origin = [0.0, from as f32 / self.pixels_per_point];
        let mut sheet = Sheet::new([width, count], [red, green, blue], self.pixels_per_point, origin);
        for primitive in &self.primitives {
            if let Primitive::Mesh(mesh) = &primitive.primitive
                && let Some(texture) = self.textures.get(mesh.texture_id)
            {
                let window = sheet.window(primitive.clip_rect.min.into(), primitive.clip_rect.max.into());
                paint(&mut sheet, mesh, texture, &window);
            }
        }
        sheet
    }
}

/// The size in pixels of a picture of so many points.
pub fn pixels(size: Vec2, pixels_per_point: f32) -> [usize; 2] {
    let pixels = (size * pixels_per_point).ceil();
    [pixels.x as usize, pixels.y as usize]
}

/// Whether a picture may be as large as this.
pub fn fits([width, height]: [usize; 2]) -> bool {
    let sides = width.min(height) > 0 && width.max(height) <= LONGEST_BANDED_SIDE_PX;
    sides && width.saturating_mul(height) <= MOST_BANDED_PX
}

/// A PNG file that is made of a negative, a band after the other.
pub struct Development {
    negative: Negative,
    /// None once it is closed.
    writer: Option<png::StreamWriter<'static, File>>,
    file: File,
    next_row: usize,
}

impl Development {
    /// Begins the file.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn new(negative: Negative) -> Result<Self, png::EncodingError> {
        let file = File::default();
        let [width, height] = negative.size_px;
        let mut encoder = png::Encoder::new(file.clone(), side_u32(width), side_u32(height));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        let writer = encoder.write_header()?.into_stream_writer()?;
        Ok(Self { negative, writer: Some(writer), file, next_row: 0 })
    }

    /// How many bytes the file has so far.
    pub fn bytes(&self) -> u64 {
        self.file.0.borrow().len() as u64
    }

    /// Paints the next band; the whole file once there is none left.
    ///
    /// # Errors
    /// What the encoder says.
    pub fn step(&mut self) -> Result<Option<Vec<u8>>, png::EncodingError> {
        let [width, height] = self.negative.size_px;
        let rows = (BAND_PX / width.max(1)).clamp(1, height - self.next_row.min(height));
        let sheet = self.negative.rows(self.next_row, rows);
        let colours: Vec<u8> = sheet.pixels.iter().flat_map(|pixel| rgb(*pixel)).collect();
        if let Some(writer) = &mut self.writer {
            writer.write_all(&colours).map_err(png::EncodingError::IoError)?;
        }
        self.next_row += rows;
        if self.next_row < height {
            return Ok(None);
        }
        self.writer.take().map_or(Ok(()), png::StreamWriter::finish)?;
        Ok(Some(std::mem::take(&mut *self.file.0.borrow_mut())))
    }
}

fn rgb(pixel: raster::Pixel) -> [u8; 3] {
    let [red, green, blue, _] = pixel.to_ne_bytes();
    [red, green, blue]
}

/// The file so far; the encoder writes into one of its clones.
#[derive(Clone, Default)]
struct File(Rc<RefCell<Vec<u8>>>);

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
