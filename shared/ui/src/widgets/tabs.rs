//! Tabs over a pane: the active one carries an accent line on top; a plus opens another.

use super::{
    button::Button,
    paint::{self, Side},
};
use crate::look::{ICON, Look, RADIUS_SMALL, TABS_BAR, TextSize, icons};
use crate::words::{Word, Words};
use egui::{CornerRadius, CursorIcon, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

const PADDING: f32 = 14.0;
const GAP: f32 = 8.0;
const WIDEST: f32 = 240.0;

/// One tab.
#[derive(Clone, Copy, Debug)]
pub struct Tab<'a> {
    pub name: &'a str,
    pub icon: Option<char>,
    pub closable: bool,
}

/// What was done in a row of tabs; the numbers are places in the row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TabsResponse {
    pub selected: Option<usize>,
    pub closed: Option<usize>,
    /// Double click: the pane wants the whole place.
    pub maximised: Option<usize>,
    /// A tab was dragged to another place in the row: from, to.
    pub moved: Option<(usize, usize)>,
    /// A tab was dragged out of the row, to this point.
    pub dropped: Option<(usize, Pos2)>,
    pub added: bool,
}

/// Draws the row; `with_add` shows the plus.
pub fn tabs(ui: &mut Ui, words: Words, tabs: &[Tab<'_>], selected: usize, with_add: bool) -> TabsResponse {
    let mut done = TabsResponse::default();
    let row = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        ui.set_min_height(TABS_BAR);
        let mut places = Vec::with_capacity(tabs.len());
        let mut dragged = None;
        for (number, tab) in tabs.iter().enumerate() {
            let (response, closed) = one(ui, words, *tab, number, number == selected);
            places.push(response.rect);
            if response.dragged() || response.drag_stopped() {
                dragged = Some((number, response.clone()));
            }
            let hit = |yes: bool, slot: &mut Option<usize>| {
                if yes {
                    *slot = Some(number);
                }
            };
            hit(response.double_clicked(), &mut done.maximised);
            hit(response.clicked(), &mut done.selected);
            hit(closed || response.middle_clicked() && tab.closable, &mut done.closed);
        }
        if let Some((number, response)) = dragged {
            drag(ui, &places, number, &response, &mut done);
        }
        if with_add {
            ui.add_space(4.0);
            done.added = ui.add(Button::icon_only(icons::ADD, words.t(Word::NewTab))).clicked();
        }
    });
    paint::describe(ui, &row.response, |node| node.set_role(Role::TabList));
    done
}

/// Shows where the tab would go, and says so when it is let go.
fn drag(ui: &Ui, places: &[Rect], from: usize, response: &Response, done: &mut TabsResponse) {
    let Some(pointer) = response.interact_pointer_pos() else { return };
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let row = places.iter().fold(Rect::NOTHING, |row, place| row.union(*place)).expand2(vec2(60.0, 12.0));
    if !row.contains(pointer) {
        if response.drag_stopped() {
            done.dropped = Some((from, pointer));
        }
        return;
    }
    // Before the first tab whose middle is to the right of the pointer.
    let gap = places.iter().position(|place| pointer.x < place.center().x).unwrap_or(places.len());
    let to = if gap > from { gap - 1 } else { gap };
    let edge = places.get(gap).map(Rect::left).or_else(|| places.last().map(Rect::right));
    if let Some((x, place)) = edge.zip(places.first()).filter(|_| to != from) {
        let accent = Look::of(ui.ctx()).colours.accent;
        ui.painter().vline(x, place.y_range(), Stroke::new(2.0, accent));
    }
    if response.drag_stopped() && to != from {
        done.moved = Some((from, to));
    }
}

fn one(ui: &mut Ui, words: Words, tab: Tab<'_>, number: usize, active: bool) -> (Response, bool) {
    let icon = if tab.icon.is_some() { ICON + GAP } else { 0.0 };
    let cross = if tab.closable { ICON + GAP } else { 0.0 };
    let name = paint::text_width(ui, tab.name, TextSize::Body.regular());
    let width = (2.0 * PADDING + icon + name + cross).min(WIDEST);
    let (rect, response) = ui.allocate_exact_size(vec2(width, TABS_BAR), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Tab, ui.is_enabled(), tab.name));
    paint::describe(ui, &response, |node| {
        node.set_selected(active);
        node.set_position_in_set(number);
    });
    draw(ui, rect, &response, tab, active, cross);
    let closed = tab.closable && close(ui, words, rect, &response, tab.name);
    let deleted = tab.closable && response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Delete));
    let is_cut = width >= WIDEST && response.hovered();
    let response = if is_cut { response.on_hover_text(tab.name) } else { response };
    (response, closed || deleted)
}

fn draw(ui: &Ui, rect: Rect, response: &Response, tab: Tab<'_>, active: bool, cross: f32) {
    let look = Look::of(ui.ctx());
    let colours = look.colours;
    if active {
        ui.painter().rect_filled(rect, 0.0, colours.background);
        ui.painter().hline(rect.x_range(), rect.top() + 1.0, Stroke::new(2.0, colours.accent));
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, colours.hover);
    }
    ui.painter().vline(rect.right() - 0.5, rect.y_range(), paint::hairline(look));
    paint::focus_ring_inside(ui, response, rect, CornerRadius::ZERO);
    let text = if active || response.hovered() { colours.text } else { colours.dim };
    let mut left = rect.left() + PADDING;
    if let Some(icon) = tab.icon {
        paint::icon_at(ui, pos2(left + ICON / 2.0, rect.center().y), icon, ICON, text);
        left += ICON + GAP;
    }
    let end = pos2(rect.right() - PADDING - cross + 1.0, rect.bottom());
    let place = Rect::from_min_max(pos2(left, rect.top()), end);
    paint::text_in(ui, place, tab.name, TextSize::Body.regular(), text, Side::Left);
}

fn close(ui: &mut Ui, words: Words, tab_rect: Rect, tab: &Response, name: &str) -> bool {
    let centre = pos2(tab_rect.right() - PADDING - 4.0, tab_rect.center().y);
    let rect = Rect::from_center_size(centre, Vec2::splat(18.0));
    let response = ui.interact(rect, tab.id.with("close"), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), format!("{}: {name}", words.t(Word::CloseTab)))
    });
    let colours = Look::of(ui.ctx()).colours;
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS_SMALL, colours.hover);
    }
    paint::icon_at(ui, centre, icons::CLOSE, 14.0, colours.dim);
    paint::focus_ring_inside(ui, &response, rect, RADIUS_SMALL);
    response.clicked()
}
