//! The audit log through its calls: who reads it, what is found in it, that it comes out whole, and what is never in it.

use jiff::SignedDuration;
use serde_json::{Value, json};
use server::audit::Entry;
use server::store::{NewAudit, Outcome};

use crate::projects::bank;
use crate::samples::external;
use crate::world::{Browser, PAGE_HEADERS, ParseId as _, Reply, World, grant, project, run};

async fn search(auditor: &mut Browser, filters: Value) -> Value {
    let reply = auditor.call("search_audit", &json!({ "filters": filters, "limit": 1_000 })).await;
    assert_eq!(reply.verdict(), "200", "{}", reply.text());
    reply.json()["entries"].clone()
}

async fn numbers(auditor: &mut Browser, filters: Value) -> Vec<u64> {
    list(&search(auditor, filters).await).iter().map(number).collect()
}

fn list(entries: &Value) -> &Vec<Value> {
    entries.as_array().expect("a list")
}

fn number(entry: &Value) -> u64 {
    entry["number"].as_u64().expect("a number")
}

async fn export(auditor: &mut Browser, request: &Value) -> Reply {
    let body = request.to_string();
    let reply = auditor.send("POST", "/api/download/export_audit", &PAGE_HEADERS, body.as_bytes()).await;
    assert_eq!(reply.verdict(), "200", "{}", reply.text());
    reply
}

/// Writes many entries past the door: of two people in turns, every tenth of them refused.
async fn fill(world: &World, count: u64) {
    let rows = (0..count).map(|n| {
        let person = if n % 2 == 0 { "even" } else { "odd" };
        let (outcome, call) = if n % 10 == 0 { (Outcome::Denied, "expand") } else { (Outcome::Done, "search") };
        let project = if n % 100 == 0 { "rare" } else { "bank" };
        let entry = Entry {
            person: person.to_owned(),
            call: call.to_owned(),
            project: project.to_owned(),
            details: json!({ "request": { "text": format!("number {n}") } }),
        };
        let at = "2026-11-01T00:00:00Z".parse::<jiff::Timestamp>().expect("a moment");
        entry.into_note(at + SignedDuration::from_secs(i64::try_from(n).expect("few")), outcome)
    });
    let rows: Vec<NewAudit> = rows.collect();
    world.server.store.append_audit(rows).await.expect("written");
}

#[test]
fn auditors_read_the_log_and_nobody_else_does_whatever_else_they_may() {
    run(async {
        let world = World::start().await;
        let verify = ("verify_audit", json!({ "anchors": [] }));
        for (name, roles, expected) in [
            ("reader", &["Task.Read"][..], "403 forbidden"),
            ("manager", &["Task.Manage"], "403 forbidden"),
            ("both", &["Task.Read", "Task.Manage"], "403 forbidden"),
            ("auditor", &["Task.Audit"], "200"),
            ("all", &["Task.Manage", "Task.Audit"], "200"),
        ] {
            let mut browser = world.signed_in(name, roles).await;
            for (call, request) in [("search_audit", json!({ "limit": 1 })), verify.clone()] {
                let said = browser.call(call, &request).await;
                assert_eq!(said.verdict(), expected, "{name} {call}");
                if expected != "200" {
                    assert!(said.text().contains("Task.Audit") && !said.text().contains("sign_in"), "{}", said.text());
                }
            }
            let request = json!({ "format": "csv" }).to_string();
            let file = browser.send("POST", "/api/download/export_audit", &PAGE_HEADERS, request.as_bytes()).await;
            assert_eq!(file.verdict(), expected, "{name}");
        }
        let mut nobody = world.browser();
        assert_eq!(nobody.call("search_audit", &json!({ "limit": 1 })).await.verdict(), "401 signed_out");
        assert_eq!(nobody.call(verify.0, &verify.1).await.verdict(), "401 signed_out");
    });
}

#[test]
fn an_entry_tells_who_from_which_session_asked_what_of_what_and_how_it_ended() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut stranger = world.signed_in("stranger", &["Task.Read"]).await;
        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        own.call("read_project", &json!({ "project": "bank" })).await;
        stranger.call("read_project", &json!({ "project": "bank" })).await;
        stranger.call("create_project", &json!({ "id": "mine", "name": "Mine" })).await;
        own.call("read_catalogue", &json!({ "project": "bank", "source": "absent" })).await;

        let read = &search(&mut auditor, json!({ "call": "read_project", "outcome": "done" })).await[0];
        let person = own.person().await.to_string();
        assert_eq!((&read["person"], &read["name"]), (&json!(person), &json!("own")));
        assert_eq!((&read["project"], &read["request"]), (&json!("bank"), &json!({ "project": "bank" })));
        assert_eq!(read["at"], "2026-11-20T10:00:00Z");
        assert_eq!((&read["rows"], &read["millis"]), (&json!(0), &json!(0)));
        assert!(read["bytes"].as_u64() > Some(100), "{read}");
        for (field, length) in [("session", 16), ("question", 16), ("mark", 16)] {
            assert_eq!(read[field].as_str().map(str::len), Some(length), "{field} of {read}");
        }
        let mine = search(&mut auditor, json!({ "person": person, "call": "read_catalogue" })).await;
        assert_eq!((&mine[0]["session"], &mine[0]["target"]), (&read["session"], &json!("absent")), "one session");

        let hidden = &search(&mut auditor, json!({ "outcome": "hidden" })).await;
        let reasons: Vec<&str> = list(hidden).iter().map(|entry| entry["reason"].as_str().expect("a reason")).collect();
        assert_eq!(
            reasons,
            [
                "no access to the source absent of the project bank, or there is none",
                "no role in the project bank, or there is none"
            ]
        );
        let denied = &search(&mut auditor, json!({ "outcome": "denied" })).await[0];
        assert_eq!((&denied["target"], &denied["reason"]), (&json!("mine"), &json!("it needs the role Task.Manage")));
    });
}

#[test]
fn a_refusal_that_only_the_content_brings_up_and_one_at_the_sign_in_have_their_reason() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let person = manager.person().await;
        let mut bank = project("bank", &"somebody-else".parse_id());
        bank.grants.push(grant(&person, access::ProjectRole::Manage));
        world.put_project(&bank).await;
        let put = json!([{ "put_grant": { "to": { "role": "Bank.Analyst" }, "role": "read" } }]);
        let base = manager.revision("bank").await;
        let request = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": put });
        assert_eq!(manager.call("change_project", &request).await.verdict(), "403 forbidden");
        world.add_person("outside", &[]).await;
        world.browser().sign_in("outside", crate::world::PASSWORD).await;

        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        let denied = search(&mut auditor, json!({ "outcome": "denied" })).await;
        let reasons: Vec<(&Value, &Value)> =
            list(&denied).iter().map(|entry| (&entry["call"], &entry["reason"])).collect();
        assert_eq!(reasons[0], (&json!("sign_in"), &json!("none of these roles opens Clew")));
        assert_eq!(reasons[1].0, "change_project");
        assert!(reasons[1].1.as_str().expect("a reason").contains("project Own"), "{reasons:?}");
    });
}

#[test]
fn entries_are_found_by_every_filter_and_paged_without_a_gap() {
    run(async {
        let world = World::start().await;
        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        fill(&world, 2_500).await;
        let of = json!({ "until": "2026-11-02T00:00:00Z" });
        let (mut paged, mut before, mut pages) = (Vec::new(), Value::Null, 0);
        loop {
            let request = json!({ "filters": of, "limit": 5_000, "before": before });
            let page = auditor.call("search_audit", &request).await.json();
            assert!(list(&page["entries"]).len() <= 1_000, "no answer is longer");
            paged.extend(list(&page["entries"]).iter().map(number));
            (before, pages) = (page["next"].clone(), pages + 1);
            if before.is_null() {
                break;
            }
        }
        let first = paged[2_499];
        assert_eq!((paged.len(), pages), (2_500, 3));
        assert!(paged.iter().rev().copied().eq(first..first + 2_500), "newest first, each once");

        // Each narrowed in one more way; the places are those of the written entries.
        let places = |filters: Value, auditor: &Browser| {
            let mut auditor = auditor.clone();
            async move { numbers(&mut auditor, filters).await.iter().map(|number| number - first).collect::<Vec<_>>() }
        };
        let hundreds = |last: u64| (0..25_u64).map(|n| n * 100).rev().filter(|n| *n <= last).collect::<Vec<_>>();
        assert_eq!(places(json!({ "project": "rare" }), &auditor).await, hundreds(2_400));
        assert_eq!(
            places(json!({ "project": "rare", "call": "expand", "outcome": "denied" }), &auditor).await.len(),
            25
        );
        assert_eq!(places(json!({ "project": "rare", "person": "odd" }), &auditor).await, [0_u64; 0]);
        assert_eq!(places(json!({ "outcome": "denied", "person": "even" }), &auditor).await.len(), 250);
        assert_eq!(places(json!({ "outcome": "done", "call": "expand" }), &auditor).await, [0_u64; 0]);
        let (from, until) = ("2026-11-01T00:00:10Z", "2026-11-01T00:00:13Z");
        assert_eq!(places(json!({ "from": from, "until": until }), &auditor).await, [12, 11, 10]);
        let odd = json!({ "from": from, "until": until, "person": "odd", "outcome": "done", "call": "search" });
        assert_eq!(places(odd, &auditor).await, [11]);
        let denied = json!({ "from": from, "until": until, "outcome": "denied" });
        assert_eq!(places(denied, &auditor).await, [10]);
        assert_eq!(places(json!({ "call": "searc" }), &auditor).await, [0_u64; 0], "whole words");

        for (filters, said) in
            [(json!({ "from": "soon" }), "cannot be read"), (json!({ "call": "x".repeat(300) }), "256")]
        {
            let refused = auditor.call("search_audit", &json!({ "filters": filters, "limit": 1 })).await;
            assert_eq!(refused.verdict(), "422 invalid");
            assert!(refused.text().contains(said), "{}", refused.text());
        }
    });
}

#[test]
fn a_person_is_found_by_id_name_or_address_and_what_is_still_open_as_begun() {
    run(async {
        let world = World::start().await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        ada.call("read_project", &json!({ "project": "absent" })).await;
        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        let id = ada.person().await.to_string();
        let by_id = numbers(&mut auditor, json!({ "person": id })).await;
        assert!(by_id.len() >= 2, "the sign-in and the refusal");
        for text in ["ada", "Ada", "ADA@example.org"] {
            assert_eq!(numbers(&mut auditor, json!({ "person": text })).await, by_id, "{text}");
        }
        assert_eq!(numbers(&mut auditor, json!({ "person": "ad" })).await, [0_u64; 0]);
        let open = search(&mut auditor, json!({ "outcome": "begun" })).await;
        assert_eq!(list(&open).len(), 1, "this search itself");
        assert_eq!((&open[0]["call"], &open[0]["ended"]), (&json!("search_audit"), &Value::Null));
    });
}

#[test]
fn reading_the_log_is_in_the_log_with_what_was_looked_for() {
    run(async {
        let world = World::start().await;
        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        search(&mut auditor, json!({ "person": "ada" })).await;
        auditor.call("verify_audit", &json!({})).await;
        export(&mut auditor, &json!({ "format": "csv", "filters": { "call": "search" } })).await;
        let person = auditor.person().await.to_string();
        let own = search(&mut auditor, json!({ "person": person, "outcome": "done" })).await;
        let seen: Vec<(&Value, &Value)> =
            list(&own).iter().map(|entry| (&entry["call"], &entry["request"]["filters"])).collect();
        let none = Value::Null;
        assert_eq!(
            seen[..3],
            [
                (&json!("export_audit"), &json!({ "call": "search" })),
                (&json!("verify_audit"), &none),
                (&json!("search_audit"), &json!({ "person": "ada" })),
            ]
        );
    });
}

#[test]
fn a_file_holds_what_a_search_finds_and_says_who_took_it_out_and_what_it_is_of() {
    run(async {
        let world = World::start().await;
        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        fill(&world, 2_500).await;
        let filters = json!({ "person": "even", "call": "search" });
        let found = search(&mut auditor, filters.clone()).await;
        let lines = export(&mut auditor, &json!({ "filters": filters, "format": "json_lines" })).await;
        assert!(lines.header("content-disposition").contains("audit-20261120-100000.jsonl"), "{:?}", lines.headers);
        let lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let (head, rest) = lines.split_first().expect("a head");
        let (foot, entries) = rest.split_last().expect("a foot");
        assert_eq!((&head["exported_by"], &head["at"]), (&json!("auditor"), &json!("2026-11-20T10:00:00Z")));
        assert_eq!(head["filters"], filters);
        assert_eq!(foot, &json!({ "entries": 1_000, "left_before": null }));
        assert_eq!(&json!(entries), &found, "more than a page, each as the search gives it");

        let csv = export(&mut auditor, &json!({ "filters": filters, "format": "csv" })).await.text();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
        let is_note = |record: &&csv::StringRecord| record[0].trim_start_matches('\u{feff}').starts_with('#');
        let notes: Vec<&str> = records.iter().filter(is_note).map(|record| &record[0]).collect();
        assert!(notes[0].ends_with("exported by: auditor"), "{notes:?}");
        assert!(notes.contains(&"# Filters: {\"person\":\"even\",\"call\":\"search\"}"), "{notes:?}");
        assert_eq!(notes.last(), Some(&"# 1000 entries, complete"));
        let rows: Vec<&csv::StringRecord> = records.iter().filter(|record| !is_note(record)).collect();
        let at = |name: &str| rows[0].iter().position(|column| column == name).expect("a column");
        for (row, entry) in rows[1..].iter().zip(list(&found)) {
            assert_eq!((&row[at("number")], &row[at("outcome")]), (number(entry).to_string().as_str(), "done"));
            assert_eq!(serde_json::from_str::<Value>(&row[at("request")]).expect("JSON"), entry["request"]);
        }
        assert_eq!(rows.len() - 1, list(&found).len());
    });
}

#[test]
fn no_cell_of_an_exported_log_is_a_formula() {
    run(async {
        let world = World::start().await;
        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        let formula = "=HYPERLINK(\"http://evil.example\")";
        let entry = Entry {
            person: formula.to_owned(),
            call: "+search".to_owned(),
            project: "@bank".to_owned(),
            details: json!({ "request": { "name": "-cmd|' /C calc'!A0" }, "reason": "\t=1+1" }),
        };
        world.server.audit.note(entry, Outcome::Denied).await.expect("written");
        let csv = export(&mut auditor, &json!({ "format": "csv" })).await.text();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
        let cells: Vec<&str> = records.iter().flat_map(|record| record.iter()).collect();
        let run: Vec<&&str> = cells.iter().filter(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])).collect();
        assert!(run.is_empty(), "a spreadsheet would run {run:?}");
        assert!(cells.contains(&format!("'{formula}").as_str()) && cells.contains(&"'@bank"));
    });
}

#[test]
fn a_check_gives_the_end_of_the_log_and_names_the_first_entry_that_is_not_as_it_was() {
    run(async {
        let world = World::start().await;
        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        let whole = auditor.call("verify_audit", &json!({})).await.json();
        let end = whole["whole"]["end"].as_str().expect("an end").to_owned();
        assert!(whole["whole"]["entries"].as_u64() >= Some(2), "the sign-in and the check itself: {whole}");
        let again = auditor.call("verify_audit", &json!({ "anchors": [end] })).await.json();
        assert!(again["whole"].is_object(), "{again}");
        let (number, mark) = end.split_once(':').expect("an end");
        let other = format!("{number}:{}", mark.chars().rev().collect::<String>());
        let broken = auditor.call("verify_audit", &json!({ "anchors": [other] })).await.json();
        assert_eq!(broken["broken"]["entry"].to_string(), number, "{broken}");
        assert_eq!(broken["broken"]["why"], "it differs from the anchor that was kept");
        let none = auditor.call("verify_audit", &json!({ "anchors": ["17"] })).await;
        assert_eq!(none.verdict(), "422 invalid");

        let shell = rusqlite::Connection::open(world.folder.path().join("clew.db")).expect("a database");
        shell.execute("UPDATE audit SET person = 'eve' WHERE seq = 2", []).expect("a change");
        let broken = auditor.call("verify_audit", &json!({})).await.json();
        assert_eq!(broken, json!({ "broken": { "entry": 2, "why": "it is not as it was written" } }));
    });
}

#[test]
fn no_secret_is_in_any_answer_about_the_log() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        let secrets = json!({ "password": "planted-password-of-a-source" });
        let test = json!({ "project": "bank", "source": external("ledger"), "secrets": secrets });
        own.call("test_source", &test).await;
        let base = own.revision("bank").await;
        let save = json!({ "project": "bank", "base": base, "source": external("ledger"), "secrets": secrets });
        assert_eq!(own.call("save_source", &save).await.verdict(), "200");
        own.upload(&json!({ "project": "bank", "name": "people.csv" }), b"name,zip\nplanted-cell-of-a-file,1\n").await;
        // A secret in the wrong place is refused before it is written down.
        own.call("read_project", &json!({ "project": "bank", "password": "planted-in-the-wrong-place" })).await;

        let mut answers = Vec::new();
        for filters in [json!({}), json!({ "call": "save_source" }), json!({ "call": "upload_file" })] {
            answers.push(search(&mut auditor, filters.clone()).await.to_string());
            for format in ["csv", "json_lines"] {
                answers.push(export(&mut auditor, &json!({ "filters": filters, "format": format })).await.text());
            }
        }
        let all = answers.join("\n");
        assert!(all.contains("save_source") && all.contains("people.csv") && all.contains("127.0.0.1"), "{all}");
        let planted = [
            "planted-password-of-a-source",
            "planted-cell-of-a-file",
            "planted-in-the-wrong-place",
            crate::world::PASSWORD,
            crate::world::KEY,
        ];
        let cookies = own.cookies.values().chain(auditor.cookies.values()).map(String::as_str);
        for secret in planted.into_iter().chain(cookies) {
            assert!(!all.contains(secret), "{secret} is in an answer");
        }
    });
}
