//! Measures the program as it ships, alternating with what it is compared with, and prints one table.
//!
//! `xtask-bench PROGRAM UNAUDITED PAGE_FOLDER [part …]`; `cargo xtask bench` builds them and starts this. UNAUDITED is the
//! program with the feature `without-audit`, which the part `audit` compares with. Beside PAGE_FOLDER lies `crowd-page`,
//! which the part `crowds` opens.
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and starts programs")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench speaks on the terminal")]

#[path = "../../../tests/spec/browser/chromium.rs"]
#[expect(clippy::expect_used, reason = "shared with the tests, which end with a sentence")]
mod chromium;
#[path = "../../../tests/spec/ports.rs"]
#[expect(clippy::expect_used, reason = "shared with the tests, which end with a sentence")]
mod ports;
#[path = "../../../tests/spec/postgres.rs"]
#[expect(clippy::expect_used, clippy::panic, reason = "shared with the tests, which end with a sentence")]
#[allow(dead_code, unused_imports, reason = "the tests use more of it")]
mod postgres;
#[path = "../../../tests/spec/browser/seen.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod seen;

mod answer;
mod audit;
mod browser;
mod clew;
mod crowd;
mod crowds;
mod database;
mod drawing;
mod frames;
mod host;
mod leaving;
mod lookups;
mod memory;
mod overload;
mod person;
mod process;
mod report;
mod sessions;
mod start;
mod streaming;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use self::clew::Clew;
use self::database::Database;
use self::report::Report;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The parts, in the order in which they run.
const PARTS: [&str; 13] = [
    "frames",
    "crowds",
    "start",
    "idle",
    "sessions",
    "overload",
    "streaming",
    "lookups",
    "audit",
    "leaving",
    "browser",
    "drawing",
    "memory",
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run(&words)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[String]) -> Outcome {
    let [program, unaudited, page, parts @ ..] = words else {
        return Err("usage: xtask-bench PROGRAM UNAUDITED PAGE_FOLDER [part …]".into());
    };
    if let Some(part) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(format!("there is no part `{part}`; there are {}", PARTS.join(", ")).into());
    }
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    // The tests' driver and the client ask for it; there is no TLS on a loopback.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut report = Report::default();
    if wanted("frames") {
        frames::measure(&mut report)?;
    }
    if wanted("crowds") || wanted("drawing") {
        crowds::measure(&PathBuf::from(page).with_file_name("crowd-page"), &mut report).await?;
    }
    if !parts.is_empty() && parts.iter().all(|part| ["frames", "crowds"].contains(&part.as_str())) {
        return report.print();
    }
    let mut clew = Clew::start(&PathBuf::from(program)).await?;
    report.page(&PathBuf::from(page))?;
    if wanted("start") {
        clew = start::measure(clew, &mut report).await?;
    }
    if wanted("idle") {
        // Whoever made the demo's data has used memory for it.
        clew = clew.again().await?;
        memory::idle(&clew, &mut report).await?;
    }
    if wanted("sessions") {
        sessions::measure(&clew, &mut report).await?;
    }
    if wanted("overload") {
        overload::measure(&clew, &mut report).await?;
    }
    if wanted("drawing") {
        drawing::measure(&clew, &mut report).await?;
    }
    if ["streaming", "lookups", "audit", "leaving", "memory", "browser"].into_iter().any(wanted) {
        let database = Database::start().await?;
        let person = clew.person_with(&database).await?;
        if wanted("streaming") {
            streaming::measure(&clew, &person, &database, &mut report).await?;
        }
        if wanted("lookups") {
            lookups::measure(&clew, &person, &database, &mut report).await?;
        }
        if wanted("audit") {
            audit::measure(&PathBuf::from(program), &PathBuf::from(unaudited), &database, &mut report).await?;
        }
        if wanted("leaving") {
            leaving::measure(&person, &database, &mut report).await?;
        }
        if wanted("browser") {
            browser::measure(&clew, &mut report).await?;
        }
        // Last: the database tidies up behind ten million rows for minutes.
        if wanted("memory") {
            memory::growth(&clew, &person, &database, &mut report).await?;
        }
    }
    report.print()
}
