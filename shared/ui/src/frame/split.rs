//! Two panes with a divider that can be dragged, or moved with the arrow keys.

use crate::look::Look;
use crate::widgets::paint;
use crate::words::{Word, Words};
use egui::{CursorIcon, EventFilter, Id, Key, Rect, Response, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2};

/// How the two panes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    SideBySide,
    Stacked,
}

/// Half the width of what can be grabbed.
const GRAB: f32 = 4.0;
/// No pane gets smaller than this, in points.
const SMALLEST: f32 = 80.0;
const KEY_STEP: f32 = 16.0;

/// Splits what is left of the ui. `share` (0 to 1) is the first pane's part and is the caller's to remember.
pub fn split(
    ui: &mut Ui,
    words: Words,
    name: &str,
    direction: Direction,
    share: &mut f32,
    first: impl FnOnce(&mut Ui),
    second: impl FnOnce(&mut Ui),
) {
    let whole = ui.available_rect_before_wrap();
    let id = ui.scope_id().with(name);
    let (a, b, line) = places(whole, direction, *share);
    ui.scope_builder(UiBuilder::new().id_salt("first").max_rect(a), |ui| {
        ui.set_clip_rect(a.intersect(ui.clip_rect()));
        first(ui);
    });
    ui.scope_builder(UiBuilder::new().id_salt("second").max_rect(b), |ui| {
        ui.set_clip_rect(b.intersect(ui.clip_rect()));
        second(ui);
    });
    let response = divider(ui, words, id, line, direction);
    *share = moved(ui, &response, whole, direction, *share);
    ui.advance_cursor_after_rect(whole);
}

fn length(whole: Rect, direction: Direction) -> f32 {
    match direction {
        Direction::SideBySide => whole.width(),
        Direction::Stacked => whole.height(),
    }
}

fn places(whole: Rect, direction: Direction, share: f32) -> (Rect, Rect, Rect) {
    let at = (length(whole, direction) * within(whole, direction, share)).round();
    match direction {
        Direction::SideBySide => {
            let x = whole.left() + at;
            let line = Rect::from_min_max(pos2(x, whole.top()), pos2(x + 1.0, whole.bottom()));
            (whole.with_max_x(x), whole.with_min_x(x + 1.0), line)
        }
        Direction::Stacked => {
            let y = whole.top() + at;
            let line = Rect::from_min_max(pos2(whole.left(), y), pos2(whole.right(), y + 1.0));
            (whole.with_max_y(y), whole.with_min_y(y + 1.0), line)
        }
    }
}

fn within(whole: Rect, direction: Direction, share: f32) -> f32 {
    let least = (SMALLEST / length(whole, direction).max(1.0)).min(0.5);
    share.clamp(least, 1.0 - least)
}

fn divider(ui: &mut Ui, words: Words, id: Id, line: Rect, direction: Direction) -> Response {
    let response = ui.interact(line.expand(GRAB), id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, words.t(Word::ResizePane)));
    let colours = Look::of(ui.ctx()).colours;
    let active = response.hovered() || response.dragged() || response.has_focus();
    ui.painter().rect_filled(line, 0.0, if active { colours.accent } else { colours.line });
    if response.has_focus() {
        paint::describe(ui, &response, |node| {
            node.set_orientation(match direction {
                Direction::SideBySide => egui::accesskit::Orientation::Vertical,
                Direction::Stacked => egui::accesskit::Orientation::Horizontal,
            });
        });
        ui.painter().rect_stroke(line.expand(1.0), 0.0, Stroke::new(1.0, colours.accent), egui::StrokeKind::Outside);
    }
    response.on_hover_and_drag_cursor(match direction {
        Direction::SideBySide => CursorIcon::ResizeHorizontal,
        Direction::Stacked => CursorIcon::ResizeVertical,
    })
}

fn moved(ui: &Ui, response: &Response, whole: Rect, direction: Direction, share: f32) -> f32 {
    if response.double_clicked() {
        return 0.5;
    }
    let (forward, back, dragged) = match direction {
        Direction::SideBySide => (Key::ArrowRight, Key::ArrowLeft, response.drag_delta().x),
        Direction::Stacked => (Key::ArrowDown, Key::ArrowUp, response.drag_delta().y),
    };
    let mut points = dragged;
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        points +=
            KEY_STEP * ui.input(|input| f32::from(input.key_pressed(forward)) - f32::from(input.key_pressed(back)));
    }
    within(whole, direction, share + points / length(whole, direction).max(1.0))
}
