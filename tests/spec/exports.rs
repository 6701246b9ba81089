//! Exports, through the server's own call: a file that a spreadsheet opens without running anything in it.

use serde_json::{Value, json};

use crate::projects::{bank, read};
use crate::uploads::accepted;
use crate::world::{Browser, PAGE_HEADERS, World, run};

/// Cells that a spreadsheet would take for formulas, and one that only looks like one; numbers beside them.
const FILE: &str = "id,note,amount,balance\n\
    1,\"=HYPERLINK(\"\"http://evil.example\"\")\",-5,-1.50\n\
    2,+47 22 33 44 55,-70000,+2.25\n\
    3,-cmd|' /C calc'!A0,12,-0.75\n\
    4,@SUM(A1),0,3.00\n\
    5,\"\t=1+1\",-1,4.50\n\
    6,\"\r=1+1\",1,-5.00\n\
    7,\u{ff1d}1+1,2,6.00\n\
    8,plain = text,3,7.00\n";

/// Takes the model that is suggested for a source.
pub(crate) async fn take_model(own: &mut Browser, source: &str) -> String {
    let suggested = own.call("suggest_model", &json!({ "project": "bank", "source": source })).await;
    assert_eq!(suggested.verdict(), "200", "{}", suggested.text());
    let base = own.revision("bank").await;
    let changes = suggested.json()["changes"].clone();
    let request = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": changes });
    let changed = own.call("change_project", &request).await;
    assert_eq!(changed.verdict(), "200", "{}", changed.text());
    let types = read(own).await["project"]["object_types"].clone();
    types.as_object().and_then(|types| types.keys().next().cloned()).expect("an object type")
}

async fn export(own: &mut Browser, query: &Value) -> String {
    let request = json!({ "project": "bank", "query": query }).to_string();
    let reply = own.send("POST", "/api/download/export_rows", &PAGE_HEADERS, request.as_bytes()).await;
    assert_eq!(reply.verdict(), "200", "{}", reply.text());
    assert!(reply.header("content-disposition").starts_with("attachment"), "{:?}", reply.headers);
    reply.text()
}

#[test]
fn a_cell_of_text_that_looks_like_a_formula_is_guarded_and_a_negative_number_stays_a_number() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(accepted(&mut own, "notes", FILE.as_bytes()).await.verdict(), "200");
        let kind = take_model(&mut own, "notes").await;
        let file =
            export(&mut own, &json!({ "from": { "objects": kind }, "answer": { "rows": { "limit": 100 } } })).await;
        let rows: Vec<&str> =
            file.split("\r\n").filter(|line| !line.trim_start_matches(['"', '\u{feff}']).starts_with('#')).collect();
        // The key stands first, then the lines; a balance with a plus makes that column one of text.
        let expected = [
            "id,line,note,amount,balance",
            "1,2,\"'=HYPERLINK(\"\"http://evil.example\"\")\",-5,-1.50",
            "2,3,'+47 22 33 44 55,-70000,+2.25",
            "3,4,'-cmd|' /C calc'!A0,12,-0.75",
            "4,5,'@SUM(A1),0,3.00",
            "5,6,'\t=1+1,-1,4.50",
            "6,7,\"'\r=1+1\",1,-5.00",
            "7,9,'\u{ff1d}1+1,2,6.00",
            "8,10,plain = text,3,7.00",
            "",
        ];
        assert_eq!(rows, expected, "{file:?}");
        assert!(file.contains("# 8 rows, exact"), "{file}");

        let by = json!({ "from": { "objects": kind }, "answer": { "groups":
            { "by": [{ "own": "note" }], "measures": ["count"], "sort": [], "limit": 100 } } });
        let groups = export(&mut own, &by).await;
        for line in groups.split("\r\n").filter(|line| line.contains("SUM(A1)")) {
            assert!(line.starts_with("'@SUM(A1)"), "groups too: {line}");
        }
        assert!(groups.contains("'@SUM(A1),1"), "{groups}");
    });
}

#[test]
fn what_is_said_about_the_rows_is_no_formula_either_and_as_long_as_the_question() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(accepted(&mut own, "notes", FILE.as_bytes()).await.verdict(), "200");
        let kind = take_model(&mut own, "notes").await;
        // As many values as a filter may have: more than an address holds.
        let values: Vec<String> = (0..10_000).map(|n| format!(",=SUM(A{n})")).collect();
        let filter = json!({ "not": { "is": { "field": { "own": "note" }, "test": { "in": values } } } });
        let query = json!({ "from": { "objects": kind }, "filter": filter, "answer": { "rows": { "limit": 100 } } });
        let file = export(&mut own, &query).await;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.as_bytes());
        let records: Vec<_> = reader.records().map(|record| record.expect("a record")).collect();
        let notes: Vec<_> =
            records.iter().filter(|record| record[0].trim_start_matches('\u{feff}').starts_with('#')).collect();
        assert!(notes.len() >= 7, "{} lines about the rows", notes.len());
        for note in notes {
            assert_eq!(note.len(), 1, "one cell: {:.200}", &note[0]);
        }
        let cells = records.iter().flat_map(|record| record.iter());
        let run: Vec<&str> = cells.filter(|cell| cell.starts_with(['=', '@', '\t', '\r'])).collect();
        assert!(run.is_empty(), "a spreadsheet would run {run:.200?}");
        assert!(records.iter().any(|record| &record[0] == "# 8 rows, exact"));
    });
}

#[test]
fn a_file_says_in_words_what_was_asked_and_again_for_programs() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(accepted(&mut own, "notes", FILE.as_bytes()).await.verdict(), "200");
        let kind = take_model(&mut own, "notes").await;
        let is = |field: &str, test: Value| json!({ "is": { "field": { "own": field }, "test": test } });
        let any = json!({ "any": [is("balance", json!("filled")), is("note", json!({ "contains": "=1\n+1" }))] });
        let filter = json!({ "all": [is("amount", json!({ "at_least": "-70000" })), any] });
        let sort = json!([{ "field": { "own": "amount" }, "descending": true }]);
        let query = json!({ "from": { "objects": kind }, "text": "plain", "filter": filter,
            "answer": { "rows": { "limit": 100, "sort": sort } } });
        let kind = read(&mut own).await["project"]["object_types"][&kind].take();
        // Only what is searchable can be looked for.
        let mut searchable = kind.clone();
        let properties = searchable["properties"].as_array_mut().expect("properties");
        properties.iter_mut().for_each(|property| property["searchable"] = json!(property["id"] == "note"));
        let put = json!([{ "put_object_type": searchable }]);
        let base = own.revision("bank").await;
        let request = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": put });
        let changed = own.call("change_project", &request).await;
        assert_eq!(changed.verdict(), "200", "{}", changed.text());

        let file = export(&mut own, &query).await;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.as_bytes());
        let records: Vec<_> = reader.records().map(|record| record.expect("a record")).collect();
        let notes: Vec<&str> = records.iter().map(|record| &record[0]).filter(|cell| cell.starts_with("# ")).collect();
        let rows = format!("# Rows: {}", kind["plural"].as_str().expect("a plural"));
        for line in [
            rows.as_str(),
            "# Text: \"plain\"",
            "# Filters: Amount at least -70,000 and (Balance is not empty or Note contains \"=1 +1\")",
        ] {
            assert!(notes.contains(&line), "{line} in {notes:#?}");
        }
        assert!(notes.iter().any(|line| line.starts_with("# Order: Amount descending")), "{notes:#?}");
        assert!(notes.iter().any(|line| line.starts_with("# Asked: {") && line.contains("\"at_least\":\"-70000\"")));
    });
}

#[test]
fn a_graph_that_is_taken_out_is_written_down_first_with_its_format_and_its_stamp_tells_what_it_is() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let announced = |more: &Value| {
            let mut request = json!({ "project": "bank", "objects": 12, "links": 30, "cut": 0 });
            more.as_object().into_iter().flatten().for_each(|(name, value)| request[name] = value.clone());
            request
        };
        let part = " · only what was selected · 2 expansions not complete";
        let cases = [
            (json!({}), " · every expansion complete"),
            (json!({ "format": "graphml", "scope": "selection", "cut": 2 }), part),
            (json!({ "format": "svg", "scope": "view" }), " · only what was in view · every expansion complete"),
        ];
        for (more, told) in cases {
            let request = announced(&more);
            let reply = own.call("announce_picture", &request).await;
            assert_eq!(reply.verdict(), "200", "{}", reply.text());
            let line = reply.json()["line"].as_str().expect("a line").to_owned();
            assert!(line.contains("12 objects, 30 links") && line.contains(told), "{line}");
            let entries = world.audit(1).await;
            let details: Value = serde_json::from_slice(&entries[0].details).expect("details");
            let format = more["format"].as_str().unwrap_or("png");
            assert_eq!((entries[0].call.as_str(), &details["request"]["format"]), ("announce_picture", &json!(format)));
        }
        for wrong in [json!({ "format": "exe" }), json!({ "scope": "everything" })] {
            let reply = own.call("announce_picture", &announced(&wrong)).await;
            assert_eq!(reply.verdict(), "400 malformed", "{}", reply.text());
        }
    });
}
