//! Ways and rings at the side: a form for what is looked for, and what was found.

use std::collections::BTreeSet;

use access::{LinkTypeId, ObjectTypeId};
use egui::{Label, Margin, RichText, ScrollArea, Ui};
use graph::{Amount, NodeId};

use super::way_side;
use crate::app::{Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, ListRow, TextField, checkbox, labelled_select};
use crate::words::{Word, Words};
use crate::work::style::{shown_link_types, shown_object_types};
use crate::work::{Command, Limits, RING_STEPS, USUAL_RING_STEPS, Wanted, Ways};

/// What can be found, in the order of the list.
const KINDS: [(Word, Ways); 5] = [
    (Word::ShortestPath, Ways::Shortest),
    (Word::AllShortestWays, Ways::AllShortest),
    (Word::TenShortestWays, Ways::TenShortest),
    (Word::TimedWay, Ways::InTime),
    (Word::Rings, Ways::Rings { most_steps: USUAL_RING_STEPS, in_time: false }),
];
/// The most letters of a number.
const LONGEST_NUMBER: usize = 30;
/// Ten thousand years; more would not fit a time.
const MOST_DAYS: f64 = 3_650_000.0;
const MICROS_PER_DAY: f64 = 86_400e6;

/// What is chosen.
#[derive(Default)]
pub(super) struct Draft {
    /// Its place in the list.
    kind: usize,
    most_steps: Option<u32>,
    in_time: bool,
    directed: bool,
    most_days: String,
    least_amount: String,
    least_rows: String,
    limits: Limits,
    limits_open: bool,
    types: Types,
    /// Whether the button is to have the keyboard.
    wants_focus: bool,
}

impl Draft {
    /// Chooses what is to be found, as if somebody had done so in the form.
    pub(super) fn choose(&mut self, ways: Ways) {
        self.kind = KINDS.iter().position(|(_, known)| *known == ways).unwrap_or_default();
        self.kind_changed();
        self.wants_focus = true;
    }

    fn kind_changed(&mut self) {
        // What follows time or comes back means little against the directions.
        self.directed = matches!(self.ways(), Ways::InTime | Ways::Rings { .. });
    }

    fn ways(&self) -> Ways {
        match KINDS.get(self.kind).map(|(_, ways)| *ways).unwrap_or(Ways::Shortest) {
            Ways::Rings { most_steps, .. } => {
                Ways::Rings { most_steps: self.most_steps.unwrap_or(most_steps), in_time: self.in_time }
            }
            ways => ways,
        }
    }
}

/// The types that are shown, and the structure of the graph that they are of.
#[derive(Default)]
struct Types {
    structure: Option<u64>,
    links: Vec<LinkTypeId>,
    objects: Vec<ObjectTypeId>,
}

impl Types {
    /// Looks through the graph where that has changed.
    fn keep_up(&mut self, model: &Model) {
        let structure = Some(model.work.board.graph.structure());
        if self.structure != structure {
            *self = Self { structure, links: shown_link_types(model), objects: shown_object_types(model) };
        }
    }
}

/// Draws it.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let inside = egui::Frame::new().inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 12 });
        inside.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            form_ui(ui, model, draft, commands);
            found_ui(ui, model, commands);
        });
    });
}

fn form_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let dim = Look::of(ui.ctx()).colours.dim;
    let names = KINDS.map(|(word, _)| words.t(word));
    if labelled_select(ui, words.t(Word::FindWhat), &names, &mut draft.kind) {
        draft.kind_changed();
    }
    let why = match draft.ways() {
        Ways::InTime => Some(Word::TimedWayWhy),
        Ways::Rings { .. } => Some(Word::RingsWhy),
        _ => None,
    };
    if let Some(why) = why {
        ui.add(Label::new(RichText::new(words.t(why)).color(dim)).wrap());
    }
    let is_ring = matches!(draft.ways(), Ways::Rings { .. });
    if is_ring {
        longest_ui(ui, words, &mut draft.most_steps);
        checkbox(ui, &mut draft.in_time, words.t(Word::FollowTime));
    }
    checkbox(ui, &mut draft.directed, words.t(Word::FollowDirections));
    let is_timed = Wanted::new(draft.ways(), true).is_in_time();
    let mut most_gap = Ok(None);
    if is_timed {
        most_gap = days(words, &draft.most_days).ok_or(Word::NotDays);
        field_ui(ui, words, Word::MostDays, &mut draft.most_days, most_gap.err(), None);
    }
    let limits = limits_ui(ui, model, draft, is_timed);
    find_ui(ui, model, draft, most_gap.ok().zip(limits), commands);
}

/// Where it is looked for, and the button; nothing is looked for while a field is wrong.
fn find_ui(
    ui: &mut Ui,
    model: &Model,
    draft: &mut Draft,
    wanted: Option<(Option<i64>, Limits)>,
    commands: &mut Commands,
) {
    let words = model.words;
    let is_ring = matches!(draft.ways(), Ways::Rings { .. });
    let meant = model.work.board.meant(&draft.limits.without);
    let is_possible = is_ring || meant.len() == 2;
    let where_to = if is_possible { place(model, is_ring, &meant) } else { words.t(Word::PathNeedsTwo).to_owned() };
    ui.add(Label::new(RichText::new(where_to).color(Look::of(ui.ctx()).colours.dim)).wrap());
    let find = Button::primary(words.t(Word::FindIt)).icon(icons::ROUTE).enabled(is_possible && wanted.is_some());
    let find = ui.add(find);
    if std::mem::take(&mut draft.wants_focus) {
        find.request_focus();
        find.scroll_to_me(None);
    }
    if let (true, Some((most_gap, limits))) = (find.clicked(), wanted) {
        let wanted = Wanted { most_gap, limits, ..Wanted::new(draft.ways(), draft.directed) };
        commands.work(Command::FindWays(wanted));
    }
}

fn longest_ui(ui: &mut Ui, words: Words, most_steps: &mut Option<u32>) {
    let lengths: Vec<u32> = RING_STEPS.collect();
    let names: Vec<String> =
        lengths.iter().map(|steps| words.with(Word::LinksNumber, &[&words.count(u64::from(*steps))])).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let now = most_steps.unwrap_or(USUAL_RING_STEPS);
    let mut chosen = lengths.iter().position(|known| *known == now).unwrap_or_default();
    labelled_select(ui, words.t(Word::MostRingSteps), &names, &mut chosen);
    *most_steps = lengths.get(chosen).copied();
}

/// A field for a number, which may stay empty.
fn field_ui(ui: &mut Ui, words: Words, label: Word, text: &mut String, wrong: Option<Word>, help: Option<Word>) {
    let field = TextField::new(words.t(label), text).limit_chars(LONGEST_NUMBER);
    let field = match help {
        Some(help) => field.help(words.t(help)),
        None => field,
    };
    field.error(wrong.map(|wrong| words.t(wrong))).show(ui, words);
}

/// The longest time between two steps in microseconds; none for any, nothing where the text says no such thing.
fn days(words: Words, text: &str) -> Option<Option<i64>> {
    let text = words.canonical_number(text);
    if text.is_empty() {
        return Some(None);
    }
    let days: f64 = text.parse().ok()?;
    (0.0..=MOST_DAYS).contains(&days).then_some(Some((days * MICROS_PER_DAY) as i64))
}

/// What ways may pass; none while a field of it is wrong. Out of the way until somebody asks for it.
fn limits_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, is_timed: bool) -> Option<Limits> {
    let words = model.words;
    draft.types.keep_up(model);
    draft.limits.without.retain(|id| model.work.board.graph.is_shown(*id));
    let icon = if draft.limits_open { icons::EXPAND_LESS } else { icons::EXPAND_MORE };
    let open = Button::quiet(words.t(Word::WhatToLeaveOut)).icon(icon).expanded(draft.limits_open);
    draft.limits_open ^= ui.add(open).clicked();
    if draft.limits_open {
        types_ui(ui, model, draft);
        left_out_ui(ui, model, draft);
    }
    let has_amounts = draft.types.links.iter().filter_map(|id| model.link_type(id)).any(|kind| kind.amount.is_some());
    let least_amount = number(words, &draft.least_amount, Amount::parse);
    let least_rows = number(words, &draft.least_rows, |text| text.parse().ok());
    if draft.limits_open && has_amounts {
        let help = if is_timed { Word::LeastOfEachRow } else { Word::LeastOfAllRows };
        let wrong = least_amount.is_none().then_some(Word::NotAmount);
        field_ui(ui, words, Word::LeastAmount, &mut draft.least_amount, wrong, Some(help));
    }
    if draft.limits_open {
        let wrong = least_rows.is_none().then_some(Word::NotRows);
        field_ui(ui, words, Word::LeastRows, &mut draft.least_rows, wrong, None);
    }
    let least_amount = least_amount?.filter(|_| has_amounts);
    let limits = Limits { least_amount, least_rows: least_rows?.unwrap_or_default(), ..draft.limits.clone() };
    if !draft.limits_open && limits != Limits::default() {
        ui.label(RichText::new(words.t(Word::SomeLeftOut)).color(Look::of(ui.ctx()).colours.warn));
    }
    Some(limits)
}

/// Types of links and objects, each to be left out.
fn types_ui(ui: &mut Ui, model: &Model, draft: &mut Draft) {
    let words = model.words;
    let Types { links, objects, .. } = &draft.types;
    if links.len() > 1 {
        ui.label(RichText::new(words.t(Word::OverLinks)).font(TextSize::Body.semibold()));
        for kind in links.iter().filter_map(|id| model.link_type(id)) {
            let without = &mut draft.limits.without_links;
            ui.push_id(("link", &kind.id), |ui| taken_ui(ui, &kind.name, &kind.id, without));
        }
    }
    if objects.len() > 1 {
        ui.label(RichText::new(words.t(Word::ThroughObjects)).font(TextSize::Body.semibold()));
        for kind in objects.iter().filter_map(|id| model.object_type(id)) {
            let without = &mut draft.limits.without_types;
            ui.push_id(("object", &kind.id), |ui| taken_ui(ui, &kind.plural, &kind.id, without));
        }
    }
}

/// A number that may be missing; nothing where the text is none.
fn number<T>(words: Words, text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    let text = words.canonical_number(text);
    if text.is_empty() { Some(None) } else { parse(&text).map(Some) }
}

/// A box that is checked unless this is left out.
fn taken_ui<T: Ord + Clone>(ui: &mut Ui, name: &str, id: &T, without: &mut BTreeSet<T>) {
    let mut is_taken = !without.contains(id);
    if checkbox(ui, &mut is_taken, name).changed() && !without.remove(id) {
        without.insert(id.clone());
    }
}

/// Objects that are not to be passed, and a way to make them more.
fn left_out_ui(ui: &mut Ui, model: &Model, draft: &mut Draft) {
    let words = model.words;
    let board = &model.work.board;
    if !draft.limits.without.is_empty() {
        ui.label(RichText::new(words.t(Word::LeftOutObjects)).font(TextSize::Body.semibold()));
    }
    let mut back = None;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for id in &draft.limits.without {
            let again = words.with(Word::TakeInAgain, &[board.graph.label(*id)]);
            if ui.push_id(id.0, |ui| ui.add(ListRow::new(&again).icon(icons::ADD))).inner.clicked() {
                back = Some(*id);
            }
        }
    });
    draft.limits.without.retain(|id| Some(*id) != back);
    let leave_out = Button::new(words.t(Word::LeaveOut)).icon(icons::VISIBILITY_OFF);
    if !board.selected.is_empty() && ui.add(leave_out).clicked() {
        draft.limits.without.extend(&board.selected);
    }
}

/// Between what, or through what it is looked for.
fn place(model: &Model, is_ring: bool, meant: &[NodeId]) -> String {
    let words = model.words;
    let label = |id: &NodeId| model.work.board.graph.label(*id);
    match meant {
        [one, other] if !is_ring => words.with(Word::WaysBetween, &[label(one), label(other)]),
        [] => words.t(Word::RingsAnywhere).to_owned(),
        [one] => words.with(Word::RingsThrough, &[label(one)]),
        some => words.with(Word::RingsThroughSome, &[&words.count(some.len() as u64)]),
    }
}

/// What was found last.
fn found_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let board = &model.work.board;
    let found = board.found();
    if found.wanted.is_none() {
        return;
    }
    ui.separator();
    if !board.is_found_here() {
        ui.label(RichText::new(words.t(Word::MeasuredBefore)).color(Look::of(ui.ctx()).colours.warn));
    }
    if found.ways.is_empty() {
        let none = found.none(words);
        ui.add(Label::new(none).wrap());
        way_side::gaps_ui(ui, model, &found.gaps);
        return;
    }
    way_side::all_ui(ui, model, commands);
    if let Some(way) = board.way() {
        ui.separator();
        way_side::steps_ui(ui, model, way, commands);
    }
}
