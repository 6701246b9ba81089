//! What the page weighs, and the gate: page, worker and fonts together at most 2 MB brotli. Files that are only fetched when
//! somebody asks for them are listed and not counted.

use std::fs;

use serde_json::Value;

use crate::{Outcome, shell};

const LIMIT_BROTLI_BYTES: u64 = 2_000_000;

/// Prints the table of the last built page.
pub(crate) fn print() -> Outcome {
    table().map(drop)
}

/// Prints the table; an error when the page is too heavy.
pub(crate) fn check() -> Outcome {
    let brotli = table()?;
    println!("limit {:>50}", grouped(LIMIT_BROTLI_BYTES));
    if brotli > LIMIT_BROTLI_BYTES {
        return Err(format!("the page weighs {brotli} bytes, more than {LIMIT_BROTLI_BYTES}").into());
    }
    Ok(())
}

/// The sum in brotli bytes.
fn table() -> Outcome<u64> {
    let manifest: Value = serde_json::from_slice(&fs::read(shell::target_folder()?.join("page/manifest.json"))?)?;
    let files = manifest.get("files").and_then(Value::as_array).ok_or("manifest.json lists no files")?;
    println!("{:<32} {:>11} {:>11} {:>11}", "file", "raw", "gzip", "brotli");
    let mut sums = [0_u64; 3];
    for file in files {
        let sizes =
            ["raw_bytes", "gzip_bytes", "brotli_bytes"].map(|key| file.get(key).and_then(Value::as_u64).unwrap_or(0));
        let path = file.get("path").and_then(Value::as_str).unwrap_or("?");
        let name = path.strip_prefix("assets/").unwrap_or(path);
        if file.get("on_demand").and_then(Value::as_bool) == Some(true) {
            line(&format!("({name})"), sizes);
            continue;
        }
        for (sum, size) in sums.iter_mut().zip(sizes) {
            *sum += size;
        }
        line(name, sizes);
    }
    line("in all", sums);
    let [_, _, brotli] = sums;
    Ok(brotli)
}

fn line(name: &str, sizes: [u64; 3]) {
    let [raw, gzip, brotli] = sizes.map(grouped);
    println!("{name:<32} {raw:>11} {gzip:>11} {brotli:>11}");
}

/// 1234567 as 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let places = digits.len();
    digits.chars().enumerate().fold(String::new(), |mut text, (at, digit)| {
        if at > 0 && (places - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}
