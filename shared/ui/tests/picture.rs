//! Pictures taken without a graphics card show what egui drew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod common;

use egui::{Color32, Rect, pos2, vec2};
use egui_kittest::Harness;
use ui::picture::{Camera, of_ui};

use common::shot;

fn draw(ui: &mut egui::Ui) {
    let painter = ui.painter();
    painter.rect_filled(ui.max_rect(), 0.0, Color32::from_rgb(10, 20, 30));
    painter.rect_filled(Rect::from_min_max(pos2(10.0, 10.0), pos2(50.0, 50.0)), 0.0, Color32::from_rgb(200, 0, 0));
    painter.circle_filled(pos2(30.0, 30.0), 8.0, Color32::from_black_alpha(128));
    painter.text(
        pos2(60.0, 40.0),
        egui::Align2::LEFT_CENTER,
        "Hello Ærø",
        egui::FontId::proportional(20.0),
        Color32::WHITE,
    );
}

#[test]
fn a_harness_frame_becomes_a_picture() {
    let camera = Camera::default();
    let seen = camera.clone();
    let mut harness = Harness::builder()
        .with_size(vec2(200.0, 80.0))
        .with_pixels_per_point(2.0)
        .with_context_setup(move |ctx| ctx.add_plugin(seen))
        .build_ui(draw);
    harness.run();
    let picture = camera.shoot(&harness.ctx, harness.output());
    assert_eq!((picture.width, picture.height), (400, 160));
    assert_eq!(picture.at(300, 30), Some([10, 20, 30, 255]), "outside the square");
    assert_eq!(picture.at(30, 30), Some([200, 0, 0, 255]), "inside the square");
    let [red, ..] = picture.at(60, 60).unwrap();
    assert!((98..=102).contains(&red), "half-transparent black over red, not {red}");
    let bright = picture.rgba.chunks_exact(4).filter(|p| p[2] > 200).count();
    assert!((300..6000).contains(&bright), "{bright} pixels of text");
    shot("picture", || picture);
}

#[test]
fn an_export_is_drawn_at_twice_the_size_beside_the_screen() {
    let harness = Harness::new_ui(draw);
    let picture = of_ui(&harness.ctx, vec2(100.0, 60.0), 2.0, Color32::WHITE, draw);
    assert_eq!((picture.width, picture.height), (200, 120));
    assert_eq!(picture.at(30, 30), Some([200, 0, 0, 255]));
    assert_eq!(picture.to_png().unwrap().get(1..4), Some(b"PNG".as_slice()));
}
