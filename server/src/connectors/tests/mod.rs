//! What every connector promises, tried on every connector.
//!
//! To try a new connector: one line in [`fixtures`], and its own file here for what only it has.

mod describing;
mod digits;
mod fixture;
mod heavy;
mod hostile;
mod http;
pub(crate) mod postgres;
mod postgresql;
mod speed;
mod sqlite;
mod suite;
mod web;
