//! The strip above the rows: filters, how many of how many, the most rows, which fields.

use std::collections::BTreeSet;
use std::time::Duration;

use egui::{Align, Id, Layout, RichText, ScrollArea, Ui, vec2};
use model::completeness::{Completeness, Extent};
use model::query::Field;
use wire::frame::Progress;

use super::table::Draft as TableDraft;
use super::{filter, going, values};
use crate::app::{Commands, Model};
use crate::frame::strip;
use crate::look::{Look, TextSize, icons};
use crate::screens::waiting_since;
use crate::widgets::paint::text_width;
use crate::widgets::{Button, Chip, checkbox, look_again, popover, select};
use crate::words::{Total, Word, Words};
use crate::work::{Command, LIMITS, Tab, Wishes};

/// How often the waiting time is told anew.
const TELL: Duration = Duration::from_millis(250);
/// What a chip or a button takes besides its text, in points.
const CHIP: f32 = 68.0;
/// Between two of them, in points.
const GAP: f32 = 8.0;
/// What the three other buttons and the margins take besides their texts, in points.
const REST: f32 = 180.0;

/// The fields that are being chosen.
#[derive(Default)]
pub(super) struct Draft {
    fields: Option<Vec<Field>>,
}

/// Draws it: in one line, or, where that is too narrow, the filters above the rest.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut TableDraft, tab: &Tab, commands: &mut Commands) {
    let told = told(ui, model, tab);
    if wanted_width(ui, model, tab, &told.text) <= ui.available_width() {
        strip(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            chips_ui(ui, model, tab, commands);
            filter::ui(ui, model, &mut draft.filter, tab, commands);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                rest_ui(ui, model, &mut draft.bar, tab, &told, commands);
            });
        });
        return;
    }
    strip(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
            chips_ui(ui, model, tab, commands);
            filter::ui(ui, model, &mut draft.filter, tab, commands);
        });
    });
    strip(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            rest_ui(ui, model, &mut draft.bar, tab, &told, commands);
        });
    });
}

/// About what one line takes, in points.
fn wanted_width(ui: &Ui, model: &Model, tab: &Tab, told: &str) -> f32 {
    let width = |text: &str| text_width(ui, text, TextSize::Body.regular());
    let chips: f32 = tab.wishes.conditions.iter().map(|condition| width(&condition.text) + CHIP).sum();
    let limit = width(&at_most(model.words, tab.wishes.limit_rows));
    let names = width(model.words.t(Word::AddFilter)) + width(model.words.t(Word::Fields));
    let left = left(model, tab).map_or(0.0, |text| width(&text) + GAP);
    let stop = if tab.is_running { width(model.words.t(Word::Stop)) + CHIP } else { 0.0 };
    chips + left + names + limit + width(told) + stop + REST
}

fn rest_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, told: &Told, commands: &mut Commands) {
    fields_ui(ui, model, draft, tab, commands);
    limit_ui(ui, model, tab, commands);
    showing_ui(ui, model, tab, told, commands);
}

/// How many rows the filters leave of how many, where both were counted: "37 of 214 rows".
fn left(model: &Model, tab: &Tab) -> Option<String> {
    let words = model.words;
    let ((left, how), (all, how_all)) = tab.total.as_ref().zip(tab.unfiltered.as_ref())?;
    let count = |number: u64, how: &Completeness| words.count_at_least(number, how.extent == Extent::Exact);
    let text = || words.with(Word::RowsLeft, &[&count(*left, how), &count(*all, how_all)]);
    (!tab.wishes.conditions.is_empty()).then(text)
}

fn chips_ui(ui: &mut Ui, model: &Model, tab: &Tab, commands: &mut Commands) {
    let words = model.words;
    for (place, condition) in tab.wishes.conditions.iter().enumerate() {
        let remove = words.with(Word::RemoveNamed, &[&condition.text]);
        let chip = Chip::new(&condition.text).icon(icons::FILTER_ALT).removable(&remove);
        if ui.push_id(place, |ui| chip.show(ui)).inner.removed {
            let mut wishes = tab.wishes.clone();
            wishes.conditions.remove(place);
            commands.work(Command::Wish(tab.id, wishes));
        }
    }
    if let Some(text) = left(model, tab) {
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.dim));
    }
}

/// How many of how many there are, and why it is not all.
struct Told {
    text: String,
    why: String,
}

/// Where one waits and how long, or what has come: "Core banking: waiting, 2.1 s…", "Core banking · 8,192 rows so far…".
fn waiting(ui: &Ui, model: &Model, tab: &Tab) -> String {
    let words = model.words;
    let progress = Progress { rows: tab.progress.rows.max(tab.rows.len() as u64), ..tab.progress.clone() };
    let since_secs = waiting_since(ui, Id::unique(("rows", tab.id, tab.question)));
    look_again(ui.ctx(), TELL);
    let millis = ((ui.input(|input| input.time) - since_secs).max(0.0) * 1_000.0) as u64;
    let source = tab.object_type(model).map(|kind| &kind.source);
    let source = source.or_else(|| tab.link_type(model)?.source());
    let what = match source.map(|source| values::source_name(model, source)) {
        Some(name) if tab.rows.is_empty() => words.with(Word::SourceWaiting, &[name, &words.duration_ms(millis)]),
        Some(name) => name.to_owned(),
        None => words.t(Word::Loading).to_owned(),
    };
    format!("{}…", going::with_progress(words, &what, &progress).trim_end_matches('…'))
}

fn told(ui: &Ui, model: &Model, tab: &Tab) -> Told {
    let words = model.words;
    let shown = tab.rows.len() as u64;
    if tab.is_running {
        return Told { text: waiting(ui, model, tab), why: String::new() };
    }
    let mut why = Vec::new();
    let text = match (&tab.total, &tab.close) {
        (Some((total, completeness)), close) => {
            why.extend(close.iter().flat_map(|close| values::causes(model, &close.completeness)));
            why.extend(values::causes(model, completeness));
            words.showing(shown, values::total(*total, completeness))
        }
        (None, Some(close)) => {
            why = values::causes(model, &close.completeness);
            words.total(values::total(shown, &close.completeness))
        }
        (None, None) => words.total(Total::Partial(shown)),
    };
    let text = if tab.is_stopped { format!("{text} · {}", words.t(Word::Stopped)) } else { text };
    // The rows and their number say the same of the file that both come from.
    let mut seen = BTreeSet::new();
    why.retain(|text| seen.insert(text.clone()));
    Told { text, why: why.join("\n") }
}

fn showing_ui(ui: &mut Ui, model: &Model, tab: &Tab, told: &Told, commands: &mut Commands) {
    let words = model.words;
    let Told { text, why } = told;
    if tab.is_running {
        if ui.add(Button::new(words.t(Word::Stop)).icon(icons::STOP)).clicked() {
            commands.work(Command::StopTable(tab.id));
        }
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.dim));
        return;
    }
    let response = ui.add(Button::quiet(text)).on_hover_text(why);
    popover(&response, text, |ui| {
        ui.set_max_width(360.0);
        ui.label(RichText::new(why).font(TextSize::Body.regular()));
        if ui.add(Button::new(words.t(Word::Reload)).icon(icons::REFRESH)).clicked() {
            commands.work(Command::AskAgain(tab.id));
            ui.close();
        }
    });
}

/// "At most 1,000".
fn at_most(words: Words, limit_rows: u64) -> String {
    words.with(Word::AtMostRows, &[&words.count(limit_rows)])
}

fn limit_ui(ui: &mut Ui, model: &Model, tab: &Tab, commands: &mut Commands) {
    let names: Vec<String> = LIMITS.iter().map(|limit| at_most(model.words, *limit)).collect();
    let options: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut chosen = LIMITS.iter().position(|limit| *limit == tab.wishes.limit_rows).unwrap_or(0);
    if select(ui, model.words.t(Word::MostRows), &options, &mut chosen)
        && let Some(limit) = LIMITS.get(chosen)
    {
        commands.work(Command::Wish(tab.id, Wishes { limit_rows: *limit, ..tab.wishes.clone() }));
    }
}

fn fields_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, tab: &Tab, commands: &mut Commands) {
    let words = model.words;
    let button = ui.add(Button::new(words.t(Word::Fields)).icon(icons::VIEW_COLUMN));
    let shown = popover(&button, words.t(Word::Fields), |ui| {
        ui.set_min_width(220.0);
        let properties = filter::properties(model, tab);
        let usual = || {
            let visible = properties.iter().filter(|property| !property.hidden);
            visible.map(|property| Field::Own(property.id.clone())).collect()
        };
        let known = || if tab.wishes.fields.is_empty() { usual() } else { tab.wishes.fields.clone() };
        let wanted = draft.fields.get_or_insert_with(known);
        ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            for property in properties {
                let field = Field::Own(property.id.clone());
                let mut on = wanted.contains(&field);
                if checkbox(ui, &mut on, &property.name).changed() {
                    if on {
                        wanted.push(field);
                    } else if wanted.len() > 1 {
                        wanted.retain(|known| *known != field);
                    }
                }
            }
        });
        // In the order of the type, whatever the order of the clicks.
        wanted.sort_by_key(|field| properties.iter().position(|property| Field::Own(property.id.clone()) == *field));
        if ui.add(Button::primary(words.t(Word::Apply))).clicked() {
            commands.work(Command::Wish(tab.id, Wishes { fields: wanted.clone(), ..tab.wishes.clone() }));
            ui.close();
        }
    });
    if shown.is_none() {
        draft.fields = None;
    }
}
