//! The screens.

pub mod canvas;
pub mod picture;
pub mod table;
