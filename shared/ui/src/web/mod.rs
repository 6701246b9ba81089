//! The browser: entry, address bar, fetch, files, and waking up after signing in beside the page.

mod address;
mod client;
#[cfg(feature = "crowd")]
mod crowd;
mod download;
mod entry;
mod exchange;
mod files;
mod layout;
mod measuring;
mod painting;
mod worker;

pub use entry::start;
pub(crate) use exchange::ExchangeWorker;
pub(crate) use layout::LayoutWorker;
pub(crate) use measuring::MeasureWorker;
pub(crate) use painting::PaintWorker;
