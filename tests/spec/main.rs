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
#![expect(clippy::disallowed_methods, reason = "the chapters are the outside: they connect to the server like anybody")]

mod accounts;
mod administration;
mod audit;
mod audit_events;
mod broken_sources;
mod browser;
mod calls;
mod claims;
mod code_page;
mod demo_program;
mod desktop_sign_in;
mod disks;
mod doctor;
mod door;
mod embedded_issuer;
mod encrypted;
mod ending;
mod environment;
mod exports;
mod fair_turns;
mod file_losses;
mod floods;
mod foreign;
mod foreign_pages;
mod going_away;
mod golden;
mod hidden_sources;
mod hostile_issuers;
mod issuer_keys;
mod issuer_sign_out;
mod issuer_trial;
mod issuers;
mod keeping;
mod kills;
mod leaks;
mod limits;
mod lists;
mod local_people;
mod metrics;
mod node;
mod outbound;
mod own_password;
mod owners;
mod page;
mod policy;
mod ports;
mod postgres;
mod program;
mod project_text;
mod projects;
mod provider;
mod pruning;
mod queries;
mod races;
mod raw_requests;
mod real;
mod renewals;
mod replicas;
mod replies;
mod requirements;
mod resets;
mod rolling;
mod samples;
mod scheduled_backups;
mod second_factor;
mod secrets;
mod secrets_in_use;
mod sessions;
mod sign_in;
mod sign_in_limits;
mod signing_issuer;
mod sinks;
mod sinks_apart;
mod sinks_received;
mod slow_readers;
mod slow_senders;
mod sources;
mod start;
mod store_fails;
mod streaming;
mod through_proxy;
mod tidy;
mod tokens;
mod uploads;
mod view_as;
mod web_sources;
mod where_it_goes;
mod wire_format;
mod withheld;
mod world;
mod written;
