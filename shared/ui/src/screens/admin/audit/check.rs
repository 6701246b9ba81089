//! The check of the chain: how far it is, what it found, and the end of the log to be kept elsewhere.

use egui::{Label, Margin, RichText, Ui};
use wire::audit::{AuditVerdict, MOST_ANCHORS};

use crate::app::{Command as AppCommand, Commands, Model, Remote};
use crate::audit::Command;
use crate::look::{Look, TextSize, icons};
use crate::screens::{fault_box, waiting_for_ui};
use crate::widgets::{Button, CellField, paint};
use crate::words::{Word, Words};

/// The width of the field for kept ends, in points.
const FIELD: f32 = 420.0;

/// What was typed for it.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) is_open: bool,
    kept: String,
}

impl Draft {
    /// Shows it, and begins a check at once.
    pub(super) fn open(&mut self, model: &Model, commands: &mut Commands) {
        self.is_open = true;
        if !model.audit.verdict.is_waiting() {
            self.begin(commands);
        }
    }

    fn begin(&self, commands: &mut Commands) {
        let kept = self.kept.split([',', ' ', ';', '\n']).filter(|end| !end.is_empty()).take(MOST_ANCHORS);
        commands.audit(Command::Check { anchors: kept.map(str::to_owned).collect() });
    }
}

/// Draws it, between the filters and the entries.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let look = Look::of(ui.ctx());
    let frame = egui::Frame::new().fill(look.colours.panel).inner_margin(Margin::symmetric(12, 8));
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        again_ui(ui, model, draft, commands);
        verdict_ui(ui, model, draft, commands);
    });
    let rect = shown.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, paint::hairline(look));
}

fn again_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    ui.horizontal(|ui| {
        ui.label(RichText::new(words.t(Word::AuditKeptEnds)).color(Look::of(ui.ctx()).colours.dim));
        let name = words.t(Word::AuditKeptEnds);
        CellField::new(name, &mut draft.kept).hint(words.t(Word::AuditKeptEndsHint)).mono().show(ui, FIELD);
        let again = Button::new(words.t(Word::AuditVerifyAgain)).enabled(!model.audit.verdict.is_waiting());
        if ui.add(again).clicked() {
            draft.begin(commands);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if ui.add(Button::icon_only(icons::CLOSE, words.t(Word::Close))).clicked() {
                draft.is_open = false;
            }
        });
    });
}

fn verdict_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    match &model.audit.verdict {
        Remote::Idle => {}
        Remote::Waiting(_) => {
            if waiting_for_ui(ui, model, words.t(Word::AuditVerifying), true) {
                commands.audit(Command::StopCheck);
                draft.is_open = false;
            }
        }
        Remote::Failed(fault) => {
            if fault_box(ui, model, fault) {
                draft.begin(commands);
            }
        }
        Remote::Here(AuditVerdict::Whole { entries, end }) => whole_ui(ui, words, *entries, end, commands),
        Remote::Here(AuditVerdict::Broken { entry, why }) => {
            let text = words.with(Word::AuditBroken, &[&entry.to_string(), why_in(words, why)]);
            line_ui(ui, icons::ERROR, Look::of(ui.ctx()).colours.bad, &text);
        }
    }
}

fn whole_ui(ui: &mut Ui, words: Words, entries: u64, end: &str, commands: &mut Commands) {
    let colours = Look::of(ui.ctx()).colours;
    line_ui(ui, icons::CHECK_CIRCLE, colours.ok, &words.with(Word::AuditWhole, &[&words.count(entries)]));
    ui.label(RichText::new(words.t(Word::AuditEnd)).color(colours.dim));
    ui.horizontal(|ui| {
        ui.label(RichText::new(end).font(TextSize::Body.mono()));
        if ui.add(Button::icon_only(icons::CONTENT_COPY, words.t(Word::AuditCopyEnd))).clicked() {
            commands.send(AppCommand::Copy(end.to_owned()));
        }
    });
}

fn line_ui(ui: &mut Ui, icon: char, colour: egui::Color32, text: &str) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(icon).size(16.0).color(colour));
        ui.add(Label::new(text).wrap());
    });
}

/// What is wrong with an entry, in the person's language.
fn why_in(words: Words, why: &str) -> &str {
    const KNOWN: [Word; 5] =
        [Word::AuditMissing, Word::AuditChanged, Word::AuditOtherAnchor, Word::AuditEndChanged, Word::AuditBehindEnd];
    let english = Words::new(crate::words::Language::English);
    KNOWN.into_iter().find(|word| english.t(*word) == why).map_or(why, |word| words.t(word))
}
