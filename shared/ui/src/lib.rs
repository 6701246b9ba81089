//! The screens.

pub mod frame;
pub mod look;
pub mod mirror;
pub mod widgets;
pub mod words;
