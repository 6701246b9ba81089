//! The graph engine's worker: a layout goes out as flat arrays, places come back by themselves.

use graph::Place;
use graph::layout::{Arrangement, Places};
use js_sys::{Array, Float32Array, Float64Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::worker::{Worker, field, object};
use crate::client::Inbox;
use crate::work::layout::{self, Engine};

/// The worker that lays out; none where the page has no way to one.
pub(crate) struct LayoutWorker {
    worker: Option<Worker>,
    inbox: Inbox,
}

impl LayoutWorker {
    pub(crate) fn new(inbox: &Inbox) -> Self {
        let heard = inbox.clone();
        Self { worker: Worker::start(move |message| hear(&heard, message)), inbox: inbox.clone() }
    }
}

impl Engine for LayoutWorker {
    fn start(&mut self, run: u64, arrangement: &Arrangement, places: &Places, links: &[[u32; 2]]) {
        let ends: Vec<u32> = links.iter().flatten().copied().collect();
        let positions: Vec<f32> = places.at.iter().flatten().copied().collect();
        let flags: Vec<u8> = places.fixed.iter().map(|fixed| u8::from(*fixed)).collect();
        let (of, groups, numbers) = told(arrangement);
        let message = object(&[
            ("kind", "start".into()),
            ("id", JsValue::from_f64(run as f64)),
            ("layout", JsValue::from_f64(f64::from(arrangement.kind() as u32))),
            ("of", of),
            ("groups", groups),
            ("numbers", numbers),
            ("links", Uint32Array::from(ends.as_slice()).into()),
            ("positions", Float32Array::from(positions.as_slice()).into()),
            ("flags", Uint8Array::from(flags.as_slice()).into()),
        ]);
        let is_sent = self.worker.as_ref().is_some_and(|worker| worker.send(&message, &Array::new()).is_ok());
        if !is_sent {
            let sentence = "This browser allows no workers. Allow them for this site, then reload the page.".to_owned();
            self.inbox.put(move |model, _| layout::failed(model, sentence));
        }
    }

    fn step(&mut self) -> Option<(Vec<Place>, bool)> {
        None
    }

    fn needs_frames(&self) -> bool {
        false
    }
}

/// The node in the middle, the groups, and two numbers per node, each where the arrangement has some.
fn told(arrangement: &Arrangement) -> (JsValue, JsValue, JsValue) {
    let none = JsValue::UNDEFINED;
    let groups = |groups: &[u32]| Uint32Array::from(groups).into();
    let pairs = |pairs: Vec<f64>| Float64Array::from(pairs.as_slice()).into();
    let firsts = |firsts: &[f64]| pairs(firsts.iter().flat_map(|first| [*first, f64::NAN]).collect());
    match arrangement {
        Arrangement::ForceDirected | Arrangement::Layered => (none.clone(), none.clone(), none),
        Arrangement::Radial { centre } => (centre.map_or(none.clone(), JsValue::from), none.clone(), none),
        Arrangement::Circular { groups: of } => (none.clone(), groups(of), none),
        Arrangement::Rows { rank } => (none.clone(), none, firsts(rank)),
        Arrangement::Timeline { when, groups: of } => (none, groups(of), firsts(when)),
        Arrangement::Geographic { coordinates } => {
            let known = coordinates.iter().flat_map(|at| at.unwrap_or([f64::NAN; 2]));
            (none.clone(), none, pairs(known.collect()))
        }
    }
}

fn hear(inbox: &Inbox, message: &JsValue) {
    let kind = field(message, "kind").and_then(|kind| kind.as_string());
    match kind.as_deref() {
        Some("places") => {
            let number = field(message, "id").and_then(|id| id.as_f64()).unwrap_or(0.0) as u64;
            let done = field(message, "done").is_some_and(|done| done.is_truthy());
            let Some(positions) = field(message, "positions").and_then(|all| all.dyn_into::<Float32Array>().ok())
            else {
                return;
            };
            let places: Vec<Place> = positions.to_vec().chunks_exact(2).filter_map(|at| at.try_into().ok()).collect();
            inbox.put(move |model, _| layout::take(model, number, places, done));
        }
        Some("failed") => {
            let sentence = field(message, "message").and_then(|text| text.as_string()).unwrap_or_default();
            inbox.put(move |model, _| layout::failed(model, sentence));
        }
        _ => {}
    }
}
