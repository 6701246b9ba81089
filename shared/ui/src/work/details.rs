//! The object that is open at the side, and its links, fetched when a section is opened.

use access::LinkTypeId;
use model::query::{Answer, Direction, From, Query, Rows as Page};
use wire::data::RunQuery;
use wire::frame::Close;
use wire::{Code, Fault};

use super::counts;
use super::object::{Object, ObjectRef, objects, once_each};
use super::streams::{self, Got, Lane};
use crate::app::{Model, View};
use crate::client::{Outbox, PartEvent, own, told};
use crate::table::Rows;
use crate::words::Word;

/// The most linked objects in a section; a table shows the rest.
const MOST_LINKED: u64 = 100;
/// Rows with one key that are counted; an object has one, unless its key is not unique.
const MOST_ROWS: u64 = 1_000;
/// Objects that are remembered, so that they need not be fetched again.
const MOST_KEPT: usize = 5_000;

/// The linked objects of one link type and direction.
#[derive(Debug, Clone)]
pub struct Section {
    /// The link type.
    pub link: LinkTypeId,
    /// Seen from the open object.
    pub direction: Direction,
    /// The objects at the other end.
    pub rows: Rows,
    /// What the source said at the end.
    pub close: Option<Close>,
    /// Why there is nothing.
    pub fault: Option<Fault>,
}

/// What is open at the side.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// Which object.
    pub open: Option<ObjectRef>,
    /// Why it could not be fetched; an object that is not there says so, too.
    pub fault: Option<Fault>,
    /// The sections that were opened.
    pub sections: Vec<Section>,
}

/// Opens an object at the side. The page of an object shows the one of its address, and no other.
pub(super) fn open(model: &mut Model, outbox: &Outbox, object: &ObjectRef) {
    if is_of_another_page(model, object) {
        return;
    }
    if is_withheld(model, object) {
        return;
    }
    // Also of the one that is open: its counting may have been stopped by another.
    counts::count(model, outbox, vec![object.clone()]);
    if model.work.details.open.as_ref() == Some(object) && model.work.details.fault.is_none() {
        return;
    }
    let sections = std::mem::take(&mut model.work.details).sections;
    model.work.details.open = Some(object.clone());
    if model.work.object(object).is_none_or(|known| !known.is_whole) {
        fetch(model, outbox, object.clone());
    }
    for section in sections {
        model.work.streams.stop(&Lane::Section(section.link, section.direction), outbox);
    }
}

/// Whether the object is of a type that is known by name only; then that is said, and nobody is asked.
fn is_withheld(model: &mut Model, object: &ObjectRef) -> bool {
    let Some(fault) = withheld(model, object) else { return false };
    model.work.details = Details { open: Some(object.clone()), fault: Some(fault), sections: Vec::new() };
    true
}

/// Why nothing is shown of an object whose type is known by name only.
fn withheld(model: &Model, object: &ObjectRef) -> Option<Fault> {
    let kind = model.withheld()?.object_type(&object.object_type)?;
    Some(told(model.words, own(Code::Forbidden, Word::WithheldFault, Word::WithheldRemedy, &kind.plural)))
}

fn is_of_another_page(model: &Model, object: &ObjectRef) -> bool {
    match model.route.view() {
        Some(View::Object { object_type, key }) => (object_type, key) != (&object.object_type, &object.key),
        _ => false,
    }
}

/// Asks for the open object and its sections anew: what was fetched before is forgotten.
pub(super) fn read_again(model: &mut Model, outbox: &Outbox) {
    let Some(object) = model.work.details.open.take() else { return };
    let sections = std::mem::take(&mut model.work.details.sections);
    open(model, outbox, &object);
    for section in sections.into_iter().filter(|section| model.link_type(&section.link).is_some()).collect::<Vec<_>>() {
        toggle(model, outbox, &section.link, section.direction);
    }
}

/// Asks again for what ended with such a fault.
pub(super) fn ask_again(model: &mut Model, outbox: &Outbox, which: impl Fn(&Fault) -> bool) {
    let Some(object) = model.work.details.open.clone() else { return };
    if model.work.details.fault.as_ref().is_some_and(&which) {
        model.work.details.fault = None;
        fetch(model, outbox, object.clone());
    }
    let of = vec![object];
    if model.work.counts_of(&of).is_some_and(|counts| counts.faults.iter().any(&which)) {
        counts::count(model, outbox, of);
    }
    let sections = model.work.details.sections.iter();
    let failed = sections.filter(|section| section.fault.as_ref().is_some_and(&which));
    for (link, direction) in failed.map(|section| (section.link.clone(), section.direction)).collect::<Vec<_>>() {
        // Closing and opening asks again.
        toggle(model, outbox, &link, direction);
        toggle(model, outbox, &link, direction);
    }
}

fn fetch(model: &mut Model, outbox: &Outbox, object: ObjectRef) {
    let Some(project) = model.route.project().cloned() else { return };
    let from = From::Keys { object_type: object.object_type.clone(), keys: vec![object.key.clone()] };
    let query = Query::new(from, Answer::Rows(Page::first(MOST_ROWS)));
    let mut rows: Vec<Object> = Vec::new();
    let mut missing = None;
    streams::start(model, outbox, Lane::Object, RunQuery { project, query }, move |model, outbox, got| match got {
        Got::Part(_, PartEvent::Rows(batches)) => {
            let fetched = outbox.client().clock_time();
            let Some(kind) = model.object_type(&object.object_type) else { return };
            rows.extend(batches.iter().flat_map(|batch| objects(batch, kind, fetched.as_deref())));
        }
        Got::Part(_, PartEvent::Close(close)) => missing = close.fault,
        Got::End(end) => {
            let fault = end.err().or_else(|| missing.take());
            if fault.is_none() {
                remember(model, once_each(std::mem::take(&mut rows)));
            }
            let not_there = model.work.object(&object).is_none().then(Fault::not_found);
            // A link was followed before it was known what the person may see.
            model.work.details.fault = withheld(model, &object).or(fault).or(not_there);
        }
        Got::Part(..) => {}
    });
}

/// Keeps fetched objects, so that opening one of them asks nobody.
pub(super) fn remember(model: &mut Model, found: Vec<Object>) {
    let (known, open) = (&mut model.work.objects, &model.work.details.open);
    if known.len() + found.len() > MOST_KEPT {
        known.retain(|object, _| Some(object) == open.as_ref());
    }
    for object in found.into_iter().take(MOST_KEPT) {
        // A hit of a search may be only one of its rows.
        if object.is_whole || !known.contains_key(&object.is) {
            known.insert(object.is.clone(), object);
        }
    }
}

/// Opens a section, or closes it.
pub(super) fn toggle(model: &mut Model, outbox: &Outbox, link: &LinkTypeId, direction: Direction) {
    let lane = Lane::Section(link.clone(), direction);
    let sections = &mut model.work.details.sections;
    let before = sections.len();
    sections.retain(|section| section.link != *link || section.direction != direction);
    if sections.len() < before {
        model.work.streams.stop(&lane, outbox);
        return;
    }
    let (Some(open), Some(project)) = (model.work.details.open.clone(), model.route.project().cloned()) else { return };
    let (link, key) = (link.clone(), open.key);
    model.work.details.sections.push(Section {
        link: link.clone(),
        direction,
        rows: Rows::default(),
        close: None,
        fault: None,
    });
    let from = From::Neighbours { link: link.clone(), direction, keys: vec![key] };
    let query = Query::new(from, Answer::Rows(Page::first(MOST_LINKED)));
    streams::start(model, outbox, lane, RunQuery { project, query }, move |model, _, got| {
        let words = model.words;
        let wanted = |section: &&mut Section| section.link == link && section.direction == direction;
        let Some(section) = model.work.details.sections.iter_mut().find(wanted) else { return };
        match got {
            Got::Part(_, PartEvent::Rows(batches)) => {
                let misfit = batches.into_iter().try_for_each(|batch| section.rows.push(batch)).is_err();
                if misfit {
                    section.fault = Some(super::tables::unreadable(words));
                }
            }
            Got::Part(_, PartEvent::Close(close)) => {
                section.fault.clone_from(&close.fault);
                section.close = Some(close);
            }
            Got::End(Err(fault)) => section.fault = Some(fault),
            Got::End(Ok(())) | Got::Part(..) => {}
        }
    });
}
