//! What a source says it contains: tables, columns, keys.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::project::Table;

/// Everything that a source shows of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Tables and views, by schema and name.
    pub tables: Vec<CatalogueTable>,
    /// Whether there were more than are listed.
    #[serde(default)]
    pub cut: bool,
}

/// A table or view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueTable {
    /// Its name.
    pub table: Table,
    /// Whether it is a view.
    #[serde(default)]
    pub view: bool,
    /// About how many rows, as far as the source knows without counting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_about: Option<u64>,
    /// Its columns, in the source's order.
    pub columns: Vec<Column>,
    /// The columns of its primary key.
    #[serde(default)]
    pub primary_key: Vec<String>,
    /// Sets of columns that are unique beside the primary key.
    #[serde(default)]
    pub unique: Vec<Vec<String>>,
    /// Its foreign keys.
    #[serde(default)]
    pub foreign_keys: Vec<ForeignKey>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The kind that fits it.
    pub kind: Kind,
    /// What the source calls its type.
    pub native: String,
    /// Whether it may be null.
    pub nullable: bool,
}

/// Columns that point at another table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The columns here.
    pub columns: Vec<String>,
    /// The table there.
    pub table: Table,
    /// The columns there, in the same order.
    pub referenced: Vec<String>,
}
