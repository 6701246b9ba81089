//! Graphs as files and drawings as vectors: text in, text out, nothing is opened or fetched.
//!
//! - `Drawing` is a graph in a plain form: what is exchanged. `Drawing::of` takes it from a `Graph`, and
//!   `Drawing::into_step` makes the one step that puts it on a graph.
//! - `json` keeps everything, for Clew itself and for scripts; `graphml` is read and written by yEd, Gephi, networkx and
//!   igraph.
//! - `Chart` is a graph as it is seen, with its legend; `Chart::page` draws it.
//! - `Page` is a picture of simple shapes; `svg` and `pdf` write it. Text stays text in both.
//! - `Errand` is all of this as one function from bytes to bytes, for a module that is fetched when it is needed.
//!
//! Files come from anywhere, so reading has a limit for everything (`LIMIT_BYTES` and its like), ends at the first fault,
//! and says where it lies and what to do. Nothing in a file can make it read anything else: GraphML has no document type
//! here, and so no entities of its own.

mod chart;
mod drawing;
mod drawn;
mod errand;
mod fault;
pub mod graphml;
mod icons;
pub mod json;
pub mod pdf;
mod shapes;
mod sheet;
pub mod svg;
mod ways;
mod xml;

pub use chart::{Chart, Entry, Mark, Remark, Ring, Tie, Tint};
pub use drawing::{Drawing, DrawnLink, DrawnNode};
pub use errand::{Errand, Read, ReadLink, ReadNode};
pub use fault::Fault;
pub use shapes::{Anchor, Colour, Outline, Page, Part, Point, Shape, Stroke};

use crate::layout;

/// The most nodes and links of a file: as many as a graph holds.
pub const LIMIT_NODES: usize = layout::LIMIT_NODES;
pub const LIMIT_LINKS: usize = layout::LIMIT_LINKS;
/// The most types of nodes, and of links.
pub const LIMIT_TYPES: usize = 1_000;
/// The longest file that is read, 256 MiB. What is written may be longer: a graph at the other limits is.
pub const LIMIT_BYTES: usize = 256 << 20;
/// The longest text of one field, in bytes of UTF-8.
pub const LIMIT_TEXT: usize = 64 << 10;
/// The most parts of a key.
pub const LIMIT_KEY_PARTS: usize = 64;

/// The text of a file, without the mark that some programs put before it.
fn text(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.len() > LIMIT_BYTES {
        return Err(Fault::TooLong);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| Fault::NotText { byte: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
