//! A line of a list or menu: icon, text, and a number or key at the right.

use super::keys::keys_here;
use super::paint::{self, Side};
use crate::look::{ICON, LIST_ROW, Look, RADIUS, TextSize};
use std::borrow::Cow;

use egui::{Color32, Rect, Response, Role, Sense, Ui, Vec2, Widget, WidgetInfo, pos2};

pub(super) const PADDING: f32 = 8.0;
const GAP: f32 = 10.0;

/// A line that can be clicked. `ui.add(ListRow::new("Accounts").detail("3"))`.
#[must_use = "add it to a ui"]
#[derive(Clone, Copy, Debug)]
pub struct ListRow<'a> {
    text: &'a str,
    detail: Option<&'a str>,
    has_keys: bool,
    icon: Option<(char, Option<Color32>)>,
    colour: Option<Color32>,
    selected: bool,
    enabled: bool,
    is_strong: bool,
    role: Role,
    indent: f32,
    height: f32,
}

impl<'a> ListRow<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            detail: None,
            has_keys: false,
            icon: None,
            colour: None,
            selected: false,
            enabled: true,
            is_strong: false,
            role: Role::ListItem,
            indent: 0.0,
            height: LIST_ROW,
        }
    }

    /// An icon before the text, dim.
    pub fn icon(mut self, icon: char) -> Self {
        self.icon = Some((icon, None));
        self
    }

    /// An icon in a colour of the look (an object type's ring).
    pub fn coloured_icon(mut self, icon: char, colour: Color32) -> Self {
        self.icon = Some((icon, Some(colour)));
        self
    }

    /// Stands at the right, dim: a count in words, or a key.
    pub fn detail(mut self, detail: &'a str) -> Self {
        self.detail = Some(detail);
        self
    }

    /// The key that does the same stands at the right, as it is called on this machine.
    pub fn keys(mut self, keys: &'a str) -> Self {
        (self.detail, self.has_keys) = (Some(keys), true);
        self
    }

    /// Another colour for the text, for what cannot be undone.
    pub fn colour(mut self, colour: Color32) -> Self {
        self.colour = Some(colour);
        self
    }

    /// The text in semibold: the name of a card.
    pub fn strong(mut self) -> Self {
        self.is_strong = true;
        self
    }

    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// What it is for those who do not see it; a list item unless said otherwise.
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Points to the right.
    pub(crate) fn indent(mut self, points: f32) -> Self {
        self.indent = points;
        self
    }

    /// Points high.
    pub(crate) fn height(mut self, points: f32) -> Self {
        self.height = points;
        self
    }

    /// What stands at the right.
    fn detail_here(&self, ui: &Ui) -> Option<Cow<'a, str>> {
        self.detail.map(|detail| if self.has_keys { keys_here(ui.ctx(), detail) } else { Cow::Borrowed(detail) })
    }

    /// So wide that nothing is shortened, in points.
    pub(crate) fn wanted_width(&self, ui: &Ui) -> f32 {
        let body = TextSize::Body.regular();
        let detail = self.detail.map_or(0.0, |detail| 3.0 * GAP + paint::text_width(ui, detail, body));
        self.text_left() + paint::text_width(ui, self.text, self.font()) + detail + PADDING
    }

    fn font(&self) -> egui::FontId {
        if self.is_strong { TextSize::Body.semibold() } else { TextSize::Body.regular() }
    }

    fn text_left(&self) -> f32 {
        PADDING + self.indent + self.icon.map_or(0.0, |_| ICON + GAP)
    }

    fn show(self, ui: &mut Ui) -> Response {
        // In a menu that is measured for the first time, the widest line decides; afterwards each fills the width.
        let width = if ui.is_sizing_pass() { self.wanted_width(ui) } else { ui.available_width() };
        let (rect, response) = ui.allocate_exact_size(Vec2::new(width, self.height), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(self.role, ui.is_enabled(), self.text));
        let detail = self.detail_here(ui);
        paint::describe(ui, &response, |node| {
            node.set_selected(self.selected);
            if let Some(detail) = detail {
                node.set_description(detail);
            }
        });
        if ui.is_rect_visible(rect) {
            self.draw(ui, rect, &response);
        }
        let is_cut = response.hovered() && self.wanted_width(ui) > rect.width() + 0.5;
        if is_cut { response.on_hover_text(self.text) } else { response }
    }

    fn draw(&self, ui: &Ui, rect: Rect, response: &Response) {
        let look = Look::of(ui.ctx());
        let colours = look.colours;
        ui.painter().rect_filled(rect, RADIUS, paint::row_fill(look, response, self.selected));
        paint::focus_ring_inside(ui, response, rect, RADIUS);
        if let Some((icon, colour)) = self.icon {
            let x = rect.left() + PADDING + self.indent + ICON / 2.0;
            paint::icon_at(ui, pos2(x, rect.center().y), icon, ICON, colour.unwrap_or(colours.dim));
        }
        let inner = Rect::from_min_max(
            pos2(rect.left() + self.text_left(), rect.top()),
            pos2(rect.right() - PADDING, rect.bottom()),
        );
        let body = TextSize::Body.regular();
        // Where there is no room for both, the text keeps at least half of it.
        let least = paint::text_width(ui, self.text, self.font()).min(inner.width() / 2.0);
        let right = inner.with_min_x(inner.left() + least + GAP);
        let taken = self
            .detail_here(ui)
            .map_or(0.0, |detail| GAP + paint::text_in(ui, right, &detail, body, colours.dim, Side::Right));
        let place = inner.with_max_x(inner.right() - taken);
        paint::text_in(ui, place, self.text, self.font(), self.colour.unwrap_or(colours.text), Side::Left);
    }
}

impl Widget for ListRow<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        ui.add_enabled_ui(self.enabled, |ui| self.show(ui)).inner
    }
}
