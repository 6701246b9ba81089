//! A page with nothing but a graph of made-up objects, for `cargo xtask bench`: the same canvas, painter and worker as in the
//! product, and none of the rest. Only with the cargo feature `crowd`, which nothing that ships has.

use eframe::{App, Frame};
use egui::{CentralPanel, Context, Frame as Panel, Ui};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use super::address;
use crate::canvas::{Canvas, Link, Node, Painting, Scene};
use crate::crowd::crowd;
use crate::look::{self, Appearance, Look};
use crate::mirror;
use crate::screens::paints;
use crate::words::{Language, Words};

/// The page and its graph.
pub(super) struct CrowdPage {
    canvas: Canvas,
    nodes: Vec<Node>,
    places: Vec<graph::Place>,
    links: Vec<Link>,
}

impl CrowdPage {
    /// The page of an address like `/?crowd=5000x10000`, or `/?crowd=5000x10000&card` for the way of a graphics card whether
    /// there is one or not; none of another one.
    pub(super) fn asked_for(ctx: &Context, has_card: bool) -> Option<Self> {
        let address = address::window()?.location().search().ok()?;
        let (numbers, on_card) = match address.strip_suffix("&card") {
            Some(numbers) => (numbers, true),
            None => (address.as_str(), has_card),
        };
        let (count, of) = numbers.strip_prefix("?crowd=")?.split_once('x')?;
        let (nodes, places, links) = crowd(count.parse().ok()?, of.parse().ok()?);
        look::install_fonts(ctx);
        look::apply(ctx, Appearance::default());
        // As in the product, who listens hears the graph as well.
        drop(mirror::attach(ctx));
        let mut canvas = Canvas::with_overview();
        canvas.painting = if on_card { Painting::Card } else { Painting::Processor };
        Some(Self { canvas, nodes, places, links })
    }
}

impl App for CrowdPage {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        let (nodes, places, links) = (&self.nodes, &self.places, &self.links);
        let scene = Scene { nodes, places, links, wiring: 1, look: 1, placing: 1, ..Scene::default() };
        self.canvas.glide_secs = Look::of(ui.ctx()).glide_secs();
        let paint = paints::of_graph(ui, Words::new(Language::English));
        CentralPanel::default().frame(Panel::NONE).show(ui, |ui| drop(self.canvas.ui(ui, scene, &paint)));
        tell(self.canvas.bare(), self.canvas.paintings());
    }
}

/// For whoever measures: the largest share of the pane without a picture, since it was last set to 0, and how many pictures were
/// painted.
fn tell(bare: f32, paintings: u64) {
    let page = js_sys::global();
    let most = Reflect::get(&page, &"clewBare".into()).ok().and_then(|before| before.as_f64()).unwrap_or(0.0);
    drop(Reflect::set(&page, &"clewBare".into(), &JsValue::from_f64(most.max(f64::from(bare)))));
    drop(Reflect::set(&page, &"clewPaintings".into(), &JsValue::from_f64(paintings as f64)));
}
