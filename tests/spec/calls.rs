//! Every call by every kind of person: what the door of a running server says, as one table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use access::{PersonId, ProjectRole};
use serde_json::{Value, json};
use server::api::{Entry, Shape, table};
use server::sign_in::session::SessionBody;
use server::store::{AuditFound, AuditSearch, Outcome};
use wire::Record;

use crate::golden::golden;
use crate::samples::{Sample, external, file, object_type, samples};
use crate::world::{Browser, PAGE_HEADERS, ParseId as _, Reply, World, grant, project, role, run, with_request};

/// A kind of person: name, app roles, role in the project, and whether the sign-in lets such a person in.
struct Kind {
    name: &'static str,
    roles: &'static [&'static str],
    held: Option<ProjectRole>,
    enters: bool,
}

const fn kind(name: &'static str, roles: &'static [&'static str], held: Option<ProjectRole>, enters: bool) -> Kind {
    Kind { name, roles, held, enters }
}

const READ: &[&str] = &["Task.Read"];
const MANAGE: &[&str] = &["Task.Manage"];
const OWN: Option<ProjectRole> = Some(ProjectRole::Own);

const KINDS: [Kind; 15] = [
    kind("no role at all", &[], None, false),
    kind("only a role of the organisation's own", &["Bank.Analyst"], None, false),
    kind("only a grant: Own", &[], OWN, false),
    kind("Task.Read, no grant", READ, None, true),
    kind("Task.Read, project Read", READ, Some(ProjectRole::Read), true),
    kind("Task.Read, project Manage", READ, Some(ProjectRole::Manage), true),
    kind("Task.Read, project Own", READ, OWN, true),
    kind("Task.Manage, no grant", MANAGE, None, true),
    kind("Task.Manage, project Read", MANAGE, Some(ProjectRole::Read), true),
    kind("Task.Manage, project Manage", MANAGE, Some(ProjectRole::Manage), true),
    kind("Task.Manage, project Own", MANAGE, OWN, true),
    kind("Task.Audit, no grant", &["Task.Audit"], None, true),
    kind("Task.Audit, project Own", &["Task.Audit"], OWN, true),
    kind("Task.Orchestrate, no grant", &["Task.Orchestrate"], None, false),
    kind("Task.Orchestrate, project Orchestrate", &["Task.Orchestrate"], Some(ProjectRole::Orchestrate), false),
];

/// Somebody of a kind, in the running server.
struct Someone {
    person: PersonId,
    roles: &'static [&'static str],
}

impl Someone {
    /// A browser with a session of its own; the way through the pages was tried before.
    async fn browser(&self, world: &World) -> Browser {
        let roles = self.roles.iter().map(|name| role(name)).collect();
        let body = SessionBody { name: self.person.to_string(), roles, ..SessionBody::default() };
        world.with_session(&self.person, &body).await
    }
}

/// Lets a person of this kind try to sign in, and says who it is.
async fn arrive(world: &World, number: usize, kind: &Kind) -> Someone {
    let name = format!("person-{number}");
    world.add_person(&name, kind.roles).await;
    let mut browser = world.browser();
    let arrived = browser.sign_in(&name, crate::world::PASSWORD).await;
    assert_eq!(arrived.status == 303, kind.enters, "{}: {}", kind.name, arrived.text());
    assert_eq!(browser.cookies.contains_key("clew_sid"), kind.enters, "{}", kind.name);
    let person = if kind.enters { browser.person().await } else { format!("forced-{number}").parse_id() };
    Someone { person, roles: kind.roles }
}

async fn put_bank(world: &World, people: &[Someone]) {
    let mut bank = project("bank", &"somebody-else".parse_id());
    let held = people.iter().zip(&KINDS).filter_map(|(someone, kind)| Some(grant(&someone.person, kind.held?)));
    bank.grants.extend(held);
    let closed = model::project::Source { required_role: Some(role("Bank.Secret")), ..file("closed") };
    for source in [file("files"), closed, external("old")] {
        bank.sources.insert(source.id.clone(), source);
    }
    bank.object_types.insert("account".parse_id(), object_type("account", "files"));
    world.put_project(&bank).await;
}

pub(crate) async fn ask(browser: &mut Browser, entry: &Entry, request: &Value) -> Reply {
    match entry.shape {
        Shape::Call | Shape::Stream => browser.post_json(&entry.path(), request).await,
        Shape::Upload => {
            let path = with_request(&entry.path(), request);
            browser.send("POST", &path, &PAGE_HEADERS, b"number,amount\n1,2\n").await
        }
        Shape::Download => browser.send("POST", &entry.path(), &PAGE_HEADERS, request.to_string().as_bytes()).await,
    }
}

/// What was said, and where it passed the door and was not done, how it ended there. An answer "not found" counts as passed
/// when the audit says that the door let it in.
async fn verdict(
    world: &World,
    sample: &Sample,
    who: &PersonId,
    before: u64,
    reply: &Reply,
) -> (&'static str, Option<String>) {
    let own = |entry: &AuditFound| entry.seq > before && entry.person == who.as_str() && entry.call == sample.call;
    let ended = world.audit(1).await.into_iter().find(own).map(|entry| entry.outcome);
    match (reply.status, ended) {
        (401, None) => ("401", None),
        (403, Some(Outcome::Denied)) => ("403", None),
        (404, Some(Outcome::Hidden)) => ("404", None),
        (200, Some(Outcome::Done) | None) => ("yes", None),
        // A fault of its handler, or of an answer under way: the second table has every kind that there is.
        (_, Some(Outcome::Failed)) => ("yes", Some(reply.verdict())),
        (status, ended) => panic!("{}: {status} {ended:?} {}", sample.title(), reply.text()),
    }
}

/// What the audit log has of every request of the table: how it ended, in any way that came about.
async fn ends_in_the_log(world: &World) -> String {
    let mut ends: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    let mut before = None;
    loop {
        let search = AuditSearch { before, limit: 1_000, ..AuditSearch::default() };
        let page = world.server.audit.page(search).await.expect("the audit log");
        before = page.found.last().map(|entry| entry.seq);
        for entry in page.found {
            ends.entry(entry.call).or_default().insert(entry.outcome.as_str());
        }
        if !page.more {
            break;
        }
    }
    let mut text = String::from(
        "What the audit log has of every request of the table, asked by every kind of person; one that is neither done\n\
         nor failed there is written down only where it is refused.\n\n",
    );
    for entry in table() {
        let ends: Vec<&str> = ends.remove(entry.name).unwrap_or_default().into_iter().collect();
        assert_eq!(ends.contains(&"done") || ends.contains(&"failed"), entry.record != Record::Quiet, "{}", entry.name);
        writeln!(text, "{:<24}{}", entry.name, ends.join(" ")).expect("text");
    }
    text
}

/// A request that can succeed now: the base is the revision of this moment, and ids are not used twice.
fn fitted(world: &World, sample: &Sample, number: usize) -> Value {
    let mut request = sample.request.clone();
    if request.get("base").is_some() {
        request["base"] = json!(world.server.keeper.current().revision);
    }
    if sample.call == "create_project" {
        request["id"] = json!(format!("fresh-{number}"));
    }
    request
}

#[test]
fn every_call_by_every_kind_of_person_is_answered_as_the_table_says() {
    run(async {
        let world = World::start().await;
        let mut people = Vec::new();
        for (number, kind) in KINDS.iter().enumerate() {
            people.push(arrive(&world, number, kind).await);
        }
        let mut text = String::from(
            "Every call by every kind of person. yes: passes the door; 403: told which right is missing; 404: answered\n\
             like something that does not exist; 401: told to sign in.\n\n 0 nobody\n",
        );
        for (number, kind) in KINDS.iter().enumerate() {
            let note = if kind.enters { "" } else { " (cannot sign in; asked with a forced session)" };
            writeln!(text, "{:>2} {}{note}", number + 1, kind.name).expect("text");
        }
        write!(text, "\n{:<45}", "").expect("text");
        (0..=KINDS.len()).for_each(|number| write!(text, "{number:>4}").expect("text"));
        text.push('\n');
        let mut faults = BTreeMap::new();
        for entry in table() {
            for sample in samples().iter().filter(|sample| sample.call == entry.name) {
                write!(text, "{:<45}", sample.title()).expect("text");
                let nobody = ask(&mut world.browser(), &entry, &fitted(&world, sample, 99)).await;
                assert_eq!(nobody.verdict(), "401 signed_out", "{} by nobody", sample.title());
                text.push_str(" 401");
                for (number, someone) in people.iter().enumerate() {
                    // Whatever somebody before changed is as it was.
                    put_bank(&world, &people).await;
                    let before = world.audit(1).await.first().map_or(0, |entry| entry.seq);
                    let mut browser = someone.browser(&world).await;
                    let reply = ask(&mut browser, &entry, &fitted(&world, sample, number)).await;
                    let (said, fault) = verdict(&world, sample, &someone.person, before, &reply).await;
                    write!(text, "{said:>4}").expect("text");
                    faults.entry(sample.title()).or_insert_with(BTreeSet::new).extend(fault);
                }
                text.push('\n');
            }
        }
        let mut ends = String::from("How requests of the table end that pass the door and are not done.\n\n");
        for (title, faults) in faults.into_iter().filter(|(_, faults)| !faults.is_empty()) {
            let faults: Vec<String> = faults.into_iter().collect();
            writeln!(ends, "{title:<45}{}", faults.join(", ")).expect("text");
        }
        golden("calls.txt", &text);
        golden("calls-faults.txt", &ends);
        golden("calls-audit.txt", &ends_in_the_log(&world).await);
    });
}

#[test]
fn every_call_of_the_table_has_a_sample_and_every_sample_its_call() {
    let asked: BTreeSet<&str> = samples().iter().map(|sample| sample.call).collect();
    let known: BTreeSet<&str> = table().iter().map(|entry| entry.name).collect();
    assert_eq!(asked, known, "add a sample for each new call");
}

#[test]
fn no_two_calls_have_the_same_path_and_every_one_asks_for_a_right() {
    let entries = table();
    let paths: BTreeSet<String> = entries.iter().map(Entry::path).collect();
    assert_eq!(paths.len(), entries.len());
    for sample in samples() {
        let free = sample.call == "sign_out";
        assert_eq!(sample.needs.is_empty(), free, "{}: only signing out takes no right", sample.title());
    }
}
