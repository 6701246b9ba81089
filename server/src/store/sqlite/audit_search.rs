//! Searching the audit log on SQLite: newest first, along an index, and never more than a page.
//!
//! Every way of narrowing has an index whose second column is the entry's number, so that the newest come first without
//! sorting. A time is turned into the numbers between which its entries lie, by one look through an index; the time
//! itself is compared as well, because a clock may have been put back.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

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

/// Some of what is looked for.
pub(super) fn find(connection: &Connection, vault: &Vault, search: &AuditSearch) -> Result<AuditPage, StoreError> {
    let limit = search.limit.min(SEARCH_LIMIT) as usize;
    let span = match search.least {
        Some(least) => AuditSpan { least, most: i64::MAX.unsigned_abs() },
        None => span(connection, search.from, search.until)?,
    };
    // One more, which tells whether there are more.
    let Asked { sql, values } = asked(search, span, limit + 1);
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut page, mut bytes) = (AuditPage::default(), 0);
    while let Some(row) = rows.next()? {
        if page.found.len() == limit || bytes > SEARCH_BYTES {
            page.more = true;
            break;
        }
        let found = read(row, vault)?;
        bytes += found.details.len();
        page.found.push(found);
    }
    Ok(page)
}

fn asked(search: &AuditSearch, span: AuditSpan, limit: usize) -> Asked {
    let (from, number) = match search.outcome {
        None | Some(Outcome::Done) => (ENTRIES, "a.seq"),
        Some(Outcome::Begun) => (OPEN, "t.seq"),
        Some(_) => (ENDED, "coalesce(t.begun, t.seq)"),
    };
    let mut asked = Asked { sql: format!("{COLUMNS}{from}"), values: Vec::new() };
    match search.outcome {
        None => {}
        Some(Outcome::Done) => asked.narrow(" AND coalesce(e.outcome, a.outcome) = ?", text(Some("done"))),
        Some(outcome) => asked.values.push(Value::from(outcome.as_str().to_owned())),
    }
    // The plus keeps an index from being used: few entries are of one person, and most are of one project.
    let of_person = search.person.is_some();
    let plus = |is_better: bool| if is_better { "+" } else { "" };
    let (call, project) = (plus(of_person), plus(of_person || search.call.is_some()));
    asked.narrow(" AND a.person = ?", text(search.person.as_deref()));
    asked.narrow(&format!(" AND {call}a.call = ?"), text(search.call.as_deref()));
    asked.narrow(&format!(" AND {project}a.project = ?"), text(search.project.as_deref()));
    asked.narrow(" AND a.at >= ?", moment(search.from));
    asked.narrow(" AND a.at < ?", moment(search.until));
    let most = search.before.map_or(span.most, |before| span.most.min(before.saturating_sub(1)));
    asked.narrow(&format!(" AND {number} >= ?"), Some(Value::from(span.least.cast_signed())));
    asked.narrow(&format!(" AND {number} <= ?"), Some(Value::from(most.cast_signed())));
    asked.sql.push_str(&format!(" ORDER BY {number} DESC LIMIT {limit}"));
    asked
}

/// Between which numbers the entries of a time lie: a look through the index of times, which is wide enough whatever the
/// clock did.
pub(super) fn span(
    connection: &Connection,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<AuditSpan, StoreError> {
    let mut span = AuditSpan { least: 0, most: i64::MAX.unsigned_abs() };
    if let Some(from) = moment(from) {
        let mut statement =
            connection.prepare_cached("SELECT min(seq) FROM audit INDEXED BY audit_at WHERE at >= ?")?;
        let least: Option<u64> = statement.query_row([from], |row| row.get(0))?;
        span.least = least.unwrap_or(span.most);
    }
    if let Some(until) = moment(until) {
        let mut statement = connection.prepare_cached("SELECT max(seq) FROM audit INDEXED BY audit_at WHERE at < ?")?;
        let most: Option<u64> = statement.query_row([until], |row| row.get(0))?;
        span.most = most.unwrap_or(0);
    }
    Ok(span)
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
    use super::*;
    use crate::store::audit_log::Outcome;

    #[test]
    fn every_search_goes_along_an_index_and_sorts_nothing() {
        let connection = Connection::open_in_memory().unwrap();
        for sql in [
            include_str!("../../../migrations/sqlite/V1__store.sql"),
            include_str!("../../../migrations/sqlite/V2__audit_search.sql"),
        ] {
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
                let Asked { sql, values } = asked(&search, AuditSpan { least: 1, most: 9 }, 10);
                let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
                let steps = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
                let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
                assert!(steps.iter().all(|step| step.starts_with("SEARCH ")), "{search:?}: {steps:?}");
                let few = match (&search.outcome, &search.person, &search.call, &search.project) {
                    (Some(Outcome::Begun), ..) => "SEARCH t USING INTEGER PRIMARY KEY",
                    (Some(outcome), ..) if *outcome != Outcome::Done => "SEARCH t USING INDEX audit_outcome",
                    (_, Some(_), ..) => "SEARCH a USING INDEX audit_person",
                    (_, _, Some(_), _) => "SEARCH a USING INDEX audit_call",
                    (_, _, _, Some(_)) => "SEARCH a USING INDEX audit_project",
                    _ => "SEARCH a USING INTEGER PRIMARY KEY",
                };
                assert!(steps[0].starts_with(few), "{search:?}: {steps:?}");
            }
        }
    }
}
