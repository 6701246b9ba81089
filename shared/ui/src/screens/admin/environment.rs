//! The settings by their names, with where each comes from, and what changed from start to start. No value is here.

use egui::{Id, Label, RichText, Ui, vec2};
use wire::environment::{EnvironmentChange, EnvironmentName, EnvironmentNow, EnvironmentOrigin};

use super::lines;
use super::rows::{cell_ui, row_ui};
use crate::admin::Command;
use crate::app::{AdminPage, Command as AppCommand, Commands, Model, Remote};
use crate::look::{Look, TextSize};
use crate::screens::config::parts;
use crate::screens::{fault_ui, waiting_ui};
use crate::widgets::{Tone, badge, checkbox, named_search_box};
use crate::words::{Word, Words};

/// The columns in points: the name, where it comes from.
const COLUMNS: [f32; 2] = [420.0, 150.0];
/// A row, in points.
const ROW: f32 = 26.0;
/// The search box, in points.
const SEARCH: f32 = 300.0;
/// So many starts are drawn.
const MOST_CHANGES: usize = 100;

/// What is looked for.
pub(super) struct Draft {
    search: String,
    only_given: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self { search: String::new(), only_given: true }
    }
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    lines::room_ui(ui, "environment", |ui| match &model.admin.environment {
        Remote::Here(now) | Remote::Waiting(Some(now)) => {
            names_ui(ui, model.words, now, draft);
            changes_ui(ui, model.words, &now.changes);
        }
        Remote::Failed(fault) => {
            let again = AppCommand::Admin(Command::Ask(AdminPage::Environment));
            fault_ui(ui, model, fault, again, commands);
        }
        Remote::Idle | Remote::Waiting(None) => waiting_ui(ui, model),
    });
}

fn names_ui(ui: &mut Ui, words: Words, now: &EnvironmentNow, draft: &mut Draft) {
    lines::title_ui(ui, words.t(Word::EnvironmentTitle), None);
    parts::dim(ui, words.t(Word::EnvironmentSentence));
    ui.horizontal(|ui| {
        let name = words.t(Word::EnvironmentFind);
        named_search_box(ui, words, (Id::unique("find setting"), name), &mut draft.search, name, None, SEARCH);
        ui.add_space(8.0);
        checkbox(ui, &mut draft.only_given, words.t(Word::EnvironmentGiven));
    });
    let wanted = draft.search.trim().to_uppercase();
    let is_shown = |name: &&EnvironmentName| {
        let is_given = name.origin != EnvironmentOrigin::Default;
        (is_given || !draft.only_given) && name.name.to_uppercase().contains(&wanted)
    };
    let shown: Vec<&EnvironmentName> = now.names.iter().filter(is_shown).collect();
    if shown.is_empty() {
        let word = if wanted.is_empty() { Word::EnvironmentNoneGiven } else { Word::NothingFound };
        parts::dim(ui, words.t(word));
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
        let colour = Look::of(ui.ctx()).colours.dim;
        row_ui(ui, ROW, |ui| {
            for (word, width) in [Word::EnvironmentName, Word::EnvironmentFrom].into_iter().zip(COLUMNS) {
                cell_ui(ui, width, ROW, |ui| drop(ui.label(RichText::new(words.t(word)).color(colour))));
            }
        });
        shown.into_iter().for_each(|name| name_ui(ui, words, name));
    });
}

fn name_ui(ui: &mut Ui, words: Words, name: &EnvironmentName) {
    let look = Look::of(ui.ctx());
    let [name_width, from] = COLUMNS;
    row_ui(ui, ROW, |ui| {
        cell_ui(ui, name_width, ROW, |ui| drop(ui.add(mono(&name.name))));
        cell_ui(ui, from, ROW, |ui| {
            let colour = if name.origin == EnvironmentOrigin::Default { look.colours.dim } else { look.colours.text };
            ui.label(RichText::new(words.t(origin_word(name.origin))).color(colour));
        });
        if name.secret {
            badge(ui, Tone::Neutral, words.t(Word::EnvironmentSecret));
        }
    });
}

fn mono(text: &str) -> Label {
    Label::new(RichText::new(text).font(TextSize::Body.mono())).truncate()
}

fn origin_word(origin: EnvironmentOrigin) -> Word {
    match origin {
        EnvironmentOrigin::Environment => Word::OriginEnvironment,
        EnvironmentOrigin::File => Word::OriginFile,
        EnvironmentOrigin::Flag => Word::OriginFlag,
        EnvironmentOrigin::Default => Word::OriginDefault,
    }
}

fn changes_ui(ui: &mut Ui, words: Words, changes: &[EnvironmentChange]) {
    parts::line(ui);
    parts::heading(ui, words.t(Word::ChangesTitle));
    if changes.is_empty() {
        parts::dim(ui, words.t(Word::ChangesNone));
    }
    for change in changes.iter().take(MOST_CHANGES) {
        let at = change.at.get(..16).unwrap_or(&change.at).replace('T', " ");
        let title = words.with(Word::ChangedAt, &[&at, &change.version]);
        ui.label(RichText::new(title).font(TextSize::Body.semibold()));
        ui.spacing_mut().item_spacing.y = 2.0;
        let kinds = [
            (Word::ChangedAppeared, Tone::Ok, &change.appeared),
            (Word::ChangedVanished, Tone::Warn, &change.vanished),
            (Word::ChangedValue, Tone::Neutral, &change.changed),
        ];
        for (word, tone, names) in kinds {
            for name in names {
                ui.horizontal(|ui| {
                    cell_ui(ui, 96.0, ROW, |ui| drop(badge(ui, tone, words.t(word))));
                    ui.add(mono(name));
                });
            }
        }
        ui.add_space(8.0);
    }
    if let Some(more) = changes.len().checked_sub(MOST_CHANGES).filter(|more| *more > 0) {
        parts::hint(ui, &words.with(Word::MoreChanges, &[&words.count(more as u64)]));
    }
}
