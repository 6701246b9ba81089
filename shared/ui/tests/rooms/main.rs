//! The administration's rooms about the server itself: signing in, health, store and key; and what the desktop program asks for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may end")]

mod desktop;
mod environment;
mod health;
mod key;
mod sign_in;
mod store;
#[path = "../support/mod.rs"]
mod support;

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use support::{Screen, bank};
use ui::look::Theme;
use wire::Call;
use wire::health::{Finding, State};
use wire::session::{Language, Me};

const SIZE: (f32, f32) = (1280.0, 800.0);
/// Half past nine on 20 November 2026.
const AT: i64 = 1_795_167_000;

fn open(page: &str) -> Screen {
    Screen::open(&format!("/admin/{page}"), &bank::owner(), SIZE, Theme::Dark)
}

fn norwegian() -> Me {
    let mut me = bank::owner();
    me.preferences.language = Some(Language::Norwegian);
    me
}

/// Draws the page in both colours and sizes, and once in Norwegian, with everything answered by `answer`; keeps pictures.
fn shots(name: &str, page: &str, act: impl Fn(&mut Screen)) {
    for (size_name, size) in [("1280", SIZE), ("1024", (1024.0, 700.0))] {
        for (theme_name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
            let mut screen = Screen::open(&format!("/admin/{page}"), &bank::owner(), size, theme);
            act(&mut screen);
            assert_eq!(screen.harness.unnamed_widgets(), Vec::<String>::new(), "{name}");
            let wide: Vec<String> = screen
                .harness
                .query_all_by_role(Role::Button)
                .filter(|node| node.rect().right() > size.0)
                .map(|node| node.accesskit_node().label().unwrap_or_default())
                .collect();
            assert!(wide.is_empty(), "outside of the window: {wide:?}");
            screen.shot(&format!("room_{name}_{size_name}_{theme_name}"));
        }
    }
    let mut screen = Screen::open(&format!("/admin/{page}"), &norwegian(), SIZE, Theme::Light);
    act(&mut screen);
    screen.shot(&format!("room_{name}_norwegian"));
}

fn answer<C: Call>(screen: &mut Screen, reply: &C::Reply) -> C {
    let asked = screen.server.answer::<C>(reply);
    screen.run();
    asked
}

fn is_disabled(screen: &Screen, label: &str) -> bool {
    screen.harness.get_by_label(label).accesskit_node().is_disabled()
}

const MAIN_KEY: &str = "00aa11bb22cc33dd";
const NEW_KEY: &str = "44ee55ff66007711";

/// Lets frames pass until the page asks for something.
fn wait_for(screen: &mut Screen, call: &str) {
    for _ in 0..60 {
        if screen.server.waiting().contains(&call) {
            return;
        }
        screen.harness.step();
    }
    panic!("{call} is not asked; waiting: {:?}", screen.server.waiting());
}

fn finding(check: &str, state: State, said: &str, remedy: &str) -> Finding {
    Finding { check: check.to_owned(), state, said: said.to_owned(), remedy: remedy.to_owned() }
}

/// How long until the next picture is drawn by itself.
fn next_picture(screen: &mut Screen) -> std::time::Duration {
    screen.harness.step();
    screen.harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap()
}

#[test]
fn rooms_at_rest_draw_nothing() {
    let hour = std::time::Duration::from_secs(3_600);
    let mut screen = open("key");
    answer::<wire::key::KeyState>(&mut screen, &key::at_rest());
    assert!(next_picture(&mut screen) > hour, "the key");
    let mut screen = open("store");
    answer::<wire::keeping::StoreState>(&mut screen, &store::at_rest());
    assert!(next_picture(&mut screen) > hour, "the store");
    let mut screen = open("sign-in");
    answer::<wire::set_up::SignInSettings>(&mut screen, &sign_in::at_rest());
    assert!(next_picture(&mut screen) > hour, "signing in");
}
