//! How the graph looks, at the side: its rules in order, what they mean, and a form for another one.

use egui::{Margin, RichText, ScrollArea, Ui};
use model::query::Test;
use model::style::{By, Condition, Measure, Measuring, Of, Rule, Says};

use super::{legend, rule_words};
use crate::app::{Commands, Model};
use crate::look::{Look, TextSize, icons};
use crate::widgets::{Button, TextField, labelled_select};
use crate::words::Word;
use crate::work::Command;
use crate::work::style::{COLOURS, MOST_SIZE, properties, shown_link_types, shown_object_types};

/// Icons that one may choose from; all that types have would be a long list.
const ICONS: [&str; 12] = [
    "flag",
    "warning",
    "error",
    "star",
    "key",
    "lock",
    "visibility",
    "bolt",
    "gavel",
    "paid",
    "question_mark",
    "bookmark",
];

/// A rule that is being put together; numbers are places in the lists of the form.
#[derive(Default)]
pub(super) struct Draft {
    is_open: bool,
    of: usize,
    says: usize,
    by: usize,
    when: usize,
    test: usize,
    value: String,
}

/// Draws it.
pub(super) fn ui(ui: &mut Ui, model: &Model, draft: &mut Draft, parts: &[legend::Part], commands: &mut Commands) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        let inside = egui::Frame::new().inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 12 });
        inside.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 8.0;
            rules_ui(ui, model, commands);
            form_ui(ui, model, draft, commands);
            ui.separator();
            ui.label(RichText::new(model.words.t(Word::Legend)).font(TextSize::Body.semibold()));
            ui.spacing_mut().item_spacing.y = 0.0;
            legend::lines_ui(ui, model, parts, commands);
        });
    });
}

fn rules_ui(ui: &mut Ui, model: &Model, commands: &mut Commands) {
    let words = model.words;
    let rules = model.work.board.rules();
    let dim = Look::of(ui.ctx()).colours.dim;
    match rules.len() {
        0 => drop(ui.label(RichText::new(words.t(Word::NoRules)).color(dim))),
        1 => {}
        _ => drop(ui.label(RichText::new(words.t(Word::RulesOrder)).color(dim))),
    }
    for (at, rule) in rules.iter().enumerate() {
        ui.push_id(at, |ui| rule_ui(ui, model, rules, (at, rule), commands));
    }
}

fn rule_ui(ui: &mut Ui, model: &Model, rules: &[Rule], (at, rule): (usize, &Rule), commands: &mut Commands) {
    let words = model.words;
    let name = rule_words::rule(model, rule);
    let mut changed = None;
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let tool = |ui: &mut Ui, icon: char, word: Word, can: bool| {
                can && ui.add(Button::icon_only(icon, &words.with(word, &[&name]))).clicked()
            };
            if tool(ui, icons::CLOSE, Word::RuleAway, true) {
                changed = Some(removed(rules, at));
            }
            if tool(ui, icons::ARROW_DOWNWARD, Word::RuleDown, at + 1 < rules.len()) {
                changed = Some(swapped(rules, at, at + 1));
            }
            if tool(ui, icons::ARROW_UPWARD, Word::RuleUp, at > 0) {
                changed = Some(swapped(rules, at, at.saturating_sub(1)));
            }
            let condition = rule_words::condition(model, rule);
            // One line stands beside the middle of the buttons, two from their top on.
            let layout = match &condition {
                Some(_) => egui::Layout::top_down(egui::Align::Min),
                None => egui::Layout::left_to_right(egui::Align::Center),
            };
            ui.with_layout(layout, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.add(egui::Label::new(&name).truncate());
                if let Some(condition) = condition {
                    let text = RichText::new(condition).font(TextSize::Small.regular());
                    ui.add(egui::Label::new(text.color(Look::of(ui.ctx()).colours.dim)).truncate());
                }
            });
        });
    });
    if let Some(rules) = changed {
        commands.work(Command::Style(rules));
    }
}

fn removed(rules: &[Rule], at: usize) -> Vec<Rule> {
    rules.iter().enumerate().filter(|(known, _)| *known != at).map(|(_, rule)| rule.clone()).collect()
}

fn swapped(rules: &[Rule], a: usize, b: usize) -> Vec<Rule> {
    let mut rules = rules.to_vec();
    if a.max(b) < rules.len() {
        rules.swap(a, b);
    }
    rules
}

/// What a rule can say; the place is that in the form.
#[derive(Clone, Copy, PartialEq)]
enum Channel {
    Colour,
    Size,
    Icon,
    Label,
}

fn form_ui(ui: &mut Ui, model: &Model, draft: &mut Draft, commands: &mut Commands) {
    let words = model.words;
    if !draft.is_open {
        draft.is_open = ui.add(Button::new(words.t(Word::AddRule)).icon(icons::ADD)).clicked();
        return;
    }
    let ofs = ofs(model);
    select(ui, words.t(Word::RuleOf), &named(&ofs, |of| rule_words::of(model, of)), &mut draft.of);
    let Some(of) = ofs.get(draft.of).cloned() else { return };
    let channels = channels(&of);
    let channel_name = |channel: &Channel| words.t(rule_words::says(&example(*channel), &of)).to_owned();
    if select(ui, words.t(Word::RuleSays), &named(&channels, channel_name), &mut draft.says) {
        draft.by = 0;
    }
    let Some(channel) = channels.get(draft.says).copied() else { return };
    let choices = choices(model, &of, channel);
    select(ui, words.t(Word::RuleBy), &named(&choices, |says| choice_name(model, &of, says)), &mut draft.by);
    let conditions: Vec<Option<By>> = std::iter::once(None).chain(bys(model, &of).into_iter().map(Some)).collect();
    let condition_name = |by: &Option<By>| {
        by.as_ref().map_or_else(|| words.t(Word::RuleAlways).to_owned(), |by| rule_words::by(model, &of, by))
    };
    select(ui, words.t(Word::RuleWhen), &named(&conditions, condition_name), &mut draft.when);
    let when =
        conditions.get(draft.when).cloned().flatten().map(|by| Condition { by, test: test_ui(ui, model, draft) });
    let says = choices.get(draft.by).cloned();
    ui.horizontal(|ui| {
        let add = Button::primary(words.t(Word::AddRule)).enabled(says.is_some());
        if let (true, Some(says)) = (ui.add(add).clicked(), says) {
            let rule = Rule { of, when, says };
            let rules = std::iter::once(rule).chain(model.work.board.rules().iter().cloned()).collect();
            commands.work(Command::Style(rules));
            *draft = Draft::default();
        }
        if ui.add(Button::new(words.t(Word::Cancel))).clicked() {
            *draft = Draft::default();
        }
    });
}

fn test_ui(ui: &mut Ui, model: &Model, draft: &mut Draft) -> Test {
    let words = model.words;
    const TESTS: [Word; 7] = [
        Word::TestIs,
        Word::TestIsNot,
        Word::Contains,
        Word::TestAtLeast,
        Word::TestAtMost,
        Word::TestFilled,
        Word::TestEmpty,
    ];
    select(ui, words.t(Word::RuleTest), &TESTS.map(|word| words.t(word).to_owned()), &mut draft.test);
    let word = TESTS.get(draft.test).copied().unwrap_or(Word::TestIs);
    if !matches!(word, Word::TestFilled | Word::TestEmpty) {
        TextField::new(words.t(Word::RuleValue), &mut draft.value).show(ui, words);
    }
    let value = draft.value.trim().to_owned();
    match word {
        Word::TestIsNot => Test::Differs(value),
        Word::Contains => Test::Contains(value),
        Word::TestAtLeast => Test::AtLeast(words.canonical_number(&value)),
        Word::TestAtMost => Test::AtMost(words.canonical_number(&value)),
        Word::TestFilled => Test::Filled,
        Word::TestEmpty => Test::Empty,
        _ => Test::Equals(value),
    }
}

fn named<T>(all: &[T], name: impl Fn(&T) -> String) -> Vec<String> {
    all.iter().map(name).collect()
}

fn select(ui: &mut Ui, label: &str, options: &[String], chosen: &mut usize) -> bool {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    *chosen = (*chosen).min(options.len().saturating_sub(1));
    labelled_select(ui, label, &options, chosen)
}

/// All objects, the types that are shown, all links, and their types.
fn ofs(model: &Model) -> Vec<Of> {
    let objects = shown_object_types(model).into_iter().map(|id| Of::Objects(Some(id)));
    let links = shown_link_types(model).into_iter().map(|id| Of::Links(Some(id)));
    std::iter::once(Of::Objects(None)).chain(objects).chain([Of::Links(None)]).chain(links).collect()
}

fn channels(of: &Of) -> Vec<Channel> {
    match of {
        Of::Objects(_) => vec![Channel::Colour, Channel::Size, Channel::Icon, Channel::Label],
        Of::Links(_) => vec![Channel::Colour, Channel::Size, Channel::Label],
    }
}

fn example(channel: Channel) -> Says {
    match channel {
        Channel::Colour => Says::Colour(0),
        Channel::Size => Says::Size(0),
        Channel::Icon => Says::Icon(String::new()),
        Channel::Label => Says::Label(By::Type),
    }
}

/// What a rule of these can go by.
fn bys(model: &Model, of: &Of) -> Vec<By> {
    match of {
        Of::Objects(_) => {
            let properties = properties(model, of).into_iter().map(|property| By::Property(property.id.clone()));
            let measures = Measure::ALL.into_iter().map(|measure| By::Measure(Measuring::of(measure)));
            properties.chain([By::Type]).chain(measures).collect()
        }
        Of::Links(_) => vec![By::Rows, By::Sum, By::Type],
    }
}

/// Everything that a rule can say in a way.
fn choices(model: &Model, of: &Of, channel: Channel) -> Vec<Says> {
    let is_number = |by: &By| match by {
        By::Measure(of) => !of.measure.is_group(),
        By::Rows | By::Sum => true,
        By::Type => false,
        By::Property(id) => properties(model, of).iter().any(|known| known.id == *id && known.kind.is_number()),
    };
    let bys = bys(model, of).into_iter();
    match channel {
        Channel::Colour => bys.map(Says::ColourBy).chain((0..COLOURS as u8).map(Says::Colour)).collect(),
        Channel::Size => bys.filter(is_number).map(Says::SizeBy).chain((0..=MOST_SIZE).map(Says::Size)).collect(),
        Channel::Icon => {
            let known = ICONS.into_iter().filter(|name| icons::by_name(name).is_some());
            known.map(|name| Says::Icon(name.to_owned())).collect()
        }
        Channel::Label => bys.map(Says::Label).collect(),
    }
}

fn choice_name(model: &Model, of: &Of, says: &Says) -> String {
    let words = model.words;
    let numbered = |word, number: u8| words.with(word, &[&words.count(u64::from(number) + 1)]);
    match says {
        Says::ColourBy(by) | Says::SizeBy(by) | Says::Label(by) => rule_words::by(model, of, by),
        Says::Colour(number) => format!("{}: {}", words.t(Word::OneColour), numbered(Word::ColourNumber, *number)),
        Says::Size(number) => format!("{}: {}", words.t(Word::OneSize), numbered(Word::SizeNumber, *number)),
        Says::Icon(name) => name.replace('_', " "),
    }
}
