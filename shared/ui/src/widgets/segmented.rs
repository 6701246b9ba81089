//! A few choices side by side, one of them chosen; also the little groups of tools over the graph.

use super::paint::{self, Side};
use super::tooltip::tooltip;
use crate::look::{CONTROL, ICON, Look, RADIUS, RADIUS_SMALL, TOOL_ROW, TextSize};
use egui::{Color32, Frame, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// One of the choices; without a text only the icon is drawn and the name becomes the tooltip.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    pub name: &'a str,
    pub icon: Option<char>,
    pub keys: Option<&'a str>,
    pub icon_only: bool,
    /// Why it has no effect now: it is dimmed and says so, and may be chosen for later.
    pub why_not: Option<&'a str>,
}

impl<'a> Segment<'a> {
    /// A choice written out.
    pub fn text(name: &'a str) -> Self {
        Self { name, icon: None, keys: None, icon_only: false, why_not: None }
    }

    /// A choice as an icon.
    pub fn icon(icon: char, name: &'a str, keys: Option<&'a str>) -> Self {
        Self { name, icon: Some(icon), keys, icon_only: true, why_not: None }
    }

    /// Dimmed where there is a reason, which is the tooltip and is read out.
    pub fn unless(mut self, why_not: Option<&'a str>) -> Self {
        self.why_not = why_not;
        self
    }
}

/// Draws the choices; true if another one was chosen. Arrow keys move between them, Space chooses.
pub fn segmented(ui: &mut Ui, name: &str, segments: &[Segment<'_>], chosen: &mut usize) -> bool {
    let clicked = group(ui, name, segments, Some(*chosen));
    let changed = clicked.is_some_and(|number| number != *chosen);
    *chosen = clicked.unwrap_or(*chosen);
    changed
}

/// A row for tool groups and buttons, all centred in its height.
pub fn tool_row<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = TOOL_ROW;
        ui.horizontal(content).inner
    })
    .inner
}

/// Tools in one frame of which none stays down; returns the one that was clicked.
pub fn tool_group(ui: &mut Ui, name: &str, tools: &[Segment<'_>]) -> Option<usize> {
    group(ui, name, tools, None)
}

fn group(ui: &mut Ui, name: &str, segments: &[Segment<'_>], chosen: Option<usize>) -> Option<usize> {
    let look = Look::of(ui.ctx());
    let frame =
        Frame::new().fill(look.colours.panel).stroke(paint::hairline(look)).corner_radius(RADIUS).inner_margin(2);
    let shown = frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let mut clicked = None;
            for (number, segment) in segments.iter().enumerate() {
                if one(ui, *segment, chosen.map(|chosen| chosen == number)).clicked() {
                    clicked = Some(number);
                }
            }
            clicked
        })
        .inner
    });
    paint::describe(ui, &shown.response, |node| {
        node.set_role(if chosen.is_some() { Role::RadioGroup } else { Role::Toolbar });
        node.set_label(name);
    });
    shown.inner
}

fn one(ui: &mut Ui, segment: Segment<'_>, chosen: Option<bool>) -> Response {
    let body = TextSize::Body.regular();
    let height = CONTROL;
    let width = if segment.icon_only { height + 4.0 } else { 20.0 + paint::text_width(ui, segment.name, body) };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
    response.widget_info(|| match chosen {
        Some(chosen) => WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, segment.name),
        None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), segment.name),
    });
    draw(ui, rect, &response, segment, chosen == Some(true));
    if let Some(why_not) = segment.why_not {
        paint::describe(ui, &response, |node| node.set_description(why_not));
        return response.on_hover_text(why_not);
    }
    if segment.icon_only { tooltip(response, segment.name, segment.keys) } else { response }
}

fn draw(ui: &Ui, rect: Rect, response: &Response, segment: Segment<'_>, chosen: bool) {
    let colours = Look::of(ui.ctx()).colours;
    let (fill, text) = match (chosen, response.hovered()) {
        (true, _) if segment.why_not.is_some() => (colours.raised, colours.faint),
        (true, _) => (colours.accent_surface, colours.accent),
        (false, true) => (colours.hover, colours.text),
        (false, false) if segment.why_not.is_some() => (Color32::TRANSPARENT, colours.faint),
        (false, false) => (Color32::TRANSPARENT, if segment.icon_only { colours.dim } else { colours.text }),
    };
    ui.painter().rect_filled(rect, RADIUS_SMALL, fill);
    paint::focus_ring_inside(ui, response, rect, RADIUS_SMALL);
    match segment.icon {
        Some(icon) if segment.icon_only => paint::icon_at(ui, rect.center(), icon, ICON, text),
        _ => {
            let place = Rect::from_min_max(pos2(rect.left() + 10.0, rect.top()), rect.max);
            paint::text_in(ui, place, segment.name, TextSize::Body.regular(), text, Side::Left);
        }
    }
}
