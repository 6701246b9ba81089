//! The titles: click to sort, drag an edge to resize, right-click (or Shift+F10) for more.

use egui::accesskit::{Role, SortDirection};
use egui::{Align2, CursorIcon, Rect, Response, Sense, Stroke, Ui, UiBuilder, pos2, vec2};

use super::columns::MARK;
use super::{Frame, HEADER_HEIGHT, PADDING, Place, Sorted, Table, TableAsk, line};
use crate::look::icons;
use crate::widgets::{ListRow, context_menu, menu_row};

/// Half the width of the strip where an edge can be gripped.
const GRIP: f32 = 4.0;

pub(super) fn ui(table: &mut Table, ui: &mut Ui, frame: &Frame<'_>, asks: &mut Vec<TableAsk>) {
    let rect = Rect::from_min_size(frame.rect.min, vec2(frame.rect.width(), HEADER_HEIGHT));
    let builder = UiBuilder::new().id_salt("header").max_rect(rect).accessibility_role(Role::Row);
    let mut strip = ui.new_child(builder);
    strip.set_clip_rect(rect.intersect(ui.clip_rect()));
    strip.painter().rect_filled(rect, 0.0, frame.paint.panel);
    for place in &frame.columns {
        let cell = Rect::from_min_max(pos2(place.left, rect.min.y), pos2(place.right, rect.max.y));
        title(table, &mut strip, frame, *place, cell, asks);
    }
    for place in &frame.columns {
        edge(table, &strip, frame, *place, rect);
    }
    strip.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, frame.paint.line));
}

fn title(table: &mut Table, ui: &mut Ui, frame: &Frame<'_>, place: Place, cell: Rect, asks: &mut Vec<TableAsk>) {
    let Some(header) = frame.headers.get(place.column) else { return };
    let response = ui.interact(cell.intersect(frame.rect), frame.id.with(("title", place.column)), Sense::click());
    let sorted = header.sorted;
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::ColumnHeader);
        node.set_label(header.title);
        node.set_column_index(place.column);
        if let Some(sorted) = sorted {
            let descending = sorted.descending;
            node.set_sort_direction(if descending { SortDirection::Descending } else { SortDirection::Ascending });
        }
    });
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(cell.shrink2(vec2(1.0, 2.0)), 3.0, frame.paint.raised);
    }
    if response.has_focus() {
        let stroke = Stroke::new(1.5, frame.paint.accent);
        ui.painter().rect_stroke(cell.shrink(1.0), 3.0, stroke, egui::StrokeKind::Inside);
    }
    draw(ui, frame, place, cell, sorted);
    if response.clicked() && header.can_sort {
        let additive = ui.input(|input| input.modifiers.shift || input.modifiers.command);
        asks.push(TableAsk::Sort { column: place.column, additive, descending: None });
    }
    menu(table, frame, place, &response, asks);
}

fn draw(ui: &Ui, frame: &Frame<'_>, place: Place, cell: Rect, sorted: Option<Sorted>) {
    let mark = if sorted.is_some() { MARK } else { 0.0 };
    let colour = if sorted.is_some() { frame.paint.text } else { frame.paint.dim };
    let galley = line(ui, frame.paint, frame.title(place.column), cell.width() - 2.0 * PADDING - mark);
    let left = if place.is_number { cell.max.x - PADDING - mark - galley.size().x } else { cell.min.x + PADDING };
    let at = Align2::LEFT_CENTER.anchor_size(pos2(left, cell.center().y), galley.size()).min;
    let end = at.x + galley.size().x;
    ui.painter().galley(at, galley, colour);
    if let Some(sorted) = sorted {
        arrow(ui, frame, pos2(end + 9.0, cell.center().y), sorted);
    }
}

/// An arrow drawn by hand, since not every font has one; further sort columns carry their rank.
fn arrow(ui: &Ui, frame: &Frame<'_>, middle: egui::Pos2, sorted: Sorted) {
    let stroke = Stroke::new(1.2, frame.paint.text);
    let down = if sorted.descending { 1.0 } else { -1.0 };
    let tip = middle + vec2(0.0, 4.0 * down);
    ui.painter().line_segment([middle - vec2(0.0, 4.0 * down), tip], stroke);
    for side in [-3.0, 3.0] {
        ui.painter().line_segment([tip, tip + vec2(side, -3.0 * down)], stroke);
    }
    if sorted.rank > 0 {
        let font = egui::FontId::new(9.0, frame.paint.text_font.clone());
        let rank = (sorted.rank + 1).to_string();
        ui.painter().text(middle + vec2(4.5, -2.0), Align2::LEFT_CENTER, rank, font, frame.paint.dim);
    }
}

fn edge(table: &mut Table, ui: &Ui, frame: &Frame<'_>, place: Place, strip: Rect) {
    let grip = Rect::from_x_y_ranges(place.right - GRIP..=place.right + GRIP, strip.y_range());
    let id = frame.id.with(("edge", place.column));
    let response = ui.interact(grip, id, Sense::CLICK | Sense::DRAG);
    if response.double_clicked() {
        table.columns.fit(ui, frame, place.column, table.scroll.top());
    } else if response.dragged() {
        table.columns.widen(place.column, response.drag_delta().x);
    }
    let held = response.hovered() || response.dragged();
    if held {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    }
    let colour = if held { frame.paint.accent } else { frame.paint.line };
    ui.painter().vline(place.right - 0.5, strip.shrink(6.0).y_range(), Stroke::new(1.0, colour));
}

fn menu(table: &mut Table, frame: &Frame<'_>, place: Place, response: &Response, asks: &mut Vec<TableAsk>) {
    let Some(header) = frame.headers.get(place.column) else { return };
    let words = &frame.paint.words;
    let column = place.column;
    context_menu(response, header.title, |ui| {
        ui.set_min_width(200.0);
        let mut sort = |descending| asks.push(TableAsk::Sort { column, additive: false, descending: Some(descending) });
        if header.can_sort && menu_row(ui, ListRow::new(words.sort_up).icon(icons::ARROW_UPWARD)) {
            sort(false);
        }
        if header.can_sort && menu_row(ui, ListRow::new(words.sort_down).icon(icons::ARROW_DOWNWARD)) {
            sort(true);
        }
        if header.can_filter && menu_row(ui, ListRow::new(words.filter).icon(icons::FILTER_ALT)) {
            asks.push(TableAsk::Filter { column, at: response.rect.left_bottom() });
        }
        if menu_row(ui, ListRow::new(words.fit_width).icon(icons::FIT_SCREEN)) {
            table.columns.fit(ui, frame, column, table.scroll.top());
        }
        if menu_row(ui, ListRow::new(words.hide).icon(icons::VISIBILITY_OFF)) {
            table.columns.hide(column);
        }
        if table.columns.has_hidden() && menu_row(ui, ListRow::new(words.show_all).icon(icons::VIEW_COLUMN)) {
            table.columns.show_all();
        }
    });
}
