//! The graph engine's worker for measures and searches: a graph goes out as flat arrays, numbers come back.

use std::cell::Cell;
use std::rc::Rc;

use graph::measures::Results;
use js_sys::{Array, Float32Array, Float64Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::worker::{Worker, field, object};
use crate::client::Inbox;
use crate::work::measuring::{Engine, Hear, News, Question};

/// The worker that measures; none where the page has no way to one.
pub(crate) struct MeasureWorker {
    worker: Option<Worker>,
    /// The run that it was given last.
    run: Rc<Cell<u64>>,
}

impl MeasureWorker {
    pub(crate) fn new(inbox: &Inbox, to: Hear) -> Self {
        let (inbox, run) = (inbox.clone(), Rc::new(Cell::new(0)));
        let last = run.clone();
        Self { worker: Worker::start(move |message| hear(&inbox, to, last.get(), message)), run }
    }
}

impl Engine for MeasureWorker {
    fn start(&mut self, run: u64, question: Question) -> Option<Result<Results, String>> {
        let Some(worker) = &self.worker else {
            return Some(Err("This browser allows no workers. Allow them for this site, then reload the page.".into()));
        };
        self.run.set(run);
        let Question { kernel, options, nodes, links, weights, times, marks } = question;
        let ends: Vec<u32> = links.iter().flatten().copied().collect();
        let how = u32::from(options.has_directions) + 2 * u32::from(options.by_weight);
        let unless = |is_empty: bool, numbers: JsValue| if is_empty { JsValue::UNDEFINED } else { numbers };
        let message = object(&[
            ("kind", "measure".into()),
            ("id", JsValue::from_f64(run as f64)),
            ("measure", JsValue::from_f64(f64::from(kernel as u32))),
            ("how", JsValue::from_f64(f64::from(how))),
            ("a", JsValue::from_f64(options.a)),
            ("b", JsValue::from_f64(options.b)),
            ("c", JsValue::from_f64(options.c)),
            ("nodes", JsValue::from_f64(nodes as f64)),
            ("links", Uint32Array::from(ends.as_slice()).into()),
            ("weights", unless(weights.is_empty(), Float32Array::from(weights.as_slice()).into())),
            ("times", unless(times.is_empty(), Float64Array::from(times.as_slice()).into())),
            ("marks", unless(marks.is_empty(), Uint8Array::from(marks.as_slice()).into())),
        ]);
        let sent = worker.send(&message, &Array::new());
        sent.is_err().then(|| Err("The browser did not take the graph. Reload the page.".into()))
    }
}

fn hear(inbox: &Inbox, to: Hear, last: u64, message: &JsValue) {
    let number = |name: &str| field(message, name).and_then(|number| number.as_f64());
    // Without a number the worker itself could not begin.
    let run = number("id").map_or(last, |id| id as u64);
    let news = match field(message, "kind").and_then(|kind| kind.as_string()).as_deref() {
        Some("progress") => {
            let share = number("done").unwrap_or(0.0) / number("all").unwrap_or(0.0).max(1.0);
            News::Share((share as f32).clamp(0.0, 1.0))
        }
        Some("measured") => News::Done(Ok(results(message))),
        Some("failed") => {
            News::Done(Err(field(message, "message").and_then(|text| text.as_string()).unwrap_or_default()))
        }
        _ => return,
    };
    inbox.put(move |model, outbox| to(model, outbox, run, news));
}

fn results(message: &JsValue) -> Results {
    let array = |name: &str| field(message, name).unwrap_or(JsValue::UNDEFINED);
    let columns = array("columns").dyn_into::<Float64Array>().map(|all| all.to_vec()).unwrap_or_default();
    let list = array("list").dyn_into::<Uint32Array>().map(|all| all.to_vec()).unwrap_or_default();
    let told = array("told").dyn_into::<Array>().map(|told| [0, 1].map(|at| told.get(at).as_f64().unwrap_or(0.0)));
    Results { columns, list, told: told.unwrap_or_default() }
}
