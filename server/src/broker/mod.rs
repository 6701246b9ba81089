//! The broker: from a typed question to frames, over sources that stay where they are.

mod sql;
