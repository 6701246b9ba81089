//! The native window: the screens of `shared/ui`, drawn by eframe, without a webview.

mod client;

use std::rc::Rc;
use std::sync::Arc;

use eframe::{App as Window, CreationContext, Frame, NativeOptions};
use egui::{Ui, ViewportBuilder};
use tokio::runtime::Handle;
use ui::app::App;
use ui::client::{Inbox, Outbox};
use ui::look;

use crate::program::Program;
use crate::trouble::{Trouble, unreachable};
use client::{NativeClient, Shared};

/// Opens the window, and comes back when it was closed.
///
/// # Errors
/// [`Trouble`] where no window can be opened.
pub fn run(program: Arc<Program>, runtime: Handle) -> Result<(), Trouble> {
    let viewport = ViewportBuilder::default()
        .with_title("Clew")
        .with_app_id("org.clew.desktop")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([640.0, 400.0]);
    let options = NativeOptions { viewport, dithering: false, multisampling: 0, depth_buffer: 0, ..NativeOptions::default() };
    let make = move |made: &CreationContext<'_>| {
        Ok(Box::new(NativeWindow::new(made, program, runtime)) as Box<dyn Window>)
    };
    eframe::run_native("Clew", options, Box::new(make)).map_err(|error| {
        let remedy = "Look whether a screen is there (on Linux, DISPLAY or WAYLAND_DISPLAY), or open the server in a browser.";
        unreachable(format!("No window can be opened: {error}."), remedy)
    })
}

struct NativeWindow {
    app: App,
    shared: Rc<Shared>,
}

impl NativeWindow {
    fn new(made: &CreationContext<'_>, program: Arc<Program>, runtime: Handle) -> Self {
        look::install_fonts(&made.egui_ctx);
        let client = NativeClient::new(program, runtime, made.egui_ctx.clone());
        let shared = client.shared();
        let mut app = App::new(&made.egui_ctx, Outbox::new(Rc::new(client), Inbox::default()), "/");
        if draws_in_software(made) {
            app.has_no_card();
        }
        Self { app, shared }
    }
}

/// Whether the processor draws what looks like a graphics card.
fn draws_in_software(made: &CreationContext<'_>) -> bool {
    use eframe::glow::HasContext as _;
    let Some(gl) = &made.gl else { return true };
    #[expect(unsafe_code, reason = "reading a name from the context that eframe has just made")]
    // SAFETY: the context is current while the window is created, and asking for a string changes nothing.
    let name = unsafe { gl.get_parameter_string(eframe::glow::RENDERER) }.to_lowercase();
    tracing::info!(renderer = name, "drawing");
    ["llvmpipe", "softpipe", "swiftshader", "software", "basic render"].iter().any(|known| name.contains(known))
}

impl Window for NativeWindow {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.shared.deliver();
        self.app.ui(ui);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
