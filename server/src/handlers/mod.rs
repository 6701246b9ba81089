//! What each request does, once it has passed the door; one file per noun, as in `wire`.

pub mod audit;
pub(crate) mod audit_file;
pub mod data;
pub mod environment;
mod export;
pub mod key;
pub mod local;
mod own;
pub mod owner;
pub mod people;
pub mod project;
pub mod session;
pub mod source;
pub mod upload;
