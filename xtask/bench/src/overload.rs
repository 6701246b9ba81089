//! Four times as much as the server manages, for ten seconds: who gets no answer is told when to try again, and health is told
//! as ever.
//!
//! First it is found how many look-ups the server manages when each comes as soon as the one before is answered. Then they come
//! at fixed moments, four times as many, over HTTP/2, whether the ones before are answered or not. Health is asked for on a
//! thread of its own, so that the bench's own work is not counted as the server's.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde_json::{Value, json};

use crate::clew::Clew;
use crate::crowd::Crowd;
use crate::person::{Offered, Person};
use crate::report::{Report, percentile};
use crate::{Outcome, answer};

/// The demo's project, and how many of its customers are looked up.
const PROJECT: &str = "harbour-bank";
const CUSTOMERS: usize = 200;
/// Look-ups at once while it is found out how many are managed, and for how long.
const AT_ONCE: usize = 64;
const FINDING: Duration = Duration::from_secs(5);
/// How much more then comes, and for how long.
const TIMES: f64 = 4.0;
const OVERLOAD: Duration = Duration::from_secs(10);
/// People, each with a connection, which takes a hundred requests at once; beyond that the bench itself would be the queue.
const CONNECTIONS: usize = 60;
const MOST_AT_ONCE: usize = CONNECTIONS * 90;
/// How often health is asked for.
const HEALTH_EVERY: Duration = Duration::from_millis(20);

/// What came of the load.
#[derive(Default)]
struct Load {
    answered: usize,
    shed: usize,
    /// Told to try again, and not when.
    without_when: usize,
    /// Not sent, because the bench had too many under way.
    unsent: usize,
    others: Vec<String>,
}

pub(crate) async fn measure(clew: &Clew, report: &mut Report) -> Outcome {
    let person = clew.person().await?;
    let questions = Rc::new(questions(&person).await?);
    let crowd = Crowd::add(&person, PROJECT, "overload", CONNECTIONS).await?.sign_in(clew, 1).await?;
    let people = crowd.iter().map(Person::over_http_2).collect::<Outcome<Vec<Person>>>()?;
    let managed = managed(&people, &questions).await?;
    let what = "look-ups, as many as are managed";
    report.add(what, format!("{managed:.0}/s"));
    let health = std::thread::spawn({
        let person = person.clone();
        move || health(&person)
    });
    let (load, took) = overload(&people, &questions, managed * TIMES).await;
    let health = health.join().map_err(|_| "health could not be asked for")?;
    let offered = (load.answered + load.shed + load.others.len()) as f64 / took;
    let what = format!("overload, {} s", OVERLOAD.as_secs());
    let shown = format!("{offered:.0}/s, {:.1} times what is managed ({} not sent)", offered / managed, load.unsent);
    report.add(format!("{what}: offered"), shown);
    report.add(format!("{what}: answered"), format!("{:.0}/s", load.answered as f64 / took));
    let shown = format!("{}, {} of them without Retry-After", load.shed, load.without_when);
    report.promise(format!("{what}: told to try again"), shown, "each is told when", load.without_when == 0);
    let others = match load.others.first() {
        Some(first) => format!("{}, such as {first}", load.others.len()),
        None => "0".to_owned(),
    };
    report.promise(format!("{what}: neither answered nor told"), others, "none", load.others.is_empty());
    let (most, failed) = (percentile(&health.millis, 99), health.failed);
    let shown = format!("{} times, p99 {most:.2} ms, {failed} failed", health.millis.len());
    report.promise(format!("{what}: health"), shown, "p99 under 100 ms", most < 100.0 && failed == 0);
    let began = Instant::now();
    person.call("read_project", &json!({ "project": PROJECT })).await?;
    report.add(format!("{what}: the first call behind it"), format!("{:.1} ms", began.elapsed().as_secs_f64() * 1e3));
    Ok(())
}

/// Look-ups of some customers by their keys.
async fn questions(person: &Person) -> Outcome<Vec<Value>> {
    let all = json!({ "from": { "objects": "customer" }, "answer": { "rows": { "limit": CUSTOMERS } } });
    let keys = answer::first_numbers(person.ask_in(PROJECT, &all).await?).await?;
    let question = |key: String| {
        let from = json!({ "keys": { "object_type": "customer", "keys": [[key]] } });
        json!({ "project": PROJECT, "query": { "from": from, "answer": { "rows": { "limit": 2 } } } })
    };
    let questions: Vec<Value> = keys.into_iter().map(question).collect();
    if questions.is_empty() { Err("the demo has no customers".into()) } else { Ok(questions) }
}

/// One of some, by a number that grows.
fn turn<T>(all: &[T], number: usize) -> Option<&T> {
    all.get(number % all.len().max(1))
}

/// Look-ups in a second when each comes as soon as the one before it is answered.
async fn managed(people: &[Person], questions: &[Value]) -> Outcome<f64> {
    let (began, done) = (Instant::now(), RefCell::new(0_usize));
    let loops = (0..AT_ONCE).map(async |worker| {
        let mut number = worker;
        while began.elapsed() < FINDING {
            let (Some(person), Some(question)) = (turn(people, worker), turn(questions, number)) else { break };
            if !matches!(person.offer(question).await, Offered::Answered) {
                return Err("a look-up failed before there was too much to do");
            }
            *done.borrow_mut() += 1;
            number += AT_ONCE;
        }
        Ok(())
    });
    let ended: Result<Vec<()>, &str> = futures::future::join_all(loops).await.into_iter().collect();
    ended?;
    Ok(done.into_inner() as f64 / began.elapsed().as_secs_f64())
}

/// So many look-ups in a second; gives what came of them, and in how many seconds they were sent.
async fn overload(people: &[Person], questions: &[Value], per_second: f64) -> (Load, f64) {
    let load = RefCell::new(Load::default());
    let (began, mut running, mut sent) = (Instant::now(), FuturesUnordered::new(), 0_usize);
    let mut every = tokio::time::interval(Duration::from_millis(1));
    while began.elapsed() < OVERLOAD {
        tokio::select! {
            _ = every.tick() => {
                let due = (began.elapsed().as_secs_f64() * per_second) as usize;
                while sent < due {
                    sent += 1;
                    let (Some(person), Some(question)) = (turn(people, sent), turn(questions, sent)) else { break };
                    if running.len() < MOST_AT_ONCE {
                        running.push(async { count(&load, person.offer(question).await) });
                    } else {
                        load.borrow_mut().unsent += 1;
                    }
                }
            }
            Some(()) = running.next() => {}
        }
    }
    let took = began.elapsed().as_secs_f64();
    while running.next().await.is_some() {}
    drop(running);
    (load.into_inner(), took)
}

fn count(load: &RefCell<Load>, offered: Offered) {
    let mut load = load.borrow_mut();
    match offered {
        Offered::Answered => load.answered += 1,
        Offered::Later { is_told_when } => {
            load.shed += 1;
            load.without_when += usize::from(!is_told_when);
        }
        Offered::Other(text) => load.others.push(text),
    }
}

/// What health said.
#[derive(Default)]
struct Health {
    millis: Vec<f64>,
    failed: usize,
}

/// Asks for health at fixed moments, timed from each of them.
fn health(person: &Person) -> Health {
    let mut health = Health::default();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return health };
    runtime.block_on(async {
        // A client of its own: that of the others lives on another thread.
        let Ok(person) = person.alone() else { return };
        let (began, mut due) = (Instant::now(), Instant::now());
        while began.elapsed() < OVERLOAD {
            due += HEALTH_EVERY;
            tokio::time::sleep_until(due.into()).await;
            let is_well = person.health().await.is_ok();
            health.failed += usize::from(!is_well);
            health.millis.push(due.elapsed().as_secs_f64() * 1e3);
        }
    });
    health
}
