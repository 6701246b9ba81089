//! Numbers of web addresses, every digit of them; and pages that repeat.

use model::kind::Kind;
use serde_json::json as value;

use super::fixture::statement;
use super::http::{Answers, came, number, open, people, texts};
use super::web::{Web, json, status};
use crate::connectors::FailureKind;

/// The cells of a column of one table, whose records are written as they are; the number of those that could not be read.
async fn column(declared: &str, kind: Kind, cells: &str) -> (Vec<Option<String>>, u64) {
    let records: Vec<String> = cells.split(' ').map(|cell| format!("{{\"x\": {cell}}}")).collect();
    let text = format!("[{}]", records.join(","));
    let web = Web::start(move |_| json(text.clone())).await;
    let columns = format!("all: x {declared}");
    let settings = [("tables", "all = /x"), ("columns", if declared.is_empty() { "" } else { &columns })];
    let opened = open(web.port, &settings).await.expect("a source");
    let (came, causes) = came(&opened, statement("select x from \"all\"", &[], &[kind])).await.expect("rows");
    assert_eq!(causes, []);
    let unreadable = came.unreadable.iter().map(|(_, number)| number).sum();
    (came.rows.into_iter().map(|row| row[0].clone()).collect(), unreadable)
}

/// What a column is declared as, the kind that is read, what comes, and what is shown of it; `-` is unreadable.
type Case = (&'static str, Kind, &'static str, &'static [&'static str]);

const CASES: [Case; 9] = [
    (
        "decimal(2)",
        Kind::Decimal,
        "12345678901234567.89 -12345678901234567.89 0.1 1e3 -2.5E-1 5 12345678901234568.00 9223372036854775808 1e16",
        &[
            "12345678901234567.89",
            "-12345678901234567.89",
            "0.10",
            "1000.00",
            "-0.25",
            "5.00",
            "12345678901234568.00",
            "9223372036854775808.00",
            "10000000000000000.00",
        ],
    ),
    ("decimal(2)", Kind::Decimal, "1.005 1e400 \"x\" 123456789012345678901234567890123456789", &["-", "-", "-", "-"]),
    (
        "integer",
        Kind::Integer,
        "9223372036854775807 -9223372036854775808 1e3 5.0 -7 9007199254740993.0",
        &["9223372036854775807", "-9223372036854775808", "1000", "5", "-7", "9007199254740993"],
    ),
    (
        "integer",
        Kind::Integer,
        "9223372036854775808 12345678901234567890 98765432109876543210 1e19 1.5 -9223372036854775809",
        &["-"; 6],
    ),
    (
        "float",
        Kind::Float,
        "0.1 -1.5e-7 59.91386880000001 3.14159265358979311600 5 9007199254740992 9223372036854775808 1e300",
        &[
            "0.1",
            "-1.5e-7",
            "59.91386880000001",
            "3.141592653589793",
            "5.0",
            "9007199254740992.0",
            "9.223372036854776e18",
            "1e300",
        ],
    ),
    ("float", Kind::Float, "9007199254740993 12345678901234567.89 12345678901234567890 1e400", &["-"; 4]),
    (
        "text",
        Kind::Text,
        "12345678901234567890 98765432109876543210 12345678901234567.89 7 1e400",
        &["12345678901234567890", "98765432109876543210", "12345678901234567.89", "7", "1e400"],
    ),
    // Found in the page: a number that a binary number does not give back makes the column text.
    ("", Kind::Text, "1.5 98765432109876543210", &["1.5", "98765432109876543210"]),
    ("", Kind::Text, "1.5 9007199254740993", &["1.5", "9007199254740993"]),
];

#[tokio::test]
async fn every_digit_of_a_number_arrives_or_the_cell_is_counted_as_unreadable() {
    for (declared, kind, cells, expected) in CASES {
        let (came, unreadable) = column(declared, kind, cells).await;
        let shown: Vec<&str> = came.iter().map(|cell| cell.as_deref().unwrap_or("-")).collect();
        assert_eq!(shown, expected, "{declared}: {cells}");
        assert_eq!(unreadable, came.iter().filter(|cell| cell.is_none()).count() as u64, "{declared}: {cells}");
    }
}

#[tokio::test]
async fn a_column_with_a_number_that_would_lose_a_digit_is_found_to_be_text() {
    let records = "[{\"a\":1.5,\"b\":98765432109876543210,\"c\":[98765432109876543210],\"d\":9007199254740993}]";
    let web = Web::start(move |_| json(records)).await;
    let open = open(web.port, &[("tables", "all = /x")]).await.expect("a source");
    let catalogue = open.catalogue().await.expect("a catalogue");
    let kinds: Vec<Kind> = catalogue.tables[0].columns.iter().map(|column| column.kind).collect();
    assert_eq!(kinds, [Kind::Float, Kind::Text, Kind::Text, Kind::Integer]);
}

#[tokio::test]
async fn a_key_of_twenty_digits_asks_for_itself_and_a_cursor_keeps_its_digits() {
    let web = Web::start(|asked| match asked.parameter("cursor").as_deref() {
        None => json("{\"list\":[{\"id\":98765432109876543210}],\"next\":98765432109876543211}"),
        Some("98765432109876543211") => json("{\"list\":[{\"id\":98765432109876543211}],\"next\":null}"),
        Some(_) => status(500),
    })
    .await;
    let settings = [("tables", "all = /x at /list"), ("paging", "cursor"), ("next", "/next")];
    let open = open(web.port, &settings).await.expect("a source");
    let found = texts(&open, "select id from \"all\" where id = '98765432109876543211'").await;
    assert_eq!(found, ["98765432109876543211"]);
}

#[tokio::test]
async fn an_api_that_does_not_heed_the_page_is_not_read_for_ever() {
    let web = Web::start(|asked| match asked.path() {
        "/v1/deaf" => json(value!({ "at": asked.target, "list": people(0, 10) }).to_string()),
        // Gives its last page again for every number behind it.
        "/v1/last" => {
            let from = number(asked, "page").min(3) * 10;
            json(value!({ "list": people(from, (from + 10).min(35)) }).to_string())
        }
        _ => json(value!({ "list": people(0, 0) }).to_string()),
    })
    .await;
    let table: [(&str, Answers<'_>); 3] = [
        ("deaf", &[("paging", "page")]),
        ("deaf", &[("paging", "offset"), ("page_size", "10")]),
        ("last", &[("paging", "page"), ("first_page", "0")]),
    ];
    for (path, paging) in table {
        let line = format!("all = /{path} at /list");
        let open = open(web.port, &[&[("tables", line.as_str())], paging].concat()).await.expect("a source");
        let before = web.asked().len();
        let failed =
            came(&open, statement("select id from \"all\"", &[], &[Kind::Integer])).await.expect_err("refused");
        assert!(failed.kind == FailureKind::Setting && failed.sentence.contains("same records"), "{path}: {failed:?}");
        assert!(web.asked().len() - before <= 5, "{path}: {:?}", web.targets());
    }
    // What the remedy says helps, and pages without records are no repetition.
    let settings = [("tables", "all = /last at /list"), ("paging", "page"), ("first_page", "0"), ("page_size", "10")];
    let opened = open(web.port, &settings).await.expect("a source");
    assert_eq!(texts(&opened, "select count(*) from \"all\"").await, ["35"]);
    let settings = [("tables", "all = /none at /list"), ("columns", "all: id integer"), ("paging", "page")];
    let opened = open(web.port, &settings).await.expect("a source");
    assert_eq!(texts(&opened, "select count(*) from \"all\"").await, ["0"]);
}
