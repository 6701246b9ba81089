//! The sign-in screen, and the notice that is laid over the work when the session has ended.

use egui::{Context, Id, RichText, Ui};
use wire::{Code, Fault};

use super::{fault_ui, shell};
use crate::app::{Command, Commands, Model, Shell};
use crate::frame;
use crate::look::{Look, TextSize};
use crate::widgets::{Answer, Button, DialogButtons, dialog_or};
use crate::words::Word;

/// The size of the mark, in points.
const MARK: f32 = 56.0;
/// The width of what stands in the middle, in points.
const WIDTH: f32 = 320.0;

/// Draws the sign-in screen, or why the server does not answer.
pub(super) fn ui(ui: &mut Ui, model: &Model, fault: &Fault, draft: &mut shell::Draft, commands: &mut Commands) {
    frame::centre(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space((ui.available_height() * 0.3).max(24.0));
            ui.set_max_width(WIDTH);
            frame::mark(ui, MARK);
            ui.add_space(12.0);
            ui.label(RichText::new("Clew").font(TextSize::Title.semibold()));
            ui.add_space(8.0);
            if shell::ui(ui, model, draft, WIDTH, commands) {
                // The desktop program asks for something first.
            } else if fault.code == Code::SignedOut {
                let dim = Look::of(ui.ctx()).colours.dim;
                if model.session_displaced {
                    ui.label(model.words.t(Word::SessionDisplaced));
                    ui.add_space(8.0);
                }
                ui.label(RichText::new(model.words.t(Word::ReadyToSignIn)).color(dim));
                ui.add_space(16.0);
                let button = ui.add(Button::primary(model.words.t(Word::SignIn)).min_size(egui::vec2(WIDTH, 40.0)));
                // The one thing to do here: Enter does it.
                if ui.memory(|memory| memory.focused().is_none()) {
                    button.request_focus();
                }
                if button.clicked() {
                    commands.send(Command::SignIn);
                }
            } else {
                fault_ui(ui, model, fault, Command::AskAgain, commands);
            }
            if !model.shell.as_ref().is_some_and(Shell::asks_for_server) {
                shell::which_ui(ui, model, commands);
            }
        });
    });
}

/// Draws the notice over the work. Nothing on the screen is lost: sign-in happens beside the page.
pub(super) fn ended_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    if shell::dialog_ui(ui, model, commands) {
        return;
    }
    let buttons = DialogButtons { yes: words.t(Word::SignInAgain), dangerous: false, ready: true };
    let ctx: Context = ui.ctx().clone();
    let answer = dialog_or(
        &ctx,
        words.t(Word::IHaveSignedIn),
        Id::unique("session ended"),
        words.t(Word::SignIn),
        buttons,
        |ui| {
            if model.session_displaced {
                ui.label(words.t(Word::SessionDisplaced));
                ui.add_space(8.0);
            }
            ui.label(words.t(Word::SessionEnded));
        },
    );
    match answer {
        Some(Answer::Yes) => commands.send(Command::SignInBeside),
        // The notice stays until somebody is signed in; Escape only asks whether that has happened.
        Some(Answer::No) => commands.send(Command::AskAgain),
        None => {}
    }
}
