//! Everything that may stand in the audit log beside the requests of the table: one list, held against full runs of the server
//! and of the program, and against the page that describes the log.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Output;

use access::{Grant, Grantee, ProjectRole};
use jiff::SignedDuration;
use serde_json::{Value, json};
use server::api::table;

use crate::desktop_sign_in::Program;
use crate::golden::golden;
use crate::own_password;
use crate::program::{Place, changed, environment, finish};
use crate::second_factor::{enrolled, step};
use crate::secrets::first_manager;
use crate::uploads::accepted;
use crate::world::{KEY, PASSWORD, ParseId as _, World, path_of, project, run};

const NEW: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";

/// What takes an issuer elsewhere, or a lost telephone, with the tests that see it written down.
const ELSEWHERE: [(&str, &str); 4] = [
    ("audit prune", "pruning::what_is_old_goes_only_when_it_is_confirmed_and_the_rest_still_holds"),
    (
        "back_channel_logout",
        "issuer_sign_out::whoever_leaves_at_the_issuer_is_out_at_once_with_that_session_or_with_all",
    ),
    ("renew_session", "issuers::a_role_that_is_taken_away_is_gone_within_five_minutes"),
    (
        "use_recovery_code",
        "second_factor::a_recovery_code_lets_in_once_and_sets_up_another_telephone_in_place_of_a_lost_one",
    ),
];

/// Call, outcomes, and who did it: people by one word.
type Events = BTreeMap<String, BTreeSet<String>>;

fn take(events: &mut Events, call: &str, person: &str, outcome: &str) {
    let who = match person {
        "cli" | "server" | "link" | "oneself" => person,
        "" => "nobody",
        _ => "a person",
    };
    let is_request = table().iter().any(|entry| entry.name == call);
    if !is_request {
        events.entry(call.to_owned()).or_default().insert(format!("{outcome} by {who}"));
    }
}

/// People and sign-ins, in a server of this process.
async fn of_people(events: &mut Events) {
    let world = World::start_with(&[("CLEW_LOCAL_SECOND_FACTOR", "managers")]).await;
    assert!(world.server.sign_in.set_up_link().await.expect("the store").is_some());
    let mut bank = project("bank", &"somebody-else".parse_id());
    bank.grants.push(Grant { to: Grantee::Email("ada@example.org".to_owned()), role: ProjectRole::Read });
    world.put_project(&bank).await;
    world.add_person("manager", &["Task.Manage"]).await;
    let (mut manager, ..) = enrolled(&world, "manager").await;
    let added = manager.call("add_person", &json!({ "name": "new", "roles": ["Task.Read"] })).await.json();
    let link = path_of(added["link"].as_str().expect("a link"));
    let token = link.split_once("link=").expect("a link").1;
    let form = [("link", token), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(world.browser().post_form("/issuer/password", &form).await.status, 200);
    let mut ada = world.signed_in("ada", &["Task.Read"]).await;
    let asked = own_password::enter(&mut ada, "ada", PASSWORD).await;
    let mut program = Program::new(&world);
    let token = program.sign_in(&world, "ada").await;
    assert_eq!(program.rotate(&token).await.status, 200);
    let next = "another long password";
    assert_eq!(own_password::set(&mut ada, &step(&asked), next, next).await.status, 200);
    world.add_person("outside", &[]).await;
    assert_eq!(world.browser().sign_in("outside", PASSWORD).await.status, 403);
    assert_eq!(world.browser().sign_in("ada", "wrong").await.status, 401);
    for request in [
        ("disable_person", json!({ "name": "new", "disabled": true })),
        ("disable_person", json!({ "name": "new", "disabled": false })),
        ("set_person_roles", json!({ "name": "new", "roles": ["Task.Audit"] })),
        ("reset_person", json!({ "name": "new" })),
        ("reset_second_factor", json!({ "name": "new" })),
    ] {
        let reply = manager.call(request.0, &request.1).await;
        assert_eq!(reply.verdict(), "200", "{}: {}", request.0, reply.text());
    }
    assert_eq!(ada.send("POST", "/api/call/who_am_i", &crate::world::PAGE_HEADERS, b"{").await.status, 400);
    world.clock.pass(SignedDuration::from_secs(-10));
    ada.call("sign_out", &json!({})).await;
    world.server.audit.flush_refusals(true).await.expect("written");
    for entry in world.audit(1_000).await {
        take(events, &entry.call, &entry.person, entry.outcome.as_str());
    }
}

fn on(folder: &Path, arguments: &[&str], changes: &[(&str, &str)]) -> Output {
    let output = finish(arguments, &changed(&environment(folder, 1), changes));
    assert!(output.status.success() || arguments[0] == "doctor", "{arguments:?}: {output:?}");
    output
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a name of plain characters")
}

/// What the log of a store has, by the command that takes it out.
fn exported(events: &mut Events, folder: &Path, file: &Path, key: &str) {
    on(folder, &["audit", "export", text(file)], &[("CONFIG_B64_ENCRYPTION_KEY", key)]);
    let lines = std::fs::read_to_string(file).expect("a file");
    for line in lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")) {
        if let (Some(call), Some(person), Some(outcome)) =
            (line["call"].as_str(), line["person"].as_str(), line["outcome"].as_str())
        {
            take(events, call, person, outcome);
        }
    }
}

/// The program: starts with other settings, and every command that writes something down.
async fn of_commands(events: &mut Events) {
    let place = Place::new().await;
    let (data, at) = (&place.store, |name: &str| place.folder.path().join(name));
    let copy = at("copy.jsonl");
    let sink = [("CLEW_AUDIT_FILE", text(&copy))];
    let serving = place.serve(&sink).await;
    let mut admin = first_manager(&serving, place.port).await;
    let created = admin.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await;
    assert_eq!(created.verdict(), "200", "{}", created.text());
    let file = accepted(&mut admin, "people", b"name\nAda\n").await;
    assert_eq!(file.verdict(), "200", "{}", file.text());
    serving.end();
    place.serve(&[("CLEW_SESSION_HOURS", "5")]).await.end();
    for arguments in [
        &["person", "add", "eve", "--role", "Task.Read"][..],
        &["person", "roles", "eve", "--role", "Task.Audit"],
        &["person", "disable", "eve"],
        &["person", "enable", "eve"],
        &["person", "reset", "eve"],
        &["person", "reset-second-factor", "eve"],
        &["project", "export", "bank", text(&at("bank"))],
        &["project", "import", text(&at("bank"))],
        &["backup", text(&at("backup"))],
        &["store", "verify"],
        &["doctor"],
        &["audit", "verify"],
        &["audit", "verify", "--from", text(&copy)],
        &["reset", "uploads", "--yes-i-mean", "uploads"],
    ] {
        on(data, arguments, &[]);
    }
    on(&at("restored"), &["restore", text(&at("backup"))], &[]);
    exported(events, &at("restored"), &at("first.jsonl"), KEY);
    on(data, &["roll-key"], &[("CONFIG_B64_ENCRYPTION_KEY_ROLLING", NEW)]);
    exported(events, data, &at("second.jsonl"), NEW);
    exported(events, data, &at("third.jsonl"), NEW);
}

#[test]
fn what_stands_in_the_audit_log_beside_requests_is_on_one_list_and_on_the_page_that_describes_it() {
    run(async {
        let mut events = Events::new();
        of_people(&mut events).await;
        of_commands(&mut events).await;
        for (call, test) in ELSEWHERE {
            assert!(!events.contains_key(call), "{call} comes about here");
            events.insert(call.to_owned(), [format!("see {test}")].into());
        }
        let page = include_str!("../../docs/audit.md");
        let mut list =
            String::from("What stands in the audit log beside the requests of the table, and who did it.\n\n");
        for (call, ends) in &events {
            assert!(page.contains(&format!("`{call}`")), "docs/audit.md does not tell of {call}");
            let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
            list.push_str(&format!("{call:<28}{}\n", ends.join(", ")));
        }
        golden("audit-events.txt", &list);
    });
}
