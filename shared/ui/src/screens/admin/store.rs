//! The store as a whole: where it is, whether it is as it was written, backups, and how one is put back.

use egui::{RichText, Ui};
use wire::keeping::{BackupLine, CheckNow, StoreNow};

use super::{backups, lines, session_table};
use crate::admin::Command;
use crate::admin::store::Command as StoreCommand;
use crate::app::{AdminPage, Command as AppCommand, Commands, Model, Remote};
use crate::look::icons;
use crate::screens::config::parts;
use crate::screens::{fault_ui, waiting_for_ui, waiting_ui};
use crate::widgets::{Button, KeyValue, Tone, key_values};
use crate::words::{Word, Words};

/// The kind of store that is a file: moving it away makes its place empty.
const SQLITE: &str = "SQLite";
/// How often it is asked how far a check is, in seconds.
const EVERY_SECS: f64 = 1.0;

/// When that was asked.
#[derive(Default)]
pub(super) struct Draft {
    asked: Option<f64>,
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let room = &model.admin.store;
    if room.is_checking() && lines::is_due(ui, &mut draft.asked, EVERY_SECS, room.now.is_waiting()) {
        commands.admin(Command::Store(StoreCommand::Ask));
    }
    lines::room_ui(ui, "store", |ui| match &room.now {
        Remote::Here(now) | Remote::Waiting(Some(now)) => {
            facts_ui(ui, model.words, now);
            check_ui(ui, model, now, commands);
            backups::ui(ui, model, now, commands);
            restore_ui(ui, model.words, now, commands);
        }
        Remote::Failed(fault) => {
            let again = AppCommand::Admin(Command::Ask(AdminPage::Store));
            fault_ui(ui, model, fault, again, commands);
        }
        Remote::Idle | Remote::Waiting(None) => waiting_ui(ui, model),
    });
}

fn facts_ui(ui: &mut Ui, words: Words, now: &StoreNow) {
    lines::title_ui(ui, words.t(Word::StoreTitle), None);
    let none = || "–".to_owned();
    let place = format!("{} · {}", now.kind, now.place);
    let size = now.bytes.map_or_else(none, |bytes| words.bytes(bytes));
    let free = now.free_bytes.map(|bytes| words.with(Word::StoreFree, &[&words.bytes(bytes)]));
    let schema = now.schema.map_or_else(none, |number| words.with(Word::StoreVersion, &[&number.to_string()]));
    let key = words.with(Word::StoreKeyId, &[&now.key]);
    let fact = |word, value| KeyValue { key: words.t(word), value, aside: "" };
    let facts = [
        fact(Word::StorePlace, place.as_str()),
        KeyValue { aside: free.as_deref().unwrap_or_default(), ..fact(Word::StoreSize, &size) },
        fact(Word::StoreSchema, &schema),
        fact(Word::StoreMethod, &now.method),
        fact(Word::StoreKey, &key),
    ];
    key_values(ui, "store", &facts);
    if now.counts.is_empty() {
        return;
    }
    parts::heading(ui, words.t(Word::StoreContent));
    let counts: Vec<(String, &str)> =
        now.counts.iter().map(|count| (words.count(count.rows), kind_name(words, &count.kind))).collect();
    lines::numbers_ui(ui, &counts);
}

/// A kind of row in the person's language; one that is not known stands as it is.
fn kind_name(words: Words, kind: &str) -> &str {
    let word = match kind {
        "audit entries" => Word::KindAuditEntries,
        "file pieces" => Word::KindFilePieces,
        "sessions" => Word::KindSessions,
        "instance" => Word::KindInstance,
        "project" => Word::KindProjects,
        "source" => Word::KindSources,
        "credential" => Word::KindCredentials,
        "grant" => Word::KindGrants,
        "upload" => Word::KindUploads,
        "personal" => Word::KindPersonal,
        "person" => Word::KindPeople,
        "local_person" => Word::KindLocalPeople,
        "issuer_key" => Word::KindIssuerKeys,
        "issuer_grant" => Word::KindIssuerGrants,
        "sign_in" => Word::KindSignIns,
        "draft" => Word::KindDrafts,
        "investigation" => Word::KindInvestigations,
        "remembered" => Word::KindRemembered,
        _ => return kind,
    };
    words.t(word)
}

fn check_ui(ui: &mut Ui, model: &Model, now: &StoreNow, commands: &mut Commands) {
    let (words, room) = (model.words, &model.admin.store);
    parts::line(ui);
    parts::heading(ui, words.t(Word::StoreCheckTitle));
    match &now.check {
        _ if room.is_checking() => {
            let rows = if let CheckNow::Running { rows, .. } = now.check { rows } else { 0 };
            let what = words.with(Word::StoreChecking, &[&words.count(rows)]);
            // Somebody else's is somebody else's to stop.
            if waiting_for_ui(ui, model, &what, room.check.is_waiting()) {
                commands.admin(Command::Store(StoreCommand::StopCheck));
            }
            return;
        }
        CheckNow::Never | CheckNow::Running { .. } => parts::dim(ui, words.t(Word::StoreCheckNever)),
        CheckNow::Whole { at, rows } => {
            let at = session_table::moment(words, *at);
            lines::told_ui(ui, Tone::Ok, &words.with(Word::StoreWhole, &[&words.count(*rows), &at]));
        }
        CheckNow::Broken { at, rows, faults } => {
            let (at, rows, faults) = (session_table::moment(words, *at), words.count(*rows), words.count(*faults));
            lines::told_ui(ui, Tone::Bad, &words.with(Word::StoreBroken, &[&faults, &rows, &at]));
            parts::dim(ui, words.t(Word::StoreBrokenRemedy));
        }
    }
    if let Remote::Failed(fault) = &room.check {
        parts::fault_box(ui, fault);
    }
    if ui.add(Button::new(words.t(Word::StoreCheckNow)).icon(icons::VERIFIED)).clicked() {
        commands.admin(Command::Store(StoreCommand::Check));
    }
}

/// How a backup is put back: what is typed on the machine of the server, with the right places in it.
fn restore_ui(ui: &mut Ui, words: Words, now: &StoreNow, commands: &mut Commands) {
    parts::line(ui);
    parts::heading(ui, words.t(Word::RestoreTitle));
    parts::dim(ui, words.t(Word::RestoreSentence));
    if now.kind == SQLITE {
        ui.label(RichText::new(words.t(Word::RestoreMove)));
        lines::copy_ui(ui, words, &move_away(&now.place), commands);
    }
    ui.label(RichText::new(words.t(Word::RestoreFile)));
    let file = now.backups.iter().find(|backup| backup.opens).map(|backup| path(now, backup));
    let file = file.unwrap_or_else(|| "FILE.clew-backup".to_owned());
    lines::copy_ui(ui, words, &format!("clew restore {}", quoted(&file)), commands);
    parts::dim(ui, words.t(Word::RestoreAfter));
}

/// Moves a store of one file away with what SQLite keeps beside it, and nothing that lies there already is lost.
fn move_away(place: &str) -> String {
    let (from, to) = (quoted(place), quoted(&format!("{place}.replaced")));
    format!("for end in \"\" -wal -shm; do [ -e {from}$end ] && mv -n {from}$end {to}$end; done")
}

/// Where a backup lies.
pub(super) fn path(now: &StoreNow, backup: &BackupLine) -> String {
    backups::folder_of(now, backup).map_or_else(|| backup.name.clone(), |folder| format!("{folder}/{}", backup.name))
}

/// A path as a shell reads it.
pub(super) fn quoted(path: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "/._-+:@".contains(sign);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
