//! What one frame costs, update and tessellation: the graph while panning and zooming, the table while scrolling; and
//! what selecting costs in a large table.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and may end")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Duration;

use access::ObjectTypeId;
use criterion::{Criterion, criterion_group, criterion_main};
use egui::{Context, FullOutput, RawInput, Rect, pos2, vec2};
use ui::canvas::{Canvas, Painting};
use ui::table::{Header, Table, sums_by};
use ui::work::{ObjectRef, RowObjects};

fn input(time: f64) -> RawInput {
    let screen_rect = Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1920.0, 1080.0)));
    RawInput { screen_rect, time: Some(time), ..RawInput::default() }
}

/// What people feel is not the mean: the median and the 99th percentile of 400 frames, in milliseconds.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn percentiles(name: &str, mut step: impl FnMut() -> usize) {
    let mut millis: Vec<f64> = (0..400)
        .map(|_| {
            let start = std::time::Instant::now();
            std::hint::black_box(step());
            start.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    println!("{name}: p50 {:.2} ms, p99 {:.2} ms", millis[200], millis[396]);
}

/// One frame to its triangles; their number.
fn frame(ctx: &Context, time: f64, content: impl FnMut(&mut egui::Ui)) -> usize {
    let mut output: FullOutput = ctx.run_ui(input(time), content);
    output.textures_delta.clear();
    let primitives = ctx.tessellate(output.shapes, output.pixels_per_point);
    let triangles = primitives.iter().map(|primitive| match &primitive.primitive {
        egui::epaint::Primitive::Mesh(mesh) => mesh.indices.len() / 3,
        egui::epaint::Primitive::Callback(_) => 0,
    });
    triangles.sum()
}

fn graph(criterion: &mut Criterion) {
    panned(criterion, &common::crowd(10_000), Painting::Card, "10,000 nodes and 30,000 links", &[false, true]);
    let large = common::communities(100_000, 300_000);
    panned(criterion, &large, Painting::Processor, "100,000 nodes and 300,000 links", &[true]);
}

fn panned(criterion: &mut Criterion, case: &common::Case, painting: Painting, of: &str, described: &[bool]) {
    let scene = case.scene();
    let paint = common::dark();
    let mut group = criterion.benchmark_group(format!("graph, {of}, panning"));
    for (name, zoom) in [("everything in view", None), ("halfway", Some(0.35)), ("near", Some(1.0))] {
        for &described in described {
            let ctx = Context::default();
            if described {
                ctx.enable_accesskit();
            }
            let mut canvas = Canvas::default();
            canvas.painting = painting;
            frame(&ctx, 0.0, |ui| drop(canvas.ui(ui, scene, &paint)));
            let ctx_name = if described { format!("{name}, with accessibility") } else { name.to_owned() };
            canvas_zoom(&mut canvas, zoom);
            let mut time = 10.0;
            let mut step = || {
                time += 1.0 / 60.0;
                let swing = if (time as i64) % 2 == 0 { 3.0 } else { -3.0 };
                canvas.view.x += swing / canvas.view.zoom;
                frame(&ctx, time, |ui| drop(canvas.ui(ui, scene, &paint)))
            };
            let triangles = step();
            percentiles(&format!("graph of {of}, panned, {ctx_name}"), &mut step);
            group.bench_function(format!("{ctx_name}: {triangles} triangles"), |bencher| bencher.iter(&mut step));
        }
    }
    group.finish();
}

/// One painting by the processor of everything from afar: the shapes, the texts and their pixels.
fn painting(criterion: &mut Criterion) {
    let paint = common::dark();
    let mut group = criterion.benchmark_group("graph painted by the processor");
    for count in [1_000, 10_000, 100_000] {
        let case = common::crowd(count);
        let ctx = Context::default();
        let mut canvas = Canvas::default();
        canvas.painting = Painting::Processor;
        let mut scene = case.scene();
        let mut step = || {
            scene.look += 1;
            frame(&ctx, 0.0, |ui| drop(canvas.ui(ui, scene, &paint)))
        };
        step();
        group
            .bench_function(format!("{count} nodes and {} links", case.links.len()), |bencher| bencher.iter(&mut step));
    }
    group.finish();
}

fn canvas_zoom(canvas: &mut Canvas, zoom: Option<f32>) {
    if let Some(zoom) = zoom {
        canvas.view.zoom = zoom;
    }
}

fn table(criterion: &mut Criterion) {
    let rows = common::many_transfers(1_000_000);
    let paint = common::table_paint(true);
    let headers = common::TITLES.map(|title| Header { title, can_sort: true, ..Header::default() });
    let mut group = criterion.benchmark_group("table, a million rows, scrolling");
    for described in [false, true] {
        let ctx = Context::default();
        if described {
            ctx.enable_accesskit();
        }
        let mut table = Table::default();
        let mut time = 0.0;
        let mut row = 0;
        let mut step = || {
            time += 1.0 / 60.0;
            row = (row + 97) % 1_000_000;
            table.show_row(row);
            frame(&ctx, time, |ui| drop(table.ui(ui, &rows, &headers, &paint)))
        };
        let triangles = step();
        let name = if described { "with accessibility" } else { "drawn only" };
        percentiles(&format!("table of 1,000,000 rows, scrolled, {name}"), &mut step);
        group.bench_function(format!("{name}: {triangles} triangles"), |bencher| bencher.iter(&mut step));
    }
    group.finish();
}

/// What selecting costs in a million rows: the sums of everything by currency, and the rows of what the graph selects.
fn selecting(criterion: &mut Criterion) {
    let rows = common::many_transfers(1_000_000);
    let schema = rows.schema().unwrap();
    let column = |title: &str| schema.index_of(title).unwrap();
    let mut group = criterion.benchmark_group("table, a million rows, selecting");
    let (amount, currency) = (column("Amount"), column("Ccy"));
    group.bench_function("sums of all for each currency", |bencher| {
        bencher.iter(|| sums_by(&rows, std::slice::from_ref(&(0..1_000_000)), amount, currency));
    });
    let account = ObjectTypeId::new("account").unwrap();
    let ends = ["From account", "Text"].map(|title| (account.clone(), vec![column(title)]));
    let objects = RowObjects::new(ends.to_vec());
    let object = |number| ObjectRef { object_type: account.clone(), key: vec![format!("9710.00.{number:05}")] };
    let wanted: Vec<ObjectRef> = (0..1_000).map(object).collect();
    group.bench_function("rows of a thousand objects", |bencher| {
        bencher.iter(|| objects.rows_of(&rows, 0..1_000_000, &wanted));
    });
    group.finish();
}

criterion_group! {
    name = frames;
    config = Criterion::default().measurement_time(Duration::from_secs(4)).warm_up_time(Duration::from_secs(1)).sample_size(50);
    targets = graph, painting, table, selecting
}
criterion_main!(frames);
