//! What every connector promises, tried on every connector.

mod postgres;
mod postgresql;
