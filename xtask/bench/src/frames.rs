//! Native frames: update and tessellation of graph and table, as the screens' own bench tells them.

use std::process::{Command, Stdio};

use crate::Outcome;
use crate::report::Report;

/// The longest that one frame in a hundred may take, in milliseconds.
const MOST_MILLIS: f64 = 16.0;

pub(crate) fn measure(report: &mut Report) -> Outcome {
    println!("drawing frames …");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let words = ["bench", "--quiet", "--package", "ui", "--bench", "frames"];
    let told = Command::new(cargo).args(words).stderr(Stdio::inherit()).output()?;
    if !told.status.success() {
        return Err("the bench of frames failed".into());
    }
    let told = String::from_utf8(told.stdout)?;
    let found: Vec<_> = told.lines().filter_map(read).collect();
    if found.is_empty() {
        return Err("the bench of frames tells no frame".into());
    }
    for (what, half, most) in found {
        let shown = format!("p50 {half:.1} ms, p99 {most:.1} ms");
        report.promise(format!("native frame, {what}"), shown, "p99 at most 16 ms", most <= MOST_MILLIS);
    }
    Ok(())
}

/// Reads `graph, near: p50 1.20 ms, p99 2.30 ms`.
fn read(line: &str) -> Option<(&str, f64, f64)> {
    let (what, rest) = line.split_once(": p50 ")?;
    let (half, rest) = rest.split_once(" ms, p99 ")?;
    Some((what, half.parse().ok()?, rest.strip_suffix(" ms")?.parse().ok()?))
}
