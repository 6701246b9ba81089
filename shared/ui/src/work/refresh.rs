//! After a change of the configuration: tables and names that were made by the types as they were are asked for anew.

use std::collections::{BTreeMap, BTreeSet};

use access::{LinkTypeId, ObjectTypeId};
use graph::{NewNode, Step};
use model::query::{Answer, From, Key, MOST_KEYS, Query, Rows as Page};
use model::{LinkType, ObjectType};
use wire::data::RunQuery;

use super::object::{Object, objects, once_each};
use super::streams::{self, Got, Lane};
use super::tables::{self, About};
use crate::app::{Model, Route};
use crate::client::{Outbox, PartEvent};
use crate::table::Rows;

/// The types of the project as they last arrived.
#[derive(Default)]
pub(super) struct Types {
    objects: BTreeMap<ObjectTypeId, ObjectType>,
    links: BTreeMap<LinkTypeId, LinkType>,
    /// Types whose objects on the graph are still called as they were before.
    stale: BTreeSet<ObjectTypeId>,
}

/// Types that are no longer as they were.
struct Changed {
    objects: BTreeSet<ObjectTypeId>,
    links: BTreeSet<LinkTypeId>,
}

impl Changed {
    fn between(before: &Types, now: &Types) -> Self {
        let objects = before.objects.iter().filter(|(id, kind)| now.objects.get(*id) != Some(*kind));
        let links = before.links.iter().filter(|(id, link)| now.links.get(*id) != Some(*link));
        Self { objects: objects.map(|(id, _)| id.clone()).collect(), links: links.map(|(id, _)| id.clone()).collect() }
    }

    /// Whether what a table is about is among them; of a link also what its ends are called.
    fn concerns(&self, about: &About, now: &Types) -> bool {
        match about {
            About::Objects(id) => self.objects.contains(id),
            About::Links(link) | About::Neighbours(_, link, _) | About::Between(link, ..) => {
                let ends = now.links.get(link).map(|link| [&link.from, &link.to]);
                self.links.contains(link) || ends.into_iter().flatten().any(|end| self.objects.contains(end))
            }
        }
    }
}

/// The project has arrived: what its changed types made is asked for anew, or once the workspace is shown again.
pub(super) fn arrived(model: &mut Model, outbox: &Outbox) {
    let Some(project) = model.project().map(|seen| &seen.project) else { return };
    let stale = model.work.types.stale.clone();
    let mut now = Types { objects: project.object_types.clone(), links: project.link_types.clone(), stale };
    let changed = Changed::between(&model.work.types, &now);
    let tabs = model.work.tables.tabs.iter().filter(|tab| changed.concerns(&tab.about, &now));
    let tabs: Vec<u64> = tabs.map(|tab| tab.id).collect();
    now.stale.extend(changed.objects);
    model.work.types = now;
    if matches!(model.route, Route::Work { .. }) {
        tabs.into_iter().for_each(|id| tables::ask(model, outbox, id));
        names(model, outbox);
        return;
    }
    for id in tabs {
        let words = model.words;
        if let Some(tab) = model.work.tables.find(id) {
            (tab.rows, tab.fault) = (Rows::default(), Some(streams::stopped(words)));
        }
    }
}

/// Asks what the objects on the graph are called now, where their types have changed.
pub(super) fn names(model: &mut Model, outbox: &Outbox) {
    for object_type in std::mem::take(&mut model.work.types.stale) {
        let nodes = model.work.board.graph.nodes().filter(|(_, node)| node.key.object_type == object_type.as_str());
        let keys: Vec<Key> = nodes.map(|(_, node)| node.key.key.clone()).collect();
        for keys in keys.chunks(MOST_KEYS) {
            ask(model, outbox, object_type.clone(), keys.to_vec());
        }
    }
}

fn ask(model: &mut Model, outbox: &Outbox, object_type: ObjectTypeId, keys: Vec<Key>) {
    let Some(project) = model.route.project().cloned() else { return };
    let from = From::Keys { object_type: object_type.clone(), keys };
    let query = Query::new(from, Answer::Rows(Page::first(MOST_KEYS as u64 * 2)));
    let lane = Lane::Put(model.work.streams.number());
    let mut found: Vec<Object> = Vec::new();
    streams::start(model, outbox, lane, RunQuery { project, query }, move |model, outbox, got| match got {
        Got::Part(_, PartEvent::Rows(batches)) => {
            let fetched = outbox.client().clock_time();
            let Some(kind) = model.object_type(&object_type) else { return };
            found.extend(batches.iter().flat_map(|batch| objects(batch, kind, fetched.as_deref())));
        }
        Got::End(Ok(())) => rename(model, &once_each(std::mem::take(&mut found))),
        Got::End(Err(fault)) if streams::is_stopped(&fault) => {
            model.work.types.stale.insert(object_type.clone());
        }
        Got::End(Err(fault)) => model.notify_fault(&fault),
        Got::Part(..) => {}
    });
}

/// No step of the history: the person did nothing.
fn rename(model: &mut Model, objects: &[Object]) {
    let graph = &model.work.board.graph;
    let on_graph = objects.iter().filter(|object| graph.find(&object.is.node_key()).is_some());
    let node = |object: &Object| Some(object.node(model.object_type(&object.is.object_type)?));
    let nodes: Vec<NewNode> = on_graph.filter_map(node).collect();
    // What is there already passes no limit.
    let renamed = Step::Add { nodes, links: Vec::new() }.apply(&mut model.work.board.graph);
    if let Err(fault) = renamed {
        model.notify(fault.to_string());
    }
}
