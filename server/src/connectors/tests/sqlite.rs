//! What only SQLite has: files, its own functions, values of any type in any column.

use model::kind::Kind;

use super::fixture::{ask, fixtures, sqlite_folder, sqlite_target, statement};
use crate::connectors::sqlite::Sqlite;
use crate::connectors::{Bound, Connector as _, FailureKind, Target};

#[tokio::test]
async fn only_a_plain_file_in_the_folder_is_opened() {
    let folder = sqlite_folder();
    let outside = tempfile::NamedTempFile::new().expect("a file");
    std::os::unix::fs::symlink(outside.path(), folder.join("link.sqlite")).expect("a link");
    std::fs::write(folder.join("text.sqlite"), "this is no database, but long enough to look like one".repeat(20))
        .expect("a file");
    std::fs::write(folder.join("store.sqlite"), "").expect("a file");
    std::fs::hard_link(folder.join("store.sqlite"), folder.join("other-name.sqlite")).expect("a link");
    let outside = outside.path().to_string_lossy().into_owned();
    for name in [
        "",
        ".",
        "..",
        "../rows.sqlite",
        "./rows.sqlite",
        "a\\b",
        "file:rows.sqlite",
        ".hidden",
        "absent.sqlite",
        "link.sqlite",
        "text.sqlite",
        "store.sqlite",
        "other-name.sqlite",
        &outside,
    ] {
        let settings = [("file".to_owned(), name.to_owned())].into();
        let target = Target { settings, store_file: Some(folder.join("store.sqlite")), ..sqlite_target() };
        let failure = Sqlite.open(target).await.err().unwrap_or_else(|| panic!("{name:?} was opened"));
        assert_eq!(failure.kind, FailureKind::Setting, "{name:?} {failure:?}");
    }
    assert!(Sqlite.open(Target { sqlite_dir: None, ..sqlite_target() }).await.is_err());
    assert!(Sqlite.open(sqlite_target()).await.is_ok());
}

#[tokio::test]
async fn its_own_functions_fold_sum_and_order() {
    let rows = |values: &str| format!("(with v(x) as (values {values}) select x from v)");
    let table = [
        ("select clew_fold('ÅSE Straße')".to_owned(), "ase strasse"),
        ("select coalesce(clew_fold(null), 'null')".to_owned(), "null"),
        (format!("select clew_sum(x) from {}", rows("('0.10'), ('0.20'), (1), (0.7), (null), ('x')")), "2.00"),
        (format!("select coalesce(clew_sum(x), 'none') from {} where false", rows("(1)")), "none"),
        (format!("select clew_sum(x) from {}", rows("(9223372036854775807), (1)")), "9223372036854775808"),
        (
            format!(
                "select group_concat(x, ' ') from (select x from {} order by x collate clew_decimal)",
                rows("('10'), ('9.5'), ('-1'), ('a'), ('09.50')")
            ),
            "-1 9.5 09.50 10 a",
        ),
        ("select '2026-09-30 12:00:00' = '2026-09-30T12:00:00.000Z' collate clew_time".to_owned(), "1"),
    ];
    for fixture in fixtures().iter().filter(|fixture| fixture.name != "postgresql") {
        let open = fixture.open().await;
        for (text, expected) in &table {
            let came = ask(&*open, statement(text, &[], &[Kind::Text])).await.expect("a row");
            assert_eq!(came.rows, [[Some((*expected).to_owned())]], "{text}");
        }
        let nines = format!("select clew_sum(x) from {}", rows(&format!("('{}'), (1)", "9".repeat(38))));
        let failure = ask(&*open, statement(&nines, &[], &[Kind::Text])).await.expect_err("too many digits");
        assert_eq!(failure.sentence, "The sum has more than 38 digits.");
    }
}

#[tokio::test]
async fn a_value_of_another_storage_is_read_where_it_fits() {
    let table = [
        ("3.0", Kind::Integer, Some("3")),
        ("'3'", Kind::Integer, Some("3")),
        ("3.5", Kind::Integer, None),
        ("12.34", Kind::Decimal, Some("12.340000000000")),
        ("'12.34'", Kind::Float, Some("12.34")),
        ("1", Kind::Bool, Some("true")),
        ("'true'", Kind::Bool, Some("true")),
        ("'2026-09-30 00:00:00'", Kind::Date, Some("2026-09-30")),
        ("'2026-09-30 12:00:00'", Kind::Instant, Some("2026-09-30T12:00:00Z")),
        ("'2026-09-30 12:00'", Kind::LocalTime, Some("2026-09-30T12:00:00")),
        ("1700000000", Kind::Instant, None),
        ("cast(x'ff' as text)", Kind::Text, None),
        ("x'00ff'", Kind::Text, Some("00ff")),
    ];
    let open = Sqlite.open(sqlite_target()).await.expect("a file");
    for (expression, kind, expected) in table {
        let came = ask(&*open, statement(&format!("select {expression}"), &[], &[kind])).await.expect("a row");
        assert_eq!(came.rows, [[expected.map(str::to_owned)]], "{expression} as {kind:?}");
        assert_eq!(came.unreadable.len(), usize::from(expected.is_none()), "{expression} as {kind:?}");
    }
}

#[tokio::test]
async fn a_thousand_keys_are_one_value() {
    let open = Sqlite.open(sqlite_target()).await.expect("a file");
    let keys = Bound::Many(Kind::Integer, (0..1_000).map(|key| key.to_string()).collect());
    let text = "select count(*) from kinds where id in (select value from json_each(?1))";
    let came = ask(&*open, statement(text, &[keys], &[Kind::Integer])).await.expect("a row");
    assert_eq!(came.rows, [[Some("4".to_owned())]]);
}
