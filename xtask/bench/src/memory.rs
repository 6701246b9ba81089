//! What the server holds in memory: at rest, and how much it grows while rows run through it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::clew::Clew;
use crate::database::{Database, GREAT_ROWS, GREAT_TABLE, ROWS, TABLE};
use crate::person::Person;
use crate::report::{Report, megabytes};
use crate::streaming::all_of;
use crate::{Outcome, answer, process};

/// After a sign-in and a search everything is given back within this time.
const REST: Duration = Duration::from_secs(60);
/// The reader of a slow line.
const SLOW_BYTES_PER_SEC: u64 = 1_000_000;
/// How much a slow reader reads before it leaves: a minute's worth. What is held does not depend on how much follows.
const SLOW_BYTES: u64 = 60 * SLOW_BYTES_PER_SEC;

/// One sign-in, one search over all sources of the demo, and a minute of nothing.
pub(crate) async fn idle(clew: &Clew, report: &mut Report) -> Outcome {
    let fresh = process::resident_bytes(clew.process())?;
    report.add("server, resident right after the start", megabytes(fresh));
    let person = clew.person().await?;
    for object_type in ["customer", "account", "company", "address", "listed"] {
        let rows: Value = json!({ "rows": { "limit": 50 } });
        let query = json!({ "from": { "objects": object_type }, "text": "Ferjeveien 12", "answer": rows });
        let answer = person.ask_in("harbour-bank", &query).await?;
        answer.bytes().await?;
    }
    println!("waiting a minute …");
    tokio::time::sleep(REST).await;
    let idle = process::resident_bytes(clew.process())?;
    report.promise("server, resident when idle", megabytes(idle), "under 40 MB", idle < 40_000_000);
    Ok(())
}

/// One million rows, ten million, and ten million for a reader who takes a megabyte a second.
pub(crate) async fn growth(clew: &Clew, person: &Person, database: &Database, report: &mut Report) -> Outcome {
    database.fill(GREAT_TABLE, GREAT_ROWS)?;
    let cases = [
        ("1,000,000 rows", TABLE, ROWS, None, u64::MAX),
        ("10,000,000 rows", GREAT_TABLE, GREAT_ROWS, None, u64::MAX),
        ("1,000,000 rows, read at 1 MB/s for a minute", TABLE, ROWS, Some(SLOW_BYTES_PER_SEC), SLOW_BYTES),
        ("10,000,000 rows, read at 1 MB/s for a minute", GREAT_TABLE, GREAT_ROWS, Some(SLOW_BYTES_PER_SEC), SLOW_BYTES),
    ];
    for (what, table, rows, speed, enough) in cases {
        process::forget_peak(clew.process())?;
        let before = process::resident_bytes(clew.process())?;
        let read = answer::read(person.ask(&all_of(table, rows)).await?, speed, enough).await?;
        if enough == u64::MAX && read.checks != database.checks(table)? {
            return Err(format!("the rows of {table} do not sum up to what the database says").into());
        }
        let grown = process::peak_bytes(clew.process())?.saturating_sub(before);
        let shown = format!("{} (from {})", megabytes(grown), megabytes(before));
        let what = format!("growth of the server's memory, {what}");
        report.promise(what, shown, "under 32 MB", grown < 32_000_000);
    }
    Ok(())
}
