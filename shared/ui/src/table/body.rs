//! The rows in view.

use egui::accesskit::{self, Action, Role};
use egui::{Align2, CursorIcon, Id, Rect, Response, Sense, Stroke, Ui, UiBuilder, pos2, vec2};

use super::{Frame, PADDING, ROW_HEIGHT, Table, TableAsk, keys, line};

/// With more cells than this, only rows are described to those who listen.
const MOST_DESCRIBED_CELLS: usize = 600;

pub(super) fn ui(table: &mut Table, ui: &mut Ui, frame: &Frame<'_>, asks: &mut Vec<TableAsk>) {
    let response = ui.interact(frame.body, frame.id.with("body"), Sense::click());
    keys::act(table, ui, &response, frame, asks);
    wheel(table, ui, frame);
    clicks(table, ui, &response, frame, asks);
    let mut view = ui.new_child(UiBuilder::new().id_salt("rows").max_rect(frame.body).accessibility_role(Role::Table));
    view.set_clip_rect(frame.body.intersect(ui.clip_rect()));
    let hovered = response.hover_pos().and_then(|pos| row_at(table, frame, pos));
    let rows = in_view(table, frame);
    for (row, rect) in &rows {
        draw_row(table, &view, frame, *row, *rect, hovered == Some(*row), response.has_focus());
    }
    if ui.ctx().accesskit_node_builder(response.id, |node| node.set_role(Role::Group)).is_some() {
        describe(table, &mut view, &response, frame, &rows, asks);
    }
}

fn in_view(table: &Table, frame: &Frame<'_>) -> Vec<(usize, Rect)> {
    let mut top = frame.body.min.y - table.scroll.hidden_part();
    let mut rows = Vec::new();
    for row in table.scroll.top()..frame.rows.len() {
        if top >= frame.body.max.y {
            break;
        }
        let rect = Rect::from_min_size(pos2(frame.body.min.x, top), vec2(frame.body.width(), ROW_HEIGHT));
        rows.push((row, rect));
        top += ROW_HEIGHT;
    }
    rows
}

fn row_at(table: &Table, frame: &Frame<'_>, pos: egui::Pos2) -> Option<usize> {
    let down = (pos.y - frame.body.min.y + table.scroll.hidden_part()) / ROW_HEIGHT;
    let row = table.scroll.top() + down.max(0.0) as usize;
    (frame.body.contains(pos) && row < frame.rows.len()).then_some(row)
}

fn wheel(table: &mut Table, ui: &Ui, frame: &Frame<'_>) {
    if !ui.rect_contains_pointer(frame.rect) {
        return;
    }
    let delta = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta));
    table.scroll.scroll_by(-delta.y);
    table.scroll.scroll_left_by(-delta.x);
    table.scroll.keep_within(frame.rows.len(), table.columns.width(), frame.body.size());
}

fn clicks(table: &mut Table, ui: &Ui, response: &Response, frame: &Frame<'_>, asks: &mut Vec<TableAsk>) {
    let Some(at) = response.interact_pointer_pos() else { return };
    if response.clicked() || response.secondary_clicked() {
        response.request_focus();
    }
    let Some(row) = row_at(table, frame, at) else { return };
    let modifiers = ui.input(|input| input.modifiers);
    if response.double_clicked() {
        asks.push(TableAsk::Open(row));
    } else if response.clicked() {
        table.change_selection(
            |selection| match (modifiers.shift, modifiers.command) {
                (true, _) => selection.extend_to(row),
                (_, true) => selection.toggle(row),
                _ => selection.set(row),
            },
            asks,
        );
    } else if response.secondary_clicked() {
        if !table.selection.contains(row) {
            table.change_selection(|selection| selection.set(row), asks);
        }
        asks.push(TableAsk::RowMenu { row, at });
    }
}

fn draw_row(table: &mut Table, ui: &Ui, frame: &Frame<'_>, row: usize, rect: Rect, hovered: bool, focused: bool) {
    let paint = frame.paint;
    let selected = table.selection.contains(row);
    if selected || hovered {
        ui.painter().rect_filled(rect, 0.0, if selected { paint.accent_surface } else { paint.raised });
    }
    ui.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, paint.line));
    if focused && table.selection.cursor() == Some(row) {
        ui.painter().rect_stroke(rect.shrink(1.0), 2.0, Stroke::new(1.5, paint.accent), egui::StrokeKind::Inside);
    }
    for place in &frame.columns {
        let text = table.cells.text(frame, row, place.column);
        let colour = if text.is_some() { paint.text } else { paint.faint };
        let galley =
            line(ui, paint, text.as_deref().unwrap_or(paint.words.null), place.right - place.left - 2.0 * PADDING);
        let left = if place.is_number { place.right - PADDING - galley.size().x } else { place.left + PADDING };
        let at = Align2::LEFT_CENTER.anchor_size(pos2(left, rect.center().y), galley.size()).min;
        ui.painter().galley(at, galley, colour);
    }
    if hovered {
        ui.ctx().set_cursor_icon(CursorIcon::Default);
    }
}

/// Rows with their number, and in them cells with their text, for those who do not see the table.
fn describe(
    table: &mut Table,
    view: &mut Ui,
    response: &Response,
    frame: &Frame<'_>,
    rows: &[(usize, Rect)],
    asks: &mut Vec<TableAsk>,
) {
    let table_id = view.unique_id();
    let (row_count, column_count) = (frame.rows.len(), frame.headers.len());
    view.ctx().accesskit_node_builder(table_id, |node| {
        node.set_label(frame.paint.words.table);
        node.set_row_count(row_count);
        node.set_column_count(column_count);
    });
    let with_cells = rows.len() * frame.columns.len() <= MOST_DESCRIBED_CELLS;
    for (row, rect) in rows {
        let id = frame.id.with(("row", *row));
        let builder = UiBuilder::new().scope_id(id).max_rect(*rect).accessibility_role(Role::Row);
        let mut row_ui = view.new_child(builder);
        let selected = table.selection.contains(*row);
        let name = format!("{} {}", frame.paint.words.row, row + 1);
        node(&row_ui, id, rect.intersect(frame.body), |node| {
            node.set_label(name);
            node.set_row_index(*row);
            node.set_selected(selected);
            node.add_action(Action::Click);
        });
        if with_cells {
            describe_cells(table, &mut row_ui, frame, *row, *rect);
        }
        if view.input(|input| input.has_accesskit_action_request(id, Action::Click)) {
            response.request_focus();
            table.change_selection(|selection| selection.set(*row), asks);
        }
    }
}

fn describe_cells(table: &mut Table, ui: &mut Ui, frame: &Frame<'_>, row: usize, rect: Rect) {
    for place in &frame.columns {
        let id = frame.id.with(("cell", row, place.column));
        let cell = Rect::from_x_y_ranges(place.left..=place.right, rect.y_range()).intersect(frame.body);
        ui.interact(cell, id, Sense::hover());
        let text = table.cells.text(frame, row, place.column);
        node(ui, id, cell, |node| {
            node.set_role(Role::Cell);
            node.set_label(text.as_deref().unwrap_or(frame.paint.words.null));
            node.set_column_index(place.column);
            node.set_row_index(row);
        });
    }
}

fn node(ui: &Ui, id: Id, rect: Rect, write: impl FnOnce(&mut accesskit::Node)) {
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_bounds(accesskit::Rect {
            x0: rect.min.x.into(),
            y0: rect.min.y.into(),
            x1: rect.max.x.into(),
            y1: rect.max.y.into(),
        });
        write(node);
    });
}
