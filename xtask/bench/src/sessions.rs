//! A thousand sessions at once, and five hundred signed-in calls a second over all of them for a minute, written down.
//!
//! The calls come at fixed moments whether the ones before are answered or not, and each is timed from the moment at which
//! it was due: a server that falls behind cannot hide it. Each of them is of a kind that is written down; health is asked for
//! beside them.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use crate::clew::Clew;
use crate::crowd::Crowd;
use crate::person::Person;
use crate::report::{Report, megabytes, percentile};
use crate::{Outcome, answer, process};

/// People, and the sessions of each; ten are the most that a person may have.
const PEOPLE: usize = 100;
const OF_PERSON: usize = 10;
/// Calls in a second, and for how long.
const PER_SECOND: u32 = 500;
const SECONDS: u32 = 60;
/// How often health is asked for in a second.
const HEALTH_PER_SECOND: u32 = 5;
/// The demo's project.
const PROJECT: &str = "harbour-bank";
/// Customers that are looked up by their keys.
const CUSTOMERS: usize = 200;

pub(crate) async fn measure(clew: &Clew, report: &mut Report) -> Outcome {
    let files = getrlimit(Resource::Nofile);
    // Each session has a connection of its own, and the usual limit is a thousand.
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, maximum: files.maximum })?;
    let manager = clew.person().await?;
    let crowd = Crowd::add(&manager, PROJECT, "sessions", PEOPLE).await?;
    let start = Instant::now();
    let sessions = crowd.sign_in(clew, OF_PERSON).await?;
    let took = format!("{:.0} s", start.elapsed().as_secs_f64());
    report.add(format!("{} sign-ins, at most 600 a minute", sessions.len()), took);
    let keys = Rc::new(keys(&manager).await?);
    // A round over all of them first: connections are open and roles are known, as in a day's work.
    for (number, session) in sessions.iter().enumerate() {
        one(session, number, &keys).await?;
    }
    let cpu = process::cpu_secs(clew.process())?;
    let (mut load, health) = tokio::join!(load(&sessions, &keys), health(&manager));
    load.errors.extend(health.errors);
    let cpu = process::cpu_secs(clew.process())? - cpu;
    let (half, most) = (percentile(&load.millis, 50), percentile(&load.millis, 99));
    let what = format!("{} sessions, {PER_SECOND} calls a second for {SECONDS} s", sessions.len());
    let shown = format!("{} calls, p50 {half:.2} ms, p99 {most:.2} ms", load.millis.len());
    report.promise(format!("{what}: from due to answered"), shown, "p99 under 50 ms", most < 50.0);
    let errors = match load.errors.first() {
        Some(first) => format!("{}, such as {first}", load.errors.len()),
        None => "0".to_owned(),
    };
    report.promise(format!("{what}: errors"), errors, "none", load.errors.is_empty());
    let health = percentile(&health.millis, 99);
    report.promise(format!("{what}: health"), format!("p99 {health:.2} ms"), "p99 under 100 ms", health < 100.0);
    report
        .add(format!("{what}: processor time of Clew"), format!("{:.0} % of a core", 100.0 * cpu / f64::from(SECONDS)));
    let resident = process::resident_bytes(clew.process())?;
    report.promise(format!("{what}: memory"), megabytes(resident), "under 300 MB", resident < 300_000_000);
    Ok(())
}

/// Keys of some customers.
async fn keys(manager: &Person) -> Outcome<Vec<String>> {
    let sort = json!({ "from": { "objects": "customer" }, "answer": { "rows": { "limit": CUSTOMERS } } });
    let keys = answer::first_numbers(manager.ask_in(PROJECT, &sort).await?).await?;
    if keys.is_empty() { Err("the demo has no customers".into()) } else { Ok(keys) }
}

/// What came of the load.
#[derive(Default)]
struct Load {
    millis: Vec<f64>,
    errors: Vec<String>,
}

/// Asks for health at fixed moments, as long as the load lasts.
async fn health(person: &Person) -> Load {
    let (mut load, start) = (Load::default(), Instant::now());
    for number in 0..HEALTH_PER_SECOND * SECONDS {
        let due = start + Duration::from_secs(1) * number / HEALTH_PER_SECOND;
        tokio::time::sleep_until(due.into()).await;
        match person.health().await {
            Ok(()) => load.millis.push(due.elapsed().as_secs_f64() * 1e3),
            Err(error) => load.errors.push(error.to_string()),
        }
    }
    load
}

async fn load(sessions: &[Person], keys: &Rc<Vec<String>>) -> Load {
    let load = RefCell::new(Load::default());
    let (start, mut running) = (Instant::now(), FuturesUnordered::new());
    let due_at = |number: u32| start + Duration::from_secs(1) * number / PER_SECOND;
    let all = PER_SECOND * SECONDS;
    let mut next = 0;
    while next < all || !running.is_empty() {
        tokio::select! {
            () = tokio::time::sleep_until(due_at(next).into()), if next < all => {
                let (number, due) = (next as usize, due_at(next));
                next += 1;
                let Some(session) = sessions.get(number % sessions.len()) else { continue };
                let (keys, load) = (keys.clone(), &load);
                running.push(async move {
                    let done = one(session, number, &keys).await;
                    let millis = due.elapsed().as_secs_f64() * 1e3;
                    let mut load = load.borrow_mut();
                    match done {
                        Ok(()) => load.millis.push(millis),
                        Err(error) => load.errors.push(error.to_string()),
                    }
                });
            }
            Some(()) = running.next() => {}
        }
    }
    drop(running);
    load.into_inner()
}

/// One call of a session, each of which is written down before and after: mostly look-ups by key, else the project.
async fn one(session: &Person, number: usize, keys: &[String]) -> Outcome {
    match number % 10 {
        0..=2 => session.call("read_project", &json!({ "project": PROJECT })).await.map(drop),
        _ => {
            let key = keys.get(number % keys.len()).ok_or("no keys")?;
            let from = json!({ "keys": { "object_type": "customer", "keys": [[key]] } });
            let query = json!({ "from": from, "answer": { "rows": { "limit": 2 } } });
            let found = answer::first_numbers(session.ask_in(PROJECT, &query).await?).await?;
            if found == [key.clone()] { Ok(()) } else { Err(format!("customer {key} is not found").into()) }
        }
    }
}
