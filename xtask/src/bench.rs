//! Measures, alternating between Clew and what it is compared with, and prints one table.

use crate::Outcome;

/// What the table holds. A measurement that is not here is not published.
const MEASUREMENTS: [&str; 9] = [
    "stream 1,000,000 rows x 8 columns against psql \\copy: wall, CPU seconds",
    "the same: growth of the server's memory, fast and slow reader",
    "the same with 10,000,000 rows: growth of memory",
    "time from the source's first row to the first row on the wire",
    "keyed look-ups per second at 1 and 50 connections: p50, p99",
    "server: from start to ready",
    "server: memory when idle",
    "page: bytes as brotli",
    "frame times: table of a million rows, graph of 10,000 nodes",
];

/// `words` choose measurements by number; none means all.
pub(crate) fn run(_words: &[&str]) -> Outcome {
    println!("Measurements:");
    for (at, name) in MEASUREMENTS.iter().enumerate() {
        println!("{:>3}  {name}", at + 1);
    }
    Err("no measurement is written yet".into())
}
