//! The frame is reached by name and by key, and a screen at rest asks for no frame.

use super::{
    Direction, RailClick, RailItem, SourceState, TopBar, rail, search_id, side_panel, split, status_bar, top_bar,
};
use crate::{look, mirror, widgets::Tone, words::Words};
use egui::{Context, Key, Modifiers, Role, Ui, ViewportId};
use egui_kittest::{Harness, kittest::Queryable};
use std::time::Duration;

const WORDS: Words = Words::new(crate::words::Language::English);

#[derive(Default)]
struct Screen {
    search: String,
    share: f32,
    clicked: Option<RailClick>,
    source: Option<usize>,
}

fn show(ui: &mut Ui, screen: &mut Screen) {
    let bar = TopBar {
        project: "Harbour Bank",
        place: "Investigation: Ferry Road ring",
        unsaved: true,
        person: "Astrid Lund",
        show_share: true,
        show_export: false,
    };
    top_bar(ui, WORDS, bar, &mut screen.search);
    let sources = [SourceState { tone: Tone::Ok, text: "Core banking" }];
    screen.source = status_bar(ui, WORDS, &sources, &["412 objects · 1,203 links"]).or(screen.source);
    let item = |name, active| RailItem { icon: 'x', name, keys: Some("1"), active };
    let clicked = rail(ui, WORDS, &[item("Search", false), item("Graph", true)], &[item("Configuration", false)]);
    screen.clicked = clicked.or(screen.clicked);
    side_panel(ui, WORDS, &mut true, &mut 372.0, |ui| ui.label("the side"));
    super::centre(ui, |ui| {
        split(
            ui,
            WORDS,
            "panes",
            Direction::Stacked,
            &mut screen.share,
            |ui| {
                ui.label("above");
            },
            |ui| {
                ui.label("below");
            },
        );
    });
}

fn dress(ctx: &Context) {
    look::install_fonts(ctx);
    look::apply(ctx, look::Appearance { theme: look::Theme::Dark, reduced_motion: true, without_card: false });
}

fn harness() -> Harness<'static, Screen> {
    let screen = Screen { share: 0.5, ..Screen::default() };
    Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .with_context_setup(dress)
        .allow_missing_glyphs()
        .build_ui_state(show, screen)
}

#[test]
fn every_part_of_the_frame_has_a_name() {
    let mut harness = harness();
    harness.run();
    for name in ["Harbour Bank", "Share", "Astrid Lund", "Graph", "Core banking"] {
        assert!(harness.query_by_role_and_label(Role::Button, name).is_some(), "{name}");
    }
    assert!(harness.query_by_label("Investigation: Ferry Road ring").is_some());
    assert!(harness.query_by_label("Export").is_none());
    assert!(harness.query_by_role_and_label(Role::Splitter, "Resize").is_some());
    assert!(harness.query_all_by_value("412 objects · 1,203 links").next().is_some());
    assert_eq!(harness.unnamed_widgets(), Vec::<String>::new());
}

#[test]
fn control_k_leads_to_the_search_box() {
    let mut harness = harness();
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    assert!(harness.get_by_role_and_label(Role::SearchInput, "Search").is_focused());
    harness.event(egui::Event::Text("ferry".to_owned()));
    harness.run();
    assert_eq!(harness.state().search, "ferry");
    harness.get_by_label("Clear").click();
    harness.run();
    assert_eq!(harness.state().search, "");
}

#[test]
fn the_rail_and_the_status_bar_say_what_was_clicked() {
    let mut harness = harness();
    harness.get_by_role_and_label(Role::Button, "Graph").click();
    harness.run();
    assert_eq!(harness.state().clicked, Some(RailClick::Upper(1)));
    harness.get_by_label("Configuration").click();
    harness.get_by_label("Core banking").click();
    harness.run();
    assert_eq!((harness.state().clicked, harness.state().source), (Some(RailClick::Lower(0)), Some(0)));
}

#[test]
fn panes_are_resized_with_the_arrow_keys_within_limits() {
    let mut harness = harness();
    harness.get_by_label("Resize").focus();
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    let after = harness.state().share;
    assert!(after > 0.51, "{after}");
    for _ in 0..100 {
        harness.key_press(Key::ArrowUp);
        harness.run();
    }
    let least = harness.state().share;
    assert!((0.05..0.2).contains(&least), "{least}");
}

#[test]
fn a_screen_at_rest_asks_for_no_frame_even_with_the_search_box_focused() {
    let ctx = Context::default();
    dress(&ctx);
    let shared = std::sync::Arc::default();
    ctx.add_plugin(mirror::MirrorPlugin::new(shared, Box::new(|| {})));
    let mut screen = Screen { share: 0.5, ..Screen::default() };
    ctx.memory_mut(|memory| memory.request_focus(search_id()));
    let mut delay = Duration::ZERO;
    for frame in 0..10 {
        let rect = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 800.0));
        let input = egui::RawInput {
            screen_rect: Some(rect),
            time: Some(f64::from(frame) * 0.1),
            focused: true,
            ..Default::default()
        };
        let mut output = ctx.run_ui(input, |ui| show(ui, &mut screen));
        output.textures_delta.clear();
        delay = output.viewport_output.get(&ViewportId::ROOT).expect("the window").repaint_delay;
    }
    assert_eq!(delay, Duration::MAX, "{:?}", ctx.repaint_causes());
    assert_eq!(ctx.memory(|memory| memory.focused()), Some(search_id()));
}
