//! Groups on the drawing: what is seen of them, and what mouse and assistive technology ask for.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use common::{Case, dark, ferry_road, light, shot};
use egui::accesskit::Role;
use egui::{Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use ui::canvas::{Canvas, CanvasAsk, Hull, Over, Paint, Painting};
use ui::picture::Camera;

struct Bench {
    canvas: Canvas,
    case: Case,
    asks: Vec<CanvasAsk>,
}

/// The case of the drawings, with an open group of two accounts and a person, and a closed one.
fn grouped() -> Case {
    let mut case = ferry_road();
    case.nodes[6].selected = false;
    let (members, colour) = (vec![10, 13, 14], Some(2));
    case.hulls = vec![Hull {
        label: "The ring".into(),
        kind: "Open group of 3 objects".into(),
        members,
        colour,
        selected: false,
    }];
    case.nodes[2].members = Some(12);
    case.nodes[2].kind = "Closed group of 12 objects".into();
    case.nodes[2].label = "Accounts".into();
    case
}

fn harness(case: Case, paint: Paint, painting: Painting) -> (Harness<'static>, Rc<RefCell<Bench>>, Camera) {
    let shared = Rc::new(RefCell::new(Bench { canvas: Canvas::default(), case, asks: Vec::new() }));
    shared.borrow_mut().canvas.painting = painting;
    let inner = Rc::clone(&shared);
    let camera = Camera::default();
    let seen = camera.clone();
    let mut harness = Harness::builder()
        .with_size(vec2(1136.0, 656.0))
        .with_context_setup(move |ctx| ctx.add_plugin(seen))
        .build_ui(move |ui| {
            let bench = &mut *inner.borrow_mut();
            let asks = bench.canvas.ui(ui, bench.case.scene(), &paint);
            bench.asks.extend(asks);
        });
    harness.run_steps(4);
    (harness, shared, camera)
}

fn name(harness: &Harness<'_>) -> Pos2 {
    harness.get_by_role_and_label(Role::Button, "Open group of 3 objects The ring").rect().center()
}

fn asks(shared: &Rc<RefCell<Bench>>) -> Vec<CanvasAsk> {
    std::mem::take(&mut shared.borrow_mut().asks)
}

fn press(harness: &mut Harness<'_>, pos: Pos2, button: PointerButton) {
    harness.hover_at(pos);
    harness.run_steps(2);
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
    }
    harness.run_steps(2);
}

#[test]
fn groups_in_both_themes_painted_by_card_and_by_processor() {
    for (name, paint) in [("dark", dark()), ("light", light())] {
        for (how, painting) in [("card", Painting::Card), ("processor", Painting::Processor)] {
            let (mut harness, _, camera) = harness(grouped(), paint.clone(), painting);
            harness.run_steps(8);
            shot(&format!("groups-{name}-{how}"), || camera.shoot(&harness.ctx, harness.output()));
        }
    }
}

#[test]
fn the_name_of_an_open_group_selects_its_members_opens_its_menu_and_drags_it() {
    let (mut harness, shared, _) = harness(grouped(), dark(), Painting::Card);
    let at = name(&harness);
    press(&mut harness, at, PointerButton::Primary);
    assert_eq!(asks(&shared), [CanvasAsk::Select(vec![10, 13, 14])]);
    press(&mut harness, at, PointerButton::Secondary);
    let asked = asks(&shared);
    assert_eq!(asked[0], CanvasAsk::Select(vec![10, 13, 14]));
    assert!(matches!(asked[1], CanvasAsk::Menu { over: Over::Hull(0), .. }), "{asked:?}");

    harness.drag_at(at);
    harness.run_steps(2);
    harness.hover_at(at + vec2(60.0, 0.0));
    harness.run_steps(2);
    harness.drop_at(at + vec2(60.0, 0.0));
    harness.run_steps(2);
    let [CanvasAsk::Moved { nodes, places }] = &asks(&shared)[..] else { panic!("one move") };
    assert_eq!((nodes.len(), nodes[0]), (3, 10));
    assert!(places[0][0] > 431.0, "{places:?}");
}

#[test]
fn what_listens_hears_of_groups_and_may_select_them() {
    let (mut harness, shared, _) = harness(grouped(), dark(), Painting::Card);
    harness.get_by_role_and_label(Role::Button, "Closed group of 12 objects Accounts, 4 links");
    harness.get_by_role_and_label(Role::Button, "Open group of 3 objects The ring").click_accesskit();
    harness.run_steps(2);
    assert_eq!(asks(&shared), [CanvasAsk::Select(vec![10, 13, 14])]);
}

#[test]
fn a_group_whose_members_are_hidden_has_no_name_on_the_drawing() {
    let mut case = grouped();
    for member in [10, 13, 14] {
        case.nodes[member].hidden = true;
    }
    let (harness, _, _) = harness(case, dark(), Painting::Card);
    assert!(harness.query_by_label_contains("The ring").is_none());
}
