//! The unsaved investigation of a person in a project: kept sealed, and read as far as the person may see it now.
//!
//! Keys are data of their source. What lies in a source that the person may no longer know is left out when it is read,
//! and is still there when something is kept over it: whoever gets the role again finds it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{LinkTypeId, ObjectTypeId, ProjectId};
use model::Change;
use model::style::{LONGEST_TEXT, MOST_RULES, Of, Rule};
use wire::project::{
    KeepWork, Kept, LONGEST_KEPT_NOTE, MOST_KEPT_EXPANSIONS, MOST_KEPT_GROUPS, MOST_KEPT_LINKS, MOST_KEPT_NOTES,
    MOST_KEPT_OBJECTS, MOST_KEPT_SEARCHES, Missing, ReadWork, Work, WorkGroup, WorkLink, WorkObject,
};
use wire::{Code, Fault};

use super::project::json;
use super::work_parts::{self, Parts};
use crate::Server;
use crate::gate::Allowed;
use crate::store::{RecordKey, RecordKind, Write};

/// Keeps the unsaved investigation of this person in this project.
///
/// # Errors
/// [`Fault`] when it is more than is kept, or cannot be written.
pub async fn keep_work(server: Arc<Server>, call: Allowed<KeepWork>) -> Result<Kept, Fault> {
    let hidden = Hidden::of(&call, &call.request.project)?;
    within_limits(&call.request.work)?;
    let mut work = Work { missing: Missing::default(), ..call.request.work.clone() };
    if !hidden.is_empty()
        && let Ok(before) = kept(&server, &call, &call.request.project).await
    {
        hidden.carry_over(&before, &mut work);
    }
    server.store.keep(vec![Write::put(key(&call, &call.request.project), json(&work)?)], Vec::new()).await?;
    Ok(Kept {})
}

/// The unsaved investigation of this person in this project; empty if there is none.
///
/// # Errors
/// [`Fault`] when the store cannot be read, or what it holds is no investigation: an empty one would be kept over it.
pub async fn read_work(server: Arc<Server>, call: Allowed<ReadWork>) -> Result<Work, Fault> {
    let hidden = Hidden::of(&call, &call.request.project)?;
    Ok(hidden.left_out(kept(&server, &call, &call.request.project).await?))
}

/// The same limits as the screens have.
fn within_limits(work: &Work) -> Result<(), Fault> {
    let many = [
        (work.searches.len(), MOST_KEPT_SEARCHES, "searches"),
        (work.objects.len(), MOST_KEPT_OBJECTS, "objects"),
        (work.links.len(), MOST_KEPT_LINKS, "links"),
        (work.rules.len(), MOST_RULES, "rules"),
        (work.notes.len(), MOST_KEPT_NOTES, "notes"),
        (work.groups.len(), MOST_KEPT_GROUPS, "groups"),
        (work.expansions.len(), MOST_KEPT_EXPANSIONS, "expansions"),
    ];
    if let Some((number, most, what)) = many.into_iter().find(|(number, most, _)| number > most) {
        let sentence = format!("An investigation is kept with at most {most} {what}; this one has {number}.");
        return Err(Fault::invalid(sentence, format!("Take away some {what}.")));
    }
    if work.notes.iter().any(|note| note.text.len() > LONGEST_KEPT_NOTE) {
        let sentence = format!("A note is kept with at most {LONGEST_KEPT_NOTE} bytes.");
        return Err(Fault::invalid(sentence, "Write less into the longest note."));
    }
    if !work.rules.iter().all(Rule::is_short) {
        let sentence = format!("A rule is kept with at most {LONGEST_TEXT} bytes to compare with.");
        return Err(Fault::invalid(sentence, "Shorten the rule with the longest text."));
    }
    Ok(())
}

async fn kept<R>(server: &Server, call: &Allowed<R>, project: &ProjectId) -> Result<Work, Fault> {
    let Some(record) = server.store.get(key(call, project)).await? else {
        return Ok(Work::default());
    };
    record.body.plain().and_then(work_parts::read).ok_or_else(|| {
        Fault::new(
            Code::Internal,
            "What was kept of your investigation cannot be read.",
            "Try again after the server was updated, or begin anew.",
        )
    })
}

fn key<R>(call: &Allowed<R>, project: &ProjectId) -> RecordKey {
    RecordKey::new(RecordKind::Draft, project.as_str(), call.who.caller.person.as_str())
}

/// Types of the project, and of the person's own changes, that the person may not see now. A type that is gone for
/// everybody is none of them.
struct Hidden {
    object_types: BTreeSet<ObjectTypeId>,
    link_types: BTreeSet<LinkTypeId>,
}

impl Hidden {
    fn of<R>(call: &Allowed<R>, id: &ProjectId) -> Result<Self, Fault> {
        let kept = call.config.project(id).ok_or_else(Fault::not_found)?;
        let seen = call.project(id)?;
        let mut object_types: BTreeSet<ObjectTypeId> = kept.project.object_types.keys().cloned().collect();
        let mut link_types: BTreeSet<LinkTypeId> = kept.project.link_types.keys().cloned().collect();
        for change in kept.own.get(&call.who.caller.person).into_iter().flatten() {
            match change {
                Change::PutObjectType(kind) => drop(object_types.insert(kind.id.clone())),
                Change::PutLinkType(link) => drop(link_types.insert(link.id.clone())),
                _ => {}
            }
        }
        object_types.retain(|id| !seen.object_types.contains_key(id));
        link_types.retain(|id| !seen.link_types.contains_key(id));
        Ok(Self { object_types, link_types })
    }

    fn is_empty(&self) -> bool {
        self.object_types.is_empty() && self.link_types.is_empty()
    }

    /// The investigation without what is hidden.
    fn left_out(&self, mut work: Work) -> Work {
        let shows = |object: &WorkObject| !self.object_types.contains(&object.object_type);
        let objects = std::mem::take(&mut work.objects).into_iter().map(|object| Some(object).filter(shows)).collect();
        let is_seen = |link: &WorkLink| !self.link_types.contains(&link.link);
        let links = std::mem::take(&mut work.links).into_iter().map(|link| Some(link).filter(is_seen)).collect();
        work.rules.retain(|rule| !self.is_about(rule));
        work.expansions.retain(|known| !self.link_types.contains(&known.link));
        Parts { objects, links, others: work }.together()
    }

    /// Whether a rule names a type that is hidden.
    fn is_about(&self, rule: &Rule) -> bool {
        match &rule.of {
            Of::Objects(id) => id.as_ref().is_some_and(|id| self.object_types.contains(id)),
            Of::Links(id) => id.as_ref().is_some_and(|id| self.link_types.contains(id)),
        }
    }

    /// Adds what is hidden in `before` to `work`, as far as there is room: objects and rules behind those of `work`, links
    /// whose ends are both there, and in groups the members that are hidden. What expansions of hidden objects had brought is
    /// no longer known then: they cannot be taken back, and nothing else hangs on it.
    fn carry_over(&self, before: &Work, work: &mut Work) {
        let name = |object: &WorkObject| (object.object_type.clone(), object.key.clone());
        let known: BTreeMap<_, usize> =
            work.objects.iter().enumerate().map(|(place, object)| (name(object), place)).collect();
        let mut places = Vec::new();
        for object in &before.objects {
            let is_hidden = self.object_types.contains(&object.object_type);
            let place = known.get(&name(object)).copied().or_else(|| {
                let fits = is_hidden && work.objects.len() < MOST_KEPT_OBJECTS;
                fits.then(|| work.objects.push(object.clone())).map(|()| work.objects.len() - 1)
            });
            places.push((place.and_then(|place| u32::try_from(place).ok()), is_hidden));
        }
        for link in &before.links {
            let end = |old: u32| places.get(old as usize).copied().unwrap_or_default();
            let ((from, from_hidden), (to, to_hidden)) = (end(link.from), end(link.to));
            let is_hidden = from_hidden || to_hidden || self.link_types.contains(&link.link);
            if let (Some(from), Some(to), true, true) = (from, to, is_hidden, work.links.len() < MOST_KEPT_LINKS) {
                work.links.push(WorkLink { link: link.link.clone(), from, to });
            }
        }
        let room = MOST_RULES.saturating_sub(work.rules.len());
        work.rules.extend(before.rules.iter().filter(|rule| self.is_about(rule)).take(room).cloned());
        let hidden = |old: &u32| places.get(*old as usize).filter(|(_, is_hidden)| *is_hidden)?.0;
        for group in &before.groups {
            carry_members(group, group.objects.iter().filter_map(hidden).collect(), work);
        }
    }
}

/// Puts hidden members into the group of the same name, or into one of their own.
fn carry_members(group: &WorkGroup, hidden: Vec<u32>, work: &mut Work) {
    if hidden.is_empty() {
        return;
    }
    if let Some(known) = work.groups.iter_mut().find(|known| known.name == group.name) {
        known.objects.extend(hidden);
    } else if work.groups.len() < MOST_KEPT_GROUPS {
        work.groups.push(WorkGroup { objects: hidden, ..group.clone() });
    }
}
