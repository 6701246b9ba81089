//! Menus and popovers: they open at the thing, never cover it, and belong to the keyboard while they are open.

use super::list_row::{ListRow, PADDING};
use crate::look::{Look, TextSize};
use egui::{
    Color32, Id, Key, Modifiers, Popup, PopupCloseBehavior, PopupKind, Rect, Response, RichText, Role, SetOpenCommand,
    Ui, containers::menu::MenuConfig,
};

/// A menu under the button that it belongs to; clicking the button opens and closes it, choosing a line closes it.
/// Arrow keys move, Enter chooses, Escape closes and gives the keyboard back to the button.
pub fn menu<R>(button: &Response, name: &str, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    show(Popup::menu(button).accessible_name(name), button, Role::Menu, content)
}

/// The menu of the right mouse button (or the menu key) on anything that senses clicks.
pub fn context_menu<R>(response: &Response, name: &str, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let popup = Popup::context_menu(response).accessible_name(name);
    let popup = if by_key(response) {
        // Beside the thing: the pointer may be anywhere.
        response.ctx.data_mut(|data| data.insert_temp(opened_by_key(response), true));
        popup.open_memory(Some(SetOpenCommand::Bool(true)))
    } else {
        popup
    };
    let is_by_key = response.ctx.data(|data| data.get_temp(opened_by_key(response))).unwrap_or(false);
    let popup = if is_by_key { popup.anchor(response.rect) } else { popup };
    let shown = show(popup, response, Role::Menu, content);
    if shown.is_none() {
        response.ctx.data_mut(|data| data.remove::<bool>(opened_by_key(response)));
    }
    shown
}

/// Whether what has the keyboard is asked for its menu.
fn by_key(response: &Response) -> bool {
    let is_asked = |input: &mut egui::InputState| {
        input.consume_key(Modifiers::SHIFT, Key::F10) || input.consume_key(Modifiers::NONE, Key::Menu)
    };
    response.has_focus() && response.ctx.input_mut(is_asked)
}

fn opened_by_key(response: &Response) -> Id {
    response.id.with("menu opened by key")
}

/// A popover at a button that stays open while one works in it.
pub fn popover<R>(button: &Response, name: &str, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let popup = Popup::menu(button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).accessible_name(name);
    show(popup, button, Role::Dialog, content)
}

/// A popover beside a rectangle on the canvas, open for as long as `open` says; it turns `open` off when it closes.
/// `canvas` is the response of the surface that the rectangle lies on.
pub fn popover_beside<R>(
    canvas: &Response,
    id: Id,
    rect: Rect,
    open: &mut bool,
    name: &str,
    content: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    let popup = Popup::new(id, canvas.ctx.clone(), rect, canvas.layer_id)
        .kind(PopupKind::Menu)
        .open_bool(open)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .align(egui::RectAlign::RIGHT_START)
        .gap(12.0)
        .accessible_name(name);
    show(popup, canvas, Role::Menu, content)
}

fn show<R>(popup: Popup<'_>, anchor: &Response, role: Role, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let (ctx, id) = (anchor.ctx.clone(), popup.get_id());
    let shown = popup.show(|ui| {
        let inner = content(ui);
        focus_first_line(ui, id);
        inner
    });
    let Some(shown) = shown else {
        ctx.data_mut(|data| data.remove::<bool>(id));
        return None;
    };
    let _absent_when_nobody_listens: Option<()> =
        ctx.accesskit_node_builder(shown.response.id, |node| node.set_role(role));
    if shown.response.should_close() {
        anchor.request_focus();
    }
    Some(shown.inner)
}

/// Once per opening, after the lines have their ids.
fn focus_first_line(ui: &Ui, popup: Id) {
    let first_line = ui.data(|data| data.get_temp::<Id>(first_line_slot()));
    let opened = ui.data(|data| data.get_temp::<bool>(popup)).unwrap_or(false);
    if let (false, false, Some(line)) = (ui.is_sizing_pass(), opened, first_line) {
        ui.memory_mut(|memory| memory.request_focus(line));
        ui.data_mut(|data| data.insert_temp(popup, true));
    }
    ui.data_mut(|data| data.remove::<Id>(first_line_slot()));
}

fn first_line_slot() -> Id {
    Id::unique("clew first menu line")
}

/// A line of a menu; its response tells also what is under the pointer and the keyboard.
pub fn menu_line(ui: &mut Ui, row: ListRow<'_>) -> Response {
    let response = ui.add(row.role(Role::MenuItem));
    ui.data_mut(|data| {
        data.get_temp_mut_or_insert_with(first_line_slot(), || response.id);
    });
    response
}

/// A line of a menu; returns true when it is chosen.
pub fn menu_row(ui: &mut Ui, row: ListRow<'_>) -> bool {
    let response = menu_line(ui, row);
    let chosen = response.clicked();
    // A click of the pointer closes a menu by itself, Enter and a reader's click do not.
    if chosen && MenuConfig::find(ui).close_behavior == PopupCloseBehavior::CloseOnClick {
        ui.close();
    }
    chosen
}

const HEADING: f32 = 22.0;

/// The small heading of a group of lines.
pub fn menu_heading(ui: &mut Ui, text: &str) {
    let colour: Color32 = Look::of(ui.ctx()).colours.dim;
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = HEADING;
        ui.horizontal(|ui| {
            ui.add_space(PADDING);
            ui.label(RichText::new(text).font(TextSize::Small.regular()).color(colour));
        });
    });
}
