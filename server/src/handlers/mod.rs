//! What each request does, once it has passed the door; one file per noun, as in `wire`.

pub mod audit;
pub(crate) mod audit_file;
pub mod data;
mod export;
mod own;
pub mod owner;
pub mod project;
pub mod session;
pub mod source;
pub mod upload;
