//! What the desktop program asks for before anybody is signed in: which server, and to go on in the browser.

use egui::{Id, RichText, Ui};
use wire::Fault;

use crate::app::{Command, Commands, Model, Shell, ShellStep};
use crate::look::{Look, TextSize};
use crate::widgets::{self, Answer, Button, DialogButtons, ErrorText, TextField};
use crate::words::{Word, Words};

/// The longest address that may be typed, in characters.
const MOST_ADDRESS: usize = 500;

/// What is half typed.
#[derive(Default)]
pub(super) struct Draft {
    address: String,
}

/// Draws what the program waits for, `width` points wide; false where nothing of the sort is to be asked.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, width: f32, commands: &mut Commands) -> bool {
    let Some(shell) = &model.shell else { return false };
    match &shell.step {
        ShellStep::SigningIn { number } => waiting_ui(ui, model, number, commands),
        _ if shell.asks_for_server() => server_ui(ui, model, shell, draft, width, commands),
        ShellStep::Failed(fault) => failed_ui(ui, model, fault, commands),
        ShellStep::Idle | ShellStep::Connecting => return false,
    }
    true
}

/// Asks for the server's address.
fn server_ui(ui: &mut Ui, model: &Model, shell: &Shell, draft: &mut Draft, width: f32, commands: &mut Commands) {
    let words = model.words;
    let is_connecting = shell.step == ShellStep::Connecting;
    let error = match &shell.step {
        ShellStep::Failed(fault) => Some(fault.to_string()),
        _ => None,
    };
    ui.label(RichText::new(words.t(Word::WhichServer)).color(Look::of(ui.ctx()).colours.dim));
    ui.add_space(16.0);
    let field = TextField::new(words.t(Word::ServerAddress), &mut draft.address);
    let field = field.hint("https://clew.example.org").error(error.as_deref()).limit_chars(MOST_ADDRESS);
    let typed = ui.add_enabled_ui(!is_connecting, |ui| field.show(ui, words)).inner;
    if ui.memory(|memory| memory.focused().is_none()) && !is_connecting {
        typed.request_focus();
    }
    let is_entered = typed.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    ui.add_space(12.0);
    let name = words.t(if is_connecting { Word::Connecting } else { Word::Connect });
    let is_ready = !is_connecting && !draft.address.trim().is_empty();
    let button = Button::primary(name).enabled(is_ready).min_size(egui::vec2(width, 40.0));
    if ui.add(button).clicked() || (is_entered && is_ready) {
        commands.send(Command::Connect(draft.address.trim().to_owned()));
    }
    if shell.is_choosing && ui.add(Button::quiet(words.t(Word::Cancel))).clicked() {
        commands.send(Command::GiveUpSigningIn);
    }
}

/// Says what to do in the browser.
fn waiting_ui(ui: &mut Ui, model: &Model, number: &str, commands: &mut Commands) {
    let words = model.words;
    number_ui(ui, words, number);
    ui.add_space(16.0);
    if ui.add(Button::new(words.t(Word::OpenBrowserAgain))).clicked() {
        commands.send(Command::SignIn);
    }
    if ui.add(Button::quiet(words.t(Word::Cancel))).clicked() {
        commands.send(Command::GiveUpSigningIn);
    }
}

fn number_ui(ui: &mut Ui, words: Words, number: &str) {
    ui.label(words.t(Word::GoOnInBrowser));
    ui.add_space(8.0);
    ui.label(RichText::new(number).font(TextSize::Title.semibold()));
    ui.add_space(8.0);
    ui.label(RichText::new(words.t(Word::SameNumber)).color(Look::of(ui.ctx()).colours.dim));
}

/// Draws the same over the work, while the session has ended; false where the program waits for nothing.
pub(super) fn dialog_ui(ui: &Ui, model: &Model, commands: &mut Commands) -> bool {
    let Some(shell) = &model.shell else { return false };
    let words = model.words;
    let yes = match &shell.step {
        ShellStep::SigningIn { .. } => words.t(Word::OpenBrowserAgain),
        ShellStep::Failed(_) => words.t(Word::SignInAgain),
        ShellStep::Idle | ShellStep::Connecting => return false,
    };
    let buttons = DialogButtons { yes, dangerous: false, ready: true };
    let id = Id::unique("signing in outside");
    let answer = widgets::dialog(ui.ctx(), words, id, words.t(Word::SignIn), buttons, |ui| match &shell.step {
        ShellStep::SigningIn { number } => number_ui(ui, words, number),
        ShellStep::Failed(fault) => {
            ui.label(fault.to_string());
        }
        ShellStep::Idle | ShellStep::Connecting => {}
    });
    match answer {
        Some(Answer::Yes) => commands.send(Command::SignIn),
        Some(Answer::No) => commands.send(Command::GiveUpSigningIn),
        None => {}
    }
    true
}

fn failed_ui(ui: &mut Ui, model: &Model, fault: &Fault, commands: &mut Commands) {
    let button = Some(model.words.t(Word::SignInAgain));
    let text = ErrorText { what: &fault.sentence, cause: "", remedy: &fault.remedy, button, code: "" };
    if widgets::error_box(ui, text) {
        commands.send(Command::SignIn);
    }
    if ui.add(Button::quiet(model.words.t(Word::Cancel))).clicked() {
        commands.send(Command::GiveUpSigningIn);
    }
}

/// Says which server it is, and offers another where nobody has set it.
pub(super) fn which_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let Some(shell) = &model.shell else { return };
    let dim = Look::of(ui.ctx()).colours.dim;
    ui.add_space(24.0);
    if let Some(server) = &shell.settings.server {
        ui.label(RichText::new(server).color(dim));
        if !shell.settings.is_locked && ui.add(Button::quiet(model.words.t(Word::AnotherServer))).clicked() {
            commands.send(Command::ChooseServer);
        }
    }
    if let Some(note) = &shell.settings.note {
        ui.add_space(8.0);
        ui.label(RichText::new(note).color(dim));
    }
}
