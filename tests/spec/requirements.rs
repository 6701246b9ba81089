//! The page of security requirements speaks of every one of them, and each test that it names exists in its room.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Every requirement, by its kind: the first and last number of each row of numbers that there are.
const REQUIREMENTS: [(&str, &[(u32, u32)]); 22] = [
    ("OIDC", &[(1, 19)]),
    ("IDN", &[(1, 2), (4, 4), (6, 6)]),
    ("SES", &[(1, 10)]),
    ("CSRF", &[(1, 4)]),
    ("WEB", &[(1, 11)]),
    ("AZ", &[(1, 11)]),
    ("SSRF", &[(1, 10)]),
    ("SQL", &[(1, 15)]),
    ("FIL", &[(1, 7)]),
    ("KEY", &[(1, 7)]),
    ("CRY", &[(1, 7)]),
    ("STO", &[(1, 11)]),
    ("AUD", &[(1, 9)]),
    ("TLS", &[(1, 5)]),
    ("NET", &[(3, 3), (5, 10)]),
    ("LIM", &[(1, 3)]),
    ("LIFE", &[(1, 6)]),
    ("DS", &[(1, 3)]),
    ("EMB", &[(1, 8)]),
    ("SET", &[(1, 1)]),
    ("LOG", &[(1, 1), (4, 4)]),
    ("SUP", &[(1, 3)]),
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

/// `OIDC-15` as its kind and number.
fn parsed(id: &str) -> Option<(&str, u32)> {
    let (kind, number) = id.split_once('-')?;
    Some((kind, number.parse().ok()?))
}

/// The ids of a row's first cell: some with commas between them, or a first and a last one.
fn ids(cell: &str) -> Vec<(String, u32)> {
    let cell = cell.trim_start_matches("| ").trim();
    if let Some((first, last)) = cell.split_once(" to ")
        && let (Some((kind, first)), Some((same, last))) = (parsed(first), parsed(last))
    {
        assert_eq!(kind, same, "{cell}: a row of numbers is of one kind");
        return (first..=last).map(|number| (kind.to_owned(), number)).collect();
    }
    cell.split(", ").filter_map(parsed).map(|(kind, number)| (kind.to_owned(), number)).collect()
}

#[test]
fn every_requirement_has_a_proof_or_says_what_is_open() {
    let page = std::fs::read_to_string(root().join("docs/security.md")).expect("the page");
    let rows: Vec<Vec<&str>> =
        page.lines().filter(|line| line.starts_with("| ")).map(|line| line.split(" | ").collect()).collect();
    let said: Vec<(String, u32)> = rows.iter().flat_map(|row| ids(row[0])).collect();
    let wanted: BTreeSet<(String, u32)> = REQUIREMENTS
        .iter()
        .flat_map(|(kind, rows)| {
            rows.iter().flat_map(|(first, last)| *first..=*last).map(|number| ((*kind).to_owned(), number))
        })
        .collect();
    let unique: BTreeSet<(String, u32)> = said.iter().cloned().collect();
    assert_eq!(unique.len(), said.len(), "a requirement has two rows");
    let silent: Vec<_> = wanted.difference(&unique).collect();
    let unknown: Vec<_> = unique.difference(&wanted).collect();
    assert!(silent.is_empty() && unknown.is_empty(), "nothing is said about {silent:?}; nobody knows {unknown:?}");
    let is_requirement = |row: &&Vec<&str>| row[0].contains('-') && !row[0].contains("---");
    let is_bare = |row: &&Vec<&str>| row.get(2).is_none_or(|proof| proof.trim().len() < 10);
    let bare: Vec<_> = rows.iter().filter(is_requirement).filter(is_bare).collect();
    assert!(bare.is_empty(), "rows without a proof: {bare:#?}");
}
