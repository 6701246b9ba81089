//! Secrets that are in use and rows that flow: sources that really sign in, every shape of request, failures on the way,
//! and then a look at everything that was answered, logged and kept.

use std::path::Path;

use model::change::Change;
use serde_json::{Value, json};

use crate::ports::free_port;
use crate::postgres::{GUARDED, Postgres};
use crate::program::{Serving, changed, environment};
use crate::secrets::{assert_absent, first_manager};
use crate::web_sources::Api;
use crate::world::{Browser, PAGE_HEADERS, Reply, run};

const RIGHT_SECRET: &str = "planted-secret-that-signs-in";
const WRONG_SECRET: &str = "planted-secret-that-is-refused";
/// Everything that is kept in the store sealed, and never written to the log.
const ROW_OF_FILE: &str = "planted-row-of-a-file";
const ROW_OF_DATABASE: &str = "planted-row-of-a-database";
const ROW_OF_UPLOAD: &str = "planted-row-of-an-upload";
const ROW_OF_WEB: &str = "planted-row-of-an-api";
/// What is searched for: found in all of them.
const SEARCHED: &str = "planted-row";
const FILTERED: &str = "planted-value-of-a-filter";

/// Rows, a view whose values cannot be cast, and one that complains of its values by itself.
fn script() -> String {
    format!(
        "create database planted;
        do $$ begin create role {GUARDED} login; exception when duplicate_object then null; end $$;
        alter role {GUARDED} password '{RIGHT_SECRET}';
        \\c planted
        create table person (id bigint primary key, name text not null, boss bigint references person (id));
        insert into person values (1, '{ROW_OF_DATABASE} Ada', null), (2, '{ROW_OF_DATABASE} Bo', 1);
        create view uncast as select id, name::int::text as name, boss from person;
        create function complain(name text) returns text language plpgsql as $$
          begin raise exception 'this is wrong: %', name using detail = name, hint = name; end $$;
        create view complaint as select id, complain(name) as name, boss from person;
        grant select on person, uncast, complaint to {GUARDED};\n"
    )
}

fn make_file(folder: &Path) {
    let file = rusqlite::Connection::open(folder.join("people.sqlite")).expect("a file");
    let rows = format!(
        "create table person (id integer primary key, name text not null, boss integer references person (id));
        insert into person values (1, '{ROW_OF_FILE} Ada', null), (2, '{ROW_OF_FILE} Bo', 1);
        create view uncast as select id, json_extract(name, '$') as name, boss from person;"
    );
    file.execute_batch(&rows).expect("rows");
}

/// A person who keeps every answer for one look at the end.
struct Asking {
    browser: Browser,
    answers: Vec<(String, Reply)>,
}

impl Asking {
    fn keep(&mut self, what: &str, reply: Reply) -> String {
        let verdict = reply.verdict();
        self.answers.push((what.to_owned(), reply));
        verdict
    }

    async fn call(&mut self, name: &str, mut request: Value) -> String {
        request["project"] = json!("bank");
        if request.get("base").is_some() {
            request["base"] = json!(self.browser.revision("bank").await);
        }
        let reply = self.browser.call(name, &request).await;
        self.keep(name, reply)
    }

    async fn stream(&mut self, name: &str, mut request: Value) -> String {
        request["project"] = json!("bank");
        let reply = self.browser.post_json(&format!("/api/stream/{name}"), &request).await;
        self.keep(name, reply)
    }

    async fn rows(&mut self, kind: &str, filter: Value) -> String {
        let query = json!({ "from": { "objects": kind }, "filter": filter, "answer": { "rows": { "limit": 10 } } });
        self.stream("run_query", json!({ "query": query })).await
    }

    /// The newest answer as text, whatever is in it.
    fn last(&self) -> String {
        self.answers.last().expect("an answer").1.text()
    }

    async fn save_source(&mut self, id: &str, kind: &str, settings: Value, secrets: Value) {
        let source = json!({ "id": id, "name": id, "kind": kind, "settings": settings });
        let tested = self.call("test_source", json!({ "source": source, "secrets": secrets })).await;
        assert_eq!(tested, "200", "{}", self.last());
        assert_eq!(self.last().contains("\"ok\":true"), !["refusing", "failing"].contains(&id), "{}", self.last());
        let saved = self.call("save_source", json!({ "base": 0, "source": source, "secrets": secrets })).await;
        assert_eq!(saved, "200", "{}", self.last());
    }
}

fn object_type(id: &str, source: &str, table: &str) -> Change {
    let schema = if ["database", "refusing"].contains(&source) { json!("public") } else { Value::Null };
    let property = |id: &str, kind: &str| json!({ "id": id, "name": id, "column": id, "kind": kind, "searchable": kind == "text" });
    let object_type = json!({
        "id": id, "name": id, "plural": id, "icon": "dot", "colour": 0, "source": source,
        "table": { "schema": schema, "name": table }, "key": ["id"], "title": "{name}",
        "properties": [property("id", "integer"), property("name", "text"), property("boss", "integer")],
    });
    Change::PutObjectType(Box::new(serde_json::from_value(object_type).expect("an object type")))
}

fn boss(id: &str, of: &str) -> Change {
    let link = json!({
        "id": id, "name": "leads", "reverse": "is led by", "plural": "lead", "from": of, "to": of, "directed": true,
        "join": { "by": "properties", "pairs": [{ "from": "id", "to": "boss" }] },
    });
    Change::PutLinkType(Box::new(serde_json::from_value(link).expect("a link type")))
}

/// Sources of each kind, one that refuses the password, and a model over them.
async fn configure(asking: &mut Asking, api: u16) {
    let created = asking.browser.call("create_project", &json!({ "id": "bank", "name": "Bank" })).await;
    assert_eq!(asking.keep("create_project", created), "200");
    asking.save_source("file", "sqlite", json!({ "file": "people.sqlite" }), json!({})).await;
    let port = Postgres::shared().port.to_string();
    let database = json!({ "host": "127.0.0.1", "port": port, "database": "planted", "user": GUARDED, "tls": "off" });
    asking.save_source("database", "postgresql", database.clone(), json!({ "password": RIGHT_SECRET })).await;
    asking.save_source("refusing", "postgresql", database, json!({ "password": WRONG_SECRET })).await;
    let mut web = json!({ "url": format!("http://127.0.0.1:{api}"), "tables": "person = /person?name={name}",
        "auth": "query", "key_name": "key" });
    asking.save_source("web", "http", web.clone(), json!({ "secret": RIGHT_SECRET })).await;
    web["auth"] = json!("bearer");
    asking.save_source("failing", "http", web, json!({ "secret": WRONG_SECRET })).await;

    let file = format!("number,name\n1,{ROW_OF_UPLOAD} Ada\n2,{ROW_OF_UPLOAD} Bo\n");
    let name = json!({ "project": "bank", "name": "people.csv" });
    let sent = asking.browser.upload(&name, file.as_bytes()).await;
    let preview = sent.json();
    assert_eq!(asking.keep("upload_file", sent), "200");
    let accept = json!({ "upload": preview["upload"], "layout": preview["layout"], "source": "upload", "name": "Upload",
        "scope": "everyone", "base": 0 });
    assert_eq!(asking.call("accept_file", accept).await, "200", "{}", asking.last());
    assert_eq!(asking.call("suggest_model", json!({ "source": "upload" })).await, "200");
    let suggested: Value = serde_json::from_str(&asking.last()).expect("JSON");
    let own = [
        object_type("filed", "file", "person"),
        object_type("filed_uncast", "file", "uncast"),
        object_type("held", "database", "person"),
        object_type("held_uncast", "database", "uncast"),
        object_type("held_complaint", "database", "complaint"),
        object_type("refused", "refusing", "person"),
        object_type("fetched", "web", "person"),
        object_type("unfetched", "failing", "person"),
        boss("leads_filed", "filed"),
        boss("leads_held", "held"),
    ];
    let mut changes: Vec<Value> = suggested["changes"].as_array().expect("changes").clone();
    changes.extend(own.map(|change| serde_json::to_value(change).expect("JSON")));
    let change = json!({ "scope": "everyone", "base": 0, "changes": changes });
    assert_eq!(asking.call("change_project", change).await, "200", "{}", asking.last());
}

/// Everything that a person does, and what fails on the way.
async fn work(asking: &mut Asking) {
    let all = || json!({ "all": [] });
    for source in ["file", "database", "upload"] {
        assert_eq!(asking.call("read_catalogue", json!({ "source": source })).await, "200", "{}", asking.last());
    }
    assert_eq!(asking.call("read_catalogue", json!({ "source": "refusing" })).await, "502 source_failed");
    let search = json!({ "text": SEARCHED, "object_types": [], "limit": 10 });
    assert_eq!(asking.stream("search", search).await, "200");
    for row in [ROW_OF_FILE, ROW_OF_DATABASE, ROW_OF_UPLOAD, ROW_OF_WEB] {
        assert!(asking.last().contains(row), "{row} is found");
    }
    for (kind, row) in [("filed", ROW_OF_FILE), ("held", ROW_OF_DATABASE)] {
        assert_eq!(asking.rows(kind, all()).await, "200");
        assert!(asking.last().contains(row), "rows of {kind} flow");
        let filter = json!({ "is": { "field": { "own": "name" }, "test": { "contains": FILTERED } } });
        assert_eq!(asking.rows(kind, filter).await, "200", "{}", asking.last());
        let of = format!("leads_{kind}");
        let expand = json!({ "link": of, "direction": "forward", "keys": [["1"]], "order": "name", "limit": 10 });
        assert_eq!(asking.stream("expand", expand).await, "200", "{}", asking.last());
        assert!(asking.last().contains(row), "links of {kind} flow");
        assert_eq!(asking.stream("count_links", json!({ "object_type": kind, "keys": [["1"]] })).await, "200");
        let query = json!({ "from": { "objects": kind }, "answer": { "rows": { "limit": 10 } } });
        let request = json!({ "project": "bank", "query": query });
        let file = asking.browser.post_json("/api/download/export_rows", &request).await;
        assert_eq!(asking.keep("export_rows", file), "200");
        assert!(asking.last().contains(row), "a file of {kind}");
        let sample = json!({ "source": if kind == "filed" { "file" } else { "database" }, "limit": 5,
            "table": { "schema": if kind == "filed" { Value::Null } else { json!("public") }, "name": "person" } });
        assert_eq!(asking.stream("sample_table", sample).await, "200", "{}", asking.last());
    }
    let is_filtered = json!({ "is": { "field": { "own": "name" }, "test": { "equals": FILTERED } } });
    assert_eq!(asking.rows("fetched", is_filtered).await, "200", "{}", asking.last());
    // Failures of the source that speak of its values; whatever it says, a person is told only what to do.
    for kind in ["filed_uncast", "held_uncast", "held_complaint", "refused", "unfetched"] {
        asking.rows(kind, all()).await;
        assert!(asking.last().contains("\"remedy\""), "{kind} fails: {}", asking.last());
        assert!(!asking.last().contains(SEARCHED), "{kind}: {}", asking.last());
        let query = json!({ "from": { "objects": kind }, "answer": { "rows": { "limit": 10 } } });
        let request = json!({ "project": "bank", "query": query });
        let file = asking.browser.post_json("/api/download/export_rows", &request).await;
        asking.keep("a file that fails", file);
    }
    // Mistakes of a program, and a file that cannot be taken.
    for body in
        [format!("{{\"project\":\"bank\",\"text\":\"{SEARCHED}"), format!("{{\"{ROW_OF_FILE}\":\"{FILTERED}\"}}")]
    {
        let reply = asking.browser.send("POST", "/api/stream/search", &PAGE_HEADERS, body.as_bytes()).await;
        assert_eq!(asking.keep("malformed", reply), "400 malformed");
    }
    let name = json!({ "project": "bank", "name": "people.csv" });
    let ragged = format!("a,b\n1,{ROW_OF_UPLOAD},x\n2,\"{ROW_OF_UPLOAD}\n");
    let reply = asking.browser.upload(&name, ragged.as_bytes()).await;
    asking.keep("a ragged upload", reply);
    let reply = asking.browser.upload(&name, format!("\0\u{1}{ROW_OF_UPLOAD}").as_bytes()).await;
    asking.keep("an upload of bytes", reply);
}

#[test]
fn secrets_that_sign_in_and_rows_that_flow_are_in_no_log_no_file_and_no_secret_is_in_an_answer() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("script.sql"), script()).expect("a script");
        Postgres::shared().run_script(&folder.path().join("script.sql"));
        make_file(folder.path());
        // Without its key, it complains of what it was asked.
        let api = Api::start(|target| {
            let row = |id: u32, name: &str| json!({ "id": id, "name": format!("{ROW_OF_WEB} {name}"), "boss": null });
            let is_known = target.contains(&format!("key={RIGHT_SECRET}"));
            Some(if is_known { json!([row(1, "Ada"), row(2, "Bo")]) } else { json!(format!("{target}: {ROW_OF_WEB}")) })
        })
        .await;
        let files = folder.path().display().to_string();
        for form in ["text", "json"] {
            let place = folder.path().join(form);
            let store = place.join("data");
            std::fs::create_dir_all(&store).expect("a folder");
            let port = free_port();
            let base = environment(&store, port);
            let further = [("CLEW_LOG", form), ("CLEW_LOG_LEVEL", "trace"), ("CLEW_SQLITE_DIR", files.as_str())];
            let serving = Serving::start(&place, port, &changed(&base, &further)).await;
            let browser = first_manager(&serving, port).await;
            let mut asking = Asking { browser, answers: Vec::new() };
            configure(&mut asking, api.port).await;
            work(&mut asking).await;

            let secrets = [RIGHT_SECRET, WRONG_SECRET];
            let values = [ROW_OF_FILE, ROW_OF_DATABASE, ROW_OF_UPLOAD, ROW_OF_WEB, SEARCHED, FILTERED];
            assert_absent(&store, &[&secrets[..], &values].concat());
            let said = serving.end();
            assert_absent(&store, &[&secrets[..], &values].concat());
            for line in said.lines() {
                let held = secrets.iter().chain(&values).find(|planted| line.contains(**planted));
                assert_eq!(held, None, "{form}: {line}");
            }
            for part in
                ["/api/stream/search", "/api/download/export_rows", "/api/upload/upload_file", "a source failed"]
            {
                assert!(said.contains(part), "{form}: what was done is in the log: {part}: {said}");
            }
            for (what, reply) in &asking.answers {
                let headers: String = reply.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
                let whole = format!("{headers}{}", reply.text());
                let held = secrets.iter().find(|secret| whole.contains(**secret));
                assert_eq!(held, None, "{form}: {what}: {whole}");
            }
        }
    });
}
