//! The specification: one binary, a chapter per file, each a table or a transcript against a running server.
//!
//! Golden files lie in `tests/spec/golden`; `UPDATE_GOLDEN=1 cargo test -p specification` writes them anew, and the
//! difference is then read like any other change.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a chapter that cannot go on ends with a sentence; helpers are outside of the test functions"
)]

mod administration;
mod audit;
mod broken_sources;
mod browser;
mod calls;
mod claims;
mod demo_program;
mod doctor;
mod door;
mod exports;
mod file_losses;
mod going_away;
mod golden;
mod hostile_issuers;
mod issuer_keys;
mod issuer_trial;
mod issuers;
mod keeping;
mod lists;
mod local_people;
mod metrics;
mod node;
mod owners;
mod page;
mod policy;
mod postgres;
mod program;
mod project_text;
mod projects;
mod provider;
mod real;
mod replies;
mod rolling;
mod samples;
mod secrets;
mod secrets_in_use;
mod sessions;
mod sign_in;
mod sign_in_limits;
mod signing_issuer;
mod slow_senders;
mod sources;
mod start;
mod store_fails;
mod streaming;
mod tidy;
mod tokens;
mod uploads;
mod wire_format;
mod world;
mod written;
