//! Expansions of a kept investigation, so that what they brought can be taken back in a later session, too.

use std::collections::{BTreeMap, BTreeSet};

use access::LinkTypeId;
use graph::{Graph, LinkId, NodeId};
use model::completeness::Completeness;
use wire::project::{MOST_KEPT_EXPANSIONS, Work as Kept, WorkExpansion};

use super::expand::Expanded;
use super::object::ObjectRef;
use super::take_back::Brought;
use crate::app::Model;

/// An expansion by what its objects and links are.
#[derive(Debug, Clone)]
pub(super) struct KeptExpansion {
    of: Vec<ObjectRef>,
    brought: Vec<ObjectRef>,
    links: Vec<(LinkTypeId, ObjectRef, ObjectRef)>,
    kept: WorkExpansion,
}

/// The expansions that were kept, before anything is taken out of the objects.
pub(super) fn read(kept: &Kept) -> Vec<KeptExpansion> {
    let is = |place: &u32| {
        let object = kept.objects.get(*place as usize)?;
        Some(ObjectRef { object_type: object.object_type.clone(), key: object.key.clone() })
    };
    let link = |place: &u32| {
        let link = kept.links.get(*place as usize)?;
        Some((link.link.clone(), is(&link.from)?, is(&link.to)?))
    };
    let one = |expansion: &WorkExpansion| KeptExpansion {
        of: expansion.of.iter().filter_map(is).collect(),
        brought: expansion.objects.iter().filter_map(is).collect(),
        links: expansion.links.iter().filter_map(link).collect(),
        kept: expansion.clone(),
    };
    kept.expansions.iter().take(MOST_KEPT_EXPANSIONS).map(one).collect()
}

/// Knows them again, before what was expanded meanwhile.
pub(super) fn put_back(model: &mut Model, kept: Vec<KeptExpansion>) {
    let graph = &model.work.board.graph;
    let known = (0u64..).zip(kept).map(|(number, expansion)| {
        let brought = Brought { nodes: nodes(graph, &expansion.brought), links: links(model, &expansion.links) };
        let KeptExpansion { of, kept, .. } = expansion;
        let completeness = Completeness { extent: kept.extent, ..Completeness::default() };
        let WorkExpansion { link, direction, found, all, among, .. } = kept;
        Expanded { of, link, direction, found, all, completeness, among, number, step: None, brought, taken_back: None }
    });
    let known: Vec<Expanded> = known.collect();
    let first = known.len() as u64;
    for meanwhile in &mut model.work.expanded {
        meanwhile.number += first;
    }
    model.work.expanded.splice(0..0, known);
}

fn nodes(graph: &Graph, objects: &[ObjectRef]) -> BTreeSet<NodeId> {
    objects.iter().filter_map(|object| graph.find(&object.node_key())).collect()
}

fn links(model: &Model, pairs: &[(LinkTypeId, ObjectRef, ObjectRef)]) -> BTreeSet<LinkId> {
    let find = |(link, from, to): &(LinkTypeId, ObjectRef, ObjectRef)| {
        let directed = model.link_type(link).is_none_or(|kind| kind.directed);
        model.work.board.graph.find_link(link.as_str(), [&from.node_key(), &to.node_key()], directed)
    };
    pairs.iter().filter_map(find).collect()
}

/// Those whose steps are done and whose objects are still on the graph, hidden or not. `places` are those of the objects, `numbers` those of the links.
pub(super) fn written(
    model: &Model,
    places: &BTreeMap<ObjectRef, u32>,
    numbers: &BTreeMap<LinkId, u32>,
) -> Vec<WorkExpansion> {
    let graph = &model.work.board.graph;
    let place = |id: &NodeId| places.get(&ObjectRef::of_node(&graph.node(*id)?.key)?).copied();
    let one = |known: &Expanded| WorkExpansion {
        of: known.of.iter().filter_map(|object| places.get(object).copied()).collect(),
        link: known.link.clone(),
        direction: known.direction,
        found: known.found,
        all: known.all,
        extent: known.completeness.extent,
        among: known.among,
        objects: known.brought.nodes.iter().filter_map(place).collect(),
        links: known.brought.links.iter().filter_map(|id| numbers.get(id).copied()).collect(),
    };
    let is_there = |known: &&Expanded| {
        known.is_done(&model.work.board.history) && known.of.iter().all(|object| places.contains_key(object))
    };
    let there: Vec<&Expanded> = model.work.expanded.iter().filter(is_there).collect();
    let oldest = there.len().saturating_sub(MOST_KEPT_EXPANSIONS);
    there.into_iter().skip(oldest).map(one).collect()
}
