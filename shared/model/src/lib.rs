//! What a project is.
