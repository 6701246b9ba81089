//! Ways between two selected objects and rings, as they were found; and what several selected ones have in common.

use std::collections::BTreeSet;

use access::{LinkTypeId, ObjectTypeId};
use graph::measures::{Compact, Edge, common_neighbours};
use graph::{Amount, LinkId, NodeId};

use super::measuring::{numbered, place};
use super::{board, groups};
use crate::app::Model;
use crate::client::Outbox;
use crate::words::Word;

/// The lengths that the longest ring may have.
pub const RING_STEPS: std::ops::RangeInclusive<u32> = 2..=8;
/// The longest ring that is looked for unless somebody says otherwise.
pub const USUAL_RING_STEPS: u32 = 5;

/// Which ways are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// One with the fewest steps.
    Shortest,
    /// All with the fewest steps.
    AllShortest,
    /// The ten shortest that pass no object twice.
    TenShortest,
    /// One with the fewest steps, none of which is before the last.
    InTime,
    /// Ways that come back to where they began, through one of the selected objects if any is selected.
    Rings {
        /// The most steps of one.
        most_steps: u32,
        /// Whether no step is before the last.
        in_time: bool,
    },
}

/// What ways may not pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Links of these types.
    pub without_links: BTreeSet<LinkTypeId>,
    /// Objects of these types; both ends of a way, and what a ring is to pass, may be of any.
    pub without_types: BTreeSet<ObjectTypeId>,
    /// These objects.
    pub without: BTreeSet<NodeId>,
    /// Links of types with amounts that have less: all rows together, or in the order of time each row.
    pub least_amount: Option<Amount>,
    /// Links with fewer rows.
    pub least_rows: u64,
}

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub ways: Ways,
    /// Whether links with a direction are taken in that alone.
    pub directed: bool,
    /// In the order of time, the most microseconds between a step and the next.
    pub most_gap: Option<i64>,
    pub limits: Limits,
}

impl Wanted {
    /// Ways without limits.
    pub fn new(ways: Ways, directed: bool) -> Self {
        Self { ways, directed, most_gap: None, limits: Limits::default() }
    }

    /// Rings without limits.
    pub fn rings() -> Self {
        Self::new(Ways::Rings { most_steps: USUAL_RING_STEPS, in_time: false }, true)
    }

    /// Whether no step is before the last.
    pub fn is_in_time(&self) -> bool {
        matches!(self.ways, Ways::InTime | Ways::Rings { in_time: true, .. })
    }

    /// Whether it comes back to where it began.
    pub fn is_ring(&self) -> bool {
        matches!(self.ways, Ways::Rings { .. })
    }
}

/// A way through the graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// From the one end to the other; a ring ends with the object that it begins with.
    pub nodes: Vec<NodeId>,
    /// One less than objects.
    pub steps: Vec<Step>,
}

/// From an object of a way to the next.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// All links that join both and may be taken.
    pub links: Vec<LinkId>,
    /// In the order of time, the row that is taken.
    pub row: Option<Row>,
}

/// A row behind a link.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// When it happened, in microseconds since 1970 UTC.
    pub at: i64,
    pub amount: Option<Amount>,
    /// Empty where it is not known.
    pub currency: String,
}

impl Way {
    /// Whether it comes back to where it began.
    pub fn is_ring(&self) -> bool {
        self.nodes.len() > 1 && self.nodes.first() == self.nodes.last()
    }

    /// Its links, step by step.
    pub fn links(&self) -> impl Iterator<Item = LinkId> + '_ {
        self.steps.iter().flat_map(|step| step.links.iter().copied())
    }

    /// Whether all its objects are among these.
    pub fn is_within(&self, nodes: &BTreeSet<NodeId>) -> bool {
        self.nodes.iter().all(|id| nodes.contains(id))
    }
}

/// What was found last.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What was looked for; none where nothing was yet.
    pub wanted: Option<Wanted>,
    /// Between which objects, or through which of them.
    pub meant: Vec<NodeId>,
    /// What is listed of it.
    pub ways: Vec<Way>,
    /// How many there are, listed or not.
    pub count: u64,
    /// Whether there are more, and nobody knows how many.
    pub has_more: bool,
    /// What it does not know.
    pub gaps: Gaps,
    /// The structure of the graph that it is of.
    pub(super) structure: u64,
}

/// What a search could not take into account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gaps {
    /// In the order of time, link types that have none.
    pub untimed_types: BTreeSet<LinkTypeId>,
    /// Other links without a time.
    pub untimed: u64,
    /// Links whose sum is not known, where an amount was asked for.
    pub unknown_sums: u64,
    /// How many rows were looked at, where that were not all.
    pub cut_rows: Option<u64>,
}

/// Shows another one of the ways that were found.
pub(super) fn show(model: &mut Model, outbox: &Outbox, number: usize) {
    let nodes = model.work.board.found().ways.get(number).map(|way| way.nodes.clone()).unwrap_or_default();
    // Closed groups that it leads through are opened.
    groups::open_around(model, outbox, &nodes);
    model.work.board.show_way(number);
}

/// Selects what at least two of the selected objects are linked with.
pub(super) fn select_common(model: &mut Model, outbox: &Outbox) {
    let graph = &model.work.board.graph;
    let ids = numbered(graph);
    let edges: Vec<Edge> =
        graph.shown_links().map(|(_, link)| Edge::undirected(place(&ids, link.from), place(&ids, link.to))).collect();
    let net = Compact::new(ids.len(), &edges).unwrap_or_default();
    let selected: Vec<u32> =
        (0u32..).zip(&ids).filter(|(_, id)| model.work.board.selected.contains(id)).map(|(at, _)| at).collect();
    if selected.len() < 2 {
        model.notify(model.words.t(Word::CommonNeedsTwo));
        return;
    }
    let common = common_neighbours(&net, &selected, 2);
    let found: Vec<NodeId> = common.iter().filter_map(|common| ids.get(common.node as usize).copied()).collect();
    if found.is_empty() {
        model.notify(model.words.t(Word::NothingInCommon));
        return;
    }
    model.notify(model.words.with(Word::InCommon, &[&model.words.count(found.len() as u64)]));
    let all = model.work.board.selected.iter().copied().chain(found).collect::<Vec<_>>();
    board::select(model, outbox, all);
}
