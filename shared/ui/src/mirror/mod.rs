//! A second, invisible picture of the screen in the page's DOM, for screen readers and browser drivers.
//!
//! egui draws pixels; what it knows about names, roles and states it tells AccessKit, and eframe drops that in a
//! browser. Here the description is taken at the end of a frame, compared with what the page already has, and only
//! the differences are applied, outside the frame: at most five times a second, always once more after things have
//! settled, at most 800 elements, at most 2 ms at a time. A timer of the browser does it, so a screen at rest draws no
//! frame for it. The elements lie side by side, which keeps a change cheap; what is in what they say by `aria-owns`, and
//! whichever of canvas and hidden field has the keyboard points at the element that it is on, by
//! `aria-activedescendant`. The canvas is an application, so that readers leave the keys to it; the mirror is not, so
//! that it can be read line by line. What is done to an element (click, focus, typing) comes back as an AccessKit request.

mod diff;
mod element;
mod gather;
mod plugin;
#[cfg(target_arch = "wasm32")]
mod web;

pub use diff::{DomOp, Kept};
pub use element::{Element, Tag};
pub use gather::{Gathered, gather};
pub use plugin::{MirrorPlugin, Shared, Wake, request};
#[cfg(target_arch = "wasm32")]
pub use web::attach;

/// The page never has more elements than this.
pub const LIMIT_ELEMENTS: usize = 800;
/// The least time between two changes of the page.
pub const PERIOD_MS: f64 = 200.0;
/// The most time that one slice of changes may take.
pub const SLICE_MS: f64 = 2.0;

#[cfg(test)]
mod tests;
