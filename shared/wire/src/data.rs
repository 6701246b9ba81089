//! Asking the sources: search, rows, counts before expanding, expanding, and taking things out.

use access::{Action, LinkTypeId, Need, ObjectTypeId, ProjectId};
use model::query::{Direction, Key, Query};
use serde::{Deserialize, Serialize};

use crate::{Call, Download, MOST_QUESTION_BYTES, Stream, request};

/// The shortest text that is searched for, in characters.
pub const SHORTEST_SEARCH: usize = 2;
/// The longest text that is searched for, in characters.
pub const LONGEST_SEARCH: usize = 200;
/// The most values that are looked for at once.
pub const MOST_SEARCHED_VALUES: usize = 1_000;
/// The most objects whose links are counted at once.
pub const MOST_COUNTED_OBJECTS: usize = 1_000;
/// Where counting of links stops.
pub const COUNT_STOPS_AT: u64 = 1_000;

/// Looks for a text in every searchable property of every object type that the person may see.
///
/// The answer has one part per object type, as soon as each source answers. Exact matches of keys come first, then titles
/// that are the text, then titles that begin with it, then the rest; the part's `Close` says how many there are in all.
///
/// With `texts` it looks for whole values instead: for every object whose key, or one of whose searchable properties,
/// equals one of them by the rule of [`model::sought`]. The rows then carry every property that was compared, so that
/// whoever asked can tell which value a row answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Which project.
    pub project: ProjectId,
    /// What to look for; empty where `texts` says it.
    pub text: String,
    /// Whole values to look for instead: at most [`MOST_SEARCHED_VALUES`], each of 1 to [`LONGEST_SEARCH`] characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<String>,
    /// Only these types; none means all.
    #[serde(default)]
    pub object_types: Vec<ObjectTypeId>,
    /// The most hits per type.
    pub limit: u64,
}

request!(
    Search,
    "search",
    Read,
    |call| vec![Need::project(Action::ReadData, &call.project)],
    const MOST_BYTES: usize = MOST_QUESTION_BYTES;
);

impl Stream for Search {}

/// Asks one question. The answer has one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunQuery {
    /// Which project.
    pub project: ProjectId,
    /// The question.
    pub query: Query,
}

request!(
    RunQuery,
    "run_query",
    Read,
    |call| vec![Need::project(Action::ReadData, &call.project)],
    const MOST_BYTES: usize = MOST_QUESTION_BYTES;
);

impl Stream for RunQuery {}

/// Counts the links of some objects, per link type and direction; results as they come, in the parts' `Close`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountLinks {
    /// Which project.
    pub project: ProjectId,
    /// The objects' type.
    pub object_type: ObjectTypeId,
    /// The objects; at most [`MOST_COUNTED_OBJECTS`].
    pub keys: Vec<Key>,
}

request!(
    CountLinks,
    "count_links",
    Read,
    |call| vec![Need::project(Action::ReadData, &call.project)],
    const MOST_BYTES: usize = MOST_QUESTION_BYTES;
);

impl Stream for CountLinks {}

/// Expands objects along one link type: first the merged links, then the objects at the other end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expand {
    /// Which project.
    pub project: ProjectId,
    /// The link type.
    pub link: LinkTypeId,
    /// From the given objects, forward or backward.
    pub direction: Direction,
    /// The objects.
    pub keys: Vec<Key>,
    /// Which neighbours first.
    pub order: ExpandOrder,
    /// The most neighbours.
    pub limit: u64,
    /// Only links to these objects, so that links among what is on the graph can be drawn; none means all.
    #[serde(default)]
    pub only: Vec<Key>,
}

request!(
    Expand,
    "expand",
    Read,
    |call| vec![Need::project(Action::ReadData, &call.project)],
    const MOST_BYTES: usize = MOST_QUESTION_BYTES;
);

impl Stream for Expand {}

/// Which neighbours come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpandOrder {
    /// Greatest sum of amounts.
    Sum,
    /// Most links.
    Count,
    /// Latest link.
    Time,
    /// By what the neighbour is called, then by its key.
    Name,
}

/// The rows of a question as a CSV file, with a header that says who, when, from where, and how complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportRows {
    /// Which project.
    pub project: ProjectId,
    /// The question; must ask for rows or groups.
    pub query: Query,
}

request!(
    ExportRows,
    "export_rows",
    Read,
    |call| vec![Need::project(Action::ReadData, &call.project), Need::project(Action::Export, &call.project)],
    const MOST_BYTES: usize = MOST_QUESTION_BYTES;
);

impl Download for ExportRows {}

/// Writes down that the graph is about to be saved on the person's machine, as a picture or as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnouncePicture {
    /// Which project.
    pub project: ProjectId,
    /// As what.
    #[serde(default)]
    pub format: PictureFormat,
    /// How much of the graph.
    #[serde(default)]
    pub scope: PictureScope,
    /// How many objects it shows.
    pub objects: u64,
    /// How many links it shows.
    pub links: u64,
    /// Of which types the objects are, for naming their sources.
    #[serde(default)]
    pub object_types: Vec<ObjectTypeId>,
    /// Of which types the links are.
    #[serde(default)]
    pub link_types: Vec<LinkTypeId>,
    /// How many of the expansions that it shows are not whole.
    #[serde(default)]
    pub cut: u64,
}

request!(AnnouncePicture, "announce_picture", Read, |call| vec![Need::project(Action::Export, &call.project)]);

impl Call for AnnouncePicture {
    type Reply = PictureStamp;
}

/// As what the graph is saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// Pixels.
    #[default]
    Png,
    /// Vectors.
    Svg,
    /// Vectors on a page.
    Pdf,
    /// Objects and links, as most graph programs read them.
    #[serde(rename = "graphml")]
    GraphMl,
    /// Objects and links, as Clew reads them back.
    Json,
}

/// How much of the graph is saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureScope {
    /// Everything that is shown.
    #[default]
    Shown,
    /// What is in view.
    View,
    /// What is selected, and the links between.
    Selection,
}

/// What stands under a picture, and in a file with data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureStamp {
    /// Who, when, which project, from which sources and how complete, in one line.
    pub line: String,
}
