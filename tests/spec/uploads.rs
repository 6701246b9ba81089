//! Files as sources: bring one in, look, correct, accept; and what is said of files that are no tables.

use serde_json::{Value, json};

use crate::world::{Browser, PAGE_HEADERS, ParseId as _, Reply, World, project, run};

/// Changes a layout.
type Change = fn(&mut Value);

pub(crate) async fn bank(world: &World) -> Browser {
    let mut own = world.signed_in("own", &["Task.Manage"]).await;
    world.put_project(&project("bank", &own.person().await)).await;
    own
}

pub(crate) async fn send(browser: &mut Browser, file: &[u8]) -> Reply {
    browser.upload(&json!({ "project": "bank", "name": "people.csv" }), file).await
}

/// Accepts what was shown, as a source for everyone.
pub(crate) async fn accept(browser: &mut Browser, source: &str, preview: &Value) -> Reply {
    accept_with(browser, source, preview, &json!({ "scope": "everyone" })).await
}

/// Accepts what was shown, with these fields of the request.
pub(crate) async fn accept_with(browser: &mut Browser, source: &str, preview: &Value, fields: &Value) -> Reply {
    let mut request = json!({
        "project": "bank",
        "upload": preview["upload"],
        "layout": preview["layout"],
        "source": source,
        "name": "People",
        "base": browser.revision("bank").await,
    });
    for (name, value) in fields.as_object().into_iter().flatten() {
        request[name] = value.clone();
    }
    browser.call("accept_file", &request).await
}

/// How many rows a file's source has, read from it.
async fn rows_in(browser: &mut Browser, source: &str) -> u64 {
    let sample = json!({ "project": "bank", "source": source, "table": { "name": "rows" }, "limit": 100 });
    let reply = browser.post_json("/api/stream/sample_table", &sample).await;
    assert_eq!(reply.verdict(), "200", "{}", reply.text());
    let (rows, done) = crate::streaming::rows_of(&reply.body);
    assert!(done, "the answer is whole");
    rows
}

/// Brings a file in and accepts it as it was read; gives the last answer.
pub(crate) async fn accepted(browser: &mut Browser, source: &str, file: &[u8]) -> Reply {
    let sent = send(browser, file).await;
    assert_eq!(sent.verdict(), "200", "{}", sent.text());
    accept(browser, source, &sent.json()).await
}

#[test]
fn a_file_is_shown_corrected_and_becomes_a_source() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let sent = send(&mut own, b"name;born;zip\nAda;1815-12-10;0150\nBob;n/a;0250\n").await;
        assert_eq!(sent.verdict(), "200", "{}", sent.text());
        let mut preview = sent.json();
        assert_eq!(preview["layout"]["delimiter"], ";");
        assert_eq!(preview["layout"]["header"], true);
        assert_eq!(preview["rows"][0], json!(["Ada", "1815-12-10", "0150"]));
        let columns = preview["layout"]["columns"].clone();
        assert_eq!(columns[2], json!({ "name": "zip", "kind": "text" }), "a leading zero stays");

        preview["layout"]["null_words"] = json!(["n/a"]);
        preview["layout"]["columns"][1]["kind"] = json!("date");
        let ask = json!({ "project": "bank", "upload": preview["upload"], "layout": preview["layout"] });
        let again = own.call("preview_file", &ask).await;
        assert_eq!(again.verdict(), "200", "{}", again.text());
        assert_eq!(again.json()["rows"][1], json!(["Bob", null, "0250"]));

        let done = accept(&mut own, "people", &again.json()).await;
        assert_eq!(done.verdict(), "200", "{}", done.text());
        assert_eq!((&done.json()["rows"], &done.json()["unreadable"]), (&json!(2), &json!(0)));
        let read = own.call("read_project", &json!({ "project": "bank" })).await.json();
        assert_eq!(read["project"]["sources"]["people"]["kind"], "csv");
        let twice = accept(&mut own, "people2", &again.json()).await;
        assert_eq!(twice.verdict(), "404 not_found", "a file becomes a source once");
        let taken = accepted(&mut own, "people", b"a,b\n1,2\n").await;
        assert_eq!(taken.verdict(), "409 conflict");
    });
}

#[test]
fn a_newer_file_takes_the_place_of_an_older_one_and_the_source_stays_as_it_was() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let for_all = json!({ "scope": "everyone", "replaces": true, "name": "Another name" });
        for (source, for_whom) in [("people", "everyone"), ("mine", "mine")] {
            let older = send(&mut own, b"a,b\n1,2\n").await.json();
            let done = accept_with(&mut own, source, &older, &json!({ "scope": for_whom })).await;
            assert_eq!(done.verdict(), "200", "{source}: {}", done.text());
            assert_eq!(rows_in(&mut own, source).await, 1, "{source}");
            for (rows, newer) in [(3, b"a,b\n1,2\n3,4\n5,6\n".as_slice()), (2, b"a,b\n7,8\n9,9\n")] {
                let newer = send(&mut own, newer).await.json();
                let other = if for_whom == "mine" { "everyone" } else { "mine" };
                let wrong = json!({ "scope": other, "replaces": true });
                assert_eq!(accept_with(&mut own, source, &newer, &wrong).await.verdict(), "422 invalid", "{source}");
                assert_eq!(accept_with(&mut own, "none", &newer, &for_all).await.verdict(), "404 not_found");
                let mut fields = for_all.clone();
                fields["scope"] = json!(for_whom);
                let done = accept_with(&mut own, source, &newer, &fields).await;
                assert_eq!(done.verdict(), "200", "{source}: {}", done.text());
                assert_eq!(rows_in(&mut own, source).await, rows, "{source}");
            }
        }
        let read = own.call("read_project", &json!({ "project": "bank" })).await.json();
        assert_eq!(read["project"]["sources"]["people"]["name"], "People", "the name is the source's");
        assert_eq!(read["own"].as_array().map(Vec::len), Some(1), "one change of one's own, not one per file");
        let kept = world.server.store.uploads().await.expect("uploads").len();
        assert_eq!(kept, 2, "the older files are gone");
    });
}

#[test]
fn a_layout_that_cannot_be_used_says_why() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let preview = send(&mut own, b"name,born\nAda,1815\n").await.json();
        let table: [(&str, Change); 5] = [
            ("an unknown encoding", |layout| layout["encoding"] = json!("EBCDIC")),
            ("too few columns", |layout| layout["columns"] = json!([])),
            ("a quote that is the delimiter", |layout| layout["quote"] = json!(",")),
            ("a delimiter that is no ASCII", |layout| layout["delimiter"] = json!("\u{1f600}")),
            ("two columns of one name", |layout| layout["columns"][1]["name"] = json!("name")),
        ];
        for (what, change) in table {
            let mut layout = preview["layout"].clone();
            change(&mut layout);
            let ask = json!({ "project": "bank", "upload": preview["upload"], "layout": layout });
            let reply = own.call("preview_file", &ask).await;
            assert_eq!(reply.verdict(), "422 invalid", "{what}: {}", reply.text());
            assert!(reply.json()["sentence"].as_str().is_some_and(|text| text.len() > 20), "{what}");
        }
        assert_eq!(accept(&mut own, "people", &preview).await.verdict(), "200", "nothing was lost by it");
    });
}

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

fn wide(columns: usize) -> Vec<u8> {
    let row = |cell: &str| (0..columns).map(|n| format!("{cell}{n}")).collect::<Vec<_>>().join(",");
    format!("{}\n{}\n", row("c"), row("")).into_bytes()
}

#[test]
fn a_file_that_is_no_table_is_refused_with_a_sentence() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let binary: Vec<u8> = (0..4_096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let table: [(&str, Vec<u8>, &str); 5] = [
            ("empty", Vec::new(), "empty"),
            ("a ZIP archive", [b"PK\x03\x04".as_slice(), &binary].concat(), "not a text file"),
            ("bytes", binary.clone(), "not a text file"),
            ("a picture", [b"\x89PNG\r\n\x1a\n".as_slice(), &binary].concat(), "not a text file"),
            ("ten thousand columns", wide(10_000), "columns"),
        ];
        for (what, file, said) in table {
            let reply = send(&mut own, &file).await;
            assert_eq!(reply.verdict(), "422 invalid", "{what}: {}", reply.text());
            let (fault, is_text) = (reply.json(), |text: &Value| text.as_str().is_some_and(|text| !text.is_empty()));
            assert!(fault["sentence"].as_str().is_some_and(|text| text.contains(said)), "{what}: {fault}");
            assert!(is_text(&fault["remedy"]), "{what}, with a remedy: {fault}");
        }
        let fine = accepted(&mut own, "people", b"a,b\n1,2\n").await;
        assert_eq!(fine.verdict(), "200", "and the next one is read as ever");
    });
}

#[test]
fn a_file_in_another_encoding_or_with_odd_lines_is_read_letter_by_letter_and_what_is_not_is_listed() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let latin = b"name,city\nJ\xf8rgen,\xc5lesund\nZo\xeb,Bod\xf8\n".to_vec();
        let from_utf16 = [["Jørgen", "Ålesund"], ["Zoë", "你好"]].map(|row| row.map(Some).to_vec());
        let table: [Read; 8] = [
            ("UTF-16LE", utf16("name,city\r\nJørgen,Ålesund\r\nZoë,你好\r\n"), json!(from_utf16), &[]),
            ("windows-1252", latin, json!([["Jørgen", "Ålesund"], ["Zoë", "Bodø"]]), &[]),
            (
                "embedded newlines",
                b"name,text\nAda,\"one\ntwo\"\nBob,\"\r\n\"\n".to_vec(),
                json!([["Ada", "one\ntwo"], ["Bob", "\r\n"]]),
                &[],
            ),
            (
                "a ragged line",
                b"a,b,c\n1,2,3\n4,5\n6,7,8\n".to_vec(),
                json!([["1", "2", "3"], ["6", "7", "8"]]),
                &[(3, "2 cells instead of 3")],
            ),
            (
                "a ragged line behind embedded newlines",
                b"a,b\n1,\"x\n\ny\"\n2\n3,z\n".to_vec(),
                json!([["1", "x\n\ny"], ["3", "z"]]),
                &[(5, "1 cells instead of 2")],
            ),
            ("a quote in the middle", b"a,b\n1,x\"y\n2,z\n".to_vec(), json!([["1", "x\"y"], ["2", "z"]]), &[]),
            (
                "text after a quote",
                b"a,b\n1,\"x\"y\n2,z\n".to_vec(),
                json!([["2", "z"]]),
                &[(2, "text after a closing quote")],
            ),
            ("one column", b"name\nAda\nBob\n".to_vec(), json!([["Ada"], ["Bob"]]), &[]),
        ];
        for (number, (what, file, rows, problems)) in table.into_iter().enumerate() {
            let sent = send(&mut own, &file).await;
            assert_eq!(sent.verdict(), "200", "{what}: {}", sent.text());
            let preview = sent.json();
            assert_eq!(preview["rows"], rows, "{what}: {preview}");
            if what.starts_with(char::is_uppercase) || what.starts_with("windows") {
                assert_eq!(preview["layout"]["encoding"], what, "{preview}");
            }
            let done = accept(&mut own, &format!("source-{number}"), &preview).await;
            assert_eq!(done.verdict(), "200", "{what}: {}", done.text());
            let told = done.json();
            assert_eq!(told["rows"].as_u64(), rows.as_array().map(|rows| rows.len() as u64), "{what}: {told}");
            assert_listed(&told["problems"], problems, what);
        }
        // A quote that is never closed costs the row that it begins in, and no other.
        let broken = send(&mut own, b"a,b\n1,x\n2,\"never closed\n3,y\n4,z\n").await;
        assert_eq!(broken.verdict(), "200", "{}", broken.text());
        let preview = broken.json();
        assert_eq!(preview["rows"], json!([["1", "x"], ["3", "y"], ["4", "z"]]), "{preview}");
        assert_listed(
            &preview["problems"],
            &[(3, "a quote is opened and never closed; close it or choose no quote")],
            "broken",
        );
    });
}

/// What it is, the file, its rows, and its problems by line.
type Read = (&'static str, Vec<u8>, Value, &'static [(u64, &'static str)]);

fn assert_listed(problems: &Value, expected: &[(u64, &str)], what: &str) {
    assert_eq!(problems["total"].as_u64(), Some(expected.len() as u64), "{what}: {problems}");
    for (number, (line, sentence)) in expected.iter().enumerate() {
        let listed = &problems["listed"][number];
        assert_eq!(listed["line"].as_u64(), Some(*line), "{what}: the line in the file: {problems}");
        assert!(listed["sentence"].as_str().is_some_and(|text| text.contains(sentence)), "{what}: {problems}");
    }
}

#[test]
fn objects_of_a_file_go_by_its_column_of_ids_and_stay_what_they_are_when_a_newer_file_comes() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        assert_eq!(accepted(&mut own, "people", b"id,name\n7,Ada\n8,Bo\n").await.verdict(), "200");
        let kind = crate::exports::take_model(&mut own, "people").await;
        let project = own.call("read_project", &json!({ "project": "bank" })).await.json();
        assert_eq!(project["project"]["object_types"][&kind]["key"], json!(["id"]));
        let newer = send(&mut own, b"id,name\n6,Cai\n7,Ada\n8,Bo\n").await.json();
        let fields = json!({ "scope": "everyone", "replaces": true });
        assert_eq!(accept_with(&mut own, "people", &newer, &fields).await.verdict(), "200");
        let query = json!({ "from": { "keys": { "object_type": kind, "keys": [["8"]] } },
            "answer": { "rows": { "fields": [{ "own": "name" }], "limit": 10 } } });
        let request = json!({ "project": "bank", "query": query }).to_string();
        let rows = own.send("POST", "/api/download/export_rows", &PAGE_HEADERS, request.as_bytes()).await.text();
        assert!(rows.contains(",Bo\r\n") && rows.contains("# 1 rows, exact"), "{rows}");
    });
}

#[test]
fn a_file_never_lies_in_clear_in_the_store() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let planted = "planted-in-a-cell";
        let file = format!("name,text\nAda,{planted}\n{}", "Bob,filler\n".repeat(2_000));
        let sent = send(&mut own, file.as_bytes()).await;
        assert!(sent.text().contains(planted), "it was read");
        crate::secrets::assert_absent(world.folder.path(), &[planted]);
        let done = accept(&mut own, "people", &sent.json()).await;
        assert_eq!(done.verdict(), "200", "{}", done.text());
        crate::secrets::assert_absent(world.folder.path(), &[planted]);
        assert!(!done.text().contains(planted));
    });
}

#[test]
fn a_file_of_another_person_or_project_is_not_found() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let mut other = world.signed_in("other", &["Task.Manage"]).await;
        let mut bank = project("bank", &own.person().await);
        bank.grants.push(crate::world::grant(&other.person().await, access::ProjectRole::Own));
        world.put_project(&bank).await;
        world.put_project(&project("elsewhere", &own.person().await)).await;
        let preview = send(&mut own, b"a,b\n1,2\n").await.json();
        let ask = |project: &str, upload: &Value| json!({ "project": project, "upload": upload, "layout": preview["layout"] });
        let foreign = other.call("preview_file", &ask("bank", &preview["upload"])).await;
        assert_eq!(foreign.verdict(), "404 not_found", "another person");
        for request in [ask("elsewhere", &preview["upload"]), ask("bank", &json!("0".repeat(32)))] {
            assert_eq!(own.call("preview_file", &request).await.verdict(), "404 not_found", "{request}");
        }
        assert!(world.server.keeper.current().project(&"bank".parse_id()).is_some());
    });
}

#[test]
fn a_file_that_nobody_accepts_is_forgotten_after_an_hour() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        let first = send(&mut own, b"a,b\n1,2\n").await.json();
        world.clock.pass(jiff::SignedDuration::from_mins(29));
        assert_eq!(own.revision("bank").await, world.server.keeper.current().revision);
        world.clock.pass(jiff::SignedDuration::from_mins(29));
        let second = send(&mut own, b"a,b\n1,2\n").await.json();
        world.clock.pass(jiff::SignedDuration::from_mins(3));
        let third = send(&mut own, b"a,b\n1,2\n").await;
        assert_eq!(third.verdict(), "200");
        assert_eq!(accept(&mut own, "first", &first).await.verdict(), "404 not_found");
        assert_eq!(accept(&mut own, "second", &second).await.verdict(), "200");
    });
}

#[test]
fn files_come_in_and_become_sources_while_others_save() {
    run(async {
        let world = World::start().await;
        let own = bank(&world).await;
        let people = (0..4).map(|number| {
            let mut own = own.clone();
            tokio::spawn(async move {
                let done = accepted(&mut own, &format!("people-{number}"), b"a,b\n1,2\n").await;
                (done.verdict(), done.text())
            })
        });
        for person in people.collect::<Vec<_>>() {
            let (verdict, text) = person.await.expect("an answer");
            assert_eq!(verdict, "200", "{text}");
        }
        let kept = world.server.keeper.current();
        assert_eq!(kept.project(&"bank".parse_id()).map(|kept| kept.project.sources.len()), Some(4));
    });
}

#[test]
fn pieces_of_a_file_under_way_stay_however_long_it_takes_and_left_overs_go() {
    run(async {
        let world = World::start().await;
        let (server, slow) = (&world.server, "00112233445566778899aabbccddeeff");
        let under_way = server.uploading.begin(&slow.parse_id());
        let store = server.store.as_ref();
        server::store::put_image(store, slow, b"piece".as_slice().into()).await.expect("written");
        let held = async || store.uploads().await.expect("uploads").iter().any(|held| held == slow);
        for _ in 0..3 {
            server::upkeep::once(server).await.expect("upkeep");
            assert!(held().await, "its record may still come");
        }
        drop(under_way);
        server::upkeep::once(server).await.expect("upkeep");
        assert!(held().await, "its record may come in this moment");
        server::upkeep::once(server).await.expect("upkeep");
        assert!(!held().await, "nothing names it");
    });
}

/// A file of about so many bytes.
fn table_of(bytes: usize) -> Vec<u8> {
    let mut file = b"name\n".to_vec();
    while file.len() < bytes {
        file.extend_from_slice(b"somebody of the register\n");
    }
    file
}

#[test]
fn a_person_and_all_people_have_room_for_so_many_bytes_of_files_and_what_goes_makes_room() {
    run(async {
        let most = [("CLEW_UPLOAD_OF_PERSON", "1 MB"), ("CLEW_UPLOAD_IN_ALL", "2 MB")];
        let world = World::start_with(&most).await;
        let mut own = bank(&world).await;
        let mut others = Vec::new();
        let mut shared = project("bank", &own.person().await);
        for name in ["ada", "bob"] {
            let mut other = world.signed_in(name, &["Task.Read"]).await;
            shared.grants.push(crate::world::grant(&other.person().await, access::ProjectRole::Read));
            others.push(other);
        }
        world.put_project(&shared).await;
        let file = table_of(700_000);
        assert_eq!(send(&mut own, &file).await.verdict(), "200");
        let refused = send(&mut own, &file).await;
        assert_eq!(refused.verdict(), "413 too_large", "{}", refused.text());
        assert_eq!(refused.json()["sentence"], "Your files here would take more than 1 MB together.");
        assert!(refused.text().contains("Remove sources") && refused.text().contains("ask your administrator"));
        assert_eq!(send(&mut own, b"name\nAda\n").await.verdict(), "200", "a small one finds room");
        assert_eq!(send(&mut others[0], &file).await.verdict(), "200", "everybody has one's own");
        let refused = send(&mut others[1], &file).await;
        assert_eq!(refused.verdict(), "413 too_large", "{}", refused.text());
        assert_eq!(refused.json()["sentence"], "All files here would take more than 2 MB together.");
        let entry = world.audit(1).await.remove(0);
        assert_eq!((entry.call.as_str(), entry.outcome.as_str()), ("upload_file", "failed"));

        // Nobody accepted them within the hour.
        world.clock.pass(jiff::SignedDuration::from_mins(61));
        server::upkeep::once(&world.server).await.expect("upkeep");
        let mut again = world.browser();
        assert_eq!(again.sign_in("own", crate::world::PASSWORD).await.status, 303);
        assert_eq!(send(&mut again, &file).await.verdict(), "200");
    });
}
