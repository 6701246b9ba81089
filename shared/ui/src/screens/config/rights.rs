//! What the account at a source may do beside reading, and how to get one that only reads.

use access::{Action, Need};
use egui::{RichText, Ui};
use model::project::Source;
use wire::project::VisibleProject;
use wire::source::{AccountRights, TYPE_THE_NAME};

use super::parts;
use super::source_draft::SourceDraft;
use crate::app::{Commands, Model, Remote};
use crate::config::Command;
use crate::look::{TextSize, icons};
use crate::widgets::{Button, TextField, Tone, badge};
use crate::words::{Word, Words};

/// Draws what is known of a saved source's account, with the button that looks at it again.
pub(super) fn ui(ui: &mut Ui, model: &Model, visible: &VisibleProject, source: &Source, commands: &mut Commands) {
    let words = model.words;
    let known = known(visible, source);
    let may = parts::may(model, Action::ManageExternalSources);
    // Who may not look into the source is not told what is known.
    let is_told = model.may(&Need::source(Action::SaveConfiguration, &visible.project.id, &source.id)).is_ok();
    let has_account =
        model.config.kinds.value().into_iter().flatten().any(|kind| kind.kind == source.kind && kind.accounts);
    if source.is_internal() || (known.is_none() && (may.is_err() || !is_told || !has_account)) {
        return;
    }
    parts::heading(ui, words.t(Word::AccountTitle));
    match known {
        Some(rights) => rights_ui(ui, words, rights),
        None => {
            badge(ui, Tone::Warn, words.t(Word::AccountUnknown));
            parts::dim(ui, words.t(Word::AccountUnknownHint));
        }
    }
    if let Some(rights) = known.filter(|rights| rights.is_dangerous()) {
        let word = if rights.taken { Word::AccountTaken } else { Word::AccountNotAskedHint };
        ui.add(egui::Label::new(RichText::new(words.t(word))).wrap());
    }
    if let Remote::Failed(fault) = &model.config.probe {
        parts::fault_box(ui, fault);
    }
    let look = Button::new(words.t(Word::LookAtAccount)).icon(icons::REFRESH);
    if parts::button_if(ui, look.enabled(!model.config.probe.is_waiting()), &may) {
        commands.config(Command::ProbeRights(source.id.clone()));
    }
}

/// Whether nothing is asked of a source, because its account reaches beyond the database and nobody took it.
pub(super) fn is_not_asked(visible: &VisibleProject, source: &Source) -> bool {
    known(visible, source).is_some_and(AccountRights::is_barred)
}

fn known<'a>(visible: &'a VisibleProject, source: &Source) -> Option<&'a AccountRights> {
    visible.rights.iter().find(|(id, _)| *id == source.id).map(|(_, rights)| rights)
}

/// Draws what an account may do, and what whoever runs the source can do about it.
pub(super) fn rights_ui(ui: &mut Ui, words: Words, rights: &AccountRights) {
    if rights.only_reads() {
        badge(ui, Tone::Ok, &words.with(Word::AccountOnlyReads, &[&rights.account]));
        return;
    }
    for sentence in sentences(words, rights) {
        ui.add(egui::Label::new(RichText::new(sentence)).wrap());
    }
    if !rights.remedy.is_empty() {
        parts::dim(ui, words.t(Word::AccountRemedy));
        ui.add(egui::Label::new(RichText::new(rights.remedy.join("\n")).font(TextSize::Small.mono())).wrap());
    }
}

fn sentences(words: Words, rights: &AccountRights) -> Vec<String> {
    let account = rights.account.as_str();
    let flags = [
        (rights.superuser, Word::AccountMayEverything),
        (rights.runs_programs && !rights.superuser, Word::AccountMayPrograms),
        (rights.writes_files && !rights.superuser, Word::AccountMayFiles),
        (rights.reads_files && !rights.superuser, Word::AccountMayReadFiles),
    ];
    let told = flags.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| words.with(word, &[account]));
    let mut told: Vec<String> = told.collect();
    if rights.writable > 0 {
        let number = words.count(rights.writable);
        told.push(words.with(Word::AccountMayWrite, &[account, &number, &rights.tables.join(", ")]));
    }
    told
}

/// The field in which an instance manager types the source's name to take an account that may do far more than read.
pub(super) fn typed_name_ui(ui: &mut Ui, model: &Model, draft: &mut SourceDraft) {
    let words = model.words;
    let refused = match &model.config.save {
        Remote::Failed(fault) => fault.remedy == words.said(TYPE_THE_NAME, Word::ServerSays),
        _ => false,
    };
    let found = model.config.test.value().and_then(|report| report.rights.as_ref());
    if !refused && draft.typed_name.is_empty() && !found.is_some_and(AccountRights::is_dangerous) {
        return;
    }
    let label = words.with(Word::TypeSourceName, &[draft.name.trim()]);
    TextField::new(&label, &mut draft.typed_name)
        .limit_chars(120)
        .help(words.t(Word::TypeSourceNameHelp))
        .show(ui, words);
}
