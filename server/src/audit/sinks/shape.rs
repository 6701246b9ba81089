//! The shape of an entry's details: what was asked for, without what was typed.
//!
//! What the server itself noted stays (rows, bytes, a reason, an address), and names of the configuration (a source, a
//! type, a link). Every other text and number is a `?`; a list is its length and the shapes that occur in it.

use serde_json::{Map, Value, json};

/// Noted by the server beside a request.
const NOTED: [&str; 29] = [
    "question",
    "session",
    "rows",
    "bytes",
    "millis",
    "note",
    "reason",
    "reasons",
    "address",
    "count",
    "calls",
    "roles",
    "name",
    "version",
    "from",
    "to",
    "key",
    "end",
    "start",
    "before",
    "after",
    "state",
    "removed",
    "entries",
    "broken",
    "seconds",
    "scope",
    "backup",
    "environment",
];

/// Names of the configuration within a request.
const NAMED: [&str; 9] = ["project", "source", "object_type", "link", "objects", "links", "kind", "format", "scope"];

/// Different shapes of a list that are told.
const MOST_SHAPES: usize = 4;

/// The shape of details.
pub(super) fn of(details: &Value) -> Value {
    let Value::Object(fields) = details else { return blank(details) };
    // A command has its fields side by side, and some of them are what somebody typed.
    let fields = fields.iter().map(|(name, value)| {
        let value = if NOTED.contains(&name.as_str()) { value.clone() } else { blank_field(name, value) };
        (name.clone(), value)
    });
    Value::Object(fields.collect())
}

fn blank_field(name: &str, value: &Value) -> Value {
    if NAMED.contains(&name) && value.is_string() { value.clone() } else { blank(value) }
}

fn blank(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(_) | Value::String(_) => Value::from("?"),
        Value::Array(items) => list(items),
        Value::Object(fields) => {
            let fields: Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), blank_field(name, value))).collect();
            Value::Object(fields)
        }
    }
}

fn list(items: &[Value]) -> Value {
    let mut shapes: Vec<Value> = Vec::new();
    for item in items {
        let shape = blank(item);
        if !shapes.contains(&shape) && shapes.len() < MOST_SHAPES {
            shapes.push(shape);
        }
    }
    json!({ "length": items.len(), "of": shapes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_gone_and_what_was_asked_for_stays() {
        let details = json!({
            "question": "0f", "session": "aa", "reason": "it needs Task.Manage",
            "request": {
                "project": "bank", "text": "Meyer", "exact": true, "limit": 10,
                "query": { "from": { "objects": "account" }, "filter": { "is_one_of": ["NO93", "NO94", 7] } },
                "source": { "id": "ledger", "settings": { "host": "10.0.0.1" } }
            }
        });
        assert_eq!(
            of(&details),
            json!({
                "question": "0f", "session": "aa", "reason": "it needs Task.Manage",
                "request": {
                    "project": "bank", "text": "?", "exact": true, "limit": "?",
                    "query": {
                        "from": { "objects": "account" },
                        "filter": { "is_one_of": { "length": 3, "of": ["?"] } }
                    },
                    "source": { "id": "?", "settings": { "host": "?" } }
                }
            })
        );
        let noted = json!({ "state": { "revision": 7, "after": "0f" }, "reasons": ["busy"], "count": 3 });
        assert_eq!(of(&noted), noted);
        assert_eq!(
            of(&json!({ "file": "/x", "filters": { "person": "ada" } })),
            json!({ "file": "?", "filters": { "person": "?" } })
        );
        assert_eq!(of(&Value::Null), Value::Null);
    }
}
