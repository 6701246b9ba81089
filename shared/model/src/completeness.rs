//! What every answer says about itself: whether all of it is there, and if not, why.

use access::{LinkTypeId, ObjectTypeId, PropertyId, SourceId};
use serde::{Deserialize, Serialize};

/// How much of the answer is there. The order is from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// All of it, and nothing else.
    #[default]
    Exact,
    /// There is at least this much; counting stopped early.
    AtLeast,
    /// A limit cut it off.
    Capped,
    /// It was made from a part of the rows.
    Sampled,
    /// Some of it is missing: a source did not answer, or rows of its file could not be taken in.
    Partial,
    /// The person knows the type by name only, and nothing was asked.
    Withheld,
}

/// Why an answer is less than exact, or needs a word beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Cause {
    /// The limit of rows was reached.
    RowLimit(u64),
    /// The limit of bytes was reached.
    ByteLimit(u64),
    /// The limit of time was reached, in seconds.
    TimeLimit(u64),
    /// Counting stopped here.
    CountLimit(u64),
    /// A source failed.
    SourceFailed {
        /// Which.
        source: SourceId,
        /// In words for people.
        sentence: String,
    },
    /// A link between sources reads at most so many values of one side.
    KeyLimit {
        /// Which link type.
        link: LinkTypeId,
        /// How many values were read.
        limit: u64,
    },
    /// Rows of an uploaded file that were left out when it was brought in; no answer over it has them.
    RowsLeftOut {
        /// The file's source.
        source: SourceId,
        /// How many rows of the whole file.
        rows: u64,
    },
    /// Cells of an uploaded file that did not fit their column's kind when it was brought in and are empty since.
    UnreadableInFile {
        /// The file's source.
        source: SourceId,
        /// The column, which the question asks for or compares.
        column: String,
        /// How many cells of the whole file.
        cells: u64,
    },
    /// Cells that did not fit their property's kind and were taken as empty.
    Unreadable {
        /// Which property.
        property: PropertyId,
        /// How many cells.
        cells: u64,
    },
    /// Several rows have the same key and are shown as one object.
    DuplicateKeys(u64),
    /// Rows whose key is empty: they can be browsed but are not on the graph.
    EmptyKeys(u64),
    /// Amounts in several units are in no sum; the property says in which unit each is.
    SeveralUnits(PropertyId),
    /// The source compares text without folding accents.
    AccentsDiffer(SourceId),
    /// The person lacks the role that the source of this object type requires, and knows it by name only.
    Withheld(ObjectTypeId),
    /// The same of a link type.
    LinksWithheld(LinkTypeId),
}

impl Cause {
    /// What it makes of the answer at best.
    pub const fn extent(&self) -> Extent {
        match self {
            Self::CountLimit(_) => Extent::AtLeast,
            Self::RowLimit(_) | Self::ByteLimit(_) | Self::TimeLimit(_) | Self::KeyLimit { .. } => Extent::Capped,
            Self::SourceFailed { .. } | Self::RowsLeftOut { .. } => Extent::Partial,
            Self::Withheld(_) | Self::LinksWithheld(_) => Extent::Withheld,
            Self::Unreadable { .. }
            | Self::UnreadableInFile { .. }
            | Self::DuplicateKeys(_)
            | Self::EmptyKeys(_)
            | Self::SeveralUnits(_)
            | Self::AccentsDiffer(_) => Extent::Exact,
        }
    }
}

/// What an answer says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    /// How much of it is there.
    pub extent: Extent,
    /// Why it is less, or needs a word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
}

impl Completeness {
    /// Everything is there.
    pub fn exact() -> Self {
        Self::default()
    }

    /// Whether the sources gave all that they have. What a file lost when it was brought in, no source has.
    pub fn gave_all(&self) -> bool {
        let lacks = |cause: &Cause| cause.extent() != Extent::Exact && !matches!(cause, Cause::RowsLeftOut { .. });
        !self.causes.iter().any(lacks)
    }

    /// Takes note of a cause; the extent only ever gets worse. A cause that is already known is not repeated.
    pub fn note(&mut self, cause: Cause) {
        self.extent = self.extent.max(cause.extent());
        if !self.causes.contains(&cause) {
            self.causes.push(cause);
        }
    }

    /// Takes over everything that another part of the answer says.
    pub fn join(&mut self, other: &Self) {
        self.extent = self.extent.max(other.extent);
        for cause in &other.causes {
            self.note(cause.clone());
        }
    }
}
