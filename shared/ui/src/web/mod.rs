//! The browser: entry, address bar, fetch, files, and waking up after signing in beside the page.

mod address;
mod client;
mod entry;
mod files;

pub use entry::start;
