//! The drawing as a picture that the processor paints once. What follows the pointer is drawn above it in every frame.

use std::sync::Arc;

use egui::{Color32, Context, Rect, TextureHandle, TextureOptions, pos2};
use raster::Texture;

use super::easel::{self, Easel, Failed, Here, Job};
use super::kept::{Content, Of, Recording, Sight, Terms, record};
use super::lively::Lively;
use super::pen::Pen;
use super::view::Detail;
use super::{Frame, View};
use crate::picture;

const TERMS: Terms = Terms {
    margins: [0.12; 2],
    most_bare: 0.06,
    most_stretched: 1.8,
    rest: 0.12,
    most_sharp: 0,
    cost_drawn: 3e-6,
    cost_looked_at: 5e-7,
};

/// The picture, once there is one.
#[derive(Default)]
pub(super) struct Still {
    easel: Option<Box<dyn Easel>>,
    /// The letters as they were painted last, so that they are not handed over again.
    fonts: Option<Arc<Texture>>,
    /// What is being painted.
    coming: Option<Of>,
    kept: Option<(TextureHandle, Of)>,
    sight: Sight,
    /// How often one was begun.
    pub(super) count: u64,
}

impl Still {
    /// Draws the picture, and has it painted anew if that is due. `pen` is empty, and left so. Gives how much the picture shows.
    pub(super) fn draw(&mut self, frame: &Frame<'_>, lively: &Lively, pen: &mut Pen<'_>) -> Detail {
        let (ctx, view) = (frame.painter.ctx(), frame.places.view);
        let content = Content::of(frame, lively);
        self.sight.look(frame);
        self.take(ctx);
        let of = self.kept.as_ref().map(|(_, of)| of);
        if self.coming.is_none() && self.sight.is_due(frame, &content, of, &TERMS) {
            self.begin(frame, record(frame, content, &TERMS, pen));
            self.take(ctx);
        }
        let lies = self.kept.as_ref().map(|(texture, of)| (texture, of.lies(view, frame.rect).of(of.covers)));
        // Where a processor fills areas, every layer of the whole pane is felt.
        if !lies.is_some_and(|(_, lies)| lies.contains_rect(frame.rect)) {
            frame.painter.rect_filled(frame.rect, 0.0, frame.paint.background);
        }
        if let Some((texture, lies)) = lies {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            frame.painter.image(texture.id(), lies, whole, Color32::WHITE);
        }
        self.kept.as_ref().map_or(frame.detail, |(_, of)| of.detail)
    }

    /// The share of the pane that lies outside of the picture.
    pub(super) fn bare(&self, view: View, pane: Rect) -> f32 {
        self.kept.as_ref().map_or(1.0, |(_, of)| of.bare(view, pane))
    }

    /// Hands the shapes to the painter.
    fn begin(&mut self, frame: &Frame<'_>, recording: Recording) {
        let ctx = frame.painter.ctx();
        let Recording { of, size, shapes, texts } = recording;
        let fonts = self.fonts(ctx);
        let meshes = std::iter::once(shapes).chain(texts.into_iter().map(|mesh| (fonts.clone(), mesh))).collect();
        let [red, green, blue, _] = frame.paint.background.to_array();
        let (scale, origin) = (frame.painter.pixels_per_point(), of.covers.min.into());
        let job = Job { size, background: [red, green, blue], scale, origin, meshes };
        self.easel.get_or_insert_with(|| easel::best(ctx)).begin(job);
        self.coming = Some(of);
        self.count += 1;
    }

    /// The letters: the same texture as before while there are no others.
    fn fonts(&mut self, ctx: &Context) -> Arc<Texture> {
        let now = picture::fonts(ctx);
        let same = self
            .fonts
            .take()
            .filter(|before| before.size() == now.size() && before.coverage_bytes() == now.coverage_bytes());
        self.fonts.insert(same.unwrap_or_else(|| Arc::new(now))).clone()
    }

    /// Takes what has been painted. A painter that failed is replaced by one that cannot.
    fn take(&mut self, ctx: &Context) {
        match self.easel.as_mut().and_then(|easel| easel.take()) {
            Some(Ok(image)) => {
                let Some(of) = self.coming.take() else { return };
                let texture = match self.kept.take() {
                    Some((mut texture, _)) => {
                        texture.set(image, TextureOptions::LINEAR);
                        texture
                    }
                    None => ctx.load_texture("graph", image, TextureOptions::LINEAR),
                };
                self.kept = Some((texture, of));
            }
            Some(Err(Failed)) => {
                self.coming = None;
                self.easel = Some(Box::new(Here::default()));
                ctx.request_repaint();
            }
            None => {}
        }
    }
}
