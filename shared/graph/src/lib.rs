//! Nodes, links, places: the graph that a person builds, its measures and its layouts. Knows Arrow, not the screen.
//!
//! A map:
//! - `graph` holds nodes (objects) and links under stable numbers; `step` changes it, and every change answers with
//!   the step that takes it back; `history` keeps those for undo and redo.
//! - `batch` reads nodes and links from Arrow record batches; `cell` says how a value becomes the text of a key;
//!   `amount` adds decimal numbers without losing a digit.
//! - `notes` are what a person writes and draws onto it.
//! - `groups` are nodes that a person put together, drawn as one while they are closed; `lines` are the links between
//!   what is drawn, and `reach` is what lies near.
//! - `bundle` puts parallel links together, `measure` counts and sums.
//! - `measures` are the numbers and ways of graph theory over bare structure; like layouts they run in the worker.
//! - `layout` finds places for nodes (see `layout::ForceDirected`), a step at a time. It needs no graph, only numbers,
//!   and so runs in the worker as well.
//! - `exchange` (a cargo feature) reads and writes graphs as files, and drawings as vectors.
//! - `areas` finds what meets an area among points and boxes; `strands` puts links together that lie nearly on each other.
//! - `grid` finds nodes under the pointer and in the window, `labels` chooses the labels that fit.
//!
//! Nothing here draws, waits, reads a clock or asks a server.

mod amount;
mod areas;
pub mod batch;
mod bundle;
mod cell;
mod chance;
#[cfg(feature = "exchange")]
pub mod exchange;
mod graph;
mod grid;
mod groups;
mod history;
mod hull;
pub mod labels;
pub mod layout;
mod lines;
mod measure;
pub mod measures;
mod names;
mod notes;
mod reach;
mod step;
mod strands;
mod union;

pub use amount::Amount;
pub use areas::{Area, Areas};
pub use bundle::{Bundle, BundlePart};
pub use cell::text as cell_text;
pub use chance::Chance;
pub use graph::{Flags, Graph, Link, LinkId, NewLink, NewNode, Node, NodeId, NodeKey, TypeId};
pub use grid::Grid;
pub use groups::{Group, GroupId, Item};
pub use history::History;
pub use hull::corners;
pub use lines::{Line, Lines, Parallel};
pub use measure::Total;
pub use notes::{LONGEST_NOTE, MOST_NOTES, Note, NoteId, NoteKind};
pub use step::{Fault, Patch, Standing, Step};
pub use strands::{Strand, gather};

/// A point in pixels at zoom 1, x to the right, y down.
pub type Place = [f32; 2];
