//! The check of queries: attacks in many disguises, what an analyst writes, and where a refusal points.

mod attacks;
mod disguises;
mod fenced;
mod legitimate;
mod names;

use super::{Dialect, check};

#[test]
fn a_refusal_names_the_place_and_a_remedy() {
    let table = [
        ("", 1, 1, "nothing in it"),
        ("select 1;", 1, 9, "semicolon"),
        ("select id,\n  pg_sleep(1)\nfrom t", 2, 3, "\"pg_sleep\" may not be used"),
        ("select *\nfrom t\nwhere", 1, 1, "cannot be read"),
        ("select * form t", 1, 15, "cannot be read"),
        ("select '\u{1}'", 1, 9, "control character"),
        ("select 1 /* a /* b */", 1, 15, "inside a comment"),
        ("select a into b from t", 1, 10, "INTO"),
        ("select $1", 1, 8, "value to be filled in"),
        ("select * from t for update", 1, 1, "lock on rows"),
        ("delete from t", 1, 1, "does not only read"),
        ("select\u{a0}1", 1, 7, "U+00A0"),
    ];
    for (text, line, column, said) in table {
        let refusal = check(Dialect::PostgreSql, text).expect_err(text);
        assert!(refusal.sentence.contains(said), "{text}: {refusal}");
        assert!(!refusal.remedy.is_empty(), "{text}: {refusal}");
        let exact = !said.contains("cannot be read");
        assert!(!exact || (refusal.line, refusal.column) == (line, column), "{text}: {refusal}");
    }
}

#[test]
fn a_query_of_any_length_and_depth_is_answered() {
    let long = |part: &str, times: usize| format!("select 1{}", part.repeat(times));
    for dialect in [Dialect::PostgreSql, Dialect::Sqlite, Dialect::MariaDb] {
        assert_eq!(check(dialect, &long(" + 1", 3_000)), Ok(()), "a long sum");
        assert_eq!(check(dialect, &long(" union all select 1", 1_900)), Ok(()), "a long union");
        assert!(check(dialect, &long(" + 1", 5_000)).is_err(), "too many words");
        assert!(check(dialect, &long(", 1", 40_000)).is_err(), "too long");
        let deep = format!("select {}1{}", "(".repeat(2_000), ")".repeat(2_000));
        assert!(check(dialect, &deep).expect_err("deep").sentence.contains("nested too deeply"));
        let nested = format!("{}select 1{}", "select * from (".repeat(500), ") q".repeat(500));
        assert!(check(dialect, &nested).is_err());
        let shallow = format!("{}select 1 as n{}", "select * from (".repeat(10), ") q".repeat(10));
        assert_eq!(check(dialect, &shallow), Ok(()));
    }
}

#[test]
fn a_query_that_was_checked_is_remembered_and_another_dialect_is_not() {
    let text = "select id::text from t";
    assert_eq!(super::check_once(Dialect::PostgreSql, text), Ok(()));
    assert_eq!(super::check_once(Dialect::PostgreSql, text), Ok(()));
    assert!(super::check_once(Dialect::Sqlite, text).is_err());
}
