//! Where the rows of an object type come from: a table, or a query that an instance manager wrote.
//!
//! In text an object type has either `table` or `query`:
//!
//! ```toml
//! query = "select id, name from people where not hidden"
//! ```

use access::{ObjectTypeId, PropertyId, SourceId};
use serde::{Deserialize, Serialize};

use crate::project::{ObjectType, Property, Table};

/// The longest query, in bytes.
pub const LONGEST_QUERY: usize = 64 * 1024;

/// Where the rows of an object type come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A table or view.
    Table(Table),
    /// One `SELECT` in the source's own language; its columns are those of the properties. Empty where it is kept back
    /// from a person who may not read it.
    Query(String),
}

impl Origin {
    /// The table or view; of a query there is none.
    pub const fn table(&self) -> Option<&Table> {
        match self {
            Self::Table(table) => Some(table),
            Self::Query(_) => None,
        }
    }

    /// The text of the query; of a table there is none.
    pub fn query(&self) -> Option<&str> {
        match self {
            Self::Table(_) => None,
            Self::Query(text) => Some(text),
        }
    }
}

/// An object type as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    id: ObjectTypeId,
    name: String,
    plural: String,
    icon: String,
    colour: u8,
    source: SourceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    table: Option<Table>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(default)]
    key: Vec<PropertyId>,
    title: String,
    properties: Vec<Property>,
}

impl TryFrom<Written> for ObjectType {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let origin = match (written.table, written.query) {
            (Some(table), None) => Origin::Table(table),
            (None, Some(query)) => Origin::Query(query),
            (Some(_), Some(_)) => return Err("an object type comes from a table or from a query, not from both"),
            (None, None) => return Err("an object type needs a table or a query"),
        };
        let Written { id, name, plural, icon, colour, source, key, title, properties, .. } = written;
        Ok(Self { id, name, plural, icon, colour, source, origin, key, title, properties })
    }
}

impl From<ObjectType> for Written {
    fn from(kind: ObjectType) -> Self {
        let (table, query) = match kind.origin {
            Origin::Table(table) => (Some(table), None),
            Origin::Query(text) => (None, Some(text)),
        };
        let ObjectType { id, name, plural, icon, colour, source, key, title, properties, .. } = kind;
        Self { id, name, plural, icon, colour, source, table, query, key, title, properties }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str =
        "id = \"p\"\nname = \"P\"\nplural = \"Ps\"\nicon = \"x\"\ncolour = 0\nsource = \"s\"\ntitle = \"\"\n";

    fn read(origin: &str) -> Result<ObjectType, String> {
        let text = format!("{START}{origin}properties = []\n");
        toml::from_str(&text).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn an_object_type_has_a_table_or_a_query() {
        let table = read("table = { name = \"people\" }\n").expect("a type");
        assert_eq!(table.origin.table().map(|table| table.name.as_str()), Some("people"));
        let query = read("query = \"select 1\"\n").expect("a type");
        assert_eq!(query.origin, Origin::Query("select 1".to_owned()));
        assert!(read("").expect_err("neither").contains("needs a table or a query"));
        let both = read("query = \"select 1\"\ntable = { name = \"people\" }\n").expect_err("both");
        assert!(both.contains("not from both"), "{both}");
        assert!(read("qwery = \"select 1\"\n").expect_err("unknown").contains("unknown field"));
    }

    #[test]
    fn a_query_comes_back_as_it_was_written() {
        let written = "select id,\n  name -- \"the\" name\nfrom people\n";
        let kind = ObjectType { origin: Origin::Query(written.to_owned()), ..read("query = \"\"\n").expect("a type") };
        let text = toml::to_string_pretty(&kind).expect("text");
        assert_eq!(toml::from_str::<ObjectType>(&text).expect("a type"), kind, "{text}");
        assert_eq!(toml::to_string_pretty(&toml::from_str::<ObjectType>(&text).expect("a type")).expect("text"), text);
    }
}
