//! Searching the audit log on PostgreSQL: newest first, along an index, and never more than a page.
//!
//! The indexes are those of the SQLite store; which of them is used the database decides by what it counted.

use futures::TryStreamExt as _;
use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::connect::Session;
use super::failure;
use super::open::{count, get};
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
const ENDED: &str = " FROM audit t JOIN audit a ON a.seq = coalesce(t.begun, t.seq)
    LEFT JOIN audit e ON e.begun = a.seq
    WHERE t.phase <> 1 AND t.outcome <> 'done' AND t.outcome = $1";
/// Along what is still open.
const OPEN: &str = " FROM audit_open t JOIN audit a ON a.seq = t.seq LEFT JOIN audit e ON e.begun = a.seq
    WHERE a.outcome = $1";

type Value = Box<dyn ToSql + Sync + Send>;

/// A statement, as far as it is written.
struct Asked {
    sql: String,
    values: Vec<Value>,
}

impl Asked {
    /// Adds a comparison with a value, if there is one.
    fn narrow(&mut self, comparison: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.values.push(value);
            self.sql.push_str(&format!(" AND {comparison} ${}", self.values.len()));
        }
    }
}

/// Some of what is looked for.
pub(super) async fn find(session: &Session, vault: &Vault, search: &AuditSearch) -> Result<AuditPage, StoreError> {
    let limit = search.limit.min(SEARCH_LIMIT);
    let span = match search.least {
        Some(least) => AuditSpan { least, most: i64::MAX.unsigned_abs() },
        None => span(session, search.from, search.until).await?,
    };
    // One more, which tells whether there are more.
    let Asked { sql, values } = asked(search, span, limit + 1);
    let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
    let (mut page, mut bytes) = (AuditPage::default(), 0);
    let mut rows = std::pin::pin!(session.stream(&sql, &values).await?);
    while let Some(row) = rows.try_next().await.map_err(|error| failure::of(&error))? {
        if page.found.len() == limit as usize || bytes > SEARCH_BYTES {
            page.more = true;
            break;
        }
        let found = read(&row, vault)?;
        bytes += found.details.len();
        page.found.push(found);
    }
    Ok(page)
}

fn asked(search: &AuditSearch, span: AuditSpan, limit: u32) -> Asked {
    let (from, number) = match search.outcome {
        None | Some(Outcome::Done) => (ENTRIES, "a.seq"),
        Some(Outcome::Begun) => (OPEN, "t.seq"),
        Some(_) => (ENDED, "coalesce(t.begun, t.seq)"),
    };
    let mut asked = Asked { sql: format!("{COLUMNS}{from}"), values: Vec::new() };
    match search.outcome {
        None => {}
        Some(Outcome::Done) => asked.narrow("coalesce(e.outcome, a.outcome) =", text(Some("done"))),
        Some(outcome) => asked.values.push(Box::new(outcome.as_str())),
    }
    asked.narrow("a.person =", text(search.person.as_deref()));
    asked.narrow("a.call =", text(search.call.as_deref()));
    asked.narrow("a.project =", text(search.project.as_deref()));
    asked.narrow("a.at >=", search.from.map(moment));
    asked.narrow("a.at <", search.until.map(moment));
    let most = search.before.map_or(span.most, |before| span.most.min(before.saturating_sub(1)));
    asked.narrow(&format!("{number} >="), Some(Box::new(span.least.cast_signed())));
    asked.narrow(&format!("{number} <="), Some(Box::new(most.cast_signed())));
    asked.values.push(Box::new(i64::from(limit)));
    asked.sql.push_str(&format!(" ORDER BY {number} DESC LIMIT ${}", asked.values.len()));
    asked
}

/// Between which numbers the entries of a time lie: a look through the index of times, which is wide enough whatever the
/// clock did.
pub(super) async fn span(
    session: &Session,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<AuditSpan, StoreError> {
    let mut span = AuditSpan { least: 0, most: i64::MAX.unsigned_abs() };
    if let Some(from) = from {
        let row = session.query_one("SELECT min(seq) FROM audit WHERE at >= $1", &[&from.as_microsecond()]).await?;
        span.least = get::<Option<i64>>(&row, 0)?.map_or(span.most, i64::cast_unsigned);
    }
    if let Some(until) = until {
        let row = session.query_one("SELECT max(seq) FROM audit WHERE at < $1", &[&until.as_microsecond()]).await?;
        span.most = get::<Option<i64>>(&row, 0)?.map_or(0, i64::cast_unsigned);
    }
    Ok(span)
}

fn text(text: Option<&str>) -> Option<Value> {
    text.map(|text| Box::new(text.to_owned()) as Value)
}

fn moment(at: Timestamp) -> Value {
    Box::new(at.as_microsecond())
}

fn read(row: &Row, vault: &Vault) -> Result<AuditFound, StoreError> {
    let (seq, project): (u64, String) = (count(row, 0)?, get(row, 4)?);
    let (outcome, mark): (String, &[u8]) = (get(row, 5)?, get(row, 7)?);
    let end = match get::<Option<i64>>(row, 8)? {
        None => None,
        Some(seq) => {
            let (seq, project): (u64, String) = (seq.cast_unsigned(), get(row, 10)?);
            Some(AuditEnd { seq, at: time(get(row, 9)?)?, details: details(vault, seq, &project, get(row, 11)?)? })
        }
    };
    Ok(AuditFound {
        seq,
        at: time(get(row, 1)?)?,
        person: get(row, 2)?,
        call: get(row, 3)?,
        details: details(vault, seq, &project, get(row, 6)?)?,
        mark: mark.try_into().map_err(|_| StoreError::Unexpected(Cause("an entry without a mark".into())))?,
        outcome: Outcome::parse(&outcome)
            .ok_or_else(|| StoreError::Unexpected(Cause(format!("unknown outcome {outcome}"))))?,
        project,
        end,
    })
}
