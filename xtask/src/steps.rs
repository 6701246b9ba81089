//! Runs named steps one after the other and says at the end how each went and how long it took.

use std::time::{Duration, Instant};

use crate::Outcome;

struct Done {
    name: &'static str,
    took: Duration,
    failure: Option<String>,
}

/// The steps of one run, in order.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<Done>,
}

impl Steps {
    /// Runs one step; true when it went well. A failed step does not stop the others: one run shows all that is wrong.
    pub(crate) fn run(&mut self, name: &'static str, step: impl FnOnce() -> Outcome) -> bool {
        println!("\n── {name}");
        let start = Instant::now();
        let failure = step().err().map(|error| error.to_string());
        if let Some(failure) = &failure {
            eprintln!("{name}: {failure}");
        }
        let is_good = failure.is_none();
        self.done.push(Done { name, took: start.elapsed(), failure });
        is_good
    }

    /// Notes a step that could not run, because one that it needs failed.
    pub(crate) fn skip(&mut self, name: &'static str, because: &str) {
        self.done.push(Done { name, took: Duration::ZERO, failure: Some(format!("not run: {because}")) });
    }

    /// Prints the table of steps; an error when any failed.
    pub(crate) fn summary(&self) -> Outcome {
        println!("\n── summary");
        for done in &self.done {
            let outcome = done.failure.as_deref().map_or("ok", |text| text.lines().next().unwrap_or("failed"));
            println!("{:<24} {:>8.1} s  {outcome}", done.name, done.took.as_secs_f64());
        }
        let total: Duration = self.done.iter().map(|done| done.took).sum();
        println!("{:<24} {:>8.1} s", "in all", total.as_secs_f64());
        let failed = self.done.iter().filter(|done| done.failure.is_some()).count();
        if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} steps failed", self.done.len()).into()) }
    }
}
