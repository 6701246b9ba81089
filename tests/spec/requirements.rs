//! The page of security requirements names tests, and each of them exists in the room that it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Kinds of requirements that the page has to speak of.
const KINDS: [&str; 22] = [
    "OIDC", "IDN", "SES", "CSRF", "WEB", "AZ", "SSRF", "SQL", "FIL", "KEY", "CRY", "STO", "AUD", "TLS", "NET", "LIM",
    "LIFE", "DS", "EMB", "SET", "LOG", "SUP",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

/// Every function of every file of Rust, by its name: the paths that it stands in.
fn functions(folder: &Path, found: &mut BTreeMap<String, Vec<String>>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
        if entry.is_dir() && !["target", ".git", "node_modules"].contains(&name.as_str()) {
            functions(&entry, found);
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(&entry).expect("text");
            for line in text.lines() {
                let Some((_, after)) = line.split_once("fn ") else { continue };
                let function = after.split(['(', '<']).next().unwrap_or_default();
                found.entry(function.to_owned()).or_default().push(entry.to_string_lossy().replace('\\', "/"));
            }
        }
    }
}

/// `chapter` and `test` of every `chapter::test` on the page.
fn named(page: &str) -> Vec<(&str, &str)> {
    page.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|quoted| quoted.split_once("::"))
        .filter(|named| *named != ("chapter", "test"))
        .collect()
}

#[test]
fn every_test_that_the_page_of_requirements_names_exists() {
    let page = std::fs::read_to_string(root().join("docs/security.md")).expect("the page");
    let mut known = BTreeMap::new();
    functions(&root(), &mut known);
    let stands = |chapter: &str, test: &str| {
        let places = known.get(test).map(Vec::as_slice).unwrap_or_default();
        places.iter().any(|path| path.contains(&format!("/{chapter}/")) || path.ends_with(&format!("/{chapter}.rs")))
    };
    let absent: Vec<_> = named(&page).into_iter().filter(|(chapter, test)| !stands(chapter, test)).collect();
    assert!(absent.is_empty(), "docs/security.md names tests that are not there: {absent:#?}");
    assert!(named(&page).len() > 200, "the page was not read: {} tests", named(&page).len());
}

#[test]
fn every_requirement_has_a_proof_or_says_what_is_open() {
    let page = std::fs::read_to_string(root().join("docs/security.md")).expect("the page");
    let rows: Vec<Vec<&str>> =
        page.lines().filter(|line| line.starts_with("| ")).map(|line| line.split(" | ").collect()).collect();
    for kind in KINDS {
        assert!(rows.iter().any(|row| row[0].contains(&format!("{kind}-"))), "nothing is said about {kind}");
    }
    let is_requirement = |row: &&Vec<&str>| row[0].contains('-') && !row[0].contains("---");
    let is_bare = |row: &&Vec<&str>| row.get(2).is_none_or(|proof| proof.trim().len() < 10);
    let bare: Vec<_> = rows.iter().filter(is_requirement).filter(is_bare).collect();
    assert!(bare.is_empty(), "rows without a proof: {bare:#?}");
}
