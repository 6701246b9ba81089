//! People of the embedded issuer: adding one, changing roles, a new password or telephone, letting in no
//! longer.

use access::{Action, AppRole, Need};
use egui::{Id, Label, RichText, Ui};
use wire::people::{Local, PersonLine};

use crate::admin::Command;
use crate::app::{Command as AppCommand, Commands, Model};
use crate::look::{TextSize, icons};
use crate::screens::config::parts;
use crate::widgets::{Answer, Button, DialogButtons, TextField, dialog, dialog_or};
use crate::words::{Word, Words};

/// What is half typed or asked.
#[derive(Default)]
pub(super) struct Draft {
    open: Option<Open>,
}

enum Open {
    Add { name: String, email: String, roles: String },
    Roles { name: String, roles: String },
    Reset { name: String },
    ResetSecondFactor { name: String },
    Disable { name: String },
}

/// Whether people are kept here, and this person may change them.
fn is_kept_here(model: &Model) -> bool {
    let is_embedded = model.me.value().is_some_and(|me| me.embedded_issuer);
    is_embedded && model.may(&Need::instance(Action::Administer)).is_ok()
}

/// The way to add a person; nothing where people are kept elsewhere.
pub(super) fn add_ui(ui: &mut Ui, model: &Model, draft: &mut Draft) {
    if !is_kept_here(model) {
        return;
    }
    let words = model.words;
    parts::dim(ui, words.t(Word::OwnSignInSentence));
    if ui.add(Button::new(words.t(Word::AddPerson)).icon(icons::PERSON_ADD)).clicked() {
        let roles = "Task.Read".to_owned();
        draft.open = Some(Open::Add { name: String::new(), email: String::new(), roles });
    }
}

/// What can be changed of a person whom the embedded issuer knows.
pub(super) fn person_ui(ui: &mut Ui, model: &Model, line: &PersonLine, draft: &mut Draft, commands: &mut Commands) {
    let Some(local) = line.local.as_ref().filter(|_| is_kept_here(model)) else { return };
    let words = model.words;
    let is_oneself = line.person.is_some() && line.person.as_ref() == model.caller().map(|caller| &caller.person);
    let free = !model.admin.changing.is_waiting();
    let name = || local.name.clone();
    ui.horizontal(|ui| {
        if !is_oneself && ui.add(Button::new(words.t(Word::ChangeRoles)).enabled(free)).clicked() {
            let roles: Vec<&str> = line.roles.iter().map(AppRole::as_str).collect();
            draft.open = Some(Open::Roles { name: name(), roles: roles.join(", ") });
        }
        if ui.add(Button::new(words.t(Word::ResetPassword)).enabled(free)).clicked() {
            draft.open = Some(Open::Reset { name: name() });
        }
        let has_second = local.second_factor && !is_oneself;
        if has_second && ui.add(Button::new(words.t(Word::ResetSecondFactor)).enabled(free)).clicked() {
            draft.open = Some(Open::ResetSecondFactor { name: name() });
        }
        if !is_oneself {
            disable_ui(ui, words, local, free, draft, commands);
        }
    });
    if let crate::app::Remote::Failed(fault) = &model.admin.changing {
        parts::fault_box(ui, fault);
    }
}

fn disable_ui(ui: &mut Ui, words: Words, local: &Local, free: bool, draft: &mut Draft, commands: &mut Commands) {
    let word = if local.disabled { Word::LetInAgain } else { Word::DisablePerson };
    if ui.add(Button::new(words.t(word)).enabled(free)).clicked() {
        if local.disabled {
            commands.admin(Command::Disable(local.name.clone(), false));
        } else {
            draft.open = Some(Open::Disable { name: local.name.clone() });
        }
    }
}

/// The dialogs, while one of them is open.
pub(super) fn dialogs_ui(ui: &Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    link_ui(ui, model, commands);
    let words = model.words;
    let Some(open) = &mut draft.open else { return };
    let (title, yes) = match open {
        Open::Add { .. } => (words.t(Word::AddPerson).to_owned(), Word::Create),
        Open::Roles { name, .. } => (words.with(Word::RolesOfNamed, &[name]), Word::SaveRoles),
        Open::Reset { name } => (words.with(Word::ResetNamed, &[name]), Word::ResetPassword),
        Open::ResetSecondFactor { name } => {
            (words.with(Word::ResetSecondFactorNamed, &[name]), Word::ResetSecondFactor)
        }
        Open::Disable { name } => (words.with(Word::DisableNamed, &[name]), Word::DisablePerson),
    };
    let command = command(open);
    let dangerous = matches!(open, Open::Reset { .. } | Open::ResetSecondFactor { .. } | Open::Disable { .. });
    let buttons = DialogButtons { yes: words.t(yes), dangerous, ready: command.is_some() };
    let answer = dialog(ui.ctx(), words, Id::unique("local person"), &title, buttons, |ui| open_ui(ui, words, open));
    match (answer, command) {
        (Some(Answer::Yes), Some(command)) => commands.admin(command),
        (Some(_), _) => {}
        (None, _) => return,
    }
    draft.open = None;
}

fn open_ui(ui: &mut Ui, words: Words, open: &mut Open) {
    match open {
        Open::Add { name, email, roles } => {
            TextField::new(words.t(Word::SignInName), name).limit_chars(64).show(ui, words);
            TextField::new(words.t(Word::Email), email).limit_chars(250).show(ui, words);
            TextField::new(words.t(Word::RolesTyped), roles).limit_chars(1_000).show(ui, words);
        }
        Open::Roles { roles, .. } => {
            TextField::new(words.t(Word::RolesTyped), roles).limit_chars(1_000).show(ui, words);
        }
        Open::Reset { .. } => parts::dim(ui, words.t(Word::ResetSentence)),
        Open::ResetSecondFactor { .. } => parts::dim(ui, words.t(Word::ResetSecondFactorSentence)),
        Open::Disable { .. } => parts::dim(ui, words.t(Word::DisableSentence)),
    }
}

/// What the dialog would do; none while something is missing.
fn command(open: &Open) -> Option<Command> {
    Some(match open {
        Open::Add { name, email, roles } => {
            let name = Some(name.trim()).filter(|name| !name.is_empty())?;
            let email = Some(email.trim().to_owned()).filter(|email| !email.is_empty());
            Command::AddPerson { name: name.to_owned(), email, roles: parsed(roles)? }
        }
        Open::Roles { name, roles } => Command::SetRoles(name.clone(), parsed(roles)?),
        Open::Reset { name } => Command::Reset(name.clone()),
        Open::ResetSecondFactor { name } => Command::ResetSecondFactor(name.clone()),
        Open::Disable { name } => Command::Disable(name.clone(), true),
    })
}

/// Role names with commas between them; none when one of them cannot be a role.
fn parsed(roles: &str) -> Option<Vec<AppRole>> {
    let names = roles.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| AppRole::new(name).ok()).collect()
}

/// The one-time link, which is shown until it is put away and never again.
fn link_ui(ui: &Ui, model: &Model, commands: &mut Commands) {
    let Some((name, link)) = &model.admin.link else { return };
    let words = model.words;
    let title = words.with(Word::LinkFor, &[name]);
    let buttons = DialogButtons { yes: words.t(Word::Copy), dangerous: false, ready: true };
    let answer = dialog_or(ui.ctx(), words.t(Word::Close), Id::unique("one-time link"), &title, buttons, |ui| {
        parts::dim(ui, words.t(Word::LinkSentence));
        ui.add(Label::new(RichText::new(link).font(TextSize::Small.mono())).wrap());
    });
    match answer {
        Some(Answer::Yes) => commands.send(AppCommand::Copy(link.clone())),
        Some(Answer::No) => commands.admin(Command::ForgetLink),
        None => {}
    }
}
