//! The top bar: mark, where one is, search in the middle, share, export, person.

use super::{mark, surface};
use crate::look::{FIELD, GRID, Look, SEARCH_BOX_MAX, TOP_BAR, TextSize, icons};
use crate::widgets::{
    Button, SearchBoxResponse, avatar,
    paint::{self, Side},
    search_box,
};
use crate::words::{Word, Words};
use egui::{
    Align, FontId, Id, Layout, Margin, Panel, Rect, Response, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo, vec2,
};

/// What the top bar shows.
#[derive(Clone, Copy, Debug)]
pub struct TopBar<'a> {
    pub project: &'a str,
    /// The investigation or screen, behind the project; may be empty.
    pub place: &'a str,
    pub unsaved: bool,
    pub person: &'a str,
    pub show_share: bool,
    pub show_export: bool,
}

/// What was done in it; menus open at the responses.
#[derive(Debug)]
pub struct TopBarResponse {
    pub project: Response,
    pub place: Option<Response>,
    pub search: SearchBoxResponse,
    pub share: Option<Response>,
    pub export: Option<Response>,
    pub person: Response,
}

/// The id of the search box, so that Ctrl+K can give it the keyboard.
pub fn search_id() -> Id {
    Id::unique("clew search")
}

/// Draws the bar and handles Ctrl+K (Cmd+K on a Mac).
pub fn top_bar(ui: &mut Ui, words: Words, bar: TopBar<'_>, search: &mut String) -> TopBarResponse {
    let look = Look::of(ui.ctx());
    let frame = surface(look, Margin::symmetric(12, 0));
    let panel = Panel::top("clew top bar").exact_size(TOP_BAR).resizable(false).frame(frame);
    if ui.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::K)) {
        ui.memory_mut(|memory| memory.request_focus(search_id()));
    }
    let shown = panel.show(ui, |ui| {
        let rect = ui.max_rect();
        let width = (rect.width() * 0.34).clamp(160.0, SEARCH_BOX_MAX);
        let middle = Rect::from_center_size(rect.center(), vec2(width, FIELD));
        let left = rect.with_max_x(middle.left() - 2.0 * GRID);
        let right = rect.with_min_x(middle.right() + 2.0 * GRID);
        let (project, place) = within(ui, left, Layout::left_to_right(Align::Center), |ui| crumbs(ui, words, bar));
        let search = within(ui, middle, Layout::left_to_right(Align::Center), |ui| {
            search_box(ui, words, search_id(), search, words.t(Word::SearchHint), Some("Ctrl K"), width)
        });
        let (share, export, person) =
            within(ui, right, Layout::right_to_left(Align::Center), |ui| actions(ui, words, bar));
        TopBarResponse { project, place, search, share, export, person }
    });
    paint::describe(ui, &shown.response, |node| node.set_role(Role::Banner));
    shown.inner
}

/// The bar of a screen that belongs to no project: where one is, and the person. Gives the button of the place that
/// leads back, and the person's.
pub fn place_bar(ui: &mut Ui, back: &str, place: &str, person: &str) -> (Response, Response) {
    let frame = surface(Look::of(ui.ctx()), Margin::symmetric(12, 0));
    let panel = Panel::top("clew top bar").exact_size(TOP_BAR).resizable(false).frame(frame);
    let shown = panel.show(ui, |ui| {
        let rect = ui.max_rect();
        let left = rect.with_max_x(rect.center().x);
        let right = rect.with_min_x(rect.center().x);
        let back = within(ui, left, Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            mark(ui, 24.0);
            ui.add_space(8.0);
            let back = crumb(ui, back, TextSize::Body.semibold());
            ui.label(RichText::new("/").color(Look::of(ui.ctx()).colours.dim));
            ui.label(RichText::new(place).font(TextSize::Body.regular()));
            back
        });
        (back, within(ui, right, Layout::right_to_left(Align::Center), |ui| avatar(ui, person)))
    });
    paint::describe(ui, &shown.response, |node| node.set_role(Role::Banner));
    shown.inner
}

fn within<R>(ui: &mut Ui, rect: Rect, layout: Layout, content: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), content).inner
}

fn crumbs(ui: &mut Ui, words: Words, bar: TopBar<'_>) -> (Response, Option<Response>) {
    let dim = Look::of(ui.ctx()).colours.dim;
    ui.spacing_mut().item_spacing.x = 2.0;
    mark(ui, 24.0);
    ui.add_space(8.0);
    let project = crumb(ui, bar.project, TextSize::Body.semibold());
    paint::describe(ui, &project, |node| node.set_has_popup(egui::accesskit::HasPopup::Menu));
    if bar.place.is_empty() {
        return (project, None);
    }
    ui.label(RichText::new("/").color(dim));
    // It says where one is; there is nothing to choose.
    let place = ui.label(RichText::new(bar.place).font(TextSize::Body.regular()));
    if bar.unsaved {
        ui.label(RichText::new(format!("· {}", words.t(Word::Unsaved))).color(dim));
    }
    (project, Some(place))
}

/// A word that can be clicked; shortened where there is no room.
fn crumb(ui: &mut Ui, text: &str, font: FontId) -> Response {
    let wanted = paint::text_width(ui, text, font.clone()) + 12.0;
    let size = vec2(wanted.min(ui.available_width()).max(24.0), 26.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), text));
    let look = Look::of(ui.ctx());
    ui.painter().rect_filled(rect, 6.0, paint::row_fill(look, &response, false));
    paint::focus_ring(ui, &response, rect, egui::CornerRadius::same(6));
    paint::text_in(ui, rect.shrink2(vec2(6.0, 0.0)), text, font, look.colours.text, Side::Left);
    response
}

fn actions(ui: &mut Ui, words: Words, bar: TopBar<'_>) -> (Option<Response>, Option<Response>, Response) {
    ui.spacing_mut().item_spacing.x = 12.0;
    let person = avatar(ui, bar.person);
    let export = bar.show_export.then(|| ui.add(Button::new(words.t(Word::Export)).icon(icons::UPLOAD_FILE)));
    let share = bar.show_share.then(|| ui.add(Button::new(words.t(Word::Share)).icon(icons::SHARE)));
    (share, export, person)
}
