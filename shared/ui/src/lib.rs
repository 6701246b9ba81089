//! The screens.

pub mod canvas;
pub mod frame;
pub mod look;
pub mod picture;
pub mod table;
pub mod widgets;
pub mod words;
