//! The graph engine as a Web Worker module: a small wasm file of its own, driven by `ui/web/worker.js`.
//!
//! `painting` paints pictures for screens that no graphics card draws. `session` holds one graph and the buffers
//! through which numbers come and go, lays it out and measures it; `exports` gives both to the page under plain names. There is no glue code: the page writes into the buffers and reads from them.

pub mod exports;
mod painting;
mod session;

pub use painting::Painting;
pub use session::{Refused, Session};
