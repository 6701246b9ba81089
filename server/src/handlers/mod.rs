//! What each request does, once it has passed the door; one file per noun, as in `wire`.

pub mod audit;
pub(crate) mod audit_file;
pub(crate) mod changed;
pub mod data;
pub mod environment;
mod export;
pub mod health;
pub mod keeping;
pub mod key;
pub mod local;
mod own;
pub mod owner;
pub mod people;
pub mod project;
pub mod query;
pub mod rights;
pub mod session;
pub mod set_up;
pub mod source;
pub mod upload;
mod upload_room;
pub mod view;
mod withheld;
pub mod work;
mod work_parts;
