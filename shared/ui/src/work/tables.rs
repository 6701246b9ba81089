//! The tabs of tables: each asks one question, shows its rows as they come, and counts how many there are in all.

use access::{LinkTypeId, ObjectTypeId};
use model::project::title_fields;
use model::query::{Answer, Cursor, Direction, Field, Filter, From, Key, Query, Rows as Page, Sort, Test};
use model::{Completeness, ObjectType};
use wire::data::{ExportRows, RunQuery};
use wire::frame::{Close, Progress};
use wire::{Code, Fault};

use super::files;
use super::object::ObjectRef;
use super::streams::{self, Got, Lane};
use crate::app::Model;
use crate::client::{Outbox, PartEvent, own, told};
use crate::table::Rows;
use crate::words::{Word, Words};

/// The choices of how many rows to fetch.
pub const LIMITS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// The most tabs; a new one takes the place of the oldest.
const MOST_TABS: usize = 12;

/// What a table is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// All objects of a type.
    Objects(ObjectTypeId),
    /// All links of a type.
    Links(LinkTypeId),
    /// The objects linked with one object.
    Neighbours(ObjectRef, LinkTypeId, Direction),
    /// The single links behind one drawn line: from, to.
    Between(LinkTypeId, Key, Key),
}

/// A filter above the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What must hold.
    pub filter: Filter,
    /// The same in words.
    pub text: String,
}

/// What a table asks, besides what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// Text that any searchable property contains.
    pub text: Option<String>,
    /// The filters; all of them must hold.
    pub conditions: Vec<Condition>,
    /// The order.
    pub sort: Vec<Sort>,
    /// Which fields; none means every property that is not hidden.
    pub fields: Vec<Field>,
    /// The most rows.
    pub limit_rows: u64,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { text: None, conditions: Vec::new(), sort: Vec::new(), fields: Vec::new(), limit_rows: LIMITS[0] }
    }
}

/// One tab.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Its number.
    pub id: u64,
    /// What it is about.
    pub about: About,
    /// What it asks.
    pub wishes: Wishes,
    /// Grows with every question, so that a view knows when to begin anew.
    pub question: u64,
    /// The rows so far.
    pub rows: Rows,
    /// Whether more may come.
    pub is_running: bool,
    /// Whether somebody stopped it.
    pub is_stopped: bool,
    /// How far the source is.
    pub progress: Progress,
    /// What the source said at the end.
    pub close: Option<Close>,
    /// How many there are in all, when that is known.
    pub total: Option<(u64, Completeness)>,
    /// How many there were without the filters, when that was counted last.
    pub unfiltered: Option<(u64, Completeness)>,
    /// Why there are no more rows.
    pub fault: Option<Fault>,
}

impl Tab {
    /// A tab that has not asked yet.
    pub(super) fn new(id: u64, about: About, wishes: Wishes) -> Self {
        Self {
            id,
            about,
            wishes,
            question: 0,
            rows: Rows::default(),
            is_running: false,
            is_stopped: false,
            progress: Progress::default(),
            close: None,
            total: None,
            unfiltered: None,
            fault: None,
        }
    }

    /// The object type of its rows, where they are objects.
    pub fn object_type<'a>(&self, model: &'a Model) -> Option<&'a ObjectType> {
        match &self.about {
            About::Objects(id) => model.object_type(id),
            About::Neighbours(_, link, direction) => model.object_type(model.link_type(link)?.far(*direction)),
            About::Links(_) | About::Between(..) => None,
        }
    }

    /// The link type of its rows, where they are links.
    pub fn link_type<'a>(&self, model: &'a Model) -> Option<&'a model::LinkType> {
        match &self.about {
            About::Links(id) | About::Between(id, ..) => model.link_type(id),
            About::Objects(_) | About::Neighbours(..) => None,
        }
    }

    /// The question that its wishes make; none where its type is gone.
    pub fn query(&self, model: &Model, answer: Answer) -> Option<Query> {
        let (from, mut filters) = self.from(model)?;
        filters.extend(self.wishes.conditions.iter().map(|condition| condition.filter.clone()));
        Some(Query { from, text: self.wishes.text.clone(), filter: Filter::All(filters), answer })
    }

    /// The same, for its rows.
    pub fn rows_query(&self, model: &Model, after: Option<Cursor>) -> Option<Query> {
        let fields = if self.wishes.fields.is_empty() { self.usual_fields(model) } else { self.wishes.fields.clone() };
        let page = Page { fields, sort: self.wishes.sort.clone(), limit: self.wishes.limit_rows, after };
        self.query(model, Answer::Rows(page))
    }

    fn from(&self, model: &Model) -> Option<(From, Vec<Filter>)> {
        Some(match &self.about {
            About::Objects(id) => (From::Objects(id.clone()), Vec::new()),
            About::Links(id) => (From::Links(id.clone()), Vec::new()),
            About::Neighbours(of, link, direction) => {
                let keys = vec![of.key.clone()];
                (From::Neighbours { link: link.clone(), direction: *direction, keys }, Vec::new())
            }
            About::Between(link, from, to) => {
                let end = model.object_type(&model.link_type(link)?.to)?;
                let is = |(property, value): (&access::PropertyId, &String)| Filter::Is {
                    field: Field::End { end: Direction::Forward, property: property.clone() },
                    test: Test::Equals(value.clone()),
                };
                let keys = vec![from.clone()];
                let from = From::LinksOf { link: link.clone(), direction: Direction::Forward, keys };
                (from, end.key.iter().zip(to).map(is).collect())
            }
        })
    }

    /// For links also what the objects at their ends are called, where the same source knows it; otherwise all.
    fn usual_fields(&self, model: &Model) -> Vec<Field> {
        let Some(link) = self.link_type(model) else { return Vec::new() };
        let own = link.properties.iter().filter(|property| !property.hidden);
        let mut fields: Vec<Field> = own.map(|property| Field::Own(property.id.clone())).collect();
        for end in [Direction::Backward, Direction::Forward] {
            let Some(kind) = model.object_type(link.far(end)) else { continue };
            let is_near = link.source().is_none_or(|source| *source == kind.source);
            for name in title_fields(&kind.title).into_iter().filter(|_| is_near) {
                let property = kind.properties.iter().find(|property| property.id.as_str() == name);
                let property = property.filter(|property| !kind.key.contains(&property.id));
                fields.extend(property.map(|property| Field::End { end, property: property.id.clone() }));
            }
        }
        fields
    }
}

/// Opens a table, or shows the one that is open already.
pub(super) fn open(model: &mut Model, outbox: &Outbox, about: About, wishes: Wishes) {
    let tables = &mut model.work.tables;
    if let Some(known) = tables.tabs.iter().position(|tab| tab.about == about && tab.wishes.text == wishes.text) {
        tables.show(known);
        return;
    }
    if tables.tabs.len() >= MOST_TABS {
        let oldest = tables.tabs.remove(0);
        stop_streams(model, outbox, oldest.id);
        let most = model.words.count(MOST_TABS as u64);
        model.notify(model.words.with(Word::OldestTableClosed, &[&most]));
    }
    let tables = &mut model.work.tables;
    tables.next_id += 1;
    let id = tables.next_id;
    tables.tabs.push(Tab::new(id, about, wishes));
    tables.shown = tables.tabs.len() - 1;
    tables.keep_shown();
    ask(model, outbox, id);
}

/// Closes a tab.
pub(super) fn close(model: &mut Model, outbox: &Outbox, id: u64) {
    stop_streams(model, outbox, id);
    let tables = &mut model.work.tables;
    let place = tables.tabs.iter().position(|tab| tab.id == id);
    tables.tabs.retain(|tab| tab.id != id);
    if place.is_some_and(|place| place < tables.shown) || tables.shown >= tables.tabs.len() {
        tables.shown = tables.shown.saturating_sub(1);
    }
    tables.keep_shown();
}

/// Asks something else, if it is something else.
pub(super) fn wish(model: &mut Model, outbox: &Outbox, id: u64, wishes: Wishes) {
    let Some(tab) = model.work.tables.find(id).filter(|tab| tab.wishes != wishes) else { return };
    tab.wishes = wishes;
    ask(model, outbox, id);
}

fn stop_streams(model: &mut Model, outbox: &Outbox, id: u64) -> bool {
    let rows = model.work.streams.stop(&Lane::Rows(id), outbox);
    model.work.streams.stop(&Lane::Total(id), outbox) || rows
}

/// Stops what a tab is waiting for; what has come stays.
pub(super) fn stop(model: &mut Model, outbox: &Outbox, id: u64) {
    if stop_streams(model, outbox, id)
        && let Some(tab) = model.work.tables.find(id)
    {
        (tab.is_running, tab.is_stopped) = (false, true);
    }
}

/// Asks for the rows and, beside them, for their number.
pub(super) fn ask(model: &mut Model, outbox: &Outbox, id: u64) {
    let Some(project) = model.route.project().cloned() else { return };
    let Some(tab) = model.work.tables.find(id) else { return };
    (tab.rows, tab.close, tab.total, tab.fault) = (Rows::default(), None, None, None);
    tab.progress = Progress::default();
    (tab.is_running, tab.is_stopped) = (true, false);
    tab.question += 1;
    let Some(tab) = model.work.tables.tabs.iter().find(|tab| tab.id == id) else { return };
    let (rows, count) = (tab.rows_query(model, None), tab.query(model, Answer::Count));
    let (Some(rows), Some(count)) = (rows, count) else {
        // Its type is gone.
        if let Some(tab) = model.work.tables.find(id) {
            (tab.is_running, tab.fault) = (false, Some(Fault::not_found()));
        }
        return;
    };
    streams::start(
        model,
        outbox,
        Lane::Total(id),
        RunQuery { project: project.clone(), query: count },
        move |model, _, got| {
            hear_total(model, id, got);
        },
    );
    streams::start(model, outbox, Lane::Rows(id), RunQuery { project, query: rows }, move |model, _, got| {
        hear_rows(model, id, got);
    });
}

fn hear_rows(model: &mut Model, id: u64, got: Got) {
    let words = model.words;
    let Some(tab) = model.work.tables.find(id) else { return };
    match got {
        Got::Part(_, PartEvent::Rows(batches)) => {
            if batches.into_iter().try_for_each(|batch| tab.rows.push(batch)).is_err() {
                tab.fault = Some(unreadable(words));
            }
        }
        Got::Part(_, PartEvent::Close(close)) => {
            tab.fault.clone_from(&close.fault);
            tab.close = Some(close);
        }
        Got::Part(_, PartEvent::Progress(progress)) => tab.progress = progress,
        Got::End(end) => {
            tab.is_running = false;
            match end {
                // What has come is worth more than beginning anew.
                Err(fault) if streams::is_stopped(&fault) && !tab.rows.is_empty() => tab.is_stopped = true,
                Err(fault) => tab.fault = Some(fault),
                Ok(()) => {}
            }
        }
        Got::Part(..) => {}
    }
}

fn hear_total(model: &mut Model, id: u64, got: Got) {
    let Some(tab) = model.work.tables.find(id) else { return };
    match got {
        Got::Part(_, PartEvent::Rows(batches)) => {
            // The schema and the end of the rows come as rows too, and hold no number.
            let number = batches.iter().find_map(|batch| graph::cell_text(batch.columns().first()?, 0));
            if let Some(total) = number.and_then(|text| text.parse().ok()) {
                tab.total = Some((total, Completeness::exact()));
            }
        }
        Got::Part(_, PartEvent::Close(close)) => {
            if let Some((_, completeness)) = &mut tab.total {
                *completeness = close.completeness;
            }
            if tab.wishes.conditions.is_empty() {
                tab.unfiltered.clone_from(&tab.total);
            }
        }
        // Without a number the table says how many rows it has; why there is none shows with the rows.
        Got::End(_) | Got::Part(..) => {}
    }
}

/// Saves the rows of a tab as a CSV file.
pub(super) fn export(model: &mut Model, outbox: &Outbox, id: u64) {
    let tab = model.work.tables.tabs.iter().find(|tab| tab.id == id);
    let query = tab.and_then(|tab| tab.rows_query(model, None));
    if let (Some(project), Some(query)) = (model.route.project().cloned(), query) {
        files::save(model, outbox, &ExportRows { project, query });
    }
}

/// Rows whose columns are not those of the rows before them.
pub(super) fn unreadable(words: Words) -> Fault {
    told(words, own(Code::OtherVersion, Word::RowsUnreadable, Word::ReloadAndAsk, ""))
}
