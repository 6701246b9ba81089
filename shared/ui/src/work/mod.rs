//! The workspace of a project: what is searched, which objects are open, what is on the graph and in the tables.
//!
//! | room | what is in it |
//! |---|---|
//! | [`search`], [`listed`] | the search box's answers, to a text and to a list of values |
//! | [`object`], [`roles`], [`row_objects`] | objects and keys out of record batches |
//! | [`board`], [`put`], [`expand`], [`counts`] | the graph, and what is added to it |
//! | [`money`] | sums of links for each currency |
//! | [`layout`], [`axes`] | places for what is on the graph, and what they can go by |
//! | [`groups`] | groups of what is on the graph |
//! | [`take_back`] | taking away what an expansion brought, and what hangs on an object alone |
//! | [`ways`], [`finding`], [`link_rows`] | ways between selected objects and rings, and the rows that they are found by |
//! | [`measuring`] | measures of what is on it |
//! | [`style`], [`notes`] | how it looks, and what is written onto it |
//! | [`details`] | the object at the side |
//! | [`tables`], [`tabs`] | the tabs of rows |
//! | [`export`], [`import`], [`desk`] | the graph as a file, and a file as a graph |
//! | [`gather`] | what is known by its keys, asked for anew |
//! | [`going`] | what is under way and can be stopped |
//! | [`keep`], [`restore`], [`kept_groups`], [`kept_expansions`] | the unsaved investigation: kept, and put together again |
//! | [`refresh`] | what is asked for anew when the configuration has changed |
//! | [`streams`] | at most four answers at once |
//! | `threads` | the graph engine beside a window that is no page |

mod axes;
mod board;
mod counts;
pub(crate) mod desk;
mod details;
mod expand;
mod export;
mod files;
mod finding;
mod gather;
mod going;
mod groups;
mod import;
mod keep;
mod kept_expansions;
mod kept_groups;
pub(crate) mod layout;
mod link_rows;
mod listed;
pub(crate) mod measuring;
mod money;
mod notes;
mod numbers;
mod object;
mod put;
mod refresh;
mod restore;
mod roles;
mod row_objects;
mod search;
mod streams;
pub(crate) mod style;
mod tables;
mod tabs;
mod take_back;
#[cfg(not(target_arch = "wasm32"))]
mod threads;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use access::{LinkTypeId, SourceId};
use graph::{LinkId, NodeId, Note, NoteId, Parallel, Place, Step};
use model::query::Direction;
use model::style::{Measuring, Rule};
use wire::{Code, Fault};

use crate::app::{Model, Route, View};
use crate::client::Outbox;
use crate::words::Word;
use streams::Streams;

pub(crate) use axes::when;
pub use axes::{Axis, axes, has_coordinates, name_of_time};
pub use board::Board;
pub use counts::Counts;
pub use details::{Details, Section};
pub use expand::{Expand, Expanded};
pub use export::{Export, Shot};
pub use going::Going;
pub use groups::{Grouping, LONGEST_NAME};
pub use import::{ImportTold, Importing, MOST_IMPORTED_LINKS, MOST_IMPORTED_OBJECTS};
pub use layout::Shape;
pub use listed::List;
pub use measuring::{Found, Measures};
pub use money::{ByCurrency, Money, may_differ};
pub use object::{Object, ObjectRef, objects};
pub use restore::Restoring;
pub use roles::{fields, roles};
pub use row_objects::RowObjects;
pub use search::{Group, Search, is_long_enough, is_too_long};
pub use streams::{SLOW_MILLIS, SourceMood};
pub use tables::{About, Condition, LIMITS, Tab, Wishes};
pub use tabs::Tables;
pub use ways::Step as WayStep;
pub use ways::{Found as FoundWays, Gaps, Limits, RING_STEPS, Row, USUAL_RING_STEPS, Wanted, Way, Ways};

/// The workspace of the project that is open.
#[derive(Default)]
pub struct Work {
    /// What was looked for, and what was found.
    pub search: Search,
    /// The last ten searches, newest first.
    pub searches: Vec<String>,
    /// The object at the side.
    pub details: Details,
    /// Objects that were fetched.
    pub objects: BTreeMap<ObjectRef, Object>,
    /// Counted links.
    pub counts: Vec<Counts>,
    /// Grows with everything that is counted.
    pub counts_change: u64,
    /// The graph.
    pub board: Board,
    /// The sums of its links for each currency.
    pub money: Money,
    /// What was measured of its objects.
    pub measures: Measures,
    finding: finding::Finding,
    /// Expansions that are on their way.
    pub going: Vec<Going>,
    /// What each expansion said about itself.
    pub expanded: Vec<Expanded>,
    /// The tables.
    pub tables: Tables,
    /// How each source did when it was last asked.
    pub sources: BTreeMap<SourceId, SourceMood>,
    /// Grows with everything that is worth keeping.
    pub change: u64,
    /// The change up to which it was kept.
    pub kept_change: u64,
    /// Why it could not be kept when that was last tried.
    pub not_kept: Option<Fault>,
    /// What was kept and is being put together again.
    pub restoring: Option<Restoring>,
    /// Whether what was kept was asked for.
    was_read: bool,
    /// Kept objects and links of types that this person does not see now: they stay kept.
    aside: restore::Aside,
    /// A picture that was announced and may be saved now.
    pub shot: Option<Shot>,
    /// A graph that is brought in from a file.
    pub importing: Option<Importing>,
    /// What is to be said of the file that was brought in last.
    pub import_told: Option<ImportTold>,
    desk: desk::Desk,
    /// A text that was typed into the search box of another screen.
    pub look_for: Option<String>,
    types: refresh::Types,
    streams: Streams,
    files: going::Files,
}

impl Work {
    /// An object that was fetched.
    pub fn object(&self, is: &ObjectRef) -> Option<&Object> {
        self.objects.get(is)
    }

    /// The counted links of these objects.
    pub fn counts_of(&self, of: &[ObjectRef]) -> Option<&Counts> {
        self.counts.iter().find(|counts| counts.of == of)
    }

    /// The expansions to be seen on the graph that are not whole.
    pub fn cut(&self) -> impl Iterator<Item = &Expanded> {
        self.on_graph().filter(|known| !known.is_whole())
    }

    /// The expansions to be seen on the graph, oldest first; of several of the same, the newest.
    pub fn on_graph(&self) -> impl Iterator<Item = &Expanded> {
        let on: Vec<&Expanded> = self.expanded.iter().filter(|known| known.is_on(&self.board)).collect();
        let newest = |(at, known): (usize, &&Expanded)| !on.iter().skip(at + 1).any(|later| later.is_like(known));
        let is_newest: Vec<bool> = on.iter().enumerate().map(newest).collect();
        on.into_iter().zip(is_newest).filter(|(_, is_newest)| *is_newest).map(|(known, _)| known)
    }

    /// The expansions of an object that are to be seen on the graph, newest first.
    pub fn expansions_of(&self, object: &ObjectRef) -> Vec<&Expanded> {
        let mut known: Vec<&Expanded> = self.on_graph().filter(|known| known.of.contains(object)).collect();
        known.reverse();
        known
    }

    fn changed(&mut self) {
        self.change += 1;
    }
}

/// What the screens of the workspace ask for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Look for a text; an empty one forgets what was found.
    Search(String),
    /// Look for whole values, at most [`wire::data::MOST_SEARCHED_VALUES`].
    SearchList(Vec<String>),
    /// Look for a text that was typed into the search box of another screen.
    LookFor(String),
    /// Stop looking; the hits so far stay.
    StopSearch,
    /// The text was taken into the search box.
    TakeLookFor,
    /// Open found objects: on the graph, and at the side. The search is remembered.
    OpenFound(Vec<Object>),
    /// Open an object at the side.
    OpenObject(ObjectRef),
    /// Put objects on the graph, fetching those that are not known.
    Put(Vec<ObjectRef>),
    /// Open or close the links of the open object.
    ToggleSection(LinkTypeId, Direction),
    /// Count the links of objects of one type.
    CountLinks(Vec<ObjectRef>),
    /// Expand objects.
    Expand(Expand),
    /// Remove what an expansion alone added, by its number.
    TakeBack(u64),
    /// The same for the newest expansion of these.
    TakeBackNewest(Vec<NodeId>),
    /// Remove what hangs on these alone.
    Collapse(Vec<NodeId>),
    /// Make, open, close and dissolve groups.
    Group(Grouping),
    /// Stop something that is under way, by its number.
    StopGoing(u64),
    /// Put the kept investigation together again, after that failed.
    ReadAgain,
    /// Stop putting the kept investigation together; it stays kept.
    StopRestoring,
    /// Give up what was kept and cannot be put together again.
    BeginAnew,
    /// Select these on the graph, and nothing else.
    Select(Vec<NodeId>),
    /// Select the nodes of these objects, as far as they are on the graph, and open the last at the side.
    SelectObjects(Vec<ObjectRef>),
    /// Select a link.
    SelectLink(LinkId),
    /// Select all links that one line stands for.
    SelectLinks(Vec<LinkId>),
    /// Draw links between the same two apart, or as one.
    DrawParallel(Parallel),
    /// Select one object, also where it is in a closed group, which is opened.
    Reveal(NodeId),
    /// Move nodes by hand.
    Move(Vec<(NodeId, Place)>),
    /// Hide nodes.
    Hide(Vec<NodeId>),
    /// Show everything that was hidden.
    ShowAll,
    /// Pin nodes, or let them loose.
    Pin(Vec<NodeId>),
    /// Hide everything but these.
    Isolate(BTreeSet<NodeId>),
    /// Select what lies within so many steps of these, too.
    SelectWithin(Vec<NodeId>, usize),
    /// Hide everything but these and what lies within so many steps of them.
    IsolateWithin(Vec<NodeId>, usize),
    /// Show what is hidden and joined to these.
    ShowBeside(Vec<NodeId>),
    /// Select what the last step added.
    SelectAdded,
    /// Take nodes from the picture.
    Remove(Vec<NodeId>),
    /// Measure the objects that are shown, and show that measure.
    Measure(Measuring),
    /// Stop measuring.
    StopMeasuring,
    /// Let the graph look so, by these rules in place of those there are.
    Style(Vec<Rule>),
    /// Write a note onto the graph, in place of the one of the same number.
    SetNote(NoteId, Note),
    /// Take a note away.
    RemoveNote(NoteId),
    /// Take back the last step.
    Undo,
    /// Do it again.
    Redo,
    /// Select the shortest way between the two selected objects, or list several; or rings.
    FindWays(Wanted),
    /// Show another one of the ways that were found.
    ShowWay(usize),
    /// Select what at least two of the selected objects are linked with.
    SelectCommon,
    /// Find places for everything that is not pinned, in the shape that was chosen last.
    LayOutAgain,
    /// The same, in a shape.
    LayOut(Shape),
    /// The same, along a time.
    LayOutAlong(Axis),
    /// The layout goes on for one frame.
    StepLayout,
    /// What has no place yet stays where it is.
    StopLayout,
    /// Open a table.
    OpenTable(About, Wishes),
    /// Show a tab.
    ShowTable(usize),
    /// Move a tab in the row: from which place to which.
    MoveTable(usize, usize),
    /// Put a tab into a pane of its own at the right, or all of them together again.
    Beside(Option<u64>),
    /// Close a tab.
    CloseTable(u64),
    /// Ask something else in a tab.
    Wish(u64, Wishes),
    /// Ask the same again.
    AskAgain(u64),
    /// Stop what a tab waits for.
    StopTable(u64),
    /// Save the rows of a tab.
    ExportTable(u64),
    /// Announce a picture of the graph; it is saved when the server has written that down.
    AnnouncePicture,
    /// The same for any form and part of it.
    Export(Export),
    /// So many bytes of the announced picture are painted.
    NotePicture(u64),
    /// Save the announced picture.
    SavePicture(Vec<u8>),
    /// Write the announced picture as vectors: its chart as JSON, then the fonts.
    WritePicture(Vec<Vec<u8>>),
    /// Choose a file with a graph, and bring it in.
    Import,
    /// What was said of a file was read.
    CloseImportTold,
    /// Keep the investigation now.
    Keep,
}

/// Carries out a command.
pub fn run(command: Command, model: &mut Model, outbox: &Outbox) {
    carry_out(command, model, outbox);
    model.work.board.keep_way();
}

fn carry_out(command: Command, model: &mut Model, outbox: &Outbox) {
    match command {
        Command::Search(text) => search::run(model, outbox, &text),
        Command::SearchList(values) => search::run_list(model, outbox, values),
        Command::LookFor(text) => model.work.look_for = Some(text),
        Command::TakeLookFor => model.work.look_for = None,
        Command::StopSearch => search::stop(model, outbox),
        Command::OpenFound(objects) => {
            search::remember(model);
            open_found(model, outbox, objects);
        }
        Command::OpenObject(object) => details::open(model, outbox, &object),
        Command::Put(objects) => put::put(model, outbox, &objects),
        Command::ToggleSection(link, direction) => details::toggle(model, outbox, &link, direction),
        Command::CountLinks(of) => counts::count(model, outbox, of),
        Command::Expand(expand) => expand::run(model, outbox, expand),
        Command::StopGoing(number) => going::stop(model, outbox, number),
        Command::ReadAgain => restore::read(model, outbox),
        Command::StopRestoring => restore::stop(model, outbox),
        Command::BeginAnew => restore::give_up(model),
        Command::Undo => board::replay(model, outbox, false),
        Command::Redo => board::replay(model, outbox, true),
        Command::FindWays(wanted) => finding::find(model, outbox, wanted),
        Command::ShowWay(number) => ways::show(model, outbox, number),
        Command::TakeBack(step) => take_back::run(model, outbox, step),
        Command::TakeBackNewest(nodes) => take_back::newest(model, outbox, &nodes),
        Command::Collapse(nodes) => take_back::collapse(model, outbox, &nodes),
        Command::Group(grouping) => groups::run(model, outbox, grouping),
        Command::LayOutAgain => layout::start(model, outbox, Some(model.work.board.arranging.shape())),
        Command::LayOut(shape) => layout::start(model, outbox, Some(shape)),
        Command::LayOutAlong(axis) => layout::along(model, outbox, axis),
        Command::StepLayout => layout::step(model),
        Command::StopLayout => layout::stop(model),
        Command::AnnouncePicture => export::announce(model, outbox, Export::picture(model)),
        Command::Export(wanted) => export::announce(model, outbox, wanted),
        Command::NotePicture(bytes) => export::note(model, bytes),
        Command::SavePicture(png) => export::save_picture(model, outbox, png),
        Command::WritePicture(parts) => export::draw(model, outbox, &parts),
        Command::Import => import::choose(outbox),
        Command::CloseImportTold => model.work.import_told = None,
        Command::Keep => keep::keep(model, outbox),
        Command::OpenTable(..)
        | Command::ShowTable(_)
        | Command::MoveTable(..)
        | Command::Beside(_)
        | Command::CloseTable(_)
        | Command::Wish(..)
        | Command::AskAgain(_)
        | Command::StopTable(_)
        | Command::ExportTable(_) => run_table(command, model, outbox),
        other => run_on_graph(other, model, outbox),
    }
}

fn run_table(command: Command, model: &mut Model, outbox: &Outbox) {
    match command {
        Command::OpenTable(about, wishes) => {
            if wishes.text.is_some() {
                search::remember(model);
            }
            tables::open(model, outbox, about, wishes);
        }
        Command::ShowTable(place) => model.work.tables.show(place),
        Command::MoveTable(from, to) => model.work.tables.move_tab(from, to),
        Command::Beside(id) => model.work.tables.put_beside(id),
        Command::CloseTable(id) => tables::close(model, outbox, id),
        Command::Wish(id, wishes) => tables::wish(model, outbox, id, wishes),
        Command::AskAgain(id) => {
            // What was counted before may be another number by now.
            if let Some(tab) = model.work.tables.find(id) {
                tab.unfiltered = None;
            }
            tables::ask(model, outbox, id);
        }
        Command::StopTable(id) => tables::stop(model, outbox, id),
        Command::ExportTable(id) => tables::export(model, outbox, id),
        _ => {}
    }
}

fn run_on_graph(command: Command, model: &mut Model, outbox: &Outbox) {
    match command {
        Command::Select(nodes) => board::select(model, outbox, nodes),
        Command::SelectObjects(objects) => select_objects(model, outbox, &objects),
        Command::SelectLink(link) => select_links(model, vec![link]),
        Command::SelectLinks(links) => select_links(model, links),
        Command::DrawParallel(parallel) => {
            model.work.board.parallel = parallel;
            model.work.changed();
        }
        Command::Reveal(node) => {
            groups::open_around(model, outbox, &[node]);
            board::select(model, outbox, [node]);
        }
        Command::Move(moved) => board::step(model, outbox, Word::StepMove, Step::Move(moved)),
        Command::Hide(nodes) => board::step(model, outbox, Word::Hide, Step::Hide(nodes)),
        Command::ShowAll => board::show_all(model, outbox),
        Command::Pin(nodes) => board::pin(model, outbox, nodes),
        Command::Isolate(nodes) => board::isolate(model, outbox, &nodes),
        Command::SelectWithin(nodes, steps) => {
            let nodes = model.work.board.graph.within(nodes, steps);
            board::select(model, outbox, nodes);
        }
        Command::Measure(of) => measuring::show(model, outbox, of),
        Command::StopMeasuring => measuring::stop(model),
        Command::Style(rules) => style::set(model, outbox, &rules),
        Command::SetNote(id, note) => notes::set(model, outbox, id, note),
        Command::RemoveNote(id) => notes::remove(model, outbox, id),
        Command::SelectCommon => ways::select_common(model, outbox),
        Command::IsolateWithin(nodes, steps) => {
            let nodes = model.work.board.graph.within(nodes, steps).into_iter().collect();
            board::isolate(model, outbox, &nodes);
        }
        Command::ShowBeside(nodes) => board::show_beside(model, outbox, &nodes),
        Command::SelectAdded => {
            let added = model.work.board.history.added();
            board::select(model, outbox, added);
        }
        Command::Remove(nodes) => {
            board::step(model, outbox, Word::RemoveFromPicture, Step::Remove { nodes, links: Vec::new() });
        }
        _ => {}
    }
}

fn open_found(model: &mut Model, outbox: &Outbox, objects: Vec<Object>) {
    let last = objects.last().map(|object| object.is.clone());
    board::put(model, outbox, objects);
    if let Some(last) = last {
        details::open(model, outbox, &last);
    }
}

fn select_objects(model: &mut Model, outbox: &Outbox, objects: &[ObjectRef]) {
    let nodes: Vec<NodeId> = objects.iter().filter_map(|object| model.work.board.shown(object)).collect();
    model.work.board.select(nodes);
    model.work.board.select_links(Vec::new());
    if let [one] = objects {
        details::open(model, outbox, one);
    }
}

fn select_links(model: &mut Model, links: Vec<LinkId>) {
    model.work.board.selected.clear();
    model.work.board.select_links(links);
}

/// The route leads into a project; `changed` when it is another one than before.
pub fn shown(model: &mut Model, outbox: &Outbox, changed: bool) {
    if changed {
        files::leave(model);
        model.work = Work::default();
    }
    let Route::Work { view, .. } = model.route.clone() else {
        left(model, outbox);
        return;
    };
    ask_again(model, outbox, streams::is_stopped);
    if model.project().is_some() {
        refresh::names(model, outbox);
    }
    if let (View::Object { object_type, key }, Some(_)) = (view, model.project()) {
        details::open(model, outbox, &ObjectRef { object_type, key });
    }
}

/// The workspace is no longer on the screen: what it asked for ends.
pub fn left(model: &mut Model, outbox: &Outbox) {
    streams::stop_all(model, outbox);
}

/// Somebody signed in again: what was refused meanwhile is asked for anew.
pub fn signed_in_again(model: &mut Model, outbox: &Outbox) {
    if matches!(model.route, Route::Work { .. }) {
        ask_again(model, outbox, |fault| fault.code == Code::SignedOut);
    }
}

/// Asks again for everything on the screens that ended with such a fault.
fn ask_again(model: &mut Model, outbox: &Outbox, which: impl Fn(&Fault) -> bool) {
    if model.work.restoring.as_ref().and_then(Restoring::fault).is_some_and(&which) {
        restore::read(model, outbox);
    }
    if model.work.not_kept.as_ref().is_some_and(&which) {
        keep::keep(model, outbox);
    }
    if model.work.search.fault.as_ref().is_some_and(&which) {
        search::again(model, outbox);
    }
    details::ask_again(model, outbox, &which);
    let tabs = model.work.tables.tabs.iter();
    let failed = tabs.filter(|tab| tab.fault.as_ref().is_some_and(&which));
    for id in failed.map(|tab| tab.id).collect::<Vec<_>>() {
        tables::ask(model, outbox, id);
    }
}

/// A project's configuration has arrived or changed.
pub fn project_arrived(model: &mut Model, outbox: &Outbox) {
    // Types may have changed: what was fetched by the old ones is forgotten.
    model.work.objects.clear();
    model.work.counts.clear();
    model.work.counts_change += 1;
    if model.project().is_some() {
        restore::read_once(model, outbox);
    }
    refresh::arrived(model, outbox);
    match model.route.clone() {
        Route::Work { view: View::Object { object_type, key }, .. } => {
            model.work.details = Details::default();
            details::open(model, outbox, &ObjectRef { object_type, key });
        }
        Route::Work { .. } => details::read_again(model, outbox),
        // It is asked for when the workspace is shown again.
        _ if model.work.details.open.is_some() => model.work.details.fault = Some(streams::stopped(model.words)),
        _ => {}
    }
}
