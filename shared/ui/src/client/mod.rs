//! How the screens reach the server: typed requests out, closures over the model back.
//!
//! Nothing waits here. A request goes into the [`Outbox`]; a [`Client`] sends it; what comes back is put into the
//! [`Inbox`] and applied to the model before the next frame. Dropping a [`Streaming`] stops the stream.

mod batches;
mod outbox;

use wire::{Code, Fault};

pub use batches::{PartEvent, PartReader, Parts};
pub use outbox::{Inbox, Outbox, StreamEvent, Streaming};

/// Takes a reply's JSON, once.
pub type Done = Box<dyn FnOnce(Result<Vec<u8>, Fault>)>;
/// Takes a piece of a body, or `None` at its end.
pub type TakePiece = Box<dyn FnMut(Result<Option<Vec<u8>>, Fault>)>;
/// Takes a chosen file's name and bytes, once.
pub type TakeFile = Box<dyn FnOnce(String, Result<Vec<u8>, Fault>)>;

/// Sends requests. The browser has one; tests have another.
pub trait Client {
    /// Sends a call; `done` is called once with the reply's JSON.
    fn call(&self, name: &'static str, body: Vec<u8>, done: Done);

    /// Sends a stream's request; `piece` is called with every piece of the body, then once with `None` at its end, or
    /// with a fault. Dropping what is returned stops it.
    fn stream(&self, name: &'static str, body: Vec<u8>, piece: TakePiece) -> Box<dyn Stop>;

    /// Sends a file; `done` is called once with the reply's JSON.
    fn upload(&self, name: &'static str, request: String, file: Vec<u8>, done: Done);

    /// Lets the browser save what a download answers.
    fn download(&self, name: &'static str, request: String);

    /// Lets the browser save bytes as a file.
    fn save(&self, name: &str, content_type: &str, bytes: Vec<u8>);

    /// Asks the person for a file; `chosen` is called with its name and bytes, or never.
    fn choose_file(&self, accept: &str, chosen: TakeFile);

    /// Leaves the page for another address of the server, such as `/sign-in`.
    fn leave(&self, address: &str);

    /// Opens another address of the server beside the page.
    fn open_beside(&self, address: &str);

    /// The time of day where the person is, "10:42"; none where nobody knows it.
    fn clock_time(&self) -> Option<String> {
        None
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

/// A fault for what the network did.
pub fn unreachable(cause: &str) -> Fault {
    Fault::new(
        Code::Internal,
        format!("The server cannot be reached ({cause})."),
        "Check the network, then try again. Your work is kept on this page.",
    )
}
