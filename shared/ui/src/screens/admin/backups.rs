//! Backups: one to take along, those that lie on the server, and whether one of them is whole.

use egui::{Label, RichText, Ui, vec2};
use wire::keeping::{BackupLine, MadeFor, StoreNow};

use super::rows::{self, row_ui};
use super::{lines, session_table, store};
use crate::admin::Command;
use crate::admin::store::{BackupNow, Command as StoreCommand};
use crate::app::{Command as AppCommand, Commands, Model, Remote};
use crate::look::{Look, TextSize, icons};
use crate::screens::config::parts;
use crate::screens::waiting_for_ui;
use crate::widgets::{Button, Tone};
use crate::words::{Word, Words};

/// The columns in points: file, what for, when, size, key. The buttons take the rest.
const COLUMNS: [f32; 5] = [240.0, 96.0, 116.0, 76.0, 150.0];
/// A row, in points.
const ROW: f32 = 34.0;

/// Draws it.
pub(super) fn ui(ui: &mut Ui, model: &Model, now: &StoreNow, commands: &mut Commands) {
    let words = model.words;
    parts::line(ui);
    parts::heading(ui, words.t(Word::BackupsTitle));
    parts::dim(ui, &words.with(Word::BackupSentence, &[&now.key]));
    make_ui(ui, model, commands);
    let folders = folders(now);
    folders.iter().for_each(|folder| folder_ui(ui, model, now, folder, commands));
    if folders.is_empty() {
        return;
    }
    verified_ui(ui, model, commands);
}

/// The folders that backups lie in; the store's own is the first one, also while nothing lies there.
fn folders(now: &StoreNow) -> Vec<&str> {
    let mut folders: Vec<&str> = now.folder.as_deref().into_iter().collect();
    for folder in now.backups.iter().filter_map(|backup| folder_of(now, backup)) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// The folder that a backup lies in; the store's own where none is named.
pub(super) fn folder_of<'a>(now: &'a StoreNow, backup: &'a BackupLine) -> Option<&'a str> {
    backup.folder.as_deref().or(now.folder.as_deref())
}

fn folder_ui(ui: &mut Ui, model: &Model, now: &StoreNow, folder: &str, commands: &mut Commands) {
    let words = model.words;
    ui.add_space(4.0);
    ui.label(RichText::new(words.with(Word::BackupsBeside, &[folder])).font(TextSize::Body.semibold()));
    let lies_here = |backup: &&BackupLine| folder_of(now, backup) == Some(folder);
    let mut here = now.backups.iter().filter(lies_here).peekable();
    if here.peek().is_none() {
        parts::dim(ui, words.t(Word::BackupsNone));
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        row_ui(ui, ROW, |ui| {
            let names = [Word::BackupFile, Word::BackupFor, Word::BackupMade, Word::BackupSize, Word::BackupKey];
            names.into_iter().zip(COLUMNS).for_each(|(name, width)| cell_ui(ui, width, words.t(name), true));
        });
        here.for_each(|backup| backup_ui(ui, model, now, backup, commands));
    });
}

fn make_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let stop = || Command::Store(StoreCommand::StopBackUp);
    match &model.admin.store.backup {
        BackupNow::Coming(bytes) => {
            let what = match bytes {
                0 => words.t(Word::BackupMaking).to_owned(),
                bytes => words.with(Word::BackupComing, &[&words.bytes(*bytes)]),
            };
            if waiting_for_ui(ui, model, &what, true) {
                commands.admin(stop());
            }
            return;
        }
        BackupNow::Saved { name, bytes } => {
            lines::told_ui(ui, Tone::Ok, &words.with(Word::BackupSaved, &[name, &words.bytes(*bytes)]));
        }
        BackupNow::Failed(fault) => parts::fault_box(ui, fault),
        BackupNow::None => {}
    }
    if ui.add(Button::primary(words.t(Word::BackUpNow)).icon(icons::DOWNLOAD)).clicked() {
        commands.admin(Command::Store(StoreCommand::BackUp));
    }
}

fn backup_ui(ui: &mut Ui, model: &Model, now: &StoreNow, backup: &BackupLine, commands: &mut Commands) {
    let words = model.words;
    let [file, made_for, made, size, key] = COLUMNS;
    row_ui(ui, ROW, |ui| {
        cell_ui(ui, file, &backup.name, false);
        cell_ui(ui, made_for, words.t(reason(backup.made_for)), true);
        let at = backup.made.map_or_else(|| "–".to_owned(), |made_at| session_table::moment(words, made_at));
        cell_ui(ui, made, &at, true);
        cell_ui(ui, size, &words.bytes(backup.bytes), true);
        cell_ui(ui, key, &key_of(words, backup), true);
        if !backup.opens {
            return;
        }
        let is_free = !model.admin.store.verified.as_ref().is_some_and(|(_, found)| found.is_waiting());
        let name = words.with(Word::BackupVerifyNamed, &[&backup.name]);
        let verify = Button::new(words.t(Word::BackupVerify)).enabled(is_free);
        if ui.add(verify).accessible_name(&name).clicked() {
            commands.admin(Command::Store(StoreCommand::Verify(backup.name.clone())));
        }
        let command = format!("clew restore {}", store::quoted(&store::path(now, backup)));
        let copy = Button::icon_only(icons::CONTENT_COPY, &command);
        if ui.add(copy).accessible_name(words.with(Word::CopyNamed, &[&command])).clicked() {
            commands.send(AppCommand::Copy(command.clone()));
        }
    });
}

fn reason(made_for: MadeFor) -> Word {
    match made_for {
        MadeFor::Roll => Word::BackupForRoll,
        MadeFor::Reset => Word::BackupForReset,
        MadeFor::Schema => Word::BackupForSchema,
        MadeFor::Schedule => Word::BackupForSchedule,
        MadeFor::Other => Word::BackupForOther,
    }
}

fn key_of(words: Words, backup: &BackupLine) -> String {
    match &backup.key {
        None => words.t(Word::BackupUnknown).to_owned(),
        Some(_) if !backup.opens => words.t(Word::BackupOtherKey).to_owned(),
        Some(key) => words.with(Word::StoreKeyId, &[key]),
    }
}

fn verified_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let Some((name, found)) = &model.admin.store.verified else { return };
    match found {
        Remote::Waiting(_) | Remote::Idle => {
            if waiting_for_ui(ui, model, &words.with(Word::BackupVerifying, &[name]), true) {
                commands.admin(Command::Store(StoreCommand::StopVerify));
            }
        }
        Remote::Here(checked) if checked.faults == 0 => {
            let said = words.with(Word::BackupWhole, &[&checked.name, &words.count(checked.rows)]);
            lines::told_ui(ui, Tone::Ok, &said);
        }
        Remote::Here(checked) => {
            let (faults, rows) = (words.count(checked.faults), words.count(checked.rows));
            lines::told_ui(ui, Tone::Bad, &words.with(Word::BackupBroken, &[&checked.name, &faults, &rows]));
        }
        Remote::Failed(fault) => parts::fault_box(ui, fault),
    }
}

fn cell_ui(ui: &mut Ui, width: f32, text: &str, is_dim: bool) {
    let colours = Look::of(ui.ctx()).colours;
    let colour = if is_dim { colours.dim } else { colours.text };
    rows::cell_ui(ui, width, ROW, |ui| {
        ui.add(Label::new(RichText::new(text).font(TextSize::Body.regular()).color(colour)).truncate());
    });
}
