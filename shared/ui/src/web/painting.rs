//! A worker that paints the graph where no graphics card draws: meshes go out, pixels come back.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use egui::{ColorImage, Context};
use js_sys::{Array, Uint8Array, Uint32Array};
use raster::Texture;
use wasm_bindgen::prelude::*;

use super::worker::{Worker, field, object};
use crate::canvas::{Easel, Failed, Job};

/// The worker that paints.
pub(crate) struct PaintWorker {
    worker: Worker,
    /// The textures that it has, under their places here.
    sent: Vec<Arc<Texture>>,
    came: Rc<RefCell<Option<Result<ColorImage, Failed>>>>,
}

impl PaintWorker {
    /// Starts the worker; none where the page has no way to.
    pub(crate) fn new(ctx: &Context) -> Option<Self> {
        let came = Rc::new(RefCell::new(None));
        let (ctx, coming) = (ctx.clone(), came.clone());
        let worker = Worker::start(move |message| {
            *coming.borrow_mut() = Some(read(message).ok_or(Failed));
            ctx.request_repaint();
        })?;
        Some(Self { worker, sent: Vec::new(), came })
    }

    /// The number of a texture there; those that it has not yet are put into `new`.
    fn number(&mut self, place: usize, texture: &Arc<Texture>, new: &Array) -> usize {
        if self.sent.get(place).is_some_and(|sent| Arc::ptr_eq(sent, texture)) {
            return place;
        }
        let [width, height] = texture.size();
        let coverage = Uint8Array::from(texture.coverage_bytes().unwrap_or_default());
        let number = |number: usize| JsValue::from_f64(number as f64);
        new.push(&object(&[
            ("number", number(place)),
            ("width", number(width)),
            ("height", number(height)),
            ("coverage", coverage.into()),
        ]));
        self.sent.truncate(place);
        self.sent.push(texture.clone());
        place
    }
}

impl Easel for PaintWorker {
    fn begin(&mut self, job: Job) {
        let (textures, meshes, moved) = (Array::new(), Array::new(), Array::new());
        for (place, (texture, mesh)) in job.meshes.iter().enumerate() {
            let number = self.number(place, texture, &textures);
            let vertices = Uint8Array::from(bytemuck::cast_slice(&mesh.vertices));
            let indices = Uint32Array::from(mesh.indices.as_slice());
            moved.push(&vertices.buffer());
            moved.push(&indices.buffer());
            meshes.push(&object(&[
                ("texture", JsValue::from_f64(number as f64)),
                ("vertices", vertices.into()),
                ("indices", indices.into()),
            ]));
        }
        let [red, green, blue] = job.background;
        let number = JsValue::from_f64;
        let message = object(&[
            ("kind", "paint".into()),
            ("id", number(0.0)),
            ("width", number(job.size[0] as f64)),
            ("height", number(job.size[1] as f64)),
            ("colour", number(f64::from(u32::from_le_bytes([red, green, blue, 0])))),
            ("scale", number(f64::from(job.scale))),
            ("left", number(f64::from(job.origin[0]))),
            ("top", number(f64::from(job.origin[1]))),
            ("textures", textures.into()),
            ("meshes", meshes.into()),
        ]);
        if self.worker.send(&message, &moved).is_err() {
            *self.came.borrow_mut() = Some(Err(Failed));
        }
    }

    fn take(&mut self) -> Option<Result<ColorImage, Failed>> {
        self.came.borrow_mut().take()
    }
}

/// The picture of a message; none if it says that there is none.
fn read(message: &JsValue) -> Option<ColorImage> {
    let side = |name| field(message, name).and_then(|side| side.as_f64()).map(|side| side as usize);
    let (width, height) = (side("width")?, side("height")?);
    let pixels: Uint8Array = field(message, "pixels")?.dyn_into().ok()?;
    let mut numbers = vec![0_u32; width * height];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut numbers);
    (pixels.length() as usize == bytes.len()).then(|| pixels.copy_to(bytes))?;
    Some(ColorImage::new([width, height], bytemuck::cast_vec(numbers)))
}
