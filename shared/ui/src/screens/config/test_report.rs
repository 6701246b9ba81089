//! What a test of a connection found, step by step.

use egui::{Align, Frame, Layout, Margin, RichText, Role, Ui};
use wire::source::{TestReport, TestStep};

use super::{parts, rights};
use crate::app::{Commands, Model, Remote};
use crate::client::told;
use crate::config::Command;
use crate::look::{Look, RADIUS, TextSize};
use crate::widgets::{Tone, paint};
use crate::words::{Word, Words};

/// Draws how the newest test goes, or what it found; nothing when there is none.
pub(super) fn newest_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    match &model.config.test {
        Remote::Idle => {}
        Remote::Waiting(_) => parts::stop_ui(ui, model, Word::TestingConnection, Some(Command::ForgetTest), commands),
        Remote::Failed(fault) => parts::fault_box(ui, fault),
        Remote::Here(report) => report_ui(ui, model.words, report),
    }
}

/// Draws the steps with their times; the one that failed says what to do.
fn report_ui(ui: &mut Ui, words: Words, report: &TestReport) {
    let look = Look::of(ui.ctx());
    let (tone, word) = if report.ok { (Tone::Ok, Word::TestOk) } else { (Tone::Bad, Word::TestFailed) };
    let stroke = egui::Stroke::new(1.0, tone.colour(look));
    let frame =
        Frame::new().fill(look.colours.panel).stroke(stroke).corner_radius(RADIUS).inner_margin(Margin::same(12));
    let shown = frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.spacing_mut().interact_size.y = 20.0;
        ui.label(RichText::new(words.t(word)).font(TextSize::Body.semibold()));
        for step in &report.steps {
            step_ui(ui, words, step);
        }
        if let Some(found) = report.rights.as_ref().filter(|found| !found.only_reads()) {
            rights::rights_ui(ui, words, found);
        }
    });
    paint::describe(ui, &shown.response, |node| {
        node.set_role(Role::Status);
        node.set_label(words.t(word));
        node.set_live(egui::accesskit::Live::Polite);
    });
}

fn step_ui(ui: &mut Ui, words: Words, step: &TestStep) {
    let look = Look::of(ui.ctx());
    let tone = if step.fault.is_some() { Tone::Bad } else { Tone::Ok };
    ui.horizontal(|ui| {
        ui.label(RichText::new(tone.icon()).size(16.0).color(tone.colour(look)));
        ui.label(words.said(&step.name, Word::ServerSays));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let time = words.duration_ms(step.millis);
            ui.label(RichText::new(time).font(TextSize::Small.regular()).color(look.colours.dim));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(
                    egui::Label::new(RichText::new(words.said(&step.found, Word::ServerSays)).color(look.colours.dim))
                        .truncate(),
                );
            });
        });
    });
    if let Some(fault) = step.fault.clone().map(|fault| told(words, fault)) {
        ui.horizontal_wrapped(|ui| {
            ui.add_space(24.0);
            ui.label(RichText::new(&fault.sentence).color(look.colours.bad));
        });
        if !fault.remedy.is_empty() {
            ui.horizontal_wrapped(|ui| {
                ui.add_space(24.0);
                parts::dim(ui, &fault.remedy);
            });
        }
    }
}
