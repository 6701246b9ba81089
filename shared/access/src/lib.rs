//! Who may do what: ids, roles, actions, needs and one pure decision.
//!
//! The server enforces with this crate and the screens grey out with it, so both always agree. A request names its
//! [`Need`]s, the configuration gives the [`Policy`], and [`Policy::decide`] answers [`Decision::Allow`], `Deny` or
//! `Hide`. Everything is refused unless a row of the table in [`action`] allows it.
//!
//! ```
//! use access::{Action, AppRole, Caller, Decision, Need, PersonId, Policy};
//!
//! let policy = Policy::default();
//! let caller = Caller::new(PersonId::new("ada")?, [AppRole::new("Task.Manage")?]);
//! assert_eq!(policy.decide(&caller, &Need::instance(Action::CreateProject)), Decision::Allow);
//! assert_ne!(policy.decide(&caller, &Need::instance(Action::ReadAudit)), Decision::Allow);
//! # Ok::<(), access::BadId>(())
//! ```
//!
//! Absent on purpose: files, sockets, clocks, threads, and any knowledge of HTTP or of how roles reach a person.

mod action;
mod id;
mod policy;
mod role;

pub use action::{Action, Rule};
pub use id::{AppRole, BadId, LinkTypeId, ObjectTypeId, PersonId, ProjectId, PropertyId, SourceId, UploadId};
pub use policy::{Caller, Decision, Grant, Grantee, Missing, Need, Policy, ProjectPolicy, Resource, SourcePolicy};
pub use role::{InstanceRole, ProjectRole};
