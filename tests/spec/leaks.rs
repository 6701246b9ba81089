//! Nobody without a source's role learns anything of it: generated projects, people and requests, and a marked word in every
//! name and row of what is hidden, which must be in no answer. Where nothing of a source is to stay visible, each answer
//! is also compared with the answer of a project in which the source never was.
//!
//! `CLEW_LEAK_CASES` says how many answers are looked at (500 unless said otherwise), `CLEW_LEAK_SEED` where chance begins.

mod answers;
mod dice;
pub(crate) mod ground;
mod requests;
mod two;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use access::{Grant, PersonId, ProjectRole};
use model::Change;
use model::project::{Project, Source};
use serde_json::{Value, json};
use server::api::{Entry, table};
use server::handlers::project::{json as to_json, put_project};
use server::sign_in::session::SessionBody;
use server::store::{RecordKey, RecordKind, Write};

pub(crate) use self::answers::said;
use self::answers::whole;
use self::dice::Dice;
use self::ground::{DATABASE, FILE, FILE_SOURCE, Ground, Ids, WORDS, generate, role_of, without, write_files};
use self::requests::{Material, changes, ends_sessions, is_compared, leaves_something};
use crate::calls::ask;
use crate::samples::object_type;
use crate::world::{Browser, ParseId as _, Reply, World, grant, role, run};

/// How many answers are looked at unless it is said otherwise.
const CASES: usize = 500;
/// How much of what is wrong is printed.
const MOST_SHOWN: usize = 12;
/// Requests to one project before the next is generated.
const PER_PROJECT: usize = 30;

/// All that is said where something hidden is in the way of a change: two sentences without a word of what it is.
const IN_THE_WAY: [&str; 2] = [
    r#"{"code":"conflict","sentence":"This cannot be saved under this id.","remedy":"Choose another id, or ask an Own of the project."}"#,
    r#"{"code":"conflict","sentence":"This cannot be removed here.","remedy":"Ask an Own of the project to remove it."}"#,
];

/// Kinds of people who lack a role: what they are in the instance and in the project.
const PEOPLE: [(&str, Option<ProjectRole>); 9] = [
    ("Task.Read", Some(ProjectRole::Read)),
    ("Task.Read", Some(ProjectRole::Manage)),
    ("Task.Read", Some(ProjectRole::Own)),
    ("Task.Manage", Some(ProjectRole::Read)),
    ("Task.Manage", Some(ProjectRole::Manage)),
    ("Task.Manage", Some(ProjectRole::Own)),
    ("Task.Read", None),
    ("Task.Orchestrate", Some(ProjectRole::Orchestrate)),
    ("Task.Manage", None),
];

#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not a setting of the server")]
pub(crate) fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The running server with its files, and who holds every role.
struct Stage {
    world: World,
    own: PersonId,
    /// The roles of whoever holds all of them.
    roles: Vec<String>,
    grants: Vec<Grant>,
    uploaded: Source,
    _files: tempfile::TempDir,
}

impl Stage {
    async fn open() -> Self {
        let files = tempfile::tempdir().expect("a folder");
        write_files(files.path());
        let world = World::start_with(&[("CLEW_SQLITE_DIR", &files.path().display().to_string())]).await;
        let roles = ["Task.Manage".to_owned(), role_of(0).to_string(), role_of(1).to_string()];
        let names: Vec<&str> = roles.iter().map(String::as_str).collect();
        let mut control = world.signed_in("control", &names).await;
        let own = control.person().await;
        world.put_project(&crate::world::project("bank", &own)).await;
        let sent = control.upload(&json!({ "project": "bank", "name": "qvxalpha.csv" }), FILE).await;
        let done = crate::uploads::accept(&mut control, FILE_SOURCE, &sent.json()).await;
        assert_eq!(done.verdict(), "200", "{}", done.text());
        let read = control.call("read_project", &json!({ "project": "bank" })).await.json();
        let mut uploaded: Source =
            serde_json::from_value(read["project"]["sources"][FILE_SOURCE].clone()).expect("a source");
        uploaded.name = "qvxalpha file".to_owned();
        let held = PEOPLE.iter().enumerate().filter_map(|(number, (_, held))| Some(grant(&person(number), (*held)?)));
        Self { grants: held.collect(), world, roles: roles.into(), own, uploaded, _files: files }
    }

    /// A session of a person with these roles; how one comes to it by the pages was tried elsewhere.
    async fn browser(&self, who: &Who) -> Browser {
        let roles = who.roles.iter().map(|name| role(name)).collect();
        let body = SessionBody { name: who.person.to_string(), roles, ..SessionBody::default() };
        self.world.with_session(&who.person, &body).await
    }

    /// Keeps a project and a person's own changes as they are, past every check.
    async fn put(&self, project: &Project, person: &PersonId, own: &[Change]) {
        let draft = Write::put(RecordKey::new(RecordKind::Draft, "bank", person.as_str()), drafted(project));
        let preferences = Write::delete(RecordKey::new(RecordKind::Remembered, "", person.as_str()));
        self.world.server.store.keep(vec![draft, preferences], Vec::new()).await.expect("it is kept");
        let keeper = &self.world.server.keeper;
        let key = RecordKey::new(RecordKind::Personal, "bank", person.as_str());
        let credential = RecordKey::new(RecordKind::Credential, "bank", DATABASE);
        let writes = vec![
            Write::put(credential, to_json(&json!({ "password": "qvxalpha-password" })).expect("JSON")),
            put_project(project).expect("a project"),
            Write::put(key, to_json(&own).expect("JSON")),
            // What requests before this one may have made beside the project.
            Write::delete(RecordKey::new(RecordKind::Project, "fresh", "fresh")),
        ];
        keeper.commit(keeper.current().revision, writes, Vec::new()).await.expect("no conflict");
    }

    fn kept(&self) -> Arc<Project> {
        self.world.server.keeper.current().project(&"bank".parse_id()).expect("a project").project.clone()
    }

    async fn send(&self, browser: &mut Browser, entry: &Entry, request: &Value) -> Reply {
        let mut request = request.clone();
        if request.get("base").is_some() {
            request["base"] = json!(self.world.server.keeper.current().revision);
        }
        ask(browser, entry, &request).await
    }
}

fn person(number: usize) -> PersonId {
    format!("person-{number}").as_str().parse_id()
}

/// An investigation with one object of every type, and every link type between them.
fn drafted(project: &Project) -> Vec<u8> {
    let types: Vec<_> = project.object_types.keys().collect();
    let object = |id| json!({ "object_type": id, "key": [format!("{id}-key")], "x": 1.5, "y": 2.5 });
    let place = |id: &model::ObjectTypeId| types.iter().position(|known| *known == id);
    let link = |link: &model::LinkType| json!({ "link": link.id, "from": place(&link.from), "to": place(&link.to) });
    let objects: Vec<Value> = types.iter().map(object).collect();
    let links: Vec<Value> = project.link_types.values().map(link).collect();
    to_json(&json!({ "searches": ["ada"], "objects": objects, "links": links })).expect("JSON")
}

/// Somebody who lacks at least one of the roles.
struct Who {
    person: PersonId,
    roles: Vec<String>,
    /// The marks whose role is lacking.
    lacks: Vec<usize>,
    /// What of the project's own changes this person made while everything was still open.
    own: Vec<Change>,
}

impl Who {
    fn of(dice: &mut Dice, ground: &Ground) -> Self {
        let number = dice.below(PEOPLE.len());
        let lacks = [vec![0, 1], vec![0], vec![1]][dice.below(3)].clone();
        let mut roles = vec![PEOPLE[number].0.to_owned()];
        roles.extend((0..WORDS.len()).filter(|mark| !lacks.contains(mark)).map(|mark| role_of(mark).to_string()));
        let mut own = Vec::new();
        for source in ground.project.sources.keys().filter(|_| dice.one_in(2)) {
            let word = ground.mark_of(source).map_or("mine", |mark| WORDS[mark]);
            own.push(Change::PutObjectType(Box::new(object_type(&format!("{word}-{}", own.len()), source.as_str()))));
        }
        if let Some(hidden) = dice.pick(&Ids::of(&ground.project).link_types) {
            own.push(Change::RemoveLinkType(hidden.clone()));
        }
        Self { person: person(number), roles, lacks, own }
    }

    /// Own changes that name nothing of `gone`.
    fn own_without(&self, whole: &Project, seen: &Project) -> Vec<Change> {
        let stays = |change: &&Change| match change {
            Change::PutObjectType(kind) => seen.sources.contains_key(&kind.source),
            Change::RemoveLinkType(id) => seen.link_types.contains_key(id) || !whole.link_types.contains_key(id),
            _ => true,
        };
        self.own.iter().filter(stays).cloned().collect()
    }
}

/// The requests of one project: each with its call.
fn plan<'t>(dice: &mut Dice, table: &'t [Entry], material: &Material) -> Vec<(&'t Entry, Value)> {
    let mut all: Vec<(&Entry, Value)> = Vec::new();
    for entry in table {
        all.extend(material.requests(dice, entry.name).into_iter().map(|request| (entry, request)));
    }
    while all.len() > PER_PROJECT {
        all.swap_remove(dice.below(all.len()));
    }
    all
}

/// The word of a lacking role, if it is in the answer; one that the request itself names may come back.
fn leaked(who: &Who, request: &Value, reply: &Reply) -> Option<&'static str> {
    let mut text = whole(reply);
    for mark in &who.lacks {
        // Whoever looks as somebody else names the roles, which are told back.
        text = text.replace(&role_of(*mark).to_string().to_lowercase(), "");
    }
    let asked = request.to_string();
    who.lacks.iter().map(|mark| WORDS[*mark]).find(|word| text.contains(word) && !asked.contains(word))
}

/// What was found in one project.
#[derive(Default)]
struct Found {
    /// How many answers were looked at.
    looked: usize,
    /// What is wrong, each with what was asked.
    wrong: Vec<String>,
}

/// One project: what a person asks, and what comes back.
async fn project_of_cases(stage: &Stage, dice: &mut Dice, entries: &[Entry], seed: u64) -> Found {
    let ground = generate(dice, &stage.own, &stage.grants, &stage.uploaded);
    let who = Who::of(dice, &ground);
    let seen = without(&ground.project, &ground.hidden(&who.lacks));
    let (ids, hidden) = (Ids::of(&seen), Ids::beyond(&ground.project, &seen));
    let material = Material { ids, hidden, everything: stage.own.clone() };
    let requests = plan(dice, entries, &material);
    let mut browser = stage.browser(&who).await;
    stage.put(&ground.project, &who.person, &who.own).await;
    let (mut found, mut first) = (Found::default(), Vec::new());
    for (entry, request) in &requests {
        let reply = stage.send(&mut browser, entry, request).await;
        let about =
            |what: &str| format!("{what}: seed {seed}: {} {:?} {request}\n  {}", entry.path(), who.roles, reply.text());
        found.wrong.extend(leaked(&who, request, &reply).map(|word| about(&format!("{word} in an answer"))));
        if reply.status >= 500 && reply.status != 502 {
            found.wrong.push(about("a failure of the server"));
        }
        first.push(said(&reply));
        if changes(entry.name) && !hidden_parts_are_as_before(&ground, &seen, &stage.kept()) {
            found.wrong.push(about("a hidden part was changed"));
        }
        if leaves_something(entry.name) {
            stage.put(&ground.project, &who.person, &who.own).await;
        }
        if ends_sessions(entry.name) {
            browser = stage.browser(&who).await;
        }
    }
    found.looked = requests.len();
    control_sees(stage, &ground).await;
    // Where a model is kept visible, there is no project to compare with.
    if who.lacks.iter().all(|mark| !ground.keeps[*mark]) {
        stage.put(&seen, &who.person, &who.own_without(&ground.project, &seen)).await;
        for ((entry, request), before) in requests.iter().zip(&first).filter(|((entry, _), _)| is_compared(entry.name))
        {
            let now = said(&stage.send(&mut browser, entry, request).await);
            if leaves_something(entry.name) {
                stage.put(&seen, &who.person, &who.own_without(&ground.project, &seen)).await;
            }
            let is_in_the_way =
                changes(entry.name) && IN_THE_WAY.iter().any(|fault| before.trim_end_matches('\0').ends_with(fault));
            if *before != now && !is_in_the_way {
                let (path, roles) = (entry.path(), &who.roles);
                found.wrong.push(format!(
                    "another answer without it: seed {seed}: {path} {roles:?} {request}\n  {before}\n  {now}"
                ));
            }
        }
    }
    found
}

/// Whether what a person does not see is after a change as it was before, byte for byte.
fn hidden_parts_are_as_before(ground: &Ground, seen: &Project, now: &Project) -> bool {
    fn same<K: Ord, V: serde::Serialize>(before: &BTreeMap<K, V>, seen: &BTreeMap<K, V>, now: &BTreeMap<K, V>) -> bool {
        let text = |value: Option<&V>| serde_json::to_string(&value).expect("JSON");
        before.keys().filter(|id| !seen.contains_key(*id)).all(|id| text(before.get(id)) == text(now.get(id)))
    }
    let before = &ground.project;
    same(&before.sources, &seen.sources, &now.sources)
        && same(&before.object_types, &seen.object_types, &now.object_types)
        && same(&before.link_types, &seen.link_types, &now.link_types)
}

/// Who holds every role sees every word, in the configuration and in the rows.
async fn control_sees(stage: &Stage, ground: &Ground) {
    let everything = Who { person: stage.own.clone(), roles: stage.roles.clone(), lacks: Vec::new(), own: Vec::new() };
    // Somebody may have ended everybody's sessions.
    let mut control = stage.browser(&everything).await;
    let read = control.call("read_project", &json!({ "project": "bank" })).await;
    let request = json!({ "project": "bank", "text": "one", "limit": 20 });
    let found = control.post_json("/api/stream/search", &request).await;
    for word in WORDS {
        for reply in [&read, &found] {
            assert!(whole(reply).contains(word), "{word} is not seen with its role: {}", reply.text());
        }
    }
    let skeleton = read.json()["withheld"].clone();
    assert!(
        skeleton.is_null(),
        "nothing is known by name only to whom everything is known: {skeleton} {:?}",
        ground.keeps
    );
}

#[test]
fn nobody_without_a_sources_role_learns_anything_of_it() {
    run(async {
        let cases = usize::try_from(told("CLEW_LEAK_CASES", CASES as u64)).expect("a number");
        let first = told("CLEW_LEAK_SEED", 1);
        let stage = Stage::open().await;
        let entries = table();
        let (mut looked, mut seed, mut wrong) = (0, first, Vec::new());
        while looked < cases {
            let found = project_of_cases(&stage, &mut Dice::new(seed), &entries, seed).await;
            looked += found.looked;
            wrong.extend(found.wrong);
            seed += 1;
        }
        let shown: Vec<String> = wrong.iter().take(MOST_SHOWN).map(|text| text.chars().take(2_000).collect()).collect();
        assert!(wrong.is_empty(), "{} of {looked} answers:\n{}", wrong.len(), shown.join("\n"));
        // Not by a macro: what a passing test prints is hidden.
        drop(writeln!(std::io::stderr(), "leaks: {looked} answers of {} projects, seeds from {first}", seed - first));
    });
}
