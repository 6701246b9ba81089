//! The table that is printed at the end.

use std::path::Path;

use crate::Outcome;

/// Rows of what was measured, beside what is promised.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

struct Row {
    what: String,
    measured: String,
    /// What is promised, and whether it is kept.
    promise: Option<(&'static str, bool)>,
}

impl Report {
    /// Adds a number that nothing is promised about, and shows it at once.
    pub(crate) fn add(&mut self, what: impl Into<String>, measured: impl Into<String>) {
        self.push(Row { what: what.into(), measured: measured.into(), promise: None });
    }

    /// Adds a number beside what is promised about it.
    pub(crate) fn promise(
        &mut self,
        what: impl Into<String>,
        measured: impl Into<String>,
        promised: &'static str,
        is_kept: bool,
    ) {
        self.push(Row { what: what.into(), measured: measured.into(), promise: Some((promised, is_kept)) });
    }

    fn push(&mut self, row: Row) {
        println!("{}: {}", row.what, row.measured);
        self.rows.push(row);
    }

    /// What the page weighs.
    pub(crate) fn page(&mut self, folder: &Path) -> Outcome {
        let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json"))?)?;
        let files = manifest.get("files").and_then(serde_json::Value::as_array).ok_or("a page without files")?;
        let at_once =
            |file: &&serde_json::Value| file.get("on_demand").and_then(serde_json::Value::as_bool) != Some(true);
        let bytes: u64 = files.iter().filter(at_once).filter_map(|file| file.get("brotli_bytes")?.as_u64()).sum();
        let (what, shown) = ("page, worker and fonts, brotli", format!("{:.2} MB", bytes as f64 / 1e6));
        self.promise(what, shown, "at most 2 MB", bytes <= 2_000_000);
        Ok(())
    }

    /// Prints all rows as a Markdown table; an error when a promise is not kept.
    pub(crate) fn print(&self) -> Outcome {
        let width = |text: fn(&Row) -> &str| self.rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0);
        let (first, second) = (width(|row| &row.what), width(|row| &row.measured));
        println!("\n| {:first$} | {:second$} | promised | kept |", "what", "measured");
        println!("|{}|{}|----------|------|", "-".repeat(first + 2), "-".repeat(second + 2));
        for row in &self.rows {
            let (promised, kept) = match row.promise {
                Some((promised, is_kept)) => (promised, if is_kept { "yes" } else { "no" }),
                None => ("", ""),
            };
            println!("| {:first$} | {:second$} | {promised} | {kept} |", row.what, row.measured);
        }
        let broken = self.rows.iter().filter(|row| row.promise.is_some_and(|(_, is_kept)| !is_kept)).count();
        if broken == 0 { Ok(()) } else { Err(format!("{broken} promises are not kept").into()) }
    }
}

/// The middle one of some numbers.
pub(crate) fn median(numbers: &[f64]) -> f64 {
    percentile(numbers, 50)
}

/// The number that so many of a hundred do not exceed; 0 of none.
pub(crate) fn percentile(numbers: &[f64], of_hundred: usize) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * of_hundred / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(0.0)
}

/// `0.52 s (0.50 to 0.57)`.
pub(crate) fn spread(numbers: &[f64], unit: &str) -> String {
    let (least, most) = (percentile(numbers, 0), percentile(numbers, 100));
    format!("{:.2} {unit} ({least:.2} to {most:.2})", median(numbers))
}

/// `1.2 MB`.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
