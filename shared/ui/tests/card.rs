//! The graph drawing that a graphics card keeps: when it is handed over anew, and that it looks like one drawn anew in each
//! frame. There is no card here; what stands in for it moves the same triangles by the processor. The real one is seen in the
//! browser's chapters.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod common;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use common::{Case, communities, crowd, dark, ferry_road, shot};
use egui::{Context, FontFamily, Mesh, Rect, Shape, Vec2, vec2};
use egui_kittest::Harness;
use ui::canvas::{Canvas, Card, Lies, OnCard, Painting};
use ui::picture::{Camera, Picture};

/// Drawings that are kept, and whether there is still room for them.
#[derive(Clone, Default)]
struct Room {
    kept: Arc<AtomicUsize>,
    is_full: Arc<AtomicBool>,
}

/// What stands in for a drawing in the memory of a card.
struct Moved {
    meshes: Vec<Mesh>,
    room: Room,
}

impl OnCard for Moved {
    fn keep(&mut self, meshes: Vec<Mesh>) {
        self.meshes = meshes;
    }

    fn shape(&self, _pane: Rect, lies: Lies) -> Shape {
        let moved = self.meshes.iter().cloned().map(|mut mesh| {
            for vertex in &mut mesh.vertices {
                vertex.pos = (vertex.pos.to_vec2() * lies.scale + lies.shift).to_pos2();
            }
            Shape::mesh(mesh)
        });
        Shape::Vec(moved.collect())
    }

    fn has_failed(&self) -> bool {
        self.room.is_full.load(Ordering::Relaxed)
    }
}

impl Drop for Moved {
    fn drop(&mut self) {
        self.room.kept.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A window with the graph, and with a card if there is room on one.
struct Window {
    harness: Harness<'static>,
    shared: Rc<RefCell<(Canvas, Case)>>,
    camera: Camera,
}

impl Window {
    fn new(case: Case, card: Option<Room>) -> Self {
        let shared = Rc::new(RefCell::new((Canvas::default(), case)));
        let (inner, camera, paint) = (Rc::clone(&shared), Camera::default(), dark());
        let seen = camera.clone();
        let harness = Harness::builder()
            .with_size(vec2(1136.0, 656.0))
            .with_context_setup(move |ctx| {
                ctx.add_plugin(seen);
                let Some(room) = card else { return };
                let make = move |_: &Context| -> Box<dyn OnCard> {
                    room.kept.fetch_add(1, Ordering::Relaxed);
                    Box::new(Moved { meshes: Vec::new(), room: room.clone() })
                };
                Card::new(make).hand_in(ctx);
            })
            .build_ui(move |ui| {
                let (canvas, case) = &mut *inner.borrow_mut();
                canvas.ui(ui, case.scene(), &paint);
            });
        Self { harness, shared, camera }
    }

    fn on_card(case: Case) -> Self {
        Self::new(case, Some(Room::default()))
    }

    /// Frames without input, as many as pass in this time.
    fn wait(&mut self, secs: f32) {
        for _ in 0..(secs * 60.0) as usize {
            self.harness.step();
        }
    }

    fn pan(&mut self, by: Vec2) {
        let canvas = &mut self.shared.borrow_mut().0;
        canvas.view.x -= by.x / canvas.view.zoom;
        canvas.view.y -= by.y / canvas.view.zoom;
    }

    fn zoom(&mut self, factor: f32) {
        self.shared.borrow_mut().0.zoom(factor);
    }

    fn handed_over(&self) -> u64 {
        self.shared.borrow().0.paintings()
    }

    fn bare(&self) -> f32 {
        self.shared.borrow().0.bare()
    }

    fn shoot(&self) -> Picture {
        self.camera.shoot(&self.harness.ctx, self.harness.output())
    }
}

/// How many of a thousand pixels differ by more than what rounding makes of them.
fn differing(one: &Picture, other: &Picture) -> usize {
    let pixels = one.rgba.chunks_exact(4).zip(other.rgba.chunks_exact(4));
    let far = pixels.filter(|(one, other)| one.iter().zip(*other).any(|(one, other)| one.abs_diff(*other) > 6));
    far.count() * 1_000 / (one.width * one.height)
}

#[test]
fn what_is_kept_looks_as_if_it_were_drawn_anew_wherever_one_looks() {
    for (name, case) in [("case", ferry_road()), ("crowd", crowd(2_000))] {
        let mut windows = [Window::on_card(case.clone()), Window::new(case, None)];
        for (step, pan, zoom) in [(0, 0.0, 1.0), (1, 36.0, 1.0), (2, -90.0, 1.4), (3, 200.0, 0.6)] {
            let pictures = windows.each_mut().map(|window| {
                window.pan(vec2(pan, -pan / 2.0));
                window.zoom(zoom);
                window.wait(0.4);
                window.shoot()
            });
            let [kept, anew] = &pictures;
            shot(&format!("kept-{name}-{step}"), || kept.clone());
            shot(&format!("kept-{name}-{step}-anew"), || anew.clone());
            // Names find their places in all that is kept, which is more than the pane.
            let most = if name == "case" { 2 } else { 40 };
            assert!(differing(kept, anew) <= most, "{name}, {step}: {} of 1000 pixels", differing(kept, anew));
        }
    }
}

#[test]
fn moving_the_view_hands_nothing_over_until_it_has_come_to_rest_at_another_size_or_beyond_the_edge() {
    let mut window = Window::on_card(crowd(2_000));
    window.zoom(4.0);
    window.wait(0.5);
    let first = window.handed_over();
    for _ in 0..40 {
        window.pan(vec2(10.0, 6.0));
        window.harness.step();
    }
    assert_eq!((window.handed_over(), window.bare()), (first, 0.0), "a part of a pane further");
    window.wait(0.5);
    assert_eq!(window.handed_over(), first, "as large as it was and whole, it is what a new one would be");
    for _ in 0..6 {
        window.zoom(1.05);
        window.harness.step();
    }
    assert_eq!(window.handed_over(), first, "nearer");
    window.wait(0.5);
    assert_eq!(window.handed_over(), first + 1, "at rest once");
    for _ in 0..20 {
        window.pan(vec2(100.0, 0.0));
        window.harness.step();
    }
    let further = window.handed_over() - first - 1;
    assert!((1..=5).contains(&further), "{further} on the way beyond its edge");
    window.wait(1.0);
    let last = window.handed_over();
    window.wait(1.0);
    assert_eq!(window.handed_over(), last, "at rest nothing");
}

#[test]
fn what_is_small_stays_sharp_while_one_comes_nearer() {
    let mut window = Window::on_card(ferry_road());
    window.wait(0.5);
    let first = window.handed_over();
    for _ in 0..6 {
        window.zoom(1.05);
        window.harness.step();
    }
    assert_eq!(window.handed_over(), first + 6);
    window.pan(vec2(60.0, 40.0));
    window.wait(0.5);
    assert_eq!(window.handed_over(), first + 6);
}

#[test]
fn where_all_of_the_graph_is_kept_nothing_is_missing_beyond_its_edges() {
    let mut window = Window::on_card(communities(3_000, 6_000));
    window.wait(0.5);
    let first = window.handed_over();
    for _ in 0..60 {
        window.pan(vec2(25.0, 15.0));
        window.harness.step();
    }
    assert_eq!((window.handed_over(), window.bare()), (first, 0.0));
}

#[test]
fn what_the_pointer_is_over_is_drawn_above_what_is_kept() {
    let mut window = Window::on_card(ferry_road());
    window.wait(0.5);
    let (before, first) = (window.shoot(), window.handed_over());
    for column in 0..40 {
        window.harness.hover_at(egui::pos2(40.0 + 27.0 * column as f32, 300.0));
        window.harness.step();
    }
    window.harness.hover_at(egui::pos2(568.0, 328.0));
    window.harness.step();
    assert_eq!(window.handed_over(), first);
    window.harness.hover_at(egui::pos2(2.0, 2.0));
    window.wait(0.2);
    assert_eq!(differing(&before, &window.shoot()), 0, "nothing of it stays behind");
}

#[test]
fn other_letters_are_handed_over() {
    let mut window = Window::on_card(ferry_road());
    window.wait(0.5);
    let first = window.handed_over();
    let ctx = window.harness.ctx.clone();
    let mut fonts = ctx.fonts(|fonts| fonts.definitions().clone());
    fonts.families.insert(FontFamily::Name("another".into()), Vec::new());
    ctx.set_fonts(fonts);
    window.wait(0.2);
    assert_eq!(window.handed_over(), first + 1, "in a new texture they lie elsewhere");
}

#[test]
fn whoever_asks_for_the_processor_gets_it_and_the_memory_of_the_card_is_given_back() {
    let room = Room::default();
    let mut window = Window::new(ferry_road(), Some(room.clone()));
    window.wait(0.5);
    let on_card = window.shoot();
    assert_eq!(room.kept.load(Ordering::Relaxed), 1);
    window.shared.borrow_mut().0.painting = Painting::Processor;
    window.wait(0.5);
    assert_eq!(room.kept.load(Ordering::Relaxed), 0);
    assert!(differing(&on_card, &window.shoot()) <= 2);
    window.shared.borrow_mut().0.painting = Painting::Card;
    window.wait(0.5);
    assert_eq!(room.kept.load(Ordering::Relaxed), 1);
    assert_eq!(differing(&on_card, &window.shoot()), 0);
}

#[test]
fn a_card_that_keeps_nothing_leaves_the_graph_to_be_drawn_anew() {
    let room = Room::default();
    let mut window = Window::new(ferry_road(), Some(room.clone()));
    window.wait(0.5);
    let before = window.shoot();
    room.is_full.store(true, Ordering::Relaxed);
    window.wait(0.1);
    assert_eq!(differing(&before, &window.shoot()), 0);
    assert_eq!(window.bare(), 0.0);
}
