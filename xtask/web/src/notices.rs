//! Writes what the licences of the libraries ask for: which library is under which licence, and the texts themselves.
//!
//! `notices.txt` is fetched by the About screen when somebody opens it and costs the page nothing before. It covers what
//! `server`, `ui` and `worker` are built from on any machine. A text that several packages share stands there once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Outcome, places};

/// Our packages that people get in their hands.
const SHIPPED: [&str; 3] = ["server", "ui", "worker"];
/// How a file's name begins that holds a licence, in capital letters.
const LEGAL_FILES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];
/// Lines are broken here, so that a screen need not be wider.
const LINE_CHARS: usize = 110;
/// No licence is longer; what is, is something else.
const MOST_BYTES: u64 = 256 * 1024;

/// The whole text; `own` stands first: what the repository says of fonts and icons.
pub(crate) fn make(own: &str) -> Outcome<String> {
    let metadata = places::metadata()?;
    let mut text = format!("{}\n\n# Libraries\n\n", own.trim());
    // The text to the names of the packages that carry it.
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in shipped(&metadata)? {
        let field = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or("see its text");
        let name = format!("{} {}", field("name"), field("version"));
        writeln!(text, "{name}: {}", field("license"))?;
        let folder = Path::new(field("manifest_path")).parent().ok_or("a package without a folder")?;
        for legal in legal_texts(folder)? {
            texts.entry(legal).or_default().insert(name.clone());
        }
    }
    for (legal, names) in texts {
        let names: Vec<String> = names.into_iter().collect();
        write!(text, "\n\n# {}\n\n{legal}", names.join(", "))?;
    }
    Ok(broken(&text))
}

/// Foreign packages that what is shipped is built from, by name and version.
fn shipped(metadata: &Value) -> Outcome<Vec<&Value>> {
    let list = |of: &Value, key: &str| of.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let packages = metadata.get("packages").and_then(Value::as_array).ok_or("cargo metadata lists no packages")?;
    let nodes =
        metadata.pointer("/resolve/nodes").and_then(Value::as_array).ok_or("cargo metadata resolves nothing")?;
    let needs: BTreeMap<String, Vec<String>> = nodes
        .iter()
        .map(|node| {
            // A kind of null is a dependency of the program itself; the others are of its tests and build scripts.
            let ships =
                |need: &&Value| list(need, "dep_kinds").iter().any(|kind| kind.get("kind").is_some_and(Value::is_null));
            (text(node, "id"), list(node, "deps").iter().filter(ships).map(|need| text(need, "pkg")).collect())
        })
        .collect();
    let ours = packages.iter().filter(|package| SHIPPED.contains(&text(package, "name").as_str()));
    let mut waiting: Vec<String> = ours.map(|package| text(package, "id")).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if seen.insert(id.clone()) {
            waiting.extend(needs.get(&id).into_iter().flatten().cloned());
        }
    }
    let foreign = |package: &&Value| package.get("source").is_some_and(Value::is_string);
    let mut found: Vec<&Value> =
        packages.iter().filter(foreign).filter(|package| seen.contains(&text(package, "id"))).collect();
    found.sort_by_key(|package| (text(package, "name"), text(package, "version")));
    Ok(found)
}

/// The licences that lie in a package's folder, without differences in white space.
fn legal_texts(folder: &Path) -> Outcome<Vec<String>> {
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let metadata = entry.metadata()?;
        let legal = LEGAL_FILES.iter().any(|begins| name.starts_with(begins));
        if legal && metadata.is_file() && metadata.len() <= MOST_BYTES {
            let lines = String::from_utf8_lossy(&fs::read(entry.path())?).replace('\r', "");
            let trimmed: Vec<&str> = lines.lines().map(str::trim_end).collect();
            texts.insert(trimmed.join("\n").trim_matches('\n').to_owned());
        }
    }
    Ok(texts.into_iter().filter(|text| !text.is_empty()).collect())
}

/// The text with long lines broken at spaces; what begins a line stays at its beginning.
fn broken(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 64);
    for line in text.lines() {
        let mut length = 0;
        for word in line.split_inclusive(' ') {
            let chars = word.chars().count();
            if length > 0 && length + chars > LINE_CHARS {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                length = 0;
            }
            out.push_str(word);
            length += chars;
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::broken;

    #[test]
    fn long_lines_break_at_spaces_and_short_ones_stay() {
        let words = "word ".repeat(60);
        let text = broken(&format!("  short  line\n\n{words}\n{}", "x".repeat(300)));
        assert!(text.starts_with("  short  line\n\nword word"));
        assert_eq!(text.matches("word").count(), 60);
        let longest = text.lines().filter(|line| line.contains(' ')).map(str::len).max();
        assert!(longest <= Some(110), "{longest:?}");
        assert!(text.ends_with(&format!("\n{}\n", "x".repeat(300))));
    }
}
