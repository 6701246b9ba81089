//! The graph engine as a Web Worker module: a small wasm file of its own, driven by `ui/web/worker.js`.
//!
//! `session` holds one layout and the buffers through which numbers come and go; `exports` gives it to the page under
//! plain names. There is no glue code: the page writes into the buffers and reads from them.

pub mod exports;
mod session;

pub use session::{Refused, Session};
