//! What colours, sizes and icons of the graph mean: for its corner, for the panel of its look, and for pictures of it.

use std::collections::BTreeMap;

use egui::{Align2, Frame, Margin, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};
use graph::{NodeId, TypeId};
use model::style::{By, Says};

use super::scene::colour_of;
use super::{rule_words, values};
use crate::app::{Commands, Model};
use crate::canvas::{self, Paint};
use crate::look::{Face, Look, RADIUS, TextSize, icons};
use crate::screens::paints;
use crate::widgets::{Button, paint};
use crate::words::Word;
use crate::work::Command;
use crate::work::style::{Range, Ready, STEPS, Style, Tint};

/// The most of the pane that it takes.
const MOST_OF_PANE: f32 = 0.6;
const WIDTH: f32 = 220.0;
const LINE: f32 = 20.0;
const TITLE: f32 = 16.0;
const GAP: f32 = 6.0;
const HEAD: f32 = 40.0;
const SWATCH: f32 = 22.0;
/// The most lines of one part.
const MOST_LINES: usize = 12;

/// One thing that the graph tells by its look.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
    /// Whether a rule says so, and not the types.
    pub(crate) is_of_rule: bool,
}

/// A look, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) swatch: Swatch,
    pub(crate) text: String,
    /// How many of what is shown look so; none where that says nothing.
    pub(crate) count: Option<u64>,
    /// The objects that look so, where choosing the line selects them.
    pub(crate) objects: Vec<NodeId>,
}

/// What is drawn before a line; colours by their places in [`Paint::colours`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Swatch {
    Icon(char, usize),
    Disc(usize),
    /// A link in a colour; without one in the quiet one.
    Link(Option<usize>),
    /// From few to many.
    Scale,
    /// From small to large.
    Sizes,
    Nothing,
}

/// All of it, in the order of the rules, behind the types of the wanted objects and of the links between them. A rule is of
/// all that is shown.
pub(crate) fn parts(model: &Model, style: &Style<'_>, is_wanted: impl Fn(NodeId) -> bool) -> Vec<Part> {
    let mut parts = vec![types(model, &is_wanted), links(model, &is_wanted)];
    parts.extend(style.ready().iter().map(|ready| of_rule(model, style, ready)));
    parts.retain(|part| !part.lines.is_empty());
    parts
}

fn types(model: &Model, is_wanted: &dyn Fn(NodeId) -> bool) -> Part {
    let graph = &model.work.board.graph;
    let mut objects: BTreeMap<TypeId, Vec<NodeId>> = BTreeMap::new();
    for (id, node) in graph.shown().filter(|(id, _)| is_wanted(*id)) {
        objects.entry(node.object_type).or_default().push(id);
    }
    let line = |(number, objects): (TypeId, Vec<NodeId>)| {
        let kind = model.object_type(&access::ObjectTypeId::new(graph.object_type(number)).ok()?)?;
        let colour = usize::from(kind.colour) % canvas::REST;
        let swatch = Swatch::Icon(values::type_icon(kind), colour);
        Some(Line { swatch, text: kind.plural.clone(), count: Some(objects.len() as u64), objects })
    };
    let mut lines: Vec<Line> = objects.into_iter().filter_map(line).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    Part { title: model.words.t(Word::LegendObjects).to_owned(), lines, is_of_rule: false }
}

fn links(model: &Model, is_wanted: &dyn Fn(NodeId) -> bool) -> Part {
    let graph = &model.work.board.graph;
    let mut counts: BTreeMap<TypeId, u64> = BTreeMap::new();
    for (_, link) in graph.shown_links().filter(|(_, link)| is_wanted(link.from) && is_wanted(link.to)) {
        *counts.entry(link.link_type).or_default() += 1;
    }
    let line = |(number, count): (TypeId, u64)| {
        let kind = model.link_type(&access::LinkTypeId::new(graph.link_type(number)).ok()?)?;
        let money = kind.amount.as_ref().and_then(|_| model.object_type(&kind.from));
        let swatch = Swatch::Link(money.map(|kind| usize::from(kind.colour) % canvas::REST));
        Some(Line { swatch, text: kind.name.clone(), count: Some(count), objects: Vec::new() })
    };
    let mut lines: Vec<Line> = Vec::new();
    for line in counts.into_iter().filter_map(line) {
        // Types that look and are called the same, as for people and for companies, are one line.
        match lines.iter_mut().find(|known| known.swatch == line.swatch && known.text == line.text) {
            Some(known) => known.count = known.count.zip(line.count).map(|(one, other)| one + other),
            None => lines.push(line),
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    Part { title: model.words.t(Word::Links).to_owned(), lines, is_of_rule: false }
}

fn of_rule(model: &Model, style: &Style<'_>, ready: &Ready<'_>) -> Part {
    let rule = ready.rule;
    let title = match rule_words::condition(model, rule) {
        Some(condition) => format!("{} · {condition}", rule_words::rule(model, rule)),
        None => rule_words::rule(model, rule),
    };
    let is_link = matches!(rule.of, model::style::Of::Links(_));
    let disc = |colour: usize| if is_link { Swatch::Link(Some(colour)) } else { Swatch::Disc(colour) };
    let coloured = style.coloured(rule);
    let plain = |swatch, tint: Option<Tint>| {
        let objects = with(&coloured, |known| tint.is_none() || known == tint);
        let count = (!is_link).then_some(objects.len() as u64);
        vec![Line { swatch, text: rule_words::of(model, &rule.of), count, objects }]
    };
    let mut lines = match (&rule.says, &ready.range) {
        (Says::Colour(colour), _) => {
            let colour = usize::from(*colour) % canvas::REST;
            plain(disc(colour), Some(Tint::Colour(colour)))
        }
        (Says::Icon(name), _) => {
            plain(Swatch::Icon(icons::by_name(name).unwrap_or(icons::CATEGORY), canvas::REST), None)
        }
        (Says::Size(_), _) => plain(Swatch::Sizes, None),
        (Says::ColourBy(by), Range::Values(values, rest)) => {
            of_values(model, rule, by, (values, *rest), &coloured, disc)
        }
        (Says::ColourBy(by), Range::Numbers { .. }) => of_numbers(model, rule, by, &ready.range, Swatch::Scale),
        (Says::SizeBy(by), _) => of_numbers(model, rule, by, &ready.range, Swatch::Sizes),
        (Says::ColourBy(_) | Says::Label(_), _) => Vec::new(),
    };
    if ready.unknown > 0 && !lines.is_empty() {
        let text = model.words.t(Word::NotKnown).to_owned();
        lines.push(Line { swatch: Swatch::Nothing, text, count: Some(ready.unknown), objects: Vec::new() });
    }
    Part { title, lines, is_of_rule: true }
}

fn of_values(
    model: &Model,
    rule: &model::style::Rule,
    by: &By,
    (values, rest): (&[(String, u64)], u64),
    coloured: &[(NodeId, Option<Tint>)],
    disc: impl Fn(usize) -> Swatch,
) -> Vec<Line> {
    let of_tint = |tint: Tint, text: String, count: u64| {
        let objects = with(coloured, |known| known == Some(tint));
        Line { swatch: disc(colour_of(tint)), text, count: Some(count), objects }
    };
    let known = values
        .iter()
        .enumerate()
        .map(|(at, (value, count))| of_tint(Tint::Colour(at), rule_words::value(model, &rule.of, by, value), *count));
    let others = (rest > 0).then(|| of_tint(Tint::Rest, model.words.t(Word::OtherValues).to_owned(), rest));
    known.chain(others).collect()
}

/// The objects whose colour is wanted.
fn with(coloured: &[(NodeId, Option<Tint>)], wanted: impl Fn(Option<Tint>) -> bool) -> Vec<NodeId> {
    coloured.iter().filter(|(_, tint)| wanted(*tint)).map(|(id, _)| *id).collect()
}

fn of_numbers(model: &Model, rule: &model::style::Rule, by: &By, range: &Range, swatch: Swatch) -> Vec<Line> {
    let Range::Numbers { least, most } = *range else { return Vec::new() };
    if most < least {
        return Vec::new();
    }
    let at = |at| rule_words::on_scale(model, &rule.of, by, at);
    let text = model.words.with(Word::RangeOf, &[&at(least), &at(most)]);
    vec![Line { swatch, text, count: None, objects: Vec::new() }]
}

/// Draws it in the lower left corner of the pane, or the button that shows it.
pub(super) fn ui(ui: &mut Ui, model: &Model, parts: &[Part], is_open: &mut bool, pane: Rect, commands: &mut Commands) {
    let words = model.words;
    let most = pane.height() * MOST_OF_PANE;
    let corner = pos2(pane.left() + 12.0, pane.bottom() - 12.0);
    if !*is_open || pane.width() < 2.0 * WIDTH || most < 80.0 {
        let place = Align2::LEFT_BOTTOM.anchor_size(corner, vec2(30.0, 30.0));
        let shown = ui.scope_builder(UiBuilder::new().id_salt("legend").max_rect(place), |ui| {
            ui.add(Button::icon_only(icons::PALETTE, words.t(Word::ShowLegend)))
        });
        *is_open |= shown.inner.clicked();
        return;
    }
    let of_part = |part: &Part| TITLE + part.lines.len().min(MOST_LINES) as f32 * LINE + GAP;
    let height = (parts.iter().map(of_part).sum::<f32>() + HEAD).min(most);
    let place = Align2::LEFT_BOTTOM.anchor_size(corner, vec2(WIDTH, height));
    let look = Look::of(ui.ctx());
    ui.scope_builder(UiBuilder::new().id_salt("legend").max_rect(place), |ui| {
        let frame = Frame::new().fill(look.colours.panel).stroke(paint::hairline(look)).corner_radius(RADIUS);
        frame.inner_margin(Margin::symmetric(10, 6)).show(ui, |ui| {
            ui.set_min_size(place.size() - vec2(20.0, 12.0));
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.horizontal(|ui| {
                ui.label(RichText::new(words.t(Word::Legend)).font(TextSize::Body.semibold()));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let close = Button::icon_only(icons::CLOSE, words.t(Word::HideLegend));
                    *is_open &= !ui.add(close).clicked();
                });
            });
            ScrollArea::vertical().id_salt("lines").show(ui, |ui| lines_ui(ui, model, parts, commands));
        });
    });
}

/// The lines alone.
pub(super) fn lines_ui(ui: &mut Ui, model: &Model, parts: &[Part], commands: &mut Commands) {
    let look = Look::of(ui.ctx());
    let colours = paints::of_graph(ui, model.words);
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            ui.add_space(GAP);
        }
        let title = RichText::new(&part.title).font(TextSize::Small.regular()).color(look.colours.dim);
        ui.add(egui::Label::new(title).truncate());
        for (at, line) in part.lines.iter().take(MOST_LINES).enumerate() {
            if ui.push_id((number, at), |ui| line_ui(ui, model, line, &colours)).inner {
                commands.work(Command::Select(line.objects.clone()));
            }
        }
        let more = part.lines.len().saturating_sub(MOST_LINES) as u64;
        if more > 0 {
            let text = model.words.with(Word::AndMore, &[&model.words.count(more)]);
            ui.label(RichText::new(text).font(TextSize::Small.regular()).color(look.colours.dim));
        }
    }
}

/// One line; true if it was chosen, and there is something to select.
fn line_ui(ui: &mut Ui, model: &Model, line: &Line, colours: &Paint) -> bool {
    let look = Look::of(ui.ctx());
    let can = !line.objects.is_empty();
    let sense = if can { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), sense);
    let count = line.count.map(|count| model.words.count(count)).unwrap_or_default();
    let said = format!("{} {count}", line.text).trim_end().to_owned();
    let role = if can { egui::Role::Button } else { egui::Role::Label };
    response.widget_info(|| egui::WidgetInfo::labeled(role, true, &said));
    if can && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect.expand2(vec2(4.0, 0.0)), RADIUS, look.colours.hover);
    }
    let middle = pos2(rect.left() + SWATCH / 2.0 - 2.0, rect.center().y);
    swatch(ui, &line.swatch, middle, colours);
    let small = TextSize::Small.regular();
    let count = ui.painter().layout_no_wrap(count, small.clone(), look.colours.dim);
    let width = rect.width() - SWATCH - count.size().x - 10.0;
    let text = crate::look::line_of_text(ui.painter(), &line.text, small, look.colours.text, width);
    let right = pos2(rect.right() - count.size().x, rect.center().y - count.size().y / 2.0);
    ui.painter().galley(
        pos2(rect.left() + SWATCH + 4.0, rect.center().y - text.size().y / 2.0),
        text,
        look.colours.text,
    );
    ui.painter().galley(right, count, look.colours.dim);
    response.clicked()
}

fn swatch(ui: &Ui, swatch: &Swatch, middle: egui::Pos2, paint: &Paint) {
    let painter = ui.painter();
    let colour = |number: usize| paint.colours.get(number).copied().unwrap_or(paint.dim);
    match swatch {
        Swatch::Icon(icon, at) => {
            painter.text(middle, Align2::CENTER_CENTER, icon, Face::Icons.font(15.0), colour(*at));
        }
        Swatch::Disc(at) => {
            painter.circle(middle, 6.0, colour(*at).gamma_multiply(0.25), egui::Stroke::new(1.6, colour(*at)));
        }
        Swatch::Link(at) => {
            let colour = at.map_or(paint.faint, colour);
            painter.line_segment([middle - vec2(9.0, 0.0), middle + vec2(9.0, 0.0)], egui::Stroke::new(2.0, colour));
        }
        Swatch::Scale => {
            for step in 0..STEPS {
                let at = middle + vec2((step as f32 - 2.0) * 4.4, 0.0);
                painter.rect_filled(
                    Rect::from_center_size(at, vec2(4.4, 10.0)),
                    0.0,
                    colour(canvas::FIRST_STEP + step),
                );
            }
        }
        Swatch::Sizes => {
            for (at, radius) in [(-7.5, 1.6), (-2.0, 2.6), (5.5, 3.8)] {
                painter.circle_stroke(middle + vec2(at, 0.0), radius, egui::Stroke::new(1.2, paint.dim));
            }
        }
        Swatch::Nothing => {
            painter.circle_stroke(middle, 5.0, egui::Stroke::new(1.0, paint.faint));
        }
    }
}
