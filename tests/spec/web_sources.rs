//! Web addresses as sources: signed in, asked for the values of a question, and honest about what was not read.

use std::sync::{Arc, Mutex};

use model::completeness::{Cause, Extent};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::broken_sources::{Answer, read};
use crate::projects::{bank, read as read_project};
use crate::world::{Browser, World, run};

/// An API of a chapter, and the heads of everything that was asked.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Api {
    /// Answers a path and query with JSON, or with 404.
    pub(crate) async fn start(answer: impl Fn(&str) -> Option<Value> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let api = Self { port, heads: Arc::default() };
        let (heads, answer) = (api.heads.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (heads, answer) = (heads.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut head = vec![0; 8_192];
                    let length = stream.read(&mut head).await.unwrap_or_default();
                    let head = String::from_utf8_lossy(&head[..length]).into_owned();
                    let found = answer(head.split(' ').nth(1).unwrap_or_default());
                    heads.lock().expect("no panic").push(head);
                    let (status, body) =
                        found.map_or(("404 Not Found", "{}".to_owned()), |body| ("200 OK", body.to_string()));
                    let length = body.len();
                    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
                    drop(stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await);
                });
            }
        });
        api
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no panic").clone()
    }

    /// What was asked since `from`: paths and queries.
    fn targets(&self, from: usize) -> Vec<String> {
        self.heads()[from..].iter().map(|head| head.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
    }
}

fn source(port: u16, more: &Value) -> Value {
    let mut settings = json!({
        "url": format!("http://127.0.0.1:{port}/v1"),
        "tables": "person = /people?city={city} at /data",
    });
    settings.as_object_mut().expect("settings").extend(more.as_object().expect("settings").clone());
    json!({ "id": "web", "name": "Web", "kind": "http", "settings": settings })
}

async fn save(own: &mut Browser, source: &Value, secrets: Value) {
    let base = own.revision("bank").await;
    let request = json!({ "project": "bank", "base": base, "source": source, "secrets": secrets });
    let saved = own.call("save_source", &request).await;
    assert_eq!(saved.verdict(), "200", "{}", saved.text());
}

async fn model(own: &mut Browser) {
    let property = |id: &str, kind: &str| json!({ "id": id, "name": id, "column": id, "kind": kind, "searchable": kind == "text" });
    let person = json!({
        "id": "person", "name": "Person", "plural": "People", "icon": "person", "colour": 0, "source": "web",
        "table": { "name": "person" }, "key": ["id"], "title": "{name}",
        "properties": [property("id", "integer"), property("name", "text"), property("city", "text")],
    });
    change(own, json!([{ "put_object_type": person }])).await;
}

/// An object type of the source `web`: where it comes from, its first property being its key, and its properties.
pub(crate) fn kind(id: &str, (how, from): (&str, Value), properties: &[(&str, &str)]) -> Value {
    let property = |(id, kind): &(&str, &str)| json!({ "id": id, "name": id, "column": id, "kind": kind, "searchable": *kind == "text" });
    let mut kind = json!({
        "id": id, "name": id, "plural": id, "icon": "dot", "colour": 0, "source": "web", "key": [properties[0].0],
        "title": format!("{{{}}}", properties[0].0), "properties": properties.iter().map(property).collect::<Vec<_>>(),
    });
    kind[how] = from;
    json!({ "put_object_type": kind })
}

async fn change(own: &mut Browser, changes: Value) {
    let base = own.revision("bank").await;
    let change = json!({ "project": "bank", "scope": "everyone", "base": base, "changes": changes });
    let changed = own.call("change_project", &change).await;
    assert_eq!(changed.verdict(), "200", "{}", changed.text());
}

async fn ask(own: &mut Browser, query: Value) -> Answer {
    let request = json!({ "project": "bank", "query": query });
    let reply = own.post_json("/api/stream/run_query", &request).await;
    assert_eq!(reply.verdict(), "200", "{}", reply.text());
    let answer = read(&reply.body);
    assert!(answer.done, "{}", String::from_utf8_lossy(&reply.body));
    answer
}

fn people(count: u64) -> Vec<Value> {
    let city = |id: u64| if id.is_multiple_of(2) { "Oslo" } else { "Bergen" };
    (1..=count).map(|id| json!({ "id": id, "name": format!("Person {id}"), "city": city(id) })).collect()
}

/// So many people, all or those of a city.
fn api_of(count: u64) -> impl Fn(&str) -> Option<Value> + Send + Sync + 'static {
    move |target| {
        let all = people(count);
        let found = match target.split_once('?') {
            Some(("/v1/people", query)) => {
                let city = query.strip_prefix("city=")?.to_owned();
                all.into_iter().filter(|person| person["city"] == city.as_str()).collect()
            }
            None if target == "/v1/people" => all,
            _ => return None,
        };
        Some(json!({ "data": found }))
    }
}

#[test]
fn a_web_address_is_asked_like_any_source_and_for_the_values_of_the_question() {
    run(async {
        let api = Api::start(api_of(40)).await;
        let world = World::start().await;
        let mut own = bank(&world).await;
        let bearer = json!({ "auth": "bearer" });
        let tested = own
            .call(
                "test_source",
                &json!({ "project": "bank", "source": source(api.port, &bearer), "secrets": { "secret": "k" } }),
            )
            .await
            .json();
        assert_eq!(tested["ok"], true, "{tested}");
        assert!(tested.to_string().contains("id integer"), "{tested}");
        save(&mut own, &source(api.port, &bearer), json!({ "secret": "planted-token" })).await;
        let catalogue = own.call("read_catalogue", &json!({ "project": "bank", "source": "web" })).await.json();
        let columns = catalogue["tables"][0]["columns"].as_array().expect("columns");
        assert!(columns.iter().any(|column| column["name"] == "city" && column["kind"] == "text"), "{catalogue}");
        model(&mut own).await;
        let rows = json!({ "rows": { "limit": 100 } });
        let before = api.heads().len();
        let all = ask(&mut own, json!({ "from": { "objects": "person" }, "answer": rows })).await;
        assert_eq!((all.rows[&0], all.closed[&0].completeness.extent), (40, Extent::Exact));
        assert_eq!(api.targets(before), ["/v1/people"]);
        let city = json!({ "is": { "field": { "own": "city" }, "test": { "equals": "Oslo" } } });
        let before = api.heads().len();
        let some = ask(&mut own, json!({ "from": { "objects": "person" }, "filter": city, "answer": rows })).await;
        assert_eq!((some.rows[&0], api.targets(before)), (20, vec!["/v1/people?city=Oslo".to_owned()]));
        // What the API cannot do is done here.
        for (test, expected) in [(json!({ "contains": "person 3" }), 11), (json!({ "equals": "Person 7" }), 1)] {
            let filter = json!({ "is": { "field": { "own": "name" }, "test": test } });
            let some =
                ask(&mut own, json!({ "from": { "objects": "person" }, "filter": filter, "answer": rows })).await;
            assert_eq!(some.rows[&0], expected, "{test}");
        }
        let keys = json!({ "keys": { "object_type": "person", "keys": [["3"], ["5"], ["999"]] } });
        assert_eq!(ask(&mut own, json!({ "from": keys, "answer": rows })).await.rows[&0], 2);
        let search = json!({ "project": "bank", "text": "Person 12", "object_types": [], "limit": 10 });
        let found = read(&own.post_json("/api/stream/search", &search).await.body);
        assert!(found.done && found.rows.values().sum::<u64>() == 1, "{:?}", found.rows);
        let sample = json!({ "project": "bank", "source": "web", "table": { "name": "person" }, "limit": 5 });
        assert_eq!(read(&own.post_json("/api/stream/sample_table", &sample).await.body).rows[&0], 5);
        assert!(api.heads().iter().skip(1).all(|head| head.contains("authorization: Bearer planted-token\r\n")));
        assert!(api.heads().iter().all(|head| !head.to_lowercase().contains("cookie")));
    });
}

const COMPANIES: &str =
    "company = /companies/{id}\nperson = /people?city={city} at /data\ndeal = /deals?city={city} at /data";
const COMPANY_COLUMNS: &str = "company: id text, company_id text, name text";

/// Companies by an id that is not their number, forty people, and a deal for each of them in another city.
fn companies(target: &str) -> Option<Value> {
    let filtered = |all: Vec<Value>, query: &str| {
        let city = query.strip_prefix("?city=").map(str::to_owned);
        all.into_iter().filter(|found| city.as_ref().is_none_or(|city| found["city"] == city.as_str())).collect()
    };
    let deal =
        |id: u64| json!({ "id": id + 100, "buyer": id, "city": if id.is_multiple_of(4) { "Moss" } else { "Oslo" } });
    let found: Vec<Value> = match target {
        "/v1/companies/7" => return Some(json!({ "id": "7", "company_id": "C1", "name": "Harbour" })),
        target if target.starts_with("/v1/people") => filtered(people(40), &target["/v1/people".len()..]),
        target if target.starts_with("/v1/deals") => {
            filtered((1..=40).map(deal).collect(), &target["/v1/deals".len()..])
        }
        _ => return None,
    };
    Some(json!({ "data": found }))
}

fn keys(kind: &str, key: &str) -> Value {
    json!({ "from": { "keys": { "object_type": kind, "keys": [[key]] } }, "answer": { "rows": { "limit": 100 } } })
}

fn with(kind: &str, filter: &Value) -> Value {
    json!({ "from": { "objects": kind }, "filter": filter, "answer": { "rows": { "limit": 100 } } })
}

fn is(property: &str, value: &str) -> Value {
    json!({ "is": { "field": { "own": property }, "test": { "equals": value } } })
}

/// A project with the source of companies, and whoever owns it.
async fn of_companies() -> (Api, World, Browser) {
    let (api, world) = (Api::start(companies).await, World::start().await);
    let mut own = bank(&world).await;
    let tables = json!({ "tables": COMPANIES, "columns": COMPANY_COLUMNS });
    save(&mut own, &source(api.port, &tables), json!({})).await;
    (api, world, own)
}

fn table(name: &str) -> (&'static str, Value) {
    ("table", json!({ "name": name }))
}

#[test]
fn a_type_that_comes_from_a_query_asks_for_no_values_whatever_its_columns_are_called() {
    run(async {
        let (api, _world, mut own) = of_companies().await;
        let query = |text: &str| ("query", json!(text));
        let renamed = "select id, name as city, city as name from person";
        let joined = "select d.id as id, p.city as city, d.city as place from person p join deal d on d.buyer = p.id";
        let changes = json!([
            kind("plain", table("company"), &[("id", "text"), ("name", "text")]),
            kind("company", query("select company_id as id, name from company"), &[("id", "text"), ("name", "text")]),
            kind("renamed", query(renamed), &[("id", "integer"), ("city", "text"), ("name", "text")]),
            kind("joined", query(joined), &[("id", "integer"), ("city", "text"), ("place", "text")]),
        ]);
        change(&mut own, changes).await;
        // Columns that nobody settled are found when the source is opened.
        own.call("read_catalogue", &json!({ "project": "bank", "source": "web" })).await;
        // The path's own column narrows, so that what comes next means something.
        let before = api.heads().len();
        assert_eq!(ask(&mut own, keys("plain", "7")).await.rows[&0], 1);
        assert_eq!(api.targets(before), ["/v1/companies/7"]);
        // A key of the query is no value of the path: the path says that it needs one, instead of there being nothing.
        let before = api.heads().len();
        let request = json!({ "project": "bank", "query": keys("company", "C1") });
        let failed = own.post_json("/api/stream/run_query", &request).await;
        assert!(failed.text().contains("answers only for given values of: id"), "{}", failed.text());
        assert_eq!(api.targets(before), Vec::<String>::new());
        for (kind, filter, rows, asked) in [
            ("renamed", is("city", "Person 4"), 1, vec!["/v1/people"]),
            ("renamed", is("name", "Oslo"), 20, vec![]),
            ("joined", is("city", "Oslo"), 20, vec!["/v1/people", "/v1/deals"]),
            ("joined", json!({ "all": [is("city", "Oslo"), is("place", "Moss")] }), 10, vec![]),
        ] {
            let before = api.heads().len();
            let answer = ask(&mut own, with(kind, &filter)).await;
            let came = (answer.rows[&0], answer.closed[&0].completeness.extent);
            assert_eq!(came, (rows, Extent::Exact), "{kind} {filter}");
            assert_eq!(api.targets(before), asked, "{kind} {filter}: all of it, or what is kept");
        }
    });
}

#[test]
fn the_values_of_one_table_are_not_taken_for_those_of_another_with_a_column_of_that_name() {
    run(async {
        let (api, _world, mut own) = of_companies().await;
        let bought = json!({ "id": "bought", "name": "bought", "reverse": "bought by", "plural": "purchases",
            "from": "person", "to": "deal", "directed": true,
            "join": { "by": "properties", "pairs": [{ "from": "id", "to": "buyer" }] } });
        let changes = json!([
            kind("person", table("person"), &[("id", "integer"), ("city", "text")]),
            kind("deal", table("deal"), &[("id", "integer"), ("buyer", "integer"), ("city", "text")]),
            { "put_link_type": bought },
        ]);
        change(&mut own, changes).await;
        own.call("read_catalogue", &json!({ "project": "bank", "source": "web" })).await;
        let linked = json!({ "linked": { "link": "bought", "direction": "forward", "present": true } });
        let before = api.heads().len();
        let answer = ask(&mut own, with("person", &json!({ "all": [is("city", "Oslo"), linked] }))).await;
        // Half of those in Oslo bought in Moss.
        assert_eq!((answer.rows[&0], answer.closed[&0].completeness.extent), (20, Extent::Exact));
        assert_eq!(api.targets(before), ["/v1/people?city=Oslo", "/v1/deals"]);
    });
}

#[test]
fn an_address_with_a_password_in_it_is_not_kept() {
    run(async {
        let world = World::start().await;
        let mut own = bank(&world).await;
        for (address, expected) in [
            ("https://clew:planted@api.example.org/v1", "422 invalid"),
            ("https://clew@api.example.org", "422 invalid"),
            ("https://api.example.org/people/@ada?mail=a@b", "200"),
        ] {
            let base = own.revision("bank").await;
            let source = source(1, &json!({ "url": address }));
            let request = json!({ "project": "bank", "base": base, "source": source, "secrets": {} });
            let saved = own.call("save_source", &request).await;
            assert_eq!(saved.verdict(), expected, "{address}: {}", saved.text());
            assert!(!saved.text().contains("planted"), "{}", saved.text());
        }
    });
}

#[test]
fn an_answer_over_more_than_is_read_says_that_it_is_capped() {
    run(async {
        let api = Api::start(api_of(60_000)).await;
        let world = World::start().await;
        let mut own = bank(&world).await;
        save(&mut own, &source(api.port, &json!({})), json!({})).await;
        model(&mut own).await;
        let count = ask(&mut own, json!({ "from": { "objects": "person" }, "answer": "count" })).await;
        let said = &count.closed[&0].completeness;
        assert_eq!((said.extent, &said.causes), (Extent::Capped, &vec![Cause::RowLimit(50_000)]));
        // A part of it that the API gives by itself is whole.
        let city = json!({ "is": { "field": { "own": "city" }, "test": { "equals": "Oslo" } } });
        let some = ask(&mut own, json!({ "from": { "objects": "person" }, "filter": city, "answer": "count" })).await;
        assert_eq!(some.closed[&0].completeness.extent, Extent::Exact);
    });
}

#[test]
fn a_saved_token_goes_to_the_address_that_it_was_saved_for_and_to_no_other() {
    run(async {
        let (right, wrong) = (Api::start(api_of(1)).await, Api::start(api_of(1)).await);
        let world = World::start().await;
        let mut own = bank(&world).await;
        let key = json!({ "auth": "query", "key_name": "key" });
        let ask = json!({ "project": "bank", "source": "web" });
        save(&mut own, &source(right.port, &key), json!({ "secret": "planted-key" })).await;
        let catalogue = own.call("read_catalogue", &ask).await;
        assert!(right.heads().iter().any(|head| head.contains("key=planted-key")), "{}", catalogue.text());
        own.call("test_source", &json!({ "project": "bank", "source": source(wrong.port, &key), "secrets": {} })).await;
        save(&mut own, &source(wrong.port, &key), json!({})).await;
        let states = read_project(&mut own).await["secrets"].clone();
        let secret = states.as_array().expect("states").iter().find(|state| state["field"] == "secret").cloned();
        assert_eq!(secret.expect("a state")["set"], false);
        let refused = own.call("read_catalogue", &ask).await;
        assert!(refused.text().contains("Password, key or token"), "it says what is missing: {}", refused.text());
        // An API that asks for nothing is asked there, and gets nothing.
        save(&mut own, &source(wrong.port, &json!({})), json!({})).await;
        assert_eq!(own.call("read_catalogue", &ask).await.verdict(), "200");
        assert!(!wrong.heads().is_empty() && wrong.heads().iter().all(|head| !head.contains("planted")));
    });
}
