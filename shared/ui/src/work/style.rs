//! How objects and links look: the rules of a graph, made ready for what is on it, and what they mean.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use access::{LinkTypeId, ObjectTypeId};
use graph::{Link, Node, NodeId, Step, TypeId};
use model::style::{By, MOST_RULES, Of, Rule, Says, passes};
use model::{Kind, Property};

use super::numbers::{has_scale, number};
use super::{ObjectRef, board};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// How many colours there are for values; the rest share one.
pub(crate) const COLOURS: usize = 6;
/// How many steps a scale of colours has.
pub(crate) const STEPS: usize = 5;
/// The most steps of size above the usual one.
pub(crate) const MOST_SIZE: u8 = 4;
/// Numbers that differ by more than this, and are all above 0, are told apart by their logarithm.
const WIDE: f64 = 200.0;

/// A colour, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tint {
    /// One of the [`COLOURS`].
    Colour(usize),
    /// Of a value that has no colour of its own.
    Rest,
    /// One of the [`STEPS`], from few to many.
    Step(usize),
}

/// What the rules say of an object; what none says is as usual.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Looks {
    pub(crate) tint: Option<Tint>,
    /// How much larger than usual: 0 for not at all, 1 for twice the size.
    pub(crate) larger: Option<f32>,
    /// The name of an icon.
    pub(crate) icon: Option<String>,
    pub(crate) label: Option<String>,
}

/// The rules as they are now, and the same as the graph keeps them.
#[derive(Default)]
pub(crate) struct Rules {
    kept: Option<Arc<str>>,
    rules: Vec<Rule>,
}

impl Rules {
    /// The rules, the first of which decides.
    pub(super) fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// Reads them where they have changed: by a step, or because one was taken back.
    pub(super) fn keep_up(&mut self, style: Option<&Arc<str>>) {
        let is_known = match (&self.kept, style) {
            (Some(kept), Some(style)) => Arc::ptr_eq(kept, style),
            (kept, style) => kept.is_none() == style.is_none(),
        };
        if !is_known {
            self.kept = style.cloned();
            self.rules = style.and_then(|style| serde_json::from_str(style).ok()).unwrap_or_default();
        }
    }
}

/// The step that puts these rules in place of those there are.
pub(super) fn step(rules: &[Rule]) -> Step {
    let text = serde_json::to_string(rules).ok().filter(|_| !rules.is_empty());
    Step::Style(text.map(Into::into))
}

/// Puts these rules in place of those there are.
pub(super) fn set(model: &mut Model, outbox: &Outbox, rules: &[Rule]) {
    if rules.len() > MOST_RULES || !rules.iter().all(Rule::is_short) {
        model.notify(model.words.with(Word::TooManyRules, &[&model.words.count(MOST_RULES as u64)]));
        return;
    }
    if rules != model.work.board.rules() {
        board::step(model, outbox, Word::StepLook, step(rules));
    }
}

/// The rules, made ready for what is shown now.
pub(crate) struct Style<'a> {
    model: &'a Model,
    ready: Vec<Ready<'a>>,
}

/// One rule, with what its colours and sizes are for.
pub(crate) struct Ready<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) range: Range,
    /// To how many of what is shown it applies without knowing what it needs.
    pub(crate) unknown: u64,
}

/// What the values of a rule are spread over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Range {
    /// It needs no values.
    None,
    /// These values have a colour of their own, the most frequent first, with how many have each; and how many have others.
    Values(Vec<(String, u64)>, u64),
    /// From the smallest to the largest number.
    Numbers { least: f64, most: f64 },
}

impl Range {
    fn of_values(values: impl Iterator<Item = String>) -> Self {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for value in values {
            *counts.entry(value).or_default() += 1;
        }
        let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
        counts.sort_unstable_by(|(a, first), (b, second)| second.cmp(first).then_with(|| a.cmp(b)));
        let rest = counts.iter().skip(COLOURS).map(|(_, count)| count).sum();
        counts.truncate(COLOURS);
        Self::Values(counts, rest)
    }

    fn of_numbers(numbers: impl Iterator<Item = f64>) -> Self {
        let (least, most) =
            numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), at| (least.min(at), most.max(at)));
        Self::Numbers { least, most }
    }

    /// Where a number lies, from 0 for the smallest to 1 for the largest; in the middle where all are the same.
    pub(crate) fn share(&self, at: f64) -> f32 {
        let Self::Numbers { least, most } = *self else { return 0.0 };
        if most <= least {
            return 0.5;
        }
        let is_wide = least > 0.0 && most / least > WIDE;
        let share = if is_wide { (at / least).ln() / (most / least).ln() } else { (at - least) / (most - least) };
        (share as f32).clamp(0.0, 1.0)
    }

    fn step(&self, at: f64) -> Tint {
        Tint::Step(((self.share(at) * STEPS as f32) as usize).min(STEPS - 1))
    }

    fn colour(&self, value: &str) -> Tint {
        let Self::Values(values, _) = self else { return Tint::Rest };
        values.iter().position(|(known, _)| known == value).map_or(Tint::Rest, Tint::Colour)
    }
}

impl<'a> Style<'a> {
    /// Looks at everything that is shown once for each rule.
    pub(crate) fn of(model: &'a Model) -> Self {
        let mut style = Self { model, ready: Vec::new() };
        style.ready = model.work.board.rules().iter().map(|rule| style.made_ready(rule)).collect();
        style
    }

    /// The rules with their ranges.
    pub(crate) fn ready(&self) -> &[Ready<'a>] {
        &self.ready
    }

    fn made_ready(&self, rule: &'a Rule) -> Ready<'a> {
        let by = match &rule.says {
            Says::ColourBy(by) | Says::SizeBy(by) => by,
            Says::Colour(_) | Says::Size(_) | Says::Icon(_) | Says::Label(_) => {
                return Ready { rule, range: Range::None, unknown: 0 };
            }
        };
        let things = self.things(rule);
        let values = || things.iter().map(|thing| self.value(*thing, by));
        let unknown = values().filter(Option::is_none).count() as u64;
        let is_scale = matches!(rule.says, Says::SizeBy(_)) || things.iter().any(|thing| self.has_scale(*thing, by));
        let range = if is_scale {
            Range::of_numbers(values().flatten().filter_map(|(kind, text)| number(kind, &text)))
        } else {
            Range::of_values(values().flatten().map(|(_, text)| text.into_owned()))
        };
        Ready { rule, range, unknown }
    }

    /// What is shown and the rule applies to.
    fn things(&self, rule: &Rule) -> Vec<Thing<'a>> {
        let graph = &self.model.work.board.graph;
        let things: Vec<Thing<'a>> = match &rule.of {
            Of::Objects(_) => graph.shown().map(|(id, node)| Thing::Object(id, node)).collect(),
            Of::Links(_) => graph.shown_links().map(|(_, link)| Thing::Link(link)).collect(),
        };
        things.into_iter().filter(|thing| self.applies(rule, *thing)).collect()
    }

    fn applies(&self, rule: &Rule, thing: Thing<'_>) -> bool {
        let graph = &self.model.work.board.graph;
        let is_about = match (&rule.of, thing) {
            (Of::Objects(None), Thing::Object(..)) | (Of::Links(None), Thing::Link(..)) => true,
            (Of::Objects(Some(id)), Thing::Object(_, node)) => graph.object_type(node.object_type) == id.as_str(),
            (Of::Links(Some(id)), Thing::Link(link)) => graph.link_type(link.link_type) == id.as_str(),
            _ => false,
        };
        is_about
            && rule.when.as_ref().is_none_or(|when| {
                let value = self.value(thing, &when.by);
                let kind = value.as_ref().map_or(Kind::Text, |(kind, _)| *kind);
                passes(&when.test, kind, value.as_ref().map(|(_, text)| text.as_ref()))
            })
    }

    /// What is known of a thing, with its kind.
    fn value(&self, thing: Thing<'_>, by: &By) -> Option<(Kind, Cow<'a, str>)> {
        let work = &self.model.work;
        match (thing, by) {
            (Thing::Object(_, node), By::Property(wanted)) => {
                let object = work.object(&ObjectRef::of_node(&node.key)?)?;
                let kind = self.model.object_type(&object.is.object_type)?.properties.iter();
                let kind = kind.clone().find(|property| property.id == *wanted)?.kind;
                let (_, text) = object.values.iter().find(|(id, text)| id == wanted && !text.is_empty())?;
                Some((kind, Cow::Borrowed(text.as_str())))
            }
            (Thing::Object(id, _), By::Measure(of)) => {
                let value = work.measures.found(of)?.of(id)?;
                // Groups are numbered from 1 where people read it.
                let is_group = of.measure.is_group() && of.measure != model::style::Measure::Cut;
                let (kind, value) = if is_group { (Kind::Integer, value + 1.0) } else { (Kind::Float, value) };
                Some((kind, Cow::Owned(value.to_string())))
            }
            (Thing::Object(_, node), By::Type) => {
                let id = ObjectTypeId::new(work.board.graph.object_type(node.object_type)).ok()?;
                Some((Kind::Text, Cow::Borrowed(self.model.object_type(&id)?.name.as_str())))
            }
            (Thing::Link(link), By::Type) => {
                let id = LinkTypeId::new(work.board.graph.link_type(link.link_type)).ok()?;
                Some((Kind::Text, Cow::Borrowed(self.model.link_type(&id)?.name.as_str())))
            }
            (Thing::Link(link), By::Rows) => Some((Kind::Integer, Cow::Owned(link.count.to_string()))),
            (Thing::Link(link), By::Sum) => Some((Kind::Decimal, Cow::Owned(link.sum?.to_string()))),
            _ => None,
        }
    }

    fn has_scale(&self, thing: Thing<'_>, by: &By) -> bool {
        match by {
            By::Measure(of) => !of.measure.is_group(),
            By::Type => false,
            By::Property(_) | By::Rows | By::Sum => self.value(thing, by).is_some_and(|(kind, _)| has_scale(kind)),
        }
    }

    /// How an object looks.
    pub(crate) fn object(&self, id: NodeId, node: &Node) -> Looks {
        self.looks(Thing::Object(id, node))
    }

    /// How a link looks.
    pub(crate) fn link(&self, link: &Link) -> Looks {
        self.looks(Thing::Link(link))
    }

    fn looks(&self, thing: Thing<'_>) -> Looks {
        let mut looks = Looks::default();
        for ready in self.ready.iter().filter(|ready| self.applies(ready.rule, thing)) {
            let numbered = |by: &By| self.value(thing, by).and_then(|(kind, text)| number(kind, &text));
            match &ready.rule.says {
                Says::Colour(colour) => set_once(&mut looks.tint, Some(Tint::Colour(usize::from(*colour) % COLOURS))),
                Says::ColourBy(by) => {
                    let tint = match ready.range {
                        Range::Numbers { .. } => numbered(by).map(|at| ready.range.step(at)),
                        _ => self.value(thing, by).map(|(_, text)| ready.range.colour(&text)),
                    };
                    set_once(&mut looks.tint, tint);
                }
                Says::Size(steps) => set_once(&mut looks.larger, Some(share_of_size(*steps))),
                Says::SizeBy(by) => set_once(&mut looks.larger, numbered(by).map(|at| ready.range.share(at))),
                Says::Icon(name) => set_once(&mut looks.icon, Some(name.clone())),
                Says::Label(by) => set_once(&mut looks.label, self.value(thing, by).map(|(_, text)| text.into_owned())),
            }
        }
        looks
    }

    /// The objects that a rule applies to, ascending, each with the colour that it has.
    pub(crate) fn coloured(&self, rule: &Rule) -> Vec<(NodeId, Option<Tint>)> {
        let of_rule = self.things(rule).into_iter().filter_map(|thing| match thing {
            Thing::Object(id, node) => Some((id, self.object(id, node).tint)),
            Thing::Link(..) => None,
        });
        of_rule.collect()
    }
}

/// The first that says something decides.
fn set_once<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

fn share_of_size(steps: u8) -> f32 {
    f32::from(steps.min(MOST_SIZE)) / f32::from(MOST_SIZE)
}

#[derive(Clone, Copy)]
enum Thing<'a> {
    Object(NodeId, &'a Node),
    Link(&'a Link),
}

/// The types of the objects that are shown, as far as the project has them.
pub(crate) fn shown_object_types(model: &Model) -> Vec<ObjectTypeId> {
    let graph = &model.work.board.graph;
    let numbers: BTreeSet<TypeId> = graph.shown().map(|(_, node)| node.object_type).collect();
    let ids = numbers.into_iter().filter_map(|number| ObjectTypeId::new(graph.object_type(number)).ok());
    let mut ids: Vec<ObjectTypeId> = ids.filter(|id| model.object_type(id).is_some()).collect();
    ids.sort_unstable();
    ids
}

/// The types of the links that are shown, as far as the project has them.
pub(crate) fn shown_link_types(model: &Model) -> Vec<LinkTypeId> {
    let graph = &model.work.board.graph;
    let numbers: BTreeSet<TypeId> = graph.shown_links().map(|(_, link)| link.link_type).collect();
    let ids = numbers.into_iter().filter_map(|number| LinkTypeId::new(graph.link_type(number)).ok());
    let mut ids: Vec<LinkTypeId> = ids.filter(|id| model.link_type(id).is_some()).collect();
    ids.sort_unstable();
    ids
}

/// The properties that objects of these types, or of all that are shown, have: what a rule can go by.
pub(crate) fn properties<'a>(model: &'a Model, of: &Of) -> Vec<&'a Property> {
    let graph = &model.work.board.graph;
    let Of::Objects(wanted) = of else { return Vec::new() };
    let shown: BTreeSet<&str> = graph.shown().map(|(_, node)| graph.object_type(node.object_type)).collect();
    let shown = shown.into_iter().filter(|id| wanted.as_ref().is_none_or(|wanted| wanted.as_str() == *id));
    let kinds = shown.filter_map(|id| model.object_type(&ObjectTypeId::new(id).ok()?));
    let mut seen = BTreeSet::new();
    kinds.flat_map(|kind| &kind.properties).filter(|property| seen.insert(&property.id)).collect()
}
