//! Pictures of the frame and of every widget, in every theme: `cargo run -p ui --example gallery -- <folder>`.
#![expect(clippy::indexing_slicing, reason = "a tool for the eye; a wrong index ends it and harms nobody")]

mod sheet;
mod workspace;

use std::{error::Error, fs, path::Path};
use ui::look::{self, Appearance, Theme};
use ui::picture::{Picture, Textures, draw as paint};

type Scene = (&'static str, f32, f32, fn(&mut egui::Ui, &mut State));

/// What the scenes change between frames.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) search: String,
    pub(crate) chosen: usize,
    pub(crate) share: f32,
    pub(crate) text: String,
    pub(crate) secret: String,
    pub(crate) on: bool,
    pub(crate) frames: u32,
}

const SCENES: [Scene; 2] = [("workspace", 1920.0, 1080.0, workspace::show), ("widgets", 1280.0, 900.0, sheet::show)];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder for the pictures")?;
    for (theme_name, theme) in [("dark", Theme::Dark), ("light", Theme::Light), ("contrast", Theme::HighContrast)] {
        for (name, width, height, show) in SCENES {
            let picture = draw(theme, width, height, show);
            fs::write(Path::new(&folder).join(format!("{name}-{theme_name}.png")), picture.to_png()?)?;
        }
    }
    Ok(())
}

fn draw(theme: Theme, width: f32, height: f32, show: fn(&mut egui::Ui, &mut State)) -> Picture {
    let ctx = egui::Context::default();
    look::install_fonts(&ctx);
    look::apply(&ctx, Appearance { theme, reduced_motion: true, without_card: false });
    let mut state = State { share: 0.68, search: "ferry road 12".to_owned(), ..State::default() };
    let mut textures = Textures::default();
    let mut primitives = Vec::new();
    let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(width, height));
    for frame in 0..6 {
        state.frames = frame;
        let input =
            egui::RawInput { screen_rect: Some(screen), time: Some(f64::from(frame) * 0.5), ..Default::default() };
        let mut output = ctx.run_ui(input, |ui| show(ui, &mut state));
        textures.apply(&output.textures_delta);
        output.textures_delta.clear();
        primitives = ctx.tessellate(output.shapes, output.pixels_per_point);
    }
    paint(&primitives, &textures, [width as usize, height as usize], 1.0, egui::Color32::BLACK)
}
