//! Small smooth shapes drawn once into a texture, so that a disc or a line costs two triangles and everything shares one draw call.

use egui::{Color32, ColorImage, Context, Pos2, Rect, TextureHandle, TextureId, TextureOptions, pos2, vec2};

use std::sync::Arc;

use raster::Texture;

use crate::picture;

const SHEET: [usize; 2] = [512, 512];
const DISC_RADII_PX: [f32; 22] = [
    1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 22.0, 24.0, 28.0, 32.0, 36.0, 42.0,
    50.0, 58.0,
];
const LINE_WIDTHS_PX: [f32; 16] = [0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 1.8, 2.2, 2.6, 3.0, 3.6, 4.4, 5.2, 6.4, 8.0, 12.0];
const ARROW_LENGTHS_PX: [f32; 7] = [6.0, 8.0, 10.0, 13.0, 17.0, 24.0, 32.0];
/// An arrowhead is this much wider than long.
pub(super) const ARROW_WIDTH: f32 = 0.84;

/// One shape: its size in pixels as drawn, and where it is, with `reach` pixels from its middle to the quad's edge.
#[derive(Clone, Copy)]
pub(super) struct Stamp {
    pub(super) size_px: f32,
    pub(super) reach_px: f32,
    pub(super) uv: Rect,
}

/// All shapes, drawn for one number of pixels per point.
pub(super) struct Stamps {
    texture: TextureHandle,
    /// The same where the processor paints.
    sheet: Arc<Texture>,
    pub(super) pixels_per_point: f32,
    pub(super) white: Pos2,
    discs: Vec<Stamp>,
    lines: Vec<Stamp>,
    arrows: Vec<Stamp>,
}

impl Stamps {
    /// The stamps in `kept`, made if there are none yet or the screen has changed.
    pub(super) fn for_screen<'a>(kept: &'a mut Option<Self>, ctx: &Context) -> &'a Self {
        let pixels_per_point = ctx.pixels_per_point();
        if kept.as_ref().is_some_and(|stamps| stamps.pixels_per_point != pixels_per_point) {
            *kept = None;
        }
        kept.get_or_insert_with(|| Self::new(ctx, pixels_per_point))
    }

    fn new(ctx: &Context, pixels_per_point: f32) -> Self {
        let mut sheet = Sheet::new();
        let white = sheet.add([4, 4], |_, _| 1.0).center();
        let discs = DISC_RADII_PX.map(|radius| sheet.disc(radius)).to_vec();
        let lines = LINE_WIDTHS_PX.map(|width| sheet.line(width)).to_vec();
        let arrows = ARROW_LENGTHS_PX.map(|length| sheet.arrow(length)).to_vec();
        let painted = Arc::new(picture::texture(&sheet.image, true));
        let texture = ctx.load_texture("graph stamps", sheet.image, TextureOptions::LINEAR);
        Self { texture, sheet: painted, pixels_per_point, white, discs, lines, arrows }
    }

    pub(super) fn texture(&self) -> TextureId {
        self.texture.id()
    }

    pub(super) fn sheet(&self) -> Arc<Texture> {
        self.sheet.clone()
    }

    /// `radius` in points.
    pub(super) fn disc(&self, radius: f32) -> Option<Stamp> {
        nearest(&self.discs, radius * self.pixels_per_point)
    }

    /// `width` in points.
    pub(super) fn line(&self, width: f32) -> Option<Stamp> {
        nearest(&self.lines, width * self.pixels_per_point)
    }

    /// `length` in points.
    pub(super) fn arrow(&self, length: f32) -> Option<Stamp> {
        nearest(&self.arrows, length * self.pixels_per_point)
    }
}

/// The smallest stamp that need not grow by more than a tenth.
fn nearest(stamps: &[Stamp], size_px: f32) -> Option<Stamp> {
    stamps.iter().find(|stamp| stamp.size_px * 1.1 >= size_px).or(stamps.last()).copied()
}

/// The texture while shapes are put onto it, row by row.
struct Sheet {
    image: ColorImage,
    next: [usize; 2],
    row_height: usize,
}

impl Sheet {
    fn new() -> Self {
        Self { image: ColorImage::filled(SHEET, Color32::TRANSPARENT), next: [1, 1], row_height: 0 }
    }

    fn disc(&mut self, radius: f32) -> Stamp {
        let side = (2.0 * radius).ceil() + 4.0;
        let middle = side / 2.0;
        let uv = self.add([side as usize; 2], |x, y| (radius + 0.5 - (x - middle).hypot(y - middle)).clamp(0.0, 1.0));
        Stamp { size_px: radius, reach_px: middle, uv }
    }

    fn line(&mut self, width: f32) -> Stamp {
        let height = width.ceil() + 3.0;
        let middle = height / 2.0;
        let across = |_, y: f32| (width / 2.0 + 0.5 - (y - middle).abs()).clamp(0.0, width.min(1.0));
        let uv = self.add([4, height as usize], across);
        // Only the middle columns, so that the smoothing of the ends does not show.
        let uv = Rect::from_min_max(pos2(uv.center().x, uv.min.y), pos2(uv.center().x, uv.max.y));
        Stamp { size_px: width, reach_px: middle, uv }
    }

    /// Points to the right; its tip and base touch the stamp's inner square of `length`.
    fn arrow(&mut self, length: f32) -> Stamp {
        let side = length.ceil() + 4.0;
        let (middle, half) = (side / 2.0, length / 2.0);
        let inside = |x: f32, y: f32| {
            let along = x - middle + half;
            let notch = 0.18 * length * (1.0 - (y - middle).abs() / (half * ARROW_WIDTH));
            along >= notch && along <= length && (y - middle).abs() <= (length - along) / 2.0 * ARROW_WIDTH
        };
        let uv = self.add([side as usize; 2], |x, y| {
            let hits = (0..16).filter(|i| inside(x - 0.375 + 0.25 * (i % 4) as f32, y - 0.375 + 0.25 * (i / 4) as f32));
            hits.count() as f32 / 16.0
        });
        Stamp { size_px: length, reach_px: middle, uv }
    }

    /// Puts a shape of `size` pixels down; `coverage` is asked for the middle of every pixel.
    fn add(&mut self, size: [usize; 2], coverage: impl Fn(f32, f32) -> f32) -> Rect {
        let [width, height] = size;
        if self.next[0] + width + 1 > SHEET[0] {
            self.next = [1, self.next[1] + self.row_height + 1];
            self.row_height = 0;
        }
        let [left, top] = self.next;
        for y in 0..height {
            for x in 0..width {
                let alpha = coverage(x as f32 + 0.5, y as f32 + 0.5);
                if let Some(pixel) = self.image.pixels.get_mut((top + y) * SHEET[0] + left + x) {
                    *pixel = Color32::from_white_alpha((alpha * 255.0 + 0.5) as u8);
                }
            }
        }
        self.next[0] += width + 1;
        self.row_height = self.row_height.max(height);
        let whole = vec2(SHEET[0] as f32, SHEET[1] as f32);
        Rect::from_min_size(
            (vec2(left as f32, top as f32) / whole).to_pos2(),
            vec2(width as f32, height as f32) / whole,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_stamps_fit_onto_the_sheet() {
        let stamps = Stamps::new(&Context::default(), 1.0);
        let lowest = stamps.discs.iter().chain(&stamps.lines).chain(&stamps.arrows).map(|stamp| stamp.uv.max.y);
        assert!(lowest.fold(0.0, f32::max) < 1.0);
    }
}
