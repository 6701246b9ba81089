//! The key of the store: which it is, and the steps from one key to another.

use egui::{Id, Ui};
use wire::key::{KeyNow, RollNow};

use super::lines::{self, Stage};
use crate::admin::Command;
use crate::admin::key::Command as KeyCommand;
use crate::app::{AdminPage, Command as AppCommand, Commands, Model, Remote};
use crate::look::icons;
use crate::screens::config::parts;
use crate::screens::{fault_ui, waiting_since, waiting_ui};
use crate::widgets::{Answer, Button, DialogButtons, KeyValue, TextField, Tone, Waiting, dialog, key_values, progress};
use crate::words::{Word, Words};

/// A key that may be the next one is made so.
const MAKE: &str = "openssl rand -base64 32";
/// The settings of the two keys.
const MAIN: &str = "CONFIG_B64_ENCRYPTION_KEY";
const ROLLING: &str = "CONFIG_B64_ENCRYPTION_KEY_ROLLING";
/// How often it is asked how far a roll is, in seconds.
const EVERY_SECS: f64 = 1.0;

/// What is half typed.
#[derive(Default)]
pub(super) struct Draft {
    /// What is typed to confirm, while the dialog is open.
    typed: Option<String>,
    asked: Option<f64>,
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let room = &model.admin.key;
    if room.is_rolling() && lines::is_due(ui, &mut draft.asked, EVERY_SECS, room.now.is_waiting()) {
        commands.admin(Command::Key(KeyCommand::Ask));
    }
    lines::room_ui(ui, "key", |ui| match &room.now {
        Remote::Here(now) | Remote::Waiting(Some(now)) => now_ui(ui, model, now, draft, commands),
        Remote::Failed(fault) => {
            let again = AppCommand::Admin(Command::Ask(AdminPage::Key));
            fault_ui(ui, model, fault, again, commands);
        }
        Remote::Idle | Remote::Waiting(None) => waiting_ui(ui, model),
    });
    if let Some(now) = room.now.value() {
        dialog_ui(ui, model, now, draft, commands);
    }
}

fn now_ui(ui: &mut Ui, model: &Model, now: &KeyNow, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let (tone, state) = match now.roll {
        RollNow::Unwanted => (Tone::Neutral, Word::KeyUnwanted),
        RollNow::Prepared { .. } => (Tone::Warn, Word::KeyPrepared),
        RollNow::Running { .. } => (Tone::Warn, Word::KeyRunning),
        RollNow::Done { .. } => (Tone::Warn, Word::KeyDone),
    };
    lines::title_ui(ui, words.t(Word::KeyRoomTitle), Some((tone, words.t(state))));
    parts::dim(ui, words.t(Word::KeySentence));
    facts_ui(ui, words, now);
    if matches!(now.roll, RollNow::Prepared { .. } | RollNow::Running { .. }) {
        lines::told_ui(ui, Tone::Warn, words.t(Word::KeyClosed));
    }
    ui.add_space(4.0);
    steps_ui(ui, model, now, draft, commands);
}

fn facts_ui(ui: &mut Ui, words: Words, now: &KeyNow) {
    let fact = |word, value| KeyValue { key: words.t(word), value, aside: "" };
    let key = words.with(Word::StoreKeyId, &[&now.key]);
    let other = |id: &str| words.with(Word::StoreKeyId, &[id]);
    match &now.roll {
        RollNow::Unwanted => key_values(ui, "key", &[fact(Word::KeyNow, &key)]),
        RollNow::Prepared { to } | RollNow::Running { to, .. } => {
            key_values(ui, "key", &[fact(Word::KeyNow, &key), fact(Word::KeyNew, &other(to))]);
        }
        RollNow::Done { from } => {
            key_values(ui, "key", &[fact(Word::KeyNow, &key), fact(Word::KeyBefore, &other(from))]);
        }
    }
}

/// The four steps; where the store stands among them follows from what the server says.
fn steps_ui(ui: &mut Ui, model: &Model, now: &KeyNow, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let place = match now.roll {
        RollNow::Unwanted => 1,
        RollNow::Prepared { .. } | RollNow::Running { .. } => 3,
        RollNow::Done { .. } => 4,
    };
    let stage = |number: u32| match (number, place) {
        // Whether a key is made only the person knows: the first two are one.
        (1 | 2, 1) => Stage::Now,
        (number, place) if number < place => Stage::Done,
        (number, place) if number == place => Stage::Now,
        _ => Stage::Later,
    };
    lines::step_ui(ui, words, 1, Word::StepMake, stage(1), |ui| {
        parts::dim(ui, words.t(Word::StepMakeSentence));
        lines::copy_ui(ui, words, MAKE, commands);
    });
    lines::step_ui(ui, words, 2, Word::StepGive, stage(2), |ui| {
        parts::dim(ui, words.t(Word::StepGiveSentence));
        lines::copy_ui(ui, words, ROLLING, commands);
    });
    lines::step_ui(ui, words, 3, Word::StepRoll, stage(3), |ui| roll_ui(ui, model, now, draft));
    lines::step_ui(ui, words, 4, Word::StepSwap, stage(4), |ui| {
        parts::dim(ui, words.t(Word::StepSwapSentence));
        lines::copy_ui(ui, words, MAIN, commands);
        lines::copy_ui(ui, words, ROLLING, commands);
    });
}

fn roll_ui(ui: &mut Ui, model: &Model, now: &KeyNow, draft: &mut Draft) {
    let (words, room) = (model.words, &model.admin.key);
    parts::dim(ui, words.t(Word::StepRollSentence));
    if let Remote::Failed(fault) = &room.rolling {
        parts::fault_box(ui, fault);
    }
    match &now.roll {
        RollNow::Running { done, rows, .. } => running_ui(ui, words, *done, *rows),
        _ if room.rolling.is_waiting() => running_ui(ui, words, 0, 0),
        RollNow::Prepared { .. } => {
            if ui.add(Button::primary(words.t(Word::RollKey)).icon(icons::KEY)).clicked() {
                draft.typed = Some(String::new());
            }
        }
        RollNow::Unwanted | RollNow::Done { .. } => {}
    }
}

/// How far it is; there is nothing here that stops it.
fn running_ui(ui: &mut Ui, words: Words, done: u64, rows: u64) {
    let what = match rows {
        0 => words.t(Word::RollBackup).to_owned(),
        _ => words.with(Word::RollRows, &[&words.count(done), &words.count(rows)]),
    };
    let since_secs = waiting_since(ui, Id::unique("roll of the key"));
    let share = (rows > 0).then(|| (done as f64 / rows as f64) as f32);
    progress(ui, words, Waiting { what: &what, since_secs, share, can_cancel: false });
    parts::hint(ui, words.t(Word::RollAway));
}

/// The dialog before the roll, while it is open.
fn dialog_ui(ui: &Ui, model: &Model, now: &KeyNow, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let RollNow::Prepared { to } = &now.roll else {
        draft.typed = None;
        return;
    };
    let Some(typed) = &mut draft.typed else { return };
    let ready = typed.trim() == words.t(Word::RollTyped);
    let buttons = DialogButtons { yes: words.t(Word::RollNow), dangerous: true, ready };
    let answer = dialog(ui.ctx(), words, Id::unique("roll the key"), words.t(Word::RollTitle), buttons, |ui| {
        parts::dim(ui, &words.with(Word::RollFromTo, &[&now.key, to]));
        parts::dim(ui, words.t(Word::RollKeepNew));
        let label = words.with(Word::TypeToConfirm, &[words.t(Word::RollTyped)]);
        TextField::new(&label, typed).limit_chars(20).show(ui, words);
    });
    match answer {
        Some(Answer::Yes) => commands.admin(Command::Key(KeyCommand::Roll)),
        Some(Answer::No) => {}
        None => return,
    }
    draft.typed = None;
}
