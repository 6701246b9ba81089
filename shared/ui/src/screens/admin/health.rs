//! How the server is: numbers of this moment, what could keep it from working, and the sources.

use egui::Ui;
use wire::health::{FailureKind, Figures, HealthSeen, OtherSources, SourceHealth};

use super::{lines, session_table};
use crate::admin::Command;
use crate::admin::health::Command as HealthCommand;
use crate::app::{AdminPage, Command as AppCommand, Commands, Model, Remote};
use crate::look::icons;
use crate::screens::config::parts;
use crate::screens::{fault_ui, waiting_for_ui};
use crate::widgets::Button;
use crate::words::{Word, Words};

/// How often the numbers are asked for, in seconds.
const EVERY_SECS: f64 = 5.0;

/// When the numbers were asked for.
#[derive(Default)]
pub(super) struct Draft {
    asked: Option<f64>,
}

/// Draws the page.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let figures = &model.admin.health.figures;
    if lines::is_due(ui, &mut draft.asked, EVERY_SECS, figures.is_waiting()) {
        commands.admin(Command::Health(HealthCommand::Figures));
    }
    lines::room_ui(ui, "health", |ui| {
        ui.set_max_width(ui.max_rect().width());
        if let Some(figures) = figures.value() {
            figures_ui(ui, model.words, figures);
        }
        if let Remote::Failed(fault) = figures {
            parts::fault_box(ui, fault);
        }
        seen_ui(ui, model, commands);
    });
}

fn figures_ui(ui: &mut Ui, words: Words, figures: &Figures) {
    lines::title_ui(ui, words.t(Word::FiguresTitle), None);
    let none = || "–".to_owned();
    let numbers = [
        (words.count(figures.sessions), Word::FigureSessions),
        (words.count(figures.running), Word::FigureRunning),
        (words.count(figures.waiting), Word::FigureWaiting),
        (words.count(figures.requests), Word::FigureRequests),
        (words.count(figures.failed), Word::FigureFailed),
        (words.count(figures.refused), Word::FigureRefused),
        (figures.nine_of_ten_millis.map_or_else(none, |millis| words.duration_ms(millis)), Word::FigureSpeed),
        (words.count(figures.rows), Word::FigureRows),
        (figures.memory_bytes.map_or_else(none, |bytes| words.bytes(bytes)), Word::FigureMemory),
        (words.duration_ms(figures.processor_millis), Word::FigureProcessor),
        (words.count(figures.audit_entries), Word::FigureEntries),
        (words.duration_ms(figures.audit_lag_micros.div_ceil(1_000)), Word::FigureLag),
    ];
    lines::numbers_ui(ui, &numbers.map(|(number, word)| (number, words.t(word))));
    let since = session_table::moment(words, figures.since);
    parts::hint(ui, &words.with(Word::FiguresSince, &[&since]));
    parts::line(ui);
}

fn seen_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let seen = &model.admin.health.seen;
    ui.horizontal(|ui| {
        lines::title_ui(ui, words.t(Word::HealthTitle), None);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let again = Button::new(words.t(Word::CheckAgain)).icon(icons::REFRESH).enabled(!seen.is_waiting());
            if ui.add(again).clicked() {
                commands.admin(Command::Health(HealthCommand::Look { again: true }));
            }
        });
    });
    if seen.is_waiting() && waiting_for_ui(ui, model, words.t(Word::HealthLooking), true) {
        commands.admin(Command::Health(HealthCommand::StopLook));
    }
    match seen {
        Remote::Here(seen) | Remote::Waiting(Some(seen)) => found_ui(ui, words, seen),
        Remote::Failed(fault) => {
            let again = AppCommand::Admin(Command::Ask(AdminPage::Health));
            fault_ui(ui, model, fault, again, commands);
        }
        Remote::Idle => parts::dim(ui, words.t(Word::HealthStopped)),
        Remote::Waiting(None) => {}
    }
}

fn found_ui(ui: &mut Ui, words: Words, seen: &HealthSeen) {
    let at = session_table::moment(words, seen.at);
    parts::dim(ui, &words.with(Word::HealthLooked, &[&at]));
    ui.add_space(4.0);
    lines::findings_ui(ui, words, &seen.findings);
    parts::heading(ui, words.t(Word::SourcesTitle));
    if seen.sources.is_empty() && seen.others == OtherSources::default() {
        parts::dim(ui, words.t(Word::SourcesNone));
    }
    let mut sources: Vec<&SourceHealth> = seen.sources.iter().collect();
    sources.sort_by_key(|source| std::cmp::Reverse(source.finding.state));
    for source in sources {
        lines::finding_ui(ui, words, &source.name, &source.finding, |ui| load_ui(ui, words, source));
    }
    let others = seen.others;
    let all = others.ok + others.warn + others.bad;
    if all > 0 {
        let count = |number| words.count(number);
        let states = words.with(Word::StateAll, &[&count(others.ok), &count(others.warn), &count(others.bad)]);
        parts::dim(ui, &words.with(Word::SourcesOthers, &[&count(all), &states]));
    }
}

/// What is asked of a source now, and what failed there lately.
fn load_ui(ui: &mut Ui, words: Words, source: &SourceHealth) {
    let load = [source.running, source.at_once, source.waiting].map(|number| words.count(u64::from(number)));
    let load = words.with(Word::SourceLoad, &[&load[0], &load[1], &load[2]]);
    parts::hint(ui, &format!("{} · {} · {load}", source.project, source.kind));
    if source.failures.is_empty() {
        return;
    }
    let failures = source.failures.iter().take(3).map(|failure| {
        let kind = words.t(failure_word(failure.kind));
        format!("{kind} ({} UTC)", session_table::moment(words, failure.at))
    });
    let failures: Vec<String> = failures.collect();
    parts::hint(ui, &words.with(Word::SourceFailures, &[&failures.join(", ")]));
}

fn failure_word(kind: FailureKind) -> Word {
    match kind {
        FailureKind::Setting => Word::FailedSetting,
        FailureKind::Unreachable => Word::FailedUnreachable,
        FailureKind::Refused => Word::FailedRefused,
        FailureKind::Slow => Word::FailedSlow,
        FailureKind::Mismatch => Word::FailedMismatch,
        FailureKind::Broken => Word::FailedBroken,
        FailureKind::Busy => Word::FailedBusy,
        FailureKind::Other => Word::FailedOther,
    }
}
