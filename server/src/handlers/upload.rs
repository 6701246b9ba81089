//! Files as internal sources: bring one in, look at how it was read, correct that, and make it a source.
//!
//! A file is kept as it came, sealed, until it is accepted; then its SQLite image takes its place. At no time does it
//! lie anywhere in the clear.

use std::io::Cursor;
use std::sync::Arc;

use access::{PersonId, ProjectId, UploadId};
use axum::body::Bytes;
use model::change::Change;
use model::project::{Limits, Source};
use tokio::sync::OwnedSemaphorePermit;
use wire::project::Scope;
use wire::upload::{
    AcceptFile, Accepted, FileLayout, FilePreview, PreviewFile, UnfitCell, UnreadableCells, UploadFile,
};
use wire::{Code, Fault};
use zeroize::Zeroizing;

use crate::Server;
use crate::body::Incoming;
use crate::config::UploadRecord;
use crate::gate::Allowed;
use crate::handlers::own::add_own_changes;
use crate::handlers::project::{FILE_KIND, change_for_everyone, json};
use crate::handlers::upload_room;
use crate::hash::hex;
use crate::intake::{self, Fate, Layout, Refusal};
use crate::store::{self, RecordKey, RecordKind, StoreError, Write};
use crate::world::random;

/// Rows of a preview.
const PREVIEW_ROWS: usize = 50;
/// The longest name of a file.
const MOST_NAME_CHARS: usize = 120;
/// How often a commit is tried when others save at the same time.
const TRIES: usize = 8;

/// Brings a file in and says how it would be read. While it comes, no more than a piece of it is in memory.
///
/// # Errors
/// [`Fault`] `Invalid` when it is empty, binary or otherwise no table; `Busy` when too many come in at once; as
/// `upload_room`.
pub async fn upload_file(
    server: Arc<Server>,
    call: Allowed<UploadFile>,
    mut file: Incoming,
) -> Result<FilePreview, Fault> {
    refuse_while_rolling(&server)?;
    let _coming = upload_room::take(&server, &call, file.bytes())?;
    let upload = new_upload(&server)?;
    let under_way = server.uploading.begin(&upload);
    let brought = bring_in(&server, &call, &upload, &mut file).await;
    if brought.is_err() {
        drop_chunks(&server, &upload).await;
    }
    drop(under_way);
    brought
}

/// A file would be refused in the end, and its pieces be in the way meanwhile.
fn refuse_while_rolling(server: &Server) -> Result<(), Fault> {
    if server.store.roll().borrow().keeps_configuration() { Err(StoreError::Rolling.into()) } else { Ok(()) }
}

async fn bring_in(
    server: &Server,
    call: &Allowed<UploadFile>,
    upload: &UploadId,
    file: &mut Incoming,
) -> Result<FilePreview, Fault> {
    let chunks = receive(server, upload, file).await?;
    let record = UploadRecord {
        person: call.who.caller.person.clone(),
        name: call.request.name.chars().take(MOST_NAME_CHARS).collect(),
        at: server.clock.now().as_second(),
        chunks,
        bytes: file.bytes(),
        layout: None,
        report: None,
    };
    let whole = read_back(server, upload, &record, 1).await?;
    let preview = blocking(move || {
        let layout = intake::detect(&whole.bytes, true).map_err(|refusal| unreadable(&refusal))?;
        show(&whole.bytes, &layout)
    })
    .await?;
    keep_record(server, &call.request.project, upload, &record).await?;
    Ok(FilePreview { upload: upload.clone(), ..preview })
}

/// Seals and writes pieces as they come; gives their number.
async fn receive(server: &Server, upload: &UploadId, file: &mut Incoming) -> Result<u32, Fault> {
    let length = usize::try_from(file.bytes()).unwrap_or(usize::MAX);
    let count = store::chunk_count(length);
    for index in 0..count {
        // An empty file has one empty piece.
        let piece = file.piece(store::CHUNK_BYTES).await?.unwrap_or_default();
        server.store.put_chunk(upload.to_string(), index, count, piece).await?;
    }
    match file.piece(1).await? {
        None => Ok(count),
        Some(_) => Err(Fault::new(Code::Malformed, "The file is longer than was said.", "Try again.")),
    }
}

/// A file in memory, with the room that it takes there.
struct InMemory {
    bytes: Zeroizing<Vec<u8>>,
    room: OwnedSemaphorePermit,
}

/// Reads a file that waits, when there is room for `times` its size.
async fn read_back(server: &Server, upload: &UploadId, record: &UploadRecord, times: u64) -> Result<InMemory, Fault> {
    let room = server.broker.room_for_file(record.bytes.saturating_mul(times)).await?;
    let bytes = store::image(server.store.as_ref(), upload.as_str(), record.chunks).await?;
    Ok(InMemory { bytes, room })
}

/// Commits the record, and forgets files that nobody accepted. Nothing that others save meanwhile can contradict that.
async fn keep_record(
    server: &Server,
    project: &ProjectId,
    upload: &UploadId,
    record: &UploadRecord,
) -> Result<(), Fault> {
    for _ in 0..TRIES {
        let forgotten = forgotten(server, project);
        let mut writes = vec![put_record(project, upload, record)?];
        writes.extend(forgotten.iter().map(|old| Write::delete(record_key(project, old))));
        match server.keeper.commit(server.keeper.current().revision, writes, Vec::new()).await {
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {
                for old in forgotten {
                    drop_chunks(server, &old).await;
                }
                return Ok(());
            }
        }
    }
    Err(busy())
}

fn busy() -> Fault {
    Fault::new(Code::Conflict, "Others saved again and again in this moment.", "Try again; nothing was changed.")
}

/// Files of a project that nobody accepted in time.
fn forgotten(server: &Server, project: &ProjectId) -> Vec<UploadId> {
    let config = server.keeper.current();
    let uploads = config.project(project).into_iter().flat_map(|kept| &kept.uploads);
    uploads.filter(|(_, record)| is_late(server, record)).map(|(upload, _)| upload.clone()).collect()
}

fn is_late(server: &Server, record: &UploadRecord) -> bool {
    record.is_late(server.clock.now().as_second())
}

/// A left-over without a record is removed at the next start; nothing depends on this.
pub(crate) async fn drop_chunks(server: &Server, upload: &UploadId) {
    if let Err(error) = server.store.drop_upload(upload.to_string()).await {
        tracing::warn!(%error, "a file's raw form could not be removed yet");
    }
}

/// Reads the file again with a corrected layout.
///
/// # Errors
/// [`Fault`] `NotFound` when it is somebody else's or was accepted already; `Invalid` when the layout cannot be used.
pub async fn preview_file(server: Arc<Server>, call: Allowed<PreviewFile>) -> Result<FilePreview, Fault> {
    let record = own_file(&server, &call, &call.request.project, &call.request.upload)?;
    let whole = read_back(&server, &call.request.upload, &record, 1).await?;
    let layout = call.request.layout.clone();
    let preview = blocking(move || show(&whole.bytes, &settle(&whole.bytes, &layout)?)).await?;
    Ok(FilePreview { upload: call.request.upload, ..preview })
}

/// Makes the file a source, or puts it in the place of a source's file.
///
/// # Errors
/// As [`preview_file`], and as any change of a project.
pub async fn accept_file(server: Arc<Server>, mut call: Allowed<AcceptFile>) -> Result<Accepted, Fault> {
    refuse_while_rolling(&server)?;
    let record = waiting_file(&server, &call)?;
    let raw = call.request.upload.clone();
    // The file, and beside it the table that is made of it.
    let whole = read_back(&server, &raw, &record, 2).await?;
    let layout = call.request.layout.clone();
    let (image, report, room) = blocking(move || {
        let layout = settle(&whole.bytes, &layout)?;
        let made = intake::build(Cursor::new(whole.bytes.as_slice()), &layout);
        let (image, report) = made.map_err(|refusal| unreadable(&refusal))?;
        Ok((image, intake::to_report(&report), whole.room))
    })
    .await?;
    let upload = new_upload(&server)?;
    let under_way = server.uploading.begin(&upload);
    let image = Bytes::from(image.bytes);
    let accepted = UploadRecord {
        chunks: store::put_image(server.store.as_ref(), upload.as_str(), image.clone()).await?,
        bytes: image.len() as u64,
        layout: Some(call.request.layout.clone()),
        report: Some(report.clone()),
        ..record
    };
    drop((image, room));
    let saved = save(&server, &mut call, &upload, &accepted).await?;
    drop(under_way);
    drop_chunks(&server, &raw).await;
    Ok(Accepted {
        saved,
        rows: report.rows,
        unreadable: report.unreadable.iter().map(|column| column.cells).sum(),
        problems: report.problems,
    })
}

/// The file that is to become a source, or to take the place of one's file.
fn waiting_file(server: &Server, call: &Allowed<AcceptFile>) -> Result<UploadRecord, Fault> {
    let record = own_file(server, call, &call.request.project, &call.request.upload)?;
    replaced(call)?;
    Ok(record)
}

/// The source whose file is replaced; none for a new source, whose id must be free.
fn replaced(call: &Allowed<AcceptFile>) -> Result<Option<Source>, Fault> {
    let request = &call.request;
    let project = call.project(&request.project)?;
    let fits =
        |source: &Source| source.is_internal() && source.private_to.is_some() == matches!(request.scope, Scope::Mine);
    match (request.replaces, project.sources.get(&request.source)) {
        (false, None) => Ok(None),
        (false, Some(_)) => {
            Err(Fault::new(Code::Conflict, "There is a source with this id already.", "Choose another id."))
        }
        (true, Some(source)) if fits(source) => Ok(Some(source.clone())),
        (true, Some(_)) => Err(Fault::invalid(
            "This source's file cannot be replaced like this.",
            "Replace the file of a source of your own for yourself, and of any other for everyone.",
        )),
        (true, None) => Err(Fault::not_found()),
    }
}

/// Making the table took a while, and others may have saved meanwhile: everything is decided and checked anew.
async fn save(
    server: &Server,
    call: &mut Allowed<AcceptFile>,
    upload: &UploadId,
    accepted: &UploadRecord,
) -> Result<wire::project::Saved, Fault> {
    for _ in 0..TRIES {
        call.renew(server)?;
        waiting_file(server, call)?;
        let project = &call.request.project;
        let raw = Write::delete(record_key(project, &call.request.upload));
        let writes = vec![put_record(project, upload, accepted)?, raw];
        match add_source(server, call, upload, writes).await {
            Err(fault) if fault.code == Code::Conflict => server.keeper.refresh().await?,
            saved => return saved,
        }
    }
    Err(busy())
}

async fn add_source(
    server: &Server,
    call: &Allowed<AcceptFile>,
    upload: &UploadId,
    writes: Vec<Write>,
) -> Result<wire::project::Saved, Fault> {
    let request = &call.request;
    let private_to = matches!(request.scope, Scope::Mine).then(|| call.who.caller.person.clone());
    let before = replaced(call)?.unwrap_or_else(|| new_source(request, private_to));
    let changes = [Change::PutSource(Box::new(Source { upload: Some(upload.clone()), ..before }))];
    match request.scope {
        Scope::Everyone => change_for_everyone(server, call, &request.project, &changes, writes).await,
        Scope::Mine => add_own_changes(server, call, &request.project, &changes, writes).await,
    }
}

fn new_source(request: &AcceptFile, private_to: Option<PersonId>) -> Source {
    Source {
        id: request.source.clone(),
        name: request.name.clone(),
        kind: FILE_KIND.to_owned(),
        settings: std::collections::BTreeMap::new(),
        secrets_from: std::collections::BTreeMap::new(),
        upload: None,
        required_role: None,
        keep_model_visible: false,
        private_to,
        limits: Limits::default(),
    }
}

fn new_upload(server: &Server) -> Result<UploadId, Fault> {
    UploadId::new(hex(&random::<16>(server.dice.as_ref())))
        .map_err(|_| Fault::new(Code::Internal, "No name could be made for the file.", "Try again."))
}

fn record_key(project: &ProjectId, upload: &UploadId) -> RecordKey {
    RecordKey::new(RecordKind::Upload, project.as_str(), upload.as_str())
}

fn put_record(project: &ProjectId, upload: &UploadId, record: &UploadRecord) -> Result<Write, Fault> {
    Ok(Write::put(record_key(project, upload), json(record)?))
}

/// A file that this person brought in and that is not a source yet.
fn own_file<R>(
    server: &Server,
    call: &Allowed<R>,
    project: &ProjectId,
    upload: &UploadId,
) -> Result<UploadRecord, Fault> {
    let kept = call.config.project(project).ok_or_else(Fault::not_found)?;
    let record = kept.uploads.get(upload).filter(|record| record.person == call.who.caller.person);
    record.filter(|record| record.layout.is_none() && !is_late(server, record)).cloned().ok_or_else(Fault::not_found)
}

/// The layout that a person asks for, over what the file itself says.
fn settle(file: &[u8], form: &FileLayout) -> Result<Layout, Fault> {
    let settled = intake::settled(form).map_err(|refusal| unreadable(&refusal))?;
    let detected = intake::detect_with(file, true, settled, &intake::Limits::default());
    let detected = detected.map_err(|refusal| unreadable(&refusal))?;
    intake::from_form(form, &detected).map_err(|refusal| unreadable(&refusal))
}

/// The first rows as they would be read, and what the whole file would lose. The upload's id is set by the caller.
fn show(file: &[u8], layout: &Layout) -> Result<FilePreview, Fault> {
    let preview = intake::preview(file, true, layout, PREVIEW_ROWS).map_err(|refusal| unreadable(&refusal))?;
    let mut unfit = Vec::new();
    for (row, shown) in preview.rows.iter().enumerate() {
        let cells = shown.cells.iter().enumerate().filter(|(_, cell)| cell.fate == Fate::Unreadable);
        unfit.extend(cells.map(|(column, cell)| UnfitCell { row, column, text: cell.text.clone() }));
    }
    let cell = |cell: intake::PreviewCell| (cell.fate == Fate::Value).then_some(cell.text);
    let columns = layout.columns.iter().zip(&preview.unreadable).filter(|(_, cells)| **cells > 0);
    let columns = columns.map(|(column, cells)| UnreadableCells { column: column.name.clone(), cells: *cells });
    Ok(FilePreview {
        upload: UploadId::new("new").map_err(|_| Fault::not_found())?,
        layout: intake::to_form(layout),
        rows: preview.rows.into_iter().map(|row| row.cells.into_iter().map(cell).collect()).collect(),
        rows_total: preview.rows_total,
        notes: layout.notes.iter().map(|note| note.text.clone()).collect(),
        problems: intake::to_problems(&preview.problems),
        unfit,
        unreadable: columns.collect(),
    })
}

/// A refusal says in one text what is wrong and then what to do.
fn unreadable(refusal: &Refusal) -> Fault {
    let text = refusal.to_string();
    match text.split_once(". ") {
        Some((sentence, remedy)) => Fault::invalid(format!("{sentence}."), remedy),
        None => Fault::invalid(text, "Change them, or upload the file again."),
    }
}

/// Runs work that takes long on a thread of its own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => {
            tracing::error!(%error, "reading a file ended the thread");
            Err(Fault::new(Code::Internal, "The file could not be read.", "Try again, or save it as plain CSV first."))
        }
    }
}
