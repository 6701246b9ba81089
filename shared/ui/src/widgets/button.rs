//! Buttons: primary, normal, quiet, dangerous, and icon only.

use super::{
    paint::{self, Side},
    tooltip::tooltip,
};
use crate::look::{CONTROL, HAIRLINE, ICON, ICON_LARGE, Look, RADIUS, TextSize};
use egui::{Color32, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, Widget, WidgetInfo, pos2};

const PADDING: f32 = 10.0;
const GAP: f32 = 6.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Primary,
    Normal,
    Quiet,
    Danger,
}

/// A button that says what it does with a verb. `ui.add(Button::primary("Expand"))`.
#[must_use = "add it to a ui"]
#[derive(Clone, Debug)]
pub struct Button<'a> {
    name: &'a str,
    kind: Kind,
    icon: Option<char>,
    trailing: Option<char>,
    icon_only: bool,
    shortcut: Option<&'a str>,
    enabled: bool,
    why_not: Option<&'a str>,
    selected: Option<bool>,
    expanded: Option<bool>,
    size: Vec2,
    exact_width: Option<f32>,
}

impl<'a> Button<'a> {
    /// With a border on the raised surface.
    pub fn new(name: &'a str) -> Self {
        Self {
            name,
            kind: Kind::Normal,
            icon: None,
            trailing: None,
            icon_only: false,
            shortcut: None,
            enabled: true,
            why_not: None,
            selected: None,
            expanded: None,
            size: Vec2::new(0.0, CONTROL),
            exact_width: None,
        }
    }

    /// The one that a screen or dialog is about.
    pub fn primary(name: &'a str) -> Self {
        Self { kind: Kind::Primary, ..Self::new(name) }
    }

    /// Without border or surface until the pointer is on it.
    pub fn quiet(name: &'a str) -> Self {
        Self { kind: Kind::Quiet, ..Self::new(name) }
    }

    /// For what cannot be undone.
    pub fn danger(name: &'a str) -> Self {
        Self { kind: Kind::Danger, ..Self::new(name) }
    }

    /// A quiet square with an icon; the name is read out and shown as tooltip.
    pub fn icon_only(icon: char, name: &'a str) -> Self {
        Self { icon: Some(icon), icon_only: true, kind: Kind::Quiet, size: Vec2::splat(CONTROL), ..Self::new(name) }
    }

    /// An icon before the name.
    pub fn icon(mut self, icon: char) -> Self {
        self.icon = Some(icon);
        self
    }

    /// An icon after the name (a small arrow where it opens something).
    pub fn trailing(mut self, icon: char) -> Self {
        self.trailing = Some(icon);
        self
    }

    /// The key that does the same, for the tooltip.
    pub fn shortcut(mut self, keys: &'a str) -> Self {
        self.shortcut = Some(keys);
        self
    }

    /// Greyed out and without effect where false.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Greyed out with the reason as tooltip.
    pub fn disabled_because(mut self, why: &'a str) -> Self {
        (self.enabled, self.why_not) = (false, Some(why));
        self
    }

    /// A button that stays down.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = Some(selected);
        self
    }

    /// A button that opens something: is it open?
    pub fn expanded(mut self, expanded: bool) -> Self {
        self.expanded = Some(expanded);
        self
    }

    /// At least this large, in points.
    pub fn min_size(mut self, size: Vec2) -> Self {
        self.size = self.size.max(size);
        self
    }

    /// Exactly this wide, in points: the text stands at the left and is shortened.
    pub fn exact_width(mut self, width: f32) -> Self {
        self.exact_width = Some(width);
        self
    }

    fn wanted_size(&self, ui: &Ui) -> Vec2 {
        if self.icon_only {
            return self.size;
        }
        let width = 2.0 * PADDING + self.content_width(ui);
        Vec2::new(self.exact_width.unwrap_or(self.size.x.max(width)), self.size.y)
    }

    /// Icons and the whole name.
    fn content_width(&self, ui: &Ui) -> f32 {
        let icon = |icon: Option<char>| icon.map_or(0.0, |_| ICON + GAP);
        paint::text_width(ui, self.name, self.font()) + icon(self.icon) + icon(self.trailing)
    }

    fn font(&self) -> egui::FontId {
        if self.kind == Kind::Primary { TextSize::Body.semibold() } else { TextSize::Body.regular() }
    }

    fn colours(&self, look: Look, response: &Response) -> (Color32, Stroke, Color32) {
        let colours = look.colours;
        let hot = response.hovered() || response.is_pointer_button_down_on();
        let line = |colour| Stroke::new(HAIRLINE, colour);
        let selected = self.selected == Some(true);
        match self.kind {
            // The accent faded would leave its name unreadable.
            Kind::Primary if !response.enabled() => (colours.raised, line(colours.line), colours.text),
            Kind::Primary if hot => (colours.accent.gamma_multiply(0.9), Stroke::NONE, colours.on_accent),
            Kind::Primary => (colours.accent, Stroke::NONE, colours.on_accent),
            _ if selected => (colours.accent_surface, Stroke::NONE, colours.accent),
            Kind::Normal if hot => (colours.hover, line(colours.field_line), colours.text),
            Kind::Normal => (colours.raised, line(colours.line), colours.text),
            Kind::Quiet if hot => (colours.hover, Stroke::NONE, colours.text),
            Kind::Quiet => (Color32::TRANSPARENT, Stroke::NONE, self.quiet_text(look)),
            Kind::Danger if hot => (colours.tint(colours.bad), line(colours.bad), colours.bad),
            Kind::Danger => (colours.raised, line(colours.bad), colours.bad),
        }
    }

    fn quiet_text(&self, look: Look) -> Color32 {
        if self.icon_only { look.colours.dim } else { look.colours.text }
    }

    fn draw(&self, ui: &Ui, rect: Rect, response: &Response) {
        let (fill, stroke, text) = self.colours(Look::of(ui.ctx()), response);
        ui.painter().rect(rect, RADIUS, fill, stroke, StrokeKind::Inside);
        paint::focus_ring(ui, response, rect, RADIUS);
        if let (true, Some(icon)) = (self.icon_only, self.icon) {
            paint::icon_at(ui, rect.center(), icon, icon_points(rect), text);
            return;
        }
        let mut left = match self.exact_width {
            Some(_) => rect.left() + PADDING,
            None => rect.center().x - self.content_width(ui) / 2.0,
        };
        if let Some(icon) = self.icon {
            paint::icon_at(ui, pos2(left + ICON / 2.0, rect.center().y), icon, ICON, text);
            left += ICON + GAP;
        }
        let right = rect.right() - PADDING - self.trailing.map_or(0.0, |_| ICON + GAP);
        let place = Rect::from_min_max(pos2(left, rect.top()), pos2(right.max(left) + 1.0, rect.bottom()));
        paint::text_in(ui, place, self.name, self.font(), text, Side::Left);
        if let Some(icon) = self.trailing {
            paint::icon_at(ui, pos2(right + GAP + ICON / 2.0, rect.center().y), icon, ICON, text);
        }
    }

    fn show(self, ui: &mut Ui) -> Response {
        let size = self.wanted_size(ui);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name));
        paint::describe(ui, &response, |node| {
            if let Some(selected) = self.selected {
                node.set_toggled(selected.into());
            }
            if let Some(expanded) = self.expanded {
                node.set_expanded(expanded);
            }
            if let Some(keys) = self.shortcut {
                node.set_keyboard_shortcut(keys);
            }
        });
        if ui.is_rect_visible(rect) {
            self.draw(ui, rect, &response);
        }
        match (self.why_not, self.icon_only || self.shortcut.is_some()) {
            (Some(why), _) => response.on_disabled_hover_text(why),
            (None, true) => tooltip(response, self.name, self.shortcut),
            (None, false) => response,
        }
    }
}

/// Icons in large squares are larger.
fn icon_points(rect: Rect) -> f32 {
    if rect.height() > CONTROL { ICON_LARGE } else { ICON }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        ui.add_enabled_ui(self.enabled, |ui| self.show(ui)).inner
    }
}
