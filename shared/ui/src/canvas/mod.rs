//! The graph drawing.
