//! What writing down costs: keyed look-ups of the program as it ships beside one that writes nothing down of what is read,
//! turn by turn on the same disk. Both have just begun and hold the same: what a program had to do before is no part of it.

use std::path::Path;

use crate::Outcome;
use crate::clew::Clew;
use crate::database::Database;
use crate::lookups::{self, Round, at_once, clew_has};
use crate::person::Person;
use crate::report::{Report, median, percentile};

/// Turns of each program, and look-ups of one connection alone and of each of many.
const TURNS: usize = 5;
const ALONE: usize = 1_000;
const EACH: usize = 200;
const CONNECTIONS: usize = 50;
/// The most of the throughput that the audit may cost.
const MOST_LOSS: f64 = 0.15;

/// `program` as it ships, and `unaudited`, built with the feature `without-audit`.
pub(crate) async fn measure(program: &Path, unaudited: &Path, database: &Database, report: &mut Report) -> Outcome {
    let (_audited, people) = begin(program, database).await?;
    let (_bare, bare) = begin(unaudited, database).await?;
    let (mut audited_rates, mut bare_rates) = (Vec::new(), Vec::new());
    let (mut audited_alone, mut bare_alone) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        audited_rates.push(rate(&at_once(CONNECTIONS, EACH, |at, key| clew_has(&people, at, key)).await?));
        bare_rates.push(rate(&at_once(CONNECTIONS, EACH, |at, key| clew_has(&bare, at, key)).await?));
        audited_alone.extend(at_once(1, ALONE, |at, key| clew_has(&people, at, key)).await?.millis);
        bare_alone.extend(at_once(1, ALONE, |at, key| clew_has(&bare, at, key)).await?.millis);
    }
    let (audited, unaudited) = (median(&audited_rates), median(&bare_rates));
    report.add("look-ups, 50 at once, written down", format!("{audited:.0}/s"));
    report.add("look-ups, 50 at once, not written down", format!("{unaudited:.0}/s"));
    let loss = 1.0 - audited / unaudited;
    let what = "throughput that the audit costs, 50 at once";
    report.promise(what, format!("{:.1} %", loss * 100.0), "less than 15 %", loss < MOST_LOSS);
    let added = |of_hundred| percentile(&audited_alone, of_hundred) - percentile(&bare_alone, of_hundred);
    let shown = format!("p50 {:.2} ms, p99 {:.2} ms", added(50), added(99));
    report.add("time that the audit adds to a look-up alone", shown);
    Ok(())
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
