//! Changes that a person makes for oneself: a list over the shared project, which gives nobody more to read.

use std::collections::BTreeSet;

use access::{Action, Need, ProjectId, SourceId};
use model::change::{Change, Misfit};
use model::check::check;
use model::project::{Join, Limits, LinkType, Project, Property, Table};
use wire::project::{ChangeProject, Saved};
use wire::{Code, Fault};

use crate::Server;
use crate::config::{Kept, visible};
use crate::gate::Allowed;
use crate::handlers::changed::Digests;
use crate::handlers::project::{check_source, commit_without, conflict, json, misfit_fault, refuse_findings};
use crate::handlers::query;
use crate::handlers::withheld::refuse_change;
use crate::store::{RecordKey, RecordKind, Write};

/// The most changes that one person may have over a project.
const MOST_OWN_CHANGES: usize = 1_000;

/// Makes changes for the person alone, and forgets some.
///
/// # Errors
/// As `change_project`.
pub(super) async fn change_for_oneself(server: &Server, call: &Allowed<ChangeProject>) -> Result<Saved, Fault> {
    let id = &call.request.project;
    let kept = call.config.project(id).ok_or_else(Fault::not_found)?;
    let own_changed = kept.own_changed.get(&call.who.caller.person).copied().unwrap_or_default();
    // What is to be forgotten is named by its place in a list, which shows what was visible then.
    if !call.request.forget.is_empty() && own_changed.max(kept.changed) > call.request.base {
        return Err(conflict());
    }
    let own = own_changes(call, id, &call.request.forget)?;
    put_own_changes(server, call, id, own, &call.request.changes, Vec::new()).await
}

/// The person's own changes without those to be forgotten, which are named by their place among the visible ones.
fn own_changes<R>(call: &Allowed<R>, id: &ProjectId, forget: &[usize]) -> Result<Vec<Change>, Fault> {
    let kept = call.config.project(id).ok_or_else(Fault::not_found)?;
    let own = kept.own.get(&call.who.caller.person).cloned().unwrap_or_default();
    let seen = call.seen(id)?.own;
    let gone: Vec<usize> = forget.iter().filter_map(|place| Some(seen.get(*place)?.0)).collect();
    let numbered = own.into_iter().enumerate();
    Ok(numbered.filter(|(place, _)| !gone.contains(place)).map(|(_, change)| change).collect())
}

/// Adds changes for the person alone, together with further writes: an upload.
///
/// # Errors
/// As `change_project`.
pub(super) async fn add_own_changes<R>(
    server: &Server,
    call: &Allowed<R>,
    id: &ProjectId,
    changes: &[Change],
    writes: Vec<Write>,
) -> Result<Saved, Fault> {
    put_own_changes(server, call, id, own_changes(call, id, &[])?, changes, writes).await
}

async fn put_own_changes<R>(
    server: &Server,
    call: &Allowed<R>,
    id: &ProjectId,
    mut own: Vec<Change>,
    changes: &[Change],
    mut writes: Vec<Write>,
) -> Result<Saved, Fault> {
    let kept = call.config.project(id).ok_or_else(Fault::not_found)?;
    let visible = call.project(id)?;
    let mut seen = (*visible).clone();
    for change in changes {
        if !change.may_be_personal() {
            return Err(misfit_fault(&Misfit::NotPersonal));
        }
        refuse_change(&visible, change)?;
        check_own_source(call, &visible, change)?;
        query::check_change(call, &seen, change)?;
        check_reach(call, kept, change)?;
        check_source(call, kept, &visible, change, &writes)?;
        change.apply(&mut seen).map_err(|misfit| misfit_fault(&misfit))?;
    }
    refuse_findings(&check(&seen))?;
    changes.iter().for_each(|change| lay_over(&mut own, change));
    if own.len() > MOST_OWN_CHANGES {
        return Err(Fault::invalid(
            format!("You have more than {MOST_OWN_CHANGES} changes of your own."),
            "Offer some to everyone, or forget some.",
        ));
    }
    let unread = kept.unread_uploads(&kept.project, Some((&call.who.caller.person, &own)));
    let key = RecordKey::new(RecordKind::Personal, id.as_str(), call.who.caller.person.as_str());
    let before = kept.own.get(&call.who.caller.person);
    let digests = Digests::of(before, (!own.is_empty()).then_some(&own))?;
    writes.push(if own.is_empty() { Write::delete(key) } else { Write::put(key, json(&own)?) });
    commit_without(server, call, id, writes, unread, digests).await
}

/// Adds a change to one's own. A source of one's own that is there changes where it stands: what was built on it comes
/// after it, and its old file is read no more.
fn lay_over(own: &mut Vec<Change>, change: &Change) {
    let source = |change: &Change| match change {
        Change::PutSource(source) => Some(source.id.clone()),
        Change::RemoveSource(id) => Some(id.clone()),
        _ => None,
    };
    let last = own.iter_mut().rfind(|old| source(old).is_some() && source(old) == source(change));
    match (last, change) {
        (Some(old @ Change::PutSource(_)), Change::PutSource(_)) => *old = change.clone(),
        _ => own.push(change.clone()),
    }
}

/// A source of one's own is an uploaded file, and nobody else's; its limits are as they were, because only an instance
/// manager raises them.
fn check_own_source<R>(call: &Allowed<R>, visible: &Project, change: &Change) -> Result<(), Fault> {
    match change {
        Change::PutSource(source) if !source.is_internal() => Err(Fault::new(
            Code::Forbidden,
            "A source outside Clew cannot be added for oneself only.",
            "Ask an instance manager to add it for everyone.",
        )),
        Change::PutSource(source) if source.private_to.as_ref() != Some(&call.who.caller.person) => {
            Err(Fault::invalid("A source of your own must be private to you.", "Reload the page and try again."))
        }
        Change::PutSource(source) => {
            let before = visible.sources.get(&source.id).map(|before| before.limits).unwrap_or_default();
            if [before, Limits::default()].contains(&source.limits) {
                return Ok(());
            }
            call.also(&Need::project(Action::ManageExternalSources, &visible.id))
        }
        _ => Ok(()),
    }
}

/// Who may not look into a source reads there what the project shows to everyone, and no more: an own type uses tables
/// and columns that a type of everyone uses.
fn check_reach<R>(call: &Allowed<R>, kept: &Kept, change: &Change) -> Result<(), Fault> {
    let Some((source, table, columns)) = reach_of(change) else { return Ok(()) };
    let shared = visible(&kept.project, &call.policy, &call.who.caller);
    let is_own = !shared.sources.contains_key(source);
    if is_own || call.may(&Need::source(Action::SaveConfiguration, &shared.id, source)) {
        return Ok(());
    }
    let known = columns_in_use(&shared, source, table);
    let beyond: Vec<&str> = columns.into_iter().filter(|column| !known.contains(column)).collect();
    if beyond.is_empty() && !known.is_empty() {
        return Ok(());
    }
    let what = match beyond.first() {
        Some(column) if !known.is_empty() => format!("The column {column} of {}", table.name),
        _ => format!("The table {}", table.name),
    };
    Err(Fault::new(
        Code::Forbidden,
        format!("{what} is not part of this project's model, so you cannot use it in a type of your own."),
        "Ask somebody with project Manage to add it to the model for everyone.",
    ))
}

/// Source, table and columns that a change reads.
fn reach_of(change: &Change) -> Option<(&SourceId, &Table, Vec<&str>)> {
    match change {
        Change::PutObjectType(kind) => {
            Some((&kind.source, kind.origin.table()?, columns_of(&kind.properties).collect()))
        }
        Change::PutLinkType(link) => {
            let (source, table, ends) = table_of(link)?;
            Some((source, table, columns_of(&link.properties).chain(ends).collect()))
        }
        _ => None,
    }
}

fn columns_of(properties: &[Property]) -> impl Iterator<Item = &str> {
    properties.iter().map(|property| property.column.as_str())
}

/// The table of a link type, and its columns that name the ends.
fn table_of(link: &LinkType) -> Option<(&SourceId, &Table, Vec<&str>)> {
    let Join::Table { source, table, from, to, .. } = &link.join else { return None };
    Some((source, table, from.iter().chain(to).map(|pair| pair.column.as_str()).collect()))
}

/// Columns of a table that types of everyone use, as far as the person may see these.
fn columns_in_use<'p>(shared: &'p Project, source: &SourceId, table: &Table) -> BTreeSet<&'p str> {
    let kinds =
        shared.object_types.values().filter(|kind| kind.source == *source && kind.origin.table() == Some(table));
    let of_kinds = kinds.flat_map(|kind| columns_of(&kind.properties));
    let links = shared.link_types.values().filter_map(|link| Some((link, table_of(link)?)));
    let links = links.filter(|(_, (its_source, its_table, _))| *its_source == source && *its_table == table);
    of_kinds.chain(links.flat_map(|(link, (_, _, ends))| columns_of(&link.properties).chain(ends))).collect()
}
