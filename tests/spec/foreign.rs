//! Ids of others: for every call and every kind of person a foreign, a deleted and an absent project answer alike, in
//! nearly the same time; and no type of the server that holds a secret can be written into an answer.

use std::marker::PhantomData;
use std::time::{Duration, Instant};

use access::ProjectRole;
use model::project::Source;
use serde::Serialize;
use serde_json::{Value, json};
use server::api::{Entry, table};
use server::settings::{MasterKey, Secret};
use server::store::{RecordKey, RecordKind, Sealed, Write};

use crate::calls::ask;
use crate::leaks::said;
use crate::samples::{file, samples};
use crate::world::{Browser, ParseId as _, Reply, World, grant, project, role, run};

/// Projects that a person has nothing to do with, and none at all.
const OTHERS: [&str; 3] = ["foreign", "deleted", "absent"];
/// No reader could tell two answers apart by a difference in the middle of so many pairs; a busy machine makes it large.
const MOST_DIFFERENCE: Duration = Duration::from_millis(5);
const PAIRS: usize = 200;

/// A project of somebody else, one that was, and one's own.
async fn put_projects(world: &World, own: &access::PersonId, held: Option<ProjectRole>) {
    let mut mine = project("bank", &"somebody-else".parse_id());
    mine.grants.extend(held.map(|role| grant(own, role)));
    mine.sources.insert("files".parse_id(), file("files"));
    let closed = Source { required_role: Some(role("Bank.Secret")), ..file("closed") };
    mine.sources.insert("closed".parse_id(), closed);
    world.put_project(&mine).await;
    for id in ["foreign", "deleted"] {
        let mut other = project(id, &"somebody-else".parse_id());
        other.sources.insert("files".parse_id(), file("files"));
        world.put_project(&other).await;
    }
    let keeper = &world.server.keeper;
    let gone = Write::delete(RecordKey::new(RecordKind::Project, "deleted", "deleted"));
    keeper.commit(keeper.current().revision, vec![gone], Vec::new()).await.expect("no conflict");
}

async fn asked(browser: &mut Browser, entry: &Entry, request: &Value, project: &str) -> Reply {
    let mut request = request.clone();
    request["project"] = json!(project);
    ask(browser, entry, &request).await
}

#[test]
fn a_foreign_a_deleted_and_an_absent_project_answer_alike_to_every_call_by_everybody() {
    run(async {
        let world = World::start().await;
        let people = [
            ("Task.Read", None),
            ("Task.Read", Some(ProjectRole::Read)),
            ("Task.Read", Some(ProjectRole::Own)),
            ("Task.Manage", None),
            ("Task.Manage", Some(ProjectRole::Read)),
            ("Task.Manage", Some(ProjectRole::Own)),
            ("Task.Audit", Some(ProjectRole::Own)),
        ];
        let mut looked = 0;
        for (number, (name, held)) in people.iter().enumerate() {
            let mut browser = world.signed_in(&format!("person-{number}"), &[name]).await;
            put_projects(&world, &browser.person().await, *held).await;
            for entry in table() {
                for sample in samples().iter().filter(|sample| sample.call == entry.name) {
                    if sample.request.get("project").is_none() {
                        continue;
                    }
                    let mut answers = Vec::new();
                    for other in OTHERS {
                        answers.push(said(&asked(&mut browser, &entry, &sample.request, other).await));
                    }
                    let about = format!("{} by {name}, {held:?} elsewhere", sample.title());
                    assert_eq!((&answers[0], &answers[1]), (&answers[2], &answers[2]), "{about}");
                    assert!(
                        ["404", "403"].iter().any(|status| answers[0].starts_with(status)),
                        "{about}: {}",
                        answers[0]
                    );
                    let literal = asked(&mut browser, &entry, &sample.request, ":project").await;
                    assert_eq!(literal.status, 400, "{about}: a placeholder is no id");
                    looked += 1;
                }
            }
        }
        assert!(looked > 100, "{looked}: every call about a project, by everybody");
    });
}

#[test]
fn sources_and_files_of_others_and_those_that_are_gone_answer_like_none() {
    run(async {
        let world = World::start().await;
        let mut reader = world.signed_in("reader", &["Task.Manage"]).await;
        put_projects(&world, &reader.person().await, Some(ProjectRole::Own)).await;
        let mut stranger = world.signed_in("stranger", &["Task.Read"]).await;
        let mut theirs = project("theirs", &stranger.person().await);
        theirs.sources.insert("foreign".parse_id(), file("foreign"));
        world.put_project(&theirs).await;
        let sent = stranger.upload(&json!({ "project": "theirs", "name": "a.csv" }), b"a,b\n1,2\n").await;
        for call in ["read_catalogue", "suggest_model"] {
            let mut answers = Vec::new();
            for source in ["closed", "foreign", "absent"] {
                answers.push(reader.call(call, &json!({ "project": "bank", "source": source })).await);
            }
            let bodies: Vec<&[u8]> = answers.iter().map(|reply| reply.body.as_slice()).collect();
            assert_eq!((answers[0].status, bodies[0], bodies[1]), (404, bodies[2], bodies[2]), "{call}");
        }
        let preview = |upload: &Value| json!({ "project": "bank", "upload": upload, "layout": sent.json()["layout"] });
        let foreign = reader.call("preview_file", &preview(&sent.json()["upload"])).await;
        let absent = reader.call("preview_file", &preview(&json!("0".repeat(32)))).await;
        assert_eq!((foreign.status, &foreign.body), (404, &absent.body));
    });
}

#[test]
fn a_foreign_project_and_an_absent_one_take_the_same_time() {
    run(async {
        let world = World::start().await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        put_projects(&world, &reader.person().await, Some(ProjectRole::Read)).await;
        let mut differences = Vec::new();
        for _ in 0..PAIRS {
            let mut took = [Duration::ZERO; 2];
            for (place, id) in ["foreign", "absent"].iter().enumerate() {
                let began = now();
                let reply = reader.call("read_project", &json!({ "project": id })).await;
                took[place] = now() - began;
                assert_eq!(reply.status, 404);
            }
            differences.push(took[0].as_secs_f64() - took[1].as_secs_f64());
        }
        differences.sort_by(f64::total_cmp);
        let middle = differences[PAIRS / 2].abs();
        assert!(middle < MOST_DIFFERENCE.as_secs_f64(), "{middle} s between them in the middle of {PAIRS}");
    });
}

#[expect(clippy::disallowed_methods, reason = "how long an answer takes is what is looked at")]
fn now() -> Instant {
    Instant::now()
}

/// Whether a type can be written into an answer: the inherent constant stands before the trait's, where it exists.
struct Written<T>(PhantomData<T>);

trait NotWritten {
    const CAN_BE: bool = false;
}

impl<T> NotWritten for T {}

impl<T: Serialize> Written<T> {
    const CAN_BE: bool = true;
}

#[test]
fn no_type_that_holds_a_secret_can_be_written_into_an_answer() {
    const {
        assert!(!Written::<Secret>::CAN_BE && !Written::<MasterKey>::CAN_BE && !Written::<Sealed>::CAN_BE);
        // The page sends what was typed: the trick tells the two apart.
        assert!(Written::<wire::SecretText>::CAN_BE);
    }
    assert_eq!(format!("{:?}", Secret::new("planted".to_owned())), "***");
}

#[test]
fn a_secret_that_is_typed_stands_in_requests_and_in_no_reply() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/wire/src");
    let mut holders = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_desktop = path.ends_with("desktop.rs");
        let text = std::fs::read_to_string(path).expect("text");
        for part in text.split("pub struct ").skip(1) {
            let (name, rest) = part.split_once([' ', '(', '<']).expect("a name");
            let fields = rest.split("\n}").next().expect("fields");
            if name != "SecretText" && fields.contains("SecretText") {
                // The desktop program is told its own token, beside the table of requests, and no page is.
                let is_of_desktop = is_desktop && ["Trade", "Granted"].contains(&name);
                let is_request = is_of_desktop
                    || text.contains(&format!("request!(\n    {name},"))
                    || text.contains(&format!("impl Request for {name} "));
                assert!(is_request, "{name} holds a secret and is no request");
                assert!(!text.contains(&format!("type Reply = {name};")), "{name} is a reply");
                holders.push(name.to_owned());
            }
        }
    }
    holders.sort();
    assert_eq!(
        holders,
        ["Granted", "SaveSource", "TestSource", "Trade"],
        "another one is looked at before it is named here"
    );
}
