//! A worker that paints the graph where no graphics card draws: meshes go out, pixels come back.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use egui::{ColorImage, Context};
use js_sys::{Array, Function, Object, Reflect, Uint8Array, Uint32Array};
use raster::Texture;
use wasm_bindgen::prelude::*;

use crate::canvas::{Easel, Failed, Job};

/// The worker; its messages are described in `worker.js`.
pub(crate) struct PaintWorker {
    worker: JsValue,
    post: Function,
    /// The textures that it has, under their places here.
    sent: Vec<Arc<Texture>>,
    came: Rc<RefCell<Option<Result<ColorImage, Failed>>>>,
    _heard: Closure<dyn FnMut(JsValue)>,
}

impl PaintWorker {
    /// Starts the worker; none where the page has no way to.
    pub(crate) fn new(ctx: &Context) -> Option<Self> {
        let make: Function = Reflect::get(&js_sys::global(), &"clewWorker".into()).ok()?.dyn_into().ok()?;
        let worker = make.call0(&JsValue::NULL).ok()?;
        let post: Function = Reflect::get(&worker, &"postMessage".into()).ok()?.dyn_into().ok()?;
        let came = Rc::new(RefCell::new(None));
        let (ctx, coming) = (ctx.clone(), came.clone());
        let heard = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let Some(message) = field(&event, "data") {
                *coming.borrow_mut() = Some(read(&message).ok_or(Failed));
                ctx.request_repaint();
            }
        });
        Reflect::set(&worker, &"onmessage".into(), heard.as_ref()).ok()?;
        Some(Self { worker, post, sent: Vec::new(), came, _heard: heard })
    }

    /// The number of a texture there; those that it has not yet are put into `new`.
    fn number(&mut self, place: usize, texture: &Arc<Texture>, new: &Array) -> usize {
        if self.sent.get(place).is_some_and(|sent| Arc::ptr_eq(sent, texture)) {
            return place;
        }
        let [width, height] = texture.size();
        let coverage = Uint8Array::from(texture.coverage_bytes().unwrap_or_default());
        let numbers = [("number", place), ("width", width), ("height", height)];
        new.push(&object(
            &numbers.map(|(name, number)| (name, JsValue::from(number as u32))),
            &[("coverage", coverage.into())],
        ));
        self.sent.truncate(place);
        self.sent.push(texture.clone());
        place
    }
}

impl Drop for PaintWorker {
    fn drop(&mut self) {
        let end = Reflect::get(&self.worker, &"terminate".into()).ok().and_then(|end| end.dyn_into::<Function>().ok());
        // One that cannot be ended goes with the page.
        drop(end.map(|end| end.call0(&self.worker)));
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
            let of = [("texture", JsValue::from(number as u32))];
            meshes.push(&object(&of, &[("vertices", vertices.into()), ("indices", indices.into())]));
        }
        let [red, green, blue] = job.background;
        let numbers = [
            ("id", 0.0),
            ("width", job.size[0] as f64),
            ("height", job.size[1] as f64),
            ("colour", f64::from(u32::from_le_bytes([red, green, blue, 0]))),
            ("scale", f64::from(job.scale)),
            ("left", f64::from(job.origin[0])),
            ("top", f64::from(job.origin[1])),
        ];
        let numbers = numbers.map(|(name, number)| (name, JsValue::from_f64(number)));
        let parts = [("kind", "paint".into()), ("textures", textures.into()), ("meshes", meshes.into())];
        if self.post.call2(&self.worker, &object(&numbers, &parts), &moved).is_err() {
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

fn object(numbers: &[(&str, JsValue)], parts: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in numbers.iter().chain(parts) {
        // A plain object takes every field.
        drop(Reflect::set(&object, &(*name).into(), value));
    }
    object
}

fn field(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined())
}
