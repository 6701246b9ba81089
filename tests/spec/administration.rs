//! The administration's calls: the store as a whole, how the server is, and how people sign in.

use std::path::Path;

use model::project::Project;
use serde_json::{Value, json};
use server::store::Outcome::{Done, Failed};

use crate::program::{changed, environment, finish, told};
use crate::samples::{external, file, object_type};
use crate::world::{Browser, PAGE_HEADERS, ParseId as _, World, project, role, run};

const NEW: &str = "sgTCu5tlTdBVcQ2S0q5fHYrNkZc1TtCWTPVpz1VHJ6o=";

async fn asked(browser: &mut Browser, name: &str, request: &Value) -> Value {
    let reply = browser.call(name, request).await;
    assert_eq!(reply.verdict(), "200", "{name}: {}", reply.text());
    reply.json()
}

/// Names of what lies in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_backup_is_sent_to_a_manager_sealed_and_comes_back_as_a_store() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("planted-manager", &["Task.Manage"]).await;
        let before = names(world.folder.path());
        let sent = manager.send("POST", "/api/download/back_up", &PAGE_HEADERS, b"{}").await;
        assert_eq!((sent.status, sent.header("content-type")), (200, "application/octet-stream"), "{}", sent.text());
        assert!(sent.header("content-disposition").contains(".clew-backup"), "{}", sent.header("content-disposition"));
        assert!(sent.body.starts_with(b"clew-bak"), "it is a backup");
        assert!(!String::from_utf8_lossy(&sent.body).contains("planted"), "and sealed");
        assert_eq!(names(world.folder.path()), before, "nothing of it stays on the server");

        let elsewhere = tempfile::tempdir().expect("a folder");
        let backup = elsewhere.path().join("b.clew-backup");
        std::fs::write(&backup, &sent.body).expect("written");
        let backup = backup.to_str().expect("plain characters");
        let there = elsewhere.path().join("data");
        let on = |arguments: &[&str], changes: &[(&str, &str)]| {
            told(&finish(arguments, &changed(&environment(&there, 1), changes)))
        };
        assert_eq!(on(&["backup", "--verify", backup], &[]).0, 0);
        assert_eq!(
            on(&["backup", "--verify", backup], &[("CONFIG_B64_ENCRYPTION_KEY", NEW)]).0,
            4,
            "no other key opens it"
        );
        assert_eq!(on(&["restore", backup], &[]).0, 0);
        assert_eq!(on(&["store", "verify"], &[]).0, 0);

        let entries = world.audit(10).await;
        let entry = entries.iter().find(|entry| entry.call == "back_up").expect("it is written down");
        assert_eq!(entry.outcome, Done);
    });
}

#[test]
fn only_one_backup_is_made_at_a_time() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut other = manager.clone();
        let one =
            tokio::spawn(async move { manager.send("POST", "/api/download/back_up", &PAGE_HEADERS, b"{}").await });
        let two = other.send("POST", "/api/download/back_up", &PAGE_HEADERS, b"{}").await;
        let one = one.await.expect("an answer");
        let mut verdicts = [one.verdict(), two.verdict()];
        verdicts.sort();
        assert!(verdicts[0] == "200" && ["200", "409 conflict"].contains(&verdicts[1].as_str()), "{verdicts:?}");
        let again = other.send("POST", "/api/download/back_up", &PAGE_HEADERS, b"{}").await;
        assert_eq!(again.status, 200, "and the next one is made");
    });
}

#[test]
fn the_store_is_described_and_checked_without_naming_what_is_in_it() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        world.put_project(&project("planted-project", &"somebody".parse_id())).await;
        let state = asked(&mut manager, "store_state", &json!({})).await;
        assert_eq!(
            (&state["kind"], &state["schema"], &state["method"]),
            (&json!("SQLite"), &json!(4), &json!("aes-256-gcm"))
        );
        assert!(state["place"].as_str().is_some_and(|place| place.ends_with("clew.db")), "{state}");
        assert!(state["bytes"].as_u64() > Some(4_096) && state["free_bytes"].as_u64() > Some(0), "{state}");
        let rows = |kind: &str| {
            let counts = state["counts"].as_array().expect("counts").clone();
            counts.into_iter().find(|count| count["kind"] == kind).map(|count| count["rows"].clone())
        };
        assert_eq!((rows("project"), rows("local_person")), (Some(json!(1)), Some(json!(1))), "{state}");
        assert_eq!((&state["check"], &state["backups"]), (&json!("never"), &json!([])));

        let checked = asked(&mut manager, "check_store", &json!({})).await;
        assert!(checked["whole"]["rows"].as_u64() > Some(5), "{checked}");
        assert_eq!(asked(&mut manager, "store_state", &json!({})).await["check"], checked, "it is remembered");

        let beside = rusqlite::Connection::open(world.folder.path().join("clew.db")).expect("the file");
        beside.execute("UPDATE record SET body = x'00' WHERE kind = 'project'", []).expect("damage");
        let checked = asked(&mut manager, "check_store", &json!({})).await;
        // The row, and the sum over all rows, which is another.
        assert_eq!(checked["broken"]["faults"], json!(2), "{checked}");
        assert!(!checked.to_string().contains("planted"), "{checked}");
        let refused = manager.send("POST", "/api/download/back_up", &PAGE_HEADERS, b"{}").await;
        assert_eq!(
            refused.verdict(),
            "503 store_unavailable",
            "a backup of what is not whole is not given out as a good one"
        );
        assert!(!refused.text().contains("planted"), "{}", refused.text());
    });
}

#[test]
fn the_backup_before_a_roll_is_listed_and_verified_and_no_other_file_is() {
    run(async {
        let world = World::start_with(&[("CONFIG_B64_ENCRYPTION_KEY_ROLLING", NEW)]).await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let old = asked(&mut manager, "store_state", &json!({})).await["key"].clone();
        asked(&mut manager, "roll_key", &json!({})).await;
        let state = asked(&mut manager, "store_state", &json!({})).await;
        let backup = state["backups"][0].clone();
        assert_eq!((&backup["key"], &backup["opens"]), (&old, &json!(true)), "{state}");
        assert!(state["key"] != old && backup["made"].as_i64().is_some(), "{state}");
        let checked = asked(&mut manager, "verify_backup", &json!({ "name": backup["name"] })).await;
        assert!(checked["faults"] == json!(0) && checked["rows"].as_u64() > Some(2), "{checked}");
        assert!(asked(&mut manager, "check_store", &json!({})).await.get("whole").is_some(), "under the new key");

        for name in ["clew.db", "../clew.db", "/etc/passwd", ""] {
            let refused = manager.call("verify_backup", &json!({ "name": name })).await;
            assert_eq!(refused.verdict(), "404 not_found", "{name}");
        }
        let path = world.folder.path().join(backup["name"].as_str().expect("a name"));
        let mut bytes = std::fs::read(&path).expect("a file");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).expect("written");
        let refused = manager.call("verify_backup", &json!({ "name": backup["name"] })).await;
        assert_eq!(refused.verdict(), "422 invalid", "{}", refused.text());
        assert!(refused.text().contains("damaged"), "{}", refused.text());
    });
}

#[test]
fn a_manager_sees_the_health_of_own_sources_and_of_all_others_only_how_many_there_are() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut bank = project("bank", &manager.person().await);
        let closed = model::project::Source { required_role: Some(role("Bank.Secret")), ..external("planted-closed") };
        for source in [external("ledger"), closed] {
            bank.sources.insert(source.id.clone(), source);
        }
        world.put_project(&bank).await;
        let mut foreign = project("planted-foreign", &"somebody".parse_id());
        foreign.sources.insert("planted-register".parse_id(), external("planted-register"));
        world.put_project(&foreign).await;

        let seen = asked(&mut manager, "look_at_health", &json!({ "again": false })).await;
        assert!(!seen.to_string().contains("planted"), "{seen}");
        assert_eq!(seen["others"], json!({ "ok": 0, "warn": 0, "bad": 2 }));
        let source = &seen["sources"][0];
        assert_eq!((&source["source"], &source["finding"]["state"]), (&json!("ledger"), &json!("bad")), "{seen}");
        assert_eq!((&source["running"], &source["waiting"]), (&json!(0), &json!(0)));
        let states: Vec<(String, String)> = seen["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .map(|finding| (finding["check"].to_string(), finding["state"].to_string()))
            .collect();
        for check in ["settings", "key", "store", "disk", "audit log", "clock", "listener", "issuer"] {
            let state =
                states.iter().find(|(known, _)| *known == format!("\"{check}\"")).map(|(_, state)| state.as_str());
            assert!(state.is_some_and(|state| state != "\"bad\""), "{check}: {states:?}");
        }

        let nothing = Project { sources: std::collections::BTreeMap::new(), ..foreign };
        world.put_project(&nothing).await;
        world.clock.pass(jiff::SignedDuration::from_secs(30));
        let before = asked(&mut manager, "look_at_health", &json!({ "again": false })).await;
        assert_eq!(before["at"], seen["at"], "what was found is told again");
        assert_eq!(before["others"]["bad"], json!(1), "without what was removed since");
        let after = asked(&mut manager, "look_at_health", &json!({ "again": true })).await;
        assert!(after["at"].as_i64() > seen["at"].as_i64(), "and looked at again where that is asked for");
    });
}

#[test]
fn a_source_that_does_not_answer_a_question_is_counted_among_its_failures() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut bank = project("bank", &manager.person().await);
        for source in [external("ledger"), file("files")] {
            bank.sources.insert(source.id.clone(), source);
        }
        bank.object_types.insert("account".parse_id(), object_type("account", "ledger"));
        world.put_project(&bank).await;
        let asks = json!({ "project": "bank", "source": "ledger", "table": { "name": "rows" }, "limit": 10 });
        manager.post_json("/api/stream/sample_table", &asks).await;
        let seen = asked(&mut manager, "look_at_health", &json!({ "again": true })).await;
        let failures = |id: &str| {
            let sources = seen["sources"].as_array().expect("sources");
            sources.iter().find(|source| source["source"] == id).expect("it is listed")["failures"].clone()
        };
        assert_eq!(failures("ledger")[0]["kind"], json!("unreachable"), "{seen}");
        assert_eq!(failures("files"), json!([]));
    });
}

#[test]
fn the_figures_are_those_that_prometheus_is_told() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        let mut reader = world.signed_in("reader", &["Task.Read"]).await;
        assert_eq!(reader.call("create_project", &json!({ "id": "a", "name": "A" })).await.verdict(), "403 forbidden");
        let figures = asked(&mut manager, "read_figures", &json!({})).await;
        assert_eq!((&figures["sessions"], &figures["running"]), (&json!(2), &json!(0)), "{figures}");
        assert!(
            figures["refused"].as_u64() >= Some(1) && figures["memory_bytes"].as_u64() > Some(1 << 20),
            "{figures}"
        );
        assert!(figures["audit_entries"].as_u64() >= Some(2), "{figures}");
        let entries = figures["audit_entries"].clone();
        let again = asked(&mut manager, "read_figures", &json!({})).await;
        assert_eq!(again["audit_entries"], entries, "asking for them again and again is not written down");
        assert!(again["requests"].as_u64() > figures["requests"].as_u64(), "{again}");
        assert!(again["nine_of_ten_millis"].as_u64().is_some(), "{again}");
    });
}

#[test]
fn the_settings_of_signing_in_are_told_without_a_secret() {
    run(async {
        let secret = "planted-secret";
        let further = [
            ("CLEW_OIDC_ISSUER", "http://localhost:9/realms/bank"),
            ("CLEW_OIDC_CLIENT_ID", "clew"),
            ("CLEW_OIDC_CLIENT_SECRET", secret),
            ("CLEW_OIDC_ROLES_CLAIM", "realm_access.roles"),
            ("CLEW_OIDC_ROLES_MAP", "6f1d=Task.Manage,6f1d=Task.Read"),
        ];
        let world = World::start_with(&further).await;
        let mut manager = forced(&world, &["Task.Manage"]).await;
        let told = asked(&mut manager, "sign_in_settings", &json!({})).await;
        let redirect = format!("{}/sign-in/callback", world.origin());
        assert_eq!((&told["issuer"], &told["redirect"]), (&json!(further[0].1), &json!(redirect)));
        assert_eq!(told["back_channel"], json!(format!("{}/sign-in/back-channel", world.origin())));
        assert_eq!((&told["has_secret"], &told["embedded"]), (&json!(true), &json!(false)));
        assert_eq!((&told["roles_claim"], told["roles_map"].as_array().map(Vec::len)), (&json!(further[3].1), Some(2)));
        assert!(!told.to_string().contains(secret), "{told}");

        let tried = asked(&mut manager, "try_issuer", &json!({})).await;
        assert_eq!((&tried[0]["check"], &tried[0]["state"]), (&json!("discovery"), &json!("bad")), "{tried}");
        assert!(tried[0]["remedy"].as_str().is_some_and(|remedy| remedy.contains("CLEW_OIDC_ISSUER")), "{tried}");
        assert!(!tried.to_string().contains(secret), "{tried}");

        let claims = json!({ "iss": "http://localhost:9", "aud": "other", "sub": "ada", "realm_access": { "roles": ["6f1d", "Bank.Analyst", 7] } });
        let judged = asked(&mut manager, "try_claims", &json!({ "claims": claims.to_string() })).await;
        assert_eq!(judged["roles"], json!(["Bank.Analyst", "Task.Manage", "Task.Read"]), "{judged}");
        assert_eq!(
            (&judged["enters"], &judged["left_out"], &judged["found"]),
            (&json!(true), &json!(1), &json!("list"))
        );
        assert_eq!((&judged["values"][0]["mapped"], &judged["values"][1]["mapped"]), (&json!(true), &json!(false)));
        let remarks: Vec<&Value> =
            judged["remarks"].as_array().expect("remarks").iter().map(|one| &one["check"]).collect();
        assert_eq!(remarks, [&json!("iss"), &json!("aud")]);
        for (claims, found) in [
            ("{}", "absent"),
            (r#"{"realm_access":{"roles":7}}"#, "unfit"),
            (r#"{"realm_access":{"roles":"a"}}"#, "text"),
        ] {
            let judged = asked(&mut manager, "try_claims", &json!({ "claims": claims })).await;
            assert_eq!((&judged["found"], &judged["enters"]), (&json!(found), &json!(false)), "{judged}");
        }
        for pasted in ["", "nothing", "[]", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"] {
            let refused = manager.call("try_claims", &json!({ "claims": pasted })).await;
            assert_eq!(refused.verdict(), "422 invalid", "{pasted}");
        }
        let entries = world.audit(20).await;
        assert!(entries.iter().any(|entry| entry.call == "try_claims"), "it is written down");
        for entry in entries {
            let details = String::from_utf8_lossy(&entry.details).into_owned();
            assert!(!details.contains("realm_access") && !details.contains(secret), "{details}");
        }
        let nothing = manager.call("try_claims", &json!({})).await;
        assert_eq!(nothing.verdict(), "404 not_found", "a session without a token has no claims");
    });
}

/// A browser with a session that nobody signed in for.
pub(crate) async fn forced(world: &World, roles: &[&str]) -> Browser {
    let roles = roles.iter().map(|name| role(name)).collect();
    let body = server::sign_in::session::SessionBody { roles, ..server::sign_in::session::SessionBody::default() };
    world.with_session(&"forced".parse_id(), &body).await
}

#[test]
fn the_embedded_issuer_passes_its_own_trial_and_the_own_claims_give_the_roles_that_one_has() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage", "Bank.Analyst"]).await;
        let tried = asked(&mut manager, "try_issuer", &json!({})).await;
        let states: Vec<String> = tried
            .as_array()
            .expect("findings")
            .iter()
            .map(|finding| format!("{} {}", finding["check"], finding["state"]))
            .collect();
        let all = ["discovery", "keys", "clock", "redirect address"].map(|check| format!("\"{check}\" \"ok\""));
        assert_eq!(states, all, "{tried}");
        let judged = asked(&mut manager, "try_claims", &json!({})).await;
        assert_eq!((&judged["roles"], &judged["enters"]), (&json!(["Bank.Analyst", "Task.Manage"]), &json!(true)));
        assert_eq!(judged["remarks"], json!([]));
        let anothers = asked(&mut manager, "try_claims", &json!({ "claims": r#"{"sub":"ada","roles":[]}"# })).await;
        assert_eq!(anothers["enters"], json!(false), "{anothers}");
    });
}

#[test]
fn what_a_manager_does_with_the_store_is_written_down_and_what_is_asked_again_and_again_is_not() {
    run(async {
        let world = World::start().await;
        let mut manager = world.signed_in("manager", &["Task.Manage"]).await;
        for call in ["store_state", "key_state", "read_figures", "sign_in_settings", "check_store", "try_issuer"] {
            asked(&mut manager, call, &json!({})).await;
        }
        asked(&mut manager, "look_at_health", &json!({ "again": true })).await;
        manager.call("verify_backup", &json!({ "name": "planted-name" })).await;
        let entries = world.audit(50).await;
        let outcome = |call: &str| entries.iter().find(|entry| entry.call == call).map(|entry| entry.outcome);
        for (call, expected) in [
            ("check_store", Some(Done)),
            ("try_issuer", Some(Done)),
            ("look_at_health", Some(Done)),
            ("verify_backup", Some(Failed)),
            ("store_state", None),
            ("key_state", None),
            ("read_figures", None),
            ("sign_in_settings", Some(Done)),
        ] {
            assert_eq!(outcome(call), expected, "{call}");
        }
    });
}
