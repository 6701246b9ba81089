//! The left rail: the views above, configuration and administration below.

use super::surface;
use crate::look::{ICON_LARGE, Look, RADIUS, RAIL, RAIL_BUTTON};
use crate::widgets::{paint, tooltip};
use crate::words::{Word, Words};
use egui::{Align, Color32, Layout, Margin, Panel, Response, Role, Sense, Ui, Vec2, WidgetInfo};

/// One button of the rail.
#[derive(Clone, Copy, Debug)]
pub struct RailItem<'a> {
    pub icon: char,
    pub name: &'a str,
    pub keys: Option<&'a str>,
    pub active: bool,
}

/// Which button was clicked, as the place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RailClick {
    Upper(usize),
    Lower(usize),
}

/// Draws the rail; lists hold only what this person may use.
pub fn rail(ui: &mut Ui, words: Words, upper: &[RailItem<'_>], lower: &[RailItem<'_>]) -> Option<RailClick> {
    let frame = surface(Look::of(ui.ctx()), Margin::symmetric(6, 8));
    let panel = Panel::left("clew rail").exact_size(RAIL).resizable(false).frame(frame);
    let shown = panel.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        let mut clicked = None;
        for (number, item) in upper.iter().enumerate() {
            clicked = if button(ui, *item).clicked() { Some(RailClick::Upper(number)) } else { clicked };
        }
        let rest = ui.available_size();
        ui.allocate_ui_with_layout(rest, Layout::bottom_up(Align::Min), |ui| {
            for (number, item) in lower.iter().enumerate().rev() {
                clicked = if button(ui, *item).clicked() { Some(RailClick::Lower(number)) } else { clicked };
            }
        });
        clicked
    });
    paint::describe(ui, &shown.response, |node| {
        node.set_role(Role::Navigation);
        node.set_label(words.t(Word::Views));
    });
    shown.inner
}

fn button(ui: &mut Ui, item: RailItem<'_>) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(RAIL_BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), item.name));
    paint::describe(ui, &response, |node| {
        if item.active {
            node.set_aria_current(egui::accesskit::AriaCurrent::Page);
        }
    });
    let colours = Look::of(ui.ctx()).colours;
    let (fill, icon) = match (item.active, response.hovered()) {
        (true, _) => (colours.accent_surface, colours.accent),
        (false, true) => (colours.hover, colours.text),
        (false, false) => (Color32::TRANSPARENT, colours.dim),
    };
    ui.painter().rect_filled(rect, RADIUS, fill);
    paint::focus_ring(ui, &response, rect.shrink(1.0), RADIUS);
    paint::icon_at(ui, rect.center(), item.icon, ICON_LARGE, icon);
    tooltip(response, item.name, item.keys)
}
