//! The promises that hold for every connector.

use std::time::Duration;

use arrow_schema::{DataType, TimeUnit};
use futures::StreamExt as _;
use model::kind::Kind;
use model::project::Table;
use tokio::time::{Instant, timeout};
use wire::form::Input;
use wire::frame::ROLE_METADATA;

use super::fixture::{COLUMNS, Fixture, ROWS, all, ask, canonical, fixtures, load_postgresql, made, statement};
use crate::connectors::{self, Bound, Bounds, FailureKind, Target};

fn expected(kinds: &[Kind]) -> Vec<Vec<Option<String>>> {
    let row = |row: &super::fixture::Row| {
        let cells = row.1.iter().zip(Kind::ALL).map(|(value, kind)| canonical(kind, *value));
        // Read as a decimal or not, the database shows two digits; nothing else depends on the kind.
        cells.take(kinds.len()).collect()
    };
    ROWS.iter().map(row).collect()
}

#[tokio::test]
async fn every_connector_has_a_line_here_and_a_form_that_can_be_drawn() {
    let known: Vec<_> = fixtures().iter().map(|fixture| fixture.connector.about()).collect();
    assert_eq!(connectors::all().iter().map(|connector| connector.about()).collect::<Vec<_>>(), known);
    for (about, fixture) in known.iter().zip(fixtures()) {
        assert_eq!(about.kind, fixture.name);
        let connector = fixture.connector;
        assert_eq!((connector.kind(), connector.has_accounts()), (about.kind.as_str(), about.accounts));
        for field in &about.fields {
            assert!(!field.label.is_empty() && field.help.ends_with('.'), "{field:?}");
            let secret = matches!(field.input, Input::Secret);
            assert!(!secret || field.default.is_empty(), "{field:?}");
        }
    }
}

#[tokio::test]
async fn every_value_of_every_kind_comes_back_as_it_is() {
    let text = format!("select {} from kinds order by id", COLUMNS.join(", "));
    for fixture in fixtures() {
        let open = fixture.open().await;
        let came = ask(&*open, statement(&text, &[], &Kind::ALL)).await.expect("rows");
        assert_eq!(came.rows, expected(&Kind::ALL), "{}", fixture.name);
        assert_eq!(came.unreadable, [], "{}", fixture.name);
    }
}

#[tokio::test]
async fn an_answer_says_its_columns_before_its_rows_even_when_there_are_none() {
    let text = format!("select {} from kinds where id < 0", COLUMNS.join(", "));
    let time = |zone: Option<&str>| DataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into));
    let types = [
        DataType::Utf8,
        DataType::Int64,
        DataType::Decimal128(38, 2),
        DataType::Float64,
        DataType::Boolean,
        DataType::Date32,
        time(Some("UTC")),
        time(None),
        DataType::Binary,
    ];
    for fixture in fixtures() {
        let open = fixture.open().await;
        let answer = open.run(statement(&text, &[], &Kind::ALL), Bounds::default()).await.expect("an answer");
        for (place, (field, data_type)) in answer.schema.fields().iter().zip(&types).enumerate() {
            assert_eq!((field.name(), field.data_type()), (&format!("c{place}"), data_type), "{}", fixture.name);
            assert_eq!(field.metadata().get(ROLE_METADATA), Some(&format!("role {place}")));
        }
        assert_eq!(all(answer).await.expect("no rows").rows.len(), 0, "{}", fixture.name);
    }
}

#[tokio::test]
async fn a_cell_that_does_not_fit_is_null_and_counted() {
    let text = "select t, t, t, t, t, t, t, t, d from kinds order by id";
    let mut kinds = Kind::ALL;
    kinds.rotate_left(1); // integer, decimal, float, bool, date, instant, local time, bytes; and a decimal as text
    for fixture in fixtures() {
        let open = fixture.open().await;
        let came = ask(&*open, statement(text, &[], &kinds)).await.expect("rows");
        // Three texts are not null; the empty one is valid as bytes.
        let unfit: Vec<_> = (0..8).map(|place| (place, if place == 7 { 2 } else { 3 })).collect();
        assert_eq!(came.unreadable, unfit, "{}", fixture.name);
        let last: Vec<_> = came.rows.iter().map(|row| row[8].as_deref()).collect();
        assert_eq!(last, [Some("12.50"), Some("999999999999.99"), Some("-999999999999.99"), None], "{}", fixture.name);
    }
}

#[tokio::test]
async fn a_row_is_found_by_a_value_of_every_kind() {
    for fixture in fixtures() {
        let open = fixture.open().await;
        for (column, (kind, value)) in COLUMNS.iter().zip(Kind::ALL.into_iter().zip(ROWS[0].1)) {
            let value = canonical(kind, value).expect("a value");
            let text = format!("select id from kinds where {column} = {} order by id", (fixture.place)(1));
            let came = ask(&*open, statement(&text, &[Bound::One(kind, value)], &[Kind::Integer])).await.expect("rows");
            let first = came.rows.first().and_then(|row| row[0].clone());
            assert_eq!(first.as_deref(), Some("1"), "{} {kind:?}", fixture.name);
        }
    }
}

#[tokio::test]
async fn a_list_finds_exactly_its_members_whatever_they_contain() {
    let texts = |texts: &[&str]| Bound::Many(Kind::Text, texts.iter().map(|text| (*text).to_owned()).collect());
    let first = ROWS[0].1[0].expect("a text");
    let numbers = Bound::Many(Kind::Integer, vec!["-7".to_owned(), i64::MIN.to_string()]);
    let table = [
        ("t", texts(&[first, "no"]), vec!["1"]),
        ("t", texts(&["", "z"]), vec!["2", "3"]),
        ("t", texts(&["NULL", "a,b", "{}", "\"", "\\", "[\"z\"]"]), vec![]),
        ("t", texts(&[]), vec![]),
        ("i", numbers, vec!["1", "3"]),
    ];
    for fixture in fixtures() {
        let open = fixture.open().await;
        for (column, bound, expected) in &table {
            let text = format!("select id from kinds where {} order by id", (fixture.among)(column, 1));
            let came = ask(&*open, statement(&text, std::slice::from_ref(bound), &[Kind::Text])).await.expect("rows");
            let ids: Vec<_> = came.rows.iter().map(|row| row[0].as_deref().expect("an id")).collect();
            assert_eq!(ids, *expected, "{} {bound:?}", fixture.name);
        }
    }
}

#[tokio::test]
async fn what_is_no_value_never_reaches_the_source() {
    let zero = Bound::One(Kind::Text, "a\0b".to_owned());
    let zeros = Bound::Many(Kind::Text, vec!["\0".to_owned()]);
    let number = Bound::One(Kind::Integer, "1 or 1=1".to_owned());
    for fixture in fixtures() {
        let open = fixture.open().await;
        for (values, condition) in [
            (vec![zero.clone()], format!("t = {}", (fixture.place)(1))),
            (vec![zeros.clone()], (fixture.among)("t", 1)),
            (vec![number.clone()], format!("i = {}", (fixture.place)(1))),
            (vec![], format!("i = {}", (fixture.place)(1))),
        ] {
            let text = format!("select id from kinds where {condition}");
            let failure = ask(&*open, statement(&text, &values, &[Kind::Integer])).await.expect_err("refused");
            assert_eq!(failure.kind, FailureKind::Mismatch, "{} {values:?}", fixture.name);
        }
        // The connection is still good for others.
        let came = ask(&*open, statement("select count(*) from kinds", &[], &[Kind::Integer])).await.expect("a row");
        assert_eq!(came.rows, [[Some("4".to_owned())]], "{}", fixture.name);
    }
}

#[tokio::test]
async fn nothing_can_be_written_whatever_the_statement_says() {
    for fixture in fixtures() {
        let open = fixture.open().await;
        for text in fixture.writes() {
            let came = ask(&*open, statement(&text, &[], &[Kind::Text])).await;
            assert!(came.is_err(), "{}: {text}: {came:?}", fixture.name);
        }
        let count = "select (select count(*) from people where name in ('Ada', 'Zoë')), (select count(*) from people)";
        let came = ask(&*open, statement(count, &[], &[Kind::Text, Kind::Text])).await.expect("a row");
        assert_eq!(came.rows, [[Some("2".to_owned()), Some("2".to_owned())]], "{}", fixture.name);
    }
    assert_eq!(files_made(), Vec::<String>::new());
    // They would be seen: the same statements without a connector leave what is looked for.
    for (fixture, expected) in fixtures().iter().zip([
        &["copied"][..],
        &["attached", "vacuumed"],
        &["attached", "vacuumed"],
        &["attached", "vacuumed"],
    ]) {
        assert_eq!(fixture.write_without_a_fence().await, expected.len(), "{}", fixture.name);
        assert_eq!(files_made(), expected, "{}", fixture.name);
        expected.iter().for_each(|name| std::fs::remove_file(made().join(name)).expect("removed"));
    }
}

/// What lies where a statement could leave something.
fn files_made() -> Vec<String> {
    let entries = std::fs::read_dir(made()).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_does_not_exist_is_a_mismatch_with_a_remedy() {
    for fixture in fixtures() {
        let open = fixture.open().await;
        for text in ["select nothing from kinds", "select \"nothing\" from kinds", "select 1 from nowhere", "selec"] {
            let failure = ask(&*open, statement(text, &[], &[Kind::Text])).await.expect_err("refused");
            assert_eq!(failure.kind, FailureKind::Mismatch, "{} {text}", fixture.name);
            assert!(!failure.remedy.is_empty() && !failure.sentence.contains("nothing"), "{failure:?}");
        }
    }
}

#[tokio::test]
async fn the_first_rows_come_in_small_batches() {
    for fixture in fixtures() {
        let open = fixture.open().await;
        let bounds = Bounds { rows_per_batch: 2_000, ..Bounds::default() };
        let mut answer = open.run(statement(fixture.long, &[], &[Kind::Text]), bounds).await.expect("an answer");
        let mut sizes = Vec::new();
        while sizes.len() < 6 {
            sizes.push(answer.batches.next().await.expect("a batch").expect("rows").rows.num_rows());
        }
        if fixture.name == "postgresql" {
            assert_eq!(sizes, [64, 256, 1_024, 2_000, 2_000, 2_000]);
        }
        assert!(sizes[0] <= 64 && sizes.iter().all(|size| *size <= 2_000), "{} {sizes:?}", fixture.name);
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_slow() {
    for fixture in fixtures() {
        let open = fixture.open().await;
        let bounds = Bounds { timeout: Duration::from_millis(300), ..Bounds::default() };
        let began = Instant::now();
        let came = match open.run(statement(fixture.endless, &[], &[Kind::Text]), bounds).await {
            Ok(answer) => all(answer).await,
            Err(failure) => Err(failure),
        };
        assert_eq!(came.expect_err("slow").kind, FailureKind::Slow, "{}", fixture.name);
        assert!(began.elapsed() < Duration::from_secs(3), "{}", fixture.name);
    }
}

/// Runs a statement that would go on for ever, leaves it in some state, and then needs the only connection again.
async fn leave(fixture: &Fixture, text: &str, batches: usize, stall: bool) {
    let open = fixture.open_for(1).await;
    let bounds = Bounds { timeout: Duration::from_secs(60), ..Bounds::default() };
    let started = timeout(Duration::from_millis(300), async {
        let mut answer = open.run(statement(text, &[], &[Kind::Text]), bounds).await.expect("an answer");
        for _ in 0..batches {
            answer.batches.next().await.expect("a batch").expect("rows");
        }
        if batches == 0 {
            answer.batches.next().await;
        }
        answer
    });
    if let Ok(answer) = started.await {
        if stall {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        drop(answer);
    }
    let next = ask(&*open, statement("select count(*) from people", &[], &[Kind::Text]));
    let came = timeout(Duration::from_secs(2), next).await.unwrap_or_else(|_| panic!("{}: stuck", fixture.name));
    assert_eq!(came.expect("a row").rows.len(), 1, "{}", fixture.name);
}

#[tokio::test]
async fn leaving_before_the_first_row_stops_the_statement() {
    for fixture in fixtures() {
        leave(&fixture, fixture.endless, 0, false).await;
    }
}

#[tokio::test]
async fn leaving_in_the_middle_stops_the_statement() {
    for fixture in fixtures() {
        leave(&fixture, fixture.long, 3, false).await;
    }
}

#[tokio::test]
async fn leaving_a_stalled_answer_stops_the_statement() {
    for fixture in fixtures() {
        leave(&fixture, fixture.long, 1, true).await;
    }
}

#[tokio::test]
async fn more_statements_than_allowed_wait_their_turn() {
    for fixture in fixtures() {
        let open = fixture.open_for(2).await;
        let asked = (0..20).map(|_| ask(&*open, statement("select count(*) from kinds", &[], &[Kind::Text])));
        for came in futures::future::join_all(asked).await {
            assert_eq!(came.expect("a row").rows, [[Some("4".to_owned())]], "{}", fixture.name);
        }
    }
}

#[tokio::test]
async fn the_catalogue_lists_tables_columns_and_keys() {
    for fixture in fixtures() {
        let catalogue = fixture.open().await.catalogue().await.expect("a catalogue");
        assert!(!catalogue.cut);
        let find = |name: &str| catalogue.tables.iter().find(|table| table.table.name == name).expect("a table");
        let kinds: Vec<_> = find("kinds").columns.iter().map(|column| column.kind).collect();
        assert_eq!(kinds, [&[Kind::Integer], Kind::ALL.as_slice()].concat(), "{}", fixture.name);
        if !fixture.knows_keys {
            assert!(catalogue.tables.iter().all(|table| table.primary_key.is_empty() && table.foreign_keys.is_empty()));
            continue;
        }
        let owns = find("owns");
        assert_eq!(owns.primary_key, ["person", "thing"], "{}", fixture.name);
        assert_eq!(owns.unique, [["thing", "share"]], "{}", fixture.name);
        let key = &owns.foreign_keys[0];
        let there = Table { schema: owns.table.schema.clone(), name: "people".to_owned() };
        assert_eq!((&key.columns[0], &key.table, &key.referenced[0]), (&"person".into(), &there, &"id".into()));
        let people = find("people");
        assert_eq!(people.foreign_keys[0].table, people.table);
        assert_eq!([people.columns[0].nullable, people.columns[1].nullable], [false, true], "{}", fixture.name);
        assert!(find("bosses").view && !people.view, "{}", fixture.name);
    }
}

#[tokio::test]
async fn a_test_says_what_it_found_and_where_it_failed() {
    load_postgresql().await;
    for fixture in fixtures() {
        let report = fixture.connector.test((fixture.target)()).await;
        assert!(report.ok && !report.steps.is_empty(), "{}: {report:?}", fixture.name);
        let broken =
            Target { settings: [("nonsense".to_owned(), "x".to_owned())].into(), image: None, ..(fixture.target)() };
        let report = fixture.connector.test(broken).await;
        let last = report.steps.last().expect("a step");
        assert!(!report.ok && last.fault.is_some(), "{}: {report:?}", fixture.name);
    }
}
