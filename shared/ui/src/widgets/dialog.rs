//! Dialogs: only for what cannot be undone, and for what must be answered before anything else.

use super::{button::Button, paint};
use crate::look::{DIALOG, Look, RADIUS_LARGE, TextSize};
use crate::words::{Word, Words};
use egui::{Context, Frame, Id, Layout, Margin, Modal, RichText, Role, Ui};

/// How a dialog was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    /// Cancel, Escape, or a click outside.
    No,
}

/// What a dialog shows below its content.
#[derive(Clone, Copy, Debug)]
pub struct DialogButtons<'a> {
    /// The verb that is about to happen.
    pub yes: &'a str,
    /// Red, and without the keyboard at first.
    pub dangerous: bool,
    /// Can it be answered with yes now?
    pub ready: bool,
}

/// Draws a dialog over everything; call it for as long as it is open. Its other button says Cancel.
pub fn dialog(
    ctx: &Context,
    words: Words,
    id: Id,
    title: &str,
    buttons: DialogButtons<'_>,
    content: impl FnOnce(&mut Ui),
) -> Option<Answer> {
    dialog_or(ctx, words.t(Word::Cancel), id, title, buttons, content)
}

/// The same where the other button says something else.
pub fn dialog_or(
    ctx: &Context,
    no: &str,
    id: Id,
    title: &str,
    buttons: DialogButtons<'_>,
    content: impl FnOnce(&mut Ui),
) -> Option<Answer> {
    let look = Look::of(ctx);
    let frame = Frame::popup(&ctx.global_style()).corner_radius(RADIUS_LARGE).inner_margin(Margin::same(20));
    let modal = Modal::new(id).frame(frame).backdrop_color(look.colours.veil).show(ctx, |ui| {
        ui.set_width(DIALOG);
        ui.spacing_mut().item_spacing.y = 12.0;
        ui.label(RichText::new(title).font(TextSize::Heading.semibold()));
        content(ui);
        ui.add_space(4.0);
        row_of_buttons(ui, no, buttons)
    });
    let _absent_when_nobody_listens: Option<()> = ctx.accesskit_node_builder(modal.response.id, |node| {
        node.set_role(Role::Dialog);
        node.set_modal();
        node.set_label(title);
    });
    let closed = modal.should_close().then_some(Answer::No);
    modal.inner.or(closed)
}

/// "Are you sure?", with what will be lost in one sentence.
pub fn confirm(
    ctx: &Context,
    words: Words,
    id: Id,
    title: &str,
    sentence: &str,
    buttons: DialogButtons<'_>,
) -> Option<Answer> {
    dialog(ctx, words, id, title, buttons, |ui| {
        ui.label(sentence);
    })
}

fn row_of_buttons(ui: &mut Ui, no: &str, buttons: DialogButtons<'_>) -> Option<Answer> {
    let layout = Layout::right_to_left(egui::Align::Center);
    let row = ui.allocate_ui_with_layout(egui::vec2(ui.available_width(), 28.0), layout, |ui| {
        let make = if buttons.dangerous { Button::danger } else { Button::primary };
        let yes = ui.add(make(buttons.yes).enabled(buttons.ready));
        let no = ui.add(Button::new(no));
        let focused = ui.memory(|memory| memory.focused());
        if focused.is_none() && !ui.is_sizing_pass() {
            if buttons.dangerous || !buttons.ready { no.request_focus() } else { yes.request_focus() }
        }
        match (yes.clicked(), no.clicked()) {
            (true, _) => Some(Answer::Yes),
            (_, true) => Some(Answer::No),
            _ => None,
        }
    });
    paint::describe(ui, &row.response, |node| node.set_role(Role::Group));
    row.inner
}
