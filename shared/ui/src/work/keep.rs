//! The unsaved investigation: kept on the server some seconds after a change.

use std::collections::BTreeMap;

use access::LinkTypeId;
use graph::LinkId;
use wire::project::{
    KeepWork, LONGEST_KEPT_NOTE, MOST_KEPT_LINKS, MOST_KEPT_NOTES, MOST_KEPT_OBJECTS, Missing, Work as Kept, WorkLink,
    WorkObject,
};
use wire::{Code, Fault};

use super::object::ObjectRef;
use super::{kept_expansions, kept_groups, notes};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

// Whatever fits onto a graph can be kept.
const _: () = assert!(graph::MOST_NOTES == MOST_KEPT_NOTES && graph::LONGEST_NOTE == LONGEST_KEPT_NOTE);

/// Keeps what there is now. A graph that is too large is not kept in part: what was kept before stays.
pub(super) fn keep(model: &mut Model, outbox: &Outbox) {
    let Some(project) = model.route.project().cloned() else { return };
    // While it is being put together again, keeping it would lose what has not come.
    if model.work.restoring.is_some() || model.work.kept_change == model.work.change {
        return;
    }
    let before = std::mem::replace(&mut model.work.kept_change, model.work.change);
    let work = written(model);
    if work.objects.len() > MOST_KEPT_OBJECTS || work.links.len() > MOST_KEPT_LINKS {
        let fault = too_large(model);
        not_kept(model, before, fault);
        return;
    }
    let asked_for = project.clone();
    outbox.call(&KeepWork { project, work }, move |model, _, reply| {
        if model.route.project() != Some(&asked_for) {
            return;
        }
        match reply {
            Ok(_) => model.work.not_kept = None,
            Err(fault) => {
                let fault = if fault.code == Code::TooLarge { too_large(model) } else { fault };
                not_kept(model, before, fault);
            }
        }
    });
}

fn too_large(model: &Model) -> Fault {
    let limits = [MOST_KEPT_OBJECTS, MOST_KEPT_LINKS].map(|limit| model.words.count(limit as u64));
    let sentence = model.words.with(Word::TooLargeToKeep, &[&limits[0], &limits[1]]);
    Fault::new(Code::TooLarge, sentence, model.words.t(Word::TooLargeToKeepRemedy))
}

/// Says so once. What will be refused again waits for the next change; everything else is tried again.
fn not_kept(model: &mut Model, before: u64, fault: Fault) {
    if !matches!(fault.code, Code::TooLarge | Code::Forbidden | Code::NotFound | Code::Invalid | Code::Malformed) {
        model.work.kept_change = before;
    }
    if model.work.not_kept.as_ref() != Some(&fault) {
        model.notify_fault(&fault);
    }
    model.work.not_kept = Some(fault);
}

/// The investigation as it is kept, what is hidden too: keys and places, no values.
fn written(model: &Model) -> Kept {
    let graph = &model.work.board.graph;
    let aside = &model.work.aside;
    let mut places: BTreeMap<ObjectRef, u32> = BTreeMap::new();
    let mut objects: Vec<WorkObject> = Vec::new();
    let on_graph = graph.nodes().filter_map(|(id, node)| {
        let ObjectRef { object_type, key } = ObjectRef::of_node(&node.key)?;
        let [x, y] = graph.place(id);
        let graph::Flags { pinned, hidden, .. } = graph.flags(id);
        Some(WorkObject { object_type, key, x, y, pinned, hidden })
    });
    for object in on_graph.chain(aside.objects.iter().cloned()) {
        let is = ObjectRef { object_type: object.object_type.clone(), key: object.key.clone() };
        places.entry(is).or_insert_with(|| {
            objects.push(object);
            objects.len() as u32 - 1
        });
    }
    let mut links: Vec<WorkLink> = Vec::new();
    let mut numbers: BTreeMap<LinkId, u32> = BTreeMap::new();
    let on_graph = graph.links().map(|(id, link)| {
        let end = |id| ObjectRef::of_node(&graph.node(id)?.key);
        let pair = || Some((LinkTypeId::new(graph.link_type(link.link_type)).ok()?, end(link.from)?, end(link.to)?));
        (Some(id), pair())
    });
    for (id, pair) in on_graph.chain(aside.links.iter().map(|pair| (None, Some(pair.clone())))) {
        let link = |(link, from, to): (LinkTypeId, ObjectRef, ObjectRef)| {
            Some(WorkLink { link, from: *places.get(&from)?, to: *places.get(&to)? })
        };
        let Some(link) = pair.and_then(link) else { continue };
        numbers.extend(id.map(|id| (id, links.len() as u32)));
        links.push(link);
    }
    let expansions = kept_expansions::written(model, &places, &numbers);
    let groups = kept_groups::written(graph, &places, &aside.groups);
    let links_as_one = model.work.board.parallel == graph::Parallel::AsOne;
    let rules = model.work.board.rules().to_vec();
    let notes = graph.notes().map(|(_, note)| notes::kept(note)).collect();
    let (searches, missing) = (model.work.searches.clone(), Missing::default());
    Kept { searches, objects, links, rules, notes, groups, expansions, links_as_one, missing }
}
