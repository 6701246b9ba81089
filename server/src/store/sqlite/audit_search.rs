//! Searching the audit log on SQLite: newest first, along an index, and never more than a page.
//!
//! Every way of narrowing goes along something that has the entry's number last, so that the newest come first without
//! sorting. A time is turned into the numbers between which its entries lie; the time itself is compared as well, because
//! a clock may have been put back.
//!
//! Who did what where and when is told a block of entries at a time (`V4__audit_told.sql`); the entries behind the last
//! whole block are looked through one by one.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::store::audit_log::{
    AuditEnd, AuditFound, AuditPage, AuditSearch, AuditSpan, Outcome, SEARCH_BYTES, SEARCH_LIMIT, details,
};
use crate::store::error::Cause;
use crate::store::vault::Vault;
use crate::store::{StoreError, time};

const COLUMNS: &str =
    "SELECT a.seq, a.at, a.person, a.call, a.project, coalesce(e.outcome, a.outcome), a.body, a.chain,
    e.seq, e.at, e.project, e.body";

/// Along the entries themselves.
const ENTRIES: &str = " FROM audit a LEFT JOIN audit e ON e.begun = a.seq WHERE a.phase <> 2";
/// Along what did not end well: notes, and ends, which lead to what they end.
const ENDED: &str = " FROM audit t CROSS JOIN audit a ON a.seq = coalesce(t.begun, t.seq)
    LEFT JOIN audit e ON e.begun = a.seq
    WHERE t.phase <> 1 AND t.outcome <> 'done' AND t.outcome = ?";
/// Along what is still open.
const OPEN: &str = " FROM audit_open t CROSS JOIN audit a ON a.seq = t.seq LEFT JOIN audit e ON e.begun = a.seq
    WHERE a.outcome = ?";

/// Along what is told of a person, a call or a project.
const TOLD: &str = " FROM audit_told t CROSS JOIN audit a ON a.seq = t.seq LEFT JOIN audit e ON e.begun = a.seq
    WHERE t.what = ? AND t.value = ?";
/// What is told: its number, and the column in which it stands.
pub(super) const WHAT: [(i64, &str); 3] = [(1, "person"), (2, "call"), (3, "project")];
/// Entries of a block, as the migration says it.
pub(super) const BLOCK: u64 = 1024;

/// A statement, as far as it is written.
struct Asked {
    sql: String,
    values: Vec<Value>,
}

impl Asked {
    fn narrow(&mut self, clause: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.sql.push_str(clause);
            self.values.push(value);
        }
    }
}

/// To be called behind each entry that is inserted: with the last one of a block, its entries are told.
pub(super) fn tell(connection: &Connection, seq: u64) -> Result<(), StoreError> {
    if !seq.is_multiple_of(BLOCK) {
        return Ok(());
    }
    let after = seq.saturating_sub(BLOCK);
    for (what, column) in WHAT {
        let told = format!(
            "INSERT OR IGNORE INTO audit_told (what, value, seq)
             SELECT {what}, {column}, seq FROM audit WHERE phase <> 2 AND seq > ? AND seq <= ? ORDER BY {column}, seq"
        );
        connection.prepare_cached(&told)?.execute([after, seq])?;
    }
    let block = "INSERT OR IGNORE INTO audit_block (block, least, most)
                 SELECT ?, min(at), max(at) FROM audit WHERE seq > ? AND seq <= ?";
    connection.prepare_cached(block)?.execute([seq / BLOCK, after, seq])?;
    Ok(())
}

/// Some of what is looked for.
pub(super) fn find(connection: &Connection, vault: &Vault, search: &AuditSearch) -> Result<AuditPage, StoreError> {
    let limit = search.limit.min(SEARCH_LIMIT) as usize;
    let span = match search.least {
        Some(least) => AuditSpan { least, most: i64::MAX.unsigned_abs() },
        None => span(connection, search.from, search.until)?,
    };
    let (mut page, mut bytes) = (AuditPage::default(), 0);
    for (along, span) in ways(connection, search, span)? {
        // One more, which tells whether there are more.
        let Asked { sql, values } = asked(search, along, span, limit + 1 - page.found.len());
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if page.found.len() == limit || bytes > SEARCH_BYTES {
                page.more = true;
                return Ok(page);
            }
            let found = read(row, vault)?;
            bytes += found.details.len();
            page.found.push(found);
        }
    }
    Ok(page)
}

/// What a search goes along.
#[derive(Debug, Clone, Copy)]
enum Along<'a> {
    Entries,
    Open,
    Ended,
    /// What is told, by the number of what it is and its value.
    Told(i64, &'a str),
}

/// What to go along between which numbers, one after the other.
fn ways<'a>(
    connection: &Connection,
    search: &'a AuditSearch,
    span: AuditSpan,
) -> Result<Vec<(Along<'a>, AuditSpan)>, StoreError> {
    match search.outcome {
        None | Some(Outcome::Done) => {}
        Some(Outcome::Begun) => return Ok(vec![(Along::Open, span)]),
        Some(_) => return Ok(vec![(Along::Ended, span)]),
    }
    // Few entries are of one person, and most are of one project.
    let values = [&search.person, &search.call, &search.project];
    let narrow = WHAT.iter().zip(values);
    let narrowest = narrow.into_iter().find_map(|((what, _), value)| Some(Along::Told(*what, value.as_deref()?)));
    let Some(told) = narrowest else { return Ok(vec![(Along::Entries, span)]) };
    let last = last_told(connection)?;
    let newer = AuditSpan { least: span.least.max(last + 1), ..span };
    let older = AuditSpan { most: span.most.min(last), ..span };
    Ok(vec![(Along::Entries, newer), (told, older)])
}

/// The last entry of the last whole block.
fn last_told(connection: &Connection) -> Result<u64, StoreError> {
    let newest = "SELECT coalesce(max(seq), 0) FROM audit";
    let newest: u64 = connection.prepare_cached(newest)?.query_row([], |row| row.get(0))?;
    Ok(newest - newest % BLOCK)
}

fn asked(search: &AuditSearch, along: Along<'_>, span: AuditSpan, limit: usize) -> Asked {
    let (from, number) = match along {
        Along::Entries => (ENTRIES, "a.seq"),
        Along::Open => (OPEN, "t.seq"),
        Along::Ended => (ENDED, "coalesce(t.begun, t.seq)"),
        Along::Told(..) => (TOLD, "t.seq"),
    };
    let mut asked = Asked { sql: format!("{COLUMNS}{from}"), values: Vec::new() };
    if let Along::Told(what, value) = along {
        asked.values.extend([Value::from(what), Value::from(value.to_owned())]);
    }
    match search.outcome {
        None => {}
        Some(Outcome::Done) => asked.narrow(" AND coalesce(e.outcome, a.outcome) = ?", text(Some("done"))),
        Some(outcome) => asked.values.push(Value::from(outcome.as_str().to_owned())),
    }
    asked.narrow(" AND a.person = ?", text(search.person.as_deref()));
    asked.narrow(" AND a.call = ?", text(search.call.as_deref()));
    asked.narrow(" AND a.project = ?", text(search.project.as_deref()));
    asked.narrow(" AND a.at >= ?", moment(search.from));
    asked.narrow(" AND a.at < ?", moment(search.until));
    let most = search.before.map_or(span.most, |before| span.most.min(before.saturating_sub(1)));
    asked.narrow(&format!(" AND {number} >= ?"), Some(Value::from(span.least.cast_signed())));
    asked.narrow(&format!(" AND {number} <= ?"), Some(Value::from(most.cast_signed())));
    asked.sql.push_str(&format!(" ORDER BY {number} DESC LIMIT {limit}"));
    asked
}

/// Between which numbers the entries of a time lie, which is wide enough whatever the clock did.
pub(super) fn span(
    connection: &Connection,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<AuditSpan, StoreError> {
    let mut span = AuditSpan { least: 0, most: i64::MAX.unsigned_abs() };
    if let Some(from) = from {
        span.least = first_since(connection, from.as_microsecond())?.unwrap_or(span.most);
    }
    if let Some(until) = until {
        span.most = last_before(connection, until.as_microsecond())?.unwrap_or(0);
    }
    Ok(span)
}

/// The first entry of all that are not before a moment.
pub(super) fn first_since(connection: &Connection, at_us: i64) -> Result<Option<u64>, StoreError> {
    let block = "SELECT block FROM audit_block WHERE most >= ? ORDER BY block LIMIT 1";
    let block: Option<u64> = connection.prepare_cached(block)?.query_row([at_us], |row| row.get(0)).optional()?;
    let after = block.map_or_else(|| last_told(connection), |block| Ok((block - 1) * BLOCK))?;
    let first = "SELECT seq FROM audit WHERE seq > ? AND at >= ? ORDER BY seq LIMIT 1";
    Ok(connection.prepare_cached(first)?.query_row(params![after, at_us], |row| row.get(0)).optional()?)
}

/// The last entry of all that are before a moment.
fn last_before(connection: &Connection, at_us: i64) -> Result<Option<u64>, StoreError> {
    let newest = "SELECT seq FROM audit WHERE seq > ? AND at < ? ORDER BY seq DESC LIMIT 1";
    let newest = connection.prepare_cached(newest)?.query_row(params![last_told(connection)?, at_us], |row| row.get(0));
    if let Some(newest) = newest.optional()? {
        return Ok(Some(newest));
    }
    let block = "SELECT block FROM audit_block WHERE least < ? ORDER BY block DESC LIMIT 1";
    let block: Option<u64> = connection.prepare_cached(block)?.query_row([at_us], |row| row.get(0)).optional()?;
    let Some(block) = block else { return Ok(None) };
    let last = "SELECT seq FROM audit WHERE seq <= ? AND at < ? ORDER BY seq DESC LIMIT 1";
    Ok(connection.prepare_cached(last)?.query_row(params![block * BLOCK, at_us], |row| row.get(0)).optional()?)
}

fn text(text: Option<&str>) -> Option<Value> {
    text.map(|text| Value::from(text.to_owned()))
}

fn moment(at: Option<Timestamp>) -> Option<Value> {
    at.map(|at| Value::from(at.as_microsecond()))
}

fn read(row: &Row<'_>, vault: &Vault) -> Result<AuditFound, StoreError> {
    let (seq, project): (u64, String) = (row.get(0)?, row.get(4)?);
    let outcome: String = row.get(5)?;
    let end = match row.get::<_, Option<u64>>(8)? {
        None => None,
        Some(seq) => {
            let project: String = row.get(10)?;
            let details = details(vault, seq, &project, row.get(11)?)?;
            Some(AuditEnd { seq, at: time(row.get(9)?)?, details })
        }
    };
    Ok(AuditFound {
        seq,
        at: time(row.get(1)?)?,
        person: row.get(2)?,
        call: row.get(3)?,
        details: details(vault, seq, &project, row.get(6)?)?,
        mark: row.get(7)?,
        outcome: Outcome::parse(&outcome)
            .ok_or_else(|| StoreError::Unexpected(Cause(format!("unknown outcome {outcome}"))))?,
        project,
        end,
    })
}

#[cfg(test)]
mod tests {
    use super::super::open::MIGRATIONS;
    use super::*;

    #[test]
    fn every_search_goes_along_an_index_and_sorts_nothing() {
        let connection = Connection::open_in_memory().unwrap();
        for (_, sql) in MIGRATIONS {
            connection.execute_batch(sql).unwrap();
        }
        let texts = || [None, Some("x".to_owned())];
        let outcomes = Outcome::ALL.iter().copied().map(Some).chain([None]);
        for outcome in outcomes {
            for (person, call, project) in texts()
                .into_iter()
                .flat_map(|p| texts().into_iter().flat_map(move |c| texts().map(|j| (p.clone(), c.clone(), j))))
            {
                let search = AuditSearch {
                    from: Some(Timestamp::UNIX_EPOCH),
                    until: Some(Timestamp::MAX),
                    before: Some(9),
                    outcome,
                    person,
                    call,
                    project,
                    ..AuditSearch::default()
                };
                let span = AuditSpan { least: 1, most: 9_000 };
                for (along, span) in ways(&connection, &search, span).unwrap() {
                    let Asked { sql, values } = asked(&search, along, span, 10);
                    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
                    let steps = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
                    let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
                    assert!(steps.iter().all(|step| step.starts_with("SEARCH ")), "{search:?}: {steps:?}");
                    let few = match along {
                        Along::Open => "SEARCH t USING INTEGER PRIMARY KEY",
                        Along::Ended => "SEARCH t USING INDEX audit_outcome",
                        Along::Told(..) => "SEARCH t USING PRIMARY KEY (what=? AND value=? AND seq>? AND seq<?)",
                        Along::Entries => "SEARCH a USING INTEGER PRIMARY KEY",
                    };
                    assert!(steps[0].starts_with(few), "{search:?}: {steps:?}");
                }
            }
        }
    }
}
