//! From starting the program to the first good answer of `/readyz`, on the demo's store.

use crate::Outcome;
use crate::clew::Clew;
use crate::report::{Report, spread};

const RUNS: usize = 10;

pub(crate) async fn measure(mut clew: Clew, report: &mut Report) -> Outcome<Clew> {
    let mut millis = Vec::new();
    for _ in 0..RUNS {
        clew = clew.again().await?;
        millis.push(clew.ready_secs * 1e3);
    }
    report.add("server, from start to ready", spread(&millis, "ms"), "under 300 ms");
    Ok(clew)
}
