//! What a source promises of the rows of a table, so that pages of it can be asked for without reading it from its start.

use std::collections::BTreeSet;

use model::kind::Kind;

/// What a source promises of a table. Of most views nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Columns that are never null.
    pub filled: BTreeSet<String>,
    /// Sets of columns whose values together come only once, unless one of them is null.
    pub unique: Vec<Vec<String>>,
    /// Columns whose own order is the order of the code points of their text, so that an index can give it.
    pub in_order: BTreeSet<String>,
    /// What tells rows apart that have everything else in common.
    pub row_id: Option<RowId>,
}

/// A column that every row has without anybody having made it. It may change when the row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowId {
    /// Its name.
    pub name: &'static str,
    /// What it is read as.
    pub kind: Kind,
}

impl Facts {
    /// Whether no two rows have the same values in these columns, and no row has none.
    pub fn names_rows(&self, columns: &[&str]) -> bool {
        let holds = |set: &Vec<String>| {
            !set.is_empty() && set.iter().all(|name| columns.contains(&name.as_str()) && self.filled.contains(name))
        };
        self.unique.iter().any(holds)
    }
}
