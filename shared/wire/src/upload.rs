//! Files as internal sources: bring one in, look at how it was read, correct that, and make it a source.

use access::{Action, Need, ProjectId, SourceId, UploadId};
use model::kind::Kind;
use serde::{Deserialize, Serialize};

use crate::project::{Saved, Scope};
use crate::{Call, Request, Upload, request};

/// The greatest file, in bytes.
pub const MOST_FILE_BYTES: u64 = 100 * 1024 * 1024;

/// Brings a file in. It is kept sealed and belongs to nobody's source until [`AcceptFile`]; a file that is not accepted
/// within an hour is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadFile {
    /// Which project.
    pub project: ProjectId,
    /// What the file was called; for the name of the source only.
    pub name: String,
}

request!(UploadFile, "upload_file", Change, |call| vec![Need::project(Action::ChangeOwnConfiguration, &call.project)]);

impl Upload for UploadFile {
    type Reply = FilePreview;
    const MOST_BODY: u64 = MOST_FILE_BYTES;
}

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileLayout {
    /// The encoding, by its name in the Encoding Standard: `UTF-8`, `windows-1252`, `UTF-16LE`.
    pub encoding: String,
    /// What separates cells: one ASCII character.
    pub delimiter: char,
    /// What surrounds cells that contain a delimiter: one ASCII character, or none.
    pub quote: Option<char>,
    /// Whether the first row names the columns.
    pub header: bool,
    /// Texts that mean null, as they stand in the file.
    pub null_words: Vec<String>,
    /// The columns.
    pub columns: Vec<FileColumn>,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileColumn {
    /// Its name; unique in the file.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
}

/// A file as it would be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePreview {
    /// The file.
    pub upload: UploadId,
    /// How it is read.
    pub layout: FileLayout,
    /// The first rows, as text; null where a null word stands.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows of the whole file would be taken in.
    #[serde(default)]
    pub rows_total: u64,
    /// What is worth a word: "The last byte is an old end-of-file mark and was left out."
    pub notes: Vec<String>,
    /// Rows of the whole file that would be left out, with line numbers.
    pub problems: FileProblems,
    /// Cells among `rows` that do not fit their column's kind; in `rows` they are null, as they would be in the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfit: Vec<UnfitCell>,
    /// Columns of the whole file with such cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<UnreadableCells>,
}

/// A cell of a preview that does not fit its column's kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfitCell {
    /// Its row in the preview, from 0.
    pub row: usize,
    /// Its column, from 0.
    pub column: usize,
    /// What stands there; at most 200 characters.
    pub text: String,
}

/// Cells of a column that do not fit its kind and are empty in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadableCells {
    /// The column's name.
    pub column: String,
    /// How many cells.
    pub cells: u64,
}

/// What became of a file that is a source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileReport {
    /// Rows in the source.
    pub rows: u64,
    /// Rows that were left out.
    pub problems: FileProblems,
    /// Columns with cells that did not fit.
    pub unreadable: Vec<UnreadableCells>,
}

/// Rows that were left out of a file. Nothing is dropped without being counted here; the first 1,000 are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileProblems {
    /// The first of them.
    pub listed: Vec<FileProblem>,
    /// How many there are in all.
    pub total: u64,
}

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// What is wrong, and what was done about it.
    pub sentence: String,
}

/// Reads the file again with a corrected layout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewFile {
    /// Which project.
    pub project: ProjectId,
    /// Which file.
    pub upload: UploadId,
    /// How to read it.
    pub layout: FileLayout,
}

impl Request for PreviewFile {
    const NAME: &'static str = "preview_file";
    const RECORD: crate::Record = crate::Record::Read;
    const MOST_BYTES: usize = 1024 * 1024;

    fn needs(&self) -> Vec<Need> {
        vec![Need::project(Action::ChangeOwnConfiguration, &self.project)]
    }
}

impl Call for PreviewFile {
    type Reply = FilePreview;
}

/// Makes the file a source, or puts it in the place of a source's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptFile {
    /// Which project.
    pub project: ProjectId,
    /// Which file.
    pub upload: UploadId,
    /// How to read it.
    pub layout: FileLayout,
    /// The new source's id; with `replaces`, the id of the source whose file this one replaces.
    pub source: SourceId,
    /// The new source's name; with `replaces`, the source keeps its own.
    pub name: String,
    /// For whom.
    pub scope: Scope,
    /// The revision that the person saw.
    pub base: u64,
    /// Whether the file takes the place of an older one: what was built on the source stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaces: bool,
}

impl Request for AcceptFile {
    const NAME: &'static str = "accept_file";
    const RECORD: crate::Record = crate::Record::Change;
    const MOST_BYTES: usize = 1024 * 1024;

    fn needs(&self) -> Vec<Need> {
        let action = match self.scope {
            Scope::Mine => Action::ChangeOwnConfiguration,
            Scope::Everyone => Action::SaveConfiguration,
        };
        vec![Need::project(action, &self.project)]
    }
}

impl Call for AcceptFile {
    type Reply = Accepted;
}

/// A file became a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The revision that it made.
    pub saved: Saved,
    /// Rows in the source.
    pub rows: u64,
    /// What was wrong.
    pub problems: FileProblems,
    /// Cells that did not fit their kind and are empty now.
    pub unreadable: u64,
}
