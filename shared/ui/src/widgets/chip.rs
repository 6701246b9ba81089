//! Chips: a filter with its count, or a warning in an outline.

use super::paint::{self, Side};
use crate::look::{CHIP, CONTROL, HAIRLINE, ICON, Look, RADIUS, RADIUS_ROUND, TextSize, icons};
use egui::{Color32, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2};

const PADDING: f32 = 10.0;
const GAP: f32 = 6.0;

/// What was done with a chip.
#[derive(Debug)]
pub struct ChipResponse {
    pub response: Response,
    /// The cross was clicked, or Delete pressed while it had the keyboard.
    pub removed: bool,
}

/// A filter above a table: icon, text, count, and a cross that takes it away.
#[must_use = "show it in a ui"]
#[derive(Clone, Copy, Debug)]
pub struct Chip<'a> {
    text: &'a str,
    icon: Option<char>,
    count: Option<&'a str>,
    remove_name: Option<&'a str>,
    selected: bool,
}

impl<'a> Chip<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, icon: None, count: None, remove_name: None, selected: false }
    }

    /// An icon before the text.
    pub fn icon(self, icon: char) -> Self {
        Self { icon: Some(icon), ..self }
    }

    /// How many it leaves, already in words.
    pub fn count(self, count: &'a str) -> Self {
        Self { count: Some(count), ..self }
    }

    /// Gives it a cross; `name` is what the cross is called ("Remove Amount").
    pub fn removable(self, name: &'a str) -> Self {
        Self { remove_name: Some(name), ..self }
    }

    /// On or off.
    pub fn selected(self, selected: bool) -> Self {
        Self { selected, ..self }
    }

    fn width(&self, ui: &Ui) -> f32 {
        let count = self.count.map_or(0.0, |count| GAP + paint::text_width(ui, count, TextSize::Small.regular()));
        let icons = if self.icon.is_some() { ICON + GAP } else { 0.0 };
        let cross = if self.remove_name.is_some() { ICON + GAP / 2.0 } else { 0.0 };
        2.0 * PADDING + icons + paint::text_width(ui, self.text, TextSize::Body.regular()) + count + cross
    }

    /// Draws it and says what was clicked.
    pub fn show(self, ui: &mut Ui) -> ChipResponse {
        let size = Vec2::new(self.width(ui), CONTROL);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.text));
        if let Some(count) = self.count {
            paint::describe(ui, &response, |node| node.set_description(count));
        }
        self.draw(ui, rect, &response);
        let deleted = response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Delete));
        let removed = self.remove_name.is_some_and(|name| cross(ui, rect, &response, name));
        ChipResponse { removed: removed || (deleted && self.remove_name.is_some()), response }
    }

    fn draw(&self, ui: &Ui, rect: Rect, response: &Response) {
        let look = Look::of(ui.ctx());
        let colours = look.colours;
        let (fill, text) = match (self.selected, response.hovered()) {
            (true, _) => (colours.accent_surface, colours.accent),
            (false, true) => (colours.hover, colours.text),
            (false, false) => (colours.raised, colours.text),
        };
        ui.painter().rect(rect, RADIUS, fill, paint::hairline(look), StrokeKind::Inside);
        paint::focus_ring(ui, response, rect, RADIUS);
        let mut left = rect.left() + PADDING;
        if let Some(icon) = self.icon {
            paint::icon_at(ui, pos2(left + ICON / 2.0, rect.center().y), icon, ICON, colours.dim);
            left += ICON + GAP;
        }
        let place = Rect::from_min_max(pos2(left, rect.top()), rect.max);
        left += paint::text_in(ui, place, self.text, TextSize::Body.regular(), text, Side::Left) + GAP;
        if let Some(count) = self.count {
            let place = Rect::from_min_max(pos2(left, rect.top()), rect.max);
            paint::text_in(ui, place, count, TextSize::Small.regular(), colours.dim, Side::Left);
        }
    }
}

fn cross(ui: &mut Ui, chip: Rect, chip_response: &Response, name: &str) -> bool {
    let centre = pos2(chip.right() - PADDING - ICON / 2.0 + 4.0, chip.center().y);
    let rect = Rect::from_center_size(centre, Vec2::splat(ICON + 4.0));
    let response = ui.interact(rect, chip_response.id.with("remove"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let colours = Look::of(ui.ctx()).colours;
    let colour = if response.hovered() { colours.text } else { colours.dim };
    paint::icon_at(ui, centre, icons::CLOSE, 14.0, colour);
    paint::focus_ring(ui, &response, rect, RADIUS);
    response.clicked()
}

/// How serious a flag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Ok,
    Warn,
    Bad,
}

impl Tone {
    /// Its colour in the present look.
    pub fn colour(self, look: Look) -> Color32 {
        match self {
            Self::Neutral => look.colours.dim,
            Self::Ok => look.colours.ok,
            Self::Warn => look.colours.warn,
            Self::Bad => look.colours.bad,
        }
    }

    /// Its icon, so that nobody has to see the colour.
    pub fn icon(self) -> char {
        match self {
            Self::Neutral => icons::INFO,
            Self::Ok => icons::CHECK_CIRCLE,
            Self::Warn => icons::WARNING,
            Self::Bad => icons::ERROR,
        }
    }
}

/// Findings about an object, wrapped over as many lines as they need; returns the one that was clicked.
pub fn flags(ui: &mut Ui, list: &[(Tone, &str)]) -> Option<usize> {
    let mut clicked = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(GAP);
        ui.spacing_mut().interact_size.y = CHIP;
        ui.horizontal_wrapped(|ui| {
            for (number, (tone, text)) in list.iter().enumerate() {
                if flag(ui, *tone, text).clicked() {
                    clicked = Some(number);
                }
            }
        });
    });
    clicked
}

/// A finding about an object, in an outline: "Sanctioned owner (2 hops)". Clicking it may explain.
pub fn flag(ui: &mut Ui, tone: Tone, text: &str) -> Response {
    let font = TextSize::Small.regular();
    let width = (paint::text_width(ui, text, font.clone()) + 2.0 * 8.0).min(ui.available_width());
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, CHIP), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    let look = Look::of(ui.ctx());
    let colour = tone.colour(look);
    let fill = if response.hovered() { look.colours.tint(colour) } else { Color32::TRANSPARENT };
    let radius = CornerRadius::same(11);
    ui.painter().rect(rect, radius, fill, Stroke::new(HAIRLINE, colour), StrokeKind::Inside);
    paint::focus_ring(ui, &response, rect, RADIUS_ROUND);
    paint::text_in(ui, rect.shrink2(Vec2::new(8.0, 0.0)), text, font, colour, Side::Left);
    response.on_hover_text(text)
}
