//! What a file lost when it was brought in is told before it is accepted, with every answer over it, and on its source.

use model::completeness::{Cause, Extent};
use serde_json::{Value, json};
use server::config::UploadRecord;

use crate::broken_sources::read;
use crate::exports::take_model;
use crate::uploads::{accept, bank, send};
use crate::world::{Browser, PAGE_HEADERS, ParseId as _, World, run};

const ROWS: u64 = 1_500;
const BROKEN: u64 = 1_200;
const LISTED: usize = 1_000;

/// Rows that are too short stand behind the first good one and behind all; of the dates, the first and the last are none.
fn file() -> String {
    let born = |row: u64| if row == 0 || row == ROWS - 1 { "n/k" } else { "1815-12-10" };
    let good =
        (0..ROWS).map(|row| format!("{row},{},Bergen\n{}", born(row), if row == 0 { "too,short\n" } else { "" }));
    let more = usize::try_from(BROKEN - 1).expect("a size");
    format!("id,born,city\n{}{}", good.collect::<String>(), "too,short\n".repeat(more))
}

fn rows_left_out() -> Cause {
    Cause::RowsLeftOut { source: "people".parse_id(), rows: BROKEN }
}

fn dates_lost() -> Cause {
    Cause::UnreadableInFile { source: "people".parse_id(), column: "born".to_owned(), cells: 2 }
}

/// The file as a source with a model: an object type, and a link of everybody to everybody in the same city.
async fn modelled(own: &mut Browser) -> String {
    let mut preview = send(own, file().as_bytes()).await.json();
    preview["layout"]["columns"][1]["kind"] = json!("date");
    let ask = json!({ "project": "bank", "upload": preview["upload"], "layout": preview["layout"] });
    let preview = own.call("preview_file", &ask).await.json();
    assert_problems(&preview["problems"]);
    assert_eq!(preview["rows"][0], json!(["0", null, "Bergen"]));
    assert_eq!(preview["unfit"], json!([{ "row": 0, "column": 1, "text": "n/k" }]), "none of the others is seen");
    assert_eq!(preview["unreadable"], json!([{ "column": "born", "cells": 2 }]), "the last one is behind what is seen");
    let done = accept(own, "people", &preview).await.json();
    assert_eq!((&done["rows"], &done["unreadable"]), (&json!(ROWS), &json!(2)), "{done}");
    assert_problems(&done["problems"]);
    let kind = take_model(own, "people").await;
    let link = json!({ "id": "same", "name": "Same city", "reverse": "Same city", "plural": "Same cities",
        "from": kind, "to": kind, "directed": false,
        "join": { "by": "properties", "pairs": [{ "from": "city", "to": "city" }] } });
    let base = own.revision("bank").await;
    let change =
        json!({ "project": "bank", "scope": "everyone", "base": base, "changes": [{ "put_link_type": link }] });
    let changed = own.call("change_project", &change).await;
    assert_eq!(changed.verdict(), "200", "{}", changed.text());
    kind
}

/// All of them are counted, and as many as is promised are listed.
fn assert_problems(problems: &Value) {
    assert_eq!(problems["total"], json!(BROKEN));
    let listed = problems["listed"].as_array().expect("a list");
    assert_eq!(listed.len(), LISTED);
    assert_eq!(listed[0], json!({ "line": 3, "sentence": "2 cells instead of 3" }));
    assert_eq!(listed[LISTED - 1]["line"].as_u64(), Some(2_501));
}

#[test]
fn every_answer_over_a_file_says_which_rows_were_left_out_and_which_cells_could_not_be_read() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let kind = modelled(&mut own).await;
        let rows = |fields: Value| {
            json!({ "project": "bank", "query": {
            "from": { "objects": kind }, "answer": { "rows": { "fields": fields, "limit": 100 } } } })
        };
        let count = json!({ "project": "bank", "query": { "from": { "objects": kind }, "answer": "count" } });
        let born = json!({ "is": { "field": { "own": "born" }, "test": "empty" } });
        let counted = json!({ "project": "bank", "query": {
            "from": { "objects": kind }, "filter": born, "answer": "count" } });
        let search = json!({ "project": "bank", "text": "Bergen", "object_types": [], "limit": 10 });
        let links = json!({ "project": "bank", "object_type": kind, "keys": [["1"]] });
        let expand = json!({ "project": "bank", "link": "same", "direction": "forward", "keys": [["1"]],
            "order": "count", "limit": 100 });
        let sample = json!({ "project": "bank", "source": "people", "table": { "name": "rows" }, "limit": 100 });
        let both = || vec![rows_left_out(), dates_lost()];
        let table = [
            ("rows", "run_query", rows(json!([{ "own": "born" }])), both()),
            ("rows of another column", "run_query", rows(json!([{ "own": "city" }])), vec![rows_left_out()]),
            ("a count", "run_query", count, vec![rows_left_out()]),
            ("a filter", "run_query", counted, both()),
            ("a search, which reads every field", "search", search, both()),
            ("counted links", "count_links", links, vec![rows_left_out()]),
            ("an expansion", "expand", expand, vec![rows_left_out()]),
            ("a sample", "sample_table", sample, both()),
        ];
        for (what, name, request, expected) in table {
            let reply = own.post_json(&format!("/api/stream/{name}"), &request).await;
            assert_eq!(reply.verdict(), "200", "{what}: {}", reply.text());
            let answer = read(&reply.body);
            assert!(answer.done && !answer.closed.is_empty(), "{what}");
            let said = &answer.closed[&0].completeness;
            assert_eq!(said.extent, Extent::Partial, "{what}: {said:?}");
            for cause in &expected {
                assert!(said.causes.contains(cause), "{what}: {said:?}");
            }
            assert_eq!(said.causes.contains(&dates_lost()), expected.contains(&dates_lost()), "{what}: {said:?}");
        }
        let query = rows(json!([])).to_string();
        let exported = own.send("POST", "/api/download/export_rows", &PAGE_HEADERS, query.as_bytes()).await.text();
        assert!(exported.contains(" rows, partial") && exported.contains("rows_left_out"), "{exported:.2000}");
    });
}

#[test]
fn a_source_tells_what_its_file_lost_and_a_file_of_earlier_has_nothing_to_tell() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        modelled(&mut own).await;
        let read = own.call("read_project", &json!({ "project": "bank" })).await.json();
        assert_eq!(read["files"][0][0], "people");
        let report = &read["files"][0][1];
        assert_eq!(
            (&report["rows"], &report["unreadable"]),
            (&json!(ROWS), &json!([{ "column": "born", "cells": 2 }]))
        );
        assert_problems(&report["problems"]);
        let earlier = json!({ "person": "ada", "name": "a.csv", "at": 1, "chunks": 1, "bytes": 1, "layout": null });
        let record: UploadRecord = serde_json::from_value(earlier).expect("a record without a report");
        assert_eq!(record.report, None);
    });
}
