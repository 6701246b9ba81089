//! The audit log: what is looked for on top, the entries below it, one of them opened at the side.

mod check;
mod entry;
mod filters;
mod rows;

use egui::{Align, Layout, Margin, RichText, Ui};
use wire::audit::AuditFormat;

use crate::app::{Command as AppCommand, Commands, Model, Remote};
use crate::audit::{Command, MOST_HELD};
use crate::frame;
use crate::look::{Look, SIDE_PANEL, icons};
use crate::screens::{fault_box, paints, waiting_for_ui, waiting_ui};
use crate::table::{Table, TableAsk};
use crate::widgets::{Button, ListRow, empty_state, menu, menu_row};
use crate::words::Word;

/// As many rows before the last one the next are asked for.
const AHEAD: usize = 100;

/// What is half typed or open on this page.
pub(super) struct Draft {
    filters: filters::Draft,
    check: check::Draft,
    shown: rows::Shown,
    table: Table,
    /// Which entry is open at the side.
    open: Option<usize>,
    side_points: f32,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            filters: filters::Draft::default(),
            check: check::Draft::default(),
            shown: rows::Shown::default(),
            table: Table::default(),
            open: None,
            side_points: SIDE_PANEL,
        }
    }
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    if model.audit.searches == 0 {
        draft.filters.search(commands);
    }
    if draft.shown.keep_up(&model.audit, model.words) {
        draft.table.reset();
        draft.open = None;
    }
    filters::ui(ui, model.words, &mut draft.filters, commands);
    bar_ui(ui, model, draft, commands);
    if draft.check.is_open {
        check::ui(ui, model, &mut draft.check, commands);
    }
    side_ui(ui, model, draft, commands);
    entries_ui(ui, model, draft, commands);
}

/// How many there are, and what can be done with them.
fn bar_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    frame::strip(ui, |ui| {
        ui.label(RichText::new(count(model)).color(Look::of(ui.ctx()).colours.dim));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new(words.t(Word::AuditVerify)).icon(icons::VERIFIED)).clicked() {
                draft.check.open(model, commands);
            }
            export_ui(ui, model, commands);
        });
    });
}

fn count(model: &Model) -> String {
    let (words, audit) = (model.words, &model.audit);
    let shown = words.count(audit.entries.len() as u64);
    match (audit.entries.len(), &audit.next) {
        (0, _) => String::new(),
        (held, Some(_)) if held >= MOST_HELD => words.with(Word::AuditTooMany, &[&shown]),
        (_, Some(_)) => words.with(Word::AuditCountMore, &[&shown]),
        (_, None) => words.with(Word::AuditCount, &[&shown]),
    }
}

fn export_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    if let Some(bytes) = model.audit.file_bytes {
        if ui.add(Button::quiet(words.t(Word::Cancel))).clicked() {
            commands.audit(Command::StopExport);
        }
        let text = format!("{} · {}", words.t(Word::Exporting), words.bytes(bytes));
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.dim));
        return;
    }
    let button = Button::new(words.t(Word::Export)).icon(icons::DOWNLOAD).trailing(icons::EXPAND_MORE);
    let response = ui.add(button.enabled(model.audit.searches > 0));
    menu(&response, words.t(Word::Export), |ui| {
        for (word, format) in [(Word::AuditCsv, AuditFormat::Csv), (Word::AuditJsonLines, AuditFormat::JsonLines)] {
            if menu_row(ui, ListRow::new(words.t(word))) {
                commands.audit(Command::Export(format));
            }
        }
    });
}

fn side_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let entry = draft.open.and_then(|row| model.audit.entries.get(row));
    let Some(entry) = entry else { return };
    let mut open = true;
    let asked = frame::side_panel(ui, model.words, &mut open, &mut draft.side_points, |ui| {
        entry::ui(ui, model.words, entry, commands)
    });
    match asked.flatten() {
        Some(entry::Ask::Close) => draft.open = None,
        Some(entry::Ask::Narrow(narrow)) => {
            draft.filters.narrow(narrow);
            draft.filters.search(commands);
        }
        None => {}
    }
    if !open {
        draft.open = None;
    }
}

fn entries_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let audit = &model.audit;
    if let Remote::Failed(fault) = &audit.page {
        let again = padded(ui, |ui| fault_box(ui, model, fault));
        match again {
            true if audit.entries.is_empty() => draft.filters.search(commands),
            true => commands.audit(Command::More),
            false => {}
        }
    }
    if audit.entries.is_empty() {
        match &audit.page {
            Remote::Here(()) => nothing_ui(ui, model, draft, commands),
            Remote::Idle | Remote::Waiting(_) => padded(ui, |ui| waiting_ui(ui, model)),
            Remote::Failed(_) => {}
        }
        return;
    }
    if audit.page.is_waiting() {
        padded(ui, |ui| waiting_for_ui(ui, model, words.t(Word::Loading), false));
    }
    let paint = paints::of_table(ui, words, Word::AuditEntriesTable);
    for ask in draft.table.ui(ui, &draft.shown.rows, &rows::headers(words), &paint) {
        act(draft, &ask, model, commands);
    }
    let is_near_end = draft.table.top_row() + AHEAD >= audit.entries.len();
    if is_near_end && audit.has_more() && matches!(audit.page, Remote::Here(())) {
        commands.audit(Command::More);
    }
}

fn act(draft: &mut Draft, ask: &TableAsk, model: &Model, commands: &mut Commands) {
    match ask {
        TableAsk::SelectionChanged => draft.open = draft.table.selection().cursor(),
        TableAsk::Open(row) | TableAsk::Side(row) | TableAsk::RowMenu { row, .. } => draft.open = Some(*row),
        TableAsk::Copied { rows, .. } => {
            let copied = model.words.with(Word::CopiedRows, &[&model.words.count(*rows as u64)]);
            commands.send(AppCommand::Say(copied));
        }
        TableAsk::Sort { .. } | TableAsk::Filter { .. } => {}
    }
}

fn nothing_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let clear = draft.filters.is_narrow().then(|| words.t(Word::AuditClear));
    if empty_state(ui, icons::POLICY, words.t(Word::NothingFound), words.t(Word::AuditNothing), clear) {
        draft.filters.clear();
        draft.filters.search(commands);
    }
}

fn padded<R>(ui: &mut Ui, content: impl FnOnce(&mut Ui) -> R) -> R {
    egui::Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, content).inner
}
