//! One entry: everything that is known of it, and its request line by line.

use egui::{Label, Margin, RichText, ScrollArea, Ui};
use serde_json::Value;
use wire::audit::{AuditEntry, ChangedState};

use super::filters::Narrow;
use super::rows::{outcome, person_of, time_of};
use crate::app::{Command, Commands};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, KeyValue, badge, key_values};
use crate::words::{Word, Words};

/// Lines of a request that are shown; all of it can be copied.
const MOST_LINES: usize = 400;
/// Characters of a value that are shown.
const MOST_CHARS: usize = 2_000;
/// How far a line stands in under the one that it belongs to, in points.
const INDENT: f32 = 14.0;

/// What is asked for on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    Close,
    /// Look for entries that share this with it.
    Narrow(Narrow),
}

/// Draws it.
pub(super) fn ui(ui: &mut Ui, words: Words, entry: &AuditEntry, commands: &mut Commands) -> Option<Ask> {
    let area = ScrollArea::vertical().id_salt(entry.number).auto_shrink([false, false]);
    area.show(ui, |ui| {
        let frame = egui::Frame::new().inner_margin(Margin::symmetric(16, 12));
        frame.show(ui, |ui| content_ui(ui, words, entry, commands)).inner
    })
    .inner
}

fn content_ui(ui: &mut Ui, words: Words, entry: &AuditEntry, commands: &mut Commands) -> Option<Ask> {
    ui.spacing_mut().item_spacing.y = 8.0;
    let is_closed = head_ui(ui, words, entry);
    facts_ui(ui, words, entry);
    let mut narrow = None;
    ui.horizontal_wrapped(|ui| {
        for (word, one) in Narrow::of(entry) {
            if ui.add(Button::new(words.t(word)).icon(icons::SEARCH)).clicked() {
                narrow = Some(one);
            }
        }
    });
    ui.separator();
    request_ui(ui, words, &entry.request, commands);
    if is_closed { Some(Ask::Close) } else { narrow.map(Ask::Narrow) }
}

fn head_ui(ui: &mut Ui, words: Words, entry: &AuditEntry) -> bool {
    ui.horizontal(|ui| {
        ui.label(RichText::new(&entry.call).font(TextSize::Heading.semibold()));
        let (word, tone) = outcome(entry.outcome);
        badge(ui, tone, words.t(word));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add(Button::icon_only(icons::CLOSE, words.t(Word::Close))).clicked()
        })
        .inner
    })
    .inner
}

fn facts_ui(ui: &mut Ui, words: Words, entry: &AuditEntry) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let count = |number: Option<u64>| number.map(|number| words.count(number)).unwrap_or_default();
    let list = [
        (Word::AuditReason, text(&entry.reason)),
        (Word::AuditTime, time_of(&entry.at)),
        (Word::AuditEnded, entry.ended.as_deref().map(time_of).unwrap_or_default()),
        (Word::Person, person_of(entry, words).to_owned()),
        (Word::AuditPersonId, entry.name.as_ref().map(|_| entry.person.clone()).unwrap_or_default()),
        (Word::AuditSession, text(&entry.session)),
        (Word::Project, entry.project.clone()),
        (Word::AuditTarget, text(&entry.target)),
        (Word::AuditRows, count(entry.rows)),
        (Word::AuditBytes, entry.bytes.map(|bytes| words.bytes(bytes)).unwrap_or_default()),
        (Word::AuditTook, entry.millis.map(|millis| words.duration_ms(millis)).unwrap_or_default()),
        (Word::AuditConfiguration, entry.changed.as_ref().map(state_of).unwrap_or_default()),
        (Word::AuditNumber, words.count(entry.number)),
        (Word::AuditQuestion, text(&entry.question)),
        (Word::AuditMark, entry.mark.clone()),
    ];
    let filled = list.iter().filter(|(_, value)| !value.is_empty());
    let rows: Vec<KeyValue<'_>> =
        filled.map(|(word, value)| KeyValue { key: words.t(*word), value, aside: "" }).collect();
    key_values(ui, "entry of the audit log", &rows);
}

/// The revision that a change made, and the beginnings of the digests before and after it.
fn state_of(changed: &ChangedState) -> String {
    const CHARS: usize = 16;
    let begins =
        |digest: &Option<String>| digest.as_ref().and_then(|digest| digest.get(..CHARS)).unwrap_or("–").to_owned();
    format!("{}: {} → {}", changed.revision, begins(&changed.before), begins(&changed.after))
}

/// A line of a request: how far in it stands, its name, and its value where it has one.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    depth: u16,
    name: String,
    value: Option<String>,
}

fn request_ui(ui: &mut Ui, words: Words, request: &Value, commands: &mut Commands) {
    let dim = Look::of(ui.ctx()).colours.dim;
    ui.horizontal(|ui| {
        ui.label(RichText::new(words.t(Word::AuditRequest)).font(TextSize::Body.semibold()));
        if ui.add(Button::icon_only(icons::CONTENT_COPY, words.t(Word::AuditCopyRequest))).clicked() {
            commands.send(Command::Copy(serde_json::to_string_pretty(request).unwrap_or_default()));
        }
    });
    let mut lines = Vec::new();
    let left_out = unfold(request, 0, &mut lines);
    if lines.is_empty() {
        ui.label(RichText::new(words.t(Word::AuditNoRequest)).color(dim));
    }
    for line in &lines {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.add_space(f32::from(line.depth) * INDENT);
            ui.label(RichText::new(&line.name).color(dim));
            if let Some(value) = &line.value {
                ui.add(Label::new(RichText::new(value).font(TextSize::Body.mono())).wrap());
            }
        });
    }
    if left_out > 0 {
        let text = words.with(Word::AuditMoreLines, &[&words.count(left_out as u64)]);
        ui.label(RichText::new(text).color(dim));
    }
}

/// Adds the lines of a value that has parts; gives how many were too many.
fn unfold(value: &Value, depth: u16, lines: &mut Vec<Line>) -> usize {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(values) => {
            (1..).zip(values).map(|(number, value): (u32, _)| (number.to_string(), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let mut left_out = 0;
    for (name, value) in parts {
        let is_inner = match value {
            Value::Object(fields) => !fields.is_empty(),
            Value::Array(values) => !values.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        };
        if lines.len() >= MOST_LINES {
            left_out += 1;
        } else {
            lines.push(Line { depth, name, value: (!is_inner).then(|| short(value)) });
        }
        if is_inner {
            left_out += unfold(value, depth.saturating_add(1), lines);
        }
    }
    left_out
}

fn short(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_becomes_lines_and_what_is_too_long_is_counted() {
        let mut lines = Vec::new();
        let request = json!({ "filter": { "any": [{ "is": "Meyer" }] }, "limit": 10, "none": [], "text": "" });
        assert_eq!(unfold(&request, 0, &mut lines), 0);
        let shown: Vec<String> = lines
            .iter()
            .map(|line| {
                format!("{}{}: {}", " ".repeat(line.depth.into()), line.name, line.value.as_deref().unwrap_or("…"))
            })
            .collect();
        assert_eq!(shown, ["filter: …", " any: …", "  1: …", "   is: Meyer", "limit: 10", "none: []", "text: "]);

        let many: Vec<u32> = (0..1_000).collect();
        lines.clear();
        assert_eq!(unfold(&json!({ "keys": many }), 0, &mut lines), 1_001 - MOST_LINES);
        assert_eq!(short(&json!("æ".repeat(3_000))).chars().count(), MOST_CHARS + 1);
    }
}
