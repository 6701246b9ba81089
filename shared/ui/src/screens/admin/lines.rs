//! What the rooms about the server share: how something is, a line to copy, steps, and numbers with their names.

use std::time::Duration;

use egui::{Align, Color32, Frame, Label, Layout, Margin, RichText, Ui, UiBuilder, vec2};
use wire::health::{Finding, State};

use crate::app::{Command, Commands};
use crate::look::{CONTROL, Look, RADIUS, RADIUS_LARGE, TextSize, icons};
use crate::screens::config::parts;
use crate::widgets::{Button, Tone, badge, look_again, paint};
use crate::words::{Word, Words};

/// How wide a line of a form gets, in points.
pub(super) const FORM: f32 = 860.0;
/// The columns of a finding: how it is, and what was looked at.
const STATE: f32 = 104.0;
const CHECK: f32 = 132.0;
/// A line of text with an icon, in points.
const LINE: f32 = 20.0;
/// A number with its name below it.
const NUMBER: f32 = 132.0;

/// Whether it is time to ask anew: every so many seconds, for as long as the page is drawn. `asked` is when that was done
/// last, by egui's clock. What is under way is waited for.
pub(super) fn is_due(ui: &Ui, asked: &mut Option<f64>, every_secs: f64, is_waiting: bool) -> bool {
    let now = ui.input(|input| input.time);
    let since = now - *asked.get_or_insert(now);
    if is_waiting {
        return false;
    }
    if since >= every_secs {
        *asked = Some(now);
        return true;
    }
    look_again(ui.ctx(), Duration::from_secs_f64(every_secs - since));
    false
}

/// The tone of a state, its icon and its word.
pub(super) fn of_state(state: State) -> (Tone, Word) {
    match state {
        State::Ok => (Tone::Ok, Word::StateOk),
        State::Warn => (Tone::Warn, Word::StateWarn),
        State::Bad => (Tone::Bad, Word::StateBad),
    }
}

/// An icon and a sentence behind it.
pub(super) fn told_ui(ui: &mut Ui, tone: Tone, text: &str) {
    let colour = tone.colour(Look::of(ui.ctx()));
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(RichText::new(tone.icon()).size(16.0).color(colour));
        ui.add(Label::new(text).wrap());
    });
}

/// Findings below each other, the worst first.
pub(super) fn findings_ui(ui: &mut Ui, words: Words, findings: &[Finding]) {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.state));
    for finding in sorted {
        finding_ui(ui, words, check_name(words, &finding.check), finding, |_| {});
    }
}

/// One finding: how it is, what was looked at, what was found and what to do; `more` is drawn below that.
pub(super) fn finding_ui(ui: &mut Ui, words: Words, name: &str, finding: &Finding, more: impl FnOnce(&mut Ui)) {
    let look = Look::of(ui.ctx());
    let (tone, word) = of_state(finding.state);
    let row = ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        cell_ui(ui, STATE, |ui| {
            ui.label(RichText::new(tone.icon()).size(16.0).color(tone.colour(look)));
            ui.label(RichText::new(words.t(word)).font(TextSize::Body.semibold()).color(tone.colour(look)));
        });
        cell_ui(ui, CHECK, |ui| drop(ui.add(Label::new(name).truncate())));
        let width = ui.available_width();
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            // In the middle of the line, as the cells before it.
            ui.add_space(1.0);
            ui.spacing_mut().item_spacing.y = 3.0;
            let said = words.said(&finding.said, Word::ServerSays);
            ui.add(Label::new(RichText::new(said).color(look.colours.dim)).wrap());
            if !finding.remedy.is_empty() {
                ui.add(Label::new(words.said(&finding.remedy, Word::ServerSays)).wrap());
            }
            more(ui);
        });
    });
    let bottom = row.response.rect.bottom() + 4.0;
    ui.painter().hline(ui.max_rect().x_range(), bottom, paint::hairline(look));
    ui.add_space(4.0);
}

fn cell_ui(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, LINE), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(vec2(width, LINE));
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.x = 6.0;
        content(ui);
    });
}

/// What was looked at, in the person's language; a name that is not known stands as it is.
pub(super) fn check_name(words: Words, check: &str) -> &str {
    let word = match check {
        "settings" => Word::OfSettings,
        "key" => Word::OfKey,
        "store" => Word::OfStore,
        "data folder" => Word::OfFolder,
        "files" => Word::OfFiles,
        "disk" => Word::OfDisk,
        "SQLite folder" => Word::OfSqliteFolder,
        "audit log" => Word::OfLog,
        "clock" => Word::OfClock,
        "listener" => Word::OfListener,
        "public address" => Word::OfAddress,
        "issuer" => Word::OfIssuer,
        "discovery" => Word::OfDiscovery,
        "keys" => Word::OfKeys,
        "redirect address" => Word::OfRedirect,
        _ => return check,
    };
    words.t(word)
}

/// A text that is typed or pasted elsewhere, with a button that copies it.
pub(super) fn copy_ui(ui: &mut Ui, words: Words, text: &str, commands: &mut Commands) {
    let look = Look::of(ui.ctx());
    let frame = Frame::new()
        .fill(look.colours.raised)
        .stroke(paint::hairline(look))
        .corner_radius(RADIUS)
        .inner_margin(Margin { left: 10, right: 4, top: 2, bottom: 2 });
    frame.show(ui, |ui| {
        let size = vec2(ui.available_width(), CONTROL);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            let name = words.with(Word::CopyNamed, &[text]);
            if ui.add(Button::icon_only(icons::CONTENT_COPY, &name)).clicked() {
                commands.send(Command::Copy(text.to_owned()));
            }
            let rest = vec2(ui.available_width(), CONTROL);
            ui.allocate_ui_with_layout(rest, Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(text).font(TextSize::Body.mono())).truncate());
            });
        });
    });
}

/// How far a step is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Done,
    Now,
    Later,
}

/// A step with its number: what is done has a mark, what comes later stands back.
pub(super) fn step_ui(
    ui: &mut Ui,
    words: Words,
    number: u32,
    title: Word,
    stage: Stage,
    content: impl FnOnce(&mut Ui),
) {
    let look = Look::of(ui.ctx());
    let is_now = stage == Stage::Now;
    let colour = if is_now { look.colours.accent } else { look.colours.line };
    let frame = Frame::new()
        .fill(look.colours.panel)
        .stroke(egui::Stroke::new(if is_now { 1.5 } else { 1.0 }, colour))
        .corner_radius(RADIUS_LARGE)
        .inner_margin(Margin::symmetric(14, 10));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            circle_ui(ui, number, stage);
            let name = words.t(title);
            let text = if stage == Stage::Later { look.colours.dim } else { look.colours.text };
            let said = match stage {
                Stage::Done => words.with(Word::StepDone, &[name]),
                Stage::Now | Stage::Later => words.with(Word::StepNumbered, &[&number.to_string(), name]),
            };
            let label = ui.label(RichText::new(name).font(TextSize::Body.semibold()).color(text));
            paint::describe(ui, &label, |node| node.set_value(said));
        });
        if stage != Stage::Done {
            content(ui);
        }
    });
}

fn circle_ui(ui: &mut Ui, number: u32, stage: Stage) {
    let colours = Look::of(ui.ctx()).colours;
    let (rect, _) = ui.allocate_exact_size(vec2(22.0, 22.0), egui::Sense::hover());
    let (fill, text): (Color32, Color32) = match stage {
        Stage::Done => (colours.tint(colours.ok), colours.ok),
        Stage::Now => (colours.accent, colours.on_accent),
        Stage::Later => (colours.raised, colours.dim),
    };
    ui.painter().circle_filled(rect.center(), 11.0, fill);
    if stage == Stage::Done {
        paint::icon_at(ui, rect.center(), icons::CHECK, 14.0, text);
        return;
    }
    let font = TextSize::Small.semibold();
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, number.to_string(), font, text);
}

/// Numbers with their names below them, as many beside each other as there is room for.
pub(super) fn numbers_ui(ui: &mut Ui, numbers: &[(String, &str)]) {
    let look = Look::of(ui.ctx());
    // So many that the last row is as full as the others.
    let most = ((ui.available_width() / (NUMBER + 12.0)).floor() as usize).max(1);
    let columns = numbers.len().div_ceil(numbers.len().div_ceil(most).max(1)).max(1);
    let width = ui.available_width() / columns as f32;
    for row in numbers.chunks(columns) {
        let left = ui.cursor().min;
        for (place, (number, name)) in row.iter().enumerate() {
            let min = egui::pos2(left.x + place as f32 * width, left.y);
            let rect = egui::Rect::from_min_size(min, vec2(width - 8.0, 40.0));
            ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let number = ui.label(RichText::new(number).font(TextSize::Heading.semibold()));
                paint::describe(ui, &number, |node| node.set_description(*name));
                let name = RichText::new(*name).font(TextSize::Small.regular()).color(look.colours.dim);
                ui.add(Label::new(name).truncate());
            });
        }
        ui.allocate_space(egui::Vec2::ZERO);
    }
}

/// The name of a room's part, with a badge behind it.
pub(super) fn title_ui(ui: &mut Ui, text: &str, mark: Option<(Tone, &str)>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(text).font(TextSize::Heading.semibold()));
        if let Some((tone, text)) = mark {
            badge(ui, tone, text);
        }
    });
}

/// A form that is as wide as its lines can be followed.
pub(super) fn room_ui(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    parts::wide_form(ui, id, |ui| {
        ui.set_max_width(FORM.min(ui.available_width()));
        ui.spacing_mut().item_spacing.y = 8.0;
        content(ui);
    });
}
