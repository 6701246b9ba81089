//! The graph drawing: what is seen, and what mouse and keyboard ask for.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use common::{Case, crowd, dark, ferry_road, light, link, node, shot};
use egui::accesskit::Action;
use egui::{Key, Modifiers, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use ui::canvas::{Canvas, CanvasAsk, Dragging, Over, Paint, Painting, picture};
use ui::picture::{Camera, Picture};

struct Bench {
    canvas: Canvas,
    case: Case,
    paint: Paint,
    asks: Vec<CanvasAsk>,
}

type Shared = Rc<RefCell<Bench>>;

fn harness(case: Case, paint: Paint) -> (Harness<'static>, Shared, Camera) {
    let shared: Shared = Rc::new(RefCell::new(Bench { canvas: Canvas::default(), case, paint, asks: Vec::new() }));
    let inner = Rc::clone(&shared);
    let camera = Camera::default();
    let seen = camera.clone();
    let harness = Harness::builder()
        .with_size(vec2(1136.0, 656.0))
        .with_context_setup(move |ctx| ctx.add_plugin(seen))
        .build_ui(move |ui| {
            let bench = &mut *inner.borrow_mut();
            let asks = bench.canvas.ui(ui, bench.case.scene(), &bench.paint);
            bench.asks.extend(asks);
        });
    (harness, shared, camera)
}

fn case() -> (Harness<'static>, Shared) {
    let case = ferry_road();
    let (mut harness, shared, _) = harness(case, dark());
    harness.run();
    (harness, shared)
}

/// An object by a part of its name; links, which name their ends too, stand behind all objects.
fn object<'a>(harness: &'a Harness<'_>, label: &'a str) -> egui_kittest::Node<'a> {
    harness.get_all_by_label_contains(label).next().unwrap()
}

fn place(harness: &Harness<'_>, label: &str) -> Pos2 {
    object(harness, label).rect().center()
}

fn asks(shared: &Shared) -> Vec<CanvasAsk> {
    std::mem::take(&mut shared.borrow_mut().asks)
}

#[test]
fn the_case_of_the_drawings_in_both_themes() {
    let case = ferry_road();
    for (name, paint) in [("graph-dark", dark()), ("graph-light", light())] {
        let (mut harness, _, camera) = harness(case.clone(), paint);
        harness.run();
        shot(name, || camera.shoot(&harness.ctx, harness.output()));
        harness.hover_at(place(&harness, "Vestlandet Import AS"));
        harness.run();
        shot(&format!("{name}-hover"), || camera.shoot(&harness.ctx, harness.output()));
    }
}

#[test]
fn the_export_is_twice_as_sharp() {
    let case = ferry_road();
    let harness = Harness::new_ui(|_| {});
    let picture = picture(&harness.ctx, case.scene(), &light(), vec2(1120.0, 640.0), 2.0);
    assert_eq!((picture.width, picture.height), (2240, 1280));
    shot("graph-export", || picture);
}

#[test]
fn ten_thousand_nodes_from_afar_from_halfway_and_near() {
    let case = crowd(10_000);
    let (mut harness, shared, camera) = harness(case, dark());
    for (name, zoom) in [("crowd-far", None), ("crowd-half", Some(0.35)), ("crowd-near", Some(1.0))] {
        if let Some(zoom) = zoom {
            shared.borrow_mut().canvas.view.zoom = zoom;
        }
        harness.run();
        shot(name, || camera.shoot(&harness.ctx, harness.output()));
    }
}

/// How many of a thousand pixels differ by more than what rounding makes of them.
fn differing(one: &Picture, other: &Picture) -> usize {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let pixels = one.rgba.chunks_exact(4).zip(other.rgba.chunks_exact(4));
    let far = pixels.filter(|(one, other)| one.iter().zip(*other).any(|(one, other)| one.abs_diff(*other) > 6));
    far.count() * 1_000 / (one.width * one.height)
}

#[test]
fn the_processor_paints_what_a_graphics_card_draws() {
    for (case, name) in [(ferry_road(), "case"), (crowd(2_000), "crowd")] {
        let pictures = [Painting::Card, Painting::Processor].map(|painting| {
            let (mut harness, shared, camera) = harness(case.clone(), dark());
            harness.run();
            shared.borrow_mut().canvas.painting = painting;
            harness.run();
            harness.hover_at(pos2(560.0, 300.0));
            harness.run();
            camera.shoot(&harness.ctx, harness.output())
        });
        let [card, processor] = &pictures;
        shot(&format!("painted-{name}-card"), || card.clone());
        shot(&format!("painted-{name}-processor"), || processor.clone());
        assert!(differing(card, processor) <= 2, "{name}: {} of 1000 pixels", differing(card, processor));
    }
}

/// Frames without input, as many as pass in this time.
fn wait(harness: &mut Harness<'_>, secs: f32) {
    for _ in 0..(secs * 60.0) as usize {
        harness.step();
    }
}

#[test]
fn a_painted_picture_moves_with_the_view_and_is_painted_anew_where_it_comes_to_rest() {
    let case = crowd(500);
    let (mut harness, shared, camera) = harness(case, dark());
    shared.borrow_mut().canvas.painting = Painting::Processor;
    wait(&mut harness, 0.5);
    // So near that there is something beyond every edge.
    shared.borrow_mut().canvas.view.zoom *= 2.0;
    wait(&mut harness, 0.5);
    let paintings = || shared.borrow().canvas.paintings();
    let first = paintings();
    wait(&mut harness, 1.0);
    assert_eq!(paintings(), first, "at rest nothing is painted");
    let before = camera.shoot(&harness.ctx, harness.output());
    for _ in 0..10 {
        let zoom = shared.borrow().canvas.view.zoom;
        shared.borrow_mut().canvas.view.x -= 5.0 / zoom;
        harness.step();
    }
    assert_eq!(paintings(), first, "a little way needs no new picture");
    let moved = camera.shoot(&harness.ctx, harness.output());
    let row = 300 * before.width;
    for column in 100..1_000 {
        let at = |picture: &Picture, column| picture.at(column, row / before.width);
        assert_eq!(at(&moved, column + 50), at(&before, column), "column {column}");
    }
    wait(&mut harness, 0.5);
    assert_eq!(paintings(), first, "what is whole is as good as a new one");
    shared.borrow_mut().canvas.view.zoom *= 1.1;
    harness.step();
    assert_eq!(paintings(), first, "a little nearer, it is drawn larger");
    wait(&mut harness, 0.3);
    assert_eq!(paintings(), first + 1, "at rest it is painted once");
    let zoom = shared.borrow().canvas.view.zoom;
    shared.borrow_mut().canvas.view.x += 150.0 / zoom;
    harness.step();
    assert!(shared.borrow().canvas.bare() > 0.0 && paintings() == first + 1, "a strip at the edge is bare");
    wait(&mut harness, 0.3);
    assert_eq!((paintings(), shared.borrow().canvas.bare()), (first + 2, 0.0), "at rest that is painted");
    shared.borrow_mut().canvas.view.x += 3_000.0;
    harness.step();
    assert_eq!(paintings(), first + 3, "where it is used up, at once");
}

#[test]
fn a_node_that_is_dragged_leaves_the_painted_picture_and_comes_back_where_it_is_put_down() {
    let case = ferry_road();
    let (mut harness, shared, _) = harness(case, dark());
    shared.borrow_mut().canvas.painting = Painting::Processor;
    wait(&mut harness, 0.5);
    let from = place(&harness, "Vestlandet Import AS");
    let paintings = || shared.borrow().canvas.paintings();
    let first = paintings();
    harness.drag_at(from);
    harness.step();
    harness.hover_at(from + vec2(40.0, 0.0));
    harness.step();
    let held = paintings();
    for step in 2..12 {
        harness.hover_at(from + vec2(40.0 * step as f32, 0.0));
        harness.step();
    }
    assert!(held <= first + 1 && paintings() == first + 1, "{first} {held} {}", paintings());
    harness.drop_at(from + vec2(440.0, 0.0));
    wait(&mut harness, 0.3);
    assert_eq!(paintings(), first + 2);
}

#[test]
fn every_object_is_a_button_with_its_type_name_and_links() {
    let (harness, _) = case();
    harness.get_by_role_and_label(egui::accesskit::Role::Button, "Company Blue Strait Ltd, 4 links");
    harness.get_by_role_and_label(egui::accesskit::Role::Button, "Person Pål Haugen, 1 link");
}

#[test]
fn every_link_is_a_button_with_what_it_says_its_ends_and_its_sum() {
    let (mut harness, shared) = case();
    let name = "linked to, from 1503.44.18820 to 1503.61.00417, 37 · 4.1M";
    harness.get_by_role_and_label(egui::accesskit::Role::Button, name).click_accesskit();
    harness.run();
    assert_eq!(asks(&shared), vec![CanvasAsk::SelectLink(13)]);
    // What it says stands there once, also where the line has it with a number.
    {
        let links = &mut shared.borrow_mut().case.links;
        (links[5].kind, links[5].directed) = ("owned 40 %".into(), false);
        (links[7].kind, links[7].label) = ("director".into(), "director · 2".into());
    }
    harness.run();
    for name in
        ["owned 40 %, between Jonas Eide and Nordfjord Shipping AS", "director, from Pål Haugen to Blue Strait Ltd, 2"]
    {
        harness.get_by_role_and_label(egui::accesskit::Role::Button, name);
    }
}

#[test]
fn of_many_links_those_of_the_selected_objects_are_named_first() {
    let mut case = crowd(1_000);
    case.nodes[500].selected = true;
    case.nodes[500].label = "Astrid Berg".into();
    let own = case.links.iter().filter(|link| link.from == 500 || link.to == 500).count();
    let (mut harness, _, _) = harness(case, dark());
    harness.run();
    let named: Vec<String> = harness
        .get_all_by_label_contains("linked to, from ")
        .map(|link| egui_kittest::kittest::NodeT::accesskit_node(&link).label().unwrap())
        .collect();
    assert_eq!(named.len(), 150);
    assert!(named[..own].iter().all(|name| name.contains("Astrid Berg")), "{:?}", &named[..own]);
}

#[test]
fn a_click_selects_and_a_click_with_ctrl_adds() {
    let (mut harness, shared) = case();
    object(&harness, "Jonas Eide").click();
    harness.run();
    assert_eq!(asks(&shared), vec![CanvasAsk::Select(vec![4])]);
    object(&harness, "Jonas Eide").click_modifiers(Modifiers::COMMAND);
    harness.run();
    assert_eq!(asks(&shared), vec![CanvasAsk::Select(vec![6, 4])], "added to the one that is selected");
    object(&harness, "Nordfjord").click_accesskit();
    harness.run();
    assert_eq!(asks(&shared), vec![CanvasAsk::Select(vec![6])]);
}

#[test]
fn a_dragged_node_moves_at_release_and_takes_the_selection_along() {
    let (mut harness, shared) = case();
    let zoom = shared.borrow().canvas.view.zoom;
    let from = place(&harness, "Jonas Eide");
    drag(&mut harness, from, vec2(50.0, 20.0));
    let [CanvasAsk::Moved { nodes, places }] = &asks(&shared)[..] else { panic!("one move") };
    assert_eq!(nodes, &vec![4]);
    assert!((places[0][0] - (560.0 + 50.0 / zoom)).abs() < 0.5, "{places:?}");
    assert!((places[0][1] - (150.0 + 20.0 / zoom)).abs() < 0.5, "{places:?}");
}

#[test]
fn dragging_empty_ground_moves_the_picture_and_with_shift_selects() {
    let (mut harness, shared) = case();
    let before = shared.borrow().canvas.view;
    drag(&mut harness, pos2(900.0, 500.0), vec2(-60.0, 0.0));
    let after = shared.borrow().canvas.view;
    assert!((after.x - before.x - 60.0 / before.zoom).abs() < 0.5, "{before:?} {after:?}");
    assert_eq!(asks(&shared), vec![]);
    shared.borrow_mut().canvas.dragging = Dragging::Boxes;
    let corner = place(&harness, "Viktor") - vec2(30.0, 30.0);
    drag(&mut harness, corner, vec2(60.0, 60.0));
    assert_eq!(asks(&shared), vec![CanvasAsk::Select(vec![9])]);
}

#[test]
fn a_part_of_the_graph_is_framed_in_the_overview_and_pressing_there_goes_there() {
    let case = crowd(400);
    let (mut harness, shared, camera) = harness(case, dark());
    shared.borrow_mut().canvas.has_overview = true;
    harness.run();
    assert!(harness.query_by_label("Overview of the graph").is_none(), "everything is in view");
    shared.borrow_mut().canvas.view.zoom = 0.6;
    harness.run();
    shot("overview", || camera.shoot(&harness.ctx, harness.output()));
    let place = harness.get_by_label("Overview of the graph").rect();
    let before = shared.borrow().canvas.view;
    drag(&mut harness, place.center(), vec2(-0.3 * place.width(), 0.0));
    let after = shared.borrow().canvas.view;
    assert!(after.x < before.x - 100.0 && after.zoom == before.zoom, "{before:?} {after:?}");
    assert_eq!(asks(&shared), vec![], "nothing is selected by it");
}

#[test]
fn a_loop_drawn_by_hand_selects_what_lies_in_it() {
    let (mut harness, shared) = case();
    shared.borrow_mut().canvas.dragging = Dragging::Loops;
    let middle = place(&harness, "Viktor");
    // Around the left, over the top and down the right: the corners of a box would catch nothing less, and a loop that goes
    // past below its object nothing.
    let around = [vec2(-40.0, 40.0), vec2(-40.0, -40.0), vec2(40.0, -40.0), vec2(40.0, 40.0)];
    let past = [vec2(-40.0, 60.0), vec2(-40.0, 30.0), vec2(40.0, 30.0), vec2(40.0, 60.0)];
    for (way, caught) in [(around, vec![9]), (past, vec![])] {
        harness.hover_at(middle + way[0]);
        harness.run();
        harness.drag_at(middle + way[0]);
        for by in way {
            harness.hover_at(middle + by);
            harness.run();
        }
        harness.drop_at(middle + way[3]);
        harness.run();
        assert_eq!(asks(&shared), vec![CanvasAsk::Select(caught)]);
    }
}

fn drag(harness: &mut Harness<'_>, from: Pos2, by: egui::Vec2) {
    harness.hover_at(from);
    harness.run();
    harness.drag_at(from);
    harness.run();
    harness.hover_at(from + by / 2.0);
    harness.run();
    harness.hover_at(from + by);
    harness.run();
    harness.drop_at(from + by);
    harness.run();
}

#[test]
fn the_keyboard_walks_and_asks() {
    let (mut harness, shared) = case();
    object(&harness, "Pål Haugen").click();
    harness.run();
    asks(&shared);
    harness.key_press(Key::ArrowRight);
    harness.run();
    harness.key_press(Key::ArrowRight);
    harness.run();
    for (key, wanted) in [
        (Key::Enter, CanvasAsk::Open(9)),
        (Key::E, CanvasAsk::Expand { node: 9 }),
        (Key::H, CanvasAsk::Hide(vec![9])),
        (Key::P, CanvasAsk::Pin(vec![9])),
        (Key::Delete, CanvasAsk::Remove(vec![9])),
        (Key::Space, CanvasAsk::Select(vec![9])),
    ] {
        harness.key_press(key);
        harness.run();
        assert_eq!(asks(&shared), vec![wanted], "{key:?}");
    }
    harness.key_press(Key::A);
    harness.run();
    assert_eq!(asks(&shared), vec![CanvasAsk::Select((0..18).collect())]);
}

#[test]
fn ctrl_and_space_add_the_node_with_the_keyboard_to_the_selection_and_take_it_out() {
    let (mut harness, shared) = case();
    for (name, wanted) in [("Jonas Eide", vec![6, 4]), ("Nordfjord", vec![])] {
        object(&harness, name).click();
        harness.run();
        asks(&shared);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Space);
        harness.run();
        assert_eq!(asks(&shared), vec![CanvasAsk::Select(wanted)], "{name}");
    }
}

#[test]
fn arrows_push_the_selection_while_ctrl_is_held_and_put_it_down_once() {
    let (mut harness, shared) = case();
    object(&harness, "Nordfjord").click();
    harness.run();
    asks(&shared);
    let (zoom, before) = (shared.borrow().canvas.view.zoom, place(&harness, "Nordfjord"));
    harness.event(egui::Event::ModifiersChanged(Modifiers::COMMAND));
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowDown] {
        let (pressed, repeat, modifiers) = (true, false, Modifiers::COMMAND);
        harness.event(egui::Event::Key { key, pressed, repeat, modifiers, physical_key: None });
    }
    harness.run();
    assert_eq!(asks(&shared), vec![], "it is held");
    assert!((place(&harness, "Nordfjord") - before - vec2(32.0, 16.0)).length() < 1.0, "and seen on its way");
    harness.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    harness.run();
    let [CanvasAsk::Moved { nodes, places }] = &asks(&shared)[..] else { panic!("one move") };
    assert_eq!(nodes, &vec![6]);
    assert!((places[0][0] - (620.0 + 32.0 / zoom)).abs() < 0.5, "{places:?}");
    assert!((places[0][1] - (330.0 + 16.0 / zoom)).abs() < 0.5, "{places:?}");
}

#[test]
fn who_listens_opens_the_menu_of_an_object_and_keeps_the_selection() {
    let (mut harness, shared) = case();
    let at = place(&harness, "Jonas Eide");
    act(&harness, "Jonas Eide", Action::ShowContextMenu);
    harness.run();
    assert_eq!(asks(&shared), vec![CanvasAsk::Menu { over: Over::Node(4), at }]);
    let at = place(&harness, "linked to, from 1503.44.18820");
    act(&harness, "linked to, from 1503.44.18820", Action::ShowContextMenu);
    harness.run();
    let [CanvasAsk::Menu { over: Over::Link(_), at: beside }] = asks(&shared)[..] else { panic!("one menu") };
    assert_eq!(beside, at, "and that of a link");
}

/// Asks for an action as assistive technology does.
fn act(harness: &Harness<'_>, label: &str, action: Action) {
    use egui_kittest::kittest::NodeT;
    let (target_node, target_tree) = object(harness, label).accesskit_node().locate();
    let request = egui::accesskit::ActionRequest { target_node, target_tree, action, data: None };
    harness.event(egui::Event::AccessKitActionRequest(request));
}

#[test]
fn a_right_click_opens_the_menu_of_what_is_under_it() {
    let (mut harness, shared) = case();
    let at = place(&harness, "Nordfjord");
    object(&harness, "Nordfjord").click_secondary();
    harness.run();
    assert_eq!(asks(&shared), vec![CanvasAsk::Menu { over: Over::Node(6), at }]);
}

#[test]
fn the_wheel_zooms_to_what_is_under_the_pointer() {
    let (mut harness, shared) = case();
    let before = place(&harness, "Viktor");
    harness.hover_at(before);
    harness.run();
    harness.event(egui::Event::MouseWheel {
        source: egui::MouseWheelSource::Wheel,
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, 60.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    harness.run();
    assert!(shared.borrow().canvas.view.zoom > 1.0);
    assert!(place(&harness, "Viktor").distance(before) < 1.5);
}

/// The texts of the picture with their boxes.
fn texts(harness: &Harness<'_>) -> Vec<(String, egui::Rect)> {
    fn gather(shape: &egui::Shape, found: &mut Vec<(String, egui::Rect)>) {
        match shape {
            egui::Shape::Text(text) => {
                let rect = egui::Rect::from_min_size(text.pos, text.galley.size());
                found.push((text.galley.job.text.clone(), rect));
            }
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| gather(shape, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    harness.output().shapes.iter().for_each(|clipped| gather(&clipped.shape, &mut found));
    found
}

fn box_of(harness: &Harness<'_>, text: &str) -> Option<egui::Rect> {
    texts(harness).into_iter().find(|(found, _)| found == text).map(|(_, rect)| rect)
}

#[test]
fn the_link_between_two_near_objects_is_named_at_its_line_whichever_way_it_goes() {
    for label in ["12 · 7.8M", "owned by company"] {
        for degrees in (0..360).step_by(15) {
            let (y, x) = (degrees as f32).to_radians().sin_cos();
            let nodes = vec![node("Ann", "Person", 0.0, 0.0), node("Bo", "Person", 100.0 * x, 100.0 * y)];
            let (mut harness, shared, _) = harness(Case::new(nodes, vec![link(0, 1, label)]), dark());
            harness.run();
            assert_eq!(shared.borrow().canvas.view.zoom, 1.0);
            let [a, b] = ["Person Ann", "Person Bo"].map(|name| place(&harness, name));
            let Some(at) = box_of(&harness, label) else { panic!("{label} at {degrees} degrees has no place") };
            let away = at.center().distance(a.lerp(b, 0.5));
            assert!(away < 50.0, "{label} at {degrees} degrees stands {away} away");
            for disc in [a, b] {
                assert!(at.distance_to_pos(disc) > 14.0, "{label} at {degrees} degrees covers an object");
            }
        }
    }
}

#[test]
fn a_name_gives_way_to_the_arrow_that_points_at_its_object() {
    let nodes = vec![node("Ann", "Person", 0.0, 120.0), node("Bo", "Person", 0.0, 0.0)];
    let (mut harness, _, _) = harness(Case::new(nodes, vec![link(0, 1, "")]), dark());
    harness.run();
    let bo = place(&harness, "Person Bo");
    let name = box_of(&harness, "Bo").unwrap();
    let tip = egui::Rect::from_min_max(bo + vec2(-3.0, 19.0), bo + vec2(3.0, 27.0));
    assert!(!name.intersects(tip), "{name:?} hides the arrow at {tip:?}");
    assert!(name.distance_to_pos(bo) < 26.0, "and stays at its object");
}

#[test]
fn an_object_that_no_source_has_says_so_at_every_zoom_at_which_it_has_a_name() {
    let mut nodes = vec![node("Ann", "Person", 0.0, 0.0), node("918224553", "Company", 200.0, 0.0)];
    nodes[0].0.sub_label = "Person".into();
    (nodes[1].0.sub_label, nodes[1].0.missing) = ("(not in your sources)".into(), true);
    let (mut harness, shared, _) = harness(Case::new(nodes, vec![link(0, 1, "")]), dark());
    for zoom in [0.65, 1.0] {
        harness.run();
        shared.borrow_mut().canvas.view.zoom = zoom;
        harness.run();
        assert!(box_of(&harness, "918224553").is_some(), "named at zoom {zoom}");
        assert!(box_of(&harness, "(not in your sources)").is_some(), "at zoom {zoom}");
        assert!(box_of(&harness, "Person").is_none(), "what was found keeps its type for nearer");
    }
    harness.get_by_label("Company 918224553 (not in your sources), 1 link");
}

#[test]
fn at_rest_no_frame_is_asked_for() {
    let (mut harness, _) = case();
    harness.hover_at(place(&harness, "Viktor"));
    harness.run();
    harness.step();
    let delay = harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert_eq!(delay, Some(std::time::Duration::MAX));
}

#[test]
fn an_icon_grows_with_its_disc() {
    let mut case = ferry_road();
    case.nodes[5].larger = 1.0;
    let (mut harness, shared, _) = harness(case, dark());
    harness.run();
    let icon = |harness: &Harness<'_>, icon: &str| box_of(harness, icon).unwrap().height();
    for zoom in [0.7, 1.0, 1.5] {
        shared.borrow_mut().canvas.view.zoom = zoom;
        harness.run();
        let (usual, larger) = (icon(&harness, "P"), icon(&harness, "O"));
        assert!((1.6..2.4).contains(&(larger / usual)), "at zoom {zoom}: {usual} and {larger}");
    }
}
