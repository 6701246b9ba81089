//! Why a source cannot say which columns a query has.

use super::Failure;

/// A query that the source did not understand, or could not be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undescribed {
    /// What went wrong.
    pub failure: Failure,
    /// What the source says about the text; only of errors that name columns and tables, and never a value of a row.
    pub said: Option<String>,
    /// Which character of the query it is about, counted from 0.
    pub at: Option<usize>,
}

impl From<Failure> for Undescribed {
    fn from(failure: Failure) -> Self {
        Self { failure, said: None, at: None }
    }
}
