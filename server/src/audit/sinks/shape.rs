//! The shape of an entry's details: what was asked for, without what was typed.
//!
//! What the server itself noted stays (rows, bytes, a reason, an address), and names of the configuration (a source, a
//! type, a link). Every other text and number is a `?`; a list is its length and the shapes that occur in it.
//!
//! With hashes every such text and number is a keyed hash instead (16 hexadecimal digits behind a `#`), under a key that
//! only the holder of the store's key can derive: equal values are seen to be equal, and none can be guessed by trying.

use serde_json::{Map, Value, json};

use crate::hash::hex;
use crate::store::vault::Keyed;

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

/// Bytes of a hash that are shown.
const HASH_BYTES: usize = 8;

/// The shape of details.
pub(super) fn of(details: &Value) -> Value {
    Blank(None).all(details)
}

/// The shape of details, with a keyed hash in the place of each value.
pub(super) fn hashed(details: &Value, keyed: &Keyed) -> Value {
    Blank(Some(keyed)).all(details)
}

/// What stands for a value: `?`, or a hash.
struct Blank<'a>(Option<&'a Keyed>);

impl Blank<'_> {
    fn all(&self, details: &Value) -> Value {
        let Value::Object(fields) = details else { return self.value(details) };
        // A command has its fields side by side, and some of them are what somebody typed.
        let fields = fields.iter().map(|(name, value)| {
            let is_noted = NOTED.contains(&name.as_str());
            (name.clone(), if is_noted { value.clone() } else { self.field(name, value) })
        });
        Value::Object(fields.collect())
    }

    fn field(&self, name: &str, value: &Value) -> Value {
        if NAMED.contains(&name) && value.is_string() { value.clone() } else { self.value(value) }
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) => self.typed(&number.to_string()),
            Value::String(text) => self.typed(text),
            Value::Array(items) => self.list(items),
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.clone(), self.field(name, value)));
                Value::Object(fields.collect::<Map<String, Value>>())
            }
        }
    }

    fn typed(&self, text: &str) -> Value {
        let Some(keyed) = self.0 else { return Value::from("?") };
        let mark = keyed.mark(&[text.as_bytes()]);
        Value::from(format!("#{}", hex(mark.get(..HASH_BYTES).unwrap_or_default())))
    }

    /// Of hashes each is told: which values were asked for is what they are for.
    fn list(&self, items: &[Value]) -> Value {
        let mut shapes: Vec<Value> = Vec::new();
        for item in items {
            let shape = self.value(item);
            if self.0.is_some() || (!shapes.contains(&shape) && shapes.len() < MOST_SHAPES) {
                shapes.push(shape);
            }
        }
        json!({ "length": items.len(), "of": shapes })
    }
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

    #[test]
    fn with_hashes_equal_values_are_seen_to_be_equal_and_none_is_told() {
        let (keyed, other) = (Keyed::new(&[7; 32]), Keyed::new(&[8; 32]));
        let details = json!({ "request": { "project": "bank", "text": "Meyer", "query": [{ "equals": "Meyer" }, 7] } });
        let hashes = hashed(&details, &keyed);
        let request = &hashes["request"];
        let meyer = request["text"].as_str().unwrap();
        assert!(meyer.starts_with('#') && meyer.len() == 17, "{meyer}");
        assert_eq!((&request["project"], &request["query"]["length"]), (&json!("bank"), &json!(2)));
        assert_eq!(request["query"]["of"][0]["equals"], meyer, "the same value, the same hash");
        assert_ne!(request["query"]["of"][1], meyer);
        assert!(!hashes.to_string().contains("Meyer"));
        assert_ne!(hashed(&details, &other)["request"]["text"], meyer, "without the key nobody can try values");
    }
}
