//! What each request does, once it has passed the door; one file per noun, as in `wire`.

pub mod data;
mod export;
pub mod key;
mod own;
pub mod owner;
pub mod project;
pub mod session;
pub mod source;
pub mod upload;
