//! The configuration: an immutable snapshot, changes as values, and what a person may see of it.
//!
//! `Config` is decrypted once and shared by `Arc`; a request works on one snapshot from beginning to end. A change is
//! checked against a snapshot, committed to the store, and becomes the next snapshot. What leaves the server is a
//! [`Visible`] project, which only [`projection`] can make.
//!
//! Absent on purpose: credentials in clear. They stay sealed here and are opened between broker and connector.

mod keeper;
mod projection;
mod snapshot;

pub use keeper::Keeper;
pub use projection::{Seen, Visible, as_other, may_look_into, seen, told_change, visible};
pub use snapshot::{Config, Kept, UploadRecord};
