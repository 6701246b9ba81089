//! The screens.

pub mod look;
pub mod widgets;
pub mod words;
