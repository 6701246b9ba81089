//! A worker that reads or writes one file: its module is fetched when somebody wants a file, and ends with the errand.

use std::cell::RefCell;
use std::rc::Rc;

use graph::exchange::Errand;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::files;
use super::worker::{Worker, field, object};
use crate::client::Inbox;
use crate::work::desk::{Done, Hear};

/// The module, by its plain name.
const MODULE: &str = "exchange.wasm";

/// A worker with one errand; it ends when this goes.
pub(crate) struct ExchangeWorker {
    _worker: Worker,
}

impl ExchangeWorker {
    /// Sends it off.
    ///
    /// # Errors
    /// Gives back `hear` where the page has no module, or no way to start it.
    pub(crate) fn start(inbox: &Inbox, errand: Errand, parts: &[Vec<u8>], hear: Hear) -> Result<Self, Hear> {
        let hear = Rc::new(RefCell::new(Some(hear)));
        let back = |hear: &Rc<RefCell<Option<Hear>>>| hear.borrow_mut().take();
        let Some(address) = files::address_of(MODULE) else { return Err(given(back(&hear))) };
        let (inbox, heard) = (inbox.clone(), hear.clone());
        let worker = Worker::start_with(&address, move |message| {
            if let Some(hear) = heard.borrow_mut().take() {
                let done = read(message);
                inbox.put(move |model, outbox| hear(model, outbox, done));
            }
        });
        let Some(worker) = worker else { return Err(given(back(&hear))) };
        let (given_parts, moved) = (Array::new(), Array::new());
        for part in parts {
            let part = Uint8Array::from(part.as_slice());
            moved.push(&part.buffer());
            given_parts.push(&part);
        }
        let message = object(&[
            ("kind", "errand".into()),
            ("id", JsValue::from_f64(0.0)),
            ("errand", JsValue::from_f64(f64::from(errand as u32))),
            ("parts", given_parts.into()),
        ]);
        match worker.send(&message, &moved) {
            Ok(()) => Ok(Self { _worker: worker }),
            Err(_) => Err(given(back(&hear))),
        }
    }
}

/// Nobody has heard of anything yet; where somebody had, there would be nothing left to tell.
fn given(hear: Option<Hear>) -> Hear {
    hear.unwrap_or_else(|| Box::new(|_, _, _| {}))
}

/// The bytes of a message, or why there are none.
fn read(message: &JsValue) -> Done {
    let bytes = field(message, "bytes").and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
    bytes
        .map(|bytes| bytes.to_vec())
        .ok_or_else(|| field(message, "message").and_then(|text| text.as_string()).unwrap_or_default())
}
