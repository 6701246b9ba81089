//! One object by its key, over and over: one person alone, and fifty people at once.

use std::time::Instant;

use serde_json::{Value, json};

use crate::clew::{Clew, PROJECT};
use crate::crowd::Crowd;
use crate::database::{Database, ROWS, TABLE};
use crate::person::Person;
use crate::report::{Report, percentile};
use crate::{Outcome, answer, process};

/// Look-ups of one connection alone, and of each of many.
const ALONE: usize = 2_000;
const EACH: usize = 200;
const CONNECTIONS: usize = 50;

/// The people who look up, each on a connection of one's own.
pub(crate) async fn people(clew: &Clew, manager: &Person) -> Outcome<Vec<Person>> {
    Crowd::add(manager, PROJECT, "lookups", CONNECTIONS).await?.sign_in(clew, 1).await
}

pub(crate) async fn measure(clew: &Clew, manager: &Person, database: &Database, report: &mut Report) -> Outcome {
    let people = &people(clew, manager).await?;
    warm(people).await?;
    let clients = Vec::from_iter(connections(database).await?);
    for (connections, each) in [(1, ALONE), (CONNECTIONS, EACH)] {
        let found = at_once(connections, each, |at, key| database_has(&clients, at, key));
        describe(report, &format!("{connections} at once, tokio-postgres alone"), &found.await?);
        let before = process::cpu_secs(clew.process())?;
        let found = at_once(connections, each, |at, key| clew_has(people, at, key)).await?;
        describe(report, &format!("{connections} at once, Clew over HTTP"), &found);
        let cpu = 1e3 * (process::cpu_secs(clew.process())? - before) / found.millis.len() as f64;
        report.add(format!("{connections} at once, processor time of Clew for each"), format!("{cpu:.2} ms"));
    }
    Ok(())
}

/// What a round of look-ups took.
pub(crate) struct Round {
    pub(crate) millis: Vec<f64>,
    pub(crate) wall_secs: f64,
}

/// Connections, statements and the look-up's own code are warm afterwards, as they are in a day's work.
pub(crate) async fn warm(people: &[Person]) -> Outcome {
    at_once(people.len(), 20, |at, key| clew_has(people, at, key)).await.map(drop)
}

/// Looks keys up on so many connections at once, `each` times on each; `look` is told which connection it is.
pub(crate) async fn at_once<F: Future<Output = Outcome>>(
    connections: usize,
    each: usize,
    look: impl Fn(usize, u64) -> F,
) -> Outcome<Round> {
    let start = Instant::now();
    let one = async |connection: usize| -> Outcome<Vec<f64>> {
        let mut millis = Vec::with_capacity(each);
        for turn in 0..each {
            let start = Instant::now();
            look(connection, 1 + (connection * 7_919 + turn * 104_729) as u64 % ROWS).await?;
            millis.push(start.elapsed().as_secs_f64() * 1e3);
        }
        Ok(millis)
    };
    let all = futures::future::try_join_all((0..connections).map(one)).await?;
    Ok(Round { millis: all.concat(), wall_secs: start.elapsed().as_secs_f64() })
}

fn describe(report: &mut Report, what: &str, round: &Round) {
    let per_sec = round.millis.len() as f64 / round.wall_secs;
    let (half, most) = (percentile(&round.millis, 50), percentile(&round.millis, 99));
    report.add(format!("look-ups, {what}"), format!("{per_sec:.0}/s, p50 {half:.2} ms, p99 {most:.2} ms"));
}

/// One of the people looks one row up, and that it is the right one.
pub(crate) async fn clew_has(people: &[Person], at: usize, key: u64) -> Outcome {
    let person = people.get(at).ok_or("too few people")?;
    let keys = json!({ "keys": { "object_type": TABLE, "keys": [[key.to_string()]] } });
    let query: Value = json!({ "from": keys, "answer": { "rows": { "limit": 2 } } });
    let read = answer::read(person.ask(&query).await?, None, u64::MAX).await?;
    let expected = [1, i128::from(key)];
    if read.checks.starts_with(&expected) { Ok(()) } else { Err(format!("object {key} is not found").into()) }
}

async fn connections(database: &Database) -> Outcome<Vec<(tokio_postgres::Client, tokio_postgres::Statement)>> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let client = database.connect().await?;
        let statement = client.prepare(&format!("select * from {TABLE} where id = $1")).await?;
        clients.push((client, statement));
    }
    Ok(clients)
}

async fn database_has(clients: &[(tokio_postgres::Client, tokio_postgres::Statement)], at: usize, key: u64) -> Outcome {
    let (client, statement) = clients.get(at).ok_or("too few connections")?;
    let row = client.query_one(statement, &[&i64::try_from(key)?]).await?;
    if row.get::<_, i64>(0) == i64::try_from(key)? { Ok(()) } else { Err("another row".into()) }
}
