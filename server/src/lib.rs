//! The server of Clew: one door, one store, one broker.

pub mod connectors;
pub mod decimal;
pub mod intake;
pub mod world;
