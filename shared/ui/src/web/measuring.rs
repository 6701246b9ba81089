//! The graph engine's worker for measures: a graph goes out as flat arrays, numbers come back.

use graph::measures::Results;
use js_sys::{Array, Float32Array, Float64Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::worker::{Worker, field, object};
use crate::client::Inbox;
use crate::work::measuring::{self, Engine, Question};

/// The worker that measures; none where the page has no way to one.
pub(crate) struct MeasureWorker(Option<Worker>);

impl MeasureWorker {
    pub(crate) fn new(inbox: &Inbox) -> Self {
        let inbox = inbox.clone();
        Self(Worker::start(move |message| hear(&inbox, message)))
    }
}

impl Engine for MeasureWorker {
    fn start(&mut self, run: u64, question: Question) -> Option<Result<Results, String>> {
        let Some(worker) = &self.0 else {
            return Some(Err("This browser allows no workers. Allow them for this site, then reload the page.".into()));
        };
        let Question { kernel, options, nodes, links, weights } = question;
        let ends: Vec<u32> = links.iter().flatten().copied().collect();
        let how = u32::from(options.has_directions) + 2 * u32::from(options.by_weight);
        let message = object(&[
            ("kind", "measure".into()),
            ("id", JsValue::from_f64(run as f64)),
            ("measure", JsValue::from_f64(f64::from(kernel as u32))),
            ("how", JsValue::from_f64(f64::from(how))),
            ("a", JsValue::from_f64(options.a)),
            ("b", JsValue::from_f64(options.b)),
            ("nodes", JsValue::from_f64(nodes as f64)),
            ("links", Uint32Array::from(ends.as_slice()).into()),
            ("weights", Float32Array::from(weights.as_slice()).into()),
        ]);
        let sent = worker.send(&message, &Array::new());
        sent.is_err().then(|| Err("The browser did not take the graph. Reload the page.".into()))
    }
}

fn hear(inbox: &Inbox, message: &JsValue) {
    let number = |name: &str| field(message, name).and_then(|number| number.as_f64()).unwrap_or(0.0);
    let run = number("id") as u64;
    match field(message, "kind").and_then(|kind| kind.as_string()).as_deref() {
        Some("progress") => {
            let share = (number("done") / number("all").max(1.0)) as f32;
            inbox.put(move |model, _| measuring::progress(model, run, share));
        }
        Some("measured") => {
            let results = results(message);
            inbox.put(move |model, outbox| measuring::came(model, outbox, run, Ok(results)));
        }
        Some("failed") => {
            // Without a number the worker itself could not begin.
            let of_all = field(message, "id").is_none_or(|id| id.is_null());
            let sentence = field(message, "message").and_then(|text| text.as_string()).unwrap_or_default();
            inbox.put(move |model, outbox| {
                let run = if of_all { model.work.measures.number() } else { run };
                measuring::came(model, outbox, run, Err(sentence));
            });
        }
        _ => {}
    }
}

fn results(message: &JsValue) -> Results {
    let array = |name: &str| field(message, name).unwrap_or(JsValue::UNDEFINED);
    let columns = array("columns").dyn_into::<Float64Array>().map(|all| all.to_vec()).unwrap_or_default();
    let list = array("list").dyn_into::<Uint32Array>().map(|all| all.to_vec()).unwrap_or_default();
    let told = array("told").dyn_into::<Array>().map(|told| [0, 1].map(|at| told.get(at).as_f64().unwrap_or(0.0)));
    Results { columns, list, told: told.unwrap_or_default() }
}
