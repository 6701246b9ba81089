//! How the screens reach the server: typed requests out, closures over the model back.
//!
//! Nothing waits here. A request goes into the [`Outbox`]; a [`Client`] sends it; what comes back is put into the
//! [`Inbox`] and applied to the model before the next frame. Dropping a [`Streaming`] stops the stream.

mod arrow;
mod batches;
mod busy;
mod faults;
mod outbox;
mod refused;

use wire::{Code, Fault};

use crate::app::ShellSettings;
use crate::words::Word;

pub use batches::{PartEvent, Parts};
pub(crate) use faults::{own, told};
#[cfg(not(target_arch = "wasm32"))]
pub use outbox::Post;
pub use outbox::{Inbox, Outbox, StreamEvent, Streaming};
pub use refused::Refused;
pub(crate) use refused::send_again;

/// Takes a reply's JSON, once.
pub type Done = Box<dyn FnOnce(Result<Vec<u8>, Fault>)>;
/// Takes a piece of a body, or `None` at its end.
pub type TakePiece = Box<dyn FnMut(Result<Option<Vec<u8>>, Fault>)>;
/// Hears what becomes of a file that is being saved: any number of times how far it is, then once how it ended.
pub type HearSaving = Box<dyn FnMut(Saving)>;
/// Takes what a desktop program is set to, once.
pub type TakeShell = Box<dyn FnOnce(Result<ShellSettings, Fault>)>;
/// Hears of a sign-in in the system's browser: that it began, each time the browser is opened, and once how it ended.
pub type HearSigningIn = Box<dyn FnMut(SigningIn)>;
/// Takes a chosen file's name and bytes, once.
pub type TakeFile = Box<dyn FnOnce(String, Result<Vec<u8>, Fault>)>;

/// What becomes of a file that is being saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saving {
    /// So many bytes have come so far.
    Came(u64),
    /// All of it came, and was handed over to be saved.
    Saved {
        /// The file's name.
        name: String,
        /// Its size.
        bytes: u64,
    },
    /// It did not come to its end, so nothing of it is saved.
    Failed(Fault),
}

/// What becomes of a sign-in in the system's browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningIn {
    /// The browser was opened; its page shows this number.
    Began {
        /// Six digits.
        number: String,
    },
    /// Somebody is signed in, or why not.
    Ended(Result<ShellSettings, Fault>),
}

/// Sends requests. The browser has one; tests have another.
pub trait Client {
    /// Sends a call; `done` is called once with the reply's JSON.
    fn call(&self, name: &'static str, body: Vec<u8>, done: Done);

    /// Sends a call that may take long. Dropping what is returned stops it, where the client can.
    fn call_until(&self, name: &'static str, body: Vec<u8>, done: Done) -> Box<dyn Stop> {
        self.call(name, body, done);
        Box::new(Unstoppable)
    }

    /// Sends a stream's request; `piece` is called with every piece of the body, then once with `None` at its end, or
    /// with a fault. Dropping what is returned stops it.
    fn stream(&self, name: &'static str, body: Vec<u8>, piece: TakePiece) -> Box<dyn Stop>;

    /// Sends a file; `done` is called once with the reply's JSON.
    fn upload(&self, name: &'static str, request: String, file: Vec<u8>, done: Done);

    /// Sends a file that may take long. Dropping what is returned stops it, where the client can.
    fn upload_until(&self, name: &'static str, request: String, file: Vec<u8>, done: Done) -> Box<dyn Stop> {
        self.upload(name, request, file, done);
        Box::new(Unstoppable)
    }

    /// Reads a file of the page that is only fetched when it is needed, by its plain name, such as `notices.txt`; `done`
    /// is called once.
    fn read_file(&self, name: &str, done: Done) {
        done(Err(unreachable(name)));
    }

    /// Lets the browser save what a download answers, once all of it has come: a file that broke off is never saved.
    /// Dropping what is returned stops it.
    fn download(&self, name: &'static str, request: String, hear: HearSaving) -> Box<dyn Stop>;

    /// Lets the browser save bytes as a file.
    fn save(&self, name: &str, content_type: &str, bytes: Vec<u8>);

    /// Asks the person for a file; `chosen` is called with its name and bytes, or never.
    fn choose_file(&self, accept: &str, chosen: TakeFile);

    /// Leaves the page for another address of the server, such as `/sign-in`.
    fn leave(&self, address: &str);

    /// Opens another address of the server beside the page.
    fn open_beside(&self, address: &str);

    /// What the desktop program around the screens is set to; none in a browser.
    fn shell(&self) -> Option<ShellSettings> {
        None
    }

    /// Takes the server at an address, if one answers there. A desktop program alone does so.
    fn connect(&self, _address: String, done: TakeShell) {
        done(Err(unreachable("this is no desktop program")));
    }

    /// Opens the sign-in in the system's browser. A desktop program alone does so. Dropping what is returned ends it.
    fn sign_in_outside(&self, mut hear: HearSigningIn) -> Box<dyn Stop> {
        hear(SigningIn::Ended(Err(unreachable("this is no desktop program"))));
        Box::new(Unstoppable)
    }

    /// The time of day where the person is, "10:42"; none where nobody knows it.
    fn clock_time(&self) -> Option<String> {
        None
    }

    /// What time it is, in seconds since 1970 UTC; none where nobody knows it.
    fn unix_secs(&self) -> Option<i64> {
        None
    }

    /// Calls `then` after a while; `false` where nothing can wait, and then it is never called.
    fn later(&self, _millis: u32, then: Box<dyn FnOnce()>) -> bool {
        drop(then);
        false
    }

    /// The tag of the language that the person's browser speaks, "nb-NO"; English where nobody knows it.
    fn language_tag(&self) -> String {
        "en".to_owned()
    }

    /// The address of a path of this server, to be pasted elsewhere.
    fn link_to(&self, path: &str) -> String {
        path.to_owned()
    }

    /// Goes so many steps through the history of addresses; nothing where there is none.
    fn travel(&self, _steps: i32) {}

    /// Shows the address of a route; adds to the history, or replaces its last entry.
    fn show_address(&self, path: &str, replace: bool);
}

/// Something that stops when it is dropped.
pub trait Stop {}

/// What goes on to its end although nobody waits any more.
struct Unstoppable;

impl Stop for Unstoppable {}
/// What the server says to a page that is older than itself, and what the page says instead.
const OLD_PAGE: (&str, &str) = ("reload", "Reload the page. What was kept comes back.");
/// The same for a page that is newer.
const NEW_PAGE: (&str, &str) =
    ("update", "Reload the page; if that does not help, ask whoever runs the server to update it.");

/// A fault of the server's in words for people: that versions differ it says in one word, for programs.
pub(crate) fn in_words(mut fault: Fault) -> Fault {
    if let Some((_, remedy)) = [OLD_PAGE, NEW_PAGE].into_iter().find(|(word, _)| fault.remedy == *word) {
        remedy.clone_into(&mut fault.remedy);
    }
    fault
}

/// Whether a fault says that page and server are of different versions.
pub(crate) fn is_from_other_version(fault: &Fault) -> bool {
    fault.code == Code::OtherVersion && [OLD_PAGE, NEW_PAGE].iter().any(|(_, remedy)| fault.remedy == *remedy)
}

/// A fault for what the network did.
pub fn unreachable(cause: &str) -> Fault {
    own(Code::Internal, Word::ServerUnreachable, Word::ServerUnreachableRemedy, cause)
}
