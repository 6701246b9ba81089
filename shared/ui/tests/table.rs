//! The table: what is seen, and what mouse and keyboard ask for.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::single_range_in_vec_init,
    reason = "a test may end"
)]

mod common;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use common::{TITLES, many_transfers, shot, table_paint};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use ui::picture::Camera;
use ui::table::{Header, Rows, Sorted, Table, TableAsk};

struct Bench {
    table: Table,
    rows: Rows,
    asks: Vec<TableAsk>,
    is_dark: bool,
}

type Shared = Rc<RefCell<Bench>>;

fn headers() -> Vec<Header<'static>> {
    let header = |(index, title)| {
        let sorted = (index == 3).then_some(Sorted { descending: true, rank: 0 });
        Header { title, sorted, can_sort: true, can_filter: true, format: None }
    };
    TITLES.into_iter().enumerate().map(header).collect()
}

fn harness(count: i64, is_dark: bool) -> (Harness<'static>, Shared, Camera) {
    let bench = Bench { table: Table::default(), rows: many_transfers(count), asks: Vec::new(), is_dark };
    let shared: Shared = Rc::new(RefCell::new(bench));
    let inner = Rc::clone(&shared);
    let camera = Camera::default();
    let seen = camera.clone();
    let mut harness = Harness::builder()
        .with_size(vec2(1136.0, 316.0))
        .with_context_setup(move |ctx| {
            ui::look::install_fonts(ctx);
            ctx.add_plugin(seen);
        })
        .allow_missing_glyphs()
        .build_ui(move |ui| {
            let bench = &mut *inner.borrow_mut();
            let asks = bench.table.ui(ui, &bench.rows, &headers(), &table_paint(bench.is_dark));
            bench.asks.extend(asks);
        });
    harness.run();
    (harness, shared, camera)
}

fn asks(shared: &Shared) -> Vec<TableAsk> {
    std::mem::take(&mut shared.borrow_mut().asks)
}

fn selected(shared: &Shared) -> Vec<std::ops::Range<usize>> {
    shared.borrow().table.selection().ranges().to_vec()
}

#[test]
fn transfers_in_both_themes() {
    for (name, is_dark) in [("table-dark", true), ("table-light", false)] {
        let (mut harness, shared, camera) = harness(412, is_dark);
        shared.borrow_mut().table.select([0, 1, 2]);
        harness.hover_at(harness.get_by_label("Row 6").rect().center());
        harness.run();
        shot(name, || camera.shoot(&harness.ctx, harness.output()));
        harness.get_by_label("Holder").click_secondary();
        harness.run();
        shot(&format!("{name}-menu"), || camera.shoot(&harness.ctx, harness.output()));
    }
}

#[test]
fn rows_and_cells_are_found_by_role_and_name() {
    let (harness, _, _) = harness(1000, true);
    let row = harness.get_by_role_and_label(Role::Row, "Row 2");
    row.get_by_role_and_label(Role::Cell, "Vestlandet Import AS");
    row.get_by_role_and_label(Role::Cell, "79.19");
    harness.get_by_role_and_label(Role::ColumnHeader, "Amount");
    harness.get_by_role_and_label(Role::Table, "Rows");
}

#[test]
fn clicks_select_as_everywhere() {
    let (mut harness, shared, _) = harness(1000, true);
    for (row, modifiers, wanted) in [
        ("Row 3", Modifiers::NONE, vec![2..3]),
        ("Row 6", Modifiers::SHIFT, vec![2..6]),
        ("Row 4", Modifiers::COMMAND, vec![2..3, 4..6]),
        ("Row 8", Modifiers::NONE, vec![7..8]),
    ] {
        harness.get_by_label(row).click_modifiers(modifiers);
        harness.run();
        assert_eq!(selected(&shared), wanted, "{row}");
        assert_eq!(asks(&shared), vec![TableAsk::SelectionChanged]);
    }
    harness.get_by_label("Row 2").click_accesskit();
    harness.run();
    assert_eq!(selected(&shared), vec![1..2]);
}

#[test]
fn the_keyboard_steps_exactly_near_the_last_of_a_million_rows() {
    let (mut harness, shared, camera) = harness(1_000_000, true);
    harness.get_by_label("Row 1").click();
    harness.run();
    harness.key_press(Key::End);
    harness.run();
    assert_eq!(selected(&shared), vec![999_999..1_000_000]);
    let bottom = harness.get_by_label("Row 1000000").rect().bottom();
    for row in (999_990..1_000_000).rev() {
        harness.key_press(Key::ArrowUp);
        harness.run();
        assert_eq!(selected(&shared), vec![row - 1..row]);
        assert_eq!(harness.get_by_label("Row 1000000").rect().bottom(), bottom, "nothing moves while it is in view");
    }
    shot("table-million", || camera.shoot(&harness.ctx, harness.output()));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::PageUp);
    harness.run();
    assert_eq!(shared.borrow().table.selection().count(), 12);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run();
    assert_eq!(shared.borrow().table.selection().count(), 1_000_000);
    harness.key_press(Key::Home);
    harness.run();
    assert_eq!((shared.borrow().table.top_row(), selected(&shared)), (0, vec![0..1]));
}

#[test]
fn enter_opens_and_space_shows_at_the_side() {
    let (mut harness, shared, _) = harness(100, true);
    harness.get_by_label("Row 5").click();
    harness.run();
    asks(&shared);
    for (key, wanted) in [(Key::Enter, TableAsk::Open(4)), (Key::Space, TableAsk::Side(4))] {
        harness.key_press(key);
        harness.run();
        assert_eq!(asks(&shared), vec![wanted]);
    }
}

#[test]
fn selected_rows_are_copied_with_titles_and_summed_exactly() {
    let (mut harness, shared, _) = harness(100, true);
    harness.get_by_label("Row 2").click();
    harness.run();
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run();
    asks(&shared);
    harness.event(Event::Copy);
    harness.step();
    let copied = harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let copied = copied.unwrap();
    let lines: Vec<&str> = copied.lines().collect();
    assert_eq!(lines[0], "Booked\tFrom account\tHolder\tAmount\tCcy\tRate\tText");
    assert!(
        lines[1]
            .starts_with("2024-03-14T09:13:00\t9710.01.00001\tVestlandet Import AS\t79.19\tNOK\t0.015625\tinvoice 1")
    );
    assert_eq!(lines.len(), 3);
    assert_eq!(asks(&shared), vec![TableAsk::Copied { rows: 2, left_out: 0 }]);
    let bench = &mut *shared.borrow_mut();
    let sums: Vec<Option<String>> =
        bench.table.sums(&bench.rows).iter().map(|sum| sum.map(|s| s.to_string())).collect();
    assert_eq!(sums[3].as_deref(), Some("237.57"));
    assert_eq!(sums[2], None);
}

#[test]
fn the_row_of_a_menu_is_copied_alone_or_with_all_that_are_selected() {
    let mut rows = Rows::default();
    let texts = StringArray::from(vec!["one", "two\nlines\tand a tab", "three"]);
    rows.push(RecordBatch::try_from_iter([("text", Arc::new(texts) as ArrayRef)]).unwrap()).unwrap();
    let headers = [Header { title: "Text", ..Header::default() }];
    let bench = Rc::new(RefCell::new(Table::default()));
    let shown = Rc::clone(&bench);
    let drawn = rows.clone();
    Harness::new_ui(move |ui| {
        shown.borrow_mut().ui(ui, &drawn, &[Header { title: "Text", ..Header::default() }], &table_paint(true));
    })
    .run();
    let mut table = bench.borrow_mut();
    table.select([0, 1]);
    let (text, taken, left_out) = table.copied(&rows, &headers, 1);
    assert_eq!((text.as_str(), taken, left_out), ("Text\none\ntwo lines and a tab\n", 2, 0));
    assert_eq!(table.copied(&rows, &headers, 2), ("Text\nthree\n".to_owned(), 1, 0));
}

#[test]
fn a_title_sorts_and_its_edge_resizes() {
    let (mut harness, shared, _) = harness(100, true);
    harness.get_by_role_and_label(Role::ColumnHeader, "Holder").click();
    harness.run();
    assert_eq!(asks(&shared), vec![TableAsk::Sort { column: 2, additive: false, descending: None }]);
    harness.get_by_role_and_label(Role::ColumnHeader, "Ccy").click_modifiers(Modifiers::SHIFT);
    harness.run();
    assert_eq!(asks(&shared), vec![TableAsk::Sort { column: 4, additive: true, descending: None }]);
    let before = harness.get_by_role_and_label(Role::ColumnHeader, "Booked").rect();
    let edge = before.right_center();
    harness.hover_at(edge);
    harness.run();
    harness.drag_at(edge);
    harness.run();
    harness.hover_at(edge + vec2(20.0, 0.0));
    harness.run();
    harness.hover_at(edge + vec2(40.0, 0.0));
    harness.run();
    harness.drop_at(edge + vec2(40.0, 0.0));
    harness.run();
    let after = harness.get_by_role_and_label(Role::ColumnHeader, "Booked").rect();
    assert!((after.width() - before.width() - 40.0).abs() < 2.0, "{before} {after}");
    assert_eq!(asks(&shared), vec![], "resizing does not sort");
}

#[test]
fn the_header_menu_sorts_hides_and_filters() {
    let (mut harness, shared, _) = harness(100, true);
    for (choice, wanted) in [
        ("Sort descending", vec![TableAsk::Sort { column: 2, additive: false, descending: Some(true) }]),
        ("Hide column", vec![]),
    ] {
        harness.get_by_role_and_label(Role::ColumnHeader, "Holder").click_secondary();
        harness.run();
        harness.get_by_label(choice).click();
        harness.run();
        assert_eq!(asks(&shared), wanted);
    }
    assert!(harness.query_by_role_and_label(Role::ColumnHeader, "Holder").is_none());
}

#[test]
fn a_title_has_its_menu_from_the_keyboard_too() {
    let (mut harness, shared, _) = harness(100, true);
    for (modifiers, key) in [(Modifiers::SHIFT, Key::F10), (Modifiers::NONE, Key::Menu)] {
        harness.get_by_role_and_label(Role::ColumnHeader, "Holder").focus();
        harness.run();
        harness.key_press_modifiers(modifiers, key);
        harness.run();
        let title = harness.get_by_role_and_label(Role::ColumnHeader, "Holder").rect();
        let first = harness.get_by_role_and_label(Role::MenuItem, "Sort ascending");
        assert!(first.is_focused() && first.rect().distance_to_pos(title.center_bottom()) < 60.0, "{key:?}");
        harness.key_press(Key::ArrowDown);
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
        assert_eq!(asks(&shared), vec![TableAsk::Sort { column: 2, additive: false, descending: Some(true) }]);
        assert!(harness.query_by_role_and_label(Role::MenuItem, "Sort ascending").is_none(), "{key:?}");
    }
}

#[test]
fn the_scroll_bar_reaches_every_part() {
    let (mut harness, shared, _) = harness(1_000_000, true);
    // The bar lies at the right edge, below the header; the window has a margin of 8.
    let at = |y: f32| egui::pos2(1136.0 - 8.0 - 5.0, y);
    harness.hover_at(at(40.0));
    harness.run();
    harness.drag_at(at(40.0));
    harness.run();
    for (y, wanted) in [(172.0, 450_000..560_000), (400.0, 999_980..1_000_000), (0.0, 0..1)] {
        harness.hover_at(at(y));
        harness.run();
        let top = shared.borrow().table.top_row();
        assert!(wanted.contains(&top), "at {y}: {top}");
    }
    harness.drop_at(at(0.0));
    harness.run();
}

#[test]
fn a_wheel_moves_the_rows_and_at_rest_no_frame_is_asked_for() {
    let (mut harness, shared, _) = harness(1000, true);
    harness.hover_at(egui::pos2(300.0, 150.0));
    harness.event(Event::MouseWheel {
        source: egui::MouseWheelSource::Wheel,
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, -240.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
    });
    harness.run();
    assert_eq!(shared.borrow().table.top_row(), 10);
    harness.step();
    let delay = harness.output().viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert_eq!(delay, Some(std::time::Duration::MAX));
}

#[test]
fn columns_follow_the_width_of_the_table_until_somebody_sets_one() {
    let (mut harness, _, _) = harness(50, true);
    let last = |harness: &Harness<'_>| {
        let titles = harness.query_all_by_role(Role::ColumnHeader);
        titles.map(|title| title.rect().right()).fold(0.0, f32::max)
    };
    let wide = last(&harness);
    harness.set_size(vec2(1036.0, 316.0));
    harness.run();
    assert!((wide - last(&harness) - 100.0).abs() < 8.0, "{wide} became {}", last(&harness));
    harness.set_size(vec2(1136.0, 316.0));
    harness.run();
    assert!((wide - last(&harness)).abs() < 8.0, "and back again");
}
