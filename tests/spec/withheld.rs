//! "Keep the model visible": whoever lacks the role of such a source sees names and icons of its types and the names of
//! their fields, and nothing else; and every answer about them says so instead of giving a number.

use access::ProjectRole;
use model::completeness::{Cause, Extent};
use model::project::{Join, Origin, Source, Table};
use model::{Change, Project};
use serde_json::{Value, json};
use wire::frame::{Close, Decoder, Frame, Open, PartRows};

use crate::leaks::ground::write_files;
use crate::projects::{change, member, read};
use crate::samples::{file, object_type, put_object_type};
use crate::world::{Browser, ParseId as _, Reply, World, project, role, run};

/// What nobody without the role may learn of the kept source.
const CANARY: &str = "qvxalpha";

/// A SQLite source over one of the files.
fn sqlite(id: &str, base: &str) -> Source {
    let settings = [("file".to_owned(), format!("{base}.sqlite"))].into();
    Source { kind: "sqlite".to_owned(), settings, upload: None, ..file(id) }
}

/// An object type over `table`, whose columns begin with `p`.
fn kind(id: &str, source: &str, p: &str, table: &str) -> model::ObjectType {
    let mut kind = object_type(id, source);
    kind.origin = Origin::Table(Table { schema: None, name: format!("{p}{table}") });
    kind.properties[0].column = format!("{p}id");
    kind
}

/// People in the open, accounts in a kept source, and what joins them: by properties, and by a table of the kept source.
fn shown_project(own: &access::PersonId, keeps: bool) -> Project {
    let mut bank = project("bank", own);
    let closed = Source {
        required_role: Some(role("Bank.Secret")),
        keep_model_visible: keeps,
        ..sqlite("qvxalpha-source", CANARY)
    };
    let wholly = Source { required_role: Some(role("Bank.Secret")), ..sqlite("qvxbeta-source", "qvxbeta") };
    for source in [sqlite("open", "open"), closed, wholly] {
        bank.sources.insert(source.id.clone(), source);
    }
    let mut account = kind("account", "qvxalpha-source", "qvxalpha_", "t1");
    account.properties[0].id = "qvxalpha-number".parse_id();
    account.key = vec!["qvxalpha-number".parse_id()];
    account.title = "qvxalpha {qvxalpha-number}".to_owned();
    account.properties[0].unit = Some("qvxalpha".to_owned());
    for kind in [kind("person", "open", "", "t1"), account, kind("qvxbeta-type", "qvxbeta-source", "qvxbeta_", "t1")] {
        bank.object_types.insert(kind.id.clone(), kind);
    }
    for (id, to, by_table) in [("owns", "account", false), ("knows", "person", true), ("hides", "qvxbeta-type", false)]
    {
        let link = link(id, to, by_table);
        bank.link_types.insert(link.id.clone(), link);
    }
    bank
}

fn link(id: &str, to: &str, by_table: bool) -> model::LinkType {
    let number = if to == "account" { "qvxalpha-number" } else { "number" };
    let join = if by_table {
        json!({ "by": "table", "source": "qvxalpha-source", "table": { "name": "qvxalpha_l1" },
            "from": [{ "column": "qvxalpha_a", "property": "number" }],
            "to": [{ "column": "qvxalpha_b", "property": "number" }] })
    } else {
        json!({ "by": "properties", "pairs": [{ "from": "number", "to": number }] })
    };
    let link = json!({ "id": id, "name": format!("{id} one"), "reverse": format!("{id} back"),
        "plural": format!("{id} links"), "from": "person", "to": to, "directed": true, "join": join });
    serde_json::from_value(link).expect("a link type")
}

struct Stage {
    world: World,
    own: Browser,
    reader: Browser,
    _files: tempfile::TempDir,
}

impl Stage {
    async fn open() -> Self {
        let files = tempfile::tempdir().expect("a folder");
        write_files(files.path());
        let world = World::start_with(&[("CLEW_SQLITE_DIR", &files.path().display().to_string())]).await;
        let mut own = world.signed_in("own", &["Task.Manage", "Bank.Secret"]).await;
        world.put_project(&project("bank", &own.person().await)).await;
        let reader = member(&world, &mut own, "reader", &["Task.Read"], ProjectRole::Manage).await;
        let stage = Self { world, own, reader, _files: files };
        stage.put(true).await;
        stage
    }

    async fn put(&self, keeps: bool) {
        let current = self.world.server.keeper.current();
        let kept = &current.project(&"bank".parse_id()).expect("a project").project;
        let grants = kept.grants.clone();
        self.world.put_project(&Project { grants, ..shown_project(&"nobody".parse_id(), keeps) }).await;
    }
}

async fn asked(browser: &mut Browser, call: &str, request: &Value) -> Reply {
    browser.post_json(&format!("/api/stream/{call}"), request).await
}

/// The parts of an answer: how each opens and closes.
fn parts(reply: &Reply) -> Vec<(Open, Close)> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let mut decoder = Decoder::new();
    decoder.push(&reply.body);
    let (mut opened, mut parts) = (std::collections::BTreeMap::new(), Vec::new());
    while let Some(frame) = decoder.next_frame().expect("frames") {
        match frame {
            Frame::Open(part, open) => drop(opened.insert(part, open)),
            Frame::Close(part, close) => parts.push((opened.remove(&part).expect("it was opened"), close)),
            Frame::Failed(fault) => panic!("{fault}"),
            _ => {}
        }
    }
    parts
}

#[test]
fn without_the_role_names_icons_and_field_names_stay_and_nothing_else() {
    run(async {
        let mut stage = Stage::open().await;
        let seen = read(&mut stage.reader).await;
        let fields = json!([{ "id": "account", "name": "account", "plural": "accounts", "icon": "circle",
            "fields": ["Number"] }]);
        assert_eq!(seen["withheld"]["object_types"], fields);
        let links: Vec<&str> = seen["withheld"]["link_types"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|link| link["id"].as_str())
            .collect();
        assert_eq!(links, ["knows", "owns"], "not one into a source that is wholly hidden");
        assert!(seen["project"]["object_types"].get("account").is_none(), "no question can be about it");
        assert!(!seen.to_string().contains("qvx"), "{seen}");
        let me = stage.reader.call("who_am_i", &json!({})).await;
        assert!(!me.text().contains("qvx") && !me.text().contains("Bank.Secret"), "{}", me.text());

        let with_the_role = read(&mut stage.own).await;
        assert!(with_the_role.get("withheld").is_none() && with_the_role.to_string().contains("qvxalpha"));
        stage.put(false).await;
        let seen = read(&mut stage.reader).await;
        assert!(seen.get("withheld").is_none(), "without the switch there is nothing: {seen}");
        assert!(!seen.to_string().contains("account"), "{seen}");
    });
}

#[test]
fn a_search_says_which_types_were_not_searched_and_gives_no_number() {
    run(async {
        let mut stage = Stage::open().await;
        let request = json!({ "project": "bank", "text": "", "texts": ["1", "2"], "limit": 10 });
        let reply = asked(&mut stage.reader, "search", &request).await;
        assert!(!reply.text().contains("qvx"), "{}", reply.text());
        let found = parts(&reply);
        let (open, close) =
            found.iter().find(|(open, _)| open.rows == PartRows::Objects("account".parse_id())).expect("a part");
        assert_eq!((&open.source, close.completeness.extent), (&None, Extent::Withheld));
        assert_eq!(close.completeness.causes, [Cause::Withheld("account".parse_id())]);
        assert_eq!((close.found, close.rows, close.next.as_ref()), (None, 0, None), "no number at all");
        let people =
            found.iter().find(|(open, _)| open.rows == PartRows::Objects("person".parse_id())).expect("a part");
        assert!(people.1.rows > 0, "what is open is searched: {people:?}");

        let only =
            json!({ "project": "bank", "text": "", "texts": ["1", "2"], "object_types": ["account"], "limit": 10 });
        assert_eq!(parts(&asked(&mut stage.reader, "search", &only).await).len(), 1);
        let answered = parts(&asked(&mut stage.own, "search", &request).await);
        assert!(answered.iter().all(|(_, close)| close.completeness.extent != Extent::Withheld), "{answered:?}");
        stage.put(false).await;
        let reply = asked(&mut stage.reader, "search", &request).await;
        assert!(
            parts(&reply).iter().all(|(_, close)| close.completeness.extent == Extent::Exact),
            "exact for this person"
        );
        assert_eq!(asked(&mut stage.reader, "search", &only).await.status, 422, "unknown, as any other");
    });
}

#[test]
fn links_that_are_known_by_name_only_have_no_count() {
    run(async {
        let mut stage = Stage::open().await;
        let request = json!({ "project": "bank", "object_type": "person", "keys": [["1"]] });
        let reply = asked(&mut stage.reader, "count_links", &request).await;
        let counted = parts(&reply);
        let causes: Vec<&Cause> = counted.iter().flat_map(|(_, close)| &close.completeness.causes).collect();
        assert_eq!(causes, [&Cause::LinksWithheld("knows".parse_id()), &Cause::LinksWithheld("owns".parse_id())]);
        assert!(counted.iter().all(|(open, close)| close.counts.is_empty() && open.source.is_none()), "{counted:?}");
        let answered = parts(&asked(&mut stage.own, "count_links", &request).await);
        assert!(
            answered.iter().any(|(_, close)| close.counts.iter().any(|count| count.links.number > 0)),
            "{answered:?}"
        );
    });
}

#[test]
fn whoever_asks_for_what_is_known_by_name_only_is_told_which_right_is_missing() {
    run(async {
        let mut stage = Stage::open().await;
        let rows = json!({ "objects": "account" });
        let through = json!({ "is": { "field": { "through": { "link": "owns", "direction": "forward", "property": "x" } },
            "test": "filled" } });
        let linked = json!({ "linked": { "link": "knows", "direction": "forward", "present": true } });
        let answer = json!({ "rows": { "limit": 10 } });
        let query = |from: &Value, filter: Option<&Value>| {
            let filter = filter.cloned().unwrap_or_else(|| json!({ "all": [] }));
            json!({ "project": "bank", "query": { "from": from, "filter": filter, "answer": answer } })
        };
        let people = json!({ "objects": "person" });
        let expand = json!({ "project": "bank", "link": "owns", "direction": "forward", "keys": [["1"]], "order": "name",
            "limit": 5 });
        let count = json!({ "project": "bank", "object_type": "account", "keys": [["1"]] });
        let cases = [
            ("stream/run_query", query(&rows, None)),
            ("stream/run_query", query(&people, Some(&through))),
            ("stream/run_query", query(&people, Some(&linked))),
            ("download/export_rows", query(&rows, None)),
            ("stream/expand", expand),
            ("stream/count_links", count),
        ];
        for (path, request) in &cases {
            let refused = stage.reader.post_json(&format!("/api/{path}"), request).await;
            assert_eq!(refused.verdict(), "403 forbidden", "{path} {request}: {}", refused.text());
            assert!(refused.text().contains("the role that its source requires"), "{}", refused.text());
            assert!(!refused.text().contains("qvx") && !refused.text().contains("Bank.Secret"), "{}", refused.text());
        }
        let noted = stage.world.audit(20).await;
        assert!(noted.iter().filter(|entry| entry.outcome.as_str() == "denied").count() >= cases.len(), "written down");
        stage.put(false).await;
        for (path, request) in &cases {
            let refused = stage.reader.post_json(&format!("/api/{path}"), request).await;
            assert_ne!(refused.status, 403, "{path}: without the switch it is as if it were not there");
        }
    });
}

#[test]
fn what_is_known_by_name_only_is_neither_changed_nor_built_upon_and_stays_byte_for_byte() {
    run(async {
        let mut stage = Stage::open().await;
        let before = hidden(&mut stage.own).await;
        let on_it = Change::PutLinkType(Box::new(link("fresh", "account", false)));
        let probes = [
            Change::RemoveObjectType("account".parse_id()),
            Change::RemoveLinkType("owns".parse_id()),
            put_object_type("account", "open"),
            on_it,
        ];
        for scope in ["everyone", "mine"] {
            for probe in &probes {
                let refused = change(&mut stage.reader, scope, std::slice::from_ref(probe)).await;
                assert_eq!(refused.verdict(), "403 forbidden", "{scope} {probe:?}: {}", refused.text());
            }
            let fine = change(&mut stage.reader, scope, &[put_object_type("ship", "open")]).await;
            assert_eq!(fine.verdict(), "200", "{scope}: {}", fine.text());
        }
        assert_eq!(hidden(&mut stage.own).await, before, "AZ-9: what one does not see one does not touch");
    });
}

/// Everything of the hidden sources, as who holds the role reads it.
async fn hidden(own: &mut Browser) -> Vec<String> {
    let seen = read(own).await;
    let project: Project = serde_json::from_value(seen["project"].clone()).expect("a project");
    let sources = project.sources.values().filter(|source| source.id.as_str().contains("qvx"));
    let types = project.object_types.values().filter(|kind| kind.source.as_str().contains("qvx"));
    let links = project.link_types.values().filter(|link| !matches!(&link.join, Join::Properties { .. }));
    let json = |value: Result<String, serde_json::Error>| value.expect("JSON");
    let mut texts: Vec<String> = sources.map(|it| json(serde_json::to_string(it))).collect();
    texts.extend(types.map(|it| json(serde_json::to_string(it))));
    texts.extend(links.map(|it| json(serde_json::to_string(it))));
    texts
}

#[test]
fn what_was_kept_of_a_hidden_source_is_not_read_and_is_there_again_with_the_role() {
    run(async {
        let mut stage = Stage::open().await;
        let object =
            |id: &str, key: &str| json!({ "object_type": id, "key": [key], "x": 1.0, "y": 2.0, "pinned": false });
        let objects = [object("account", "qvxalpha 1"), object("person", "1"), object("person", "2")];
        let links = json!([{ "link": "owns", "from": 1, "to": 0 }, { "link": "knows", "from": 1, "to": 2 }]);
        let groups = json!([{ "name": "ring", "open": true, "objects": [0, 1, 2] }]);
        let rules = [
            json!({ "of": { "objects": "account" }, "says": { "colour": 1 } }),
            json!({ "of": { "links": "knows" }, "says": { "colour": 2 } }),
        ];
        let work = json!({ "searches": ["ada"], "objects": objects, "links": links, "groups": groups, "rules": rules });
        let mut reader = stage.reader.clone();
        let keep = |work: &Value| json!({ "project": "bank", "work": work });
        let mut open = shown_project(&"nobody".parse_id(), true);
        let current = stage.world.server.keeper.current();
        open.grants.clone_from(&current.project(&"bank".parse_id()).expect("a project").project.grants);
        open.sources.values_mut().for_each(|source| source.required_role = None);
        stage.world.put_project(&open).await;
        assert_eq!(reader.call("keep_work", &keep(&work)).await.verdict(), "200");

        for keeps in [true, false] {
            stage.put(keeps).await;
            let read = reader.call("read_work", &json!({ "project": "bank" })).await;
            assert_eq!(read.json()["objects"].as_array().map(Vec::len), Some(2), "{}", read.text());
            assert_eq!(read.json()["links"], json!([]));
            assert_eq!(read.json()["rules"], Value::Null, "each is about a type that is hidden");
            let seen = if keeps { json!([0, 1]) } else { json!([1]) };
            assert_eq!(read.json()["groups"][0]["objects"], seen, "the members that are seen");
            assert!(!read.text().contains("qvxalpha") && !read.text().contains("account"), "{}", read.text());
            // One object more, and another taken away; what is not seen is carried over.
            let objects = [object("person", "3"), object("person", "1")];
            let groups = json!([{ "name": "ring", "open": false, "objects": [1] }]);
            let now = json!({ "searches": [], "objects": objects, "links": [], "groups": groups });
            assert_eq!(reader.call("keep_work", &keep(&now)).await.verdict(), "200");
        }
        stage.world.put_project(&open).await;
        let back = reader.call("read_work", &json!({ "project": "bank" })).await.json();
        let keys: Vec<&str> =
            back["objects"].as_array().expect("a list").iter().filter_map(|it| it["key"][0].as_str()).collect();
        assert_eq!(keys, ["3", "1", "qvxalpha 1"]);
        assert_eq!(
            back["links"],
            json!([{ "link": "owns", "from": 1, "to": 2 }]),
            "the other end of `knows` was taken away"
        );
        assert_eq!(back["rules"], json!(rules), "what is said of hidden types is carried over");
        let groups = json!([{ "name": "ring", "open": false, "objects": [1, 2] }]);
        assert_eq!(back["groups"], groups, "who was hidden is in its group again, once");
        assert_eq!(stage.own.call("read_work", &json!({ "project": "bank" })).await.json()["objects"], json!([]));
    });
}

#[test]
fn looking_as_somebody_shows_what_that_one_is_shown() {
    run(async {
        let mut stage = Stage::open().await;
        for keeps in [true, false] {
            stage.put(keeps).await;
            let theirs = read(&mut stage.reader).await;
            let person = stage.reader.person().await;
            let viewer = json!({ "project": "bank", "viewer": { "person": person } });
            let seen = stage.own.call("view_as", &viewer).await;
            assert_eq!(seen.verdict(), "200", "{}", seen.text());
            assert_eq!(seen.json()["project"], theirs, "the same, by name only or not at all");
            let policy = stage.reader.call("who_am_i", &json!({})).await.json()["policy"].clone();
            assert_eq!(seen.json()["policy"], policy, "and greyed out by the same rule");
        }
    });
}

#[test]
fn only_an_own_switches_it() {
    run(async {
        let mut stage = Stage::open().await;
        let mut other =
            member(&stage.world, &mut stage.own, "other", &["Task.Manage", "Bank.Secret"], ProjectRole::Manage).await;
        let seen = read(&mut stage.own).await;
        let mut source: Source =
            serde_json::from_value(seen["project"]["sources"]["qvxalpha-source"].clone()).expect("a source");
        source.keep_model_visible = false;
        let off = [Change::PutSource(Box::new(source))];
        assert_eq!(change(&mut other, "everyone", &off).await.verdict(), "403 forbidden");
        let switched = change(&mut stage.own, "everyone", &off).await;
        assert_eq!(switched.verdict(), "200", "{}", switched.text());
        assert!(read(&mut stage.reader).await.get("withheld").is_none());
    });
}
