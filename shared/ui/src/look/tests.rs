//! The colours are readable, the style is complete and nothing in it blinks.

use super::{Appearance, Colours, Look, Theme, apply, colours, contrast_ratio};
use egui::Color32;

const SETS: [(&str, &Colours, f32, f32); 3] = [
    ("dark", &colours::DARK, 4.5, 3.0),
    ("light", &colours::LIGHT, 4.5, 3.0),
    ("high contrast", &colours::HIGH_CONTRAST, 7.0, 4.5),
];

fn surfaces(set: &Colours) -> [(&'static str, Color32); 5] {
    [
        ("background", set.background),
        ("panel", set.panel),
        ("raised", set.raised),
        ("hover", set.hover),
        ("accent surface", set.accent_surface),
    ]
}

#[test]
fn every_text_can_be_read_on_every_surface() {
    for (name, set, text_min, _) in SETS {
        let texts = [("text", set.text), ("dim", set.dim), ("accent", set.accent)];
        let states = [("ok", set.ok), ("warn", set.warn), ("bad", set.bad)];
        for (text_name, text) in texts.into_iter().chain(states) {
            for (surface_name, surface) in surfaces(set) {
                let ratio = contrast_ratio(text, surface);
                assert!(ratio >= text_min, "{name}: {text_name} on {surface_name} is {ratio:.2}");
            }
        }
        for (state_name, state) in states {
            let ratio = contrast_ratio(state, set.tint(state));
            assert!(ratio >= text_min, "{name}: {state_name} on its own tint is {ratio:.2}");
        }
        let ratio = contrast_ratio(set.on_accent, set.accent);
        assert!(ratio >= text_min, "{name}: the primary button is {ratio:.2}");
    }
}

#[test]
fn every_graphic_stands_out_from_what_is_behind_it() {
    for (name, set, _, graphic_min) in SETS {
        for (surface_name, surface) in &surfaces(set)[..2] {
            for (line_name, line) in [("faint", set.faint), ("field line", set.field_line), ("accent", set.accent)] {
                let ratio = contrast_ratio(line, *surface);
                assert!(ratio >= graphic_min, "{name}: {line_name} on {surface_name} is {ratio:.2}");
            }
        }
        for step in 0..5u8 {
            let colour = set.step(f32::from(step) / 4.0);
            for (what, behind) in [("disc", set.tint(colour)), ("background", set.background)] {
                let ratio = contrast_ratio(colour, behind);
                assert!(ratio >= graphic_min, "{name}: step {step} of the scale on its {what} is {ratio:.2}");
            }
        }
        for number in 0..set.type_count() {
            let colour = set.type_colour(number);
            for (what, behind) in
                [("disc", colour.disc), ("tint", set.tint(colour.ring)), ("background", set.background)]
            {
                let ratio = contrast_ratio(colour.ring, behind);
                assert!(ratio >= graphic_min, "{name}: type {number} on its {what} is {ratio:.2}");
            }
        }
    }
}

#[test]
fn black_on_white_is_twenty_one_to_one() {
    assert!((contrast_ratio(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
    assert!((contrast_ratio(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 0.01);
}

#[test]
fn a_theme_decides_the_colours_and_system_follows_the_system() {
    let ctx = egui::Context::default();
    for (theme, expected) in [
        (Theme::Dark, &colours::DARK),
        (Theme::Light, &colours::LIGHT),
        (Theme::HighContrast, &colours::HIGH_CONTRAST),
        (Theme::System, &colours::DARK),
    ] {
        apply(&ctx, Appearance { theme, ..Appearance::default() });
        assert_eq!(Look::of(&ctx).colours, expected, "{theme:?}");
        assert_eq!(ctx.global_style().visuals.panel_fill, expected.panel, "{theme:?}");
    }
    let mut input = egui::RawInput { system_theme: Some(egui::Theme::Light), ..Default::default() };
    input.time = Some(0.0);
    ctx.run_ui(input, |_| {}).textures_delta.clear();
    assert_eq!(Look::of(&ctx).colours, &colours::LIGHT);
}

#[test]
fn nothing_blinks_and_reduced_motion_stops_every_glide() {
    let ctx = egui::Context::default();
    apply(&ctx, Appearance { theme: Theme::Dark, reduced_motion: true, without_card: false });
    let style = ctx.global_style();
    assert!(!style.visuals.text_cursor.blink);
    assert!(style.animation_time == 0.0 && Look::of(&ctx).glide_secs() == 0.0);
}
