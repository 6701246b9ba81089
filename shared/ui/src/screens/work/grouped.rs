//! How groups look, and lines that stand for several links.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use access::{LinkTypeId, ObjectTypeId};
use graph::{GroupId, Item, Line, Total, TypeId};

use super::scene::{Sums, weight};
use super::values;
use crate::app::Model;
use crate::canvas;
use crate::look::icons;
use crate::words::Word;
use crate::work::may_differ;

/// The most types that are told under a group's name, or of a line.
const MOST_TYPES: usize = 3;

/// A closed group: in the colour of the type that most of its members have.
pub(super) fn node(model: &Model, item: Item, look: impl Fn(TypeId) -> Option<(usize, char)>) -> canvas::Node {
    let graph = &model.work.board.graph;
    let members = graph.members(item);
    let types = graph.count_types(&members);
    let most = types.iter().max_by_key(|(_, count)| **count).map(|(id, _)| *id);
    let (colour, icon) = most.and_then(look).unwrap_or((0, icons::GROUP_WORK));
    let count = members.len() as u64;
    canvas::Node {
        colour,
        icon: if types.len() == 1 { icon } else { icons::GROUP_WORK },
        label: name(model, item),
        sub_label: types_of(model, &types.into_iter().collect::<Vec<_>>()),
        kind: said(model, Word::ClosedGroupOf, count),
        pinned: members.iter().any(|id| graph.flags(*id).pinned),
        members: Some(u32::try_from(count).unwrap_or(u32::MAX)),
        ..canvas::Node::default()
    }
}

fn name(model: &Model, item: Item) -> String {
    let Item::Group(id) = item else { return String::new() };
    model.work.board.graph.group(id).map(|group| group.name.clone()).unwrap_or_default()
}

fn said(model: &Model, word: Word, count: u64) -> Arc<str> {
    model.words.with(word, &[&model.words.count(count)]).into()
}

/// "12 people · 3 accounts", most first.
fn types_of(model: &Model, types: &[(TypeId, u64)]) -> String {
    let mut types = types.to_vec();
    types.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let one = |(id, count): &(TypeId, u64)| {
        let slug = model.work.board.graph.object_type(*id);
        let kind = ObjectTypeId::new(slug).ok().and_then(|id| model.object_type(&id));
        let name = kind.map_or(slug, |kind| if *count == 1 { &kind.name } else { &kind.plural });
        format!("{} {}", model.words.count(*count), name.to_lowercase())
    };
    types.iter().take(MOST_TYPES).map(one).collect::<Vec<_>>().join(" · ")
}

/// The frames of the open groups that are to be seen; `places` are those of what is drawn.
pub(super) fn hulls(model: &Model, places: &HashMap<Item, u32>) -> Vec<canvas::Hull> {
    let graph = &model.work.board.graph;
    let hull = |(id, group): (GroupId, &graph::Group)| {
        let members: Vec<u32> = group.members.iter().filter_map(|id| places.get(&Item::Node(*id)).copied()).collect();
        let types: BTreeSet<TypeId> =
            group.members.iter().filter_map(|id| graph.node(*id)).map(|node| node.object_type).collect();
        let of_type = types.first().filter(|_| types.len() == 1).and_then(|id| {
            let kind = ObjectTypeId::new(graph.object_type(*id)).ok()?;
            Some(usize::from(model.object_type(&kind)?.colour))
        });
        let kind = said(model, Word::OpenGroupOf, members.len() as u64);
        let label = name(model, Item::Group(id));
        (!members.is_empty()).then_some(canvas::Hull { label, kind, members, colour: of_type, selected: false })
    };
    graph.groups().filter(|(_, group)| group.is_open).filter_map(hull).collect()
}

/// How a line of several links looks, whatever its ends: count and sum, of each type where they are of several.
pub(super) fn line(model: &Model, line: &Line<'_>, sums: &Sums, kinds: &HashMap<TypeId, Arc<str>>) -> canvas::Link {
    let graph = &model.work.board.graph;
    let totals: Vec<(TypeId, Total)> = graph.sum_links(line.links.iter().copied()).into_iter().collect();
    let told: Vec<String> =
        totals.iter().take(MOST_TYPES).map(|(id, total)| label(model, line, *id, *total, totals.len() > 1)).collect();
    let mut label = told.join(" + ");
    if totals.len() > MOST_TYPES {
        label.push_str(" + …");
    }
    let widest = totals.iter().filter_map(|(id, total)| {
        let sum = total.sum?.to_f64().abs();
        Some(weight(sum, sums.get(id).copied().unwrap_or_default()))
    });
    let kind = |id: TypeId| LinkTypeId::new(graph.link_type(id)).ok().and_then(|id| model.link_type(&id));
    let money = totals.iter().filter_map(|(id, _)| kind(*id)).find(|kind| kind.amount.is_some());
    let colour = money.and_then(|kind| model.object_type(&kind.from)).map(|kind| usize::from(kind.colour));
    let said: Vec<&str> =
        totals.iter().take(MOST_TYPES).filter_map(|(id, _)| kinds.get(id)).map(|kind| &**kind).collect();
    canvas::Link {
        label,
        kind: said.join(" + ").into(),
        weight: widest.fold(0.0, f32::max),
        directed: line.directed,
        colour,
        ..canvas::Link::default()
    }
}

/// "12 · 3.2M"; with the name of the type where it has no sum, or where there are others: "Transfer 12 · 3.2M".
fn label(model: &Model, line: &Line<'_>, id: TypeId, total: Total, is_one_of_several: bool) -> String {
    let words = model.words;
    let slug = model.work.board.graph.link_type(id);
    let kind = LinkTypeId::new(slug).ok().and_then(|id| model.link_type(&id));
    let name = kind.map_or(slug, |kind| kind.name.as_str());
    let count = words.count(total.rows);
    let by_currency = kind.filter(|kind| may_differ(kind)).and_then(|_| {
        let links = values::of_type(model, line.links, id);
        model.work.money.of_all(links).filter(|sums| !sums.is_empty())
    });
    let is_mixed = kind.is_some_and(may_differ);
    let sum = match (by_currency, total.sum) {
        (Some(sums), _) => Some(values::short_by_currency(words, &sums)),
        (None, Some(sum)) if !is_mixed => Some(words.short_sum(sum.to_f64().abs())),
        _ => None,
    };
    match (sum, is_one_of_several) {
        (Some(sum), false) => format!("{count} · {sum}"),
        (Some(sum), true) => format!("{name} {count} · {sum}"),
        (None, true) if total.rows == 1 => name.to_owned(),
        (None, _) => format!("{name} · {count}"),
    }
}
