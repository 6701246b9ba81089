//! A worker of the page, as Rust sees it: objects go out, objects come back. `worker.js` describes the messages.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

/// A worker; it ends when this goes.
pub(super) struct Worker {
    worker: JsValue,
    post: Function,
    _heard: Closure<dyn FnMut(JsValue)>,
}

impl Worker {
    /// Starts one that hands every message to `hear`; none where the page has no way to.
    pub(super) fn start(hear: impl FnMut(&JsValue) + 'static) -> Option<Self> {
        Self::start_of(&JsValue::UNDEFINED, hear)
    }

    /// The same with another module than the engine.
    pub(super) fn start_with(module: &str, hear: impl FnMut(&JsValue) + 'static) -> Option<Self> {
        Self::start_of(&module.into(), hear)
    }

    fn start_of(module: &JsValue, mut hear: impl FnMut(&JsValue) + 'static) -> Option<Self> {
        let make: Function = Reflect::get(&js_sys::global(), &"clewWorker".into()).ok()?.dyn_into().ok()?;
        let worker = make.call1(&JsValue::NULL, module).ok()?;
        let post: Function = Reflect::get(&worker, &"postMessage".into()).ok()?.dyn_into().ok()?;
        let heard = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            if let Some(message) = field(&event, "data") {
                hear(&message);
            }
        });
        Reflect::set(&worker, &"onmessage".into(), heard.as_ref()).ok()?;
        Some(Self { worker, post, _heard: heard })
    }

    /// Sends a message; the buffers in `moved` go over without a copy, and are empty here afterwards.
    ///
    /// # Errors
    /// What the browser says.
    pub(super) fn send(&self, message: &Object, moved: &Array) -> Result<(), JsValue> {
        self.post.call2(&self.worker, message, moved).map(drop)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let end = Reflect::get(&self.worker, &"terminate".into()).ok().and_then(|end| end.dyn_into::<Function>().ok());
        // One that cannot be ended goes with the page.
        drop(end.map(|end| end.call0(&self.worker)));
    }
}

/// An object with these fields.
pub(super) fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        // A plain object takes every field.
        drop(Reflect::set(&object, &(*name).into(), value));
    }
    object
}

/// A field of an object, if it has one.
pub(super) fn field(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined())
}
