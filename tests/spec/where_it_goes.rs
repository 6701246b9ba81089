//! Every host and port that a server goes to: told by `clew doctor egress`, and watched from outside while it works.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::broken_sources::read;
use crate::ports::free_port;
use crate::postgres::Postgres;
use crate::program::{Place, Serving, changed, clew, environment, finish, told};
use crate::secrets::first_manager;
use crate::sinks::until;
use crate::web_sources::{Api, kind};
use crate::world::{Browser, run};

/// A listener that takes connections and says nothing.
async fn listening() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            kept.push(stream);
        }
    });
    port
}

fn database(port: u16) -> Value {
    json!({ "host": "127.0.0.1", "port": port.to_string(), "database": "postgres", "user": "postgres", "tls": "off" })
}

fn web(port: u16) -> Value {
    json!({ "url": format!("http://127.0.0.1:{port}/v1"), "tables": "person = /people" })
}

fn source(id: &str, kind: &str, settings: &Value) -> Value {
    json!({ "id": id, "name": id, "kind": kind, "settings": settings })
}

async fn call(browser: &mut Browser, name: &str, request: &Value) -> Value {
    let reply = browser.call(name, request).await;
    assert_eq!(reply.verdict(), "200", "{name}: {}", reply.text());
    reply.json()
}

/// The project `bank` with these sources.
async fn project(browser: &mut Browser, sources: &[Value]) {
    call(browser, "create_project", &json!({ "id": "bank", "name": "Bank" })).await;
    for source in sources {
        let base = browser.revision("bank").await;
        let save = json!({ "project": "bank", "base": base, "source": source, "typed_name": source["name"] });
        call(browser, "save_source", &save).await;
    }
}

fn people(target: &str) -> Option<Value> {
    (target == "/v1/people").then(|| json!([{ "id": 1, "name": "Ada" }]))
}

#[test]
fn every_place_that_settings_and_sources_name_is_listed_and_tried() {
    run(async {
        let place = Place::new().await;
        let api = Api::start(people).await;
        let (syslog, proxy, gone) = (listening().await, listening().await, free_port());
        let serving = place.serve(&[]).await;
        let mut browser = first_manager(&serving, place.port).await;
        let far = json!({ "url": "http://api.example.org/v1", "tables": "person = /people" });
        let sources = [
            source("there", "postgresql", &database(Postgres::shared().port)),
            source("gone", "postgresql", &database(gone)),
            source("api", "http", &web(api.port)),
            source("far", "http", &far),
        ];
        project(&mut browser, &sources).await;
        let base = browser.revision("bank").await;
        let own = json!({ "put_source": source("mine", "postgresql", &database(syslog)) });
        let mine = json!({ "project": "bank", "scope": "mine", "base": base, "changes": [own] });
        let own_is_made = browser.call("change_project", &mine).await.status == 200;
        serving.end();
        let (receiver, by) = (format!("tcp://127.0.0.1:{syslog}"), format!("http://127.0.0.1:{proxy}"));
        let settings = [("CLEW_AUDIT_SYSLOG", receiver.as_str()), ("HTTP_PROXY", by.as_str())];
        let base = environment(&place.store, place.port);
        let output = finish(&["doctor", "egress"], &changed(&base, &settings));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut expected = vec![
            ("ok", "audit sink syslog", format!("127.0.0.1:{syslog} is reached.")),
            ("ok", "proxy HTTP_PROXY", format!("127.0.0.1:{proxy} is reached.")),
            ("ok", "source bank/there", format!("127.0.0.1:{} is reached.", Postgres::shared().port)),
            ("bad", "source bank/gone", format!("127.0.0.1:{gone} is not reached")),
            // This machine is reached without the proxy.
            ("ok", "source bank/api", format!("127.0.0.1:{} is reached.", api.port)),
            (
                "ok",
                "source bank/far",
                format!("api.example.org:80 is asked of the proxy 127.0.0.1:{proxy}, which is reached."),
            ),
        ];
        if own_is_made {
            expected.push(("ok", "own source bank/mine", format!("127.0.0.1:{syslog} is reached.")));
        }
        for (state, check, words) in &expected {
            let line = said.lines().find(|line| line.starts_with(&format!("{state:<5} {check} ")));
            assert!(line.is_some_and(|line| line.contains(words.as_str())), "{check}: {words}\n{said}");
        }
        assert_eq!(said.lines().count(), expected.len(), "{said}");
        assert!(said.contains("whether a firewall lies between"), "{said}");
        assert_eq!(told(&output).0, 1, "{said}");
        // What the rules refuse is refused here too, with the setting that opens it.
        let shut = finish(&["doctor", "--json", "egress"], &changed(&base, &[("CLEW_EGRESS_ALLOW", "")]));
        let shut: Value = serde_json::from_slice(&shut.stdout).expect("JSON");
        let api = shut["findings"].as_array().expect("findings").iter().find(|it| it["check"] == "source bank/api");
        let remedy = api.expect("a finding")["remedy"].as_str().expect("a remedy");
        assert!(shut["ok"] == json!(false) && remedy.contains("CLEW_EGRESS_ALLOW"), "{shut}");
        // A server that goes nowhere says so.
        let nowhere = Place::new().await;
        let output = finish(&["doctor", "egress"], &changed(&environment(&nowhere.store, nowhere.port), &[]));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("names a place to go to"), "{said}");
    });
}

/// The program under the eyes of `strace`, which writes every connection and every datagram to a file.
#[expect(clippy::disallowed_methods, reason = "the tests start the program; the server starts none")]
fn watched(environment: &[(&str, &str)], trace: &Path) -> std::process::Command {
    let program = clew(&["serve"], environment);
    let mut command = std::process::Command::new("strace");
    // As its grandchild, so that the process that is started is the program.
    command.args(["-D", "-f", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o"]).arg(trace);
    command.arg(program.get_program()).args(program.get_args()).env_clear();
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").stdin(std::process::Stdio::null());
    command
}

/// Addresses and ports of the network in what was written down.
fn reached(trace: &str) -> BTreeSet<String> {
    let part = |line: &str, from: &str, to: char| {
        let (_, rest) = line.split_once(from)?;
        rest.split_once(to).map(|(found, _)| found.trim_matches('"').to_owned())
    };
    let place = |line: &str| {
        let port = part(line, "port=htons(", ')')?;
        let address = part(line, "inet_addr(", ')').or_else(|| part(line, "inet_pton(AF_INET6, ", ','))?;
        Some(format!("{address}:{port}"))
    };
    trace.lines().filter_map(place).collect()
}

#[test]
fn a_server_that_works_connects_to_what_it_was_told_and_nowhere_else() {
    run(async {
        let place = Place::new().await;
        let api = Api::start(people).await;
        let (syslog, elsewhere) = (listening().await, listening().await);
        let receiver = format!("tcp://127.0.0.1:{syslog}");
        let trace: PathBuf = place.folder.path().join("trace.txt");
        let base = environment(&place.store, place.port);
        let command = watched(&changed(&base, &[("CLEW_AUDIT_SYSLOG", &receiver)]), &trace);
        let serving = Serving::start_by(command, place.folder.path(), place.port).await;
        let mut browser = first_manager(&serving, place.port).await;
        let sources = [
            source("there", "postgresql", &database(Postgres::shared().port)),
            source("web", "http", &web(api.port)),
            // Configured and never asked.
            source("idle", "http", &web(elsewhere)),
        ];
        project(&mut browser, &sources).await;
        let person = kind("person", ("table", json!({ "name": "person" })), &[("id", "integer"), ("name", "text")]);
        let table = json!({ "schema": "pg_catalog", "name": "pg_namespace" });
        let mut schema = kind("schema", ("table", table), &[("nspname", "text")]);
        schema["put_object_type"]["source"] = json!("there");
        let base = browser.revision("bank").await;
        let change = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": [person, schema] });
        call(&mut browser, "change_project", &change).await;
        for kind in ["person", "schema"] {
            let query = json!({ "from": { "objects": kind }, "answer": "count" });
            let reply = browser.post_json("/api/stream/run_query", &json!({ "project": "bank", "query": query })).await;
            assert!(reply.status == 200 && read(&reply.body).done, "{}", reply.text());
        }
        for id in ["there", "web"] {
            call(&mut browser, "read_catalogue", &json!({ "project": "bank", "source": id })).await;
        }
        // Upkeep and sinks work by themselves meanwhile.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let said = serving.end();
        let written = || std::fs::read_to_string(&trace).unwrap_or_default();
        until("the end of what was written down", async || written().contains("+++ exited with")).await;
        let expected = [Postgres::shared().port, api.port, syslog].map(|port| format!("127.0.0.1:{port}"));
        assert_eq!(reached(&written()), BTreeSet::from(expected), "{said}");
    });
}

#[test]
fn what_was_written_down_is_read_as_it_is_meant() {
    let trace = "12 connect(9, {sa_family=AF_INET, sin_port=htons(5432), sin_addr=inet_addr(\"10.0.0.7\")}, 16) = -1\n\
        13 connect(9, {sa_family=AF_UNIX, sun_path=\"/run/nscd\"}, 110) = -1 ENOENT\n\
        13 connect(9, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", \
        &sin6_addr), sin6_scope_id=0}, 28) = 0\n\
        14 sendto(4, \"port\", 4, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr(\"9.9.9.9\")}, 16) = 4\n\
        14 sendto(4, \"x\", 1, MSG_NOSIGNAL, NULL, 0) = 1\n";
    let expected = ["10.0.0.7:5432", "::1:443", "9.9.9.9:53"].map(str::to_owned);
    assert_eq!(reached(trace), BTreeSet::from(expected));
}
