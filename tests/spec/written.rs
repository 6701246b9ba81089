//! What is written down: of the command line, of links and grants, of requests that nobody waits for, and of refusals.

use access::{Grant, Grantee, ProjectRole};
use model::change::Change;
use serde_json::{Value, json};
use server::sign_in::issuer::NewPerson;
use server::store::AuditFound;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::samples::{external, file, put_query};
use crate::world::{
    Browser, PAGE_HEADERS, PASSWORD, ParseId as _, World, grant, path_of, project, role, run, with_request,
};

fn details(entry: &AuditFound) -> Value {
    serde_json::from_slice(&entry.details).expect("JSON")
}

async fn newest(world: &World, call: &str) -> AuditFound {
    let found = world.audit(50).await.into_iter().find(|entry| entry.call == call);
    found.unwrap_or_else(|| panic!("nothing is written down of {call}"))
}

#[test]
fn who_is_added_and_who_sets_a_password_is_written_down_without_the_link() {
    run(async {
        let world = World::start().await;
        let issuer = world.server.sign_in.issuer().expect("the embedded issuer");
        let person = NewPerson { name: "ada".to_owned(), email: None, roles: vec!["Task.Read".to_owned()] };
        let link = path_of(&issuer.add_person(person).await.expect("a link"));
        let added = newest(&world, "person add").await;
        assert_eq!((added.person.as_str(), added.outcome.as_str()), ("cli", "done"));
        assert_eq!((&details(&added)["name"], &details(&added)["roles"]), (&json!("ada"), &json!(["Task.Read"])));
        let token = link.split_once("link=").expect("a link").1;
        let form = [("link", token), ("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(world.browser().post_form("/issuer/password", &form).await.status, 200);
        let set = newest(&world, "set_password").await;
        assert_eq!((set.person.as_str(), &details(&set)["name"]), ("link", &json!("ada")));
        issuer.people.set_roles(server::audit::CLI, "ada", vec!["Task.Audit".to_owned()]).await.expect("a change");
        assert_eq!(details(&newest(&world, "person roles").await)["roles"], json!(["Task.Audit"]));
        for entry in world.audit(50).await {
            assert!(!details(&entry).to_string().contains(token) && !details(&entry).to_string().contains(PASSWORD));
        }

        let fresh = World::start().await;
        assert!(fresh.server.sign_in.set_up_link().await.expect("the store").is_some());
        assert_eq!(newest(&fresh, "set-up link").await.person, "server");
    });
}

#[test]
fn a_grant_that_finds_its_person_is_written_down() {
    run(async {
        let world = World::start().await;
        let mut bank = project("bank", &"somebody-else".parse_id());
        bank.grants.push(Grant { to: Grantee::Email("ada@example.org".to_owned()), role: ProjectRole::Read });
        world.put_project(&bank).await;
        let mut ada = world.signed_in("ada", &["Task.Read"]).await;
        let bound = newest(&world, "bind_grant").await;
        let person = ada.person().await.to_string();
        assert_eq!((bound.project.as_str(), bound.person.as_str()), ("bank", person.as_str()));
        assert_eq!(details(&bound)["email"], "ada@example.org");
    });
}

/// The entry of a request, once it has ended.
pub(crate) async fn ended(world: &World, call: &str) -> AuditFound {
    loop {
        let entry = newest(world, call).await;
        if entry.outcome.as_str() != "begun" {
            return entry;
        }
        tokio::task::yield_now().await;
    }
}

/// Sends a request and goes away without waiting for the answer, as soon as `begun`.
async fn send_and_leave(browser: &Browser, path: &str, body: &[u8], length: usize, begun: impl Future<Output = ()>) {
    let mut stream = TcpStream::connect(("127.0.0.1", browser.port)).await.expect("a server");
    let cookie = &browser.cookies["clew_sid"];
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost:{}\r\ncookie: clew_sid={cookie}\r\ncontent-type: application/json\r\n\
         clew-wire: 1\r\nsec-fetch-site: same-origin\r\ncontent-length: {length}\r\n\r\n",
        browser.port
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.expect("sent");
    begun.await;
    drop(stream);
}

#[test]
fn a_request_that_nobody_waits_for_has_an_end_in_the_log() {
    run(async {
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        world.put_project(&project("bank", &own.person().await)).await;

        // A source that takes the connection and then says nothing.
        let mute = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut source = external("mute");
        let port = mute.local_addr().expect("an address").port().to_string();
        source.settings.insert("port".to_owned(), port);
        let request = json!({ "project": "bank", "source": source, "secrets": {} }).to_string();
        let reached = async {
            let held = mute.accept().await.expect("the server asks the source");
            // Held open for as long as this process lives.
            std::mem::forget(held);
        };
        send_and_leave(&own, "/api/call/test_source", request.as_bytes(), request.len(), reached).await;
        assert_eq!(ended(&world, "test_source").await.outcome.as_str(), "stopped");

        let path = with_request("/api/upload/upload_file", &json!({ "project": "bank", "name": "people.csv" }));
        let begun = async {
            while world.audit(1).await[0].call != "upload_file" {
                tokio::task::yield_now().await;
            }
        };
        send_and_leave(&own, &path, b"name,zip\nAda,", 5_000, begun).await;
        let upload = ended(&world, "upload_file").await;
        assert!(["stopped", "failed"].contains(&upload.outcome.as_str()), "{:?}", upload.outcome);
    });
}

#[test]
fn a_right_that_only_the_content_brings_up_is_written_down_as_denied() {
    run(async {
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut bank = project("bank", &own.person().await);
        bank.grants.push(grant(&manager.person().await, ProjectRole::Manage));
        bank.sources.insert("files".parse_id(), file("files"));
        world.put_project(&bank).await;
        let mut closed = file("files");
        closed.required_role = Some(role("Bank.Secret"));
        let base = manager.revision("bank").await;
        let changes = [Change::PutSource(Box::new(closed))];
        let request = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": changes });
        assert_eq!(manager.call("change_project", &request).await.verdict(), "403 forbidden");
        assert_eq!(newest(&world, "change_project").await.outcome.as_str(), "denied");
    });
}

#[test]
fn what_only_the_content_brings_up_and_may_not_be_known_is_written_down_as_hidden_with_its_reason() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut bank = project("bank", &"somebody-else".parse_id());
        bank.grants.push(grant(&manager.person().await, ProjectRole::Manage));
        let closed = model::project::Source { required_role: Some(role("Bank.Secret")), ..file("closed") };
        bank.sources.insert("closed".parse_id(), closed);
        world.put_project(&bank).await;
        for (source, project, expected) in [("closed", "bank", "hidden"), ("closed", "absent", "hidden")] {
            let base = manager.revision("bank").await;
            let changes = [put_query("late", source)];
            let request = json!({ "project": project, "scope": "everyone", "base": base, "changes": changes });
            assert_eq!(manager.call("change_project", &request).await.verdict(), "404 not_found", "{project}");
            assert_eq!(newest(&world, "change_project").await.outcome.as_str(), expected, "{project}");
        }
        let by_content =
            world.audit(50).await.into_iter().find(|entry| entry.call == "change_project" && entry.end.is_some());
        let end = by_content.and_then(|entry| entry.end).expect("it had begun");
        let end: Value = serde_json::from_slice(&end.details).expect("JSON");
        assert_eq!(end["reason"], "no access to the source closed of the project bank, or there is none");

        // What is simply not there, and known not to be, is no refusal.
        let asked = json!({ "project": "bank", "upload": "0".repeat(32), "layout": crate::samples::layout() });
        assert_eq!(manager.call("preview_file", &asked).await.verdict(), "404 not_found");
        assert_eq!(newest(&world, "preview_file").await.outcome.as_str(), "failed");
    });
}

#[test]
fn what_a_person_sends_that_cannot_be_read_is_one_entry_a_minute_with_what_it_was_and_never_with_what_was_in_it() {
    run(async {
        let world = World::start().await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        let person = reader.person().await.to_string();
        let before = world.audit(50).await.len();
        let (large, deep) = (vec![b' '; 70_000], "[".repeat(100));
        let table: [(&str, &[u8], &str); 5] = [
            ("read_project", b"{\"project\":\"PLANTED\"}", "400 malformed"),
            ("read_project", b"{\"planted\":1}", "400 malformed"),
            ("who_am_i", b"{", "400 malformed"),
            ("who_am_i", deep.as_bytes(), "400 malformed"),
            ("read_project", &large, "413 too_large"),
        ];
        for (call, body, expected) in table {
            let reply = reader.send("POST", &format!("/api/call/{call}"), &PAGE_HEADERS, body).await;
            assert_eq!(reply.verdict(), expected, "{call}");
        }
        let upload = reader.send("POST", "/api/upload/upload_file?wire=1&request=planted", &PAGE_HEADERS, b"a,b").await;
        assert_eq!(upload.verdict(), "400 malformed");
        let form = [("content-type", "text/plain"), ("clew-wire", "1")];
        assert_eq!(reader.send("POST", "/api/call/who_am_i", &form, b"{}").await.verdict(), "400 malformed");
        world.server.audit.flush_refusals(true).await.expect("written");
        let entries = world.audit(50).await;
        assert_eq!(entries.len(), before + 1, "one entry for all of them");
        assert_eq!((entries[0].call.as_str(), entries[0].outcome.as_str()), ("refused", "denied"));
        assert_eq!(entries[0].person, person);
        let calls = ["read_project", "upload_file", "who_am_i"];
        assert_eq!(details(&entries[0]), json!({ "count": 7, "calls": calls, "reasons": ["malformed", "too_large"] }));
        world.server.audit.flush_refusals(true).await.expect("written");
        assert_eq!(world.audit(50).await.len(), before + 1, "counted once");
    });
}

#[test]
fn a_change_of_the_configuration_is_written_down_with_its_revision_and_digests_before_and_after() {
    run(async {
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        let created = own.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await;
        assert_eq!(created.verdict(), "200", "{}", created.text());
        let mut states = vec![changed(&world, "create_project").await];
        assert_eq!((&states[0]["revision"], states[0].get("before")), (&created.json()["revision"], None));
        for (scope, change) in [
            ("everyone", json!({ "describe": { "name": "Banks", "description": "" } })),
            ("everyone", json!({ "put_grant": { "to": { "role": "Bank.Analyst" }, "role": "read" } })),
            ("everyone", json!({ "describe": { "name": "Bank", "description": "" } })),
        ] {
            let base = own.revision("bank").await;
            let request = json!({ "project": "bank", "scope": scope, "base": base, "changes": [change] });
            assert_eq!(own.call("change_project", &request).await.verdict(), "200");
            let state = changed(&world, "change_project").await;
            assert_eq!(
                state["before"],
                states.last().expect("a state")["after"],
                "each begins where the last one ended"
            );
            assert!(state["revision"].as_u64() > states.last().expect("a state")["revision"].as_u64());
            assert_eq!(state["after"].as_str().map(str::len), Some(64));
            assert!(states.iter().all(|former| former["after"] != state["after"]), "no two states have one digest");
            states.push(state);
        }
        let base = own.revision("bank").await;
        let wrong =
            json!({ "project": "bank", "scope": "everyone", "base": base, "changes": [{ "remove_source": "none" }] });
        assert_eq!(own.call("change_project", &wrong).await.verdict(), "422 invalid");
        let refused = newest(&world, "change_project").await;
        let end: Value = serde_json::from_slice(&refused.end.expect("an end").details).expect("JSON");
        assert_eq!(end.get("state"), None, "nothing was changed: {end}");

        let mut auditor = world.signed_in("auditor", &["Task.Audit"]).await;
        let search = json!({ "filters": { "call": "change_project", "outcome": "done" }, "limit": 1 });
        let found = auditor.call("search_audit", &search).await.json();
        assert_eq!(&found["entries"][0]["changed"], states.last().expect("a state"), "auditors see it");
    });
}

/// What the newest entry of a call says of the configuration.
async fn changed(world: &World, call: &str) -> Value {
    let end: Value = serde_json::from_slice(&newest(world, call).await.end.expect("an end").details).expect("JSON");
    end["state"].clone()
}

#[test]
fn opening_what_was_kept_is_written_down_once_and_keeping_it_again_and_again_is_not() {
    run(async {
        let world = World::start().await;
        let mut own = world.signed_in("own", &["Task.Manage"]).await;
        world.put_project(&project("bank", &own.person().await)).await;
        let work = json!({ "project": "bank", "work": { "searches": ["Meyer"], "objects": [], "links": [] } });
        for _ in 0..3 {
            assert_eq!(own.call("keep_work", &work).await.verdict(), "200");
        }
        assert_eq!(own.call("read_work", &json!({ "project": "bank" })).await.verdict(), "200");
        let entries = world.audit(50).await;
        let count = |call: &str| entries.iter().filter(|entry| entry.call == call).count();
        assert_eq!((count("read_work"), count("keep_work")), (1, 0));
    });
}
