//! What writing down costs: keyed look-ups of the program as it ships beside one that writes nothing down of what is read,
//! turn by turn on the same disk. Both have just begun and hold the same: what a program had to do before is no part of it.

use std::path::Path;

use crate::Outcome;
use crate::clew::Clew;
use crate::database::Database;
use crate::lookups::{self, Round, at_once, clew_has};
use crate::person::Person;
use crate::report::{Report, median, percentile};

/// How often both begin anew: no two processes are equally fast, though their program is the same.
const PAIRS: usize = 3;
/// Turns of each program, and look-ups of one connection alone and of each of many. The turns are short, so that the two of
/// a pair meet the same machine: how fast it is changes within a minute.
const TURNS: usize = 12;
const ALONE: usize = 200;
const EACH: usize = 50;
const CONNECTIONS: usize = 50;
/// The most of the throughput that the audit may cost.
const MOST_LOSS: f64 = 0.15;

/// `program` as it ships, and `unaudited`, built with the feature `without-audit`.
pub(crate) async fn measure(program: &Path, unaudited: &Path, database: &Database, report: &mut Report) -> Outcome {
    let (mut with, mut without) = (Turns::default(), Turns::default());
    for _ in 0..PAIRS {
        let (_audited, people) = begin(program, database).await?;
        let (_bare, bare) = begin(unaudited, database).await?;
        for turn in 0..TURNS {
            // Who comes first changes too.
            if turn % 2 == 0 {
                with.take(&people).await?;
                without.take(&bare).await?;
            } else {
                without.take(&bare).await?;
                with.take(&people).await?;
            }
        }
    }
    report.add("look-ups, 50 at once, written down", format!("{:.0}/s", median(&with.rates)));
    report.add("look-ups, 50 at once, not written down", format!("{:.0}/s", median(&without.rates)));
    let losses = Vec::from_iter(with.rates.iter().zip(&without.rates).map(|(with, without)| 1.0 - with / without));
    let loss = median(&losses);
    let what = "throughput that the audit costs, 50 at once";
    report.promise(what, format!("{:.1} %", loss * 100.0), "less than 15 %", loss < MOST_LOSS);
    let added = |of_hundred| percentile(&with.alone, of_hundred) - percentile(&without.alone, of_hundred);
    let shown = format!("p50 {:.2} ms, p99 {:.2} ms", added(50), added(99));
    report.add("time that the audit adds to a look-up alone", shown);
    Ok(())
}

/// What the turns of one program took.
#[derive(Default)]
struct Turns {
    /// Look-ups a second, of many people at once.
    rates: Vec<f64>,
    /// Milliseconds of each look-up of one person alone.
    alone: Vec<f64>,
}

impl Turns {
    async fn take(&mut self, people: &[Person]) -> Outcome {
        self.rates.push(rate(&at_once(CONNECTIONS, EACH, |at, key| clew_has(people, at, key)).await?));
        self.alone.extend(at_once(1, ALONE, |at, key| clew_has(people, at, key)).await?.millis);
        Ok(())
    }
}

/// A program of its own with people who have looked things up already.
async fn begin(program: &Path, database: &Database) -> Outcome<(Clew, Vec<Person>)> {
    let clew = Clew::start(program).await?;
    let people = lookups::people(&clew, &clew.person_with(database).await?).await?;
    lookups::warm(&people).await?;
    Ok((clew, people))
}

fn rate(round: &Round) -> f64 {
    round.millis.len() as f64 / round.wall_secs
}
