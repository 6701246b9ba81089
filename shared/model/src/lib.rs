//! What a project is: its sources, object types and link types, the questions one can ask, and how complete an answer is.
//!
//! | room | what is in it |
//! |---|---|
//! | [`kind`] | the kinds of values and their canonical text |
//! | [`format`] | how values are written on screens |
//! | [`origin`] | where the rows of an object type come from: a table or a query |
//! | [`project`] | project, source, object type, link type, property |
//! | [`query`] | the typed question that stands where other products have SQL |
//! | [`completeness`] | what every answer says about itself |
//! | [`change`] | changes of a project as values; a person's own changes over the shared project |
//! | [`check`] | what is wrong with a project, and what to do about it |
//! | [`catalogue`] | what a source says it contains |
//! | [`sought`] | looking for whole values |
//! | [`style`] | how a graph looks |
//! | [`suggest`] | a first model from a catalogue |
//! | [`text`] | a project as a folder of plain text |
//! | [`withheld`] | what is left of a model for whom its data is not |
//!
//! Absent on purpose: files, sockets, clocks, SQL that is more to it than a text, and anything that knows who asks.

pub mod asked;
pub mod catalogue;
pub mod change;
pub mod check;
pub mod completeness;
pub mod format;
pub mod kind;
pub mod origin;
pub mod project;
pub mod query;
pub mod sought;
pub mod style;
pub mod suggest;
pub mod text;
pub mod weakness;
pub mod withheld;

pub use access::{LinkTypeId, ObjectTypeId, ProjectId, PropertyId, SourceId, UploadId};
pub use change::Change;
pub use completeness::{Cause, Completeness, Extent};
pub use format::Format;
pub use kind::Kind;
pub use project::{Join, LinkType, ObjectType, Origin, Project, Property, Source};
pub use query::Query;
pub use weakness::Weakness;
pub use withheld::Withheld;
