//! The graph drawing with ten and a hundred thousand nodes: how much is drawn, and that it is all of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may end")]

mod common;

use std::cell::RefCell;
use std::rc::Rc;

use common::{Case, communities, dark, light, shot};
use egui::vec2;
use egui_kittest::Harness;
use ui::canvas::{Canvas, Paint, Painting};
use ui::picture::Camera;

/// Quads and triangles that are no part of one count the same.
const MOST_SHAPES: usize = 60_000;

type Shared = Rc<RefCell<(Canvas, Case)>>;

fn harness(case: Case, paint: Paint, painting: Painting) -> (Harness<'static>, Shared, Camera) {
    let mut canvas = Canvas::with_overview();
    canvas.painting = painting;
    let shared: Shared = Rc::new(RefCell::new((canvas, case)));
    let inner = Rc::clone(&shared);
    let camera = Camera::default();
    let seen = camera.clone();
    let harness = Harness::builder()
        .with_size(vec2(1920.0, 1080.0))
        .with_context_setup(move |ctx| ctx.add_plugin(seen))
        .build_ui(move |ui| {
            let (canvas, case) = &mut *inner.borrow_mut();
            canvas.ui(ui, case.scene(), &paint);
        });
    (harness, shared, camera)
}

/// How many shapes the last frame drew, texts left aside.
fn shapes(harness: &Harness<'_>) -> usize {
    let meshes = harness.output().shapes.iter().map(|clipped| match &clipped.shape {
        egui::Shape::Mesh(mesh) => mesh.indices.len() / 6,
        _ => 1,
    });
    meshes.sum()
}

#[test]
fn at_any_zoom_a_hundred_thousand_nodes_and_three_hundred_thousand_links_cost_a_bounded_number_of_shapes() {
    let (mut harness, shared, _) = harness(communities(100_000, 300_000), dark(), Painting::Card);
    harness.step();
    let mut most = 0;
    for zoom in [0.01, 0.03, 0.05, 0.1, 0.2, 0.27, 0.3, 0.5, 0.65, 1.0, 2.0] {
        shared.borrow_mut().0.view.zoom = zoom;
        harness.step();
        let count = shapes(&harness);
        assert!(count < MOST_SHAPES, "{count} at zoom {zoom}");
        most = most.max(count);
    }
    assert!(most > 20_000, "so few are no picture of the graph: {most}");
}

#[test]
fn lines_that_only_pass_through_do_not_make_dots_of_the_objects_that_are_near() {
    let (mut harness, shared, _) = harness(communities(100_000, 300_000), dark(), Painting::Card);
    harness.step();
    let icons = |harness: &Harness<'_>| {
        let is_icon = |shape: &egui::Shape| matches!(shape, egui::Shape::Text(text) if text.galley.text().len() == 1);
        harness.output().shapes.iter().filter(|clipped| is_icon(&clipped.shape)).count()
    };
    assert_eq!(icons(&harness), 0, "from afar all are dots");
    shared.borrow_mut().0.view.zoom = 0.45;
    harness.step();
    assert!(icons(&harness) > 100, "{} of the objects have an icon", icons(&harness));
}

#[test]
fn crowds_from_afar_from_halfway_and_near_in_both_themes() {
    // The larger one takes a minute, and is worth it for those alone who look at it.
    let larger = option_env!("CLEW_SHOTS").map(|_| (100_000, Painting::Processor));
    for (count, painting) in std::iter::once((10_000, Painting::Card)).chain(larger) {
        for (name, paint) in [("dark", dark()), ("light", light())] {
            let (mut harness, shared, camera) = harness(communities(count, 3 * count), paint, painting);
            harness.step();
            for (from, zoom) in [("afar", None), ("further", Some(0.12)), ("halfway", Some(0.35)), ("near", Some(1.0))]
            {
                let before = shared.borrow().0.view.zoom;
                shared.borrow_mut().0.view.zoom = zoom.unwrap_or(before);
                for _ in 0..12 {
                    harness.step();
                }
                shot(&format!("crowd-{count}-{from}-{name}"), || camera.shoot(&harness.ctx, harness.output()));
            }
        }
    }
}
