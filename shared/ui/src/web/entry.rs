//! Where the page hands over: the application on its canvas.

use std::cell::RefCell;
use std::rc::Rc;

use eframe::{App as Window, Frame, WebOptions, WebRunner};
use egui::{Context, Ui};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::address;
use super::client::BrowserClient;
use crate::app::App;
use crate::card::Cards;
use crate::client::{Inbox, Outbox};
use crate::look;
use crate::mirror;

/// Starts the application; the page has made the canvas's WebGL context already.
///
/// # Errors
/// What the browser says when it cannot be drawn on.
#[wasm_bindgen]
pub async fn start(canvas: HtmlCanvasElement) -> Result<(), JsValue> {
    if address::is_return_from_signing_in() {
        return Ok(());
    }
    let make = move |made: &eframe::CreationContext<'_>| -> Result<Box<dyn Window>, _> {
        let cards = Cards::default();
        let has_card = made.gl.as_ref().is_some_and(|gl| cards.hand_in(&made.egui_ctx, gl)) && !draws_in_software();
        #[cfg(feature = "crowd")]
        if let Some(page) = super::crowd::CrowdPage::asked_for(&made.egui_ctx, has_card) {
            return Ok(Box::new(page) as Box<dyn Window>);
        }
        Ok(Box::new(Page::new(&made.egui_ctx, cards, has_card)) as Box<dyn Window>)
    };
    // Noise against bands in gradients, of which there are next to none, costs a third of a frame drawn in software.
    let options = WebOptions { dithering: false, ..WebOptions::default() };
    WebRunner::new().start(canvas, options, Box::new(make)).await
}

/// The application in its window.
struct Page {
    app: App,
    /// Addresses that the browser went to by itself: back and forward.
    visited: Rc<RefCell<Vec<String>>>,
    cards: Cards,
}

impl Page {
    fn new(ctx: &Context, cards: Cards, has_card: bool) -> Self {
        look::install_fonts(ctx);
        if let Err(cause) = mirror::attach(ctx) {
            web_sys::console::warn_2(&"clew: the accessibility mirror is not there:".into(), &cause);
        }
        let inbox = Inbox::default();
        let outbox = Outbox::new(Rc::new(BrowserClient), inbox.clone());
        let visited = Rc::new(RefCell::new(Vec::new()));
        address::follow(ctx, &visited);
        address::ask_again_after_signing_in(&inbox);
        let mut app = App::new(ctx, outbox, &address::current());
        if !has_card {
            app.has_no_card();
        }
        Self { app, visited, cards }
    }
}

/// Whether the page found that triangles are drawn by the processor.
fn draws_in_software() -> bool {
    Reflect::get(&js_sys::global(), &"clewDrawsInSoftware".into()).is_ok_and(|said| said.is_truthy())
}

impl Window for Page {
    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        if let Some(gl) = frame.gl() {
            self.cards.tidy(gl);
        }
        for path in self.visited.borrow_mut().drain(..) {
            self.app.address_changed(&path);
        }
        self.app.ui(ui);
    }

    /// What shows where no screen draws: eframe's own is nearly black in both colours.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
