//! From starting the program to the first good answer of `/readyz`, on the demo's store.

use crate::Outcome;
use crate::clew::Clew;
use crate::report::{Report, percentile, spread};

const RUNS: usize = 10;

pub(crate) async fn measure(mut clew: Clew, report: &mut Report) -> Outcome<Clew> {
    let mut millis = Vec::new();
    for _ in 0..RUNS {
        clew = clew.again().await?;
        millis.push(clew.ready_secs * 1e3);
    }
    let is_kept = percentile(&millis, 100) < 300.0;
    report.promise("server, from start to ready", spread(&millis, "ms"), "under 300 ms", is_kept);
    Ok(clew)
}
