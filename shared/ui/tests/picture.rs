//! Pictures taken without a graphics card show what egui drew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod common;

use egui::{Color32, Rect, pos2, vec2};
use egui_kittest::Harness;
use ui::picture::{Camera, Development, LONGEST_BANDED_SIDE_PX, Negative, fits, of_ui};

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

#[test]
fn a_picture_in_bands_is_the_picture_in_one_piece() {
    let harness = Harness::new_ui(draw);
    let (size, sharpness) = (vec2(700.0, 500.0), 4.0);
    let negative = Negative::of_ui(&harness.ctx, size, sharpness, Color32::WHITE, draw).unwrap();
    let mut development = Development::new(negative).unwrap();
    let mut bands = 1;
    let png = loop {
        match development.step().unwrap() {
            Some(png) => break png,
            None => bands += 1,
        }
    };
    assert!(bands > 2, "{bands} bands");
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut colours = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut colours).unwrap();
    let whole = of_ui(&harness.ctx, size, sharpness, Color32::WHITE, draw);
    assert_eq!((whole.width, whole.height), (2_800, 2_000));
    let expected: Vec<u8> = whole.rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    assert!(colours == expected, "the same pixels");
}

#[test]
fn letters_eight_times_as_large_are_still_all_there() {
    let text = |ui: &mut egui::Ui| {
        let all: String = (' '..='~').collect();
        ui.label(egui::RichText::new(all).size(13.0).color(Color32::BLACK));
    };
    let harness = Harness::new_ui(text);
    let dark = |sharpness: f32| {
        let picture = of_ui(&harness.ctx, vec2(900.0, 40.0), sharpness, Color32::WHITE, text);
        let dark = picture.rgba.chunks_exact(4).filter(|pixel| pixel[0] < 128).count();
        dark as f32 / (sharpness * sharpness)
    };
    let (usual, large) = (dark(5.0), dark(8.0));
    assert!((large / usual - 1.0).abs() < 0.1, "{usual} and {large} square points of ink");
}

#[test]
fn a_picture_that_is_too_large_is_not_begun() {
    assert!(fits([LONGEST_BANDED_SIDE_PX, 8_000]));
    for size in [[LONGEST_BANDED_SIDE_PX + 1, 1], [LONGEST_BANDED_SIDE_PX, 8_193], [0, 10], [usize::MAX; 2]] {
        assert!(!fits(size), "{size:?}");
    }
    let harness = Harness::new_ui(draw);
    assert!(Negative::of_ui(&harness.ctx, vec2(3_000.0, 100.0), 8.0, Color32::WHITE, draw).is_none());
}
