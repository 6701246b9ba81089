//! A file on its way to become a source: chosen, brought in, looked at, corrected, accepted.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{ProjectId, SourceId};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use wire::Fault;
use wire::project::Scope;
use wire::upload::{AcceptFile, Accepted, FileLayout, FilePreview, PreviewFile, UploadFile};

use super::{base, of};
use crate::app::{Model, Remote};
use crate::client::{Outbox, Streaming};
use crate::table::Rows;
use crate::words::{Word, Words};

/// What the person may choose.
const ACCEPT: &str = ".csv,.tsv,.txt,text/csv";

/// A file on its way to become a source.
pub struct File {
    /// What it is called.
    pub name: String,
    /// The source whose file it is to replace; none when it becomes a source of its own.
    pub replaces: Option<SourceId>,
    /// How it would be read.
    pub preview: Remote<FilePreview>,
    /// Its first rows.
    pub rows: Rows,
    /// How often a preview has come: tells the screen that there is a new one.
    pub previews: u64,
    /// Why the newest correction could not be shown; the preview is then still the one before.
    pub trouble: Option<Fault>,
    /// What came of accepting it.
    pub accepted: Remote<Accepted>,
    asked: u64,
    /// Dropping it stops the file on its way.
    _bringing: Option<Streaming>,
}

/// Asks the person for a file and brings it in.
pub(super) fn choose(model: &mut Model, outbox: &Outbox, project: ProjectId, replaces: Option<SourceId>) {
    model.config.asked += 1;
    let number = model.config.asked;
    let inbox = outbox.inbox().clone();
    let chosen = move |name: String, bytes: Result<Vec<u8>, Fault>| {
        inbox.put(move |model, outbox| upload(model, outbox, project, (number, replaces), name, bytes));
    };
    outbox.client().choose_file(ACCEPT, Box::new(chosen));
}

fn upload(
    model: &mut Model,
    outbox: &Outbox,
    project: ProjectId,
    (number, replaces): (u64, Option<SourceId>),
    name: String,
    bytes: Result<Vec<u8>, Fault>,
) {
    let Some(config) = of(model, &project) else { return };
    let mut file = File {
        name: name.clone(),
        replaces,
        preview: Remote::Waiting(None),
        rows: Rows::default(),
        previews: 0,
        trouble: None,
        accepted: Remote::Idle,
        asked: number,
        _bringing: None,
    };
    match bytes {
        Err(fault) => file.preview = Remote::Failed(fault),
        Ok(bytes) => {
            let request = UploadFile { project: project.clone(), name };
            let taken = move |model: &mut Model, _: &Outbox, reply| take(model, &project, number, reply);
            file._bringing = Some(outbox.upload(&request, bytes, taken));
        }
    }
    config.file = Some(file);
}

/// Reads the file again with another layout.
pub(super) fn preview(model: &mut Model, outbox: &Outbox, project: ProjectId, layout: FileLayout) {
    model.config.asked += 1;
    let number = model.config.asked;
    let Some(file) = model.config.file.as_mut() else { return };
    let Some(upload) = file.preview.value().map(|preview| preview.upload.clone()) else { return };
    file.preview.ask();
    file.asked = number;
    let call = PreviewFile { project: project.clone(), upload, layout };
    outbox.call(&call, move |model, _, reply| take(model, &project, number, reply));
}

/// Takes a preview, unless a newer one was asked for. One that failed leaves the one before where it is.
fn take(model: &mut Model, project: &ProjectId, number: u64, reply: Result<FilePreview, Fault>) {
    let words = model.words;
    let Some(file) = of(model, project).and_then(|config| config.file.as_mut()) else { return };
    if file.asked != number {
        return;
    }
    file.trouble = None;
    match (reply, std::mem::take(&mut file.preview)) {
        (Ok(preview), _) => {
            file.rows = first_rows(words, &preview);
            file.previews += 1;
            file.preview = Remote::Here(preview);
        }
        (Err(fault), Remote::Waiting(Some(before)) | Remote::Here(before)) => {
            file.preview = Remote::Here(before);
            file.trouble = Some(fault);
        }
        (Err(fault), _) => file.preview = Remote::Failed(fault),
    }
}

/// The first rows for the table; short rows are filled up with nothing, and a cell that does not fit says so.
fn first_rows(words: Words, preview: &FilePreview) -> Rows {
    let unfit: BTreeMap<(usize, usize), String> = preview
        .unfit
        .iter()
        .map(|cell| ((cell.row, cell.column), words.with(Word::UnfitCell, &[&cell.text])))
        .collect();
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (place, column) in preview.layout.columns.iter().enumerate() {
        fields.push(Field::new(&column.name, DataType::Utf8, true));
        let cells = preview.rows.iter().enumerate().map(|(row, cells)| {
            let read = cells.get(place).and_then(Option::as_deref);
            read.or_else(|| unfit.get(&(row, place)).map(String::as_str))
        });
        arrays.push(Arc::new(cells.collect::<StringArray>()));
    }
    let mut rows = Rows::default();
    if let Ok(batch) = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays) {
        // The first batch always has the columns of the rows.
        let _is_first = rows.push(batch);
    }
    rows
}

/// Makes the file a source, or puts it in the place of a source's file.
pub(super) fn accept(
    model: &mut Model,
    outbox: &Outbox,
    project: ProjectId,
    (layout, source, name, scope): (FileLayout, SourceId, String, Scope),
) {
    let base = base(model);
    let Some(file) = model.config.file.as_mut() else { return };
    let Some(upload) = file.preview.value().map(|preview| preview.upload.clone()) else { return };
    file.accepted = Remote::Waiting(None);
    let replaces = file.replaces.is_some();
    let read = source.clone();
    let call = AcceptFile { project: project.clone(), upload, layout, source, name, scope, base, replaces };
    outbox.call(&call, move |model, outbox, reply| {
        let accepted = reply.is_ok();
        if let Some(config) = of(model, &project) {
            if accepted {
                // What was read of the file before.
                config.catalogues.remove(&read);
                config.suggestions.remove(&read);
                config.sample = None;
            }
            if let Some(file) = config.file.as_mut() {
                file.accepted.answer(reply);
            }
        }
        if accepted {
            crate::app::ask_again(model, outbox);
        }
    });
}
