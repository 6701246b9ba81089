//! Real files, when the environment says where they lie: `CLEW_REAL_DATA=<dir> cargo test -p server`.

use std::io::Cursor;
use std::path::Path;

use model::kind::Kind::{Decimal, Integer, Text};

use super::*;

#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where real data lie")]
fn real_data() -> Option<String> {
    std::env::var("CLEW_REAL_DATA").ok()
}

fn take_in(file: &Path) -> (Layout, Report) {
    let bytes = std::fs::read(file).unwrap();
    let layout = detect(&bytes, true).unwrap();
    let (_, report) = build(Cursor::new(&bytes), &layout).unwrap();
    (layout, report)
}

#[test]
fn real_files_have_the_rows_that_their_descriptions_name() {
    let Some(folder) = real_data() else {
        eprintln!("real files: not run, CLEW_REAL_DATA is not set");
        return;
    };
    let folder = Path::new(&folder);
    // The description of add.csv counts its end-of-file byte as a row.
    for (file, rows, columns, header) in [
        ("ofac-sdn/sdn.csv", 9_044, 12, false),
        ("ofac-sdn/add.csv", 13_625, 6, false),
        ("ofac-sdn/alt.csv", 12_409, 5, false),
        ("amlsim-20k/nodes.csv", 20_000, 4, true),
        ("amlsim-20k/transactions.csv", 120_558, 4, true),
        ("pole-manchester/crime-investigation.nodes.Crime.csv", 28_762, 8, true),
        ("pole-manchester/crime-investigation.nodes.Location.csv", 14_904, 6, true),
        ("pole-manchester/crime-investigation.nodes.Person.csv", 369, 6, true),
        ("pole-manchester/crime-investigation.relationships.KNOWS.csv", 586, 3, true),
    ] {
        let (layout, report) = take_in(&folder.join(file));
        let found = (report.rows, layout.columns.len(), layout.header, report.problems.count());
        assert_eq!(
            found,
            (rows, columns, header, 0),
            "{file}: {:?} {:?}",
            layout.notes,
            report.problems.listed.first()
        );
    }
}

#[test]
fn real_columns_get_kinds_and_null_words() {
    let Some(folder) = real_data() else { return };
    let folder = Path::new(&folder);
    let (layout, report) = take_in(&folder.join("ofac-sdn/add.csv"));
    let kinds: Vec<_> = report.columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Integer, Integer, Text, Text, Text, Text]);
    assert_eq!(layout.columns[2].null_words, ["-0- "]);
    assert!(layout.notes.iter().any(|note| note.code == "dos_end"));
    let (_, report) = take_in(&folder.join("amlsim-20k/transactions.csv"));
    let kinds: Vec<_> = report.columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Integer, Integer, Decimal, Integer]);
}
