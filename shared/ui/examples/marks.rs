//! Makes the pictures of the mark that systems ask for: `cargo run -p ui --example marks -- icons`.
//!
//! Run it after `icons/clew.svg` was changed; the pictures lie in the repository, so that building the page draws nothing.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use ui::frame::paint_mark;
use ui::look::{self, Appearance, Look, Theme};
use ui::picture;

/// File, side in pixels, and the part of the side that the mark takes. Systems may cut a maskable one to the inner 80 %.
const PICTURES: [(&str, f32, f32); 4] = [
    ("clew-180.png", 180.0, 0.72),
    ("clew-192.png", 192.0, 0.76),
    ("clew-512.png", 512.0, 0.76),
    ("clew-512-maskable.png", 512.0, 0.56),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name the folder for the pictures")?);
    let ctx = egui::Context::default();
    look::install_fonts(&ctx);
    look::apply(&ctx, Appearance { theme: Theme::Dark, reduced_motion: true, without_card: false });
    // Fonts and style are there from the first frame on.
    ctx.run_ui(egui::RawInput::default(), |_| {}).textures_delta.clear();
    let colours = Look::of(&ctx).colours;
    for (file, side, part) in PICTURES {
        let drawn = picture::of_ui(&ctx, egui::Vec2::splat(side), 1.0, colours.background, |ui| {
            let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::Vec2::splat(side));
            let square = egui::Rect::from_center_size(whole.center(), whole.size() * part);
            paint_mark(&ui.painter().with_clip_rect(whole), square, colours.accent);
        });
        fs::write(folder.join(file), drawn.to_png()?)?;
    }
    Ok(())
}
