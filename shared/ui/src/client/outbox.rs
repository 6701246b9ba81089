//! What the screens want from the server, and what came back.

use std::cell::RefCell;
use std::rc::Rc;

use wire::frame::{Decoder, Frame};
use wire::{Call, Code, Download, Fault, Request, Stream, Upload};

use super::{Client, Done, Stop, in_words, own, told};
use crate::app::Model;
use crate::words::{Word, Words};

/// What comes back, to be applied to the model.
type Arrival = Box<dyn FnOnce(&mut Model, &Outbox)>;

/// Asks for a frame.
type Wake = Box<dyn Fn()>;

/// What came back since the last frame.
#[derive(Clone, Default)]
pub struct Inbox {
    arrivals: Rc<RefCell<Vec<Arrival>>>,
    wake: Rc<RefCell<Option<Wake>>>,
}

impl Inbox {
    /// Calls `wake` whenever something arrives: asks for a frame.
    pub fn on_arrival(&self, wake: impl Fn() + 'static) {
        *self.wake.borrow_mut() = Some(Box::new(wake));
    }

    /// Puts something in.
    pub fn put(&self, arrival: impl FnOnce(&mut Model, &Outbox) + 'static) {
        self.arrivals.borrow_mut().push(Box::new(arrival));
        if let Some(wake) = self.wake.borrow().as_ref() {
            wake();
        }
    }

    /// Takes everything out, oldest first.
    pub fn take(&self) -> Vec<Arrival> {
        std::mem::take(&mut *self.arrivals.borrow_mut())
    }
}

/// Sends requests and brings answers to the model.
#[derive(Clone)]
pub struct Outbox {
    client: Rc<dyn Client>,
    inbox: Inbox,
}

/// A stream under way; dropping it stops it.
pub struct Streaming {
    _stop: Box<dyn Stop>,
}

/// What a stream brings.
pub enum StreamEvent {
    /// A frame; heartbeats are left out.
    Frame(Frame),
    /// The end: everything came, or why not. Nothing comes after it.
    End(Result<(), Fault>),
}

impl Outbox {
    /// An outbox over a client.
    pub fn new(client: Rc<dyn Client>, inbox: Inbox) -> Self {
        Self { client, inbox }
    }

    /// The client, for what is no request.
    pub fn client(&self) -> &dyn Client {
        self.client.as_ref()
    }

    /// The inbox, for what comes from elsewhere: a chosen file, the layout worker.
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Sends a call; `then` gets the reply.
    pub fn call<C: Call>(&self, call: &C, then: impl FnOnce(&mut Model, &Outbox, Result<C::Reply, Fault>) + 'static) {
        self.client.call(C::NAME, json(call), self.done(then));
    }

    /// Sends a call that may take long; dropping what is returned stops it.
    pub fn call_until<C: Call>(
        &self,
        call: &C,
        then: impl FnOnce(&mut Model, &Outbox, Result<C::Reply, Fault>) + 'static,
    ) -> Streaming {
        Streaming { _stop: self.client.call_until(C::NAME, json(call), self.done(then)) }
    }

    /// What reads a reply and puts it into the inbox.
    fn done<T: serde::de::DeserializeOwned + 'static>(
        &self,
        then: impl FnOnce(&mut Model, &Outbox, Result<T, Fault>) + 'static,
    ) -> Done {
        let inbox = self.inbox.clone();
        Box::new(move |answer: Result<Vec<u8>, Fault>| {
            let reply = answer.map_err(in_words).and_then(|bytes| read::<T>(&bytes));
            inbox.put(move |model, outbox| {
                model.note_fault(reply.as_ref().err());
                let words = model.words;
                then(model, outbox, reply.map_err(|fault| told(words, fault)));
            });
        })
    }

    /// Sends a stream's request; `then` gets every event, in order.
    pub fn stream<S: Stream>(
        &self,
        request: &S,
        then: impl FnMut(&mut Model, &Outbox, StreamEvent) + 'static,
    ) -> Streaming {
        let inbox = self.inbox.clone();
        let then = Rc::new(RefCell::new(then));
        let mut decoder = Decoder::new();
        let mut ended = false;
        let piece = move |piece: Result<Option<Vec<u8>>, Fault>| {
            if ended {
                return;
            }
            let events = events(&mut decoder, piece.map_err(in_words));
            ended = events.iter().any(|event| matches!(event, StreamEvent::End(_)));
            let then = then.clone();
            inbox.put(move |model, outbox| {
                for event in events {
                    if let StreamEvent::End(Err(fault)) = &event {
                        model.note_fault(Some(fault));
                    }
                    let event = event_told(model.words, event);
                    (then.borrow_mut())(model, outbox, event);
                }
            });
        };
        Streaming { _stop: self.client.stream(S::NAME, json(request), Box::new(piece)) }
    }

    /// Sends a file; `then` gets the reply. Dropping what is returned stops it.
    pub fn upload<U: Upload>(
        &self,
        request: &U,
        file: Vec<u8>,
        then: impl FnOnce(&mut Model, &Outbox, Result<U::Reply, Fault>) + 'static,
    ) -> Streaming {
        Streaming { _stop: self.client.upload_until(U::NAME, text(request), file, self.done(then)) }
    }

    /// Reads a file of the page that is only fetched when it is needed; `then` gets it.
    pub fn read_file(&self, name: &str, then: impl FnOnce(&mut Model, Result<Vec<u8>, Fault>) + 'static) {
        let inbox = self.inbox.clone();
        let done = move |answer: Result<Vec<u8>, Fault>| {
            inbox.put(move |model, _| {
                let words = model.words;
                then(model, answer.map_err(|fault| told(words, fault)));
            });
        };
        self.client.read_file(name, Box::new(done));
    }

    /// Lets the browser save what a download answers; says so when that failed.
    pub fn download<D: Download>(&self, request: &D) {
        let inbox = self.inbox.clone();
        let failed = move |fault: Fault| {
            let fault = in_words(fault);
            inbox.put(move |model, _| {
                model.note_fault(Some(&fault));
                model.notify_fault(&told(model.words, fault));
            });
        };
        self.client.download(D::NAME, text(request), Box::new(failed));
    }
}

/// What an event says went wrong, in the person's language.
fn event_told(words: Words, event: StreamEvent) -> StreamEvent {
    match event {
        StreamEvent::End(Err(fault)) => StreamEvent::End(Err(told(words, fault))),
        StreamEvent::Frame(Frame::Close(part, mut close)) => {
            close.fault = close.fault.map(|fault| told(words, fault));
            StreamEvent::Frame(Frame::Close(part, close))
        }
        other => other,
    }
}

/// The events in a piece of a body. A body that ends without `Done` or `Failed` was cut off, and never complete.
fn events(decoder: &mut Decoder, piece: Result<Option<Vec<u8>>, Fault>) -> Vec<StreamEvent> {
    let mut events = Vec::new();
    match piece {
        Err(fault) => events.push(StreamEvent::End(Err(fault))),
        Ok(None) => events.push(StreamEvent::End(Err(cut_off()))),
        Ok(Some(bytes)) => {
            decoder.push(&bytes);
            loop {
                match decoder.next_frame() {
                    Ok(Some(Frame::Heartbeat)) => {}
                    Ok(Some(Frame::Done)) => {
                        events.push(StreamEvent::End(Ok(())));
                        break;
                    }
                    Ok(Some(Frame::Failed(fault))) => {
                        events.push(StreamEvent::End(Err(fault)));
                        break;
                    }
                    Ok(Some(frame)) => events.push(StreamEvent::Frame(frame)),
                    Ok(None) => break,
                    Err(_) => {
                        events.push(StreamEvent::End(Err(cut_off())));
                        break;
                    }
                }
            }
        }
    }
    events
}

fn cut_off() -> Fault {
    own(Code::SourceFailed, Word::AnswerCutOff, Word::AskAgain, "")
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|_| own(Code::OtherVersion, Word::AnswerUnreadable, Word::ReloadThePage, ""))
}

fn json(request: &impl Request) -> Vec<u8> {
    serde_json::to_vec(request).unwrap_or_default()
}

fn text(request: &impl Request) -> String {
    serde_json::to_string(request).unwrap_or_default()
}
