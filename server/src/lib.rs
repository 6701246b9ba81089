//! The server of Clew: one door, one store, one broker.

pub mod audit;
pub mod broker;
pub mod connectors;
pub mod decimal;
pub mod intake;
pub mod settings;
pub mod store;
pub mod world;
