//! Chapters in a real browser: what a person sees and does, with mouse and keyboard, against the server with its page.
//!
//! They need the page inside the server (`cargo verify` builds it so) and Chromium with its driver. Pictures are kept in
//! `CLEW_ARTIFACTS`, or else in `artifacts` of the target folder; they are for looking at, nothing compares them.

mod addresses;
mod administration;
mod card;
mod chromium;
mod configure;
mod demo;
mod entry;
mod exchange;
mod files;
mod graph;
mod hands;
mod job;
mod keyboard;
mod large;
mod looks;
mod mirror;
mod norwegian;
mod page;
mod pictures;
mod readme;
mod rest;
mod rings;
mod seen;
mod work;

use std::io::Write as _;
use std::sync::{Mutex, Once, PoisonError};

use crate::world::run;

/// One browser at a time: two of them on a small machine draw so slowly that deadlines mean nothing.
static TURN: Mutex<()> = Mutex::new(());
static TOLD: Once = Once::new();

/// Runs a transcript, when the server under test has its page.
fn transcript(tell: impl Future<Output = ()>) {
    if !server::web::has_page() {
        let line = "browser chapters: not run, the server is built without its page; `cargo verify` builds it with it";
        // Not by a macro: what a passing test prints is hidden.
        TOLD.call_once(|| drop(writeln!(std::io::stderr(), "{line}")));
        return;
    }
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    run(tell);
    drop(turn);
}
