//! Entries of the audit log as a file, a page at a time: CSV for spreadsheets, JSON lines for programs.
//!
//! | part | CSV | JSON lines |
//! |---|---|---|
//! | head: who, when, what was looked for | lines that begin with `#` | `{"clew_audit": 1, "exported_by": …}` |
//! | an entry | a row | the entry as `search_audit` gives it |
//! | foot: how many, what was left out | a line that begins with `#` | `{"entries": 812, "left_before": null}` |
//!
//! A file without its foot was cut off.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use wire::Fault;
use wire::audit::{AuditEntry, AuditFilters, AuditFormat, MOST_ENTRIES};

use super::audit::{Pages, shown};
use super::export::{guarded, note, one_line, record};
use crate::Server;
use crate::audit::Audit;
use crate::broker::{Piece, StreamEnd};
use crate::gate::File;
use crate::people::People;

/// What stands at the head of a file.
pub(crate) struct Provenance {
    pub(crate) person: String,
    pub(crate) at: Timestamp,
    /// The number of the question; empty for the command line.
    pub(crate) question: String,
    pub(crate) filters: AuditFilters,
    pub(crate) before: Option<u64>,
}

/// A file under way, wherever it goes.
pub(crate) struct Writing {
    pages: Pages,
    format: AuditFormat,
    provenance: Provenance,
    most: u64,
    before: Option<u64>,
    entries: u64,
    stage: Stage,
}

/// What is written next.
enum Stage {
    Head,
    Entries,
    Foot { left: bool },
    Over,
}

impl Writing {
    /// At most `most` entries; what is left out is said.
    pub(crate) fn new(pages: Pages, provenance: Provenance, format: AuditFormat, most: u64) -> Self {
        let before = provenance.before;
        Self { pages, format, provenance, most, before, entries: 0, stage: Stage::Head }
    }

    /// How many entries were written.
    pub(crate) fn entries(&self) -> u64 {
        self.entries
    }

    /// The next piece; nothing behind the last one.
    ///
    /// # Errors
    /// [`Fault`] when the store cannot be read.
    pub(crate) async fn next(&mut self, audit: &Audit, people: &People) -> Result<Option<Vec<u8>>, Fault> {
        let (text, stage) = match self.stage {
            Stage::Head => (head(&self.provenance, self.format), Stage::Entries),
            Stage::Entries => self.page(audit, people).await?,
            Stage::Foot { left } => (self.foot(left), Stage::Over),
            Stage::Over => return Ok(None),
        };
        self.stage = stage;
        Ok(Some(text))
    }

    async fn page(&mut self, audit: &Audit, people: &People) -> Result<(Vec<u8>, Stage), Fault> {
        let wanted = (self.most - self.entries).min(u64::from(MOST_ENTRIES));
        let page = self.pages.page(audit, self.before, u32::try_from(wanted).unwrap_or(MOST_ENTRIES)).await?;
        self.before = page.found.last().map_or(self.before, |last| Some(last.seq));
        self.entries += page.found.len() as u64;
        let full = self.entries >= self.most;
        let stage = if page.more && !full { Stage::Entries } else { Stage::Foot { left: page.more } };
        let entries = shown(people, page.found).await?;
        Ok((entries.iter().flat_map(|entry| line(entry, self.format)).collect(), stage))
    }

    fn foot(&self, left: bool) -> Vec<u8> {
        let before = self.before.filter(|_| left);
        match (self.format, before) {
            (AuditFormat::JsonLines, _) => json_line(&json!({ "entries": self.entries, "left_before": before })),
            (AuditFormat::Csv, None) => note(&format!("# {} entries, complete", self.entries)),
            (AuditFormat::Csv, Some(before)) => note(&format!(
                "# {} entries; older ones are left out: export those before entry {before} as another file",
                self.entries
            )),
        }
    }
}

/// The file, as its pages are read.
pub(super) fn file(server: Arc<Server>, pages: Pages, provenance: Provenance, format: AuditFormat, most: u64) -> File {
    let (ending, content_type) = match format {
        AuditFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        AuditFormat::JsonLines => ("jsonl", "application/jsonl; charset=utf-8"),
    };
    let name = format!("audit-{}.{ending}", provenance.at.strftime("%Y%m%d-%H%M%S"));
    let state = Some((server, Writing::new(pages, provenance, format, most), 0_u64));
    let pieces = futures::stream::unfold(state, |state| async move {
        let (server, mut writing, bytes) = state?;
        let end = |writing: &Writing, fault| Piece::End(StreamEnd { rows: writing.entries, bytes, fault });
        match writing.next(&server.audit, &server.people).await {
            Ok(Some(text)) => {
                let bytes = bytes + text.len() as u64;
                Some((Piece::Frames(Bytes::from(text)), Some((server, writing, bytes))))
            }
            Ok(None) => Some((end(&writing, None), None)),
            Err(fault) => Some((end(&writing, Some(fault)), None)),
        }
    });
    File { name, content_type, pieces: pieces.boxed() }
}

const COLUMNS: [&str; 17] = [
    "number", "at", "ended", "person", "name", "session", "project", "call", "target", "outcome", "reason", "rows",
    "bytes", "millis", "question", "request", "mark",
];

fn head(provenance: &Provenance, format: AuditFormat) -> Vec<u8> {
    let Provenance { person, at, question, filters, before } = provenance;
    if format == AuditFormat::JsonLines {
        return json_line(&json!({
            "clew_audit": 1, "exported_by": person, "at": at.to_string(), "question": question, "filters": filters,
            "before": before,
        }));
    }
    // The mark tells spreadsheets that this is UTF-8.
    let mut text = Vec::from("\u{feff}");
    let asked = serde_json::to_string(filters).unwrap_or_default();
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    let lines = [
        ("Audit log of Clew, exported by", person.clone()),
        ("At", at.to_string()),
        ("Question", question.clone()),
        ("Filters", asked),
        ("Before entry", before),
    ];
    for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
        text.extend(note(&format!("# {name}: {}", one_line(value))));
    }
    text.extend(record(COLUMNS.into_iter().map(str::to_owned)));
    text
}

fn line(entry: &AuditEntry, format: AuditFormat) -> Vec<u8> {
    match format {
        AuditFormat::JsonLines => json_line(entry),
        AuditFormat::Csv => {
            let value = serde_json::to_value(entry).unwrap_or_default();
            record(COLUMNS.iter().map(|column| cell(column, value.get(column).unwrap_or(&Value::Null))))
        }
    }
}

fn cell(column: &str, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if column == "request" => guarded(text),
        Value::String(text) => guarded(&one_line(text)),
        other => guarded(&other.to_string()),
    }
}

fn json_line(value: &impl serde::Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Entry;
    use crate::settings::{MasterKey, StorePlace};
    use crate::store::{self, Outcome, Vault};
    use crate::world::{Clock as _, SystemClock, SystemDice};

    /// The whole file, with at most `most` entries of `2 * MOST_ENTRIES + 500`.
    async fn written(most: u64, before: Option<u64>, format: AuditFormat) -> (u64, String) {
        let folder = tempfile::tempdir().unwrap();
        let dice = Arc::new(SystemDice);
        let vault = Vault::new(MasterKey::from_random([5; 32]), dice.clone());
        let store = store::open(&StorePlace::Sqlite(folder.path().join("clew.db")), vault).unwrap();
        let clock = Arc::new(SystemClock::new());
        let entry = Entry {
            person: "ada".to_owned(),
            call: "search".to_owned(),
            project: String::new(),
            details: json!({ "text": "Meyer" }),
        };
        let row = || entry.clone().into_note(clock.now(), Outcome::Done);
        store.append_audit((0..2 * MOST_ENTRIES + 500).map(|_| row()).collect()).await.unwrap();
        let audit = Audit::new(store.clone(), clock.clone());
        let people = People::new(store, clock.clone(), dice);
        let filters = AuditFilters::default();
        let pages = Pages::of(&audit, &filters, before, Vec::new()).await.unwrap();
        let question = String::new();
        let provenance = Provenance { person: "ada".to_owned(), at: clock.now(), question, filters, before };
        let mut writing = Writing::new(pages, provenance, format, most);
        let (mut text, mut pieces) = (Vec::new(), 0);
        while let Some(piece) = writing.next(&audit, &people).await.unwrap() {
            pieces += 1;
            text.extend(piece);
        }
        let pages = writing.entries().div_ceil(u64::from(MOST_ENTRIES));
        assert_eq!(pieces, pages + 2, "it comes in pages between head and foot, and never as a whole");
        (writing.entries(), String::from_utf8(text).unwrap())
    }

    #[tokio::test]
    async fn a_file_that_leaves_entries_out_says_where_the_next_one_begins() {
        let (entries, text) = written(1_200, None, AuditFormat::JsonLines).await;
        assert_eq!((entries, text.lines().count()), (1_200, 1_202));
        assert!(text.ends_with("{\"entries\":1200,\"left_before\":1301}\n"), "{:?}", text.lines().last());
        let (entries, text) = written(9_999, Some(1_301), AuditFormat::JsonLines).await;
        assert!(entries == 1_300 && text.ends_with("{\"entries\":1300,\"left_before\":null}\n"), "{entries}");

        let (_, text) = written(1_200, None, AuditFormat::Csv).await;
        assert!(text.ends_with("export those before entry 1301 as another file\r\n"), "{:?}", text.lines().last());
        let (_, text) = written(2_500, None, AuditFormat::Csv).await;
        assert!(text.ends_with("\"# 2500 entries, complete\"\r\n"), "{:?}", text.lines().last());
    }
}
