//! What is written down: of the command line, of links and grants, of requests that nobody waits for, and of refusals.

use access::{Grant, Grantee, ProjectRole};
use model::change::Change;
use serde_json::{Value, json};
use server::sign_in::issuer::NewPerson;
use server::store::AuditFound;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::samples::{external, file};
use crate::world::{Browser, PASSWORD, ParseId as _, World, grant, path_of, project, role, run, with_request};

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
