//! The keyboard in the table.

use egui::{Event, EventFilter, Key, Modifiers, Response, Ui, pos2};

use super::scroll::whole_rows;
use super::{Frame, ROW_HEIGHT, Table, TableAsk, copy};

const SIDEWAYS: f32 = 80.0;

pub(super) fn act(table: &mut Table, ui: &Ui, response: &Response, frame: &Frame<'_>, asks: &mut Vec<TableAsk>) {
    if !response.has_focus() || frame.rows.is_empty() {
        return;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    walk(table, ui, frame, asks);
    for (key, by) in [(Key::ArrowLeft, -SIDEWAYS), (Key::ArrowRight, SIDEWAYS)] {
        if pressed(ui, Modifiers::NONE, key) {
            table.scroll.scroll_left_by(by);
            ui.ctx().request_repaint();
        }
    }
    if pressed(ui, Modifiers::COMMAND, Key::A) {
        table.change_selection(|selection| selection.set_all(frame.rows.len()), asks);
    }
    if ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy))) {
        copy_rows(table, ui, frame, asks);
    }
    let Some(row) = table.selection.cursor() else { return };
    if pressed(ui, Modifiers::NONE, Key::Enter) {
        asks.push(TableAsk::Open(row));
    }
    if pressed(ui, Modifiers::COMMAND, Key::Space) {
        table.change_selection(|selection| selection.toggle(row), asks);
    }
    if pressed(ui, Modifiers::NONE, Key::Space) {
        asks.push(TableAsk::Side(row));
    }
    if pressed(ui, Modifiers::SHIFT, Key::F10) {
        let down = row.saturating_sub(table.scroll.top()) as f32 * ROW_HEIGHT;
        asks.push(TableAsk::RowMenu { row, at: pos2(frame.body.min.x + 40.0, frame.body.min.y + down) });
    }
}

fn pressed(ui: &Ui, modifiers: Modifiers, key: Key) -> bool {
    ui.input_mut(|input| input.consume_key(modifiers, key))
}

/// Arrows, pages, first and last; with Shift the selection grows.
fn walk(table: &mut Table, ui: &Ui, frame: &Frame<'_>, asks: &mut Vec<TableAsk>) {
    let last = frame.rows.len() - 1;
    let page = whole_rows(frame.body.height());
    let here = table.selection.cursor();
    let from = here.unwrap_or(table.scroll.top());
    let moves = [
        (Key::ArrowDown, if here.is_none() { from } else { from + 1 }),
        (Key::ArrowUp, from.saturating_sub(1)),
        (Key::PageDown, from + page),
        (Key::PageUp, from.saturating_sub(page)),
        (Key::Home, 0),
        (Key::End, last),
    ];
    for (key, to) in moves {
        let extend = pressed(ui, Modifiers::SHIFT, key);
        if extend || pressed(ui, Modifiers::NONE, key) || pressed(ui, Modifiers::COMMAND, key) {
            let to = to.min(last);
            table.change_selection(|selection| if extend { selection.extend_to(to) } else { selection.set(to) }, asks);
            table.scroll.show(to);
            table.scroll.keep_within(frame.rows.len(), table.columns.width(), frame.body.size());
        }
    }
}

fn copy_rows(table: &Table, ui: &Ui, frame: &Frame<'_>, asks: &mut Vec<TableAsk>) {
    let (text, rows) = copy::tsv(frame.rows, frame.headers, &table.selection, &table.columns.order());
    if rows > 0 {
        ui.ctx().copy_text(text);
        asks.push(TableAsk::Copied { rows, left_out: table.selection.count() - rows });
    }
}
