//! An entry of the audit log as one line of JSON, and the proof that a line is one of this instance's.
//!
//! ```text
//! {"clew_audit":1,"number":17,"at":"2026-11-20T10:00:00.000001Z","phase":"begin","begun":null,"person":"…",
//!  "call":"search","project":"bank","outcome":"begun","details":{…},"key":"<key id>","before":"<mark of entry 16>",
//!  "mark":"<mark of entry 17>","proof":"<mark of this line>"}
//! ```
//!
//! `before` and `mark` are those of the chain in the store, so that lines can be compared with it and with each other.
//! `proof` is a keyed hash of everything in front of it: HMAC-SHA256 under a key that is derived from the master key, so
//! that a line cannot be changed or made by whoever has only the lines. It always stands last.

use serde::Serialize;
use serde_json::{Value, json};

use super::shape;
use crate::hash::{from_hex, hex};
use crate::settings::SinkValues;
use crate::store::vault::Keyed;
use crate::store::{AuditRow, AuditRows, Phase, Store, StoreError};

const PROOF: &str = ",\"proof\":\"";

/// One line, and what a sink may want apart from it.
#[derive(Debug)]
pub struct Line {
    pub number: u64,
    pub at: String,
    pub phase: &'static str,
    pub begun: Option<u64>,
    pub person: String,
    pub call: String,
    pub project: String,
    pub outcome: String,
    pub mark: String,
    /// JSON without a line end.
    pub text: String,
}

#[derive(Serialize)]
struct Fields<'a> {
    clew_audit: u8,
    number: u64,
    at: &'a str,
    phase: &'static str,
    begun: Option<u64>,
    person: &'a str,
    call: &'a str,
    project: &'a str,
    outcome: &'a str,
    details: Value,
    key: String,
    before: String,
    mark: &'a str,
}

/// Makes lines of entries.
pub(super) struct Maker {
    keyed: Keyed,
    /// For the hashes of values.
    values_keyed: Keyed,
    key: String,
    values: SinkValues,
    longest: usize,
}

impl Maker {
    pub(super) fn of(store: &dyn Store, values: SinkValues, longest: usize) -> Self {
        let values_keyed = Keyed::new(&store.derive("audit values"));
        Self { keyed: keyed(store), values_keyed, key: store.key_id().to_string(), values, longest }
    }

    /// The lines of entries that follow each other.
    pub(super) fn lines(&self, rows: AuditRows) -> Result<Vec<Line>, StoreError> {
        let mut before = rows.before.mark;
        rows.rows.into_iter().map(|row| self.line(row, &mut before)).collect()
    }

    fn line(&self, row: AuditRow, before: &mut [u8; 32]) -> Result<Line, StoreError> {
        // The key was exchanged between reading and here.
        if row.key.to_string() != self.key {
            return Err(StoreError::RollRuns);
        }
        let details: Value = if row.details.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&row.details).unwrap_or(Value::Null)
        };
        let details = match self.values {
            SinkValues::Full => details,
            SinkValues::Shape => shape::of(&details),
            SinkValues::Hash => shape::hashed(&details, &self.values_keyed),
        };
        let (phase, begun) = match row.phase {
            Phase::Begin => ("begin", None),
            Phase::End { begun } => ("end", Some(begun)),
            Phase::Note => ("note", None),
        };
        let mut line = Line {
            number: row.seq,
            at: row.at.to_string(),
            phase,
            begun,
            person: row.person,
            call: row.call,
            project: row.project,
            outcome: row.outcome,
            mark: hex(&row.mark),
            text: String::new(),
        };
        line.text = self.text(&line, details, before);
        if line.text.len() > self.longest {
            line.text = self.text(&line, json!({ "left_out_bytes": row.details.len() }), before);
        }
        *before = row.mark;
        Ok(line)
    }

    fn text(&self, line: &Line, details: Value, before: &[u8; 32]) -> String {
        let fields = Fields {
            clew_audit: 1,
            number: line.number,
            at: &line.at,
            phase: line.phase,
            begun: line.begun,
            person: &line.person,
            call: &line.call,
            project: &line.project,
            outcome: &line.outcome,
            details,
            key: self.key.clone(),
            before: hex(before),
            mark: &line.mark,
        };
        let mut text = serde_json::to_string(&fields).unwrap_or_default();
        text.pop();
        let proof = hex(&proof(&self.keyed, &text));
        text.push_str(PROOF);
        text.push_str(&proof);
        text.push_str("\"}");
        text
    }
}

/// What proves lines, for whoever has the key of the store.
pub fn keyed(store: &dyn Store) -> Keyed {
    Keyed::new(&store.derive(PURPOSE))
}

/// What the key of proofs is derived for.
pub const PURPOSE: &str = "audit copy";

fn proof(keyed: &Keyed, text: &str) -> [u8; 32] {
    keyed.mark(&[b"line", text.as_bytes()])
}

/// A line that was read again.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadLine {
    pub number: u64,
    pub key: String,
    pub before: [u8; 32],
    pub mark: [u8; 32],
    /// Whether it is as it was written, by whoever has this key.
    pub is_proven: bool,
}

/// Reads a line, whatever stands before its first brace; nothing if it is no line of a copy.
pub fn read(line: &str, keyed: &Keyed) -> Option<ReadLine> {
    let text = line.get(line.find("{\"clew_audit\":1,")?..)?.trim_end();
    let (told, given) = text.rsplit_once(PROOF)?;
    let given = given.strip_suffix("\"}")?;
    let fields: Value = serde_json::from_str(text).ok()?;
    let mark = |name: &str| from_hex(fields.get(name)?.as_str()?)?.try_into().ok();
    Some(ReadLine {
        number: fields.get("number")?.as_u64()?,
        key: fields.get("key")?.as_str()?.to_owned(),
        before: mark("before")?,
        mark: mark("mark")?,
        is_proven: hex(&proof(keyed, told)) == given,
    })
}
