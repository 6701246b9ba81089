//! Groups of a kept investigation: written down by the places of their members, and made again when these are back.

use std::collections::BTreeMap;

use graph::{Graph, Group, NodeId, Step};
use wire::project::{MOST_KEPT_GROUPS, Work as Kept, WorkGroup};

use super::object::ObjectRef;

/// A group by what its members are.
#[derive(Debug, Clone)]
pub(super) struct KeptGroup {
    pub(super) name: String,
    is_open: bool,
    pub(super) members: Vec<ObjectRef>,
}

/// The groups that were kept, before anything is taken out of the objects.
pub(super) fn read(kept: &Kept) -> Vec<KeptGroup> {
    let is = |place: &u32| {
        let object = kept.objects.get(*place as usize)?;
        Some(ObjectRef { object_type: object.object_type.clone(), key: object.key.clone() })
    };
    let group = |group: &WorkGroup| KeptGroup {
        name: group.name.clone(),
        is_open: group.open,
        members: group.objects.iter().filter_map(is).collect(),
    };
    kept.groups.iter().map(group).collect()
}

/// Makes them again, of the objects that are on the graph and in no group that the person made meanwhile.
///
/// # Errors
/// Those of a step.
pub(super) fn put_back(graph: &mut Graph, kept: &[KeptGroup]) -> Result<(), graph::Fault> {
    let find = |object: &ObjectRef| graph.find(&object.node_key()).filter(|id| graph.group_of(*id).is_none());
    let group = |kept: &KeptGroup| {
        let members: Vec<NodeId> = kept.members.iter().filter_map(find).collect();
        Group { is_open: kept.is_open, ..Group::closed(kept.name.clone(), members) }
    };
    let groups: Vec<Group> = kept.iter().map(group).collect();
    Step::Group(groups).apply(graph).map(drop)
}

/// The groups of the graph, and in them the members that this person does not see now. `places` are those of the objects.
pub(super) fn written(
    graph: &Graph,
    places: &BTreeMap<ObjectRef, u32>,
    aside: &[(String, ObjectRef)],
) -> Vec<WorkGroup> {
    let place = |id: &NodeId| places.get(&ObjectRef::of_node(&graph.node(*id)?.key)?).copied();
    let group = |group: &Group| {
        let hidden = aside.iter().filter(|(name, _)| *name == group.name);
        let hidden = hidden.filter_map(|(_, object)| places.get(object).copied());
        let objects = group.members.iter().filter_map(place).chain(hidden).collect();
        WorkGroup { name: group.name.clone(), open: group.is_open, objects }
    };
    graph.groups().map(|(_, known)| group(known)).take(MOST_KEPT_GROUPS).collect()
}
