//! Where a picture of the graph is painted: beside the page, by its worker, or here where there is none.

use std::sync::Arc;

use egui::{ColorImage, Context, Mesh};
use raster::{Sheet, Texture};

use crate::picture;

/// A picture that is to be painted.
pub(crate) struct Job {
    /// In pixels.
    pub(crate) size: [usize; 2],
    pub(crate) background: [u8; 3],
    /// Pixels per point.
    pub(crate) scale: f32,
    /// The point at the picture's corner.
    pub(crate) origin: [f32; 2],
    /// One after the other, each with its texture.
    pub(crate) meshes: Vec<(Arc<Texture>, Mesh)>,
}

/// Paints one picture at a time.
pub(crate) trait Easel {
    /// Begins one. Whoever paints elsewhere asks for a frame when it is done.
    fn begin(&mut self, job: Job);

    /// What has been painted since: once, and an error where it failed for good.
    fn take(&mut self) -> Option<Result<ColorImage, Failed>>;
}

/// Nothing will be painted there any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failed;

/// Paints at once.
#[derive(Default)]
pub(crate) struct Here {
    painted: Option<ColorImage>,
}

impl Easel for Here {
    fn begin(&mut self, job: Job) {
        let mut sheet = Sheet::new(job.size, job.background, job.scale, job.origin);
        let whole = sheet.whole();
        for (texture, mesh) in &job.meshes {
            picture::paint(&mut sheet, mesh, texture, &whole);
        }
        self.painted = Some(picture::image(sheet));
    }

    fn take(&mut self) -> Option<Result<ColorImage, Failed>> {
        self.painted.take().map(Ok)
    }
}

/// The best there is.
#[cfg(target_arch = "wasm32")]
pub(crate) fn best(ctx: &Context) -> Box<dyn Easel> {
    match crate::web::PaintWorker::new(ctx) {
        Some(worker) => Box::new(worker),
        None => Box::new(Here::default()),
    }
}

/// The best there is.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn best(_ctx: &Context) -> Box<dyn Easel> {
    Box::new(Here::default())
}
