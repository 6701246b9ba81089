//! Measures of the graph at the side: one is chosen, taken, shown by its highest or by its groups, and can colour the graph.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use egui::{Margin, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};
use graph::NodeId;
use model::style::{By, Measure, Measuring, Of, Rule, Says};

use super::{rule_words, values};
use crate::app::{Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, ListRow, Waiting, checkbox, labelled_select, progress_or};
use crate::words::Word;
use crate::work::{Command, Found, Grouping, measuring};

/// The most objects or groups that are listed.
const MOST_LISTED: usize = 50;
const BARS: usize = 24;
const BAR_HEIGHT: f32 = 56.0;
/// With more objects than this one is asked before something is measured.
const MOST_UNASKED: usize = 20_000;
/// The resolutions of communities that one may choose from, in hundredths.
const RESOLUTIONS: [u16; 9] = [10, 20, 50, USUAL_RESOLUTION, 150, 200, 300, 500, 1_000];
const USUAL_RESOLUTION: u16 = 100;

/// What is chosen.
#[derive(Default)]
pub(super) struct Draft {
    measuring: Measuring,
    /// When what is under way was first seen, and which it was.
    since: Option<(u64, f64)>,
}

/// Draws it; gives an object that is to be seen on the graph.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) -> Option<NodeId> {
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            let inside = egui::Frame::new().inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 12 });
            inside.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                choose_ui(ui, model, draft, commands);
                state_ui(ui, model, draft, commands)
            })
        })
        .inner
        .inner
}

fn choose_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    let names = Measure::ALL.map(|measure| words.t(rule_words::of_measure(measure).0));
    let mut chosen = Measure::ALL.iter().position(|known| *known == draft.measuring.measure).unwrap_or(0);
    let before = draft.measuring;
    labelled_select(ui, words.t(Word::MeasureWord), &names, &mut chosen);
    draft.measuring.measure = Measure::ALL.get(chosen).copied().unwrap_or_default();
    let measure = draft.measuring.measure;
    ui.label(RichText::new(words.t(rule_words::of_measure(measure).1)).color(Look::of(ui.ctx()).colours.dim));
    let Measuring { directed, by_rows, .. } = &mut draft.measuring;
    (*directed, *by_rows) =
        (*directed && measuring::takes_directions(measure), *by_rows && measuring::takes_rows(measure));
    if measuring::takes_directions(measure) {
        checkbox(ui, directed, words.t(Word::FollowDirections));
    }
    if measuring::takes_rows(measure) {
        checkbox(ui, by_rows, words.t(Word::CountRows));
    }
    draft.measuring.resolution = draft.measuring.resolution.filter(|_| measure == Measure::Community);
    if measure == Measure::Community {
        resolution_ui(ui, model, &mut draft.measuring.resolution);
    }
    let measures = &model.work.measures;
    let is_small = model.work.board.graph.shown().take(MOST_UNASKED + 1).count() <= MOST_UNASKED;
    let is_new = before != draft.measuring || measures.shown().is_none();
    if is_new && (is_small || measures.found(&draft.measuring).is_some()) {
        commands.work(Command::Measure(draft.measuring));
    }
}

fn resolution_ui(ui: &mut Ui, model: &Model, resolution: &mut Option<u16>) {
    let words = model.words;
    let name = |hundredths: u16| {
        let word = match hundredths.cmp(&USUAL_RESOLUTION) {
            Ordering::Less => Word::ResolutionFewer,
            Ordering::Equal => Word::ResolutionUsual,
            Ordering::Greater => Word::ResolutionMore,
        };
        words.with(word, &[&rule_words::plain(words, f64::from(hundredths) / 100.0)])
    };
    let names = RESOLUTIONS.map(name);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let now = resolution.unwrap_or(USUAL_RESOLUTION);
    let mut chosen = RESOLUTIONS.iter().position(|known| *known == now).unwrap_or_default();
    labelled_select(ui, words.t(Word::Resolution), &names, &mut chosen);
    *resolution = RESOLUTIONS.get(chosen).copied().filter(|chosen| *chosen != USUAL_RESOLUTION);
}

/// What is known of the chosen measure, or that it is being taken.
fn state_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) -> Option<NodeId> {
    let words = model.words;
    let measures = &model.work.measures;
    let found = measures.found(&draft.measuring);
    if measures.is_awaited(&draft.measuring) {
        waiting_ui(ui, model, draft, commands);
    } else if found.is_none_or(|found| !found.is_of(&model.work.board.graph)) {
        let word = if found.is_some() { Word::MeasureAgain } else { Word::MeasureNow };
        if found.is_some() {
            ui.label(RichText::new(words.t(Word::MeasuredBefore)).color(Look::of(ui.ctx()).colours.warn));
        }
        if ui.add(Button::primary(words.t(word))).clicked() {
            commands.work(Command::Measure(draft.measuring));
        }
    }
    let found = found?;
    told_ui(ui, model, draft.measuring, found);
    styles_ui(ui, model, draft.measuring, commands);
    ui.separator();
    match draft.measuring.measure {
        Measure::Community | Measure::Part => {
            groups_ui(ui, model, draft.measuring.measure, found, commands);
            None
        }
        Measure::Cut => cuts_ui(ui, model, found, commands),
        measure => numbers_ui(ui, model, measure, found, commands),
    }
}

fn waiting_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let (number, now) = (model.work.measures.number(), ui.input(|input| input.time));
    let since = draft.since.filter(|(known, _)| *known == number).map_or(now, |(_, since)| since);
    draft.since = Some((number, since));
    let share = model.work.measures.under_way().map(|(_, share)| share).filter(|share| *share > 0.0);
    let waiting = Waiting { what: model.words.t(Word::MeasuringNow), since_secs: since, share, can_cancel: true };
    if progress_or(ui, model.words, waiting, Word::Stop) {
        commands.work(Command::StopMeasuring);
    }
}

/// What was measured, how well, and what it is not of.
fn told_ui(ui: &mut Ui, model: &Model, of: Measuring, found: &Found) {
    let words = model.words;
    let look = Look::of(ui.ctx());
    let (objects, links) = (words.count(found.objects() as u64), words.count(found.links as u64));
    let text = match found.sources.filter(|_| found.is_estimate()) {
        Some(sources) => words.with(Word::MeasuredEstimate, &[&objects, &links, &words.count(sources as u64)]),
        None => words.with(Word::MeasuredExactly, &[&objects, &links]),
    };
    ui.label(text);
    if let Some(modularity) = found.modularity {
        let [modularity, resolution] = [modularity, of.resolution()].map(|number| rule_words::plain(words, number));
        ui.label(words.with(Word::Modularity, &[&modularity, &resolution]));
    }
    let has_hidden = model.work.board.graph.nodes().any(|(id, _)| model.work.board.graph.flags(id).hidden);
    if has_hidden {
        ui.label(RichText::new(words.t(Word::MeasuredShown)).color(look.colours.dim));
    }
    let cut = model.work.cut().count() as u64;
    if cut > 0 {
        ui.label(RichText::new(words.with(Word::MeasuredCut, &[&words.count(cut)])).color(look.colours.warn));
    }
}

fn styles_ui(ui: &mut Ui, model: &Model, of: Measuring, commands: &mut Commands) {
    let words = model.words;
    let rules = model.work.board.rules();
    let colour = Says::ColourBy(By::Measure(of));
    let size = Says::SizeBy(By::Measure(of));
    ui.horizontal_wrapped(|ui| {
        let mut button = |ui: &mut Ui, word, icon, says: Says| {
            let rule = Rule { of: Of::Objects(None), when: None, says };
            let is_on = rules.contains(&rule);
            if ui.add(Button::new(words.t(word)).icon(icon).selected(is_on)).clicked() {
                let rules = if is_on { without(rules, &rule) } else { with_first(rules, rule) };
                commands.work(Command::Style(rules));
            }
        };
        button(ui, Word::ColourByIt, icons::PALETTE, colour);
        if !of.measure.is_group() {
            button(ui, Word::SizeByIt, icons::OPEN_IN_FULL, size);
        }
    });
}

fn without(rules: &[Rule], rule: &Rule) -> Vec<Rule> {
    rules.iter().filter(|known| *known != rule).cloned().collect()
}

/// Rules with a new one before all others, in place of what said the same of all objects by another measure.
fn with_first(rules: &[Rule], rule: Rule) -> Vec<Rule> {
    let is_replaced = |known: &&Rule| {
        let by_measure = known.asks().all(|by| matches!(by, By::Measure(_)));
        known.of == rule.of
            && known.when.is_none()
            && by_measure
            && std::mem::discriminant(&known.says) == std::mem::discriminant(&rule.says)
    };
    let others: Vec<Rule> = rules.iter().filter(|known| !is_replaced(known)).cloned().collect();
    std::iter::once(rule).chain(others).collect()
}

fn groups_ui(ui: &mut Ui, model: &Model, measure: Measure, found: &Found, commands: &mut Commands) {
    let words = model.words;
    let mut groups: BTreeMap<u64, Vec<NodeId>> = BTreeMap::new();
    for (id, group) in found.all() {
        groups.entry(group as u64).or_default().push(id);
    }
    let name = |number: u64| rule_words::measured(words, measure, number as f64 + 1.0);
    if ui.add(Button::new(words.t(Word::GroupByIt)).icon(icons::GROUPS)).clicked() {
        let named = groups.iter().map(|(number, members)| (name(*number), members.clone()));
        commands.work(Command::Group(Grouping::Named(named.collect())));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for (number, members) in groups.iter().take(MOST_LISTED) {
        let (name, count) = (name(*number), words.count(members.len() as u64));
        if ui.push_id(number, |ui| ui.add(ListRow::new(&name).icon(icons::GROUP_WORK).detail(&count))).inner.clicked() {
            commands.work(Command::Select(members.clone()));
        }
    }
    more_ui(ui, model, groups.len());
}

fn cuts_ui(ui: &mut Ui, model: &Model, found: &Found, commands: &mut Commands) -> Option<NodeId> {
    let words = model.words;
    let cuts: Vec<(NodeId, String)> =
        found.all().filter(|(_, value)| *value > 0.0).map(|(id, _)| (id, String::new())).collect();
    if cuts.is_empty() && found.bridges.is_empty() {
        ui.label(RichText::new(words.t(Word::NoSinglePoints)).color(Look::of(ui.ctx()).colours.dim));
        return None;
    }
    let chosen = objects_ui(ui, model, &cuts, commands);
    let graph = &model.work.board.graph;
    if !found.bridges.is_empty() {
        ui.add_space(8.0);
        ui.label(RichText::new(words.t(Word::SingleLinks)).font(TextSize::Body.semibold()));
    }
    for id in found.bridges.iter().take(MOST_LISTED) {
        let Some(link) = graph.link(*id) else { continue };
        let text = format!("{} — {}", graph.label(link.from), graph.label(link.to));
        if ui.push_id(("bridge", id.0), |ui| ui.add(ListRow::new(&text).icon(icons::LINK))).inner.clicked() {
            commands.work(Command::SelectLink(*id));
        }
    }
    more_ui(ui, model, found.bridges.len());
    chosen
}

fn numbers_ui(ui: &mut Ui, model: &Model, measure: Measure, found: &Found, commands: &mut Commands) -> Option<NodeId> {
    let words = model.words;
    spread_ui(ui, model, measure, found, commands);
    ui.label(RichText::new(words.t(Word::HighestValues)).font(TextSize::Body.semibold()));
    let mut all: Vec<(NodeId, f64)> = found.all().collect();
    all.sort_by(|(a, first), (b, second)| second.total_cmp(first).then(a.cmp(b)));
    let shown: Vec<(NodeId, String)> =
        all.iter().take(MOST_LISTED).map(|(id, value)| (*id, rule_words::measured(words, measure, *value))).collect();
    let chosen = objects_ui(ui, model, &shown, commands);
    more_ui(ui, model, all.len());
    chosen
}

/// Bars between the smallest and the largest number: one for each where they are few whole ones.
struct Bars {
    least: f64,
    step: f64,
    count: usize,
    is_whole: bool,
}

impl Bars {
    fn new(found: &Found, least: f64, most: f64) -> Self {
        let is_whole = found.all().all(|(_, at)| at.fract() == 0.0);
        let span = if is_whole { most - least + 1.0 } else { most - least };
        let step = if is_whole { (span / BARS as f64).ceil() } else { span / BARS as f64 };
        let count = if is_whole { (span / step).ceil() as usize } else { BARS };
        Self { least, step, count: count.clamp(1, BARS), is_whole }
    }

    fn bar(&self, at: f64) -> usize {
        (((at - self.least) / self.step) as usize).min(self.count - 1)
    }

    fn edges(&self, bar: usize) -> [f64; 2] {
        let from = self.least + self.step * bar as f64;
        [from, from + self.step - if self.is_whole { 1.0 } else { 0.0 }]
    }
}

/// How many objects have about each value; a bar selects its objects.
fn spread_ui(ui: &mut Ui, model: &Model, measure: Measure, found: &Found, commands: &mut Commands) {
    let (least, most) = found.all().fold((f64::MAX, f64::MIN), |(low, high), (_, at)| (low.min(at), high.max(at)));
    if most <= least {
        return;
    }
    let words = model.words;
    ui.label(RichText::new(words.t(Word::HowSpread)).font(TextSize::Body.semibold()));
    let scale = Bars::new(found, least, most);
    let mut bars = vec![Vec::new(); scale.count];
    for (id, at) in found.all() {
        if let Some(bar) = bars.get_mut(scale.bar(at)) {
            bar.push(id);
        }
    }
    let tallest = bars.iter().map(Vec::len).max().unwrap_or(1).max(1) as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), BAR_HEIGHT), Sense::hover());
    let look = Look::of(ui.ctx());
    let width = rect.width() / scale.count as f32;
    for (number, members) in bars.iter().enumerate().filter(|(_, members)| !members.is_empty()) {
        let left = rect.left() + number as f32 * width;
        let place = Rect::from_min_max(pos2(left, rect.top()), pos2(left + width - 1.0, rect.bottom()));
        // The root keeps the few at the far end in sight beside the many at the near one.
        let height = (members.len() as f32 / tallest).sqrt() * BAR_HEIGHT;
        let bar = Rect::from_min_max(pos2(place.left(), rect.bottom() - height.max(2.0)), place.max);
        let [from, to] = scale.edges(number).map(|at| rule_words::measured(words, measure, at));
        let (count, range) = (words.count(members.len() as u64), words.with(Word::RangeOf, &[&from, &to]));
        let said = words.with(Word::BarOf, &[if from == to { &from } else { &range }, &count]);
        let response = ui.interact(place, ui.scope_id().with(("bar", number)), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &said));
        let lit = response.hovered() || response.has_focus();
        ui.painter().rect_filled(bar, 1.0, if lit { look.colours.text } else { look.colours.accent });
        if response.on_hover_text(said).clicked() {
            commands.work(Command::Select(members.clone()));
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, look.colours.line));
    ui.add_space(4.0);
}

/// Objects with a text at the right; choosing one selects and shows it.
fn objects_ui(ui: &mut Ui, model: &Model, objects: &[(NodeId, String)], commands: &mut Commands) -> Option<NodeId> {
    let board = &model.work.board;
    let look = Look::of(ui.ctx());
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    for (id, detail) in objects.iter().take(MOST_LISTED) {
        let Some((node, object)) = board.graph.node(*id).zip(board.object(*id)) else { continue };
        let row = ListRow::new(&node.label).detail(detail).selected(board.selected.contains(id));
        let row = match model.object_type(&object.object_type) {
            Some(kind) => row.coloured_icon(values::type_icon(kind), values::type_colour(look, kind)),
            None => row.icon(icons::CATEGORY),
        };
        if ui.push_id(id.0, |ui| ui.add(row)).inner.clicked() {
            commands.work(Command::Select(vec![*id]));
            chosen = Some(*id);
        }
    }
    chosen
}

fn more_ui(ui: &mut Ui, model: &Model, count: usize) {
    let more = count.saturating_sub(MOST_LISTED) as u64;
    if more > 0 {
        let text = model.words.with(Word::AndMore, &[&model.words.count(more)]);
        ui.label(RichText::new(text).color(Look::of(ui.ctx()).colours.dim));
    }
}
