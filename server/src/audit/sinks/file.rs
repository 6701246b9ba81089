//! JSON lines in a file, or on standard output.
//!
//! The file is its owner's alone, and never followed through a link: whoever may write into its folder must not be able
//! to turn the log into something else. It is opened anew when it was moved away (a rotation), and at SIGHUP. What could
//! be written only in part is taken back, so that no line is ever torn. How large it grows is the rotation's matter.
//!
//! Beside it lies its id (`audit.jsonl.id`, 32 hexadecimal digits), by which the store knows how far this very file is:
//! servers on one store have a file each.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use rustix::fs::OFlags;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use super::cursors::{Called, FILE};
use super::line::Line;
use super::{Sink, Trouble};
use crate::hash::hex;
use crate::settings::FilePlace;

/// Digits of an id.
const ID_DIGITS: usize = 32;

/// The sink.
pub(super) struct JsonLines {
    place: FilePlace,
    /// For a file that has no id yet.
    new_id: Option<[u8; 16]>,
    file: Option<Arc<File>>,
    /// Set by SIGHUP.
    anew: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl JsonLines {
    pub(super) fn new(place: &FilePlace, new_id: Option<[u8; 16]>) -> Self {
        Self { place: place.clone(), new_id, file: None, anew: Arc::default(), listening: None }
    }

    /// The signal would end the process where nobody waits for it.
    fn listen(&mut self) {
        if self.listening.is_some() || self.place == FilePlace::StandardOutput {
            return;
        }
        if let Ok(mut hangups) = signal(SignalKind::hangup()) {
            let anew = self.anew.clone();
            self.listening = Some(tokio::spawn(async move {
                while hangups.recv().await.is_some() {
                    anew.store(true, Ordering::Release);
                }
            }));
        }
    }
}

impl Drop for JsonLines {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

impl Sink for JsonLines {
    fn take<'a>(&'a mut self, lines: &'a [Line]) -> BoxFuture<'a, Result<(), Trouble>> {
        self.listen();
        let mut text = String::with_capacity(lines.iter().map(|line| line.text.len() + 1).sum());
        for line in lines {
            text.push_str(&line.text);
            text.push('\n');
        }
        async move {
            let path = match &self.place {
                FilePlace::StandardOutput => {
                    return on_thread(move || print(&text)).await.map_err(|error| Trouble::new(error.to_string()));
                }
                FilePlace::File(path) => path.clone(),
            };
            let again = self.anew.swap(false, Ordering::AcqRel);
            let held = self.file.take().filter(|_| !again);
            let shown = path.display().to_string();
            let written = on_thread(move || {
                let file = open(&path, held)?;
                append(&file, text.as_bytes())?;
                Ok(file)
            });
            self.file = Some(written.await.map_err(|error| Trouble::new(format!("{shown}: {error}")))?);
            Ok(())
        }
        .boxed()
    }

    fn called(&mut self) -> BoxFuture<'_, Result<Option<Called>, Trouble>> {
        let FilePlace::File(path) = self.place.clone() else {
            let called = Called { id: "stdout".to_owned(), goes_on: true };
            return async { Ok(Some(called)) }.boxed();
        };
        let (shown, new_id) = (path.display().to_string(), self.new_id);
        let named = on_thread(move || named(&path, new_id));
        async move { named.await.map_err(|error| Trouble::new(format!("{shown}: {error}"))) }.boxed()
    }

    fn reach(&mut self) -> BoxFuture<'_, Result<(), Trouble>> {
        let FilePlace::File(path) = self.place.clone() else { return async { Ok(()) }.boxed() };
        let shown = path.display().to_string();
        let looked = on_thread(move || look(&path));
        async move { looked.await.map_err(|error| Trouble::new(format!("{shown}: {error}"))) }.boxed()
    }
}

/// What the file is called: by the id beside it, or by a new one that is written there.
fn named(path: &Path, new_id: Option<[u8; 16]>) -> io::Result<Option<Called>> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".id");
    let beside = PathBuf::from(beside);
    let called = |id: &str, goes_on| Called { id: format!("{FILE}/{id}"), goes_on };
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
    let opened = OpenOptions::new().read(true).custom_flags(flags).open(&beside);
    match opened {
        Ok(file) => {
            let mut text = String::new();
            file.take(ID_DIGITS as u64 + 2).read_to_string(&mut text)?;
            let id = text.trim_end();
            if id.len() == ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Ok(Some(called(id, false)));
            }
            Err(io::Error::other(format!("{} holds no id; remove it", beside.display())))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let Some(new_id) = new_id.map(|id| hex(&id)) else { return Ok(None) };
            let has_lines = std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0);
            write_id(&beside, &new_id)?;
            Ok(Some(called(&new_id, has_lines)))
        }
        Err(error) => Err(error),
    }
}

/// Whole or not at all: half an id would be none.
fn write_id(beside: &Path, id: &str) -> io::Result<()> {
    let mut part = beside.as_os_str().to_owned();
    part.push(".part");
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).custom_flags(flags).clone();
    let mut file = options.open(&part)?;
    file.write_all(format!("{id}\n").as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&part, beside)?;
    sync_folder(beside)
}

/// Whether the file could be written, or made where it is not; nothing is made.
fn look(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => OpenOptions::new().append(true).open(path).map(|_| ()),
        Ok(_) => Err(io::Error::other("it is no file; name one")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().unwrap_or(Path::new("/"));
            Ok(rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)?)
        }
        Err(error) => Err(error),
    }
}

/// A disk or a reader of standard output may take its time.
async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The file that has the name at this moment: the one at hand, or a new one.
fn open(path: &Path, held: Option<Arc<File>>) -> io::Result<Arc<File>> {
    if let Some(held) = held {
        let own = held.metadata()?;
        if std::fs::symlink_metadata(path).is_ok_and(|named| (named.dev(), named.ino()) == (own.dev(), own.ino())) {
            return Ok(held);
        }
    }
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or(0);
    let file = OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no file; name one"));
    }
    if metadata.mode() & 0o777 != 0o600 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    sync_folder(path)?;
    Ok(Arc::new(file))
}

/// The name of a new file is on the disk before anything in it counts.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder: PathBuf = path.parent().map_or_else(|| PathBuf::from("/"), Path::to_owned);
    File::open(folder)?.sync_all()
}

fn append(mut file: &File, text: &[u8]) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let before = file.metadata()?.len();
    let written = file.write_all(text).and_then(|()| file.sync_data());
    if written.is_err() {
        // The next try writes all of it.
        file.set_len(before)?;
    }
    written
}
